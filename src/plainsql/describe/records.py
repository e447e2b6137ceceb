"""Records in rows: columns ``AS "customer.name"`` make a record ``customer``, of its own class."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import TypeAlias

from plainsql.describe.model import Column
from plainsql.nullability import RecordColumns, RecordVerdict
from plainsql.query import module_names


@dataclass(frozen=True, slots=True)
class RowRecord:
    """
    A record in a row.

    Attributes:
        path: ``customer``, ``customer.address``.
        name: Of its class: ``GetOrderCustomer``.
        members: In the order of their first columns.
        nullable: It may be absent where what it stands in is there.
        certain: Indexes of the columns in it that are never NULL where it is there.
        key: Index of a column that is NULL only where there is no row; None: no column tells that for sure.
    """

    path: str
    name: str
    members: Members
    nullable: bool = True
    certain: frozenset[int] = frozenset()
    key: int | None = None

    @property
    def columns(self) -> tuple[int, ...]:
        """Indexes of its columns, those of the records in it too."""
        return tuple(columns_of(self.members))


Members: TypeAlias = "tuple[tuple[str, int | RowRecord], ...]"
"""Names of fields with the index of a column, or the record that stands there."""


def layout(query: str, names: Sequence[str], taken: Iterable[str] = ()) -> Members:
    """
    Return the fields of a row.

    Args:
        query: Name of the query, which the names of classes begin with.
        names: Of the columns.
        taken: Names that no class may have.
    """
    used = {module_names.row_class(query), module_names.params_class(query), *taken}
    return _members([(name.split("."), index) for index, name in enumerate(names)], (), query, used)


def columns_of(members: Members) -> Iterator[int]:
    """Yield the indexes of the columns in *members*."""
    for _, member in members:
        if isinstance(member, RowRecord):
            yield from columns_of(member.members)
        else:
            yield member


def records_of(members: Members) -> Iterator[RowRecord]:
    """Yield the records in *members*, each before those in it."""
    for _, member in members:
        if isinstance(member, RowRecord):
            yield member
            yield from records_of(member.members)


def questions(members: Members, around: tuple[tuple[int, ...], ...] = ()) -> Iterator[RecordColumns]:
    """Yield what the proofs are asked of each record, in the order of `records_of`."""
    for _, member in members:
        if isinstance(member, RowRecord):
            numbers = tuple(index + 1 for index in member.columns)
            yield RecordColumns(numbers, around)
            yield from questions(member.members, (*around, numbers))


def judged(members: Members, verdicts: Iterator[RecordVerdict]) -> Members:
    """Return *members* with the answers to `questions`."""
    found: list[tuple[str, int | RowRecord]] = []
    for name, member in members:
        if not isinstance(member, RowRecord):
            found.append((name, member))
            continue
        verdict = next(verdicts)
        columns = member.columns
        certain = frozenset(index for index, sure in zip(columns, verdict.not_null, strict=True) if sure)
        key = next((index for index, tells in zip(columns, verdict.tells, strict=True) if tells), None)
        below = judged(member.members, verdicts)
        found.append((name, replace(member, members=below, nullable=verdict.nullable, certain=certain, key=key)))
    return tuple(found)


def never_null(column: Column, is_sure: bool) -> bool:
    """Return whether a column is never NULL where its record is there; what a directive says goes before the proof."""
    return column.override != "null" and (is_sure or column.override == "notnull")


def _members(columns: list[tuple[list[str], int]], path: tuple[str, ...], query: str, used: set[str]) -> Members:
    groups: dict[str, list[tuple[list[str], int]]] = {}
    for parts, index in columns:
        groups.setdefault(parts[0], []).append((parts[1:], index))
    found: list[tuple[str, int | RowRecord]] = []
    for name, group in groups.items():
        if group[0][0]:
            here = (*path, name)
            record = RowRecord(".".join(here), _class_name(query, here, used), _members(group, here, query, used))
            found.append((name, record))
        else:
            found.append((name, group[0][1]))
    return tuple(found)


def _class_name(query: str, path: tuple[str, ...], used: set[str]) -> str:
    words = "".join(map(module_names.camel_case, (query, *path)))
    name = next(name for number in count(1) if (name := f"{words}{number if number > 1 else ''}") not in used)
    used.add(name)
    return name
