"""Faults that are really caused: a killed backend, a cancelled task, Ctrl-C, fifty buyers of ten units."""

# A transaction that raises is a block by nature.
# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg.pq import TransactionStatus

from plainsql import NoRowError
from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from plainsql.pool import PoolConfig
from tests.runtime import ADD_ITEM, COUNT_ITEMS, SLEEP, admin, count_items, make_items, statement

TWO = PoolConfig(min_size=1, max_size=2)
BACKEND = statement("SELECT pg_backend_pid()")
RESERVE = statement(
    "UPDATE stock SET units = units - 1 WHERE id = 1 AND units >= 1 RETURNING units", name="stock.reserve"
)


@pytest.fixture
def items(empty_database: str) -> str:
    make_items(empty_database)
    with admin(empty_database) as conn:
        conn.execute("CREATE TABLE stock (id int PRIMARY KEY, units int NOT NULL CHECK (units >= 0))")
        conn.execute("INSERT INTO stock VALUES (1, 10)")
    return empty_database


@pytest.fixture
def db(items: str) -> Iterator[Database]:
    with Database.open(items, pool=TWO) as db:
        yield db


@pytest_asyncio.fixture
async def adb(items: str) -> AsyncIterator[AioDatabase]:
    async with AioDatabase.open(items, pool=TWO) as db:
        yield db


def kill(conninfo: str, pid: int) -> None:
    """End a backend and wait until it is gone."""
    with admin(conninfo) as conn:
        conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])


def running(conninfo: str) -> list[str]:
    """Return the statements that still run in the database, this look aside."""
    with admin(conninfo) as conn:
        return [
            query
            for (query,) in conn.execute(
                "SELECT query FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND state <> 'idle'"
            )
        ]


def test_a_backend_killed_before_commit_leaves_nothing(db: Database, items: str) -> None:
    with pytest.raises(psycopg.OperationalError) as caught, db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "lost"))
        kill(items, run.fetch_value(tx, BACKEND))
    assert caught.value.sqlstate in ("57P01", None)
    assert count_items(items) == 10
    assert run.fetch_value(db, COUNT_ITEMS) == 10


async def test_a_backend_killed_before_commit_leaves_nothing_async(adb: AioDatabase, items: str) -> None:
    with pytest.raises(psycopg.OperationalError):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "lost"))
            kill(items, await aio.fetch_value(tx, BACKEND))
    assert count_items(items) == 10
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 10


def test_a_connection_lost_in_a_savepoint_raises_the_first_error(db: Database, items: str) -> None:
    with pytest.raises(psycopg.errors.AdminShutdown) as caught, db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "lost"))
        with tx.savepoint():
            kill(items, run.fetch_value(tx, BACKEND))
            run.execute(tx, ADD_ITEM, (12, "lost"))
    assert caught.value.query == "items.add_item"  # type: ignore[attr-defined]
    assert run.fetch_value(db, COUNT_ITEMS) == 10


def test_an_exception_of_the_body_is_not_hidden_by_a_lost_connection(db: Database, items: str) -> None:
    with pytest.raises(ValueError, match="mine"), db.transaction() as tx:
        kill(items, run.fetch_value(tx, BACKEND))
        raise ValueError("mine")
    assert run.fetch_value(db, COUNT_ITEMS) == 10


async def test_an_exception_of_the_body_is_not_hidden_by_a_lost_connection_async(adb: AioDatabase, items: str) -> None:
    with pytest.raises(ValueError, match="mine"):
        async with adb.transaction() as tx:
            kill(items, await aio.fetch_value(tx, BACKEND))
            raise ValueError("mine")
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 10


def test_of_fifty_parallel_transactions_for_ten_units_exactly_ten_succeed(items: str) -> None:
    with Database.open(items, pool=PoolConfig(min_size=8, max_size=8)) as db:

        def buy(n: int) -> bool:
            try:
                with db.transaction() as tx:
                    run.execute(tx, ADD_ITEM, (100 + n, "order"))
                    run.fetch_one(tx, RESERVE)
            except NoRowError:
                return False
            return True

        with ThreadPoolExecutor(50) as pool:
            bought = list(pool.map(buy, range(50)))
        assert bought.count(True) == 10
        assert run.fetch_value(db, statement("SELECT units FROM stock")) == 0
        assert run.fetch_value(db, COUNT_ITEMS) == 20


async def test_of_fifty_parallel_transactions_for_ten_units_exactly_ten_succeed_async(items: str) -> None:
    async with AioDatabase.open(items, pool=PoolConfig(min_size=8, max_size=8)) as db:

        async def buy(n: int) -> bool:
            try:
                async with db.transaction() as tx:
                    await aio.execute(tx, ADD_ITEM, (100 + n, "order"))
                    await aio.fetch_one(tx, RESERVE)
            except NoRowError:
                return False
            return True

        bought = await asyncio.gather(*(buy(n) for n in range(50)))
        assert bought.count(True) == 10
        assert await aio.fetch_value(db, statement("SELECT units FROM stock")) == 0
        assert await aio.fetch_value(db, COUNT_ITEMS) == 20


async def test_a_task_cancelled_in_a_savepoint_stops_the_statement_and_leaves_the_pool_clean(
    adb: AioDatabase, items: str
) -> None:
    async def work() -> None:
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "lost"))
            async with tx.savepoint():
                await aio.fetch_value(tx, SLEEP, (30.0,))

    task = asyncio.create_task(work())
    while not running(items):  # noqa: ASYNC110 - a server sets no Event
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert running(items) == []
    assert count_items(items) == 10
    async with adb.connection() as conn:
        assert conn.info.transaction_status == TransactionStatus.IDLE
    assert adb.pool_stats().returns_bad == 0


@pytest.mark.parametrize("delay_ms", range(0, 12, 2))
async def test_a_task_cancelled_at_any_moment_leaves_the_pool_clean(
    adb: AioDatabase, items: str, delay_ms: int
) -> None:
    async def work(n: int) -> None:
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (100 + n, "x"))
            async with tx.savepoint():
                await aio.execute(tx, ADD_ITEM, (200 + n, "x"))

    for n in range(10):
        task = asyncio.create_task(work(n))
        await asyncio.sleep(delay_ms / 1000 * n / 10)
        task.cancel()
        await asyncio.wait([task])
    assert await aio.fetch_value(adb, statement("SELECT count(*) FROM items WHERE id >= 100")) % 2 == 0
    for _ in range(2):
        async with adb.connection() as one, adb.connection() as two:
            for conn in (one, two):
                assert conn.info.transaction_status == TransactionStatus.IDLE


def test_keyboard_interrupt_rolls_back_at_once_and_leaves_the_pool_clean(db: Database, items: str) -> None:
    def press() -> None:
        while not running(items):
            time.sleep(0.01)
        time.sleep(0.05)
        os.kill(os.getpid(), signal.SIGINT)

    threading.Thread(target=press).start()
    started = time.monotonic()
    with pytest.raises(KeyboardInterrupt), db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "lost"))
        with tx.savepoint():
            run.fetch_value(tx, SLEEP, (30.0,))
    assert time.monotonic() - started < 5
    assert running(items) == []
    assert count_items(items) == 10
    with db.connection() as conn:
        assert conn.info.transaction_status == TransactionStatus.IDLE


BASE_EXCEPTIONS = [KeyboardInterrupt, SystemExit, GeneratorExit, asyncio.CancelledError, ValueError]


def pool_warnings(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the pool had to clean up: nothing, when the block did."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("psycopg.pool")]


@pytest.mark.parametrize("kind", BASE_EXCEPTIONS)
def test_every_exception_rolls_back_before_the_connection_is_returned(
    db: Database, items: str, kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(kind), db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "lost"))
        raise kind
    assert count_items(items) == 10
    db.close()
    assert pool_warnings(caplog) == []


@pytest.mark.parametrize("kind", BASE_EXCEPTIONS[2:])
async def test_every_exception_rolls_back_before_the_connection_is_returned_async(
    adb: AioDatabase, items: str, kind: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(kind):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "lost"))
            raise kind
    assert count_items(items) == 10
    await adb.close()
    assert pool_warnings(caplog) == []


def test_deadlock_is_retryable_and_keeps_its_sqlstate(items: str) -> None:
    with admin(items) as conn:
        conn.execute("INSERT INTO stock VALUES (2, 5)")
    lock = statement("SELECT units FROM stock WHERE id = $1 FOR UPDATE", types=(23,))
    meet = threading.Barrier(2)
    errors: list[Any] = []
    with Database.open(items) as db:

        def cross(first: int, second: int) -> None:
            try:
                with db.transaction() as tx:
                    run.fetch_value(tx, lock, (first,))
                    meet.wait(5)
                    with tx.savepoint():
                        run.fetch_value(tx, lock, (second,))
            except psycopg.Error as error:
                errors.append(error)

        threads = [threading.Thread(target=cross, args=pair) for pair in ((1, 2), (2, 1))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    (error,) = errors
    assert (error.sqlstate, error.retryable) == ("40P01", True)
