"""What psycopg's exceptions and slow statements carry: the query's name and place, never a value."""

from __future__ import annotations

import logging
from time import perf_counter
from typing import Any

import psycopg
from psycopg import pq

from plainsql.errors import StaleModuleError
from plainsql.execute.statement import Statement

RETRYABLE = frozenset({"40001", "40P01", "55P03"})
"""serialization_failure, deadlock_detected, lock_not_available: the same work may succeed next time."""

IDLE = pq.TransactionStatus.IDLE
slow_log = logging.getLogger("plainsql.slow")


def annotate(error: psycopg.Error | StaleModuleError, statement: Statement[Any]) -> None:
    """Give *error* the attributes query, file, line, retryable and a note; once. Our own errors get the note alone."""
    if isinstance(error, StaleModuleError):
        if statement.place not in str(error):  # a codec found it, which knows no statement
            error.add_note(statement.place)
        return
    if hasattr(error, "query"):
        return
    vars(error).update(
        query=statement.name, file=statement.file, line=statement.line, retryable=error.sqlstate in RETRYABLE
    )
    error.add_note(statement.place)
    if error.sqlstate == "57014" and statement.timeout is not None:
        error.add_note(f"@timeout is {statement.timeout:g} s")


def heals(error: psycopg.Error, conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """
    Forget the prepared statements of *conn* when *error* says that they are out of date and one more try may succeed.

    That is a result type changed by ALTER TABLE, or a DEALLOCATE that psycopg didn't see. Inside a transaction both
    abort it, so the error stands; the next transaction is fine, since the statements are forgotten either way.
    """
    stale = error.sqlstate == "26000" or (
        error.sqlstate == "0A000" and error.diag.source_function == "RevalidateCachedQuery"
    )
    if not stale or conn.closed:
        return False
    conn._prepared.clear()
    return conn.autocommit and conn._pipeline is None and conn.pgconn.transaction_status == IDLE


def log_slow(statement: Statement[Any], started: float, rows: int | None, slow_ms: float | None) -> None:
    """Write one line to plainsql.slow when the statement took longer than *slow_ms*; *rows* is None when it failed."""
    if slow_ms is None:
        return
    took_ms = (perf_counter() - started) * 1000
    if took_ms >= slow_ms:
        outcome = "failed" if rows is None else f"{rows} rows"
        slow_log.warning("%s took %.1f ms, %s, %s:%d", statement.name, took_ms, outcome, statement.file, statement.line)


def refuse_in_transaction(
    conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], statement: Statement[Any]
) -> None:
    """Raise ActiveSqlTransaction unless each statement of a script would stand alone on *conn*."""
    if not conn.autocommit or conn.pgconn.transaction_status != IDLE or conn._pipeline is not None:
        raise refused_script()


def refused_script() -> psycopg.errors.ActiveSqlTransaction:
    """Return the error for a script where its statements would not stand alone."""
    return psycopg.errors.ActiveSqlTransaction(
        "a script runs its statements one by one: pass the Database or an idle connection in autocommit, "
        "neither a transaction nor a pipeline nor a tenant"
    )
