"""What random statements refuted once, of elements and members above all, each as small as it could be made."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.describe import Describer
from plainsql.describe.model import Column
from plainsql.typemap.structure import ListOf, Record
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import bare_query

SCHEMA = """
CREATE TABLE t (id integer PRIMARY KEY, n integer);
CREATE TABLE u (id integer NOT NULL, doubled integer NOT NULL);
CREATE FOREIGN DATA WRAPPER anything;
CREATE SERVER elsewhere FOREIGN DATA WRAPPER anything;
CREATE FOREIGN TABLE far (id integer NOT NULL, s text NOT NULL, free text) SERVER elsewhere;
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def column(conn: psycopg.Connection[Any], sql: str, parameters: int = 0) -> Column:
    """Return what is declared of the only column of *sql*."""
    described = Describer(conn).describe(bare_query(sql, parameters))
    assert described.problem is None, described.problem
    (found,) = described.columns
    return found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT ARRAY[[$1::integer], [$1]]::numeric[] AS x",
        "SELECT ARRAY[[$1::integer], [$1]]::numeric[]::integer[] AS x",
        "SELECT (SELECT ARRAY[[n], [n]] FROM t LIMIT 1)::text[] AS x",
    ],
)
def test_a_cast_of_an_array_of_arrays_is_one_of_their_elements(conn: psycopg.Connection[Any], sql: str) -> None:
    assert not column(conn, sql, sql.count("$1") and 1).has_full_elements


def test_a_cast_of_an_array_keeps_what_its_elements_are(conn: psycopg.Connection[Any]) -> None:
    assert column(conn, "SELECT ARRAY[1, 2]::numeric[] AS x").has_full_elements
    assert not column(conn, "SELECT ARRAY[1, NULL]::numeric[] AS x").has_full_elements


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("SELECT s AS x FROM far WHERE ROW(s, id) IS NOT NULL", True),
        ("SELECT s AS x FROM far WHERE NOT (ROW(s, id) IS NULL) AND (s, id) IS NOT NULL", True),
        ("SELECT y.s AS x FROM (SELECT s, id FROM far) AS y WHERE y IS NOT NULL", True),
        ("SELECT free AS x FROM far WHERE ROW(free, id) IS NOT NULL", False),
        ("SELECT y.free AS x FROM (SELECT free FROM far) AS y WHERE y IS NOT NULL", False),
    ],
)
def test_a_row_is_not_null_says_nothing_of_what_the_planner_takes_on_trust(
    conn: psycopg.Connection[Any], sql: str, nullable: bool
) -> None:
    """PostgreSQL 17 drops IS NOT NULL on a column that is declared NOT NULL, which a foreign table need not keep to."""
    assert column(conn, sql).nullable == nullable


@pytest.mark.parametrize(
    ("sql", "nullable"),
    [
        ("SELECT n AS x FROM t GROUP BY (n > 1), ROLLUP (n) HAVING (n > 1)", True),
        ("SELECT n AS x FROM t GROUP BY (n > 1 AND id > 1), ROLLUP (n) HAVING (n > 1 AND id > 1)", True),
        ("SELECT n AS x FROM t GROUP BY ROLLUP (n + 1, n) HAVING (n + 1) * 2 > 1", True),
        ("SELECT n AS x FROM t GROUP BY ROLLUP (n + 1, n) HAVING (n + 1) IS NOT NULL", True),
        ("SELECT CASE WHEN n + 1 > 0 THEN n ELSE 0 END AS x FROM t GROUP BY ROLLUP (n + 1, n)", True),
        ("SELECT n AS x FROM t GROUP BY ROLLUP (n + 1, n) HAVING n > 1", False),
        ("SELECT n AS x FROM t GROUP BY n + 1, n HAVING n + 1 > 1", False),
    ],
)
def test_a_key_of_grouping_sets_says_nothing_of_the_columns_that_it_was_made_of(
    conn: psycopg.Connection[Any], sql: str, nullable: bool
) -> None:
    assert column(conn, sql).nullable == nullable


def merged_rows(conn: psycopg.Connection[Any], sql: str) -> list[bool]:
    """Return whether each member may be NULL of the rows that *sql* collects."""
    structure = column(conn, sql).structure
    if structure is None:
        return [True]
    inside = (
        structure.inside.element.inside
        if isinstance(structure.inside, ListOf) and structure.inside.element
        else structure.inside
    )
    assert isinstance(inside, Record)
    return [field.value.nullable for field in inside.fields]


def test_the_row_of_an_absent_source_of_merge_may_be_a_row_of_nulls(conn: psycopg.Connection[Any]) -> None:
    """PostgreSQL 18 returns (,) where the source is a join and the table has a virtual column."""
    if conn.info.server_version < 170000:
        pytest.skip("MERGE … RETURNING is of PostgreSQL 17")
    merge = "MERGE INTO t USING u ON t.id = u.id WHEN {} THEN UPDATE SET n = 1 RETURNING to_jsonb(u) AS x"
    assert merged_rows(conn, merge.format("NOT MATCHED BY SOURCE")) == [False, False]
    assert merged_rows(conn, merge.format("MATCHED")) == [False, False]
    of_a_query = merge.replace("USING u", "USING (SELECT * FROM u) AS u")
    assert merged_rows(conn, of_a_query.format("NOT MATCHED BY SOURCE")) == [True, True]
    if conn.info.server_version >= 180000:
        conn.execute("CREATE TABLE virtual (id integer NOT NULL, n integer, v integer GENERATED ALWAYS AS (1) VIRTUAL)")
        of_virtual = merge.replace("INTO t", "INTO virtual AS t")
        assert merged_rows(conn, of_virtual.format("NOT MATCHED BY SOURCE")) == [True, True]
