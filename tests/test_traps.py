"""
Every trap of stock aiosql that we know, twice: it catches stock aiosql, and it doesn't catch us.

Stock means aiosql's own loader, its `psycopg` adapter and its functions. Ours means our loader and the functions that
generated code calls. When the first half of a test fails, aiosql has mended the trap.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import aiosql
import psycopg
import pytest
from aiosql.query_loader import QueryLoader
from aiosql.types import QueryDatum
from aiosql.utils import SQLLoadException, SQLParseException

from plainsql.adapter import PlainSQLAdapter, PlainSQLLoader
from plainsql.catalog import load_catalog
from plainsql.errors import NoRowError, TooManyRowsError
from plainsql.execute import Statement, fetch_all, fetch_one, fetch_optional, fetch_value, run_script
from plainsql.query.model import Query
from plainsql.query.source import locate

INT8 = 20


def stock(text: str) -> Any:
    """The functions that stock aiosql makes of a text."""
    return aiosql.from_str(text, "psycopg")


def stock_data(text: str) -> list[QueryDatum]:
    """What stock aiosql's loader reads in a text."""
    return QueryLoader(aiosql.from_str("", "psycopg").driver_adapter, None).load_query_data_from_sql(text, [])


def ours(text: str) -> list[Query]:
    """The queries that our loader reads in a faultless text."""
    file, problems = PlainSQLLoader(PlainSQLAdapter(), None).load_query_file(text, path="q.sql", stem="q")
    assert [str(problem) for problem in problems] == []
    return list(file.queries)


def refused(text: str) -> list[str]:
    """Our loader's problems with a text."""
    _, problems = PlainSQLLoader(PlainSQLAdapter(), None).load_query_file(text, path="q.sql", stem="q")
    return [str(problem) for problem in problems]


def statement(query: Query, *oids: int, row: Any = None) -> Statement[Any]:
    """What generated code holds for a query."""
    return Statement(
        name=query.key, file=query.file, line=query.line, sql=query.sql, params=query.parameters, dump_oids=oids,
        bind_oids=oids, row=row, timeout=query.timeout, statements=query.statements,
    )  # fmt: skip


@pytest.fixture
def conn(empty_database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        yield conn


class TestLostQueries:
    """Queries that are absent, without a word."""

    def test_a_name_in_two_files_of_a_folder(self, tmp_path: Path) -> None:
        (tmp_path / "a.sql").write_text("-- name: get()\nSELECT 1;")
        (tmp_path / "b.sql").write_text("-- name: get()\nSELECT 2;")
        assert aiosql.from_path(tmp_path, "psycopg").available_queries == ["get", "get_cursor"]

        (problem,) = load_catalog(tmp_path, root=tmp_path).problems
        assert str(problem) == "b.sql:1:10: query 'get' is already defined at a.sql:1"

    @pytest.mark.parametrize("header", ["-- nmae: b()", "-- name b()", "--name b^", "-- Name: b()"])
    def test_a_misspelt_header(self, header: str) -> None:
        text = f"-- name: a()\nSELECT 1;\n{header}\nSELECT 2;"
        assert stock(text).available_queries == ["a", "a_cursor"]

        assert refused(text) == [f"q.sql:3:1: '{header}' is not a header"]

    def test_sql_before_the_first_header(self) -> None:
        text = "SELECT 1;\n-- name: a()\nSELECT 2;"
        assert stock(text).available_queries == ["a", "a_cursor"]

        assert refused(text) == ["q.sql:1:1: SQL before the first header"]

    def test_one_fault_takes_the_whole_file(self) -> None:
        text = "-- name: a()\nSELECT 1;\n-- name: b(x)\nSELECT 2;\n-- name: c()\nSELECT 3;"
        with pytest.raises(SQLParseException, match="unused declared parameter in query b"):
            stock(text)

        file, _ = PlainSQLLoader(PlainSQLAdapter(), None).load_query_file(text, path="q.sql", stem="q")
        assert [query.name for query in file.queries] == ["a", "c"]
        assert refused(text) == ["q.sql:3:12: parameter 'x' is declared but not used"]

    def test_two_statements_in_one_query(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()\nSELECT 1; SELECT 2;"
        assert list(stock(text).a(conn)) == [(1,)]  # the second ran too, its rows are gone

        assert refused(text) == ["q.sql:2:11: query 'a' has a second statement"]

    def test_names_that_the_container_has(self) -> None:
        text = "-- name: add_query()\nSELECT 1;"
        with pytest.raises(SQLLoadException) as caught:
            stock(text)
        assert "line" not in str(caught.value)  # nobody says where

        assert refused(text) == ["q.sql:1:10: query name 'add_query' is an attribute of aiosql's Queries"]


class TestColons:
    """A ``:x`` that is no parameter."""

    @pytest.mark.parametrize(
        "sql",
        [
            "SELECT $$ :x $$, 1",
            "SELECT $tag$ it's :x $tag$, 1",
            "SELECT 1 -- trailing :x",
            "SELECT 1 -- trailing :x\n, 2",
            "SELECT E'\\' :x', 1",
            "SELECT (ARRAY[1, 2, 3])[1:n] FROM (VALUES (2)) AS v (n)",
            "SELECT (ARRAY[1, 2, 3])[:n] FROM (VALUES (2)) AS v (n)",
        ],
    )
    def test_is_taken_for_a_parameter(self, sql: str, conn: psycopg.Connection[Any]) -> None:
        text = f"-- name: a()\n{sql};"
        with pytest.raises(SQLParseException, match=r"undeclared parameter name in query a: [xn]"):
            stock(text)

        (query,) = ours(text)
        assert query.parameters == ()
        plain = sql.rpartition(" -- ")[0] if sql.endswith(":x") else sql
        assert query.sql == plain
        assert fetch_all(conn, statement(query, row=tuple_of)) == conn.execute(sql.encode()).fetchall()

    def test_a_slice_written_like_a_cast(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a(lo, hi)$\nSELECT (ARRAY[1, 2, 3, 4])[:lo::hi];"
        with pytest.raises(SQLParseException, match="unused declared parameter in query a"):
            stock(text)

        assert refused(text) == ["q.sql:1:16: parameter 'hi' is declared but not used"]
        (query,) = ours(text.replace("::", " : :"))
        assert fetch_value(conn, statement(query, INT8, INT8), (2, 3)) == [2, 3]

    @pytest.mark.parametrize("sql", ["SELECT $1", "SELECT :1"])
    def test_a_numbered_parameter(self, sql: str, conn: psycopg.Connection[Any]) -> None:
        text = f"-- name: a()$\n{sql};"
        with pytest.raises((psycopg.Error, KeyError)):  # found by the first caller, not by the loader
            stock(text).a(conn)

        assert refused(text) == [f"q.sql:2:8: numbered parameter '{sql[7:]}'"]

    def test_an_apostrophe_in_a_comment_hides_one(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a(x)$\nSELECT 1 -- don't\n + :x + length('a');"
        with pytest.raises(SQLParseException, match="unused declared parameter in query a"):
            stock(text)

        (query,) = ours(text)
        assert fetch_value(conn, statement(query, INT8), (2,)) == 4

    def test_a_python_keyword_can_be_no_argument(self) -> None:
        text = "-- name: a(from)\nSELECT :from;"
        with pytest.raises(ValueError, match=r"^'from' is not a valid parameter name$"):  # in which file?
            stock(text)

        assert refused(text) == ["q.sql:1:12: parameter name 'from' is a Python keyword"]


class TestChangedText:
    """SQL that is not what the file says."""

    def test_a_line_of_a_literal_moves_to_the_doc(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()$\nSELECT '\n-- not a comment\n';"
        assert stock(text).a(conn) == "\n"
        assert stock(text).a.__doc__ == "not a comment"

        (query,) = ours(text)
        assert fetch_value(conn, statement(query)) == "\n-- not a comment\n"
        assert query.doc == ""

    def test_spaces_at_line_ends_of_a_literal_go(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()$\nSELECT 'a  \nb';"
        assert stock(text).a(conn) == "a\nb"

        assert fetch_value(conn, statement(ours(text)[0])) == "a  \nb"

    def test_a_block_comment_inside_a_dollar_literal_goes(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()$\nSELECT $$a/* b */c$$;"
        assert stock(text).a(conn) == "ac"

        assert fetch_value(conn, statement(ours(text)[0])) == "a/* b */c"

    def test_block_comments_go(self) -> None:
        text = "-- name: a()\nSELECT /* one */ 1;"
        assert "one" not in stock(text).a.sql

        assert ours(text)[0].sql == "SELECT /* one */ 1"

    def test_comments_of_the_body_become_the_doc(self) -> None:
        text = "-- name: a()\n-- Doc.\nSELECT\n  -- why\n  1;\n\n-- Section: b.\n-- name: b()\nSELECT 2;"
        assert stock(text).a.__doc__ == "Doc.\nwhy\nSection: b."

        query = ours(text)[0]
        assert (query.doc, query.sql) == ("Doc.", "SELECT\n  -- why\n  1")

    def test_a_header_inside_a_literal_cuts_it(self) -> None:
        text = "-- name: a()$\nSELECT 'x -- name: b()\n';"
        assert [datum.query_name for datum in stock_data(text)] == ["a", "b"]

        assert [query.name for query in ours(text)] == ["a"]

    def test_a_percent_sign_needs_doubling(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a(x)$\nSELECT 'abc' LIKE 'a%' AND 5 % :x = 1;"
        with pytest.raises(psycopg.ProgrammingError, match="placeholder"):
            stock(text).a(conn, x=2)

        (query,) = ours(text)
        assert fetch_value(conn, statement(query, INT8), (2,)) is True


class TestPlaces:
    """Where a fault is."""

    def test_the_line_of_a_query_after_a_block_comment(self) -> None:
        text = "-- name: a()\nSELECT 1;\n/* one\n   two\n   three */\n\n\n-- name: b()\nSELECT 2;"
        assert [datum.floc[1] for datum in stock_data(text)] == [1, 6]

        assert [query.line for query in ours(text)] == [1, 8]

    def test_the_place_of_an_error_of_the_server(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a(order_id)\n-- Doc.\nSELECT 'é', $$ :z $$,\n  /* two\n  lines */ :order_id::bigint, nope\n;"
        with pytest.raises(SQLParseException):
            stock(text)
        assert "lines" not in stock(text.replace(":z", "z")).a.sql  # what is gone can't be counted

        (query,) = ours(text)
        with pytest.raises(psycopg.errors.UndefinedColumn) as caught:
            fetch_all(conn, statement(query, INT8, row=tuple_of), (1,))
        offset = int(caught.value.diag.statement_position or 0) - 1
        place = locate(query, offset)
        assert text.split("\n")[place.line - 1][place.column - 1 :] == "nope"

    def test_an_open_quote_stays_in_its_query(self) -> None:
        text = "-- name: a()\nSELECT 'a;\n-- name: b()\nSELECT 2;\n-- name: c()\nSELECT 'c;\n"
        assert stock(text).available_queries[::2] == ["a", "b", "c"]  # found by whoever runs it

        assert refused(text) == [f"q.sql:{line}:8: unterminated quoted string" for line in (2, 6)]


class TestCalls:
    """What a call gives back."""

    def test_the_first_of_many_rows_for_one(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()^\nSELECT n FROM generate_series(1, 3) AS n;"
        assert stock(text).a(conn) == (1,)

        with pytest.raises(TooManyRowsError):
            fetch_optional(conn, statement(ours(text)[0], row=tuple_of))

    def test_the_first_of_many_rows_for_a_value(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()$\nSELECT n FROM generate_series(1, 3) AS n;"
        assert stock(text).a(conn) == 1

        with pytest.raises(TooManyRowsError):
            fetch_value(conn, statement(ours(text)[0]))

    def test_no_row_looks_like_null(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a()$\nSELECT 1 WHERE false;"
        assert stock(text).a(conn) is None

        with pytest.raises(NoRowError):
            fetch_value(conn, statement(ours(text)[0]))

    def test_returning_changes_its_shape_with_its_columns(self, conn: psycopg.Connection[Any]) -> None:
        conn.execute("CREATE TABLE t (id int, n int)")
        text = "-- name: a()<!\nINSERT INTO t VALUES (1, 2) RETURNING id;"
        assert stock(text).a(conn) == 1
        assert stock(text.replace("id;", "id, n;")).a(conn) == (1, 2)

        (query,) = ours(text)
        assert fetch_one(conn, statement(query, row=tuple_of)) == (1,)

    def test_unknown_arguments_are_accepted(self, conn: psycopg.Connection[Any]) -> None:
        text = "-- name: a(x)$\nSELECT :x::int;"
        assert stock(text).a(conn, x=1, y=2) == 1

        (query,) = ours(text)
        assert query.parameters == ("x",)  # the generated function takes these by keyword and no others
        with pytest.raises(ValueError):
            fetch_value(conn, statement(query, INT8), (1, 2))

    def test_rows_that_die_with_the_connection(self, empty_database: str) -> None:
        text = "-- name: a()\nSELECT 1;"
        with psycopg.connect(empty_database) as conn:
            lazy = stock(text).a(conn)
        with pytest.raises(psycopg.OperationalError, match="the connection is closed"):
            list(lazy)

        with psycopg.connect(empty_database) as conn:
            rows = fetch_all(conn, statement(ours(text)[0], row=tuple_of))
        assert rows == [(1,)]

    def test_two_concurrent_index_builds_in_one_script(self, conn: psycopg.Connection[Any]) -> None:
        conn.execute("CREATE TABLE t (a int, b int)")
        text = "-- name: build#\nCREATE INDEX CONCURRENTLY i ON t (a);\nCREATE INDEX CONCURRENTLY j ON t (b);"
        with pytest.raises(psycopg.errors.ActiveSqlTransaction):
            stock(text).build(conn)

        run_script(conn, statement(ours(text)[0]))
        found = conn.execute("SELECT count(*) FROM pg_indexes WHERE tablename = 't'").fetchone()
        assert found == (2,)


def tuple_of(*columns: object) -> tuple[object, ...]:
    return columns
