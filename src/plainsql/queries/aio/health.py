"""Health: one look at a server, for liveness and readiness probes."""

from __future__ import annotations

from plainsql.aio.execute import Conn, fetch_one
from plainsql.queries.health import SERVER_HEALTH, ServerHealthRow


async def server_health(conn: Conn, /) -> ServerHealthRow:
    """
    What the server says about itself.

    Source: src/plainsql/sql/health.sql:3
    """
    return await fetch_one(conn, SERVER_HEALTH)
