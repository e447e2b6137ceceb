"""
@timeout: how long one statement may run.

Inside a transaction the server keeps the time: SET LOCAL statement_timeout before the statement, the old value after
it; a shorter limit that the transaction has already stays. Outside one the client does: it cancels and waits for the
answer before the connection can be used again, so a late cancel never meets the next statement. Both end in
psycopg.errors.QueryCanceled and leave the connection usable.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any, TypeAlias

import psycopg
from psycopg import errors, generators, pq, sql
from psycopg.abc import PQGen

IDLE = pq.TransactionStatus.IDLE
INTRANS = pq.TransactionStatus.INTRANS
FATAL_ERROR = pq.ExecStatus.FATAL_ERROR

AnyConnection: TypeAlias = psycopg.Connection[Any] | psycopg.AsyncConnection[Any]


UNIT_MS = {"ms": 1, "s": 1_000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}


def shown_ms(limit: str) -> int:
    """Return the milliseconds of a limit as SHOW writes it: ``250ms``, ``5s``; 0 is no limit."""
    unit = limit.lstrip("0123456789")
    return int(limit.removesuffix(unit)) * UNIT_MS.get(unit, 1)


def in_transaction(conn: AnyConnection) -> bool:
    """Return whether the next statement on *conn* is part of a transaction that other statements share."""
    return not conn.autocommit or conn.pgconn.transaction_status != IDLE


def refuse_pipeline(conn: AnyConnection) -> None:
    """Raise NotSupportedError in a pipeline: a cancel there would meet whichever statement runs."""
    if conn._pipeline is not None:
        raise psycopg.NotSupportedError("a query with @timeout can't run in a pipeline")


class ServerLimit:
    """
    A statement_timeout for part of a transaction: `begin`, the statements, `end` if it is on.

    Both are generators for `conn.wait`, under the connection's lock: between `begin` and `end` no statement of another
    thread or task may read the limit as its own. psycopg finishes a generator whose wait was cancelled, so the limit is
    known to be on even then.
    """

    __slots__ = ("_before", "_conn", "_limit_ms")

    def __init__(self, conn: AnyConnection, timeout: float) -> None:
        self._conn = conn
        self._limit_ms = max(1, ceil(timeout * 1000))
        self._before: str | None = None

    def begin(self) -> PQGen[None]:
        """Remember the transaction's limit and set ours, in one round trip; a shorter one than ours stays."""
        conn = self._conn
        yield from conn._start_query()
        command = sql.SQL("SHOW statement_timeout; SET LOCAL statement_timeout = {}").format(
            sql.Literal(self._limit_ms)
        )
        conn.pgconn.send_query(command.as_bytes(conn))
        results = yield from generators.execute(conn.pgconn)
        if results[-1].status == FATAL_ERROR:
            raise errors.error_from_result(results[-1], encoding=conn.pgconn._encoding)
        self._before = (results[0].get_value(0, 0) or b"0").decode()
        if 0 < shown_ms(self._before) < self._limit_ms:
            yield from self.end()
            self._before = None

    @property
    def is_on(self) -> bool:
        """After an error it is not: the rollback, whole or to a savepoint, undoes SET LOCAL."""
        return self._before is not None and self._conn.pgconn.transaction_status == INTRANS

    def end(self) -> PQGen[None]:
        """Put the transaction's own limit back."""
        command = sql.SQL("SET LOCAL statement_timeout = {}").format(sql.Literal(self._before))
        yield from self._conn._exec_command(command)


@contextmanager
def server_limit(conn: psycopg.Connection[Any], timeout: float) -> Iterator[None]:
    """Limit each statement of the block to *timeout* seconds, by the server."""
    limit = ServerLimit(conn, timeout)
    try:
        with conn.lock:
            conn.wait(limit.begin())
        yield
    finally:
        if limit.is_on:
            with conn.lock:
                conn.wait(limit.end())
