"""A database: a pool of connections, its transactions, its health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import psycopg
from psycopg_pool import ConnectionPool

from plainsql.actor import Actor, UserId, use
from plainsql.execute import ConnectionSource, Statement
from plainsql.execute.settings import Settings
from plainsql.health import Health, check_health
from plainsql.owners import Owners
from plainsql.pool import PoolConfig, PoolStats, Usage, check_owner, open_pool, stats_from
from plainsql.tenancy import Tenancy, TenantId, checked_id, current, entered, tenant_settings
from plainsql.tenants import AllTenants, Tenant, check_role, open_all_tenants, project_tenancy
from plainsql.transaction import Isolation, Transaction, begin_command, open_transaction

SLOW_MS = 500.0
"""A statement slower than this is logged unless `Database.open(slow_ms=…)` says otherwise."""


class Database(ConnectionSource):
    """
    A database behind a pool; every statement runs on a connection of its own, in autocommit.

    Make one with `Database.open()`, share it between threads, close it at the end: it is a context manager.
    """

    def __init__(
        self,
        pool: ConnectionPool[psycopg.Connection[Any]],
        *,
        conninfo: str,
        slow_ms: float | None = SLOW_MS,
        on_close: Callable[[], object] | None = None,
        tenancy: Tenancy | None = None,
        all_tenants: str | None = None,
    ) -> None:
        self._pool = pool
        self._conninfo = conninfo
        self._owners = Owners()
        self._usage = Usage()
        self._on_close = on_close
        self._tenancy = tenancy or Tenancy()
        self._all_tenants = all_tenants
        self._has_safe_role = False
        self.slow_ms = slow_ms

    @classmethod
    def open(
        cls,
        conninfo: str | None = None,
        *,
        owner: bool = False,
        pool: PoolConfig | None = None,
        slow_ms: float | None = SLOW_MS,
        tenancy: Tenancy | Literal[False] | None = None,
        all_tenants: str | None = None,
    ) -> Database:
        """
        Connect and return the database; nothing is migrated.

        Args:
            conninfo: libpq's connection string or URL; None: PLAINSQL_APP_URL beside DATABASE_URL,
                else DATABASE_URL, else the embedded server as its role app_user, if the project says so.
            owner: Without conninfo: connect as the owner of the tables, for DDL, not as the runtime role.
            pool: Settings of the pool.
            slow_ms: Log a statement that takes longer to the logger plainsql.slow; None: never.
            tenancy: What tells tenants apart; None: as `[tool.plainsql.tenancy]` of the current folder's project says,
                False: there are no tenants.
            all_tenants: Conninfo of the role behind `all_tenants`; None: PLAINSQL_ALL_TENANTS_URL.

        Raises:
            NoDatabaseError: Nobody said which database.
            UnsafeRoleError: Tenancy is configured, and row-level security doesn't hold for the role.
            psycopg.OperationalError: No connection can be made.
        """
        check_owner(conninfo, owner)
        said = project_tenancy(tenancy)
        checked = said is not None and not owner
        if conninfo is not None:
            return cls._on(conninfo, pool, slow_ms, None, said, all_tenants, checked=checked)
        from plainsql.target import resolve_target

        target = resolve_target()
        entered = target.__enter__()
        return cls._on(
            entered.role_conninfo(owner=owner),
            pool,
            slow_ms,
            lambda: target.__exit__(None, None, None),
            said,
            all_tenants or entered.all_tenants_conninfo,
            checked=checked,
        )

    @classmethod
    def embedded(
        cls, folder: Path | None = None, *, pool: PoolConfig | None = None, slow_ms: float | None = SLOW_MS
    ) -> Database:
        """
        Start the embedded server, or join it, and return its database `postgres`; it stops after its last user.

        Args:
            folder: Where the server keeps its data; None: `.plainsql/postgres` in the current folder.
            pool: Settings of the pool.
            slow_ms: Log a statement that takes longer to the logger plainsql.slow; None: never.
        """
        from plainsql.embedded import EmbeddedPostgres

        server = EmbeddedPostgres.start(folder or Path(".plainsql", "postgres"))
        return cls._on(server.conninfo(), pool, slow_ms, server.close)

    @classmethod
    def _on(
        cls,
        conninfo: str,
        pool: PoolConfig | None,
        slow_ms: float | None,
        on_close: Callable[[], object] | None,
        tenancy: Tenancy | None = None,
        all_tenants: str | None = None,
        *,
        checked: bool = False,
    ) -> Database:
        said = tenancy or Tenancy()
        is_safe = False

        def check(conn: psycopg.Connection[Any]) -> None:
            nonlocal is_safe
            is_safe = check_role(conn, said)

        try:
            opened = open_pool(conninfo, pool or PoolConfig(), check if checked else None)
        except BaseException:
            if on_close is not None:
                on_close()
            raise
        database = cls(
            opened, conninfo=conninfo, slow_ms=slow_ms, on_close=on_close, tenancy=said, all_tenants=all_tenants
        )
        database._has_safe_role = is_safe
        return database

    def close(self) -> None:
        """Close the pool, and the embedded server when this was its last user. Closing again does nothing."""
        self._pool.close()
        on_close, self._on_close = self._on_close, None
        if on_close is not None:
            on_close()

    def __enter__(self) -> Database:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return the setting of this context's tenant, if `tenancy.use` named one."""
        return tenant_settings(current(), self._tenancy.setting, statement)

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend a connection; in the block of this database's own transaction raise OutsideTransactionError."""
        self._owners.check()
        return self._lend()

    def release(self, conn: psycopg.Connection[Any]) -> None:
        """Take a connection back; a broken one is replaced."""
        self._usage.end(conn)
        self._pool.putconn(conn)

    def _lend(self) -> psycopg.Connection[Any]:
        conn = self._pool.getconn()
        self._usage.begin(conn)
        if current() is not None and not self._has_safe_role:
            try:
                self._has_safe_role = check_role(conn, self._tenancy)
            except BaseException:
                self.release(conn)
                raise
        return conn

    def _check_role(self) -> None:
        """Raise UnsafeRoleError unless row-level security holds for the role; ask until there is a table to keep."""
        if not self._has_safe_role:
            conn = self._lend()
            try:
                self._has_safe_role = check_role(conn, self._tenancy)
            finally:
                self.release(conn)

    @contextmanager
    def connection(self) -> Iterator[psycopg.Connection[Any]]:
        """Lend a connection in autocommit for the block, for what plainsql has no function for: COPY, LISTEN."""
        conn = self.acquire()
        try:
            yield conn
        finally:
            self.release(conn)

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> Iterator[Transaction]:
        """
        Run the block in a transaction: COMMIT at its end, ROLLBACK when it raises.

        Args:
            isolation: Isolation level; None: the server's default. Manual: Transaction Isolation.
            read_only: Refuse writes; None: the server's default.
            deferrable: With serializable and read_only: wait for a snapshot that can't fail.

        Raises:
            OutsideTransactionError: This thread or task has a transaction of this database open.
        """
        with self._open(begin_command(isolation, read_only, deferrable), current()) as tx:
            yield tx

    def _open(self, begin: bytes, tenant_id: str | None) -> AbstractContextManager[Transaction]:
        self._owners.check()
        return self._transaction(begin, tenant_id)

    @contextmanager
    def _transaction(self, begin: bytes, tenant_id: str | None) -> Iterator[Transaction]:
        conn = self._lend()
        owner = self._owners.enter()
        try:
            settings = () if tenant_id is None else ((self._tenancy.setting, tenant_id),)
            with open_transaction(conn, begin, slow_ms=self.slow_ms, settings=settings, tenant_id=tenant_id) as tx:
                yield tx
        finally:
            self._owners.leave(owner)
            self.release(conn)
        tx._run_callbacks()

    @contextmanager
    def tenant(self, tenant_id: TenantId) -> Iterator[Tenant]:
        """
        Yield this database as one tenant sees it; every statement and transaction of it has the tenant's setting.

        Args:
            tenant_id: What the column of tenants holds.

        Raises:
            TenantRequiredError: *tenant_id* is empty.
            TenantMismatchError: Another tenant is at work in this thread, task or context.
            UnsafeRoleError: Row-level security doesn't hold for the role of this database.
        """
        checked = checked_id(tenant_id)
        with entered(checked):
            self._check_role()
            tenant = Tenant(self, checked, self._tenancy.setting)
            try:
                yield tenant
            finally:
                tenant.closed = True

    @contextmanager
    def all_tenants(self, *, reason: str) -> Iterator[AllTenants]:
        """
        Connect as the role with BYPASSRLS for the block, and yield what sees every tenant's rows.

        Args:
            reason: Why, for the log plainsql.tenancy and for audits.

        Raises:
            ConfigError: No reason, no conninfo of such a role, or the role has no BYPASSRLS.
        """
        with open_all_tenants(self._all_tenants, reason=reason, slow_ms=self.slow_ms) as tenants:
            yield tenants

    @staticmethod
    def actor(
        *, user_id: UserId | None = None, request_id: str | None = None, reason: str | None = None
    ) -> AbstractContextManager[Actor]:
        """
        Say for the block who is at work: entries of audited tables keep it. See `plainsql.actor.use`.

        It counts in this thread or task, and in tasks started in the block, for transactions that begin in it and for
        single statements.

        Args:
            user_id: Who: a UUID, a str or an int.
            request_id: What ties entries to a request's log lines.
            reason: Why, for who reads the audit.

        Raises:
            ActorError: A value is empty or can't be sent.
        """
        return use(user_id=user_id, request_id=request_id, reason=reason)

    def separate(self) -> Separate:
        """Return this database for use inside its own transaction: on another connection, committed by itself."""
        return Separate(self)

    def pool_stats(self) -> PoolStats:
        """Return the pool's figures."""
        return stats_from(self._pool.get_stats(), self._usage)

    def health(self, *, timeout: float = 2.0) -> Health:
        """Ask the server how it is, on a connection of its own, and return within *timeout* seconds."""
        return check_health(self._conninfo, self.pool_stats(), timeout=timeout)


class Separate(ConnectionSource):
    """A Database that may be used inside its own transaction."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.slow_ms = database.slow_ms

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return the setting of this context's tenant, if `tenancy.use` named one."""
        return self._database.settings(statement)

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend a connection other than the transaction's."""
        return self._database._lend()

    def release(self, conn: psycopg.Connection[Any]) -> None:
        """Take a connection back."""
        self._database.release(conn)

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> Iterator[Transaction]:
        """Run the block in a transaction beside the one that is open; see `Database.transaction`."""
        with self._open(begin_command(isolation, read_only, deferrable), current()) as tx:
            yield tx

    def _open(self, begin: bytes, tenant_id: str | None) -> AbstractContextManager[Transaction]:
        return self._database._transaction(begin, tenant_id)

    def separate(self) -> Separate:
        """Return this one: it is separate already."""
        return self
