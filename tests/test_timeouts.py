"""@timeout: the server's inside a transaction, the client's outside; QueryCanceled in both, the connection lives."""

# A transaction that raises is a block by nature.

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg.errors import QueryCanceled

from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from plainsql.execute import cursor
from plainsql.pool import PoolConfig
from tests.runtime import COUNT_ITEMS, make_items, statement

ONE = PoolConfig(min_size=1, max_size=1)
LIMIT = statement("SELECT current_setting('statement_timeout')")


def sleep(timeout: float) -> Any:
    return statement("SELECT 1 FROM pg_sleep($1)", types=(701,), timeout=timeout)


@pytest.fixture
def items(empty_database: str) -> str:
    make_items(empty_database)
    return empty_database


@pytest.fixture
def db(items: str) -> Iterator[Database]:
    with Database.open(items, pool=ONE) as db:
        yield db


@pytest_asyncio.fixture
async def adb(items: str) -> AsyncIterator[AioDatabase]:
    async with AioDatabase.open(items, pool=ONE) as db:
        yield db


def assert_canceled(error: QueryCanceled, started: float) -> None:
    assert time.monotonic() - started < 2
    assert error.sqlstate == "57014"
    assert error.__notes__ == ["query items.query at queries/items.sql:7", "@timeout is 0.1 s"]


def test_outside_a_transaction_the_client_cancels(db: Database) -> None:
    backend = statement("SELECT pg_backend_pid()")
    pid = run.fetch_value(db, backend)
    started = time.monotonic()
    with pytest.raises(QueryCanceled) as caught:
        run.fetch_value(db, sleep(0.1), (30.0,))
    assert_canceled(caught.value, started)
    assert run.fetch_value(db, backend) == pid
    assert run.fetch_value(db, LIMIT) == "0"


async def test_outside_a_transaction_the_client_cancels_async(adb: AioDatabase) -> None:
    backend = statement("SELECT pg_backend_pid()")
    pid = await aio.fetch_value(adb, backend)
    started = time.monotonic()
    with pytest.raises(QueryCanceled) as caught:
        await aio.fetch_value(adb, sleep(0.1), (30.0,))
    assert_canceled(caught.value, started)
    assert await aio.fetch_value(adb, backend) == pid


def test_inside_a_transaction_the_server_cancels_and_a_savepoint_keeps_the_rest(db: Database) -> None:
    with db.transaction() as tx:
        run.execute(tx, statement("INSERT INTO items VALUES (11)"))
        started = time.monotonic()
        with pytest.raises(QueryCanceled) as caught, tx.savepoint():
            run.fetch_value(tx, sleep(0.1), (30.0,))
        assert_canceled(caught.value, started)
        assert run.fetch_value(tx, LIMIT) == "0"
    assert run.fetch_value(db, COUNT_ITEMS) == 11


async def test_inside_a_transaction_the_server_cancels_and_a_savepoint_keeps_the_rest_async(adb: AioDatabase) -> None:
    async with adb.transaction() as tx:
        await aio.execute(tx, statement("INSERT INTO items VALUES (11)"))
        started = time.monotonic()
        with pytest.raises(QueryCanceled) as caught:
            async with tx.savepoint():
                await aio.fetch_value(tx, sleep(0.1), (30.0,))
        assert_canceled(caught.value, started)
        assert await aio.fetch_value(tx, LIMIT) == "0"
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 11


@pytest.mark.parametrize("own", ["0", "1500ms", "1min"])
def test_the_limit_of_the_transaction_is_put_back(db: Database, own: str) -> None:
    shows = statement("SELECT current_setting('statement_timeout')", timeout=0.25)
    with db.transaction() as tx:
        run.execute(tx, statement(f"SET LOCAL statement_timeout = '{own}'"))
        assert run.fetch_value(tx, shows) == "250ms"
        assert run.fetch_value(tx, LIMIT) == own
        with tx.savepoint():
            assert run.fetch_value(tx, shows) == "250ms"
        assert run.fetch_value(tx, LIMIT) == own
    assert run.fetch_value(db, LIMIT) == "0"


async def test_the_limit_of_the_transaction_is_put_back_async(adb: AioDatabase) -> None:
    shows = statement("SELECT current_setting('statement_timeout')", timeout=0.25)
    async with adb.transaction() as tx:
        await aio.execute(tx, statement("SET LOCAL statement_timeout = '1min'"))
        assert await aio.fetch_value(tx, shows) == "250ms"
        assert await aio.fetch_value(tx, LIMIT) == "1min"


def test_the_limit_is_put_back_when_the_statement_returned_but_the_call_failed(db: Database) -> None:
    two = statement("SELECT id FROM items LIMIT 2", timeout=0.25)
    with db.transaction() as tx:
        with pytest.raises(Exception, match="promised at most one row"):
            run.fetch_value(tx, two)
        assert run.fetch_value(tx, LIMIT) == "0"


def test_a_whole_transaction_rolled_back_leaves_no_limit(db: Database) -> None:
    with pytest.raises(QueryCanceled), db.transaction() as tx:
        run.fetch_value(tx, sleep(0.05), (30.0,))
    assert run.fetch_value(db, LIMIT) == "0"


def test_execute_many_is_limited_too(db: Database) -> None:
    slow = statement("INSERT INTO items SELECT $1::bigint FROM pg_sleep(30)", types=(20,), params=("id",), timeout=0.1)
    started = time.monotonic()
    with pytest.raises(QueryCanceled):
        run.execute_many(db, slow, [{"id": 50}, {"id": 51}])
    assert time.monotonic() - started < 2
    assert run.fetch_value(db, COUNT_ITEMS) == 10
    quick = statement("INSERT INTO items VALUES ($1)", types=(20,), params=("id",), timeout=5.0)
    assert run.execute_many(db, quick, [{"id": 50}, {"id": 51}]) == 2


async def test_execute_many_is_limited_too_async(adb: AioDatabase) -> None:
    slow = statement("INSERT INTO items SELECT $1::bigint FROM pg_sleep(30)", types=(20,), params=("id",), timeout=0.1)
    with pytest.raises(QueryCanceled):
        await aio.execute_many(adb, slow, [{"id": 50}, {"id": 51}])
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 10


DURATIONS = [0.0, 0.1, *(0.004 + step * 0.0001 for step in range(20))]
"""Seconds around a limit of 5 ms; the first always ends before it, the second never."""


@pytest.mark.slow
def test_a_late_cancel_never_hits_the_next_statement(items: str) -> None:
    """Statements that end just when they are cancelled, each followed at once by one without a limit."""
    after = statement("SELECT 7 FROM pg_sleep($1)", types=(701,))
    canceled = finished = 0
    with psycopg.connect(items, autocommit=True) as conn:
        for round_ in range(300):
            try:
                run.fetch_value(conn, sleep(0.005), (DURATIONS[round_ % len(DURATIONS)],))
                finished += 1
            except QueryCanceled:
                canceled += 1
            assert run.fetch_value(conn, after, (0.001,)) == 7
    assert canceled > 5, (canceled, finished)
    assert finished > 5, (canceled, finished)


@pytest.mark.slow
async def test_a_late_cancel_never_hits_the_next_statement_async(items: str) -> None:
    after = statement("SELECT 7 FROM pg_sleep($1)", types=(701,))
    canceled = finished = 0
    async with await psycopg.AsyncConnection.connect(items, autocommit=True) as conn:
        for round_ in range(300):
            try:
                await aio.fetch_value(conn, sleep(0.005), (DURATIONS[round_ % len(DURATIONS)],))
                finished += 1
            except QueryCanceled:
                canceled += 1
            assert await aio.fetch_value(conn, after, (0.001,)) == 7
    assert canceled > 5, (canceled, finished)
    assert finished > 5, (canceled, finished)


def test_a_cancel_on_a_shared_connection_spares_the_other_thread(items: str) -> None:
    after = statement("SELECT 7 FROM pg_sleep($1)", types=(701,))
    with psycopg.connect(items, autocommit=True) as conn:
        seen: list[Any] = []
        threads = [
            threading.Thread(target=lambda: seen.append(run.fetch_value(conn, after, (0.02,)))) for _ in range(5)
        ]
        for thread in threads:
            thread.start()
            with pytest.raises(QueryCanceled):
                run.fetch_value(conn, sleep(0.02), (5.0,))
        for thread in threads:
            thread.join()
    assert seen == [7] * 5


async def test_a_cancel_on_a_shared_connection_spares_the_other_task(items: str) -> None:
    after = statement("SELECT 7 FROM pg_sleep($1)", types=(701,))
    async with await psycopg.AsyncConnection.connect(items, autocommit=True) as conn:
        others = []
        for _ in range(5):
            others.append(asyncio.create_task(aio.fetch_value(conn, after, (0.02,))))
            await asyncio.sleep(0)
            with pytest.raises(QueryCanceled):
                await aio.fetch_value(conn, sleep(0.02), (5.0,))
        assert await asyncio.gather(*others) == [7] * 5


async def test_a_task_cancelled_during_a_limited_statement_frees_the_connection(items: str, adb: AioDatabase) -> None:
    task = asyncio.create_task(aio.fetch_value(adb, sleep(20.0), (30.0,)))
    await asyncio.sleep(0.1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 10


def test_a_statement_within_its_limit_returns_its_row(db: Database) -> None:
    assert run.fetch_value(db, sleep(5.0), (0.01,)) == 1
    with db.transaction() as tx:
        assert run.fetch_value(tx, sleep(5.0), (0.01,)) == 1


def test_a_script_is_limited_too(db: Database) -> None:
    script = statement("", statements=("SELECT 1", "SELECT pg_sleep(30)"), timeout=0.1)
    started = time.monotonic()
    with pytest.raises(QueryCanceled) as caught:
        run.run_script(db, script)
    assert_canceled(caught.value, started)


async def test_a_script_is_limited_too_async(adb: AioDatabase) -> None:
    script = statement("", statements=("SELECT 1", "SELECT pg_sleep(30)"), timeout=0.1)
    started = time.monotonic()
    with pytest.raises(QueryCanceled) as caught:
        await aio.run_script(adb, script)
    assert_canceled(caught.value, started)


def test_a_statement_that_timed_out_is_in_the_slow_log(items: str, caplog: pytest.LogCaptureFixture) -> None:
    with Database.open(items, slow_ms=50) as db, pytest.raises(QueryCanceled):
        run.fetch_value(db, sleep(0.1), (30.0,))
    (record,) = [record for record in caplog.records if record.name == "plainsql.slow"]
    assert record.getMessage().endswith(" ms, failed, queries/items.sql:7")


@pytest.mark.parametrize("how", ["refused", "lost"])
def test_a_cancel_that_fails_closes_the_connection(items: str, how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The cancel is a connection of its own: it can fail while the statement runs on."""

    def cancel_safe(**options: Any) -> None:
        if how == "refused":
            raise psycopg.OperationalError("no more connections")

    monkeypatch.setattr(cursor, "CANCEL_GRACE", 0.2)
    with psycopg.connect(items, autocommit=True) as conn:
        monkeypatch.setattr(conn, "cancel_safe", cancel_safe)
        with pytest.raises(QueryCanceled, match="the connection was closed"):
            run.fetch_value(conn, sleep(0.1), (3.0,))
        assert conn.closed


@pytest.mark.parametrize("how", ["refused", "lost"])
async def test_a_cancel_that_fails_closes_the_connection_async(
    items: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def cancel_safe(**options: Any) -> None:
        if how == "refused":
            raise psycopg.OperationalError("no more connections")

    monkeypatch.setattr(cursor, "CANCEL_GRACE", 0.2)
    async with await psycopg.AsyncConnection.connect(items, autocommit=True) as conn:
        monkeypatch.setattr(conn, "cancel_safe", cancel_safe)
        with pytest.raises(QueryCanceled, match="the connection was closed"):
            await aio.fetch_value(conn, sleep(0.1), (3.0,))
        assert conn.closed


def test_in_a_pipeline_the_limit_is_refused(items: str) -> None:
    many = statement("INSERT INTO items VALUES ($1)", types=(20,), params=("id",), timeout=5.0)
    with psycopg.connect(items, autocommit=True) as conn:
        with conn.pipeline(), pytest.raises(psycopg.NotSupportedError, match="pipeline"):
            run.fetch_value(conn, sleep(5.0), (0.01,))
        with conn.pipeline(), pytest.raises(psycopg.NotSupportedError, match="pipeline"):
            run.execute_many(conn, many, [{"id": 50}])
        assert run.fetch_value(conn, COUNT_ITEMS) == 10


def test_statements_of_several_threads_in_one_transaction_keep_their_own_limits(db: Database) -> None:
    shows = [statement("SELECT current_setting('statement_timeout')", timeout=limit) for limit in (5.0, 1.0)] * 4
    with db.transaction() as tx, ThreadPoolExecutor(4) as threads:
        shown = list(threads.map(lambda each: run.fetch_value(tx, each), shows))
        assert (shown, run.fetch_value(tx, LIMIT)) == (["5s", "1s"] * 4, "0")


async def test_statements_of_several_tasks_in_one_transaction_keep_their_own_limits_async(adb: AioDatabase) -> None:
    shows = [statement("SELECT current_setting('statement_timeout')", timeout=limit) for limit in (5.0, 1.0)] * 4
    async with adb.transaction() as tx:
        shown = await asyncio.gather(*(aio.fetch_value(tx, each) for each in shows))
        assert (shown, await aio.fetch_value(tx, LIMIT)) == (["5s", "1s"] * 4, "0")


async def test_a_task_cancelled_at_any_moment_leaves_no_limit_behind(adb: AioDatabase) -> None:
    async with adb.transaction() as tx:
        for steps in range(25):
            with suppress(psycopg.errors.InFailedSqlTransaction):
                async with tx.savepoint():
                    task = asyncio.create_task(aio.fetch_value(tx, statement("SELECT 1", timeout=5.0)))
                    for _ in range(steps):
                        await asyncio.sleep(0)
                    task.cancel()
                    with suppress(asyncio.CancelledError):
                        await task
            assert await aio.fetch_value(tx, LIMIT) == "0"


@pytest.mark.parametrize(("own", "shown"), [("100ms", "100ms"), ("1s", "250ms"), ("2min", "250ms"), ("0", "250ms")])
def test_a_shorter_limit_of_the_transaction_stays(db: Database, own: str, shown: str) -> None:
    shows = statement("SELECT current_setting('statement_timeout')", timeout=0.25)
    with db.transaction() as tx:
        run.execute(tx, statement(f"SET LOCAL statement_timeout = '{own}'"))
        assert (run.fetch_value(tx, shows), run.fetch_value(tx, LIMIT)) == (shown, own)


async def test_a_shorter_limit_of_the_transaction_stays_async(adb: AioDatabase) -> None:
    shows = statement("SELECT current_setting('statement_timeout')", timeout=0.25)
    async with adb.transaction() as tx:
        await aio.execute(tx, statement("SET LOCAL statement_timeout = '100ms'"))
        assert (await aio.fetch_value(tx, shows), await aio.fetch_value(tx, LIMIT)) == ("100ms", "100ms")
