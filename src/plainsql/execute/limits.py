"""
@timeout: how long one statement may run.

Inside a transaction the server keeps the time: SET LOCAL statement_timeout before the statement, the old value after
it. Outside one the client does: it cancels and waits for the answer before the connection can be used again, so a
late cancel never meets the next statement. Both end in psycopg.errors.QueryCanceled and leave the connection usable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any

import psycopg
from psycopg import pq, sql
from psycopg.rows import tuple_row

from plainsql.execute.cursor import StatementCursor

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS


def run_limited(cur: StatementCursor, timeout: float | None) -> None:
    """Run the cursor's statement within *timeout* seconds."""
    if timeout is None:
        cur.run()
        return
    conn = cur.connection
    refuse_pipeline(conn)
    with conn.lock:  # another thread's statement would look like a transaction
        inside = in_transaction(conn)
    if inside:
        with server_limit(conn, timeout):
            cur.run()
    else:
        cur.run(timeout)


def in_transaction(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Return whether the next statement on *conn* is part of a transaction that other statements share."""
    return not conn.autocommit or conn.pgconn.transaction_status != IDLE


def refuse_pipeline(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Raise NotSupportedError in a pipeline: a cancel there would meet whichever statement runs."""
    if conn._pipeline is not None:
        raise psycopg.NotSupportedError("a query with @timeout can't run in a pipeline")


def limit_command(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], timeout: float) -> sql.Composed:
    """Return the command that shows the transaction's limit and sets *timeout*."""
    limit_ms = max(1, ceil(timeout * 1000))
    return sql.SQL("SHOW statement_timeout; SET LOCAL statement_timeout = {}").format(sql.Literal(limit_ms))


def restore_command(limit: str) -> sql.Composed:
    """Return the command that puts the transaction's own limit back."""
    return sql.SQL("SET LOCAL statement_timeout = {}").format(sql.Literal(limit))


@contextmanager
def server_limit(conn: psycopg.Connection[Any], timeout: float) -> Iterator[None]:
    """Limit each statement of the block to *timeout* seconds, by the server."""
    with psycopg.Cursor(conn, row_factory=tuple_row) as cur:
        shown = cur.execute(limit_command(conn, timeout), prepare=False).fetchone()
        before = str(shown[0]) if shown else "0"
        try:
            yield
        finally:
            # After an error the transaction is aborted and its rollback, whole or to a savepoint, undoes SET LOCAL.
            if conn.pgconn.transaction_status == INTRANS:
                cur.execute(restore_command(before), prepare=False)
