"""Where the values of an encrypted column are, and the transaction that sees all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar, cast

import psycopg
from psycopg import sql

from plainsql.column_types import blind_index_of
from plainsql.config import find_config
from plainsql.errors import ConfigError
from plainsql.execute import Conn, ConnectionSource
from plainsql.queries.columns import list_declared_relation

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Layout:
    """
    Names of a table and its columns, and what values are bound to.

    Attributes:
        table: As SQL has it.
        name: What keys and values are bound to: ``users.ssn``.
        column: The column's own name.
        key: Columns of the primary key.
        aad: Columns that a value is bound to.
        index: The blind index column, if there is one.
    """

    table: sql.Composable
    name: str
    column: str
    key: tuple[str, ...]
    aad: tuple[str, ...]
    index: str | None

    def row(self, values: Sequence[object]) -> str:
        """Name a row for people by its primary key, which *values* begin with."""
        found = ", ".join(f"{name} = {value}" for name, value in zip(self.key, values, strict=False))
        return f"{self.name} in the row with {found}"


def find_layout(db: Conn, column: str) -> Layout:
    """
    Return where the values of *column* are, by the catalog and the settings of the project.

    Raises:
        ConfigError: There is no such column, or its table has no primary key.
    """
    config = find_config()
    setting = next((found for found in config.columns if found.key == column), None) if config else None
    table, _, name = column.rpartition(".")
    rows = [row for row in list_declared_relation(db, name=table) if row.is_root]
    names = [row.name for row in rows]
    if name not in names:
        raise ConfigError(f"the database has no column {column!r}")
    key = [row.name for row in sorted(rows, key=lambda row: row.key_position or 0) if row.key_position is not None]
    if not key:
        raise ConfigError(f"{table} has no primary key, which rotation goes by")
    index = setting.blind_index if setting is not None else blind_index_of(name)
    return Layout(
        table=sql.Identifier(*table.split(".")),
        name=setting.name if setting is not None else column,
        column=name,
        key=tuple(key),
        aad=(setting.aad if setting is not None else ()) or tuple(key),
        index=index if index in names else None,
    )


def seeing_all(db: Conn, work: Callable[[psycopg.Connection[Any]], T]) -> T:
    """Do *work* in a transaction that sees every row, or fails: a value that nobody sees would lose its key."""
    conn = db.acquire() if isinstance(db, ConnectionSource) else db
    try:
        with conn.transaction():
            conn.execute("SET LOCAL row_security TO off")
            return work(conn)
    except psycopg.errors.InsufficientPrivilege as error:
        error.add_note(
            "rotation needs a role that row-level security hides nothing from: "
            "with db.all_tenants(reason='new key') as a: rotate(a, …)"
        )
        raise
    finally:
        if isinstance(db, ConnectionSource):
            db.release(conn)


@cache
def template(name: str) -> sql.SQL:
    """Return a statement of ``templates/rotate``."""
    text = (files("plainsql") / "templates" / "rotate" / f"{name}.sql").read_text(encoding="utf-8")
    return sql.SQL(cast("Any", text))


def listed(names: Sequence[str]) -> sql.Composable:
    """Return names with commas between them."""
    return sql.SQL(", ").join(map(sql.Identifier, names))
