"""Health: one look at a server, for liveness and readiness probes."""

from __future__ import annotations

from msgspec import Struct

from plainsql.execute import Conn, Statement, fetch_one


class ServerHealthRow(Struct, frozen=True, gc=False):
    """A row of `server_health`."""

    server_version: int | None
    in_recovery: bool | None
    read_only: bool | None
    wraparound_age: int | None


SERVER_HEALTH: Statement[ServerHealthRow] = Statement(
    name="health.server_health",
    file="src/plainsql/sql/health.sql",
    line=3,
    sql="""\
SELECT
    current_setting('server_version_num')::int AS server_version,
    pg_is_in_recovery() AS in_recovery,
    current_setting('transaction_read_only')::boolean AS read_only,
    (SELECT max(age(d.datfrozenxid)) FROM pg_database AS d) AS wraparound_age""",
    row=ServerHealthRow,
)


def server_health(conn: Conn, /) -> ServerHealthRow:
    """
    What the server says about itself.

    Source: src/plainsql/sql/health.sql:3
    """
    return fetch_one(conn, SERVER_HEALTH)
