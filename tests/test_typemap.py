"""What a type is in Python and what it travels as; tests/test_types_round_trip.py sends and reads values."""

from __future__ import annotations

import ast
import unicodedata
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.custom_types import CustomType, Reference
from plainsql.describe.types import TypeCatalog
from plainsql.execute.wire.plain import PLAIN
from plainsql.typemap import Made, Name, PgType, PyType, names_in, prefer_binary, python_type, spelled
from plainsql.typemap.builtin import AS_TEXT, BINARY_IS_TEXT, TEXT_ONLY, TYPED
from plainsql.typemap.names import alias_name, field_names
from tests.fixtures.databases import temporary_database
from tests.fixtures.type_values import CASES, SCHEMA


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def pg_type(conn: psycopg.Connection[Any], name: str, custom: CustomType | None = None) -> PgType:
    row = conn.execute("SELECT %s::regtype::oid", [name]).fetchone()
    assert row is not None
    return TypeCatalog(conn, {row[0]: custom} if custom else None)[row[0]]


NAMES = [case.name for case in CASES if case.extension is None and "(" not in case.name]


@pytest.mark.parametrize("name", [*NAMES, *(f"{name}[]" for name in NAMES)])
def test_no_oid_of_one_database_travels(conn: psycopg.Connection[Any], name: str) -> None:
    type = pg_type(conn, name)
    py = python_type(type)
    assert py.bind_oid == (type.oid if type.oid < 10_000 else 0)
    for wire in (py.dump_oid, py.load_oid, py.wire, *(part for found in py.classes for part in found.wires)):
        numbers = [node.value for node in ast.walk(ast.parse(spelled(wire))) if isinstance(node, ast.Constant)]
        assert all(number < 10_000 for number in numbers if isinstance(number, int))


@pytest.mark.parametrize("oid", sorted(AS_TEXT - BINARY_IS_TEXT - TEXT_ONLY))
def test_the_runtime_reads_the_binary_form_that_the_typemap_promises(oid: int) -> None:
    assert oid in PLAIN


def test_the_runtime_reads_no_binary_form_that_nobody_asks_for() -> None:
    assert set(PLAIN) == AS_TEXT - BINARY_IS_TEXT - TEXT_ONLY
    assert not AS_TEXT & set(TYPED)


def test_an_enum_is_a_literal_alias(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "mood"))
    ((name, value),) = py.aliases
    assert name == "Mood"
    labels = ["sad", 'so "so"', "it's", "é, {}", "NULL", "", "back\\slash", " padded ", "(a,b)"]
    assert ast.literal_eval(value.removeprefix("Literal")) == labels
    assert python_type(pg_type(conn, "mood[]")).aliases == py.aliases


@pytest.mark.parametrize(
    ("name", "parameter", "result", "aliases"),
    [
        ("small", "Small", "Small", (("Posint", "int"), ("Small", "Posint"))),
        ("small[]", "Sequence[Small | None]", "list[Small | None]", (("Posint", "int"), ("Small", "Posint"))),
        ("tags", "Sequence[str | None]", "Tags", (("Tags", "list[str | None]"),)),
        ("documents", "Sequence[object | None]", "Documents", (("Documents", "list[Any]"),)),
        ("far_home", "FarHome", "FarHome", (("Home", "Pair"), ("FarHome", "Home"))),
        ("information_schema.sql_identifier", "str", "str", ()),
    ],
)
def test_a_domain_keeps_its_name(
    conn: psycopg.Connection[Any], name: str, parameter: str, result: str, aliases: tuple[tuple[str, str], ...]
) -> None:
    py = python_type(pg_type(conn, name))
    assert (py.parameter, py.result, py.aliases) == (parameter, result, aliases)


def test_a_composite_type_tells_its_members(conn: psycopg.Connection[Any]) -> None:
    (pair, things) = python_type(pg_type(conn, "things")).classes
    assert (pair.name, pair.fields, pair.wires) == ("Pair", (("a", "int"), ("b", "str")), (23, 25))
    assert things.fields == (("id", "int"), ("name", "str"), ("feeling", "Mood"), ("home", "Home"))
    assert things.wires == (20, 25, 25, Made("Domain", (Name("Pair"),)))
    assert things.classes == (pair,)


def test_a_row_of_the_catalog_keeps_its_oid(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "pg_class"))
    assert (py.classes[-1].name, py.classes[-1].oid, py.bind_oid) == ("PgClass", 83, 83)
    assert not python_type(pg_type(conn, "pg_statistic")).known  # anyarray


def test_a_result_comes_in_binary_where_only_that_tells_the_types_of_members(conn: psycopg.Connection[Any]) -> None:
    pair, number, money = (python_type(pg_type(conn, name)) for name in ("pair", "integer", "money"))
    assert prefer_binary([pair, number])
    assert prefer_binary([python_type(pg_type(conn, "pair[]"))])
    assert not prefer_binary([number])
    assert not prefer_binary([pair, money])


MONEY = CustomType("money", Reference("a.b", "Money"), Reference("a.b", "Money.parse"), Reference("a.c", "show"))


def test_a_type_of_the_project_goes_before_what_is_known(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "money", MONEY))
    assert (py.result, py.bind_oid, py.binary) == ("Money", 790, False)
    assert spelled(py.load_oid) == "wire.Custom(Money, Money.parse, show, 790)"
    assert py.imports == ("from a.b import Money", "from a.b import Money", "from a.c import show")


def test_a_domain_of_the_project_needs_no_alias(conn: psycopg.Connection[Any]) -> None:
    py = python_type(pg_type(conn, "email", CustomType("email", Reference("a", "Email"))))
    assert (py.result, py.aliases, py.load_oid, py.imports) == ("Email", (), 25, ("from a import Email",))


def test_arrays_and_domains_of_a_type_of_the_project_are_made_of_it(conn: psycopg.Connection[Any]) -> None:
    numeric = CustomType("numeric", Reference("", "float"), Reference("", "float"), Reference("", "repr"))
    conn.execute("CREATE DOMAIN price AS numeric")
    oid = conn.execute("SELECT 'numeric'::regtype::oid").fetchone()
    assert oid is not None
    types = TypeCatalog(conn, {oid[0]: numeric})
    for name, result in (("numeric[]", "list[float | None]"), ("price", "Price"), ("numrange", "Range[float]")):
        row = conn.execute("SELECT %s::regtype::oid", [name]).fetchone()
        assert row is not None
        py = python_type(types[row[0]])
        assert py.result == result
        assert "wire.Custom(float, float, repr, 1700)" in spelled(py.load_oid)


@pytest.mark.parametrize(
    ("typname", "what", "alias"),
    [
        ("order_status", "Enum", "OrderStatus"),
        ('other."order status"', "Enum", "OtherOrderStatus"),
        ("OrderStatus", "Enum", "OrderStatus"),
        ("literal", "Enum", "LiteralEnum"),
        ("none", "Enum", "NoneEnum"),
        ("range", "Domain", "RangeDomain"),
        ("struct", "Row", "StructRow"),
        ("2fa kind", "Enum", "Enum2faKind"),
        ("--", "Enum", "Enum"),
    ],
)
def test_alias_names_are_python_names_of_their_own(typname: str, what: str, alias: str) -> None:
    assert alias_name(typname, what) == alias
    assert alias.isidentifier()


@pytest.mark.parametrize(
    ("members", "fields"),
    [
        (["street", "zip"], ["street", "zip"]),
        (["odd name", "odd_name", "odd-name"], ["odd_name_2", "odd_name", "odd_name_3"]),
        (["class", "None", "_hidden", "__mangled"], ["class_", "None_", "hidden", "mangled"]),
        (["2nd", "%", ""], ["member_2nd", "member", "member_2"]),
    ],
)
def test_members_get_python_names(members: list[str], fields: list[str]) -> None:
    assert field_names(members) == fields


@given(st.lists(st.text(min_size=1), max_size=8))
def test_any_members_get_python_names_of_their_own(members: list[str]) -> None:
    fields = field_names(members)
    assert len({unicodedata.normalize("NFKC", field) for field in fields}) == len(members)
    ast.parse("\n".join(["class A:", *(f"    {field}: int" for field in fields), "    pass"]))


def test_names_in_a_codec_are_those_that_its_module_needs() -> None:
    codec = Made("Array", (Made("Custom", (Name("Money"), Name("Money.parse"), Name("show"))),), ";")
    assert spelled(codec) == 'wire.Array(wire.Custom(Money, Money.parse, show), delimiter=";")'
    assert names_in(codec) == {"wire", "Money", "show"}
    assert spelled(Made("HSTORE")) == "wire.HSTORE"


def test_a_type_that_is_gone_is_text() -> None:
    assert python_type(PgType(99_999, "99999", "99999", "pseudo")) == PyType(
        "str", "str", (), (), 25, 0, 25, known=False, codec=Made("AsText", (0,)), binary=False
    )
