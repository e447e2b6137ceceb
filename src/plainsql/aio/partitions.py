"""Async twin of plainsql.partitions; Report and Action are the same."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime
from typing import Any

import psycopg
from psycopg.sql import SQL, Composed

from plainsql.aio.database import Database
from plainsql.aio.execute import fetch_all
from plainsql.partition_settings import PartitionSetting, partition_setting
from plainsql.partitions import check_arguments, check_connection, checked_report
from plainsql.partitions.model import Action, Report
from plainsql.partitions.requests import Ask, Pause, Request, Run
from plainsql.partitions.steps import maintenance

__all__ = ["Action", "Report", "maintain", "maintain_setting"]


async def maintain(
    db: Database | psycopg.AsyncConnection[Any],
    table: str,
    *,
    interval: str,
    premake: int = 7,
    retain: str | None = None,
    key: str | None = None,
    detach: str = "concurrently",
    now: datetime | None = None,
    dry_run: bool = False,
    lock_timeout: float = 2.0,
    tries: int = 5,
) -> Report:
    """
    Make the partitions of a table that are missing, and detach and drop those past their retention.

    A run that was killed is taken up by the next one; where nothing is to be done it does nothing. Two runs on one
    table wait for each other.

    Args:
        db: A Database of the table's owner, `Database.open(owner=True)`, or a connection in autocommit.
        table: Name as in SQL.
        interval: Length of a partition: ``1 day``, ``6 hours``, ``1 month``; counted in UTC.
        premake: How many partitions there are ahead of the one that *now* lies in.
        retain: How long rows are kept, such as ``90 days``; a partition is dropped when all of it is older than *now*
            minus this. None: for ever.
        key: The column that it must be partitioned by; None: any of type timestamptz, timestamp or date.
        detach: ``concurrently``, or ``blocking``: shorter, and everybody waits meanwhile.
        now: Aware; None: the server's clock. It decides what is past its retention, too.
        dry_run: Only say what would be done.
        lock_timeout: Seconds to wait for a lock before others are let through and it is tried again.
        tries: How often a step is tried that a lock stands in the way of.

    Returns:
        What was done.

    Raises:
        ConfigError: An argument can't be; nothing was sent.
        PartitionError: The table can't be maintained, or some step failed: its *report* says which.
    """
    values = {"interval": interval, "premake": premake, "retain": retain, "key": key, "detach": detach}
    setting = partition_setting(table, values, origin="maintain()")
    return await maintain_setting(db, setting, now=now, dry_run=dry_run, lock_timeout=lock_timeout, tries=tries)


async def maintain_setting(
    db: Database | psycopg.AsyncConnection[Any],
    setting: PartitionSetting,
    *,
    now: datetime | None = None,
    dry_run: bool = False,
    lock_timeout: float = 2.0,
    tries: int = 5,
) -> Report:
    """Do what `maintain` does, as a setting of pyproject.toml says."""
    check_arguments(db, now, lock_timeout, tries)
    talk = maintenance(setting, now=now, dry_run=dry_run, lock_timeout=lock_timeout, tries=tries)
    lent: AbstractAsyncContextManager[psycopg.AsyncConnection[Any]]
    lent = db.connection() if isinstance(db, Database) else nullcontext(db)
    async with lent as conn:
        check_connection(conn)
        return checked_report(await _converse(conn, talk))


async def _converse(conn: psycopg.AsyncConnection[Any], talk: Generator[Request, Any, Report]) -> Report:
    try:
        request = next(talk)
        while True:
            try:
                answer = await _answer(conn, request)
            except BaseException as error:  # Ctrl-C, too: the lock is given back first
                request = talk.throw(error)
            else:
                request = talk.send(answer)
    except StopIteration as end:
        report: Report = end.value
        return report


async def _answer(conn: psycopg.AsyncConnection[Any], request: Request) -> Any:
    match request:
        case Ask(statement, params):
            return await fetch_all(conn, statement, params)
        case Pause(seconds):
            return await asyncio.sleep(seconds)
        case Run(commands, in_transaction):
            async with conn.transaction() if in_transaction else nullcontext():
                return [await _execute(conn, command) for command in commands]


async def _execute(conn: psycopg.AsyncConnection[Any], command: Composed | SQL) -> tuple[int, Any]:
    cur = await conn.execute(command)
    return cur.rowcount, await cur.fetchone() if cur.description else None
