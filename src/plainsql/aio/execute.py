"""Async twin of plainsql.execute: run a generated Statement and return what its function promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeAlias, TypeVar

import psycopg

from plainsql.actor import statement_settings
from plainsql.aio.source import ConnectionSource
from plainsql.errors import StaleModuleError
from plainsql.execute import length
from plainsql.execute.bound import Dumped
from plainsql.execute.cursor import AsyncStatementCursor
from plainsql.execute.faults import annotate, heals, log_slow, refuse_in_transaction, refused_script
from plainsql.execute.limits import ServerLimit, refuse_pipeline
from plainsql.execute.results import read_all, read_count, read_one, read_optional, read_value
from plainsql.execute.settings import Settings, set_local
from plainsql.execute.statement import Statement

__all__ = [
    "Conn",
    "ConnectionSource",
    "Statement",
    "execute",
    "execute_many",
    "fetch_all",
    "fetch_one",
    "fetch_optional",
    "fetch_value",
    "run_script",
]

Conn: TypeAlias = psycopg.AsyncConnection[Any] | ConnectionSource
R = TypeVar("R")
T = TypeVar("T")


async def fetch_all(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> list[R]:
    """Return every row."""
    return await _call(conn, statement, params, read_all)


async def fetch_optional(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R | None:
    """Return the row or None; two rows raise TooManyRowsError."""
    return await _call(conn, statement, params, read_optional)


async def fetch_one(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R:
    """Return the row; none raises NoRowError, two raise TooManyRowsError."""
    return await _call(conn, statement, params, read_one)


async def fetch_value(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R:
    """Return the one column of the one row; none raises NoRowError, two raise TooManyRowsError."""
    return await _call(conn, statement, params, read_value)


async def execute(conn: Conn, statement: Statement[Any], params: tuple[Any, ...] = ()) -> int:
    """Return how many rows the statement touched."""
    return await _call(conn, statement, params, read_count)


async def execute_many(conn: Conn, statement: Statement[Any], rows: Iterable[Mapping[str, object]]) -> int:
    """
    Run the statement once for each of *rows* and return how many rows were touched in all.

    Every row is checked before the first is sent. Outside a transaction all rows are one transaction of their own.
    """
    settings = settings_for(conn, statement)
    arguments = [statement.arguments(row) for row in rows]
    if not arguments:
        return 0
    return await _with(conn, statement, lambda held: _perform_many(held, statement, arguments, settings), int)


async def run_script(conn: Conn, statement: Statement[Any]) -> None:
    """Run each statement of a script by itself in autocommit; inside a transaction raise ActiveSqlTransaction."""
    if settings_for(conn, statement):
        raise refused_script()
    await _with(conn, statement, lambda held: _perform_script(held, statement), int)


async def _call(
    conn: Conn,
    statement: Statement[R],
    params: tuple[Any, ...],
    read: Callable[[AsyncStatementCursor, Statement[R]], T],
) -> T:
    if isinstance(conn, ConnectionSource):
        settings = settings_for(conn, statement)

        async def work(held: psycopg.AsyncConnection[Any]) -> T:
            return read(await _perform(held, statement, params, settings), statement)

        return await _with(conn, statement, work, length)
    try:
        return read(await _perform(conn, statement, params), statement)
    except (psycopg.Error, StaleModuleError) as error:
        annotate(error, statement)
        raise


async def _with(
    conn: Conn,
    statement: Statement[Any],
    work: Callable[[psycopg.AsyncConnection[Any]], Awaitable[T]],
    rows: Callable[[T], int],
) -> T:
    """Do *work* on the connection behind *conn*; annotate its errors and log it when it was slow."""
    try:
        if not isinstance(conn, ConnectionSource):
            return await work(conn)
        held = await conn.acquire()
        try:
            started = perf_counter()
            try:
                result = await work(held)
            except psycopg.Error:
                log_slow(statement, started, None, conn.slow_ms)
                raise
            log_slow(statement, started, rows(result), conn.slow_ms)
            return result
        finally:
            await conn.release(held)
    except (psycopg.Error, StaleModuleError) as error:
        annotate(error, statement)
        raise


async def _perform(
    conn: psycopg.AsyncConnection[Any], statement: Statement[Any], params: tuple[Any, ...], settings: Settings = ()
) -> AsyncStatementCursor:
    cur = AsyncStatementCursor(conn, statement, params)
    try:
        await cur.run(statement.timeout, settings)
    except psycopg.Error as error:
        if not heals(error, conn):
            raise
        cur = AsyncStatementCursor(conn, statement, params)
        await cur.run(statement.timeout, settings)
    return cur


async def _perform_many(
    conn: psycopg.AsyncConnection[Any],
    statement: Statement[Any],
    arguments: list[tuple[object, ...]],
    settings: Settings,
) -> int:
    cur = AsyncStatementCursor(conn, statement, arguments[0])
    rows = cur.dump_all(arguments)
    try:
        await _run_many(cur, rows, statement.timeout, settings)
    except psycopg.Error as error:
        if not heals(error, conn):
            raise
        cur = AsyncStatementCursor(conn, statement, arguments[0])
        await _run_many(cur, rows, statement.timeout, settings)
    return read_count(cur, statement)


async def _run_many(cur: AsyncStatementCursor, rows: list[Dumped], seconds: float | None, settings: Settings) -> None:
    if settings:
        async with cur.connection.transaction():
            async with cur.connection.lock:
                await cur.connection.wait(set_local(cur.connection, settings))
            await _run_many(cur, rows, seconds, ())
        return
    if seconds is None:
        await cur.run_many(rows)
        return
    conn = cur.connection
    refuse_pipeline(conn)
    async with conn.transaction(), _server_limit(conn, seconds):
        await cur.run_many(rows)


async def _perform_script(conn: psycopg.AsyncConnection[Any], statement: Statement[Any]) -> int:
    refuse_in_transaction(conn, statement)
    for text in statement.statements:
        await AsyncStatementCursor(conn, replace(statement, sql=text)).run(statement.timeout)
    return 0


def settings_for(conn: Conn, statement: Statement[Any]) -> Settings:
    """Return what *conn* wants set around *statement*; whoever passes a psycopg connection sees to it himself."""
    if not isinstance(conn, ConnectionSource):
        return ()
    settings = conn.settings(statement)
    return settings if conn.is_transaction else statement_settings(settings, statement)


@asynccontextmanager
async def _server_limit(conn: psycopg.AsyncConnection[Any], seconds: float) -> AsyncIterator[None]:
    """Limit each statement of the block to *seconds*, by the server."""
    limit = ServerLimit(conn, seconds)
    try:
        async with conn.lock:
            await conn.wait(limit.begin())
        yield
    finally:
        if limit.is_on:
            async with conn.lock:
                await conn.wait(limit.end())
