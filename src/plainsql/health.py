"""Is the database well? Live: the server answers. Ready: this application can work on it now."""

from __future__ import annotations

from dataclasses import dataclass

from plainsql.pool import PoolStats


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """
    How the database is.

    Attributes:
        live: The server answered.
        ready: It answered, takes queries and the pool has a connection to lend.
        reasons: Why it isn't ready, one sentence each; empty when it is.
        latency: Seconds to connect and ask.
        server_version: As in server_version_num: 180006; None when not live.
        in_recovery: The server is a standby; None when not live.
        read_only: Transactions are read only; None when not live.
        wraparound_age: Transactions since the oldest unfrozen one; the server stops near 2 billion. None when not live.
        pool_saturation: Share of the pool's connections that is lent, 0.0 to 1.0.
    """

    live: bool
    ready: bool
    reasons: tuple[str, ...]
    latency: float
    server_version: int | None
    in_recovery: bool | None
    read_only: bool | None
    wraparound_age: int | None
    pool_saturation: float


def check_health(conninfo: str, stats: PoolStats, *, timeout: float) -> Health:
    """Ask the server on a connection of its own; never raise for a server that doesn't answer."""
    raise NotImplementedError
