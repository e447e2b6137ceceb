"""``load()`` makes the classes that generated modules have, and refuses what they refuse."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.pq import TransactionStatus

import plainsql
import plainsql.aio
from plainsql import ParameterError, UnexpectedTypeError
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import generated
from tests.fixtures.nested import ARGUMENTS, QUERIES, SCHEMA, nested_shop

__all__ = ["nested_shop"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries" / "q.sql").write_text(QUERIES)
    return tmp_path / "queries"


async def test_loaded_queries_return_what_generated_ones_return(folder: Path, tmp_path: Path, nested_shop: str) -> None:
    queries, twins = plainsql.load(folder), plainsql.aio.load(folder)
    async with await psycopg.AsyncConnection.connect(nested_shop, autocommit=True) as aconn:
        with (
            psycopg.connect(nested_shop, autocommit=True) as conn,
            generated(conn, tmp_path, QUERIES) as made,
        ):
            for key in queries:
                name = key.removeprefix("q.")
                arguments = ARGUMENTS.get(name, {})
                expected = repr(getattr(made.sync, name)(conn, **arguments))
                assert repr(queries[key](conn, **arguments)) == expected
                assert repr(await twins[key](aconn, **arguments)) == expected
                assert repr(await getattr(made.aio, name)(aconn, **arguments)) == expected


async def test_none_in_an_array_that_compares_is_refused_by_both_kinds(folder: Path, nested_shop: str) -> None:
    queries, twins = plainsql.load(folder), plainsql.aio.load(folder)
    with psycopg.connect(nested_shop, autocommit=True) as conn, pytest.raises(ParameterError, match="at index 1"):
        queries.q.customers_by_ids(conn, ids=[1, None])
    async with await psycopg.AsyncConnection.connect(nested_shop, autocommit=True) as aconn:
        with pytest.raises(ParameterError, match="at index 1"):
            await twins.q.customers_by_ids(aconn, ids=[1, None])


def test_what_is_made_of_rows_goes_back_as_an_argument(tmp_path: Path, nested_shop: str) -> None:
    (tmp_path / "q.sql").write_text(
        "-- name: first_item()$\nSELECT i FROM items AS i ORDER BY 1 LIMIT 1;\n"
        "-- name: quantity(item)$\nSELECT (:item::items).quantity;\n"
    )
    queries = plainsql.load(tmp_path)
    with psycopg.connect(nested_shop, autocommit=True) as conn:
        item = queries.q.first_item(conn)
        assert type(item).__name__ == "FirstItemValue"
        assert queries.q.quantity(conn, item=item) == 2


def test_a_transaction_goes_on_after_the_first_call(folder: Path, server: str) -> None:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo) as conn:
        conn.execute(SCHEMA)
        queries = plainsql.load(folder)
        assert queries.q.order_rows(conn)[0].items[0].quantity == 2
        assert conn.info.transaction_status == TransactionStatus.INTRANS
        row = conn.execute("SELECT count(*) FROM customers").fetchone()
        assert row == (2,)
        conn.rollback()
        gone = conn.execute("SELECT to_regclass('customers'), count(*) FROM pg_proc WHERE proname = 'plainsql_q'")
        assert gone.fetchone() == (None, 0)


def test_without_the_right_to_make_a_tree_values_are_what_their_types_say(folder: Path, server: str) -> None:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        conn.execute("SET default_transaction_read_only = on")
        queries = plainsql.load(folder)
        orders = queries.q.all_orders(conn)
        assert orders[0].items == [{"product_id": 1, "quantity": 2}, {"product_id": 2, "quantity": 1}]
        assert [row.name for row in queries.q.customers_by_ids(conn, ids=[1, None])] == ["Ada"]


def test_one_loaded_query_has_the_classes_of_each_database(tmp_path: Path, server: str) -> None:
    (tmp_path / "q.sql").write_text("-- name: things\nSELECT to_jsonb(t) AS thing FROM things AS t;\n")
    queries = plainsql.load(tmp_path)
    found: list[Any] = []
    for columns in ("a int NOT NULL", "a text NOT NULL, b int"):
        with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute(f"CREATE TABLE things ({columns})")
            conn.execute("INSERT INTO things (a) VALUES ('1')")
            found += [repr(row.thing) for row in queries.q.things(conn)]
    assert found == ["ThingsThing(a=1)", "ThingsThing(a='1', b=None)"]


def test_a_wrong_promise_is_as_loud(tmp_path: Path, server: str) -> None:
    (tmp_path / "q.sql").write_text("-- name: things\nSELECT to_jsonb(t) AS thing FROM things AS t ORDER BY a;\n")
    queries = plainsql.load(tmp_path)
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("CREATE TABLE things (a int NOT NULL)")
        conn.execute("INSERT INTO things VALUES (1), (2)")
        assert [row.thing.a for row in queries.q.things(conn)] == [1, 2]
        conn.execute("ALTER TABLE things ALTER a TYPE text")
        with pytest.raises(UnexpectedTypeError, match=r"q\.things at .*column 'thing' in row 1 .*`\$\.a`") as caught:
            queries.q.things(conn)
        assert (caught.value.column, caught.value.row) == ("thing", 1)
