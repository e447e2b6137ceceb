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

    def has(self, column: int, values: Sequence[Any]) -> bool:
        """Tell whether *column* is one of a record that is there, this one or one inside of it."""
        if column not in self._columns or (not self._always and self._is_absent(values)):
            return False
        inner = [part for part in self._parts if isinstance(part, Record) and column in part._columns]
        return column in self._parts or any(part.has(column, values) for part in inner)

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


class Maker(Generic[R]):
    """
    Makes rows of records.

    Attributes:
        column_names: Names of the columns, where something is promised of them; they stand where a class has fields.
    """

    def __init__(
        self, make: Callable[[Sequence[Any]], R], records: Sequence[Record[Any]], names: Sequence[str]
    ) -> None:
        self._make = make
        self._records = records
        self.column_names = tuple(names)

    def __call__(self, *values: Any) -> R:
        return self._make(values)

    def has(self, column: int, values: Sequence[Any]) -> bool:
        """Tell whether *column* is one of a record that is there; the columns of one that isn't are NULL."""
        return any(record.has(column, values) for record in self._records)


def row_of(make: Callable[..., R], *parts: int | Record[Any], names: Sequence[str] = ()) -> Maker[R]:
    """
    Return what makes a row of the columns of a result.

    Args:
        make: The class of the row.
        parts: For each field, the position of a column or the Record that stands there.
        names: Of the columns, where something is promised of them.
    """
    record = Record(make, *parts, always=True)

    def row(values: Sequence[Any]) -> R:
        found = record(values)
        assert found is not None
        return found

    return Maker(row, (record,), names)


def change_of(
    make: Callable[..., R],
    *,
    old: Record[R] | None = None,
    new: Record[R] | None = None,
    names: Sequence[str] = (),
) -> Maker[Change[R]]:
    """Return what makes a Change: of the rows that were, those that are, or both; *names* as in `row_of`."""

    def change(values: Sequence[Any]) -> Change[R]:
        return Change(None if old is None else old(values), None if new is None else new(values))

    return Maker(change, [side for side in (old, new) if side is not None], names)


def versioned(row: Record[R], current: Record[Any], *, names: Sequence[str] = ()) -> Maker[Versioned[R]]:
    """Return what makes a Versioned; *names* as in `row_of`."""

    def found(values: Sequence[Any]) -> Versioned[R]:
        return Versioned(row(values), current(values))

    return Maker(found, (row, current), names)


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
