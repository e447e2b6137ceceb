"""Every kind of query, sync and async side by side: what it returns and what it raises."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Iterator
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from msgspec import Struct

from plainsql import NoRowError, ParameterError, StaleModuleError, TooManyRowsError
from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from tests.runtime import ADD_ITEM, COUNT_ITEMS, GET_ITEM, Item, make_items, statement

ALL_ITEMS = statement("SELECT id, name FROM items ORDER BY id", row=Item)


@pytest.fixture
def items(empty_database: str) -> str:
    make_items(empty_database)
    return empty_database


@pytest.fixture
def conn(items: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(items, autocommit=True) as conn:
        yield conn


@pytest_asyncio.fixture
async def aconn(items: str) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    async with await psycopg.AsyncConnection.connect(items, autocommit=True) as conn:
        yield conn


def test_fetch_all_returns_rows_in_order(conn: psycopg.Connection[Any]) -> None:
    rows = run.fetch_all(conn, ALL_ITEMS)
    assert rows[0] == Item(1, "item 1")
    assert [row.id for row in rows] == list(range(1, 11))


async def test_fetch_all_returns_rows_in_order_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    rows = await aio.fetch_all(aconn, ALL_ITEMS)
    assert [row.id for row in rows] == list(range(1, 11))


@pytest.mark.parametrize("count", [0, 1, 499, 500, 501, 1000, 1203])
def test_long_results_are_made_in_chunks_without_loss(conn: psycopg.Connection[Any], count: int) -> None:
    series = statement("SELECT g, 'n' || g FROM generate_series(1, $1) AS g", types=(20,), row=Item)
    assert run.fetch_all(conn, series, (count,)) == [Item(i, f"n{i}") for i in range(1, count + 1)]


def test_fetch_optional_returns_the_row_or_none(conn: psycopg.Connection[Any]) -> None:
    assert run.fetch_optional(conn, GET_ITEM, (3,)) == Item(3, "item 3")
    assert run.fetch_optional(conn, GET_ITEM, (99,)) is None


async def test_fetch_optional_returns_the_row_or_none_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    assert await aio.fetch_optional(aconn, GET_ITEM, (3,)) == Item(3, "item 3")
    assert await aio.fetch_optional(aconn, GET_ITEM, (99,)) is None


@pytest.mark.parametrize("fetch", ["fetch_optional", "fetch_one", "fetch_value"])
def test_two_rows_where_one_was_promised_name_query_and_place(conn: psycopg.Connection[Any], fetch: str) -> None:
    with pytest.raises(TooManyRowsError, match=r"items\.query at queries/items\.sql:7 .* returned 10"):
        getattr(run, fetch)(conn, ALL_ITEMS)


@pytest.mark.parametrize("fetch", ["fetch_optional", "fetch_one", "fetch_value"])
async def test_two_rows_where_one_was_promised_name_query_and_place_async(
    aconn: psycopg.AsyncConnection[Any], fetch: str
) -> None:
    with pytest.raises(TooManyRowsError, match=r"items\.query at queries/items\.sql:7 .* returned 10"):
        await getattr(aio, fetch)(aconn, ALL_ITEMS)


@pytest.mark.parametrize("fetch", ["fetch_one", "fetch_value"])
def test_no_row_where_one_was_promised_names_query_and_place(conn: psycopg.Connection[Any], fetch: str) -> None:
    with pytest.raises(NoRowError, match=r"items\.query at queries/items\.sql:7"):
        getattr(run, fetch)(conn, GET_ITEM, (99,))


@pytest.mark.parametrize("fetch", ["fetch_one", "fetch_value"])
async def test_no_row_where_one_was_promised_names_query_and_place_async(
    aconn: psycopg.AsyncConnection[Any], fetch: str
) -> None:
    with pytest.raises(NoRowError, match=r"items\.query at queries/items\.sql:7"):
        await getattr(aio, fetch)(aconn, GET_ITEM, (99,))


def test_fetch_value_returns_the_column_and_none_for_null(conn: psycopg.Connection[Any]) -> None:
    assert run.fetch_value(conn, COUNT_ITEMS) == 10
    assert run.fetch_value(conn, statement("SELECT NULL::text")) is None


async def test_fetch_value_returns_the_column_and_none_for_null_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    assert await aio.fetch_value(aconn, COUNT_ITEMS) == 10
    assert await aio.fetch_value(aconn, statement("SELECT NULL::text")) is None


def test_execute_counts_the_rows_it_touched(conn: psycopg.Connection[Any]) -> None:
    assert run.execute(conn, ADD_ITEM, (11, None)) == 1
    assert run.execute(conn, statement("DELETE FROM items WHERE id > $1", types=(20,)), (8,)) == 3
    assert run.execute(conn, statement("CREATE TABLE other (id int)")) == 0


async def test_execute_counts_the_rows_it_touched_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    assert await aio.execute(aconn, ADD_ITEM, (11, None)) == 1
    assert await aio.execute(aconn, statement("DELETE FROM items WHERE id > $1", types=(20,)), (8,)) == 3


def test_execute_many_counts_all_rows(conn: psycopg.Connection[Any]) -> None:
    rows = [{"name": f"n{i}", "id": i} for i in range(100, 350)]
    assert run.execute_many(conn, ADD_ITEM, rows) == 250
    assert run.execute_many(conn, ADD_ITEM, []) == 0
    assert run.fetch_one(conn, GET_ITEM, (349,)) == Item(349, "n349")


@pytest.mark.parametrize("row", [("a", 1), "ab", None, 5])
def test_a_row_that_is_no_mapping_is_refused_before_anything_is_sent(conn: psycopg.Connection[Any], row: Any) -> None:
    with pytest.raises(ParameterError, match=f"found a {type(row).__name__}"):
        run.execute_many(conn, ADD_ITEM, [row])


async def test_execute_many_counts_all_rows_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    rows = [{"name": f"n{i}", "id": i} for i in range(100, 350)]
    assert await aio.execute_many(aconn, ADD_ITEM, rows) == 250
    assert await aio.execute_many(aconn, ADD_ITEM, []) == 0


def test_execute_many_is_all_or_nothing(conn: psycopg.Connection[Any]) -> None:
    rows = [{"id": 20 + i, "name": "x"} for i in range(200)] + [{"id": 1, "name": "taken"}]
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        run.execute_many(conn, ADD_ITEM, rows)
    assert caught.value.query == "items.add_item"  # type: ignore[attr-defined]
    assert run.fetch_value(conn, COUNT_ITEMS) == 10


async def test_execute_many_is_all_or_nothing_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    rows = [{"id": 20 + i, "name": "x"} for i in range(200)] + [{"id": 1, "name": "taken"}]
    with pytest.raises(psycopg.errors.UniqueViolation):
        await aio.execute_many(aconn, ADD_ITEM, rows)
    assert await aio.fetch_value(aconn, COUNT_ITEMS) == 10


INDEXES = statement(
    "",
    statements=(
        "CREATE INDEX CONCURRENTLY items_name_idx ON items (name)",
        "CREATE INDEX CONCURRENTLY items_pct_idx ON items (name) WHERE name LIKE '%x'",
    ),
)


def test_a_script_runs_its_statements_one_by_one(conn: psycopg.Connection[Any]) -> None:
    run.run_script(conn, INDEXES)
    indexes = statement("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'items%idx'")
    assert run.fetch_value(conn, indexes) == 2


async def test_a_script_runs_its_statements_one_by_one_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    await aio.run_script(aconn, INDEXES)
    indexes = statement("SELECT count(*) FROM pg_indexes WHERE indexname LIKE 'items%idx'")
    assert await aio.fetch_value(aconn, indexes) == 2


def test_a_script_is_refused_inside_a_transaction(items: str) -> None:
    with psycopg.connect(items) as conn, pytest.raises(psycopg.errors.ActiveSqlTransaction, match="one by one"):
        run.run_script(conn, INDEXES)
    with (
        Database.open(items) as db,
        db.transaction() as tx,
        pytest.raises(psycopg.errors.ActiveSqlTransaction, match="one by one"),
    ):
        run.run_script(tx, INDEXES)


async def test_a_script_is_refused_inside_a_transaction_async(items: str) -> None:
    async with AioDatabase.open(items) as db, db.transaction() as tx:
        with pytest.raises(psycopg.errors.ActiveSqlTransaction, match="one by one"):
            await aio.run_script(tx, INDEXES)


def test_an_error_is_psycopgs_own_and_says_which_query(conn: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        run.execute(conn, ADD_ITEM, (1, "secret value"))
    error: Any = caught.value
    assert (error.query, error.file, error.line) == ("items.add_item", "queries/items.sql", 7)
    assert error.retryable is False
    assert error.diag.constraint_name == "items_pkey"
    assert error.__notes__ == ["query items.add_item at queries/items.sql:7"]


async def test_an_error_is_psycopgs_own_and_says_which_query_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        await aio.execute(aconn, ADD_ITEM, (1, "secret value"))
    error: Any = caught.value
    assert (error.query, error.file, error.line) == ("items.add_item", "queries/items.sql", 7)
    assert error.__notes__ == ["query items.add_item at queries/items.sql:7"]


def test_a_percent_sign_is_only_a_percent_sign(conn: psycopg.Connection[Any]) -> None:
    modulo = statement(
        "SELECT '100%' || name || ($1 % 7)::text FROM items WHERE name LIKE 'item 1%' LIMIT 1", types=(20,)
    )
    assert run.fetch_value(conn, modulo, (9,)) == "100%item 12"


def test_rows_may_be_any_callable_or_dataclass(conn: psycopg.Connection[Any]) -> None:
    from dataclasses import make_dataclass

    Pair = make_dataclass("Pair", ["id", "name"], frozen=True, slots=True)
    assert run.fetch_one(conn, statement(GET_ITEM.sql, types=(20,), row=Pair), (2,)) == Pair(2, "item 2")


def test_a_result_that_no_longer_fits_its_module_says_so(conn: psycopg.Connection[Any]) -> None:
    class Three(Struct, frozen=True):
        id: int
        name: str
        more: str

    with pytest.raises(StaleModuleError, match=r"returned 2 columns, its module expects 3: run `plainsql generate`"):
        run.fetch_one(conn, statement(GET_ITEM.sql, types=(20,), row=Three), (2,))
    assert run.fetch_value(conn, COUNT_ITEMS) == 10


def test_a_closed_connection_raises_operational_error(items: str) -> None:
    conn = psycopg.connect(items, autocommit=True)
    conn.close()
    with pytest.raises(psycopg.OperationalError) as caught:
        run.fetch_value(conn, COUNT_ITEMS)
    assert caught.value.__notes__ == ["query items.query at queries/items.sql:7"]


def test_a_slow_statement_is_one_log_line_without_values(items: str, caplog: pytest.LogCaptureFixture) -> None:
    slow = statement("SELECT id, name FROM items, pg_sleep(0.02) WHERE name <> $1", types=(25,), row=Item)
    with caplog.at_level(logging.WARNING, "plainsql.slow"), Database.open(items, slow_ms=15) as db:
        run.fetch_all(db, slow, ("secret",))
        run.fetch_value(db, COUNT_ITEMS)
        with db.transaction() as tx:
            run.fetch_all(tx, slow, ("secret",))
    first, second = (record.getMessage() for record in caplog.records)
    assert first.startswith("items.query took ")
    assert first.endswith(" ms, 10 rows, queries/items.sql:7")
    assert "secret" not in first + second


async def test_a_slow_statement_is_one_log_line_without_values_async(
    items: str, caplog: pytest.LogCaptureFixture
) -> None:
    slow = statement("SELECT id, name FROM items, pg_sleep(0.02) WHERE name <> $1", types=(25,), row=Item)
    with caplog.at_level(logging.WARNING, "plainsql.slow"):
        async with AioDatabase.open(items, slow_ms=15) as db:
            await aio.fetch_all(db, slow, ("secret",))
            await aio.fetch_value(db, COUNT_ITEMS)
    (record,) = caplog.records
    assert record.getMessage().endswith(" ms, 10 rows, queries/items.sql:7")
    assert "secret" not in record.getMessage()
