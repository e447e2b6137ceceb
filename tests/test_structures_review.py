"""What a hostile reader found: statements whose elements, members or array parameters were said wrongly."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from plainsql.describe import describe_query
from plainsql.describe.made_of import made_of
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import generated
from tests.fixtures.queries import load_text

SCHEMA = """
CREATE TABLE things (id int PRIMARY KEY, size int, name text NOT NULL, tags text[]);
INSERT INTO things VALUES (1, NULL, 'a', '{x,NULL}'), (2, 2, 'b', NULL);
CREATE TABLE notes (body text);
INSERT INTO notes VALUES (NULL), ('a');
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def run(conn: psycopg.Connection[Any], folder: Path, sql: str) -> Any:
    """Return what the generated function of one statement returns."""
    with generated(conn, folder, f"-- name: q()\n{sql};\n") as made:
        return made.sync.q(conn)


def holds_none(conn: psycopg.Connection[Any], sql: str) -> dict[str, bool]:
    """Return for each array parameter whether None is an element of it."""
    description = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    assert description.problem is None
    return {parameter.name: not parameter.has_full_elements for parameter in description.parameters}


ROWS_WITH_JSON = [
    "SELECT ROW(id, to_jsonb(size), to_json(name), to_jsonb(ARRAY[size])) AS found FROM things WHERE id = 1",
    "SELECT ARRAY[ROW(id, to_jsonb(size), to_json(name), to_jsonb(ARRAY[size]))] AS found FROM things WHERE id = 1",
    "SELECT s AS found FROM (SELECT id, to_jsonb(size), to_json(name) AS c, '[null]'::json FROM things) s WHERE id = 1",
]


@pytest.mark.parametrize("sql", ROWS_WITH_JSON)
def test_json_in_a_row_is_no_value_of_what_it_was_made_from(
    conn: psycopg.Connection[Any], tmp_path: Path, sql: str
) -> None:
    found = run(conn, tmp_path, sql)[0].found
    row = found[0] if isinstance(found, list) else found
    assert msgspec.structs.astuple(row) == (1, None, "a", [None])


def test_a_row_of_a_table_inside_of_a_row_differs_from_its_json(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    (found,) = run(conn, tmp_path, "SELECT ROW(t, to_jsonb(t)) AS found FROM things AS t WHERE id = 1")
    row, as_json = msgspec.structs.astuple(found.found)
    assert (row.id, row.tags) == (as_json.id, as_json.tags) == (1, ["x", None])
    assert msgspec.json.encode(as_json) == b'{"id":1,"size":null,"name":"a","tags":["x",null]}'


def test_rows_whose_members_come_in_another_order_are_no_rows_of_one_class(
    conn: psycopg.Connection[Any], tmp_path: Path
) -> None:
    sql = """
    SELECT CASE WHEN id = 1 THEN (SELECT s FROM (SELECT 1 AS a, 'x'::text AS b) AS s)
                ELSE (SELECT s FROM (SELECT 'y'::text AS b, 2 AS a) AS s) END AS found
    FROM things ORDER BY id
    """
    assert [row.found for row in run(conn, tmp_path, sql)] == [("1", "x"), ("y", "2")]


def test_an_empty_list_of_json_is_a_list(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    (found,) = run(conn, tmp_path, "SELECT jsonb_build_array() AS a, jsonb_build_object('k', json_build_array()) AS b")
    assert (found.a, found.b.k) == ([], [])


def test_columns_that_are_set_together_are_set_to_elements(conn: psycopg.Connection[Any]) -> None:
    sql = """
    UPDATE things SET (size, name) = (
        SELECT x.size, x.name FROM unnest(:ids::int[], :sizes::int[], :names::text[]) AS x (id, size, name)
        WHERE x.id = things.id
    )
    RETURNING id
    """
    assert holds_none(conn, sql) == {"ids": False, "sizes": True, "names": False}


@pytest.mark.parametrize("operation", ["INTERSECT", "EXCEPT", "INTERSECT ALL"])
def test_null_equals_null_in_set_operations(conn: psycopg.Connection[Any], operation: str) -> None:
    sql = f"SELECT body FROM notes {operation} SELECT unnest(:bodies::text[])"
    assert holds_none(conn, sql) == {"bodies": True}
    reversed_ = f"SELECT unnest(:ids::int[]) {operation} SELECT id FROM things"
    assert holds_none(conn, reversed_) == {"ids": operation == "EXCEPT"}


@pytest.mark.parametrize(
    ("sql", "takes_none"),
    [
        ("SELECT u.id FROM unnest(:ids::int[]) AS u (id)", True),
        ("SELECT u.id FROM unnest(:ids::int[]) AS u (id) JOIN things AS t ON t.id = u.id", False),
        ("SELECT t.name FROM unnest(:ids::int[]) AS u (id) LEFT JOIN things AS t ON t.id = u.id", True),
        ("SELECT t.name FROM things AS t LEFT JOIN unnest(:ids::int[]) AS u (id) ON t.id = u.id", True),
        ("SELECT count(*) AS n FROM unnest(:ids::int[])", True),
        ("SELECT count(*) AS n FROM unnest(:ids::int[]) AS u (id) WHERE u.id > 0", False),
        ("SELECT 1 AS n WHERE EXISTS (SELECT u.id FROM unnest(:ids::int[]) AS u (id))", True),
        (
            "SELECT id FROM things AS t WHERE EXISTS (SELECT FROM unnest(:ids::int[]) AS u (id) WHERE u.id = t.id)",
            False,
        ),
        ("SELECT id FROM things WHERE id IN (SELECT unnest(:ids::int[]))", False),
        (
            "WITH w AS (SELECT * FROM unnest(:ids::int[]) AS u (id)) SELECT t.id FROM things AS t JOIN w USING (id)",
            False,
        ),
        ("WITH w AS (SELECT * FROM unnest(:ids::int[]) AS u (id)) SELECT (SELECT count(*) FROM w) AS n", True),
        ("INSERT INTO things (id, name) SELECT u.id, 'x' FROM unnest(:ids::int[]) AS u (id) RETURNING id", False),
        (
            "INSERT INTO things (id, name, size) SELECT 1, 'x', u.id FROM unnest(:ids::int[]) AS u (id) RETURNING id",
            True,
        ),
        ("DELETE FROM things AS t USING unnest(:ids::int[]) AS u (id) WHERE t.id = u.id RETURNING t.id", False),
    ],
)
def test_an_element_that_makes_a_row_may_be_none(conn: psycopg.Connection[Any], sql: str, takes_none: bool) -> None:
    assert holds_none(conn, sql) == {"ids": takes_none}


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("SELECT string_agg(name, :p) AS found FROM things", True),
        ("SELECT string_agg(:p::text, ',') AS found FROM things", False),
        ("SELECT array_agg(:p::int) AS found FROM things", True),
        ("SELECT jsonb_object_agg(name, :p::int) AS found FROM things", True),
        ("SELECT sum(:p::int) AS found FROM things", False),
        ("SELECT lag(size, 1, :p) OVER (ORDER BY id) AS found FROM things", True),
        ("SELECT lag(size, :p::int) OVER (ORDER BY id) AS found FROM things", False),
    ],
)
def test_an_aggregate_that_keeps_null_takes_none(conn: psycopg.Connection[Any], sql: str, nullable: bool) -> None:
    (parameter,) = describe_query(conn, load_text(f"-- name: q(p)\n{sql};\n")["q"]).parameters
    assert parameter.nullable == nullable


def test_a_comparison_that_is_asked_for_null_takes_none(conn: psycopg.Connection[Any]) -> None:
    assert holds_none(conn, "SELECT id FROM things WHERE (size = ANY (:sizes)) IS NULL") == {"sizes": True}
    assert holds_none(conn, "SELECT id FROM things WHERE (NOT (size = ANY (:sizes))) IS NULL") == {"sizes": True}
    assert holds_none(conn, "SELECT id FROM things WHERE :sizes IS NULL OR size = ANY (:sizes)") == {"sizes": False}


@pytest.mark.parametrize(
    ("expression", "annotation", "value"),
    [
        ("array_agg(ARRAY[id])", "list[list[int]] | None", [[1], [2]]),
        ("ARRAY[ARRAY['x', NULL]]", "list[list[str | None]]", [["x", None]]),
        ("'{{1,NULL}}'::int[]", "list[list[int | None]]", [[1, None]]),
        ("'{{{1}}}'::int[]", "list[list[list[int]]]", [[[1]]]),
        ("ARRAY[[1, 2]]::bigint[]", "list[list[int]]", [[1, 2]]),
        ("(ARRAY[[1], [2]])[1:1]", "list[list[int]]", [[1]]),
    ],
)
def test_an_array_of_arrays_is_a_list_of_lists(
    conn: psycopg.Connection[Any], tmp_path: Path, expression: str, annotation: str, value: object
) -> None:
    sql = f"SELECT {expression} AS found FROM things"
    described = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    (column,) = described.columns
    assert column.python.result + (" | None" if column.nullable else "") == annotation
    assert run(conn, tmp_path, sql)[0].found == value


WINDOWS_BELOW_CONDITIONS = [
    "SELECT CASE WHEN size IS NOT NULL THEN array_agg(size) OVER () END AS found FROM things",
    "SELECT CASE WHEN size > 0 THEN lag(size, 1, 0) OVER (ORDER BY id) ELSE 0 END AS found FROM things",
    "SELECT CASE WHEN size > 0 THEN first_value(size) OVER (ORDER BY id) ELSE 0 END AS found FROM things",
    "SELECT found FROM (SELECT size, lag(size, 1, 0) OVER (ORDER BY id) AS found FROM things) AS s WHERE size > 0",
    """
    SELECT found FROM (
        SELECT t.size, array_agg(t.size) OVER () AS found FROM (SELECT size FROM things) AS t
    ) AS s WHERE size > 0
    """,
    """
    WITH t AS (SELECT id, size FROM things)
    SELECT found FROM (SELECT t.size, lag(t.size, 1, 0) OVER (ORDER BY id) AS found FROM t) AS s WHERE size > 0
    """,
    """
    SELECT (SELECT CASE WHEN u.size > 0 THEN array_agg(u.size) OVER () END FROM things AS u ORDER BY id DESC LIMIT 1)
        AS found FROM things
    """,
    """
    SELECT CASE WHEN n.body > '' THEN array_agg(n.body) OVER () END AS found
    FROM things LEFT JOIN notes AS n ON n.body = things.name
    """,
]


@pytest.mark.parametrize("sql", WINDOWS_BELOW_CONDITIONS)
def test_a_condition_on_the_current_row_says_nothing_of_the_rows_beside_it(
    conn: psycopg.Connection[Any], sql: str
) -> None:
    description = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    assert description.problem is None
    (column,) = description.columns
    found = [row[0] for row in conn.execute(sql)]
    if column.type.element is not None:
        assert not column.has_full_elements
        assert any(elements and None in elements for elements in found)
    else:
        assert column.nullable
        assert None in found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT CASE WHEN size > 0 THEN max(size) OVER () ELSE 0 END AS found FROM things",
        "SELECT CASE WHEN size > 0 THEN lag(id, 1, size) OVER () ELSE 0 END AS found FROM things",
        "SELECT lag(size, 1, 0) OVER () AS found FROM things WHERE size > 0",
        "SELECT lag(s.size, 1, 0) OVER () AS found FROM (SELECT size FROM things) AS s WHERE s.size > 0",
        "SELECT s.found FROM (SELECT lag(size, 1, 0) OVER () AS found FROM things WHERE size > 0) AS s",
    ],
)
def test_a_condition_on_all_rows_of_a_window_says_it_of_each(conn: psycopg.Connection[Any], sql: str) -> None:
    description = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    assert [column.nullable for column in description.columns] == [False]


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("SELECT unnest(string_to_array(body, ',')) AS found FROM notes", False),
        ("SELECT unnest(string_to_array(body, NULL)) AS found FROM notes", False),
        ("SELECT unnest(array_remove(tags, NULL)) AS found FROM things", False),
        ("SELECT unnest(array_append(array_remove(tags, NULL), name)) AS found FROM things", False),
        ("SELECT unnest(array_append(array_remove(tags, NULL), body)) AS found FROM things, notes", True),
        ("SELECT unnest(array_fill(size, ARRAY[2])) AS found FROM things", True),
        ("SELECT unnest(string_to_array('a,', ',', '')) AS found", True),
    ],
)
def test_elements_are_told_by_what_made_their_array(conn: psycopg.Connection[Any], sql: str, nullable: bool) -> None:
    description = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    assert [column.nullable for column in description.columns] == [nullable]
    assert ((None,) in conn.execute(sql).fetchall()) is nullable


def test_a_row_that_a_window_brings_is_one_of_its_table(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    sql = """
    SELECT lag(t) OVER w AS before,
           lead(to_jsonb(t), 1, to_jsonb(ROW(0, NULL, NULL, NULL)::things)) OVER w AS after
    FROM things AS t WINDOW w AS (ORDER BY id)
    """
    first, second = run(conn, tmp_path, sql)
    assert first.before is None
    assert (second.before.id, second.before.name) == (first.after.id - 1, "a")
    assert (second.after.id, second.after.name) == (0, None)


def test_an_array_of_json_tells_what_became_json(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    sql = "SELECT ARRAY[to_jsonb(t)] AS one, array_agg(to_jsonb(t)) OVER () AS all_of_them FROM things AS t ORDER BY id"
    first, _ = run(conn, tmp_path, sql)
    assert (first.one[0].id, first.one[0].tags) == (1, ["x", None])
    assert [thing.name for thing in first.all_of_them] == ["a", "b"]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT array_agg(ARRAY(SELECT to_jsonb(id) FROM things)) AS found",
        "SELECT array_agg(ARRAY[to_jsonb(id), to_jsonb(id + 1)]) AS found FROM things WHERE id = 1",
        "SELECT ARRAY(SELECT ARRAY(SELECT to_jsonb(id) FROM things)) AS found",
    ],
)
def test_an_array_of_arrays_of_json_is_no_list_in_json(conn: psycopg.Connection[Any], tmp_path: Path, sql: str) -> None:
    (found,) = run(conn, tmp_path, sql)
    assert found.found == [[1, 2]]


def test_arrays_in_rows_tell_of_their_elements(conn: psycopg.Connection[Any]) -> None:
    sql = "SELECT ROW(tags, ARRAY[id], to_jsonb(size)) AS found FROM things"
    (column,) = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"]).columns
    tags, ids, size = made_of(column)["members"]
    assert (tags["elements"]["pg_type"], tags["elements"]["nullable"]) == ("text", True)
    assert (ids["elements"]["pg_type"], ids["elements"]["nullable"]) == ("integer", False)
    assert (size["pg_type"], size["py_type"], size["nullable"]) == ("jsonb", "int", True)
