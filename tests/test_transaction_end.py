"""What can end a transaction badly without an exception in its block: never a silent loss, sync and async."""

# A transaction that raises is a block by nature.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack
from threading import Thread
from time import sleep

import psycopg
import pytest
import pytest_asyncio

from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from tests.runtime import ADD_ITEM, count_items, make_items, statement

FAILS_LATE = statement("SELECT 1 / (CASE WHEN pg_sleep(0.5) IS NULL THEN 1 ELSE 0 END)")


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


def test_a_statement_that_fails_in_another_thread_during_the_commit_is_no_commit(db: Database, items: str) -> None:
    failed = []

    def fail(tx: run.ConnectionSource) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            run.fetch_value(tx, FAILS_LATE)
        failed.append(True)

    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"):
        with db.transaction() as tx:
            run.execute(tx, ADD_ITEM, (11, "lost"))
            tx.after_commit(lambda: pytest.fail("nothing was committed"))
            thread = Thread(target=fail, args=(tx,))
            thread.start()
            sleep(0.15)
    thread.join()
    assert (failed, count_items(items)) == ([True], 10)


async def test_a_statement_that_fails_in_another_task_during_the_commit_is_no_commit_async(
    adb: AioDatabase, items: str
) -> None:
    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "lost"))
            tx.after_commit(lambda: pytest.fail("nothing was committed"))
            other = asyncio.create_task(aio.fetch_value(tx, FAILS_LATE))
            await asyncio.sleep(0.15)
    with pytest.raises(psycopg.errors.DivisionByZero):
        await other
    assert count_items(items) == 10


@pytest.mark.parametrize("command", ["ROLLBACK", "COMMIT"])
def test_a_transaction_ended_inside_its_block_says_so(db: Database, command: str) -> None:
    with pytest.raises(psycopg.errors.NoActiveSqlTransaction, match="was a COMMIT or ROLLBACK"):
        with db.transaction() as tx:
            run.execute(tx, ADD_ITEM, (11, "?"))
            run.execute(tx, statement(command))
            tx.after_commit(lambda: pytest.fail("who knows what was committed"))


@pytest.mark.parametrize("command", ["ROLLBACK", "COMMIT"])
async def test_a_transaction_ended_inside_its_block_says_so_async(adb: AioDatabase, command: str) -> None:
    with pytest.raises(psycopg.errors.NoActiveSqlTransaction, match="was a COMMIT or ROLLBACK"):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "?"))
            await aio.execute(tx, statement(command))
            tx.after_commit(lambda: pytest.fail("who knows what was committed"))


def test_a_pipeline_that_outlives_the_block_is_refused(db: Database, items: str) -> None:
    with pytest.raises(psycopg.Error), ExitStack() as stack:
        with pytest.raises(psycopg.InterfaceError, match="pipeline of the block is still open"):
            with db.transaction() as tx:
                stack.enter_context(tx.connection.pipeline())
                tx.connection.execute(ADD_ITEM.sql.replace("$1, $2", "11, 'lost'"))
    assert count_items(items) == 10


async def test_a_pipeline_that_outlives_the_block_is_refused_async(adb: AioDatabase, items: str) -> None:
    with pytest.raises(psycopg.Error):
        async with AsyncExitStack() as stack:
            with pytest.raises(psycopg.InterfaceError, match="pipeline of the block is still open"):
                async with adb.transaction() as tx:
                    await stack.enter_async_context(tx.connection.pipeline())
                    await tx.connection.execute(ADD_ITEM.sql.replace("$1, $2", "11, 'lost'"))
    assert count_items(items) == 10


def test_a_savepoint_that_was_undone_is_forgotten(db: Database) -> None:
    with db.transaction() as tx:
        with pytest.raises(KeyError), tx.savepoint():
            raise KeyError
        with pytest.raises(psycopg.errors.InvalidSavepointSpecification), tx.savepoint():
            tx.connection.execute("RELEASE SAVEPOINT plainsql_1")


async def test_a_savepoint_that_was_undone_is_forgotten_async(adb: AioDatabase) -> None:
    async with adb.transaction() as tx:
        with pytest.raises(KeyError):
            async with tx.savepoint():
                raise KeyError
        with pytest.raises(psycopg.errors.InvalidSavepointSpecification):
            async with tx.savepoint():
                await tx.connection.execute("RELEASE SAVEPOINT plainsql_1")
