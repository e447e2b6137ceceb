"""
Run a generated Statement and return what its function promises.

A connection is a `psycopg.Connection`, or a ConnectionSource that lends one: a Database or a Transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from time import perf_counter
from typing import Any, TypeAlias, TypeVar

import psycopg

from plainsql.actor import statement_settings
from plainsql.errors import StaleModuleError
from plainsql.execute.bound import Dumped
from plainsql.execute.cursor import StatementCursor
from plainsql.execute.faults import annotate, heals, log_slow, refuse_in_transaction, refused_script
from plainsql.execute.limits import refuse_pipeline, server_limit
from plainsql.execute.records import Change, Record, Versioned, change_of, row_of, versioned
from plainsql.execute.results import read_all, read_count, read_one, read_optional, read_value
from plainsql.execute.settings import Settings, set_local
from plainsql.execute.source import ConnectionSource
from plainsql.execute.statement import Statement
from plainsql.execute.versions import unless_stale

__all__ = [
    "Change",
    "Conn",
    "ConnectionSource",
    "Record",
    "Statement",
    "Versioned",
    "change_of",
    "execute",
    "execute_many",
    "fetch_all",
    "fetch_one",
    "fetch_optional",
    "fetch_value",
    "row_of",
    "run_script",
    "unless_stale",
    "versioned",
]

Conn: TypeAlias = psycopg.Connection[Any] | ConnectionSource
R = TypeVar("R")
T = TypeVar("T")


def fetch_all(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> list[R]:
    """Return every row."""
    return _call(conn, statement, params, read_all)


def fetch_optional(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R | None:
    """Return the row or None; two rows raise TooManyRowsError."""
    return _call(conn, statement, params, read_optional)


def fetch_one(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R:
    """Return the row; none raises NoRowError, two raise TooManyRowsError."""
    return _call(conn, statement, params, read_one)


def fetch_value(conn: Conn, statement: Statement[R], params: tuple[Any, ...] = ()) -> R:
    """Return the one column of the one row; none raises NoRowError, two raise TooManyRowsError."""
    return _call(conn, statement, params, read_value)


def execute(conn: Conn, statement: Statement[Any], params: tuple[Any, ...] = ()) -> int:
    """Return how many rows the statement touched."""
    return _call(conn, statement, params, read_count)


def execute_many(conn: Conn, statement: Statement[Any], rows: Iterable[Mapping[str, object]]) -> int:
    """
    Run the statement once for each of *rows* and return how many rows were touched in all.

    Every row is checked before the first is sent. Outside a transaction all rows are one transaction of their own.
    """
    settings = settings_for(conn, statement)
    arguments = [statement.arguments(row) for row in rows]
    if not arguments:
        return 0
    return _with(conn, statement, lambda held: _perform_many(held, statement, arguments, settings), int)


def run_script(conn: Conn, statement: Statement[Any]) -> None:
    """Run each statement of a script by itself in autocommit; inside a transaction raise ActiveSqlTransaction."""
    if settings_for(conn, statement):
        raise refused_script()
    _with(conn, statement, lambda held: _perform_script(held, statement), int)


def _call(
    conn: Conn, statement: Statement[R], params: tuple[Any, ...], read: Callable[[StatementCursor, Statement[R]], T]
) -> T:
    if isinstance(conn, ConnectionSource):
        settings = settings_for(conn, statement)
        return _with(conn, statement, lambda held: read(_perform(held, statement, params, settings), statement), length)
    try:
        return read(_perform(conn, statement, params), statement)
    except (psycopg.Error, StaleModuleError) as error:
        annotate(error, statement)
        raise


def _with(
    conn: Conn, statement: Statement[Any], work: Callable[[psycopg.Connection[Any]], T], rows: Callable[[T], int]
) -> T:
    """Do *work* on the connection behind *conn*; annotate its errors and log it when it was slow."""
    try:
        if not isinstance(conn, ConnectionSource):
            return work(conn)
        held = conn.acquire()
        try:
            started = perf_counter()
            try:
                result = work(held)
            except psycopg.Error:
                log_slow(statement, started, None, conn.slow_ms)
                raise
            log_slow(statement, started, rows(result), conn.slow_ms)
            return result
        finally:
            conn.release(held)
    except (psycopg.Error, StaleModuleError) as error:
        annotate(error, statement)
        raise


def _perform(
    conn: psycopg.Connection[Any], statement: Statement[Any], params: tuple[Any, ...], settings: Settings = ()
) -> StatementCursor:
    cur = StatementCursor(conn, statement, params)
    try:
        cur.run(statement.timeout, settings)
    except psycopg.Error as error:
        if not heals(error, conn):
            raise
        cur = StatementCursor(conn, statement, params)
        cur.run(statement.timeout, settings)
    return cur


def _perform_many(
    conn: psycopg.Connection[Any], statement: Statement[Any], arguments: list[tuple[object, ...]], settings: Settings
) -> int:
    cur = StatementCursor(conn, statement, arguments[0])
    rows = cur.dump_all(arguments)
    try:
        _run_many(cur, rows, statement.timeout, settings)
    except psycopg.Error as error:
        if not heals(error, conn):
            raise
        cur = StatementCursor(conn, statement, arguments[0])
        _run_many(cur, rows, statement.timeout, settings)
    return read_count(cur, statement)


def _run_many(cur: StatementCursor, rows: list[Dumped], timeout: float | None, settings: Settings) -> None:
    if settings:
        with cur.connection.transaction():
            with cur.connection.lock:
                cur.connection.wait(set_local(cur.connection, settings))
            _run_many(cur, rows, timeout, ())
        return
    if timeout is None:
        cur.run_many(rows)
        return
    conn = cur.connection
    refuse_pipeline(conn)
    with conn.transaction(), server_limit(conn, timeout):
        cur.run_many(rows)


def _perform_script(conn: psycopg.Connection[Any], statement: Statement[Any]) -> int:
    refuse_in_transaction(conn, statement)
    for text in statement.statements:
        StatementCursor(conn, replace(statement, sql=text)).run(statement.timeout)
    return 0


def settings_for(conn: Conn, statement: Statement[Any]) -> Settings:
    """Return what *conn* wants set around *statement*; whoever passes a psycopg connection sees to it himself."""
    if not isinstance(conn, ConnectionSource):
        return ()
    settings = conn.settings(statement)
    return settings if conn.is_transaction else statement_settings(settings, statement)


def length(result: object) -> int:
    """Return how many rows a result is."""
    if isinstance(result, list):
        return len(result)
    return result if type(result) is int else int(result is not None)
