"""Rows that hold records: columns ``AS "customer.name"`` become the field ``name`` of ``row.customer``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from msgspec import Struct

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Record(Generic[R]):
    """
    What makes one record of the columns of a row.

    Args:
        make: Its class.
        parts: For each field, the position of a column or the Record that stands there.
        key: Position of a column that is never NULL where the record is there; None: it is absent where all are NULL.
        always: It is never absent.
    """

    __slots__ = ("_always", "_columns", "_key", "_make", "_parts", "_slice")

    def __init__(
        self, make: Callable[..., R], *parts: int | Record[Any], key: int | None = None, always: bool = False
    ) -> None:
        self._make = make
        self._parts = parts
        self._key = key
        self._always = always
        self._columns = tuple(_columns(parts))
        self._slice = _as_slice(parts)

    def __call__(self, values: Sequence[Any]) -> R | None:
        """Return the record, None if it isn't there."""
        if not self._always and self._is_absent(values):
            return None
        if self._slice is not None:
            return self._make(*values[self._slice])
        return self._make(*[values[part] if type(part) is int else part(values) for part in self._parts])  # type: ignore[operator]

    def _is_absent(self, values: Sequence[Any]) -> bool:
        if self._key is not None:
            return values[self._key] is None
        return all(values[column] is None for column in self._columns)


class Change(Struct, Generic[R_co], frozen=True):
    """
    A row that a statement wrote.

    Attributes:
        old: As it was; None: the statement inserted it.
        new: As it is now; None: the statement deleted it.
    """

    old: R_co | None
    new: R_co | None


class Versioned(Struct, Generic[R], frozen=True):
    """
    What a statement with ``@optimistic`` found.

    Attributes:
        row: The row as written; None: it had another version, nothing was written.
        current: The row as it stood before.
    """

    row: R | None
    current: Any


def row_of(make: Callable[..., R], *parts: int | Record[Any], names: Sequence[str] = ()) -> Callable[..., R]:
    """
    Return what makes a row of the columns of a result.

    Args:
        make: The class of the row.
        parts: For each field, the position of a column or the Record that stands there.
        names: Of the columns, where something is promised of them.
    """
    return _Row(Record(make, *parts, always=True), tuple(names))


class _Row(Generic[R]):
    """Makes rows; *column_names* stand where the names of a class's fields do."""

    def __init__(self, record: Record[R], names: tuple[str, ...]) -> None:
        self._record = record
        self.column_names = names

    def __call__(self, *values: Any) -> R:
        found = self._record(values)
        assert found is not None
        return found


def change_of(
    make: Callable[..., R], *, old: Record[R] | None = None, new: Record[R] | None = None
) -> Callable[..., Change[R]]:
    """Return what makes a Change: of the rows that were, those that are, or both."""

    def change(*values: Any) -> Change[R]:
        return Change(None if old is None else old(values), None if new is None else new(values))

    return change


def versioned(row: Record[R], current: Record[Any]) -> Callable[..., Versioned[R]]:
    """Return what makes a Versioned."""

    def found(*values: Any) -> Versioned[R]:
        return Versioned(row(values), current(values))

    return found


def _columns(parts: Sequence[int | Record[Any]]) -> list[int]:
    found: list[int] = []
    for part in parts:
        found += [part] if isinstance(part, int) else part._columns
    return found


def _as_slice(parts: Sequence[int | Record[Any]]) -> slice | None:
    """Return the slice that columns are which stand beside each other."""
    first = parts[0] if parts else None
    if not isinstance(first, int) or list(parts) != list(range(first, first + len(parts))):
        return None
    return slice(first, first + len(parts))
