"""Any string, number and word survives the quoting of arrays, composite types, ranges and hstore, in both formats."""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from psycopg.types.multirange import Multirange
from psycopg.types.range import Range

from plainsql.execute import Statement, fetch_one, wire
from plainsql.execute.wire.digits import nearest_double
from plainsql.execute.wire.plain import PLAIN, number
from tests.fixtures.databases import temporary_database

SCHEMA = """
CREATE TYPE pair AS (a text, b text);
CREATE TYPE nest AS (pairs pair[], one pair, words text[], span textrange);
"""

quick = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
words = st.one_of(
    st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12),
    st.text("\"\\,{}()[]; \n\t'N", max_size=8),
    st.sampled_from(["", "NULL", "null", '""', "\\", "=>", "é", "\u2028", "\U0001f40d", "\x85", "\xa0"]),
)
formats = st.sampled_from([wire.TEXT, wire.BINARY])


class Pair(Struct, frozen=True, gc=False):
    """Two strings."""

    a: str | None
    b: str | None

    __wire__ = wire.Members("pair", 25, 25)


class Nest(Struct, frozen=True, gc=False):
    """Strings in all that quotes."""

    pairs: list[Pair | None] | None
    one: Pair | None
    words: list[str | None] | None
    span: Range[str] | None

    __wire__ = wire.Members("nest", wire.Array(Pair), Pair, 1009, wire.Range(25))


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute('CREATE TYPE textrange AS RANGE (subtype = text, collation = "C")')
        conn.execute(SCHEMA)
        if conn.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'hstore'").fetchone():
            conn.execute("CREATE EXTENSION hstore")
        yield conn


def trip(conn: psycopg.Connection[Any], pg_type: str, kind: Any, format: Any, value: Any) -> Any:
    """Return the value as it comes back, and whether the server sees the text *value* has in SQL."""
    statement: Statement[Any] = Statement(
        name="t.trip",
        file="t.sql",
        line=1,
        sql=f"SELECT $1::{pg_type}",
        params=("x",),
        dump_oids=(kind,),
        bind_oids=(0,),
        row=lambda value: (value,),
        load_oids=(kind,),
        format=format,
        send=format,
    )
    return fetch_one(conn, statement, (value,))[0]


@quick
@given(st.builds(Pair, st.none() | words, st.none() | words), formats)
def test_any_string_survives_in_a_composite_type(conn: psycopg.Connection[Any], value: Pair, format: Any) -> None:
    assert trip(conn, "pair", Pair, format, value) == value


@quick
@given(st.lists(st.none() | st.builds(Pair, st.none() | words, words), max_size=4), formats)
def test_any_string_survives_in_an_array_of_composite_types(
    conn: psycopg.Connection[Any], value: list[Pair | None], format: Any
) -> None:
    assert trip(conn, "pair[]", wire.Array(Pair), format, value) == value


@quick
@given(words, words, st.sampled_from(["[]", "[)", "(]", "()"]), formats)
def test_any_string_survives_in_a_range(
    conn: psycopg.Connection[Any], one: str, two: str, bounds: str, format: Any
) -> None:
    low, high = sorted((one, two), key=str.encode)
    value = Range(low, high, bounds) if low != high or bounds == "[]" else Range(empty=True)
    assert trip(conn, "textrange", wire.Range(25), format, value) == value
    several = Multirange([] if value.isempty else [value])
    assert trip(conn, "textmultirange", wire.Multirange(25), format, several) == several
    array = [value, None, Range(low, None)]
    assert trip(conn, "textrange[]", wire.Array(wire.Range(25)), format, array) == array


@quick
@given(
    st.builds(
        Nest,
        st.none() | st.lists(st.none() | st.builds(Pair, words, st.none()), max_size=2),
        st.none() | st.builds(Pair, words, words),
        st.none() | st.lists(st.none() | words, max_size=3),
        st.none() | st.builds(lambda low: Range(low, None), words),
    ),
    formats,
)
def test_any_string_survives_all_of_them_inside_of_each_other(
    conn: psycopg.Connection[Any], value: Nest, format: Any
) -> None:
    assert trip(conn, "nest", Nest, format, value) == value
    assert trip(conn, "nest[]", wire.Array(Nest), format, [value, None]) == [value, None]


@quick
@given(st.dictionaries(words, st.none() | words, max_size=5), formats)
def test_any_string_survives_in_hstore(
    conn: psycopg.Connection[Any], value: dict[str, str | None], format: Any
) -> None:
    if not conn.execute("SELECT 1 FROM pg_extension WHERE extname = 'hstore'").fetchone():
        pytest.skip("a server without hstore")
    assert trip(conn, "hstore", wire.HSTORE, format, value) == value
    assert trip(conn, "hstore[]", wire.Array(wire.HSTORE), format, [value, None]) == [value, None]


@pytest.mark.parametrize("encoding", ["SJIS", "BIG5", "GBK", "GB18030", "UHC", "JOHAB", "LATIN1", "UTF8"])
@pytest.mark.parametrize("format", [wire.TEXT, wire.BINARY])
def test_an_encoding_whose_characters_hold_backslashes_is_cut_rightly(
    server: str, conn: psycopg.Connection[Any], encoding: str, format: Any
) -> None:
    # 表 and 功 have 0x5C as their second byte, 誠 and others 0x7B to 0x7D.
    text = {"SJIS": "表ソ能", "BIG5": "功許", "GBK": "誠乗", "GB18030": "誠乗", "LATIN1": "é\\"}.get(encoding, "a\\b")
    with psycopg.connect(conn.info.dsn, autocommit=True) as other:
        other.execute(f"SET client_encoding = '{encoding}'")
        for pg_type, kind, value in (
            ("pair", Pair, Pair(f"{text},", f'"{text}')),
            ("pair[]", wire.Array(Pair), [Pair(text, None), Pair("", f"{text}}}")]),
            ("textrange", wire.Range(25), Range(text, f"{text}]", "[]")),
        ):
            assert trip(other, pg_type, kind, format, value) == value


floats = (
    st.floats()
    | st.integers(0, 2**62).map(float)
    | st.sampled_from([0.0, -0.0, 1e15, 1e14, 123456789012345680.0, 1e-4, 9.9e-5, 5e-324, 1e22, 2.0**-24])
)


@quick
@given(floats)
def test_a_number_is_written_as_the_server_writes_it(conn: psycopg.Connection[Any], value: float) -> None:
    row = conn.execute("SELECT (%s::float8)::text", [value]).fetchone()
    assert row == (number(value),)


@quick
@given(st.floats(width=32) | st.integers(0, 2**40).map(lambda n: struct.unpack("!f", struct.pack("!f", n))[0]))
def test_a_real_has_the_digits_that_the_server_shows(conn: psycopg.Connection[Any], value: float) -> None:
    row = conn.execute("SELECT (%s::float4)::text", [value]).fetchone()
    assert row is not None
    found = nearest_double(struct.pack("!f", value))
    assert found == float(row[0]) or (math.isnan(found) and math.isnan(value))


queries = st.recursive(
    st.sampled_from(["a", "b:A", "c:*", "'d e':*BD"]),
    lambda inner: st.one_of(
        st.builds("!({})".format, inner),
        st.builds("({}) {} ({})".format, inner, st.sampled_from(["&", "|", "<->", "<2>", "<0>"]), inner),
    ),
    max_leaves=6,
)


@quick
@given(queries)
def test_a_search_query_is_written_as_the_server_writes_it(conn: psycopg.Connection[Any], text: str) -> None:
    (shown,) = conn.execute("SELECT %s::tsquery::text", [text]).fetchone() or ("",)
    (data,) = conn.execute("SELECT tsquerysend(%s::tsquery)", [text]).fetchone() or (b"",)
    assert PLAIN[3615](data).decode() == shown


@quick
@given(st.lists(st.tuples(words.filter(bool), st.lists(st.tuples(st.integers(1, 16383), st.sampled_from("ABCD"))))))
def test_a_search_vector_is_written_as_the_server_writes_it(
    conn: psycopg.Connection[Any], lexemes: list[tuple[str, list[tuple[int, str]]]]
) -> None:
    text = " ".join(
        "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
        + (":" + ",".join(f"{place}{weight}" for place, weight in places) if places else "")
        for word, places in lexemes
    )  # fmt: skip
    (shown,) = conn.execute("SELECT %s::tsvector::text", [text]).fetchone() or ("",)
    (data,) = conn.execute("SELECT tsvectorsend(%s::tsvector)", [text]).fetchone() or (b"",)
    assert PLAIN[3614](data).decode() == shown
