"""Connection pools: the settings, the figures and what every connection of ours is given."""

from __future__ import annotations

import math
import os
import select
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool

from plainsql.errors import ConfigError

PREPARED_MAX = 1000
"""Prepared statements kept per connection; psycopg's 100 thrashes as soon as an application has more queries."""

CONNECT_TIMEOUT = 5
"""Seconds for one connection attempt, unless conninfo or PGCONNECT_TIMEOUT says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolConfig:
    """
    Settings of a pool; every time is in seconds.

    Attributes:
        min_size: Connections kept open.
        max_size: Most connections; None: min_size.
        timeout: Longest wait for a connection, then PoolTimeout.
        max_waiting: Most callers waiting, the next gets TooManyRequests at once; 0: no limit.
        max_idle: A connection above min_size unused for so long is closed.
        max_lifetime: A connection is replaced at about this age (up to 5 % earlier, so that not all go at once).
        reconnect_timeout: How long a lost server is tried again before the pool gives up an attempt and waits for a
            caller.
        check: Look at a connection before lending it: a connection that the server closed is replaced, not lent.
            Costs no round trip unless the server has sent something.
        prepare_threshold: Calls of a statement on a connection before it is prepared there; None: never, as a
            transaction pooler without prepared statements needs it (PgBouncer before 1.21).
    """

    min_size: int = 1
    max_size: int | None = 10
    timeout: float = 30.0
    max_waiting: int = 0
    max_idle: float = 600.0
    max_lifetime: float = 3600.0
    reconnect_timeout: float = 300.0
    check: bool = True
    prepare_threshold: int | None = 5

    def __post_init__(self) -> None:
        if self.min_size < 0:
            raise ConfigError(f"min_size must be 0 or more, found {self.min_size}")
        if self.max_size is not None and self.max_size < max(self.min_size, 1):
            raise ConfigError(f"max_size must be at least {max(self.min_size, 1)}, found {self.max_size}")
        if self.max_size is None and self.min_size == 0:
            raise ConfigError("max_size is needed when min_size is 0")
        if self.prepare_threshold is not None and self.prepare_threshold < 0:
            raise ConfigError(f"prepare_threshold must be 0 or more, or None, found {self.prepare_threshold}")
        if self.max_waiting < 0:
            raise ConfigError(f"max_waiting must be 0 or more, found {self.max_waiting}")
        for name in ("timeout", "max_idle", "max_lifetime", "reconnect_timeout"):
            seconds = getattr(self, name)
            if not (seconds > 0 and math.isfinite(seconds)):
                raise ConfigError(f"{name} must be a positive number of seconds, found {seconds}")


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolStats:
    """
    Figures of a pool since it was opened.

    Attributes:
        pool_min: Least size.
        pool_max: Largest size.
        pool_size: Connections now: idle, lent and being made.
        pool_available: Idle connections now.
        requests_waiting: Callers waiting now.
        usage_ms: Time that connections were lent, of those that are back.
        requests_num: Connections asked for.
        requests_queued: Of these, had to wait.
        requests_wait_ms: Time waited.
        requests_errors: Waits that ended in PoolTimeout or TooManyRequests.
        returns_bad: Connections that came back broken.
        connections_num: Connection attempts.
        connections_ms: Time spent connecting.
        connections_errors: Failed attempts.
        connections_lost: Connections found broken before they were lent.
    """

    pool_min: int = 0
    pool_max: int = 0
    pool_size: int = 0
    pool_available: int = 0
    requests_waiting: int = 0
    usage_ms: int = 0
    requests_num: int = 0
    requests_queued: int = 0
    requests_wait_ms: int = 0
    requests_errors: int = 0
    returns_bad: int = 0
    connections_num: int = 0
    connections_ms: int = 0
    connections_errors: int = 0
    connections_lost: int = 0

    @property
    def saturation(self) -> float:
        """Share of the pool that is lent; 1.0 when every connection is."""
        return (self.pool_size - self.pool_available) / self.pool_max if self.pool_max else 0.0


class Usage:
    """How long connections were lent: psycopg_pool counts that for its own context manager only."""

    __slots__ = ("_lock", "_seconds", "_since")

    def __init__(self) -> None:
        self._lock = Lock()
        self._seconds = 0.0
        self._since: dict[int, float] = {}

    def begin(self, conn: object) -> None:
        """Note that *conn* is lent."""
        self._since[id(conn)] = monotonic()

    def end(self, conn: object) -> None:
        """Note that *conn* is back."""
        now = monotonic()
        with self._lock:
            self._seconds += now - self._since.pop(id(conn), now)

    @property
    def ms(self) -> int:
        """Milliseconds of all connections that are back."""
        return int(self._seconds * 1000)


def stats_from(figures: dict[str, int], usage: Usage) -> PoolStats:
    """Return psycopg_pool's figures and *usage* typed; a figure that it leaves out is 0."""
    figures = figures | {"usage_ms": usage.ms}
    return PoolStats(**{name: figures[name] for name in PoolStats.__dataclass_fields__ if name in figures})


def _settings(conninfo: str) -> dict[str, Any]:
    """
    Return the settings in *conninfo*.

    Raises:
        ConfigError: It can't be read. libpq's own message is left out, since it quotes pieces of the password.
    """
    try:
        given = conninfo_to_dict(conninfo)
    except psycopg.Error:
        raise ConfigError(
            "the conninfo can't be read: percent-encode special characters of the password in a URL, "
            "put a value with spaces in single quotes"
        ) from None
    if any("@" in host[1:] for host in str(given.get("host", "")).split(",")):  # a leading @ is an abstract socket
        raise ConfigError("the host in the conninfo contains @: write an @ of the password as %40")
    return given


def pool_conninfo(conninfo: str) -> str:
    """Return *conninfo* with an application name and a connect timeout, unless it or the environment has its own."""
    given = _settings(conninfo)
    extra: dict[str, Any] = {}
    if "application_name" not in given:
        extra["fallback_application_name"] = given.get("fallback_application_name", "plainsql")
    if "connect_timeout" not in given and "PGCONNECT_TIMEOUT" not in os.environ:
        extra["connect_timeout"] = CONNECT_TIMEOUT
    return make_conninfo(conninfo, **extra)


def check_owner(conninfo: str | None, owner: bool) -> None:
    """Refuse to choose the role of a conninfo, which names its own."""
    if owner and conninfo is not None:
        raise ConfigError("owner=True chooses a role of the project's own database; a conninfo names its role itself")


def pool_arguments(config: PoolConfig) -> dict[str, Any]:
    """Return psycopg_pool's arguments that are equal for sync and async pools."""
    return {
        "kwargs": {"autocommit": True},
        "min_size": config.min_size,
        "max_size": config.max_size,
        "timeout": config.timeout,
        "max_waiting": config.max_waiting,
        "max_idle": config.max_idle,
        "max_lifetime": config.max_lifetime,
        "reconnect_timeout": config.reconnect_timeout,
        "name": "plainsql",
        "open": False,
    }


def has_news(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Return whether the server sent something to the idle *conn*: a goodbye, usually. A closed connection raises."""
    fd = conn.pgconn.socket
    if hasattr(select, "poll"):
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([fd], [], [], 0)[0])


def prepare_settings(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], config: PoolConfig) -> None:
    """Give a new connection what *config* says of prepared statements."""
    conn.prepared_max = PREPARED_MAX
    conn.prepare_threshold = config.prepare_threshold


def _check(conn: psycopg.Connection[Any]) -> None:
    if has_news(conn):
        ConnectionPool.check_connection(conn)


def open_pool(
    conninfo: str, config: PoolConfig, first: Callable[[psycopg.Connection[Any]], object] | None = None
) -> ConnectionPool[psycopg.Connection[Any]]:
    """
    Return an open pool of connections in autocommit.

    Args:
        conninfo: Of all of them.
        config: Settings.
        first: Given the first connection, before the pool has any; what it raises is raised.

    Raises:
        psycopg.OperationalError: At once, when a first connection can't be made; the message never shows a password.
        ConfigError: The conninfo can't be read.
    """

    def configure(conn: psycopg.Connection[Any]) -> None:
        prepare_settings(conn, config)

    conninfo = pool_conninfo(conninfo)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        if first is not None:
            first(conn)
    pool: ConnectionPool[psycopg.Connection[Any]] = ConnectionPool(
        conninfo, configure=configure, check=_check if config.check else None, **pool_arguments(config)
    )
    pool.open()
    return pool
