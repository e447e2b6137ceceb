"""
Exclusive arcs: tables whose rows belong to one of several others, ``CHECK (num_nonnulls(product_id, order_id) = 1)``.

A new kind of subject is a new column. What is forgotten then, plainsql finds before a row is written: its foreign key,
its case in a generated column that says the kind, its place in a query that goes about several kinds.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg

from plainsql.describe.rights import ANY, WHOLE_ROW, columns_named
from plainsql.nullability import Node
from plainsql.queries.arcs import list_arcs
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

ALLOWED: Final = "subjects"
"""What ``@allow`` calls a query that leaves kinds out and means it."""

_TABLE: Final = 0  # nodes/parsenodes.h, RTEKind


@dataclass(frozen=True, slots=True)
class Arc:
    """
    One exclusive arc.

    Attributes:
        table: As people write it.
        constraint: Name of its CHECK.
        columns: Its columns by number.
        loose: Of them, what no foreign key holds.
        blind: Generated columns that know some of the columns, each with those that it doesn't know.
    """

    table: str
    constraint: str
    columns: Mapping[int, str]
    loose: Sequence[str]
    blind: Sequence[tuple[str, Sequence[str]]]


def read_arcs(conn: psycopg.Connection[Any]) -> dict[int, list[Arc]]:
    """Return the arcs of a database by the OID of their table."""
    found: dict[int, list[Arc]] = {}
    for row in list_arcs(conn):
        columns = dict(zip((int(number or 0) for number in row.numbers or ()), map(str, row.names), strict=True))
        generated = zip(map(str, row.generated), map(str, row.expressions), strict=True)
        blind = [(name, unknown) for name, text in generated if (unknown := _unknown(text, columns.values()))]
        loose = [columns[int(number or 0)] for number in row.loose]
        found.setdefault(row.table_oid, []).append(Arc(row.table_name, row.constraint_name, columns, loose, blind))
    return found


def _unknown(expression: str, columns: Any) -> list[str]:
    words = set(re.findall(r"\w+", expression))
    known = [column for column in columns if column in words]
    return [column for column in columns if column not in words] if len(known) > 1 else []


def incomplete_subjects(query: Query, statement: Node, arcs: Mapping[int, Sequence[Arc]]) -> Iterator[Problem]:
    """
    Yield an error for each arc of which a statement names several columns and not all.

    One that names a single one is about that kind. One that names more is about whatever kinds there are.
    """
    if not arcs or any(said.name == "allow" and said.argument.split()[:1] == [ALLOWED] for said in query.directives):
        return
    for oid, named in _named(statement).items():
        for arc in arcs.get(oid, ()):
            left_out = [name for number, name in arc.columns.items() if number not in named]
            if left_out and len(arc.columns) - len(left_out) > 1 and WHOLE_ROW not in named:
                message = f"{', '.join(left_out)} of {arc.table} is left out, one of the subjects in {arc.constraint}"
                hint = f"name every column of it, or write '-- @allow {ALLOWED} …' with the reason"
                yield problem_at(query, None, message, hint=hint)


def _named(statement: Node) -> dict[int, set[int]]:
    """Return the numbers of the columns that a statement names, anywhere in it, by the OID of their table."""
    found: dict[int, set[int]] = {}
    for query in statement.walk():
        if query.tag != "QUERY":
            continue
        for item in query.nodes("rtable"):
            if item.number("rtekind") == _TABLE:
                numbers = found.setdefault(item.number("relid"), set())
                numbers |= columns_named(query, item, ANY)
    return found
