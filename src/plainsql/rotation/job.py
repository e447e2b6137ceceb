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
from hmac import compare_digest
from typing import Any, Final

import psycopg
from psycopg import sql

from plainsql.crypto.envelope import index_of, key_id_of, prefix_of, seal, unseal
from plainsql.crypto.ring import Keys, Normalise, keys, normalised
from plainsql.crypto.text import EncryptedStr
from plainsql.errors import ConfigError, DecryptError, KeyMissingError
from plainsql.execute import Conn
from plainsql.rotation.layout import Layout, find_layout, listed, seeing_all, template

Progress = Callable[[int, int], None]
_FIRST_WAIT: Final = 0.05
"""Seconds before the second pass, for transactions that have rows locked to end; twice as long before each other."""


@dataclass(frozen=True, slots=True)
class Rotation:
    """
    What a rotation did.

    Attributes:
        rotated: Values that are encrypted with the current key now, and were not before.
        changed: Values that somebody else wrote, or had locked, in between; they were left alone and looked at again.
        remaining: Values that still have another key: of writers that don't know the current one yet, or in rows that
            a transaction keeps locked.
    """

    rotated: int
    changed: int
    remaining: int


def rotate(
    db: Conn,
    column: str,
    *,
    batch: int = 500,
    pause: float = 0.0,
    progress: Progress | None = None,
    normalise: Normalise = normalised,
    passes: int = 5,
) -> Rotation:
    """
    Encrypt what the column holds with the current key, and make its blind indexes again.

    Each batch is a transaction of its own. May be killed and called again at any time, also twice at once.

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
        ConfigError: A blind index wasn't made with this *normalise*: rotated, nobody would find its row again.
        DecryptError: A value can't be read; nothing of its batch is written.
        KeyMissingError: Nobody knows the key of a value; nothing of its batch is written.
        psycopg.errors.InsufficientPrivilege: Row-level security would hide rows.
    """
    if batch < 1 or passes < 1 or pause < 0:
        raise ValueError("batch and passes must be 1 or more, pause 0 or more")
    layout = find_layout(db, column)
    total = seeing_all(db, lambda conn: _count(conn, layout, keys))
    rotated = changed = 0
    for number in range(passes):
        if number:
            time.sleep(_FIRST_WAIT * 2**number)
        after: tuple[object, ...] | None = None
        while True:
            rows = seeing_all(db, partial(_read, layout=layout, after=after, batch=batch))
            if not rows:
                break
            new = [_again(layout, row, normalise) for row in rows]
            written = seeing_all(db, partial(_write, layout=layout, rows=new))
            rotated, changed = rotated + written, changed + len(rows) - written
            after = tuple(rows[-1][: len(layout.key)])
            if progress is not None:
                progress(rotated, max(total, rotated))
            if pause:
                time.sleep(pause)
        remaining = seeing_all(db, lambda conn: _count(conn, layout, keys))
        if not remaining:
            break
    return Rotation(rotated, changed, remaining)


def _stale(layout: Layout, source: Keys) -> tuple[sql.Composable, dict[str, object]]:
    """Return the condition for values of another key than the current one."""
    prefix = prefix_of(source.provider.current())
    begins = sql.SQL("substr({}, 1, %(length)s) IS DISTINCT FROM %(prefix)s")
    columns = [layout.column] if layout.index is None else [layout.column, layout.index]
    condition = sql.SQL(" OR ").join(begins.format(sql.Identifier(name)) for name in columns)
    return condition, {"prefix": prefix, "length": len(prefix)}


def _count(conn: psycopg.Connection[Any], layout: Layout, source: Keys) -> int:
    stale, params = _stale(layout, source)
    query = template("count").format(table=layout.table, column=sql.Identifier(layout.column), stale=stale)
    row = conn.execute(query, params).fetchone()
    assert row is not None
    return int(row[0])


def _read(
    conn: psycopg.Connection[Any], layout: Layout, after: tuple[object, ...] | None, batch: int
) -> list[tuple[Any, ...]]:
    """Return rows: the key, what the value is bound to, the blind index if there is one, the value."""
    stale, params = _stale(layout, keys)
    index = [] if layout.index is None else [layout.index]
    names = [*layout.key, *layout.aad, *index, layout.column]
    values = after or (None,) * len(layout.key)
    params |= {f"after{number}": value for number, value in enumerate(values)}
    query = template("read").format(
        table=layout.table,
        column=sql.Identifier(layout.column),
        selected=listed(names),
        stale=stale,
        key=listed(layout.key),
        after=sql.SQL(", ").join(sql.Placeholder(f"after{number}") for number in range(len(values))),
    )
    # Not prepared: a plan for any value of is_first would begin at the first row each time.
    cur = psycopg.Cursor(conn)
    return cur.execute(query, {**params, "is_first": after is None, "batch": batch}, prepare=False).fetchall()


def _again(layout: Layout, row: Sequence[Any], normalise: Normalise) -> dict[str, object]:
    """Return the parameters that write a row with its value under the current key."""
    width, provider = len(layout.key), keys.provider
    bound, old = row[width : width + len(layout.aad)], bytes(row[-1])
    try:
        known = key_id_of(old)
        text = EncryptedStr(unseal(provider.key(known), known, layout.name, bound, old))
    except DecryptError as error:
        raise DecryptError(f"{layout.row(row)}: {error}", column=layout.column) from None
    except KeyMissingError as error:
        raise KeyMissingError(f"{layout.row(row)}: {error}", key_id=error.key_id) from None
    searched = _normalised(layout, row, normalise, text)
    if layout.index is not None and row[-2] is not None:
        _check_index(layout, row, searched)
    key_id = provider.current()
    key = provider.key(key_id)
    return {
        **{f"key{number}": value for number, value in enumerate(row[:width])},
        "old": old,
        "new": seal(key, key_id, layout.name, bound, text.reveal()),
        "index": prefix_of(key_id) + index_of(key, layout.name, searched.reveal()),
    }


def _normalised(layout: Layout, row: Sequence[Any], normalise: Normalise, text: EncryptedStr) -> EncryptedStr:
    """Return what the blind index is made of; a fault of *normalise* is told without the frames that hold the text."""
    try:
        return EncryptedStr(normalise(text.reveal()))
    except Exception as error:
        fault = type(error).__name__
    raise ConfigError(f"{layout.row(row)}: normalise failed with {fault}")


def _check_index(layout: Layout, row: Sequence[Any], searched: EncryptedStr) -> None:
    stored = bytes(row[-2])
    try:
        key_id = key_id_of(stored)
        key = keys.provider.key(key_id)
    except (DecryptError, KeyMissingError):  # found by nobody as it is
        return
    if not compare_digest(stored, prefix_of(key_id) + index_of(key, layout.name, searched.reveal())):
        raise ConfigError(
            f"{layout.row(row)}: the blind index {layout.index} is not that of its value: either it was made with "
            "another normalise, which has to be given here too, or it is wrong: set it to NULL to have it made again"
        )


def _write(conn: psycopg.Connection[Any], layout: Layout, rows: list[dict[str, object]]) -> int:
    assigned = [sql.SQL("{} = %(new)s").format(sql.Identifier(layout.column))]
    if layout.index is not None:
        assigned.append(sql.SQL("{} = %(index)s").format(sql.Identifier(layout.index)))
    found = [
        sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder(f"key{number}"))
        for number, name in enumerate(layout.key)
    ]
    query = template("write").format(
        table=layout.table,
        column=sql.Identifier(layout.column),
        key=listed(layout.key),
        assigned=sql.SQL(", ").join(assigned),
        found=sql.SQL(" AND ").join(found),
    )
    cur = psycopg.Cursor(conn)
    cur.executemany(query, rows)
    return cur.rowcount
