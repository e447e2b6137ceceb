"""Async twin of plainsql.health; Health is the same."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from time import monotonic

import psycopg

from plainsql.aio.execute import fetch_one
from plainsql.health import Health, judge, probe_conninfo
from plainsql.pool import PoolStats
from plainsql.queries.health import SERVER_HEALTH, ServerHealthRow

__all__ = ["Health", "check_health"]

_probes: set[asyncio.Task[ServerHealthRow]] = set()


async def check_health(conninfo: str, stats: PoolStats, *, timeout: float) -> Health:  # noqa: ASYNC109 - a deadline, not a cancellation
    """Ask the server on a connection of its own, within *timeout* seconds; a server that fails is no error."""
    started = monotonic()
    address = probe_conninfo(conninfo, timeout)

    async def ask() -> ServerHealthRow:
        async with asyncio.timeout(timeout):
            connected = await psycopg.AsyncConnection.connect(address, autocommit=True)
        async with connected as conn:
            left = max(0.001, timeout - (monotonic() - started))
            return await fetch_one(conn, replace(SERVER_HEALTH, timeout=left))

    # Cancelling a query waits for the server, which may hang: the probe is left to end by itself.
    probe = asyncio.create_task(ask(), name="plainsql-health")
    _probes.add(probe)
    probe.add_done_callback(_probes.discard)
    probe.add_done_callback(lambda done: done.cancelled() or done.exception())
    await asyncio.wait([probe], timeout=timeout)
    answer: ServerHealthRow | Exception = TimeoutError()
    if probe.done():
        try:
            answer = probe.result()
        except Exception as error:
            answer = error
    return judge(answer, stats, started=started, timeout=timeout)
