"""Async twin of plainsql.pool; PoolConfig and PoolStats are the same."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg_pool import AsyncConnectionPool

from plainsql.pool import (
    PREPARED_MAX,
    PoolConfig,
    PoolStats,
    Usage,
    check_owner,
    has_news,
    pool_arguments,
    pool_conninfo,
    stats_from,
)

__all__ = ["PoolConfig", "PoolStats", "Usage", "check_owner", "open_pool", "stats_from"]


async def _configure(conn: psycopg.AsyncConnection[Any]) -> None:
    conn.prepared_max = PREPARED_MAX


async def _check(conn: psycopg.AsyncConnection[Any]) -> None:
    if has_news(conn):
        await AsyncConnectionPool.check_connection(conn)


async def open_pool(conninfo: str, config: PoolConfig) -> AsyncConnectionPool[psycopg.AsyncConnection[Any]]:
    """
    Return an open pool of connections in autocommit.

    Raises:
        psycopg.OperationalError: At once, when a first connection can't be made; the message never shows a password.
        ConfigError: The conninfo can't be read.
    """
    conninfo = pool_conninfo(conninfo)
    await (await psycopg.AsyncConnection.connect(conninfo)).close()
    pool: AsyncConnectionPool[psycopg.AsyncConnection[Any]] = AsyncConnectionPool(
        conninfo, configure=_configure, check=_check if config.check else None, **pool_arguments(config)
    )
    await pool.open()
    return pool
