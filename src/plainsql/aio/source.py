"""Async twin of plainsql.execute.source: where a query gets its connection when it isn't given one."""

from __future__ import annotations

from typing import Any

import psycopg

from plainsql.execute.settings import Settings
from plainsql.execute.statement import Statement
from plainsql.tenancy import tenant_settings


class ConnectionSource:
    """
    Lends a connection for one statement.

    Attributes:
        slow_ms: A statement slower than this is logged; None: never.
        is_transaction: A transaction is open, which has its settings since it began.
    """

    slow_ms: float | None = None
    is_transaction: bool = False

    def settings(self, statement: Statement[Any]) -> Settings:
        """
        Return what has to be set in a transaction around *statement*; empty: it runs on the connection as it is.

        Raises:
            TenantRequiredError: The statement is about tenants' tables and nobody said whose rows are meant.
        """
        return tenant_settings(None, "", statement)

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend a connection; the caller gives it back with `release`."""
        raise NotImplementedError

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take back a connection lent by `acquire`."""
        raise NotImplementedError
