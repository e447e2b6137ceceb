"""
``@changes``: the rows that a statement wrote, as they were and as they are.

Both sides have the same columns: ``old.email`` and ``new.email``. RETURNING has both from PostgreSQL 18 on; below it a
WITH entry reads the old rows FOR UPDATE first. A DELETE has old rows alone, a plain INSERT new ones.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from plainsql.describe.model import Column
from plainsql.describe.records import Members, RowRecord, never_null
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

INSERT, DELETE = 3, 4  # nodes/nodes.h, CmdType
SIDES: Final = ("old", "new")
BOTH: Final = (
    'write RETURNING old.email AS "old.email", new.email AS "new.email" on PostgreSQL 18; below it '
    'join what WITH before AS (SELECT … FOR UPDATE) has read: before.email AS "old.email"'
)


@dataclass(frozen=True, slots=True)
class Side:
    """
    The old or the new row.

    Attributes:
        columns: Indexes, in the order of the names.
        key: One that tells whether the row is there; None where it always is.
    """

    columns: tuple[int, ...]
    key: int | None


@dataclass(frozen=True, slots=True)
class Changes:
    """
    What the rows of ``@changes`` are made of.

    Attributes:
        columns: Of the one class of both sides, under their own names, NULL where either side may be.
        old: None: no row was there before.
        new: None: no row is there afterwards.
    """

    columns: tuple[Column, ...]
    old: Side | None
    new: Side | None


def changes_of(query: Query, columns: tuple[Column, ...], fields: Members, command: int | None) -> Changes | Problem:
    """
    Return the sides of a query with ``@changes``, or why it has none.

    Args:
        query: As loaded.
        columns: As described.
        fields: Its records.
        command: INSERT or DELETE if the statement does nothing else to its table.
    """
    if not fields:
        return _of_one_side(query, columns, command)
    sides = {name: member for name, member in fields if isinstance(member, RowRecord)}
    strangers = [name for name, member in fields if name not in SIDES or not isinstance(member, RowRecord)]
    if strangers:
        hint = 'name each column of the rows "old.…" or "new.…"'
        return _fault(query, f"'@changes' has a column {strangers[0]} that is of neither row", hint)
    if deep := next(
        (inner for side in sides.values() for inner in side.members if isinstance(inner[1], RowRecord)), None
    ):
        return _fault(query, f"'@changes' has a record {deep[0]} in a row", "name its columns without a second dot")
    old, new = (sides.get(name) for name in SIDES)
    if old is None or new is None:
        side = old or new
        wanted = DELETE if side is old else INSERT
        if side is None or command != wanted:
            return _fault(query, f"'@changes' has no columns \"{'new' if side is old else 'old'}.…\"", BOTH)
        return _checked(query, columns, old, new)
    if (left := [name for name, _ in old.members]) != (right := [name for name, _ in new.members]):
        found = f"old has {', '.join(left)}; new has {', '.join(right)}"
        return _fault(query, f"'@changes' needs the same columns of both rows: {found}", "name the same in one order")
    return _checked(query, columns, old, new)


def _of_one_side(query: Query, columns: tuple[Column, ...], command: int | None) -> Changes | Problem:
    side = Side(tuple(range(len(columns))), None)
    if command == DELETE:
        return Changes(columns, side, None)
    if command == INSERT:
        return Changes(columns, None, side)
    return _fault(query, "'@changes' can't tell old rows from new ones", BOTH)


def _checked(
    query: Query, columns: tuple[Column, ...], old: RowRecord | None, new: RowRecord | None
) -> Changes | Problem:
    for side in (old, new):
        if side is not None and side.nullable and side.key is None:
            message = f"'@changes' can't tell a row that isn't there from one whose columns {side.path}.… are NULL"
            return _fault(query, message, f'return its key too: AS "{side.path}.id"')
    first, second = old or new, new or old
    assert first is not None
    assert second is not None
    found: list[Column] = []
    for (name, left), (_, right) in zip(first.members, second.members, strict=True):
        assert isinstance(left, int)
        assert isinstance(right, int)
        mine, other = columns[left], columns[right]
        if mine.type != other.type or mine.annotation != other.annotation:
            message = f"'@changes': {mine.name} is {mine.type.name}, {other.name} is {other.type.name}"
            return _fault(query, message, "return the same column of both rows")
        found.append(_either(name, mine, left in first.certain, other, right in second.certain))
    return Changes(tuple(found), _side(old), _side(new))


def _side(record: RowRecord | None) -> Side | None:
    return None if record is None else Side(record.columns, record.key if record.nullable else None)


def _either(name: str, mine: Column, mine_is_sure: bool, other: Column, other_is_sure: bool) -> Column:
    structure = mine.structure if mine.structure == other.structure else None
    declared = mine.declared if mine.declared == other.declared else None
    return replace(
        mine,
        name=name,
        nullable=not (never_null(mine, mine_is_sure) and never_null(other, other_is_sure)),
        structure=structure,
        declared=declared,
        domain=mine.domain if declared else None,
        is_full=mine.is_full and other.is_full,
    )


def _fault(query: Query, message: str, hint: str) -> Problem:
    return problem_at(query, None, message, hint=hint)
