"""Every type goes to the server and comes back as the Python type that its annotation promises."""

from __future__ import annotations

import ast
import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from ipaddress import IPv4Interface, ip_address, ip_interface, ip_network
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from plainsql.describe.types import TypeCatalog
from plainsql.execute import Statement, fetch_value
from plainsql.nullability.expressions import type_of
from plainsql.nullability.node import Node
from plainsql.typemap import PgType, PyType, python_type
from plainsql.typemap.python import alias_name
from tests.fixtures.databases import temporary_database

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'so "so"', 'it''s', 'é, {}');
CREATE DOMAIN posint AS integer CHECK (value > 0);
CREATE DOMAIN small AS posint;
CREATE DOMAIN email AS text NOT NULL;
CREATE DOMAIN happy AS mood;
CREATE DOMAIN tags AS text[];
CREATE TYPE pair AS (a integer, b text);
CREATE EXTENSION citext;
CREATE EXTENSION hstore;
"""
UTC = dt.UTC


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def pg_type(conn: psycopg.Connection[Any], name: str) -> PgType:
    row = conn.execute("SELECT %s::regtype::oid", [name]).fetchone()
    assert row is not None
    return TypeCatalog(conn)[row[0]]


def trip(conn: psycopg.Connection[Any], name: str, value: object) -> Any:
    """Send *value* as that type and read it back, with the OIDs that generated code carries."""
    py = python_type(pg_type(conn, name))
    statement: Statement[Any] = Statement(
        name="t.trip",
        file="t.sql",
        line=1,
        sql=f"SELECT $1::{name}",  # type: ignore[arg-type]  # a test's own list of types
        params=("x",),
        dump_oids=(py.dump_oid,),
        bind_oids=(py.bind_oid,),
        load_oids=(py.load_oid,),
    )
    return fetch_value(conn, statement, (value,))


def has_libxml(conn: psycopg.Connection[Any]) -> bool:
    try:
        conn.execute("SELECT '<a/>'::xml")
    except psycopg.errors.FeatureNotSupported:
        return False
    return True


DAY = dt.date(2024, 2, 29)
MOMENT = dt.datetime(2024, 2, 29, 12, 30, 1, 250)  # noqa: DTZ001  # what a timestamp without zone is
CASES: list[tuple[str, str, list[object]]] = [
    ("boolean", "bool", [True, False]),
    ("smallint", "int", [-32768, 32767]),
    ("integer", "int", [0, 2**31 - 1]),
    ("bigint", "int", [1, -(2**63)]),
    ("oid", "int", [0, 2**32 - 1]),
    ("real", "float", [1.5, float("inf")]),
    ("double precision", "float", [0.1, -1e300]),
    ("numeric", "Decimal", [Decimal("1.10"), Decimal("-12345678901234567890.5"), Decimal(0)]),
    ("text", "str", ["", 'it\'s \\ "é" {} %', "NULL"]),
    ("varchar", "str", ["x"]),
    ("bpchar", "str", ["x"]),
    ("name", "str", ["x"]),
    ('"char"', "str", ["x"]),
    ("bytea", "bytes", [b"", b"\0\\'\xff"]),
    ("date", "dt.date", [DAY]),
    ("time", "dt.time", [dt.time(23, 59, 59, 1)]),
    ("timetz", "dt.time", [dt.time(1, tzinfo=dt.timezone(dt.timedelta(hours=2)))]),
    ("timestamp", "dt.datetime", [MOMENT]),
    ("timestamptz", "dt.datetime", [MOMENT.replace(tzinfo=UTC)]),
    ("interval", "dt.timedelta", [dt.timedelta(days=-2, seconds=3, microseconds=4), dt.timedelta(0)]),
    ("uuid", "UUID", [UUID(int=2**127 + 5)]),
    ("jsonb", "Any", [{"a": [1, None, "é"]}, [], "text", 1, False]),
    ("json", "Any", [{"a": 1.5}]),
    (
        "inet",
        "IPv4Address | IPv6Address | IPv4Interface | IPv6Interface",
        [ip_address("10.0.0.1"), ip_interface("10.0.0.1/8"), ip_address("::1"), ip_interface("fe80::1/64")],
    ),
    ("cidr", "IPv4Network | IPv6Network", [ip_network("10.0.0.0/8"), ip_network("fe80::/64")]),
    ("macaddr", "str", ["08:00:2b:01:02:03"]),
    ("macaddr8", "str", ["08:00:2b:01:02:03:04:05"]),
    ("xml", "str", ["<a>b</a>"]),
    ("bit varying", "str", ["0101"]),
    ("money", "str", ["$1.50"]),
    ("tsvector", "str", ["'a':1 'b':2"]),
    ("tsquery", "str", ["'a' & 'b'"]),
    ("point", "str", ["(1,2)"]),
    ("box", "str", ["(1,1),(0,0)"]),
    ("jsonpath", "str", ['$."a"']),
    ("pg_lsn", "str", ["0/16B3748"]),
    ("xid8", "str", ["7"]),
    ("regclass", "str", ["pg_type"]),
    ("mood", "Mood", ["sad", 'so "so"', "it's", "é, {}"]),
    ("posint", "int", [5]),
    ("small", "int", [5]),
    ("email", "str", ["a@b"]),
    ("happy", "Mood", ["sad"]),
    ("citext", "str", ["Mixed"]),
    ("tags", "list[str | None]", [["a", None], []]),
    ("integer[]", "list[int | None]", [[1, None, -3], [], [[1, 2], [3, 4]]]),
    ("bigint[]", "list[int | None]", [[2**40]]),
    ("text[]", "list[str | None]", [["", "NULL", None, 'a"b,{}\\'], []]),
    ("varchar[]", "list[str | None]", [["x"]]),
    ("bpchar[]", "list[str | None]", [["x"]]),
    ('"char"[]', "list[str | None]", [["x", None]]),
    ("boolean[]", "list[bool | None]", [[True, None]]),
    ("numeric[]", "list[Decimal | None]", [[Decimal("1.5"), None]]),
    ("double precision[]", "list[float | None]", [[1.5]]),
    ("bytea[]", "list[bytes | None]", [[b"\0", b"", None]]),
    ("date[]", "list[dt.date | None]", [[DAY, None]]),
    ("timestamptz[]", "list[dt.datetime | None]", [[MOMENT.replace(tzinfo=UTC), None]]),
    ("interval[]", "list[dt.timedelta | None]", [[dt.timedelta(1)]]),
    ("uuid[]", "list[UUID | None]", [[UUID(int=1), None]]),
    ("jsonb[]", "list[Any]", [[{"a": 1}, None, "x"]]),
    ("inet[]", "list[IPv4Address | IPv6Address | IPv4Interface | IPv6Interface | None]", [[ip_address("::1")]]),
    ("cidr[]", "list[IPv4Network | IPv6Network | None]", [[ip_network("10.0.0.0/8"), None]]),
    ("xml[]", "list[str | None]", [["<a/>", None]]),
    ("point[]", "list[str | None]", [["(1,2)", "(3,4)"]]),
    ("mood[]", "list[Mood | None]", [["sad", None, "é, {}", 'so "so"', "it's"], []]),
    ("posint[]", "list[int | None]", [[1, None], []]),
    ("happy[]", "list[Mood | None]", [["sad", None]]),
    ("citext[]", "list[str | None]", [["Mixed"]]),
]


@pytest.mark.parametrize(("name", "result", "values"), CASES, ids=[case[0] for case in CASES])
def test_type_makes_the_round_trip(conn: psycopg.Connection[Any], name: str, result: str, values: list[object]) -> None:
    if name.startswith("xml") and not has_libxml(conn):
        pytest.skip("a server built without libxml")
    py = python_type(pg_type(conn, name))
    assert (py.result, py.known) == (result, True)
    for value in values:
        found = trip(conn, name, value)
        assert found == value
        assert type(found) is type(value)
    if name != "email":
        assert trip(conn, name, None) is None


@pytest.mark.parametrize("name", [case[0] for case in CASES])
def test_only_built_in_oids_travel(conn: psycopg.Connection[Any], name: str) -> None:
    type = pg_type(conn, name)
    py = python_type(type)
    assert py.dump_oid < 10_000
    assert py.load_oid < 10_000
    assert py.bind_oid == (type.oid if type.oid < 10_000 else 0)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("int4range", "[1,5)"),
        ("tstzrange", "empty"),
        ("int4multirange", "{[1,5)}"),
        ("pair", '(1,"a b")'),
        ("hstore", '"a"=>"1"'),
    ],
)
def test_unknown_types_are_text_and_say_so(conn: psycopg.Connection[Any], name: str, text: str) -> None:
    py = python_type(pg_type(conn, name))
    assert (py.parameter, py.result, py.known) == ("str", "str", False)
    assert trip(conn, name, text) == text
    array = python_type(pg_type(conn, f"{name}[]"))
    assert (array.result, array.known) == ("list[str | None]", False)
    assert trip(conn, f"{name}[]", [text, None]) == [text, None]


def test_box_arrays_are_text_because_of_their_separator(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "box[]"))
    assert (py.result, py.known) == ("str", False)
    assert trip(conn, "box[]", "{(1,1),(0,0);(2,2),(1,1)}") == "{(1,1),(0,0);(2,2),(1,1)}"


def test_enum_is_a_literal_alias(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "mood"))
    assert py.aliases == (("Mood", 'Literal["sad", "so \\"so\\"", "it\'s", "é, {}"]'),)
    assert ast.literal_eval(py.aliases[0][1].removeprefix("Literal")) == ["sad", 'so "so"', "it's", "é, {}"]
    assert python_type(pg_type(conn, "mood[]")).aliases == py.aliases


@pytest.mark.parametrize(
    ("typname", "alias"),
    [
        ("order_status", "OrderStatus"),
        ('other."order status"', "OtherOrderStatus"),
        ("OrderStatus", "OrderStatus"),
        ("literal", "LiteralEnum"),
        ("none", "NoneEnum"),
        ("2fa kind", "Enum2faKind"),
        ("--", "Enum"),
    ],
)
def test_alias_names_are_python_names_of_their_own(typname: str, alias: str) -> None:
    assert alias_name(typname) == alias
    assert alias.isidentifier()


def test_json_null_is_not_sql_null(conn: psycopg.Connection[Any]) -> None:
    assert conn.execute("SELECT $1::jsonb IS NULL".replace("$1", "%s"), [None]).fetchone() == (True,)
    assert trip(conn, "jsonb[]", [None]) == [None]


def test_values_that_python_lacks_raise(conn: psycopg.Connection[Any]) -> None:
    for name, text in (("date", "infinity"), ("timestamptz", "infinity"), ("date", "4713-01-01 BC"), ("time", "24:00")):
        py = python_type(pg_type(conn, name))
        read: Statement[Any] = Statement(
            name="t.read",
            file="t.sql",
            line=1,
            sql=f"SELECT '{text}'::{name}",
            load_oids=(py.load_oid,),  # type: ignore[arg-type]
        )
        with pytest.raises(psycopg.DataError):
            fetch_value(conn, read)


def test_json_lists_inside_arrays_are_wrapped(conn: psycopg.Connection[Any]) -> None:
    assert trip(conn, "jsonb[]", [Jsonb([1]), Jsonb(None), {}]) == [[1], None, {}]


def test_arrays_take_tuples(conn: psycopg.Connection[Any]) -> None:
    assert trip(conn, "mood[]", ("sad", None)) == ["sad", None]


def test_type_of_an_unknown_expression_is_nothing() -> None:
    assert type_of(Node("NOSUCHEXPR")) == 0
    assert type_of(None) == 0


def test_a_type_that_is_gone_is_text() -> None:
    assert python_type(PgType(99_999, "99999", "99999", "pseudo")) == PyType(
        "str", "str", (), (), 25, 0, 25, known=False
    )


def test_interface_is_not_taken_for_an_address(conn: psycopg.Connection[Any]) -> None:
    assert isinstance(trip(conn, "inet", ip_interface("10.0.0.1/8")), IPv4Interface)
