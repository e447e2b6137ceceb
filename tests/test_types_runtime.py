"""What codecs do beside reading and writing: changed types, infinity, wrong arguments, adapters of the application."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest
from msgspec import Struct
from psycopg.adapt import Dumper, Loader
from psycopg.types.json import Jsonb
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from plainsql import ParameterError
from plainsql import execute as run
from plainsql.aio import execute as aio
from plainsql.errors import StaleModuleError
from plainsql.execute import wire
from tests.fixtures.databases import temporary_database
from tests.runtime import statement

SCHEMA = """
CREATE TYPE geo AS (lat float8, lon float8);
CREATE TYPE address AS (street text, zip integer, at geo);
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN posint AS integer CHECK (value > 0);
"""
FORMATS = [wire.TEXT, wire.BINARY]


class Geo(Struct, frozen=True, gc=False):
    """A point."""

    lat: float | None
    lon: float | None

    __wire__ = wire.Members("geo", 701, 701)


@dataclass(frozen=True, slots=True)
class Address:
    """A dataclass among structs."""

    street: str | None
    zip: int | None
    at: Geo | None

    __wire__ = wire.Members("address", 25, 23, Geo)


HOME = Address("a,b", 5, Geo(1.5, None))


@pytest.fixture
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def read(sql: str, *kinds: Any, **options: Any) -> run.Statement[Any]:
    return statement(sql, load_oids=kinds, row=lambda *values: values if len(values) > 1 else values[0], **options)


def both(sql: str, kind: Any, pg_type: str, **options: Any) -> run.Statement[Any]:
    return read(sql.format(pg_type), kind, dump_oids=(kind,), bind_oids=(0,), params=("home",), **options)


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "change",
    [
        "ALTER TYPE address ADD ATTRIBUTE city text",
        "ALTER TYPE address DROP ATTRIBUTE zip",
        "ALTER TYPE geo ADD ATTRIBUTE height float8",
    ],
)
def test_a_composite_type_with_other_members_is_refused(
    conn: psycopg.Connection[Any], change: str, format: Any
) -> None:
    fetch = read("SELECT '(a,5,\"(1,2)\")'::address", Address, format=format)
    assert run.fetch_one(conn, fetch) == Address("a", 5, Geo(1, 2))
    conn.execute(change)
    literal = "ROW('a', 5, NULL, 'x')" if "city" in change else "ROW('a', ROW(1, 2))"
    literal = "ROW('a', 5, ROW(1, 2, 3))" if "height" in change else literal
    fetch = read(f"SELECT {literal}::address", Address, format=format)
    with pytest.raises(
        StaleModuleError, match=r"members, its class (Address|Geo) expects . others: run `plainsql"
    ) as caught:
        run.fetch_one(conn, fetch)
    assert caught.value.__notes__ == ["query items.query at queries/items.sql:7"]


@pytest.mark.parametrize(
    ("change", "literal"),
    [
        ("ALTER TYPE address ALTER ATTRIBUTE zip TYPE text", "NULL, '00123', NULL"),
        ("ALTER TYPE address ALTER ATTRIBUTE street TYPE date", "'2020-01-01', 5, NULL"),
        ("ALTER TYPE address ALTER ATTRIBUTE street TYPE date", "NULL, 5, NULL"),
        ("ALTER TYPE address ALTER ATTRIBUTE at TYPE text", "NULL, 5, '(1,2)'"),
        ("ALTER TYPE geo ALTER ATTRIBUTE lat TYPE timestamp", "NULL, 5, ROW('2020-01-01', 1)"),
    ],
)
def test_in_binary_a_member_of_another_type_is_refused(
    conn: psycopg.Connection[Any], change: str, literal: str
) -> None:
    conn.execute(change)
    with pytest.raises(StaleModuleError, match="has a member of type"):
        run.fetch_one(conn, read(f"SELECT ROW({literal})::address", Address, format=wire.BINARY))


def test_in_binary_an_integer_that_became_a_bigint_is_read(conn: psycopg.Connection[Any]) -> None:
    conn.execute("ALTER TYPE address ALTER ATTRIBUTE zip TYPE bigint, ALTER ATTRIBUTE street TYPE varchar")
    fetch = read("SELECT ROW('a', 2::bigint ^ 40, NULL)::address", Address, format=wire.BINARY)
    assert run.fetch_one(conn, fetch) == Address("a", 2**40, None)


async def test_a_composite_type_with_other_members_is_refused_async(conn: psycopg.Connection[Any]) -> None:
    conn.execute("ALTER TYPE geo DROP ATTRIBUTE lon")
    async with await psycopg.AsyncConnection.connect(conn.info.dsn, autocommit=True) as aconn:
        with pytest.raises(StaleModuleError, match="type geo has 1 members"):
            await aio.fetch_one(aconn, read("SELECT ROW(1)::geo", Geo))


CHANGED = [
    ("1", 23, "'x'::text"),
    ("'x'::text", 25, "'2020-01-01'::date"),
    ("ARRAY[1]", 1007, "ARRAY[1::bigint]"),
    ("'(1,2)'::geo", Geo, "'(a,)'::text"),
    ("'(1,2)'::geo", Geo, "ROW(1.5::float8, 2::float8)"),
    ("ARRAY['sad']::mood[]", wire.Array(25), "ARRAY[1]"),
    ("'[1,2]'::int4range", 3904, "'[1,2]'::int8range"),
    ("'(1,2)'::point", wire.AsText(600), "'5'::xid8"),
]


@pytest.mark.parametrize(("before", "kind", "after"), CHANGED)
def test_in_binary_a_column_of_another_type_is_refused(
    conn: psycopg.Connection[Any], before: str, kind: Any, after: str
) -> None:
    assert run.fetch_one(conn, read(f"SELECT {before} AS seen", kind, format=wire.BINARY)) is not None
    with pytest.raises(StaleModuleError, match=r"type of column 'seen' has changed|type has changed"):
        run.fetch_one(conn, read(f"SELECT {after} AS seen", kind, format=wire.BINARY))


INTEGERS = [
    ("5::bigint", 23, 5),
    ("5::smallint", 20, 5),
    ("1.5::real", 701, 1.5),
    ("1.5::float8", 700, 1.5),
    ("'{}'::json", 3802, {}),
    ("'x'::name", 25, "x"),
]


@pytest.mark.parametrize(("expression", "kind", "value"), INTEGERS)
def test_in_binary_a_kin_type_is_read_by_its_own_form(
    conn: psycopg.Connection[Any], expression: str, kind: Any, value: Any
) -> None:
    assert run.fetch_one(conn, read(f"SELECT {expression}", kind, format=wire.BINARY)) == value


INFINITE = [
    ("'infinity'::interval", 1186),
    ("ARRAY['1 day', '-infinity']::interval[]", 1187),
    ("ROW('infinity'::interval)::waiting", None),
    ("'infinity'::date", 1082),
    ("'infinity'::timestamptz", 1184),
    ("'[2020-01-01,infinity]'::daterange", 3912),
]


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(("expression", "kind"), INFINITE)
def test_infinity_is_never_read_as_something_else(
    conn: psycopg.Connection[Any], expression: str, kind: Any, format: Any
) -> None:
    if "interval" in expression and conn.info.server_version < 170000:
        pytest.skip("intervals are infinite since 17")
    conn.execute("CREATE TYPE waiting AS (wait interval)")

    class Waiting(Struct):
        wait: dt.timedelta | None
        __wire__ = wire.Members("waiting", 1186)

    with pytest.raises(psycopg.DataError) as caught:
        run.fetch_one(conn, read(f"SELECT {expression}", kind or Waiting, format=format))
    assert caught.value.query == "items.query"  # type: ignore[attr-defined]
    if kind is not None:
        with pytest.raises(psycopg.DataError):
            run.fetch_one(conn, statement(f"SELECT {expression}", row=tuple, format=format))


def test_intervals_are_read_as_before(conn: psycopg.Connection[Any]) -> None:
    for style in ("postgres", "iso_8601", "sql_standard", "postgres_verbose"):
        conn.execute(f"SET IntervalStyle = '{style}'")
        fetch = read("SELECT '2 days 3 seconds'::interval", 1186, format=wire.BINARY)
        assert run.fetch_one(conn, fetch) == dt.timedelta(days=2, seconds=3)
    conn.execute("SET IntervalStyle = 'postgres'")
    assert run.fetch_one(conn, read("SELECT interval '1 month -1 day'", 1186)) == dt.timedelta(29)
    assert run.fetch_one(conn, statement("SELECT interval '1 day', 5", row=lambda *found: found)) == (
        dt.timedelta(1),
        5,
    )


INT4RANGE, INT4MULTIRANGE, TSTZRANGE, JSONB_ARRAY, INT4RANGE_ARRAY = 3904, 4451, 3910, 3807, 3905
NAIVE = dt.datetime(2026, 5, 1, 12)  # noqa: DTZ001 - the naive one is the point


def wrong(*values: Any) -> tuple[Any, ...]:
    """Return *values* that a type checker would refuse."""
    return values


WRONG: list[tuple[Any, Any, str]] = [
    (INT4RANGE, (1, 5), r"takes a Range in which each bound is an int of 4 bytes or None \(int4range\), found a tuple"),
    (INT4RANGE, "[1,5)", "found a str"),
    (INT4RANGE, Range("1", None), "found a Range with a str in it"),
    (INT4RANGE, Range(1, 2**31), "found a Range with an int out of range in it"),
    (INT4RANGE, Multirange(), "found a Multirange"),
    (TSTZRANGE, Range(NAIVE, None), "found a Range with a datetime without zone in it"),
    (INT4MULTIRANGE, Range(1, 5), "takes a Multirange in which .* found a Range"),
    (INT4MULTIRANGE, [Range(1, 5)], "found a list"),
    (INT4MULTIRANGE, Multirange([Range(1, 5), Range(True, None)]), "found a Multirange with a bool in it"),
    (INT4RANGE_ARRAY, [Range(1, 5), 5], r"\(int4range\[\]\), found a list with an int in it"),
    (JSONB_ARRAY, {"a": 1}, r"\(jsonb\[\]\), found a dict"),
    (Address, {"street": "x"}, "parameter 'home' takes an Address, found a dict"),
    (Address, HOME.at, "takes an Address, found a Geo"),
    (Address, Address(*wrong(5, 5, None)), "found an Address whose street is an int"),
    (Address, Address("hunter2", True, None), "found an Address whose zip is a bool"),
    (Address, Address("\0", 1, None), "found an Address whose street is a str with a NUL character"),
    (Address, Address(None, 5, Geo(*wrong("hunter2", 1))), "found an Address whose at is a Geo whose lat is a str"),
    (wire.Array(Address), HOME, "takes a sequence in which each element is an Address or None, found an Address"),
    (wire.Array(Address), [HOME, "x"], "found a list with a str in it"),
    (wire.Array(Address), [[HOME], [HOME, HOME]], "found a list of lists that differ in length"),
    (wire.Array(Address), [[HOME], None], "found a list of lists that differ in length"),
    (wire.HSTORE, "a=>1", "takes a mapping of str to str or None, without NUL characters, found a str"),
    (wire.HSTORE, {"a": 1}, "found a dict with an int in it"),
    (wire.HSTORE, {None: "a"}, "found a dict with a NoneType in it"),
    (wire.HSTORE, {"hunter2\0": "a"}, "found a dict with a str with a NUL character in it"),
    (wire.VECTOR, "[1]", "takes a sequence of float, found a str"),
    (wire.VECTOR, [1, None], "found a list with a NoneType in it"),
    (wire.Range(25), Range("\0", None), "found a Range with a str with a NUL character in it"),
    (wire.AsText(600), 5, "takes a str without NUL characters, found an int"),
    (wire.Domain(23), "5", "takes an int of 4 bytes, found a str"),
]


@pytest.mark.parametrize(("kind", "value", "words"), WRONG)
def test_a_wrong_value_is_refused_before_anything_is_sent(
    conn: psycopg.Connection[Any], kind: Any, value: Any, words: str
) -> None:
    bind = kind if isinstance(kind, int) else 0
    sent = statement("SELECT $1", dump_oids=(kind,), bind_oids=(bind,), params=("home",), load_oids=(25,))
    with psycopg.connect(conn.info.dsn) as other:
        with pytest.raises(ParameterError, match=words) as caught:
            run.fetch_value(other, sent, (value,))
        assert other.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
    assert str(caught.value).startswith("queries/items.sql:7: query 'items.query': parameter 'home' takes ")
    assert "hunter2" not in str(caught.value)


def test_lists_in_a_json_array_are_json(conn: psycopg.Connection[Any]) -> None:
    for oid, name in ((JSONB_ARRAY, "jsonb[]"), (199, "json[]")):
        same = read(f"SELECT $1::{name}", oid, dump_oids=(oid,), bind_oids=(oid,), params=("x",))
        assert run.fetch_one(conn, same, ([[1], {}, "x", None, [[]]],)) == [[1], {}, "x", None, [[]]]
        assert run.fetch_one(conn, same, ((Jsonb([1]), Jsonb(None)),)) == [[1], None]
        with pytest.raises(ParameterError, match="not JSON serializable"):
            run.fetch_one(conn, same, ([object()],))


def test_bounds_and_nesting_of_arrays_are_read_as_lists(conn: psycopg.Connection[Any]) -> None:
    for format in FORMATS:
        bounded = read("SELECT '[2:3]={\"(1,2)\",NULL}'::geo[]", wire.Array(Geo), format=format)
        assert run.fetch_one(conn, bounded) == [Geo(1, 2), None]
        nested = read("SELECT '[0:1][2:2]={{\"(1,)\"},{NULL}}'::geo[]", wire.Array(Geo), format=format)
        assert run.fetch_one(conn, nested) == [[Geo(1, None)], [None]]
        assert run.fetch_one(conn, read("SELECT '{}'::geo[]", wire.Array(Geo), format=format)) == []


def test_a_custom_type_tells_its_function_not_its_value(conn: psycopg.Connection[Any]) -> None:
    def broken(value: Any) -> Any:
        raise ValueError("hunter2")

    def wrong(value: Any) -> Any:
        return 5

    with pytest.raises(psycopg.DataError, match="broken raised ValueError") as caught:
        run.fetch_one(conn, read("SELECT 'x'", wire.Custom(str, broken, str, 25)))
    assert "hunter2" not in str(caught.value)
    assert caught.value.query == "items.query"  # type: ignore[attr-defined]
    for function, words in ((broken, "broken raised ValueError"), (wrong, "wrong returned an int, expected a str")):
        sent = both("SELECT $1::{}", wire.Custom(str, str, function), "mood")
        with pytest.raises(ParameterError, match=words) as refused:
            run.fetch_one(conn, sent, ("ok",))
        assert "hunter2" not in str(refused.value)
    with pytest.raises(ParameterError, match="takes a str, found an int"):
        run.fetch_one(conn, both("SELECT $1::{}", wire.Custom(str, str, str), "mood"), (5,))


def test_adapters_of_the_application_are_used_inside_of_codecs(conn: psycopg.Connection[Any]) -> None:
    fetch = read("SELECT '(a,5,)'::address, interval '1 day'", Address, 1186)

    class Loud(Loader):
        def load(self, data: Any) -> str:
            return bytes(data).decode().upper()

    class Hours(Loader):
        def load(self, data: Any) -> str:
            return "24 h"

    class Quiet(Dumper):
        oid = 25

        def dump(self, obj: Any) -> bytes:
            return str(obj).lower().encode()

    assert run.fetch_one(conn, fetch) == (Address("a", 5, None), dt.timedelta(1))
    conn.adapters.register_loader("text", Loud)
    assert run.fetch_one(conn, fetch) == (Address("A", 5, None), dt.timedelta(1))
    conn.adapters.register_loader("interval", Hours)
    assert run.fetch_one(conn, fetch) == (Address("A", 5, None), "24 h")
    conn.adapters.register_dumper(None, Quiet)
    assert run.fetch_one(conn, both("SELECT $1::{}", Address, "address"), (Address("X", 1, None),)).street == "X"
    assert conn.execute("SELECT ($1::address).street".replace("$1", "%s"), ["(Y,,)"]).fetchone() == ("Y",)


def adapters_of(conn: psycopg.Connection[Any]) -> list[Any]:
    loaders: list[Any] = [*conn.adapters._loaders]
    return [found.copy() for found in (*loaders, *conn.adapters._dumpers_by_oid)]


def test_codecs_change_nothing_on_the_connection(conn: psycopg.Connection[Any]) -> None:
    before = adapters_of(conn)
    run.fetch_one(conn, both("SELECT $1::{}", Address, "address"), (HOME,))
    assert adapters_of(conn) == before
    assert conn.execute("SELECT '(a,5,)'::address").fetchone() == ("(a,5,)",)


def test_codecs_are_prepared_once_and_work_in_pipelines_threads_and_batches(conn: psycopg.Connection[Any]) -> None:
    same = both("SELECT $1::{}", Address, "address", format=wire.BINARY)
    for _ in range(8):
        assert run.fetch_one(conn, same, (HOME,)) == HOME
    assert conn.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (1,)
    with conn.pipeline():
        assert [run.fetch_one(conn, same, (HOME,)) for _ in range(3)] == [HOME] * 3
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda _: run.fetch_one(conn, same, (HOME,)), range(200))) == [HOME] * 200
    conn.execute("CREATE TABLE homes (home address)")
    add = statement("INSERT INTO homes VALUES ($1)", dump_oids=(Address,), bind_oids=(0,), params=("home",))
    assert run.execute_many(conn, add, [{"home": HOME}, {"home": None}]) == 2
    assert conn.execute("SELECT count(*) FROM homes WHERE home IS NULL").fetchone() == (1,)


def test_a_wide_result_is_read_in_chunks(conn: psycopg.Connection[Any]) -> None:
    fetch = read("SELECT ROW(g, NULL)::geo FROM generate_series(1, 1501) AS g", Geo, format=wire.BINARY)
    assert run.fetch_all(conn, fetch) == [Geo(float(n), None) for n in range(1, 1502)]


def test_codecs_of_the_same_parts_are_one() -> None:
    assert wire.Array(Address) == wire.Array(Address) != wire.Array(Geo)
    assert len({wire.Range(701), wire.Range(701), wire.Range(700)}) == 2
    assert repr(wire.Range(701)) == "Range(Builtin(701), 16384)"
