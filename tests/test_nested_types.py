"""Types of the project's own, casts to JSON, JSON in arrays, and values of every size in rows in rows."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from plainsql.custom_types import TypeSetting
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import Generated, generated

SCHEMA = """
CREATE TYPE colour AS ENUM ('red', 'green');
CREATE FUNCTION colour_to_json(colour) RETURNS json IMMUTABLE LANGUAGE sql
    RETURN json_build_object('colour', $1::text);
CREATE CAST (colour AS json) WITH FUNCTION colour_to_json(colour);
CREATE TYPE plain_colour AS ENUM ('red', 'green');
CREATE TABLE things (
    id bigint PRIMARY KEY,
    price money NOT NULL,
    weight numeric NOT NULL,
    colour colour NOT NULL,
    plain plain_colour NOT NULL,
    doc jsonb NOT NULL,
    words text[] NOT NULL
);
INSERT INTO things VALUES
    (1, 1.50, 1.10, 'red', 'red', '{"a": [1]}', '{a}'),
    (9007199254740993, -2, 123456789012345678901234567890.123456789, 'green', 'green', '[]', '{}');
"""
QUERIES = """
-- name: documents
SELECT to_jsonb(t) AS thing FROM things AS t ORDER BY id;

-- name: thing_rows
SELECT t AS thing, ROW(t.price, t.colour, t.doc) AS parts FROM things AS t ORDER BY id;

-- name: objects()^
-- @rows 1
SELECT
    array_agg(jsonb_build_object('id', id, 'none', NULLIF(id, 1)) ORDER BY id) AS objects,
    ARRAY[to_jsonb(min(id)), NULL, to_jsonb(max(id))] AS numbers,
    array_agg(doc ORDER BY id) AS docs,
    json_build_array(min(id), json_build_array()) AS list
FROM things;

-- name: many(count)$
SELECT jsonb_agg(jsonb_build_object('n', n, 'text', repeat('é"\\', n % 7)) ORDER BY n)
FROM generate_series(1, :count::integer) AS n;

-- name: long()$
SELECT jsonb_build_object('text', repeat('x', 5000000), 'number', repeat('9', 400)::numeric, 'tiny', 1e-400::numeric);

-- name: nothing
SELECT jsonb_build_object('a', id) AS o, ROW(id) AS r, array_agg(id) OVER () AS ids FROM things WHERE id < 0;
"""
MONEY = """
from dataclasses import dataclass


@dataclass(frozen=True)
class Money:
    cents: int


def parse(text: str) -> Money:
    return Money(int(text.replace("$", "").replace(".", "").replace(",", "")))


def show(money: Money) -> str:
    return str(money.cents / 100)
"""


@pytest.fixture
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


@pytest.fixture(params=["text", "binary"])
def made(
    request: pytest.FixtureRequest, conn: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Generated]:
    (tmp_path / "nested_money.py").write_text(MONEY)
    monkeypatch.syspath_prepend(tmp_path)
    setting = TypeSetting("money", "nested_money.Money", "nested_money.parse", "nested_money.show")
    with generated(conn, tmp_path, QUERIES, format=request.param, settings=(setting,)) as made:
        yield made


def test_in_json_a_type_of_the_project_is_what_json_makes_of_it(made: Generated, conn: psycopg.Connection[Any]) -> None:
    first, second = (row.thing for row in made.sync.documents(conn))
    assert (first.price, second.price) == ("$1.50", "-$2.00")
    assert str(second.weight) == "123456789012345678901234567890.123456789"
    assert (second.id, first.words, first.doc) == (9007199254740993, ["a"], {"a": [1]})


def test_a_cast_to_json_decides(made: Generated, conn: psycopg.Connection[Any]) -> None:
    first = made.sync.documents(conn)[0].thing
    assert first.colour == {"colour": "red"}
    assert first.plain == "red"
    text = Path(str(made.sync.__file__)).read_text()
    assert "    colour: Any\n    plain: PlainColour\n    doc: Any\n" in text


def test_in_rows_it_is_the_class_of_the_project(made: Generated, conn: psycopg.Connection[Any]) -> None:
    first, second = made.sync.thing_rows(conn)
    assert (first.thing.price.cents, second.thing.price.cents) == (150, -200)
    assert first.parts.f1 == first.thing.price
    assert (first.parts.f2, first.parts.f3) == ("red", {"a": [1]})


def test_arrays_of_json_have_elements_with_types(made: Generated, conn: psycopg.Connection[Any]) -> None:
    row = made.sync.objects(conn)
    assert [(item.id, item.none) for item in row.objects] == [(1, None), (2**53 + 1, 2**53 + 1)]
    assert row.numbers == [1, None, 2**53 + 1]
    assert row.docs == [{"a": [1]}, []]
    assert row.list == (1, [])


def test_long_lists_and_long_values_are_read(made: Generated, conn: psycopg.Connection[Any]) -> None:
    found = made.sync.many(conn, count=20_000)
    assert [item.n for item in found] == list(range(1, 20_001))
    assert found[2].text == 'é"\\' * 3
    assert made.sync.many(conn, count=0) is None
    long = made.sync.long(conn)
    assert (len(long.text), long.number, long.tiny) == (5_000_000, Decimal("9" * 400), Decimal("1e-400"))


def test_no_rows_are_no_rows(made: Generated, conn: psycopg.Connection[Any]) -> None:
    assert made.sync.nothing(conn) == []
