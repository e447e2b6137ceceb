"""Rows of two tenants in every table: drawn at random, kept when the server takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

import psycopg
from psycopg import sql

from plainsql.isolation.tables import Column, Reference, Table
from plainsql.isolation.values import draw

ROWS = 8
"""Rows of each tenant in each table."""
TRIES = 80
"""Draws for one row before it is given up."""

Row = dict[int, str | None]
"""A row as text, by column number."""


@dataclass(frozen=True, slots=True)
class Tenants:
    """The two tenants, as the tenant column has them, and the marks in their texts."""

    ids: tuple[str, str]
    marks: tuple[str, str] = ("tenanta", "tenantb")


@dataclass(slots=True)
class Filled:
    """
    What stands in the tables.

    Attributes:
        rows: By table and by tenant's place, 0 or 1; of shared tables by None.
        problems: For each table that has no rows of a tenant, the last thing that the server said.
    """

    rows: dict[tuple[int, int | None], list[Row]] = field(default_factory=lambda: defaultdict(list))
    problems: dict[int, str] = field(default_factory=dict)

    def of(self, table: Table, tenant: int) -> list[Row]:
        """Return the rows of *table* that a tenant may see."""
        return self.rows[table.oid, None if table.tenant is None else tenant]


def tenants_for(tables: Sequence[Table]) -> Tenants:
    """Return two tenants whose names suit the tenant column."""
    kinds = {table.columns[table.tenant].type.typname for table in tables if table.tenant is not None}
    if kinds <= {"int2", "int4", "int8", "numeric"}:
        return Tenants(("30001", "30002"))
    if kinds <= {"text", "varchar", "citext", "bpchar"}:
        return Tenants(("tenant-a", "tenant-b"))
    return Tenants(("aaaaaaaa-0000-4000-8000-000000000001", "bbbbbbbb-0000-4000-8000-000000000002"))


def fill(
    conn: psycopg.Connection[Any], tables: Sequence[Table], tenants: Tenants, setting: str, *, seed: int = 1
) -> Filled:
    """Insert rows of both tenants, in the transaction that is open, as a role that no policy stops."""
    filled = Filled()
    chance = Random(seed)
    for table in tables:
        for place in (None,) if table.tenant is None else (0, 1):
            conn.execute("SELECT pg_catalog.set_config(%s, %s, true)", (setting, tenants.ids[place or 0]))
            for _ in range(1 if table.is_root else ROWS):
                problem = _insert(conn, table, tenants, place, filled, chance)
                if problem is not None:
                    if not filled.rows[table.oid, place]:
                        filled.problems[table.oid] = problem
                    break
    return filled


def _insert(
    conn: psycopg.Connection[Any], table: Table, tenants: Tenants, place: int | None, filled: Filled, chance: Random
) -> str | None:
    """Insert one row; return None, or why no draw was taken."""
    problem = "no row that it refers to"
    for _ in range(TRIES):
        row = _drawn(table, tenants, place, filled, chance)
        if row is None:
            continue
        if isinstance(row, str):
            return row
        try:
            with conn.transaction():
                filled.rows[table.oid, place].append(insert(conn, table, row))
            return None
        except psycopg.Error as error:
            problem = str(error).splitlines()[0] if str(error) else type(error).__name__
    return problem


def insert(conn: psycopg.Connection[Any], table: Table, row: Row) -> Row:
    """Insert *row* and return it as the server has it."""
    names = [table.columns[number].name for number in row]
    command = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({}) RETURNING {}").format(
        table.identifier,
        sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(map(sql.Literal, row.values())),
        sql.SQL(", ").join(
            sql.SQL("{}::pg_catalog.text").format(sql.Identifier(column.name)) for column in table.columns.values()
        ),
    )
    stored = conn.execute(command).fetchone()
    assert stored is not None
    return dict(zip(table.columns, stored, strict=True))


def _drawn(table: Table, tenants: Tenants, place: int | None, filled: Filled, chance: Random) -> Row | str | None:
    """Draw a row; None when its references don't agree this time, a sentence when a type can't be drawn."""
    row: Row = {}
    mark = "shared" if place is None else tenants.marks[place]
    if table.tenant is not None:
        row[table.tenant] = tenants.ids[place or 0]
    for reference in table.references:
        if not _follow(reference, table, row, place, filled, chance):
            return None
    for column in table.columns.values():
        if column.number in row or column.is_generated or _is_left_out(column, chance):
            continue
        value = draw(column.type, chance, mark=mark, typmod=column.typmod, checks=column.checks, name=column.name)
        if value is None and column.not_null and not column.has_default:
            return f"no values for {column.name} of the type {column.type.name}"
        if value is not None:
            row[column.number] = value
    return row


def _is_left_out(column: Column, chance: Random) -> bool:
    if column.is_identity:
        return True
    if column.has_default:
        return chance.random() < 0.5
    return not column.not_null and chance.random() < 0.4


def _follow(reference: Reference, table: Table, row: Row, place: int | None, filled: Filled, chance: Random) -> bool:
    """Put the key of a row that *reference* may refer to into *row*; False when there is none."""
    pairs = list(zip(reference.columns, reference.other_columns, strict=True))
    rows = filled.rows[reference.other_oid, place] or filled.rows[reference.other_oid, None]
    fitting = [other for other in rows if all(row.get(mine, other[its]) == other[its] for mine, its in pairs)]
    free = [mine for mine, _ in pairs if mine not in row and not table.columns[mine].not_null]
    if free and (not fitting or chance.random() < 0.3):
        row.update(dict.fromkeys(free))
        return True
    if not fitting:
        return all(mine in row for mine, _ in pairs) and reference.other_oid == table.oid
    chosen = chance.choice(fitting)
    row.update({mine: chosen[its] for mine, its in pairs})
    return True
