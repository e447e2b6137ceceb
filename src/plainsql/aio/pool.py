"""Async twin of plainsql.pool; PoolConfig and PoolStats are the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from plainsql.pool import (
    PoolConfig,
    PoolStats,
    Usage,
    check_owner,
    has_news,
    pool_arguments,
    pool_conninfo,
    prepare_settings,
    stats_from,
)

__all__ = ["PoolConfig", "PoolStats", "Usage", "check_owner", "open_pool", "stats_from"]


async def _check(conn: psycopg.AsyncConnection[Any]) -> None:
    if has_news(conn):
        await AsyncConnectionPool.check_connection(conn)


async def open_pool(
    conninfo: str,
    config: PoolConfig,
    first: Callable[[psycopg.AsyncConnection[Any]], Awaitable[object]] | None = None,
) -> AsyncConnectionPool[psycopg.AsyncConnection[Any]]:
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

    async def configure(conn: psycopg.AsyncConnection[Any]) -> None:
        prepare_settings(conn, config)

    conninfo = pool_conninfo(conninfo)
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as conn:
        if first is not None:
            await first(conn)
    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
        conninfo, configure=configure, check=_check if config.check else None, **pool_arguments(config)
    )
    await pool.open()
    return pool
