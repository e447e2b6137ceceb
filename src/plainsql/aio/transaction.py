"""
Async twin of plainsql.transaction: a real BEGIN, COMMIT and ROLLBACK, with savepoints inside.

A transaction belongs to the task that opened it. Statements that other tasks send through it do work and wait for each
other on the connection, but they share its savepoints and its failure: don't.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import psycopg

from plainsql import actor
from plainsql.aio.execute import ConnectionSource
from plainsql.execute.settings import Settings, begin_with
from plainsql.transaction import (
    IDLE,
    ROLLBACK,
    Isolation,
    TransactionState,
    begin_command,
    check_committed,
    check_end,
    leave_savepoint,
    log,
)

__all__ = ["Isolation", "Transaction", "begin_command", "open_transaction", "undo"]


class Transaction(TransactionState, ConnectionSource):
    """An open transaction; made by `Database.transaction()`."""

    is_transaction = True

    def __init__(
        self,
        conn: psycopg.AsyncConnection[Any],
        *,
        slow_ms: float | None = None,
        tenant_id: str | None = None,
        all_tenants: bool = False,
    ) -> None:
        super().__init__(tenant_id, all_tenants)
        self._conn = conn
        self.slow_ms = slow_ms

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend the transaction's connection."""
        return self.connection

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take the connection back."""

    @property
    def connection(self) -> psycopg.AsyncConnection[Any]:
        """The connection, for what plainsql has no function for; leave COMMIT and ROLLBACK to the block."""
        self.check_open()
        return self._conn

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[Transaction]:
        """
        Open a savepoint: an exception that leaves the block undoes the block, and goes on to the caller.

        Catch it outside the block to keep the work done before the savepoint.
        """
        conn = self.connection
        name = self.next_savepoint()
        await conn.execute(b"SAVEPOINT " + name, prepare=False)
        mark = len(self._callbacks)
        try:
            yield self
            await conn.execute(b"RELEASE SAVEPOINT " + name, prepare=False)
        except BaseException:
            del self._callbacks[mark:]
            await undo(conn, *leave_savepoint(name))
            raise

    def after_commit(self, callback: Callable[[], object]) -> None:
        """
        Call *callback* once after COMMIT, in the order of registration, when the connection is given back.

        What it returns is awaited if it can be. It is dropped when the transaction, or the savepoint in which it was
        registered, is rolled back. The work is committed by then: an Exception of a callback is logged to
        plainsql.transaction and the next one runs.
        """
        self.check_open()
        self._callbacks.append(callback)

    async def _run_callbacks(self) -> None:
        for callback in self._callbacks:
            try:
                result = callback()
                if inspect.isawaitable(result):
                    await result
            except Exception:
                log.exception("after_commit callback %r failed; the transaction is committed", callback)


@asynccontextmanager
async def open_transaction(
    conn: psycopg.AsyncConnection[Any],
    begin: bytes,
    *,
    slow_ms: float | None,
    settings: Settings = (),
    tenant_id: str | None = None,
    all_tenants: bool = False,
) -> AsyncIterator[Transaction]:
    """
    Run the block between *begin* and COMMIT on *conn*, which is idle and in autocommit; roll back when it raises.

    Args:
        conn: The connection.
        begin: The BEGIN.
        slow_ms: See `Database`.
        settings: Set for this transaction, in the round trip of the BEGIN.
        tenant_id: Whose rows it sees, if one of *settings* says so.
        all_tenants: The role sees every tenant's rows.
    """
    settings = actor.transaction_settings(settings, begin)
    tx = Transaction(conn, slow_ms=slow_ms, tenant_id=tenant_id, all_tenants=all_tenants)
    try:
        if settings:
            async with conn.lock:
                await conn.wait(begin_with(conn, begin, settings))
        else:
            await conn.execute(begin, prepare=False)
        yield tx
        check_end(conn)
        check_committed((await conn.execute(b"COMMIT", prepare=False)).statusmessage)
    except BaseException:
        await undo(conn, ROLLBACK)
        raise
    finally:
        tx.closed = True


async def undo(conn: psycopg.AsyncConnection[Any], *commands: bytes) -> None:
    """Roll back while an exception is on its way, never hiding that one: a connection that can't is closed."""
    if conn.closed or conn.pgconn.transaction_status == IDLE:
        return
    try:
        for command in commands:
            await conn.execute(command, prepare=False)
    except BaseException as error:
        log.debug("%s failed, the connection is closed: %s", commands[0].decode(), error)
        await conn.close()
        if not isinstance(error, Exception):
            raise
