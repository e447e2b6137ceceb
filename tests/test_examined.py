"""Columns that a set of statements from outside showed to be provable, beside their neighbours that may be NULL."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.describe import describe_query
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import load_text

SCHEMA = """
CREATE TABLE pots (id int PRIMARY KEY, size int NOT NULL, depth int, label text);
CREATE TABLE lids (id int PRIMARY KEY, pot_id int NOT NULL, width int);
INSERT INTO pots VALUES (1, 3, NULL, NULL), (2, 4, 5, 'b');
INSERT INTO lids VALUES (7, 2, NULL);
"""

NEVER = [
    "SELECT (p).id AS found FROM (SELECT p FROM pots p) AS s",
    "WITH s AS (SELECT p FROM pots p) SELECT (s.p).size AS found FROM s",
    "SELECT (p).id AS found FROM pots p",
    "SELECT (ARRAY[size, depth])[1] AS found FROM pots",
    "SELECT depth AS found FROM pots WHERE CASE WHEN depth IS NULL THEN false ELSE true END",
    "SELECT depth AS found FROM pots WHERE CASE WHEN depth > 1 THEN true ELSE false END",
    "SELECT depth AS found FROM pots WHERE CASE WHEN depth > 1 THEN true END",
    "SELECT depth AS found FROM pots WHERE (depth IS NULL) = false",
    "SELECT depth AS found FROM pots WHERE true = (depth IS NOT NULL)",
    "UPDATE pots SET (depth, label) = (SELECT 1, 'x') RETURNING depth AS found",
    "UPDATE pots SET (depth, label) = (SELECT count(*), NULL FROM lids) RETURNING depth AS found",
]
MAYBE = [
    "SELECT (p).depth AS found FROM (SELECT p FROM pots p) AS s",
    "SELECT (l).id AS found FROM pots p LEFT JOIN lids l ON l.pot_id = p.id",
    "SELECT (s.l).id AS found FROM pots p LEFT JOIN (SELECT l FROM lids l) AS s ON (s.l).pot_id = p.id",
    "SELECT (s.l).id AS found FROM (SELECT l FROM pots p LEFT JOIN lids l ON l.pot_id = p.id) AS s",
    "SELECT (ARRAY[size, depth])[2] AS found FROM pots",
    "SELECT (ARRAY[size, size])[3] AS found FROM pots",
    "SELECT (ARRAY[size, size])[0] AS found FROM pots",
    "SELECT (ARRAY[ARRAY[size, size]])[1] AS found FROM pots",
    "SELECT depth AS found FROM pots WHERE CASE WHEN depth > 1 THEN false ELSE true END",
    "SELECT depth AS found FROM pots WHERE CASE WHEN size = 3 THEN true ELSE depth > 1 END",
    "SELECT depth AS found FROM pots WHERE CASE WHEN depth > 1 THEN true ELSE size > 1 END",
    "SELECT depth AS found FROM pots WHERE (CASE WHEN depth > 9 THEN true ELSE false END) = false",
    "SELECT depth AS found FROM pots WHERE (depth IS NOT NULL) = false",
    "SELECT depth AS found FROM pots WHERE (depth IS NULL) = true",
    "UPDATE pots SET (depth, label) = (SELECT 1, NULL) RETURNING label AS found",
    "UPDATE pots SET (depth, label) = (SELECT 1, 'x' FROM lids WHERE width > 0) RETURNING depth AS found",
]
TABLE = "JSON_TABLE('[{\"a\": 1}]'::jsonb, '$[*]' COLUMNS ("
NEVER_17 = [
    f"SELECT found FROM {TABLE}found FOR ORDINALITY, b int PATH '$.b'))",
    f"SELECT found FROM {TABLE}found bool EXISTS PATH '$.b', NESTED PATH '$.n[*]' COLUMNS (n int PATH '$')))",
    "SELECT JSON('{}') AS found",
    "SELECT JSON_SERIALIZE(to_jsonb(size)) AS found FROM pots",
]
MAYBE_17 = [
    f"SELECT found FROM {TABLE}found int PATH '$.b'))",
    f"SELECT found FROM {TABLE}a int PATH '$.a', NESTED PATH '$.n[*]' COLUMNS (found FOR ORDINALITY)))",
    f"SELECT found FROM {TABLE}a int PATH '$.a', NESTED PATH '$.n[*]' COLUMNS (found bool EXISTS PATH '$.x')))",
    "SELECT JSON(label) AS found FROM pots WHERE id = 1",
    "SELECT JSON_SERIALIZE(to_jsonb(depth)) AS found FROM pots",
]


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def may_be_null(conn: psycopg.Connection[Any], sql: str) -> bool:
    """Return what is said of the one column, after trying whether it is true of the rows."""
    with conn.transaction(force_rollback=True):
        holds_null = any(row[0] is None for row in conn.execute(sql.encode()).fetchall())
    description = describe_query(conn, load_text(f"-- name: q\n{sql};\n")["q"])
    assert description.problem is None
    (column,) = description.columns
    assert column.nullable or not holds_null
    assert holds_null or sql not in (*MAYBE, *MAYBE_17)
    return column.nullable


@pytest.mark.parametrize("sql", NEVER)
def test_a_column_that_is_never_null_is_proved(conn: psycopg.Connection[Any], sql: str) -> None:
    assert not may_be_null(conn, sql)


@pytest.mark.parametrize("sql", MAYBE)
def test_a_column_that_looks_like_it_and_holds_null_is_nullable(conn: psycopg.Connection[Any], sql: str) -> None:
    assert may_be_null(conn, sql)


@pytest.mark.parametrize(("sql", "nullable"), [*((sql, False) for sql in NEVER_17), *((sql, True) for sql in MAYBE_17)])
def test_json_table_counts_its_rows_and_answers_exists(conn: psycopg.Connection[Any], sql: str, nullable: bool) -> None:
    if conn.info.server_version < 170000:
        pytest.skip("JSON_TABLE is there since PostgreSQL 17")
    assert may_be_null(conn, sql) is nullable
