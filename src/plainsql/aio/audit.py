"""Async twin of plainsql.audit: what happened to a row, how it was, entries of tables without triggers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from plainsql.aio.execute import Conn
from plainsql.audit.entries import AuditEntry, HasSides, Key, canonical_key, entries_to_record, entry_of, rebuild
from plainsql.audit.history import checked_time, not_audited
from plainsql.queries.aio.audit import list_entries, list_entries_since, record_entries

__all__ = ["AuditEntry", "as_of", "history", "record"]


async def history(conn: Conn, *, table: str, pk: Key) -> list[AuditEntry]:
    """
    Return every entry of one row, oldest first, with those of each TRUNCATE of its table.

    Args:
        conn: Of a role that may read the audit: its owner, or one that audit.let_read() was called for.
        table: As SQL writes it: ``orders``, or ``sales.orders`` outside of public.
        pk: Its primary key: ``{"id": 1}``.
    """
    return [entry_of(row) for row in await list_entries(conn, table_name=table, record_pk=canonical_key(pk))]


async def as_of(conn: Conn, *, table: str, pk: Key, at: datetime) -> dict[str, Any] | None:
    """
    Return one row as it was, rebuilt backwards from the row that is there now; None: there was none.

    Columns that are secret read ``[redacted]``, generated ones are left out, numbers with a point are Decimals. A
    statement counts from its end, though its transaction may have committed later.

    Args:
        conn: Of a role that may read the audit and the table.
        table: As SQL writes it.
        pk: Its primary key.
        at: With a time zone.

    Raises:
        AuditError: The table isn't audited, or *at* has no time zone.
        AuditGapError: Something changed the row without being recorded.
    """
    key = canonical_key(pk)
    rows = await list_entries_since(conn, table_name=table, record_pk=key, since=checked_time(at))
    if not rows:
        raise not_audited(table)
    return rebuild(rows, table=table, pk=key)


async def record(
    conn: Conn, changes: Iterable[HasSides], *, table: str, key: Sequence[str], redact: Iterable[str] = ()
) -> int:
    """
    Write entries for a table without triggers, from a hook: ``await record(tx, changes, table="prices", key=["id"])``.

    What doesn't go through that query is not recorded; a trigger is what can't be gone around.

    Args:
        conn: The transaction that the hook was given; its role needs EXECUTE on audit.record.
        changes: What a query with ``@changes`` gives its hook.
        table: As SQL writes it.
        key: Columns of the primary key.
        redact: Columns whose values are secret.

    Returns:
        How many entries were written; what changed nothing makes none.

    Raises:
        AuditError: The rows have no such key.
        psycopg.errors.ObjectInUse: The table has the triggers.
    """
    entries = entries_to_record(changes, key, redact)
    return await record_entries(conn, table_name=table, entries=entries) or 0 if entries else 0
