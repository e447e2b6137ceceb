"""One query is one prepared statement; prepared plans heal; adapters, pipelines and threads work as with psycopg."""

from __future__ import annotations

import asyncio
import enum
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
import pytest_asyncio
from psycopg.rows import dict_row
from psycopg.types.enum import EnumInfo, register_enum

from plainsql import ParameterError
from plainsql import execute as run
from plainsql.aio import execute as aio
from plainsql.errors import StaleModuleError
from tests.runtime import ADD_ITEM, COUNT_ITEMS, GET_ITEM, Item, admin, count_items, make_items, statement


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


SIZES = [1, 40_000, 2**40, None, -(2**63), 5, 70_000, 2**33, None, 3] * 2


def test_one_query_is_one_prepared_statement_whatever_the_size_of_an_int(conn: psycopg.Connection[Any]) -> None:
    for size in SIZES:
        run.fetch_optional(conn, GET_ITEM, (size,))
    rows = conn.execute("SELECT statement, parameter_types::text FROM pg_prepared_statements").fetchall()
    assert rows == [(GET_ITEM.sql, "{bigint}")]


async def test_one_query_is_one_prepared_statement_whatever_the_size_of_an_int_async(
    aconn: psycopg.AsyncConnection[Any],
) -> None:
    for size in SIZES:
        await aio.fetch_optional(aconn, GET_ITEM, (size,))
    cur = await aconn.execute("SELECT statement, parameter_types::text FROM pg_prepared_statements")
    assert await cur.fetchall() == [(GET_ITEM.sql, "{bigint}")]


@pytest.mark.parametrize(
    ("oid", "value", "name"), [(20, 5, "bigint"), (21, 5, "smallint"), (1700, 5, "numeric"), (1016, [5], "bigint[]")]
)
def test_an_argument_has_the_type_that_describe_gave(
    conn: psycopg.Connection[Any], oid: int, value: Any, name: str
) -> None:
    assert run.fetch_value(conn, statement("SELECT pg_typeof($1)::text", types=(oid,)), (value,)) == name


def test_one_query_is_one_queryid_whatever_the_size_of_an_int(conn: psycopg.Connection[Any]) -> None:
    preload = conn.execute("SHOW shared_preload_libraries").fetchone()
    if not preload or "pg_stat_statements" not in preload[0]:
        pytest.skip("the server does not load pg_stat_statements")
    conn.execute("CREATE EXTENSION pg_stat_statements")
    by_ids = statement("SELECT name FROM items WHERE id = ANY($1)", types=(1016,))
    for size in SIZES:
        run.fetch_optional(conn, GET_ITEM, (size,))
        run.fetch_all(conn, by_ids, ([size, 5],))
    found = conn.execute(
        "SELECT query, count(DISTINCT queryid), sum(calls)::int FROM pg_stat_statements AS s"
        " JOIN pg_database AS d ON d.oid = s.dbid WHERE d.datname = current_database() AND query LIKE %s GROUP BY 1",
        ["%FROM items WHERE id%"],
    ).fetchall()
    assert sorted(found) == [(GET_ITEM.sql, 1, len(SIZES)), (by_ids.sql, 1, len(SIZES))]


def test_a_plan_whose_result_type_changed_heals_outside_a_transaction(
    conn: psycopg.Connection[Any], items: str
) -> None:
    star = statement("SELECT name FROM items WHERE id = $1", types=(20,))
    for _ in range(8):
        assert run.fetch_value(conn, star, (4,)) == "item 4"
    with admin(items) as other:
        other.execute("ALTER TABLE items ALTER name TYPE varchar(50)")
    assert run.fetch_value(conn, star, (4,)) == "item 4"
    assert run.fetch_value(conn, star, (5,)) == "item 5"


async def test_a_plan_whose_result_type_changed_heals_outside_a_transaction_async(
    aconn: psycopg.AsyncConnection[Any], items: str
) -> None:
    star = statement("SELECT name FROM items WHERE id = $1", types=(20,))
    for _ in range(8):
        assert await aio.fetch_value(aconn, star, (4,)) == "item 4"
    with admin(items) as other:
        other.execute("ALTER TABLE items ALTER name TYPE varchar(50)")
    assert await aio.fetch_value(aconn, star, (4,)) == "item 4"


def test_a_plan_whose_result_type_changed_raises_inside_a_transaction_once(
    conn: psycopg.Connection[Any], items: str
) -> None:
    star = statement("SELECT name FROM items WHERE id = $1", types=(20,))
    for _ in range(8):
        run.fetch_value(conn, star, (4,))
    with admin(items) as other:
        other.execute("ALTER TABLE items ALTER name TYPE varchar(50)")
    with pytest.raises(psycopg.errors.FeatureNotSupported), conn.transaction():
        run.fetch_value(conn, star, (4,))
    with conn.transaction():
        assert run.fetch_value(conn, star, (4,)) == "item 4"


CHANGES = [
    ("timestamptz", "timestamp", 1184, True),
    ("timestamp", "date", 1114, True),
    ("varchar(20)", "text", 1043, False),
    ("varchar(20)[]", "text[]", 1015, False),
    ("bigint", "numeric", 20, True),
    ("bigint", "mood", 20, True),
    ("bigint[]", "text[]", 1016, True),
    ("integer", "bigint", 23, False),
    ("integer[]", "bigint[]", 1007, False),
    ("numeric", "bigint", 1700, False),
    ("numeric", "posint", 1700, False),
    ("jsonb", "json", 3802, False),
    ("integer[]", "posint[]", 1007, False),
    ("mood", "text", 25, False),
]


@pytest.mark.parametrize(("before", "after", "load_oid", "stale"), CHANGES)
def test_a_column_that_its_loader_would_misread_is_refused(
    conn: psycopg.Connection[Any], before: str, after: str, load_oid: int, stale: bool
) -> None:
    conn.execute("CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN posint AS integer CHECK (value > 0)")
    conn.execute(f"CREATE TABLE changing (seen {before}); INSERT INTO changing VALUES (NULL)")
    seen = statement("SELECT seen FROM changing", load_oids=(load_oid,))
    for _ in range(8):
        assert run.fetch_value(conn, seen) is None
    conn.execute(f"ALTER TABLE changing ALTER seen TYPE {after} USING NULL")
    for _ in range(2):
        if stale:
            with pytest.raises(StaleModuleError, match="type of column 'seen' has changed"):
                run.fetch_value(conn, seen)
        else:
            assert run.fetch_value(conn, seen) is None


async def test_a_column_that_its_loader_would_misread_is_refused_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    wrong = statement("SELECT localtimestamp AS seen", load_oids=(1184,))
    with pytest.raises(StaleModuleError, match="type of column 'seen' has changed"):
        await aio.fetch_value(aconn, wrong)
    assert await aio.fetch_value(aconn, COUNT_ITEMS) == 10


def test_a_statement_deallocated_behind_our_back_is_prepared_again(conn: psycopg.Connection[Any]) -> None:
    for _ in range(8):
        run.fetch_one(conn, GET_ITEM, (4,))
    conn.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    assert run.fetch_one(conn, GET_ITEM, (4,)) == Item(4, "item 4")


def test_types_of_the_database_work_on_a_bare_connection(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    moods = statement(
        "SELECT $1::mood, $2::mood[], NULL::mood",
        dump_oids=(25, 1009),
        bind_oids=(0, 0),
        params=("mood", "moods"),
        row=lambda *values: values,
        load_oids=(25, 1009, 25),
    )
    for _ in range(8):
        assert run.fetch_one(conn, moods, ("ok", ["sad", None])) == ("ok", ["sad", None], None)
    with pytest.raises(psycopg.errors.InvalidTextRepresentation):
        run.fetch_one(conn, moods, ("angry", []))


async def test_types_of_the_database_work_on_a_bare_connection_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    await aconn.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    moods = statement("SELECT $1::mood[]", dump_oids=(1009,), bind_oids=(0,), params=("moods",), load_oids=(1009,))
    assert await aio.fetch_value(aconn, moods, (["sad", None],)) == ["sad", None]


def test_an_enum_stays_a_str_where_the_connection_registered_its_class(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    info = EnumInfo.fetch(conn, "mood")
    assert info is not None

    class Mood(enum.Enum):
        SAD = "sad"
        OK = "ok"

    register_enum(info, conn, Mood)
    assert run.fetch_value(conn, statement("SELECT 'ok'::mood", load_oids=(25,))) == "ok"


def test_loaders_of_the_connection_are_used(conn: psycopg.Connection[Any]) -> None:
    class Loud(psycopg.adapt.Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode().upper()

    conn.adapters.register_loader("text", Loud)
    assert run.fetch_one(conn, GET_ITEM, (1,)) == Item(1, "ITEM 1")


def test_row_and_cursor_factories_of_the_connection_change_nothing(items: str) -> None:
    with psycopg.connect(items, autocommit=True, row_factory=dict_row, cursor_factory=psycopg.ClientCursor) as conn:
        assert run.fetch_one(conn, GET_ITEM, (1,)) == Item(1, "item 1")
        assert conn.execute("SELECT 1 AS one").fetchone() == {"one": 1}


def test_text_outside_ascii_arrives_in_any_client_encoding(items: str) -> None:
    umlaut = statement("SELECT 'ü' || $1", types=(25,))
    for encoding in ("utf8", "latin1"):
        with psycopg.connect(items, autocommit=True, client_encoding=encoding) as conn:
            assert run.fetch_value(conn, umlaut, ("é",)) == "üé"


def test_settings_changed_between_calls_are_seen(conn: psycopg.Connection[Any]) -> None:
    now = statement("SELECT '2026-07-01 00:00+00'::timestamptz")
    for zone, hours in [("UTC", 0), ("Asia/Kolkata", 5.5), ("America/New_York", -4)]:
        conn.execute(f"SET TIME ZONE '{zone}'")
        assert run.fetch_value(conn, now).utcoffset().total_seconds() == hours * 3600


def test_pipeline_mode_works(conn: psycopg.Connection[Any]) -> None:
    with conn.pipeline():
        for size in range(1, 11):
            assert run.fetch_one(conn, GET_ITEM, (size,)).id == size
        assert run.execute(conn, ADD_ITEM, (11, "x")) == 1
        assert run.execute_many(conn, ADD_ITEM, [{"id": i, "name": "y"} for i in range(12, 15)]) == 3
    assert run.fetch_value(conn, COUNT_ITEMS) == 14


async def test_pipeline_mode_works_async(aconn: psycopg.AsyncConnection[Any]) -> None:
    async with aconn.pipeline():
        for size in range(1, 11):
            assert (await aio.fetch_one(aconn, GET_ITEM, (size,))).id == size
        assert await aio.execute(aconn, ADD_ITEM, (11, "x")) == 1
        assert await aio.execute_many(aconn, ADD_ITEM, [{"id": i, "name": "y"} for i in range(12, 15)]) == 3
    assert await aio.fetch_value(aconn, COUNT_ITEMS) == 14


def test_an_error_in_a_pipeline_is_annotated_and_leaves_the_connection_usable(conn: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.UniqueViolation) as caught, conn.pipeline():
        run.execute(conn, ADD_ITEM, (1, "taken"))
    assert caught.value.query == "items.add_item"  # type: ignore[attr-defined]
    assert run.fetch_value(conn, COUNT_ITEMS) == 10


def test_threads_may_share_a_connection(conn: psycopg.Connection[Any]) -> None:
    def look(n: int) -> None:
        for i in range(200):
            wanted = (n + i) % 10 + 1
            assert run.fetch_one(conn, GET_ITEM, (wanted,)) == Item(wanted, f"item {wanted}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(look, range(8)))


async def test_tasks_may_share_a_connection(aconn: psycopg.AsyncConnection[Any]) -> None:
    async def look(n: int) -> None:
        wanted = n % 10 + 1
        assert await aio.fetch_one(aconn, GET_ITEM, (wanted,)) == Item(wanted, f"item {wanted}")

    await asyncio.gather(*(look(n) for n in range(200)))


def test_a_statement_that_gets_its_types_from_the_server_is_prepared_once(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TYPE mood AS ENUM ('sad', 'ok')")
    mood = statement("SELECT $1::mood::text", dump_oids=(25,), bind_oids=(0,), params=("mood",))
    for value in ["sad", None, "ok"] * 5:
        assert run.fetch_value(conn, mood, (value,)) == value
    assert conn.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (1,)


def test_execute_many_prepares_again_what_was_deallocated(conn: psycopg.Connection[Any], items: str) -> None:
    rows = [{"id": number, "name": "x"} for number in range(11, 31)]
    run.execute_many(conn, ADD_ITEM, rows[:10])
    conn.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    assert run.execute_many(conn, ADD_ITEM, rows[10:]) == 10
    assert count_items(items) == 30


async def test_execute_many_prepares_again_what_was_deallocated_async(
    aconn: psycopg.AsyncConnection[Any], items: str
) -> None:
    rows = [{"id": number, "name": "x"} for number in range(11, 31)]
    await aio.execute_many(aconn, ADD_ITEM, rows[:10])
    await aconn.execute("DO $$ BEGIN EXECUTE 'DEALLOCATE ALL'; END $$")
    assert await aio.execute_many(aconn, ADD_ITEM, rows[10:]) == 10
    assert count_items(items) == 30


def test_text_that_the_client_encoding_lacks_is_refused_by_its_name(items: str) -> None:
    with (
        psycopg.connect(items, autocommit=True, client_encoding="latin1") as conn,
        pytest.raises(ParameterError, match="-1 can't encode"),
    ):
        run.fetch_value(conn, statement("SELECT $1", types=(25,)), ("5 €",))
