"""Is the database well? Live: the server answers. Ready: this application can work on it now."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from math import ceil
from time import monotonic
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from plainsql.execute import fetch_one
from plainsql.pool import PoolStats
from plainsql.queries.health import SERVER_HEALTH, ServerHealthRow

MAX_WRAPAROUND_AGE = 1_500_000_000
"""Transactions without a freeze; the server refuses writes about 3 million before 2**31 (manual: Routine Vacuuming)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """
    How the database is.

    Attributes:
        live: The server answered.
        ready: It answered, can be written to and the pool has a connection to lend.
        reasons: Why it isn't ready, one sentence each; empty when it is.
        latency: Seconds to connect and ask.
        server_version: As in server_version_num: 180006; None when not live.
        in_recovery: The server is a standby; None when not live.
        read_only: Transactions are read only; None when not live.
        wraparound_age: Transactions since the oldest unfrozen one; None when not live.
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
    """Ask the server on a connection of its own, within *timeout* seconds; a server that fails is no error."""
    started = monotonic()
    probe = probe_conninfo(conninfo, timeout)
    answer: list[ServerHealthRow | Exception] = []

    def ask() -> None:
        try:
            with psycopg.connect(probe, autocommit=True) as conn:
                left = max(0.001, timeout - (monotonic() - started))
                answer.append(fetch_one(conn, replace(SERVER_HEALTH, timeout=left)))
        except Exception as error:
            answer.append(error)

    # In a thread: looking up a host name can't be interrupted. It ends by itself, a little after the deadline at most.
    thread = threading.Thread(target=ask, name="plainsql-health", daemon=True)
    thread.start()
    thread.join(timeout)
    return judge(answer[0] if answer else TimeoutError(), stats, started=started, timeout=timeout)


def probe_conninfo(conninfo: str, timeout: float) -> str:
    """Return *conninfo* for a connection that gives up by itself soon after *timeout* seconds."""
    if not timeout <= threading.TIMEOUT_MAX:
        raise ValueError(f"timeout must be a finite number of seconds, found {timeout}")
    return make_conninfo(conninfo, connect_timeout=max(1, ceil(timeout)), application_name="plainsql health")


def judge(answer: ServerHealthRow | Exception, stats: PoolStats, *, started: float, timeout: float) -> Health:
    """Return the verdict on what the server answered and how full the pool is."""
    reasons = []
    row = None
    if isinstance(answer, (TimeoutError, psycopg.errors.QueryCanceled, psycopg.errors.ConnectionTimeout)):
        reasons.append(f"the server didn't answer within {timeout:g} s")
    elif isinstance(answer, Exception):
        reasons.append(f"the server can't be reached: {answer}")
    else:
        row = answer
        if row.in_recovery or row.read_only:
            reasons.append("the server is a standby" if row.in_recovery else "transactions are read only")
        if row.wraparound_age is not None and row.wraparound_age > MAX_WRAPAROUND_AGE:
            reasons.append(f"transaction ids run out: {row.wraparound_age:,} since the oldest frozen one")
    if is_exhausted(stats):
        reasons.append(f"the pool is exhausted: all {stats.pool_max} connections are lent")
    seen: dict[str, Any] = {
        name: getattr(row, name, None) for name in ("server_version", "in_recovery", "read_only", "wraparound_age")
    }
    return Health(
        live=row is not None,
        ready=not reasons,
        reasons=tuple(reasons),
        latency=monotonic() - started,
        pool_saturation=stats.saturation,
        **seen,
    )


def is_exhausted(stats: PoolStats) -> bool:
    """Return whether the next caller would have to wait."""
    return stats.pool_size >= stats.pool_max and stats.pool_available == 0
