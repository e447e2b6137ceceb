"""What Python can't hold, or isn't what the SQL said: an error with query, column, row and place, no wrong value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql
from plainsql import StaleModuleError, UnexpectedTypeError
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import Generated, generated

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE TYPE span AS (low date, high date, inner_dates date[]);
CREATE DOMAIN birthday AS date;
CREATE TABLE things (
    id integer PRIMARY KEY, number float8, small real, day date, at timestamptz, plain timestamp, clock time,
    days date[], numbers integer[], mood mood, span span, spans span[], born birthday, born_all birthday[], doc json
);
INSERT INTO things (id) VALUES (1);
"""
QUERIES = """
-- name: documents(id)
SELECT jsonb_build_object('id', t.id, 'thing', to_jsonb(t) - 'doc') AS document
FROM things AS t
WHERE id <= :id
ORDER BY id;

-- name: collected()^
-- @rows 1
SELECT json_agg(json_build_object('number', number, 'day', day, 'at', at, 'numbers', numbers)) AS things FROM things;

-- name: row_list()^
-- @rows 1
SELECT array_agg(t ORDER BY t.id) AS rows_ FROM things AS t;

-- name: pairs(id)
SELECT id, ROW(id, ARRAY[ROW(day, born)], spans) AS pair FROM things WHERE id <= :id ORDER BY id;

-- name: doc_rows()^
-- @rows 1
SELECT array_agg(ROW(id, jsonb_build_object('number', number)) ORDER BY id) AS pairs FROM things;

-- name: days_of(id)^
-- @rows 1
SELECT id, day, born_all FROM things WHERE id = :id;
"""


@pytest.fixture
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


@pytest.fixture(params=["text", "binary"])
def made(request: pytest.FixtureRequest, conn: psycopg.Connection[Any], tmp_path: Path) -> Iterator[Generated]:
    with generated(conn, tmp_path, QUERIES, format=request.param) as made:
        yield made


@pytest.mark.parametrize(
    ("column", "value", "path"),
    [
        ("number", "'NaN'", "$.thing.number"),
        ("number", "'-Infinity'", "$.thing.number"),
        ("small", "'Infinity'", "$.thing.small"),
        ("day", "'infinity'", "$.thing.day"),
        ("day", "'0044-03-15 BC'", "$.thing.day"),
        ("day", "'10000-01-01'", "$.thing.day"),
        ("at", "'-infinity'", "$.thing.at"),
        ("at", "'0044-03-15 BC'", "$.thing.at"),
        ("at", "'294276-12-31'", "$.thing.at"),
        ("plain", "'infinity'", "$.thing.plain"),
        ("clock", "'24:00'", "$.thing.clock"),
        ("days", "'{2026-01-01,infinity}'", "$.thing.days[1]"),
        ("numbers", "'{{1,2},{3,4}}'", "$.thing.numbers[0]"),
        ("span", "'(2026-01-01,infinity,)'", "$.thing.span.high"),
        ("spans", "ARRAY[NULL, ROW(NULL, NULL, '{NULL,infinity}')]::span[]", "$.thing.spans[1].inner_dates[1]"),
        ("born", "'infinity'", "$.thing.born"),
    ],
)
def test_what_json_says_and_python_lacks_is_told(
    made: Generated, conn: psycopg.Connection[Any], column: str, value: str, path: str
) -> None:
    conn.execute(f"INSERT INTO things (id, {column}) VALUES (2, {value})")
    assert made.sync.documents(conn, id=1)[0].document.thing.id == 1
    with pytest.raises(UnexpectedTypeError) as caught:
        made.sync.documents(conn, id=2)
    assert (caught.value.column, caught.value.row) == ("document", 2)
    message = str(caught.value)
    assert message.startswith("query q.documents at ")
    assert "q.sql:2: column 'document' in row 2 isn't what its SQL makes of it: " in message
    assert f"`{path}`" in message
    assert message.endswith("or say by @type what to read it as")


def test_a_zone_with_seconds_is_told(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("SET TimeZone = 'America/New_York'")
    conn.execute("INSERT INTO things (id, at) VALUES (2, '1880-01-01T12:00Z')")
    with pytest.raises(UnexpectedTypeError, match=r"`\$\.thing\.at`"):
        made.sync.documents(conn, id=2)


def test_a_fault_far_into_a_list_has_its_index(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, number) SELECT g, g FROM generate_series(2, 40) AS g")
    assert len(made.sync.collected(conn).things) == 40
    conn.execute("INSERT INTO things (id, number) VALUES (41, 'NaN')")
    with pytest.raises(
        UnexpectedTypeError, match=r"column 'things' in row 1 .*Expected `float \| null`.*`\$\[40\]\.number`"
    ):
        made.sync.collected(conn)


@pytest.mark.parametrize(
    ("column", "value", "place"),
    [
        ("day", "'infinity'", r"'rows_'\[1\]\.day"),
        ("born", "'-infinity'", r"'rows_'\[1\]\.born"),
        ("span", "'(2026-01-01,infinity,)'", r"'rows_'\[1\]\.span\.high"),
        ("spans", "ARRAY[NULL, ROW('infinity', NULL, NULL)]::span[]", r"'rows_'\[1\]\.spans\[1\]\.low"),
    ],
)
def test_what_a_row_holds_and_python_lacks_is_told(
    made: Generated, conn: psycopg.Connection[Any], column: str, value: str, place: str
) -> None:
    conn.execute(f"INSERT INTO things (id, {column}) VALUES (2, {value})")
    with pytest.raises(psycopg.DataError) as caught:
        made.sync.row_list(conn)
    notes = "\n".join(caught.value.__notes__)
    assert re.search(rf"column {place} in row 1\nquery q\.row_list at ", notes), notes


def test_rows_without_a_type_tell_the_place_too(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, born) VALUES (2, 'infinity')")
    assert made.sync.pairs(conn, id=1)[0].pair.f2[0].f2 is None
    with pytest.raises(psycopg.DataError) as caught:
        made.sync.pairs(conn, id=2)
    assert caught.value.__notes__[0] == "column 'pair'.f2[0].f2 in row 2"
    with pytest.raises(psycopg.DataError) as caught:
        made.sync.pairs(conn, id=2)
    assert caught.value.__notes__[0] == "column 'pair'.f2[0].f2 in row 2"


def test_json_in_a_row_tells_both_places(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, number) VALUES (2, 'NaN')")
    with pytest.raises(UnexpectedTypeError, match=r"column 'pairs'\[1\]\.f2 in row 1 isn't .*`\$\.number`"):
        made.sync.doc_rows(conn)


def test_a_plain_column_tells_column_and_row(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, day) VALUES (2, 'infinity')")
    with pytest.raises(psycopg.DataError) as caught:
        made.sync.days_of(conn, id=2)
    assert caught.value.__notes__[0] == "column 'day' in row 1"


def test_an_array_of_domains_tells_the_index(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, born_all) VALUES (2, '{{2026-01-01,NULL},{NULL,infinity}}')")
    with pytest.raises(psycopg.DataError) as caught:
        made.sync.days_of(conn, id=2)
    # psycopg's own loader reads the text; it doesn't tell
    assert caught.value.__notes__[0] in ("column 'born_all'[1][1] in row 1", "column 'born_all' in row 1")


async def test_the_twin_tells_the_same(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("INSERT INTO things (id, number, born) VALUES (2, 'NaN', 'infinity')")
    async with await psycopg.AsyncConnection.connect(conn.info.dsn, autocommit=True) as aconn:
        for name, arguments in (("documents", {"id": 2}), ("pairs", {"id": 2}), ("doc_rows", {})):
            with pytest.raises((UnexpectedTypeError, psycopg.DataError)) as caught:
                getattr(made.sync, name)(conn, **arguments)
            with pytest.raises(caught.type) as caught_too:
                await getattr(made.aio, name)(aconn, **arguments)
            assert str(caught_too.value) == str(caught.value)
            assert getattr(caught_too.value, "__notes__", None) == getattr(caught.value, "__notes__", None)


def test_a_member_that_changed_its_type_is_told(made: Generated, conn: psycopg.Connection[Any]) -> None:
    conn.execute("ALTER TABLE things ALTER number TYPE text")
    conn.execute("UPDATE things SET number = '1.5'")
    with pytest.raises(UnexpectedTypeError, match=r"Expected `float \| null`, got `str` - at `\$\.thing\.number`"):
        made.sync.documents(conn, id=1)
    if "format=wire.BINARY" in Path(str(made.sync.__file__)).read_text():  # in text only the number of members tells
        with pytest.raises(StaleModuleError, match="type things has a member of type 25"):
            made.sync.row_list(conn)


def test_a_member_that_is_gone_or_null_now_is_told(tmp_path: Path, conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TABLE firm (a integer NOT NULL, b text NOT NULL)")
    conn.execute("INSERT INTO firm VALUES (1, 'x')")
    with generated(conn, tmp_path, "-- name: firm()$\nSELECT to_jsonb(f) FROM firm AS f LIMIT 1;\n") as made:
        assert made.sync.firm(conn).b == "x"
        conn.execute("ALTER TABLE firm ALTER b DROP NOT NULL")
        conn.execute("UPDATE firm SET b = NULL")
        with pytest.raises(UnexpectedTypeError, match=r"Expected `str`, got `null` - at `\$\.b`"):
            made.sync.firm(conn)
        conn.execute("ALTER TABLE firm DROP b, ADD c integer")
        with pytest.raises(UnexpectedTypeError, match="missing required field `b`"):
            made.sync.firm(conn)
        conn.execute("ALTER TABLE firm ADD b text NOT NULL DEFAULT 'new'")
        assert made.sync.firm(conn).b == "new"  # members that nobody asked for harm nobody


def test_values_stay_out_of_the_message(tmp_path: Path, conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TABLE secrets (mood mood NOT NULL)")
    with generated(conn, tmp_path, "-- name: secrets\nSELECT to_jsonb(s) AS secret FROM secrets AS s;\n") as made:
        conn.execute("ALTER TYPE mood ADD VALUE 'hunter2'")
        conn.execute("INSERT INTO secrets VALUES ('hunter2')")
        with pytest.raises(UnexpectedTypeError, match=r"Invalid enum value - at `\$\.mood`") as caught:
            made.sync.secrets(conn)
        assert "hunter2" not in str(caught.value)
        assert caught.value.__cause__ is None


def test_other_encodings_are_read(server: str, tmp_path: Path) -> None:
    queries = tmp_path / "queries"
    queries.mkdir()
    (queries / "q.sql").write_text("-- name: words()$\nSELECT jsonb_agg(jsonb_build_object('w', w)) FROM words;\n")
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("CREATE TABLE words (w text NOT NULL)")
        conn.execute("INSERT INTO words VALUES ('é\u00fc'), (E'\\\\\"\\x01\u2028')")
        for encoding in ("utf-8", "latin1"):
            if encoding == "latin1":
                conn.execute("DELETE FROM words WHERE w ~ '\\\\'")
            conn.execute(f"SET client_encoding TO '{encoding}'")
            found = [word.w for word in plainsql.load(queries).q.words(conn)]
            assert found == ["é\u00fc", '\\"\x01\u2028'][: len(found)]
