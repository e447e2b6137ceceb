"""Warnings of a statement that does something else than its suffix says, and their absence where it doesn't."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.describe import describe_all
from plainsql.query.problem import Problem
from tests.fixtures.databases import ROOT, temporary_database
from tests.fixtures.queries import load_text

SCHEMA = """
CREATE TABLE author (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE book (isbn text PRIMARY KEY, title text, author_id integer REFERENCES author, edition integer,
    UNIQUE (title, edition));
CREATE TABLE loose (id integer);
CREATE VIEW titles AS SELECT title FROM book;
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


def warnings(conn: psycopg.Connection[Any], header: str, sql: str) -> list[Problem]:
    """Return the warnings of a query whose name and suffix are *header*."""
    queries = load_text(f"-- Queries.\n\n-- name: {header}\n{sql};\n")
    (description,) = describe_all(conn, queries.values())
    assert description.problem is None, description.problem
    return list(description.warnings)


KEY = "'^' raises on a second row, and several may come: no unique key of {} is compared whole"
SEVERAL = [
    ("q^", "SELECT isbn FROM book WHERE edition = 1", KEY.format("book"),
     "compare isbn or title with =, or add LIMIT 1"),
    ("q^", "SELECT isbn FROM book", KEY.format("book"), "compare isbn or title and edition with =, or add LIMIT 1"),
    ("q(a)^", "SELECT b.isbn FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE a.id = :a", KEY.format("b"),
     "compare isbn or title and edition with =, or add LIMIT 1"),
    ("q(a)^", "SELECT a.id FROM author AS a JOIN book AS b ON b.author_id = a.id WHERE b.edition = :a",
     KEY.format("b"), "compare isbn or title with =, or add LIMIT 1"),
    ("q(a)^", "SELECT x.isbn FROM (SELECT isbn FROM book AS inside WHERE edition = :a) AS x", KEY.format("inside"),
     "compare isbn or title with =, or add LIMIT 1"),
    ("q(a)^", "WITH w AS (SELECT isbn FROM book WHERE edition = :a) SELECT isbn FROM w", KEY.format("book"),
     "compare isbn or title with =, or add LIMIT 1"),
    ("q^", "SELECT id FROM loose WHERE id = 1", "'^' raises on a second row, and several may come of loose",
     "add LIMIT 1"),
    ("q^", "SELECT title FROM titles", "'^' raises on a second row, and several may come of titles", "add LIMIT 1"),
    ("q^", "SELECT x FROM generate_series(1, 2) AS x", "'^' raises on a second row, and several may come of x",
     "add LIMIT 1"),
    ("q^", "SELECT 1 AS x UNION SELECT 2", "'^' raises on a second row, and several may come", "add LIMIT 1"),
    ("q^", "SELECT edition, count(*) AS n FROM book GROUP BY edition",
     "'^' raises on a second row, and several may come", "add LIMIT 1"),
    ("q$", "SELECT name FROM author WHERE name LIKE 'A%'",
     "'$' raises on a second row, and several may come: no unique key of author is compared whole",
     "compare id with =, or add LIMIT 1"),
    ("q(name)<!", "UPDATE author SET name = :name WHERE name = 'x' RETURNING id",
     "'<!' raises on a second row, and several may come: no unique key of author is compared whole",
     "compare id with ="),
    ("q<!", "UPDATE author SET name = '' FROM book AS b WHERE b.author_id = author.id RETURNING id",
     "'<!' raises on a second row, and several may come: no unique key of b is compared whole",
     "compare isbn or title and edition with ="),
    ("q<!", "DELETE FROM loose RETURNING id", "'<!' raises on a second row, and several may come of loose", None),
    ("q<!", "INSERT INTO author SELECT id, '' FROM loose RETURNING id",
     "'<!' raises on a second row, and several may come of loose", None),
    ("q<!", "INSERT INTO author VALUES (1, ''), (2, '') RETURNING id",
     "'<!' raises on a second row, and several may come", None),
]  # fmt: skip


@pytest.mark.parametrize(("header", "sql", "message", "hint"), SEVERAL, ids=[case[1] for case in SEVERAL])
def test_a_suffix_for_one_row_on_a_statement_that_may_return_several(
    conn: psycopg.Connection[Any], header: str, sql: str, message: str, hint: str | None
) -> None:
    (warning,) = warnings(conn, header, sql)
    assert (warning.message, warning.hint) == (message, hint)
    assert (warning.file, warning.line, warning.level) == ("q.sql", 3, "warning")


QUIET = [
    ("q(isbn)^", "SELECT title FROM book WHERE isbn = :isbn"),
    ("q(name)^", "-- @rows 1\nSELECT id FROM author WHERE name = :name"),
    ("q^", "SELECT title FROM book ORDER BY title LIMIT 1"),
    ("q$", "SELECT count(*) AS n FROM book"),
    ("q(name)<!", "INSERT INTO author VALUES (1, :name) RETURNING id"),
    ("q", "SELECT id FROM author"),
    ("q", "SELECT count(*) AS n FROM author"),
    ("q!", "SELECT pg_notify('channel', 'x')"),
    ("q!", "SELECT pg_sleep(0)"),
    ("q!", "SELECT pg_advisory_xact_lock(1)"),
    ("q!", "SELECT id FROM author FOR UPDATE"),
    ("q!", "DELETE FROM author"),
    ("q(name)*!", "UPDATE author SET name = :name"),
]


@pytest.mark.parametrize(("header", "sql"), QUIET, ids=[sql for _, sql in QUIET])
def test_a_suffix_that_the_statement_keeps_is_not_spoken_of(
    conn: psycopg.Connection[Any], header: str, sql: str
) -> None:
    assert warnings(conn, header, sql) == []


def test_rows_that_are_thrown_away_are_told(conn: psycopg.Connection[Any]) -> None:
    (nothing,) = warnings(conn, "q!", "SELECT id, now() AS t FROM author")
    assert nothing.message == "'!' throws away the rows of a statement that writes nothing"
    assert nothing.hint == "use ^ to get a row, $ to get a value, and no suffix to get all rows"
    (returned,) = warnings(conn, "q(id)!", "DELETE FROM author WHERE id = :id RETURNING id, name")
    assert returned.message == "query 'q' returns columns (id, name) that ! throws away"


def test_the_queries_of_the_shop_keep_their_suffixes(shop_database: str) -> None:
    from plainsql.catalog import load_catalog

    catalog = load_catalog(ROOT / "queries", root=ROOT)
    with psycopg.connect(shop_database, autocommit=True) as conn:
        found = describe_all(conn, catalog.queries)
    assert [warning for description in found for warning in description.warnings] == []
    one_at_most = {"one", "optional", "value"}
    for description in found:
        assert description.effects is not None
        if description.query.kind in one_at_most:
            assert description.effects.rows.at_most == 1, description.query.key
