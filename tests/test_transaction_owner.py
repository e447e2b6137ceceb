"""A Database used inside its own transaction is refused for the task or thread that opened it, and for no other."""

# A transaction that raises is a block by nature.
# ruff: noqa: PT012

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import pytest_asyncio

from plainsql import OutsideTransactionError
from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from tests.runtime import ADD_ITEM, COUNT_ITEMS, count_items, make_items


@pytest.fixture
def items(empty_database: str) -> str:
    make_items(empty_database)
    return empty_database


@pytest.fixture
def db(items: str) -> Iterator[Database]:
    with Database.open(items) as db:
        yield db


@pytest_asyncio.fixture
async def adb(items: str) -> AsyncIterator[AioDatabase]:
    async with AioDatabase.open(items) as db:
        yield db


def test_the_database_is_refused_inside_its_own_transaction(db: Database, items: str) -> None:
    with db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "kept"))
        with pytest.raises(OutsideTransactionError):
            run.fetch_value(db, COUNT_ITEMS)
        with pytest.raises(OutsideTransactionError), db.transaction():
            pytest.fail("the block must not run")
        with pytest.raises(OutsideTransactionError), db.connection():
            pytest.fail("the block must not run")
    assert run.fetch_value(db, COUNT_ITEMS) == 11


async def test_the_database_is_refused_inside_its_own_transaction_async(adb: AioDatabase) -> None:
    async with adb.transaction() as tx:
        await aio.execute(tx, ADD_ITEM, (11, "kept"))
        with pytest.raises(OutsideTransactionError):
            await aio.fetch_value(adb, COUNT_ITEMS)
        with pytest.raises(OutsideTransactionError):
            async with adb.transaction():
                pytest.fail("the block must not run")
        with pytest.raises(OutsideTransactionError):
            async with adb.connection():
                pytest.fail("the block must not run")
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 11


def test_separate_says_that_it_is_meant(db: Database, items: str) -> None:
    with pytest.raises(ValueError, match="undo"), db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "undone"))
        assert run.fetch_value(db.separate(), COUNT_ITEMS) == 10
        with db.separate().transaction() as other:
            run.execute(other, ADD_ITEM, (12, "kept"))
        with pytest.raises(OutsideTransactionError):
            run.fetch_value(db, COUNT_ITEMS)
        raise ValueError("undo")
    assert run.fetch_value(db, COUNT_ITEMS) == 11


async def test_separate_says_that_it_is_meant_async(adb: AioDatabase) -> None:
    with pytest.raises(ValueError, match="undo"):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "undone"))
            assert await aio.fetch_value(adb.separate(), COUNT_ITEMS) == 10
            async with adb.separate().transaction() as other:
                await aio.execute(other, ADD_ITEM, (12, "kept"))
            raise ValueError("undo")
    assert await aio.fetch_value(adb, COUNT_ITEMS) == 11


def test_another_database_is_not_refused(db: Database, items: str) -> None:
    with Database.open(items) as other, db.transaction():
        assert run.fetch_value(other, COUNT_ITEMS) == 10


def test_other_threads_are_not_refused_even_with_a_copied_context(db: Database) -> None:
    with db.transaction(), ThreadPoolExecutor(1) as pool:
        context = contextvars.copy_context()
        assert pool.submit(context.run, run.fetch_value, db, COUNT_ITEMS).result() == 10


async def test_other_tasks_are_not_refused_even_with_a_copied_context(adb: AioDatabase, items: str) -> None:
    async with adb.transaction():
        assert await asyncio.create_task(aio.fetch_value(adb, COUNT_ITEMS)) == 10
    with Database.open(items) as db, db.transaction():
        assert await asyncio.to_thread(run.fetch_value, db, COUNT_ITEMS) == 10


async def test_tasks_with_a_transaction_each_are_told_apart(adb: AioDatabase) -> None:
    async def work(n: int) -> None:
        async with adb.transaction() as tx:
            await aio.fetch_value(tx, COUNT_ITEMS)
            await asyncio.sleep(0.01)
            with pytest.raises(OutsideTransactionError):
                await aio.fetch_value(adb, COUNT_ITEMS)
        await aio.fetch_value(adb, COUNT_ITEMS)

    await asyncio.gather(*(work(n) for n in range(8)))


def test_a_transaction_ended_by_another_thread_frees_the_one_that_opened_it(db: Database, items: str) -> None:
    block = db.transaction()
    tx = block.__enter__()
    run.execute(tx, ADD_ITEM, (11, "kept"))
    thread = threading.Thread(target=block.__exit__, args=(None, None, None))
    thread.start()
    thread.join()
    assert run.fetch_value(db, COUNT_ITEMS) == count_items(items) == 11
