"""
Transactions: a real BEGIN, COMMIT and ROLLBACK, with savepoints inside.

A transaction belongs to the thread (and, under asyncio, the task) that opened it. Statements that other threads send
through it do work and wait for each other on the connection, but they share its savepoints and its failure: don't.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Literal, TypeAlias

import psycopg
from psycopg import pq

from plainsql import actor
from plainsql.execute import ConnectionSource, Statement
from plainsql.execute.settings import Settings, begin_with
from plainsql.tenancy import refuse_context, tenant_required

Isolation: TypeAlias = Literal["read committed", "repeatable read", "serializable"]

IDLE = pq.TransactionStatus.IDLE
INERROR = pq.TransactionStatus.INERROR
ROLLBACK = b"ROLLBACK"

log = logging.getLogger("plainsql.transaction")

_ISOLATION = {
    "read committed": b" ISOLATION LEVEL READ COMMITTED",
    "repeatable read": b" ISOLATION LEVEL REPEATABLE READ",
    "serializable": b" ISOLATION LEVEL SERIALIZABLE",
}
_ACCESS = {None: b"", True: b" READ ONLY", False: b" READ WRITE"}
_DEFERRABLE = {None: b"", True: b" DEFERRABLE", False: b" NOT DEFERRABLE"}


def begin_command(isolation: Isolation | None, read_only: bool | None, deferrable: bool | None) -> bytes:
    """
    Return the BEGIN; what is None is left to the server's defaults.

    DEFERRABLE only has an effect on transactions that are serializable and read only (manual: SET TRANSACTION).
    """
    if isolation is not None and isolation not in _ISOLATION:
        raise ValueError(f"isolation must be one of {', '.join(map(repr, _ISOLATION))}, found {isolation!r}")
    level = b"" if isolation is None else _ISOLATION[isolation]
    return b"BEGIN" + level + _ACCESS[read_only] + _DEFERRABLE[deferrable]


def failed_transaction() -> psycopg.errors.InFailedSqlTransaction:
    """Return the error for a block that ended well although a statement in it had failed."""
    return psycopg.errors.InFailedSqlTransaction(
        "nothing was committed: a statement failed and its error was swallowed; use a savepoint around what may fail"
    )


def check_end(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Raise when a COMMIT now wouldn't keep all the work of the block."""
    if conn.pgconn.pipeline_status:
        raise psycopg.InterfaceError("nothing was committed: a pipeline of the block is still open")
    if conn.pgconn.transaction_status == INERROR:
        raise failed_transaction()
    if conn.pgconn.transaction_status == IDLE:
        raise psycopg.errors.NoActiveSqlTransaction(
            "a statement in the block was a COMMIT or ROLLBACK: what came after it was no part of a transaction"
        )


def check_committed(tag: str | None) -> None:
    """Raise unless *tag* is COMMIT's own; it is ROLLBACK when another thread's statement failed in the meantime."""
    if tag != "COMMIT":
        raise failed_transaction()


def leave_savepoint(name: bytes) -> tuple[bytes, bytes]:
    """Return what undoes a savepoint and forgets it: one that stays makes each later one nest deeper."""
    return b"ROLLBACK TO SAVEPOINT " + name, b"RELEASE SAVEPOINT " + name


class TransactionState:
    """
    What sync and async transactions share: whether it is open, whose it is, savepoint names, callbacks.

    Attributes:
        tenant_id: Whose rows it sees; None: nobody said.
    """

    def __init__(self, tenant_id: str | None = None, all_tenants: bool = False) -> None:
        self.closed = False
        self.tenant_id = tenant_id
        self._all_tenants = all_tenants
        self._actor = actor.current()
        self._savepoints = 0
        self._callbacks: list[Callable[[], Any]] = []

    def check_open(self) -> None:
        """Raise InterfaceError when the transaction is over."""
        if self.closed:
            raise psycopg.InterfaceError("the transaction is over: its block has ended")

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return nothing: the transaction has its settings. A statement about tenants' tables needs a tenant."""
        if self.tenant_id is not None:
            refuse_context(self.tenant_id, statement)
        elif statement.tenant and not self._all_tenants:
            raise tenant_required(statement)
        actor.refuse_other(self._actor, statement)
        return ()

    def next_savepoint(self) -> bytes:
        """Return a name that no other savepoint of this transaction has."""
        self._savepoints += 1
        return b"plainsql_%d" % self._savepoints


class Transaction(TransactionState, ConnectionSource):
    """An open transaction; made by `Database.transaction()`."""

    is_transaction = True

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        *,
        slow_ms: float | None = None,
        tenant_id: str | None = None,
        all_tenants: bool = False,
    ) -> None:
        super().__init__(tenant_id, all_tenants)
        self._conn = conn
        self.slow_ms = slow_ms

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend the transaction's connection."""
        self.check_open()
        return self._conn

    def release(self, conn: psycopg.Connection[Any]) -> None:
        """Take the connection back."""

    @property
    def connection(self) -> psycopg.Connection[Any]:
        """The connection, for what plainsql has no function for; leave COMMIT and ROLLBACK to the block."""
        return self.acquire()

    @contextmanager
    def savepoint(self) -> Iterator[Transaction]:
        """
        Open a savepoint: an exception that leaves the block undoes the block, and goes on to the caller.

        Catch it outside the block to keep the work done before the savepoint.
        """
        conn = self.acquire()
        name = self.next_savepoint()
        conn.execute(b"SAVEPOINT " + name, prepare=False)
        mark = len(self._callbacks)
        try:
            yield self
            conn.execute(b"RELEASE SAVEPOINT " + name, prepare=False)
        except BaseException:
            del self._callbacks[mark:]
            undo(conn, *leave_savepoint(name))
            raise

    def after_commit(self, callback: Callable[[], object]) -> None:
        """
        Call *callback* once after COMMIT, in the order of registration, when the connection is given back.

        It is dropped when the transaction, or the savepoint in which it was registered, is rolled back. The work is
        committed by then: an Exception of a callback is logged to plainsql.transaction and the next one runs.
        """
        self.check_open()
        self._callbacks.append(callback)

    def _run_callbacks(self) -> None:
        for callback in self._callbacks:
            try:
                callback()
            except Exception:
                log.exception("after_commit callback %r failed; the transaction is committed", callback)


@contextmanager
def open_transaction(
    conn: psycopg.Connection[Any],
    begin: bytes,
    *,
    slow_ms: float | None,
    settings: Settings = (),
    tenant_id: str | None = None,
    all_tenants: bool = False,
) -> Iterator[Transaction]:
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
            with conn.lock:
                conn.wait(begin_with(conn, begin, settings))
        else:
            conn.execute(begin, prepare=False)
        yield tx
        check_end(conn)
        check_committed(conn.execute(b"COMMIT", prepare=False).statusmessage)
    except BaseException:
        undo(conn, ROLLBACK)
        raise
    finally:
        tx.closed = True


def undo(conn: psycopg.Connection[Any], *commands: bytes) -> None:
    """Roll back while an exception is on its way, never hiding that one: a connection that can't is closed."""
    if conn.closed or conn.pgconn.transaction_status == IDLE:
        return
    try:
        for command in commands:
            conn.execute(command, prepare=False)
    except BaseException as error:
        log.debug("%s failed, the connection is closed: %s", commands[0].decode(), error)
        conn.close()
        if not isinstance(error, Exception):
            raise
