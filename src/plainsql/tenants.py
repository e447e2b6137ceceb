"""One tenant's view of a database, and, through a role of its own, the view of all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Literal

import psycopg

from plainsql.errors import ConfigError, TenantRequiredError, UnsafeRoleError
from plainsql.execute import ConnectionSource, Statement
from plainsql.execute.settings import Settings
from plainsql.pool import pool_conninfo
from plainsql.queries.tenancy import ListTenantTablesRow, RoleRightsRow, list_tenant_tables, role_rights
from plainsql.tenancy import REASON_SETTING, Tenancy, log, refuse_context
from plainsql.transaction import Isolation, Transaction, begin_command, open_transaction

if TYPE_CHECKING:
    from plainsql.database import Database, Separate

ALL_TENANTS_URL = "PLAINSQL_ALL_TENANTS_URL"
"""The variable that names the conninfo of the role with BYPASSRLS."""


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

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend a connection, which isn't the tenant's yet."""
        check_open(self.closed)
        return self._database.acquire()

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
        """Run the block in a transaction of this tenant; see `Database.transaction`."""
        check_open(self.closed)
        begin = begin_command(isolation, read_only, deferrable)
        with self._database._open(begin, self.tenant_id) as tx:
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

    def __init__(self, conn: psycopg.Connection[Any], reason: str, slow_ms: float | None) -> None:
        self._conn = conn
        self._settings = ((REASON_SETTING, reason),)
        self.reason = reason
        self.slow_ms = slow_ms

    def settings(self, statement: Statement[Any]) -> Settings:
        """Return the reason, for triggers that keep an audit."""
        return self._settings

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend the connection; in the block of its own transaction raise ActiveSqlTransaction."""
        refuse_inside(self._conn)
        return self._conn

    def release(self, conn: psycopg.Connection[Any]) -> None:
        """Take the connection back."""

    @contextmanager
    def transaction(
        self,
        *,
        isolation: Isolation | None = None,
        read_only: bool | None = None,
        deferrable: bool | None = None,
    ) -> Iterator[Transaction]:
        """Run the block in a transaction; see `Database.transaction`."""
        begin = begin_command(isolation, read_only, deferrable)
        conn = self.acquire()
        with open_transaction(conn, begin, slow_ms=self.slow_ms, settings=self._settings, all_tenants=True) as tx:
            yield tx
        tx._run_callbacks()


@contextmanager
def open_all_tenants(conninfo: str | None, *, reason: str, slow_ms: float | None) -> Iterator[AllTenants]:
    """Connect as the role with BYPASSRLS for the block, and say so to the logger plainsql.tenancy."""
    with psycopg.connect(all_tenants_conninfo(conninfo, reason), autocommit=True, prepare_threshold=None) as conn:
        rights = role_rights(conn)
        note_all_tenants(rights, reason)
        yield AllTenants(conn, reason, slow_ms)


def check_role(conn: psycopg.Connection[Any], tenancy: Tenancy) -> bool:
    """Return whether row-level security holds for the role of *conn*; see `is_safe`."""
    tables = list_tenant_tables(conn, tenant_column=tenancy.column, names=tenancy.tables)
    return is_safe(role_rights(conn), tables, tenancy)


def is_safe(rights: RoleRightsRow, tables: Sequence[ListTenantTablesRow], tenancy: Tenancy) -> bool:
    """
    Return whether the role may serve tenants; False as long as there is no table to keep.

    Raises:
        UnsafeRoleError: Row-level security passes the role by, or it owns tenants' tables.
    """
    if not tables:
        return False
    reasons = []
    if rights.is_superuser:
        reasons.append("is a superuser")
    elif rights.bypasses:
        reasons.append("has BYPASSRLS")
    if not rights.is_superuser and (owned := [table.name for table in tables if table.is_owned]):
        shown = ", ".join(owned[:3]) + (f" and {len(owned) - 3} more" if len(owned) > 3 else "")
        reasons.append(f"has the rights of the owner of {shown}")
    if reasons:
        raise UnsafeRoleError(
            f"the role {rights.role} {' and '.join(reasons)}: row-level security would keep no tenant from another's "
            f"rows. Connect as a role that owns nothing ({tenancy.role}), by PLAINSQL_APP_URL or the conninfo; "
            "DDL is for Database.open(owner=True), work on every tenant for db.all_tenants(reason=…)",
            role=rights.role,
            reasons=reasons,
        )
    return True


def project_tenancy(given: Tenancy | Literal[False] | None) -> Tenancy | None:
    """Return what was *given*; None asks the project of the current folder, False says that there are no tenants."""
    if given is not None:
        return given or None
    from plainsql.config import find_config

    config = find_config()
    return None if config is None else config.tenancy


def all_tenants_conninfo(conninfo: str | None, reason: str) -> str:
    """Return the conninfo of the role with BYPASSRLS; without one, or without a reason, raise ConfigError."""
    if not isinstance(reason, str) or not reason.strip():
        raise ConfigError('all_tenants needs a reason that an auditor understands: reason="monthly billing"')
    found = conninfo or os.environ.get(ALL_TENANTS_URL)
    if not found:
        raise ConfigError(
            f"all_tenants needs the conninfo of a role with BYPASSRLS: set {ALL_TENANTS_URL}, "
            "or Database.open(all_tenants=…)"
        )
    return pool_conninfo(found)


def note_all_tenants(rights: RoleRightsRow, reason: str) -> None:
    """Log who sees every tenant's rows and why; a role that doesn't see them is a ConfigError."""
    if not (rights.bypasses or rights.is_superuser):
        raise ConfigError(
            f"the role {rights.role} of all_tenants has no BYPASSRLS, so it would see no rows: "
            f"ALTER ROLE {rights.role} BYPASSRLS, or name another role"
        )
    log.warning("all tenants: %s", reason, extra={"reason": reason, "role": rights.role})


def check_open(closed: bool) -> None:
    """Raise TenantRequiredError when the tenant's block has ended."""
    if closed:
        raise TenantRequiredError("the tenant's block has ended: use what `db.tenant()` yields inside it")


def refuse_inside(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> None:
    """Raise ActiveSqlTransaction when a transaction is open on the one connection."""
    if conn.pgconn.transaction_status == psycopg.pq.TransactionStatus.INTRANS:
        raise psycopg.errors.ActiveSqlTransaction("a transaction of all tenants is open: pass the transaction")
