"""Where a query gets its connection when it isn't given one: implemented by Database and Transaction."""

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

    def acquire(self) -> psycopg.Connection[Any]:
        """Lend a connection; the caller gives it back with `release`."""
        raise NotImplementedError

    def release(self, conn: psycopg.Connection[Any]) -> None:
        """Take back a connection lent by `acquire`."""
        raise NotImplementedError
