"""
Rotation of keys: encrypt the values of a column again with the current key, a few rows at a time.

Rows are read in the order of the primary key and written only if their value is still the one that was read, so that
no write of an application is lost. What is done already is skipped by what the value itself says of its key: a
rotation that was killed goes on where it stopped. Reads go on all the time, since every live key decrypts.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any, Final, cast

import psycopg
from psycopg import sql

from plainsql.config import find_config
from plainsql.crypto.envelope import index_of, key_id_of, prefix_of, seal, unseal
from plainsql.crypto.ring import Keys, keys, normalised
from plainsql.errors import ConfigError, DecryptError
from plainsql.execute import Conn, ConnectionSource
from plainsql.queries.columns import list_declared_relation

Progress = Callable[[int, int], None]
_SUFFIX: Final = "_bidx"


@dataclass(frozen=True, slots=True)
class Rotation:
    """
    What a rotation did.

    Attributes:
        rotated: Values that are encrypted with the current key now, and were not before.
        changed: Values that somebody else wrote in between; they were left alone and looked at again.
        remaining: Values that still have another key: writers that don't know the current one yet.
    """

    rotated: int
    changed: int
    remaining: int


@dataclass(frozen=True, slots=True)
class _Layout:
    """Where the values are: names of the table and its columns, and what values are bound to."""

    table: sql.Composable
    name: str
    column: str
    key: tuple[str, ...]
    aad: tuple[str, ...]
    index: str | None


def rotate(
    db: Conn,
    column: str,
    *,
    batch: int = 500,
    pause: float = 0.0,
    progress: Progress | None = None,
    normalise: Callable[[str], str] = normalised,
    passes: int = 5,
) -> Rotation:
    """
    Encrypt what the column holds with the current key, and make its blind indexes again.

    Each batch is a transaction of its own. May be killed and called again at any time.

    Args:
        db: May read and update the table, and row-level security hides nothing from it: `db.all_tenants()` where there
            are tenants. Outside of a transaction.
        column: As in ``[tool.plainsql.types.columns]``, which is read where there is a pyproject.toml; elsewhere values
            are bound to the primary key.
        batch: Rows read and written at a time.
        pause: Seconds between two batches.
        progress: Called after each batch with how many values are done and how many there were.
        normalise: The same that `Keys.blind` is called with.
        passes: How often the table is gone through for values that were written meanwhile with another key.

    Raises:
        DecryptError: A value can't be read; nothing of its batch is written.
        KeyMissingError: Nobody knows the key of a value.
        psycopg.errors.InsufficientPrivilege: Row-level security would hide rows.
    """
    if batch < 1 or passes < 1 or pause < 0:
        raise ValueError("batch and passes must be 1 or more, pause 0 or more")
    layout = _layout(db, column)
    total = _run(db, lambda conn: _count(conn, layout, keys))
    rotated = changed = 0
    for _ in range(passes):
        after: tuple[object, ...] | None = None
        while True:
            rows = _run(db, partial(_read, layout=layout, after=after, batch=batch))
            if not rows:
                break
            new = [_again(layout, row, normalise) for row in rows]
            written = _run(db, partial(_write, layout=layout, rows=new))
            rotated, changed = rotated + written, changed + len(rows) - written
            after = tuple(rows[-1][: len(layout.key)])
            if progress is not None:
                progress(rotated, max(total, rotated))
            if pause:
                time.sleep(pause)
        remaining = _run(db, lambda conn: _count(conn, layout, keys))
        if not remaining:
            break
    return Rotation(rotated, changed, remaining)


def _layout(db: Conn, column: str) -> _Layout:
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
    index = setting.blind_index if setting is not None else f"{name}{_SUFFIX}"
    return _Layout(
        table=sql.Identifier(*table.split(".")),
        name=setting.name if setting is not None else column,
        column=name,
        key=tuple(key),
        aad=(setting.aad if setting is not None else ()) or tuple(key),
        index=index if index in names else None,
    )


def _run(db: Conn, work: Callable[[psycopg.Connection[Any]], Any]) -> Any:
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


def _template(name: str) -> sql.SQL:
    text = (files("plainsql") / "templates" / "rotate" / f"{name}.sql").read_text(encoding="utf-8")
    return sql.SQL(cast("Any", text))


def _stale(layout: _Layout, source: Keys) -> tuple[sql.Composable, dict[str, object]]:
    """Return the condition for values of another key than the current one."""
    prefix = prefix_of(source.provider.current())
    begins = sql.SQL("substr({}, 1, %(length)s) IS DISTINCT FROM %(prefix)s")
    columns = [layout.column] if layout.index is None else [layout.column, layout.index]
    condition = sql.SQL(" OR ").join(begins.format(sql.Identifier(name)) for name in columns)
    return condition, {"prefix": prefix, "length": len(prefix)}


def _count(conn: psycopg.Connection[Any], layout: _Layout, source: Keys) -> int:
    stale, params = _stale(layout, source)
    query = _template("count").format(table=layout.table, column=sql.Identifier(layout.column), stale=stale)
    row = conn.execute(query, params).fetchone()
    assert row is not None
    return int(row[0])


def _read(
    conn: psycopg.Connection[Any], layout: _Layout, after: tuple[object, ...] | None, batch: int
) -> list[tuple[Any, ...]]:
    """Return rows: the key, what the value is bound to, the value."""
    stale, params = _stale(layout, keys)
    names = [*layout.key, *layout.aad, layout.column]
    values = after or (None,) * len(layout.key)
    params |= {f"after{number}": value for number, value in enumerate(values)}
    query = _template("read").format(
        table=layout.table,
        column=sql.Identifier(layout.column),
        selected=_listed(names),
        stale=stale,
        key=_listed(layout.key),
        after=sql.SQL(", ").join(sql.Placeholder(f"after{number}") for number in range(len(values))),
    )
    cur = psycopg.Cursor(conn)
    return cur.execute(query, {**params, "is_first": after is None, "batch": batch}).fetchall()


def _again(layout: _Layout, row: Sequence[Any], normalise: Callable[[str], str]) -> dict[str, object]:
    """Return the parameters that write a row with its value under the current key."""
    width, provider = len(layout.key), keys.provider
    bound, old = row[width:-1], bytes(row[-1])
    try:
        known = key_id_of(old)
        text = unseal(provider.key(known), known, layout.name, bound, old)
    except DecryptError as error:
        where = ", ".join(f"{name} = {value}" for name, value in zip(layout.key, row, strict=False))
        raise DecryptError(f"{layout.name} in the row with {where}: {error}", column=layout.column) from None
    key_id = provider.current()
    key = provider.key(key_id)
    return {
        **{f"key{number}": value for number, value in enumerate(row[:width])},
        "old": old,
        "new": seal(key, key_id, layout.name, bound, text),
        "index": prefix_of(key_id) + index_of(key, layout.name, normalise(text)),
    }


def _write(conn: psycopg.Connection[Any], layout: _Layout, rows: list[dict[str, object]]) -> int:
    assigned = [sql.SQL("{} = %(new)s").format(sql.Identifier(layout.column))]
    if layout.index is not None:
        assigned.append(sql.SQL("{} = %(index)s").format(sql.Identifier(layout.index)))
    found = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(f"key{number}"))
        for number, name in enumerate(layout.key)
    ]
    query = _template("write").format(
        table=layout.table,
        column=sql.Identifier(layout.column),
        assigned=sql.SQL(", ").join(assigned),
        found=sql.SQL(" AND ").join(found),
    )
    cur = psycopg.Cursor(conn)
    cur.executemany(query, rows)
    return cur.rowcount


def _listed(names: Sequence[str]) -> sql.Composable:
    return sql.SQL(", ").join(map(sql.Identifier, names))
