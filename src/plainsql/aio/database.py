"""Async twin of plainsql.database: a pool of connections, its transactions, its health."""

from __future__ import annotations

from asyncio import to_thread
from collections.abc import AsyncIterator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from plainsql.aio.execute import ConnectionSource
from plainsql.aio.health import Health, check_health
from plainsql.aio.pool import PoolConfig, PoolStats, Usage, check_owner, open_pool, stats_from
from plainsql.aio.transaction import Isolation, Transaction, begin_command, open_transaction
from plainsql.database import SLOW_MS
from plainsql.owners import Owners


class Opening:
    """A database that is opened by `await` or `async with`; the latter closes it."""

    def __init__(self, opening: Callable[[], Coroutine[Any, Any, Database]]) -> None:
        self._opening = opening
        self._database: Database | None = None

    def __await__(self) -> Generator[Any, Any, Database]:
        return self._opening().__await__()

    async def __aenter__(self) -> Database:
        self._database = await self._opening()
        return self._database

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._database is not None:
            await self._database.close()


class Database(ConnectionSource):
    """
    A database behind a pool; every statement runs on a connection of its own, in autocommit.

    Make one with `Database.open()`, share it between threads, close it at the end: it is a context manager.
    """

    def __init__(
        self,
        pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]],
        *,
        conninfo: str,
        slow_ms: float | None = SLOW_MS,
        on_close: Callable[[], object] | None = None,
    ) -> None:
        self._pool = pool
        self._conninfo = conninfo
        self._owners = Owners()
        self._usage = Usage()
        self._on_close = on_close
        self.slow_ms = slow_ms

    @classmethod
    def open(
        cls,
        conninfo: str | None = None,
        *,
        owner: bool = False,
        pool: PoolConfig | None = None,
        slow_ms: float | None = SLOW_MS,
    ) -> Opening:
        """
        Connect and return the database, by `await` or `async with`; nothing is migrated.

        Args:
            conninfo: libpq's connection string or URL; None: PLAINSQL_APP_URL beside DATABASE_URL,
                else DATABASE_URL, else the embedded server as its role app_user, if the project says so.
            owner: Without conninfo: connect as the owner of the tables, for DDL, not as the runtime role.
            pool: Settings of the pool.
            slow_ms: Log a statement that takes longer to the logger plainsql.slow; None: never.

        Raises:
            NoDatabaseError: Nobody said which database.
            psycopg.OperationalError: No connection can be made.
        """

        check_owner(conninfo, owner)

        async def opening() -> Database:
            if conninfo is not None:
                return cls(await open_pool(conninfo, pool or PoolConfig()), conninfo=conninfo, slow_ms=slow_ms)
            from plainsql.target import resolve_target

            target = resolve_target()
            entered = await to_thread(target.__enter__)
            return await cls._on(
                entered.role_conninfo(owner=owner), pool, slow_ms, lambda: target.__exit__(None, None, None)
            )

        return Opening(opening)

    @classmethod
    def embedded(
        cls, folder: Path | None = None, *, pool: PoolConfig | None = None, slow_ms: float | None = SLOW_MS
    ) -> Opening:
        """
        Start the embedded server, or join it, and return its database `postgres`; it stops after its last user.

        Args:
            folder: Where the server keeps its data; None: `.plainsql/postgres` in the current folder.
            pool: Settings of the pool.
            slow_ms: Log a statement that takes longer to the logger plainsql.slow; None: never.
        """

        async def opening() -> Database:
            from plainsql.embedded import EmbeddedPostgres

            server = await to_thread(EmbeddedPostgres.start, folder or Path(".plainsql", "postgres"))
            return await cls._on(server.conninfo(), pool, slow_ms, server.close)

        return Opening(opening)

    @classmethod
    async def _on(
        cls, conninfo: str, pool: PoolConfig | None, slow_ms: float | None, on_close: Callable[[], object]
    ) -> Database:
        try:
            opened = await open_pool(conninfo, pool or PoolConfig())
        except BaseException:
            on_close()
            raise
        return cls(opened, conninfo=conninfo, slow_ms=slow_ms, on_close=on_close)

    async def close(self) -> None:
        """Close the pool, and the embedded server when this was its last user. Closing again does nothing."""
        await self._pool.close()
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            await to_thread(on_close)

    async def __aenter__(self) -> Database:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend a connection; in the block of this database's own transaction raise OutsideTransactionError."""
        self._owners.check()
        return await self._lend()

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take a connection back; a broken one is replaced."""
        self._usage.end(conn)
        await self._pool.putconn(conn)

    async def _lend(self) -> psycopg.AsyncConnection[Any]:
        conn = await self._pool.getconn()
        self._usage.begin(conn)
        return conn

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
        """Lend a connection in autocommit for the block, for what plainsql has no function for: COPY, LISTEN."""
        conn = await self.acquire()
        try:
            yield conn
        finally:
            await self.release(conn)

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AsyncIterator[Transaction]:
        """
        Run the block in a transaction: COMMIT at its end, ROLLBACK when it raises.

        Args:
            isolation: Isolation level; None: the server's default. Manual: Transaction Isolation.
            read_only: Refuse writes; None: the server's default.
            deferrable: With serializable and read_only: wait for a snapshot that can't fail.

        Raises:
            OutsideTransactionError: This thread or task has a transaction of this database open.
        """
        begin = begin_command(isolation, read_only, deferrable)
        self._owners.check()
        async with self._transaction(begin) as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, begin: bytes) -> AsyncIterator[Transaction]:
        conn = await self._lend()
        owner = self._owners.enter()
        try:
            async with open_transaction(conn, begin, slow_ms=self.slow_ms) as tx:
                yield tx
        finally:
            self._owners.leave(owner)
            await self.release(conn)
        await tx._run_callbacks()

    def separate(self) -> Separate:
        """Return this database for use inside its own transaction: on another connection, committed by itself."""
        return Separate(self)

    def pool_stats(self) -> PoolStats:
        """Return the pool's figures."""
        return stats_from(self._pool.get_stats(), self._usage)

    async def health(self, *, timeout: float = 2.0) -> Health:  # noqa: ASYNC109 - a deadline, not a cancellation
        """Ask the server how it is, on a connection of its own, and return within *timeout* seconds."""
        return await check_health(self._conninfo, self.pool_stats(), timeout=timeout)


class Separate(ConnectionSource):
    """A Database that may be used inside its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.slow_ms = database.slow_ms

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend a connection other than the transaction's."""
        return await self._database._lend()

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take a connection back."""
        await self._database.release(conn)

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AsyncIterator[Transaction]:
        """Run the block in a transaction beside the one that is open; see `Database.transaction`."""
        async with self._database._transaction(begin_command(isolation, read_only, deferrable)) as tx:
            yield tx
