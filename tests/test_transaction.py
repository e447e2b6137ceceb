"""Transactions and savepoints, sync and async side by side: what is kept, what is undone, what runs after COMMIT."""

# A transaction that raises is a block by nature.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg.pq import TransactionStatus

from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from plainsql.pool import PoolConfig
from tests.runtime import ADD_ITEM, COUNT_ITEMS, GET_ITEM, count_items, make_items, statement

ONE = PoolConfig(min_size=1, max_size=1)
SETTING = statement("SELECT current_setting($1)", types=(25,))


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


def assert_clean(db: Database) -> None:
    """The only connection is idle, back in the pool and the same one as ever."""
    with db.connection() as conn:
        assert conn.info.transaction_status == TransactionStatus.IDLE
    stats = db.pool_stats()
    assert (stats.connections_num, stats.returns_bad, stats.pool_available) == (1, 0, 1)


async def assert_clean_async(db: AioDatabase) -> None:
    async with db.connection() as conn:
        assert conn.info.transaction_status == TransactionStatus.IDLE
    stats = db.pool_stats()
    assert (stats.connections_num, stats.returns_bad, stats.pool_available) == (1, 0, 1)


def test_the_block_is_committed_at_its_end(db: Database, items: str) -> None:
    with db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "a"))
        assert count_items(items) == 10
    assert count_items(items) == 11
    assert_clean(db)


async def test_the_block_is_committed_at_its_end_async(adb: AioDatabase, items: str) -> None:
    async with adb.transaction() as tx:
        await aio.execute(tx, ADD_ITEM, (11, "a"))
        assert count_items(items) == 10
    assert count_items(items) == 11
    await assert_clean_async(adb)


def test_an_exception_rolls_back_and_stays_itself(db: Database, items: str) -> None:
    with pytest.raises(ZeroDivisionError), db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "a"))
        _ = 1 / 0
    assert count_items(items) == 10
    assert_clean(db)


async def test_an_exception_rolls_back_and_stays_itself_async(adb: AioDatabase, items: str) -> None:
    with pytest.raises(ZeroDivisionError):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "a"))
            _ = 1 / 0
    assert count_items(items) == 10
    await assert_clean_async(adb)


def test_inner_failure_rolls_back_to_the_savepoint_and_keeps_the_outer_work(db: Database, items: str) -> None:
    with db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "kept"))
        with pytest.raises(psycopg.errors.UniqueViolation) as caught, tx.savepoint():
            run.execute(tx, ADD_ITEM, (12, "undone"))
            run.execute(tx, ADD_ITEM, (1, "taken"))
        assert caught.value.sqlstate == "23505"
        with tx.savepoint():
            run.execute(tx, ADD_ITEM, (13, "kept"))
    assert count_items(items) == 12
    assert run.fetch_optional(db, GET_ITEM, (12,)) is None
    assert_clean(db)


async def test_inner_failure_rolls_back_to_the_savepoint_and_keeps_the_outer_work_async(
    adb: AioDatabase, items: str
) -> None:
    async with adb.transaction() as tx:
        await aio.execute(tx, ADD_ITEM, (11, "kept"))
        with pytest.raises(psycopg.errors.UniqueViolation) as caught:
            async with tx.savepoint():
                await aio.execute(tx, ADD_ITEM, (12, "undone"))
                await aio.execute(tx, ADD_ITEM, (1, "taken"))
        assert caught.value.sqlstate == "23505"
        async with tx.savepoint():
            await aio.execute(tx, ADD_ITEM, (13, "kept"))
    assert count_items(items) == 12
    await assert_clean_async(adb)


def test_nested_savepoints_undo_only_their_own_work(db: Database, items: str) -> None:
    with db.transaction() as tx:
        with tx.savepoint():
            run.execute(tx, ADD_ITEM, (11, "kept"))
            with pytest.raises(ValueError, match="inner"), tx.savepoint(), tx.savepoint():
                run.execute(tx, ADD_ITEM, (12, "undone"))
                raise ValueError("inner")
            run.execute(tx, ADD_ITEM, (13, "kept"))
        assert run.fetch_value(tx, COUNT_ITEMS) == 12
    assert count_items(items) == 12


async def test_nested_savepoints_undo_only_their_own_work_async(adb: AioDatabase, items: str) -> None:
    async with adb.transaction() as tx, tx.savepoint():
        await aio.execute(tx, ADD_ITEM, (11, "kept"))
        with pytest.raises(ValueError, match="inner"):
            async with tx.savepoint(), tx.savepoint():
                await aio.execute(tx, ADD_ITEM, (12, "undone"))
                raise ValueError("inner")
        await aio.execute(tx, ADD_ITEM, (13, "kept"))
    assert count_items(items) == 12


def test_a_swallowed_failure_commits_nothing_and_says_so(db: Database, items: str) -> None:
    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"), db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "lost"))
        with pytest.raises(psycopg.errors.UniqueViolation):
            run.execute(tx, ADD_ITEM, (1, "taken"))
    assert count_items(items) == 10
    assert_clean(db)


async def test_a_swallowed_failure_commits_nothing_and_says_so_async(adb: AioDatabase, items: str) -> None:
    with pytest.raises(psycopg.errors.InFailedSqlTransaction, match="nothing was committed"):
        async with adb.transaction() as tx:
            await aio.execute(tx, ADD_ITEM, (11, "lost"))
            with pytest.raises(psycopg.errors.UniqueViolation):
                await aio.execute(tx, ADD_ITEM, (1, "taken"))
    assert count_items(items) == 10
    await assert_clean_async(adb)


def test_a_failure_swallowed_in_a_savepoint_undoes_it_and_says_so(db: Database, items: str) -> None:
    with db.transaction() as tx:
        with pytest.raises(psycopg.errors.InFailedSqlTransaction), tx.savepoint():
            with pytest.raises(psycopg.errors.UniqueViolation):
                run.execute(tx, ADD_ITEM, (1, "taken"))
        run.execute(tx, ADD_ITEM, (11, "kept"))
    assert count_items(items) == 11


def test_a_commit_that_the_server_refuses_raises_and_leaves_the_pool_clean(db: Database) -> None:
    deferred = "CREATE TABLE refs (id bigint REFERENCES items DEFERRABLE INITIALLY DEFERRED)"
    run.execute(db, statement(deferred))
    with pytest.raises(psycopg.errors.ForeignKeyViolation), db.transaction() as tx:
        run.execute(tx, statement("INSERT INTO refs VALUES (99)"))
        tx.after_commit(lambda: pytest.fail("nothing was committed"))
    assert_clean(db)


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
@pytest.mark.parametrize("read_only", [None, True, False])
@pytest.mark.parametrize("deferrable", [None, True, False])
def test_isolation_access_and_deferrable_are_really_set(
    db: Database, isolation: Any, read_only: bool | None, deferrable: bool | None
) -> None:
    with db.transaction(isolation=isolation, read_only=read_only, deferrable=deferrable) as tx:
        assert run.fetch_value(tx, SETTING, ("transaction_isolation",)) == isolation
        assert run.fetch_value(tx, SETTING, ("transaction_read_only",)) == ("on" if read_only else "off")
        assert run.fetch_value(tx, SETTING, ("transaction_deferrable",)) == ("on" if deferrable else "off")
    assert run.fetch_value(db, SETTING, ("transaction_isolation",)) == "read committed"


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read", "serializable"])
async def test_isolation_access_and_deferrable_are_really_set_async(adb: AioDatabase, isolation: Any) -> None:
    async with adb.transaction(isolation=isolation, read_only=True, deferrable=True) as tx:
        assert await aio.fetch_value(tx, SETTING, ("transaction_isolation",)) == isolation
        assert await aio.fetch_value(tx, SETTING, ("transaction_read_only",)) == "on"
        assert await aio.fetch_value(tx, SETTING, ("transaction_deferrable",)) == "on"


def test_an_unknown_isolation_level_is_refused_before_a_connection_is_taken(db: Database) -> None:
    with pytest.raises(ValueError, match="'read committed', 'repeatable read', 'serializable', found 'snapshot'"):
        with db.transaction(isolation="snapshot"):  # type: ignore[arg-type]
            pytest.fail("the block must not run")
    assert db.pool_stats().requests_num == 0


def test_read_only_refuses_writes(db: Database) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), db.transaction(read_only=True) as tx:
        run.execute(tx, ADD_ITEM, (11, "a"))


async def test_read_only_refuses_writes_async(adb: AioDatabase) -> None:
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        async with adb.transaction(read_only=True) as tx:
            await aio.execute(tx, ADD_ITEM, (11, "a"))


def write_skew(items: str, isolation: Any) -> None:
    """Two transactions each take one of two doctors off call after seeing both on call."""
    with Database.open(items) as db:
        run.execute(
            db, statement("CREATE TABLE doctors AS SELECT g AS id, true AS on_call FROM generate_series(1, 2) g")
        )
        on_call = statement("SELECT count(*) FROM doctors WHERE on_call")
        leave = statement("UPDATE doctors SET on_call = false WHERE id = $1", types=(23,))
        with db.transaction(isolation=isolation) as one:
            assert run.fetch_value(one, on_call) == 2
            with db.separate().transaction(isolation=isolation) as two:
                assert run.fetch_value(two, on_call) == 2
                run.execute(two, leave, (2,))
            run.execute(one, leave, (1,))


def test_repeatable_read_lets_a_write_skew_through(items: str) -> None:
    write_skew(items, "repeatable read")


def test_serializable_refuses_a_write_skew_with_a_retryable_error(items: str) -> None:
    with pytest.raises(psycopg.errors.SerializationFailure) as caught:
        write_skew(items, "serializable")
    assert caught.value.retryable is True  # type: ignore[attr-defined]


def test_after_commit_runs_once_in_order_when_the_connection_is_back(db: Database, items: str) -> None:
    seen: list[Any] = []
    with db.transaction() as tx:
        run.execute(tx, ADD_ITEM, (11, "a"))
        tx.after_commit(lambda: seen.append(count_items(items)))
        tx.after_commit(lambda: seen.append(run.fetch_value(db, COUNT_ITEMS)))
        assert seen == []
    assert seen == [11, 11]


async def test_after_commit_runs_once_in_order_when_the_connection_is_back_async(adb: AioDatabase, items: str) -> None:
    seen: list[Any] = []

    async def look() -> None:
        seen.append(await aio.fetch_value(adb, COUNT_ITEMS))

    async with adb.transaction() as tx:
        await aio.execute(tx, ADD_ITEM, (11, "a"))
        tx.after_commit(lambda: seen.append("plain"))
        tx.after_commit(look)
        assert seen == []
    assert seen == ["plain", 11]


def test_after_commit_is_dropped_with_the_transaction_or_savepoint_that_rolls_back(db: Database) -> None:
    seen: list[str] = []
    with pytest.raises(ValueError, match="whole"), db.transaction() as tx:
        tx.after_commit(lambda: seen.append("never"))
        raise ValueError("whole")
    with db.transaction() as tx:
        tx.after_commit(lambda: seen.append("before"))
        with pytest.raises(ValueError, match="part"), tx.savepoint():
            tx.after_commit(lambda: seen.append("never"))
            with tx.savepoint():
                tx.after_commit(lambda: seen.append("never"))
            raise ValueError("part")
        with tx.savepoint():
            tx.after_commit(lambda: seen.append("inside"))
        tx.after_commit(lambda: seen.append("after"))
    assert seen == ["before", "inside", "after"]


async def test_after_commit_is_dropped_with_the_transaction_or_savepoint_that_rolls_back_async(
    adb: AioDatabase,
) -> None:
    seen: list[str] = []
    with pytest.raises(ValueError, match="whole"):
        async with adb.transaction() as tx:
            tx.after_commit(lambda: seen.append("never"))
            raise ValueError("whole")
    async with adb.transaction() as tx:
        with pytest.raises(ValueError, match="part"):
            async with tx.savepoint():
                tx.after_commit(lambda: seen.append("never"))
                raise ValueError("part")
        async with tx.savepoint():
            tx.after_commit(lambda: seen.append("inside"))
    assert seen == ["inside"]


def test_an_exception_after_the_commit_is_logged_and_the_next_callback_runs(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []
    with db.transaction() as tx:
        tx.after_commit(lambda: 1 / 0)
        tx.after_commit(lambda: seen.append("next"))
    assert seen == ["next"]
    (record,) = [record for record in caplog.records if record.name == "plainsql.transaction"]
    assert record.levelno == logging.ERROR
    assert "the transaction is committed" in record.getMessage()
    assert record.exc_info is not None


async def test_an_exception_after_the_commit_is_logged_and_the_next_callback_runs_async(
    adb: AioDatabase, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[str] = []

    async def fail() -> None:
        raise ZeroDivisionError

    async with adb.transaction() as tx:
        tx.after_commit(fail)
        tx.after_commit(lambda: seen.append("next"))
    assert seen == ["next"]
    assert [record.name for record in caplog.records] == ["plainsql.transaction"]


def test_a_transaction_is_refused_after_its_end(db: Database) -> None:
    with db.transaction() as tx:
        pass
    for use in (lambda: run.fetch_value(tx, COUNT_ITEMS), tx.savepoint().__enter__, lambda: tx.after_commit(print)):
        with pytest.raises(psycopg.InterfaceError, match="the transaction is over"):
            use()
    assert_clean(db)


async def test_a_transaction_is_refused_after_its_end_async(adb: AioDatabase) -> None:
    async with adb.transaction() as tx:
        pass
    with pytest.raises(psycopg.InterfaceError, match="the transaction is over"):
        await aio.fetch_value(tx, COUNT_ITEMS)
    with pytest.raises(psycopg.InterfaceError, match="the transaction is over"):
        async with tx.savepoint():
            pass


def test_a_generator_closed_inside_a_transaction_rolls_back(db: Database, items: str) -> None:
    def write() -> Iterator[int]:
        with db.transaction() as tx:
            yield run.execute(tx, ADD_ITEM, (11, "a"))
            yield run.execute(tx, ADD_ITEM, (12, "b"))

    writing = write()
    assert next(writing) == 1
    writing.close()  # type: ignore[attr-defined]
    assert count_items(items) == 10
    assert_clean(db)


async def test_a_generator_closed_inside_a_transaction_rolls_back_async(adb: AioDatabase, items: str) -> None:
    async def write() -> AsyncIterator[int]:
        async with adb.transaction() as tx:
            yield await aio.execute(tx, ADD_ITEM, (11, "a"))
            yield await aio.execute(tx, ADD_ITEM, (12, "b"))

    writing = write()
    assert await anext(writing) == 1
    await writing.aclose()  # type: ignore[attr-defined]
    assert count_items(items) == 10
    await assert_clean_async(adb)
