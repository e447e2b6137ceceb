"""Async twin of plainsql.tenants: one tenant's view of a database, and the view of all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import psycopg

from plainsql.aio.execute import ConnectionSource, Statement
from plainsql.aio.transaction import Isolation, Transaction, begin_command, open_transaction
from plainsql.execute.settings import Settings
from plainsql.queries.aio.tenancy import list_tenant_tables, role_rights
from plainsql.tenancy import REASON_SETTING, Tenancy, refuse_context
from plainsql.tenants import all_tenants_conninfo, check_open, is_safe, note_all_tenants, refuse_inside

if TYPE_CHECKING:
    from plainsql.aio.database import Database, Separate


class Tenant(ConnectionSource):
    """A database as one tenant sees it; made by `Database.tenant()`. Each statement is a transaction of its own."""

    def __init__(self, database: Database | Separate, tenant_id: str, setting: str) -> None:
        self._database = database
        self._settings = ((setting, tenant_id),)
        self.tenant_id = tenant_id
        self.slow_ms = database.slow_ms
        self.closed = False

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return the tenant's setting."""
        check_open(self.closed)
        refuse_context(self.tenant_id, statement)
        return self._settings

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend a connection, which isn't the tenant's yet."""
        check_open(self.closed)
        return await self._database.acquire()

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
        """Run the block in a transaction of this tenant; see `Database.transaction`."""
        check_open(self.closed)
        begin = begin_command(isolation, read_only, deferrable)
        async with self._database._open(begin, self.tenant_id) as tx:
            yield tx

    def separate(self) -> Tenant:
        """Return this tenant for use inside its own transaction: on another connection, committed by itself."""
        check_open(self.closed)
        return Tenant(self._database.separate(), self.tenant_id, self._settings[0][0])


class AllTenants(ConnectionSource):
    """
    A connection that sees every tenant's rows; made by `Database.all_tenants()`.

    It prepares no statements, so it works behind every pooler.
    """

    def __init__(self, conn: psycopg.AsyncConnection[Any], reason: str, slow_ms: float | None) -> None:
        self._conn = conn
        self._settings = ((REASON_SETTING, reason),)
        self.reason = reason
        self.slow_ms = slow_ms

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return the reason, for triggers that keep an audit."""
        return self._settings

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend the connection; in the block of its own transaction raise ActiveSqlTransaction."""
        refuse_inside(self._conn)
        return self._conn

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take the connection back."""

    @asynccontextmanager
    async def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> AsyncIterator[Transaction]:
        """Run the block in a transaction; see `Database.transaction`."""
        begin = begin_command(isolation, read_only, deferrable)
        conn = await self.acquire()
        async with open_transaction(conn, begin, slow_ms=self.slow_ms, settings=self._settings, all_tenants=True) as tx:
            yield tx
        await tx._run_callbacks()


@asynccontextmanager
async def open_all_tenants(conninfo: str | None, *, reason: str, slow_ms: float | None) -> AsyncIterator[AllTenants]:
    """Connect as the role with BYPASSRLS for the block, and say so to the logger plainsql.tenancy."""
    async with await psycopg.AsyncConnection.connect(
        all_tenants_conninfo(conninfo, reason), autocommit=True, prepare_threshold=None
    ) as conn:
        rights = await role_rights(conn)
        note_all_tenants(rights, reason)
        yield AllTenants(conn, reason, slow_ms)


async def check_role(conn: psycopg.AsyncConnection[Any], tenancy: Tenancy) -> bool:
    """Return whether row-level security holds for the role of *conn*; see `is_safe`."""
    tables = await list_tenant_tables(conn, tenant_column=tenancy.column, names=tenancy.tables)
    return is_safe(await role_rights(conn), tables, tenancy)
