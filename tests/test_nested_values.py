"""Every type inside of JSON, arrays and rows: read as it is read alone, in both formats and both kinds of classes."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
import pytest

from plainsql import UnexpectedTypeError
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import Generated, generated
from tests.fixtures.type_values import CASES, EXTENSIONS, SCHEMA, Case

TEXT_IN_JSON = {
    *("bytea", '"char"', "oid", "tid", "xid", "cid", "cidr", "inet", "interval", "timetz"),
    *("money", "xid8", "span", "span_of_time", "vector"),
}
"""Types whose Python value JSON doesn't have: the text of psql. So are ranges; what is text in Python is so here."""

VECTORS = {"int2vector", "oidvector"}
"""Lists in JSON; array_agg of them is no array of them."""

FLOATS = {"real", "double precision"}


@pytest.fixture(scope="module")
def database(server: str) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            for extension in EXTENSIONS:
                if conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = %s", [extension]).fetchone():
                    conn.execute(f"CREATE EXTENSION {extension}")
            conn.execute(SCHEMA)
            conn.execute(f"ALTER DATABASE {conn.info.dbname} SET TimeZone = 'UTC'")
        yield conninfo


@pytest.fixture(scope="module")
def conn(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


def cases(conn: psycopg.Connection[Any]) -> list[Case]:
    extensions = {name for (name,) in conn.execute("SELECT extname FROM pg_extension")}
    return [case for case in CASES if case.extension is None or case.extension in extensions]


def queries(number: int, name: str) -> str:
    """One value in each thing that may hold it."""
    elements = "ARRAY[t.v]" if name in VECTORS else "(SELECT array_agg(s.v) FROM s)"
    return f"""
-- name: in_json_{number}(x)^
-- @rows 1
WITH s AS (SELECT :x::{name} AS v)
SELECT
    t.v AS alone,
    t.v::text AS as_text,
    jsonb_build_object('v', t.v, 'none', NULL::text) AS object,
    json_build_object('v', t.v) AS json_object,
    to_jsonb(t) AS whole_row,
    (SELECT jsonb_agg(s.v) FROM s) AS collected,
    (SELECT json_agg(s) FROM s) AS rows_collected,
    to_json(ARRAY[t.v, NULL::{name}]) AS list,
    jsonb_build_array(t.v, 1) AS pair,
    (SELECT jsonb_object_agg('key', s.v) FROM s) AS by_key
FROM s AS t;

-- name: in_rows_{number}(x)^
-- @rows 1
WITH s AS (SELECT :x::{name} AS v)
SELECT
    t.v AS alone,
    ROW(t.v, 1) AS pair,
    ARRAY[ROW(t.v, 'a'::text), ROW(NULL::{name}, 'b'::text)] AS pairs,
    (SELECT array_agg(s) FROM s) AS collected,
    ARRAY[t.v, NULL::{name}] AS list,
    ROW(ARRAY[t.v], ROW(t.v, 2)) AS deep
FROM s AS t;

-- name: elements_{number}(x)$
WITH s AS (SELECT :x::{name} AS v)
SELECT {elements} FROM s AS t;
"""


@pytest.fixture(
    scope="module",
    params=[("text", "struct"), ("binary", "struct"), ("best", "dataclass")],
    ids=["text", "binary", "dataclass"],
)
def made(
    request: pytest.FixtureRequest, conn: psycopg.Connection[Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Generated]:
    format, rows = request.param
    text = "".join(queries(CASES.index(case), case.name) for case in cases(conn))
    with generated(conn, tmp_path_factory.mktemp("nested"), text, format=format, rows=rows) as made:
        yield made


def call(made: Generated, conn: psycopg.Connection[Any], name: str, case: Case, value: Any) -> Any:
    if case not in cases(conn):
        pytest.skip(f"a server without {case.extension}")
    try:
        return getattr(made.sync, f"{name}_{CASES.index(case)}")(conn, x=value)
    except psycopg.errors.FeatureNotSupported:
        pytest.skip("a server built without it")


def plain(value: Any) -> Any:
    """Return the class of a row or composite value as a tuple, to compare it with another class."""
    if hasattr(value, "__struct_fields__") or dataclasses.is_dataclass(value):
        names = getattr(value, "__struct_fields__", None)
        names = value.__match_args__ if names is None else names
        return tuple(plain(getattr(value, name)) for name in names)
    return [plain(item) for item in value] if isinstance(value, list) else value


def in_json(case: Case, value: Any, as_text: str) -> Any:
    """Return what *value* is in JSON, as Python reads it."""
    if case.name in VECTORS:
        return value
    is_text = case.name in TEXT_IN_JSON or "ange" in case.annotation
    return as_text if is_text else value


@pytest.mark.parametrize("case", CASES, ids=str)
def test_rows_and_arrays_hold_what_the_value_is_alone(
    case: Case, made: Generated, conn: psycopg.Connection[Any]
) -> None:
    for value in [*case.values(made.types), None]:
        row = call(made, conn, "in_rows", case, value)
        alone = repr(row.alone)
        assert [repr(found) for found in (row.pair.f1, row.pairs[0].f1, row.collected[0].v, row.list[0])] == [alone] * 4
        assert (row.alone, row.pair.f2, row.pairs[1].f1, row.pairs[0].f2) == (value, 1, None, "a")
        assert row.list == [value, None]
        assert row.deep.f1 == [value]
        assert (repr(row.deep.f2.f1), row.deep.f2.f2) == (alone, 2)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_elements_are_what_the_values_are(case: Case, made: Generated, conn: psycopg.Connection[Any]) -> None:
    for value in case.values(made.types):
        if value == [] and case.name == "tags":
            continue  # the server accumulates no empty arrays
        assert call(made, conn, "elements", case, value) == [value]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_json_holds_the_value_or_its_text(case: Case, made: Generated, conn: psycopg.Connection[Any]) -> None:
    if case.name == "whole":
        pytest.skip("its members are tested one by one, and its arrays of two dimensions below")
    for value in case.values(made.types):
        if case.name in FLOATS and value in (float("inf"), float("-inf")):
            continue  # text in JSON, which is no float: tested with the faults
        if case.name == "tags" and value and isinstance(value[0], list):
            continue
        row = call(made, conn, "in_json", case, value)
        found = [
            *(row.object.v, row.json_object.v, row.whole_row.v, row.collected[0], row.rows_collected[0].v),
            *(row.list[0], row.pair[0], row.by_key["key"]),
        ]
        assert row.object.none is None
        assert (row.list[1], row.pair[1]) == (None, 1)
        if case.name in VECTORS:
            assert all([int(number) for number in one] == [int(number) for number in value.split()] for one in found)
            continue
        expected = in_json(case, row.alone, row.as_text)
        if case.annotation.startswith("IPv"):  # the text of inet has a mask, but not when it is all of it
            expected = str(row.alone)
        assert [plain(one) for one in found] == [plain(expected)] * len(found)
        if isinstance(expected, Decimal | float | bool | int) and expected != 0:  # jsonb has no -0.0
            assert {repr(one) for one in found} == {repr(expected)}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_null_is_none_everywhere(case: Case, made: Generated, conn: psycopg.Connection[Any]) -> None:
    row = call(made, conn, "in_json", case, None)
    assert (row.object.v, row.json_object.v, row.whole_row.v) == (None, None, None)
    assert (row.collected, row.rows_collected[0].v, row.list, row.pair) == ([None], None, [None, None], (None, 1))
    assert row.by_key == {"key": None}


async def test_the_twin_reads_the_same(made: Generated, conn: psycopg.Connection[Any], database: str) -> None:
    async with await psycopg.AsyncConnection.connect(database, autocommit=True) as aconn:
        for case in cases(conn):
            if case.name == "xml":
                continue
            value = case.values(made.types)[0]
            for name in (f"in_rows_{CASES.index(case)}", f"in_json_{CASES.index(case)}"):
                try:
                    expected = getattr(made.sync, name)(conn, x=value)
                except UnexpectedTypeError:
                    continue
                assert await getattr(made.aio, name)(aconn, x=value) == expected


def test_classes_are_of_the_kind_that_rows_are(made: Generated, conn: psycopg.Connection[Any]) -> None:
    number = next(CASES.index(case) for case in CASES if case.name == "bigint")
    row = getattr(made.sync, f"in_rows_{number}")(conn, x=1)
    document = getattr(made.sync, f"in_json_{number}")(conn, x=1)
    is_dataclass = dataclasses.is_dataclass(row)
    for found in (row.pair, row.collected[0], row.deep.f2, document.object, document.whole_row):
        assert dataclasses.is_dataclass(found) == is_dataclass
        assert isinstance(found, msgspec.Struct) != is_dataclass
        assert hash(found) is not None
        with pytest.raises(AttributeError):
            setattr(found, "f1" if hasattr(found, "f1") else "v", 2)
