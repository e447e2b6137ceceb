"""How many values of an encrypted column there are under which key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from plainsql.execute import Conn
from plainsql.rotation.layout import Layout, find_layout, seeing_all, template


@dataclass(frozen=True, slots=True)
class KeyCount:
    """
    The values under one key.

    Attributes:
        column: ``users.ssn``, or its blind index: ``users.ssn_bidx``.
        key_id: The id that the values begin with; None: they are none that plainsql has encrypted.
        count: How many.
    """

    column: str
    key_id: str | None
    count: int


def count_by_key(db: Conn, column: str) -> list[KeyCount]:
    """
    Count the values of a column, and its blind indexes, by the keys that they say they have.

    Needs no key. Reads the whole table once for each of the two columns.

    Args:
        db: May read the table, and row-level security hides nothing from it.
        column: As in ``[tool.plainsql.types.columns]``.

    Returns:
        One line for each key, by id, the column before its index; nothing where every value is NULL.

    Raises:
        ConfigError: There is no such column.
        psycopg.errors.InsufficientPrivilege: Row-level security would hide rows.
    """
    layout = find_layout(db, column)
    return seeing_all(db, lambda conn: _counts(conn, layout, column))


def _counts(conn: psycopg.Connection[Any], layout: Layout, column: str) -> list[KeyCount]:
    table = column.rpartition(".")[0]
    found = []
    for name in filter(None, (layout.column, layout.index)):
        query = template("status").format(table=layout.table, column=sql.Identifier(name))
        rows = psycopg.Cursor(conn).execute(query).fetchall()
        found += [KeyCount(f"{table}.{name}", key_id, count) for key_id, count in rows]
    return found
