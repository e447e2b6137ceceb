"""Async twin of plainsql.execute.source: where a query gets its connection when it isn't given one."""

from __future__ import annotations

from typing import Any

import psycopg


class ConnectionSource:
    """
    Lends a connection for one statement.

    Attributes:
        slow_ms: A statement slower than this is logged; None: never.
    """

    slow_ms: float | None = None

    async def acquire(self) -> psycopg.AsyncConnection[Any]:
        """Lend a connection; the caller gives it back with `release`."""
        raise NotImplementedError

    async def release(self, conn: psycopg.AsyncConnection[Any]) -> None:
        """Take back a connection lent by `acquire`."""
        raise NotImplementedError
