"""What describe says of a query, and how it says no: file, line, column, and what to write instead."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.catalog import load_catalog
from plainsql.describe import Describer, Description, describe_all, describe_query
from plainsql.describe.report import exit_code, report
from plainsql.query.problem import Problem
from plainsql.scratch import scratch_database
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import bare_query, load_text

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN posint AS integer CHECK (value > 0);
CREATE TABLE t (id bigint PRIMARY KEY, n integer, s text NOT NULL, v varchar, m mood NOT NULL, ms mood[], p posint,
    created_at timestamptz NOT NULL DEFAULT now());
CREATE SCHEMA "odd schema";
CREATE TYPE "odd schema"."{odd} ""type" AS ENUM ('a');
CREATE TABLE "odd schema".o (x "odd schema"."{odd} ""type");
"""


@pytest.fixture(scope="module")
def database(server: str) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute(SCHEMA)
        yield conninfo


@pytest.fixture
def conn(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


def describe(conn: psycopg.Connection[Any], text: str) -> Description:
    """Describe the one query of a file."""
    (query,) = load_text(text).values()
    return describe_query(conn, query)


def good(conn: psycopg.Connection[Any], text: str) -> Description:
    found = describe(conn, text)
    assert found.problem is None, found.problem
    return found


def bad(conn: psycopg.Connection[Any], text: str) -> Problem:
    found = describe(conn, text)
    assert found.problem is not None
    assert (found.parameters, found.columns) == ((), ())
    return found.problem


def caret(problem: Problem) -> str:
    return problem.source[problem.column - 1 : problem.column - 1 + problem.length]


def test_parameters_and_columns_have_the_servers_types(conn: psycopg.Connection[Any]) -> None:
    found = good(
        conn,
        "-- name: get(id, moods)\nSELECT id, n, m, ms, p FROM t WHERE id = :id AND m = ANY (:moods) AND p > :id;\n",
    )
    assert [(p.name, p.type.name, p.nullable) for p in found.parameters] == [
        ("id", "bigint", False),
        ("moods", "mood[]", False),
    ]
    assert [(c.name, c.type.name, c.domain, c.nullable) for c in found.columns] == [
        ("id", "bigint", None, False),
        ("n", "integer", None, True),
        ("m", "mood", None, False),
        ("ms", "mood[]", None, True),
        ("p", "integer", "posint", False),
    ]
    assert found.columns[2].type.labels == ("sad", "ok")
    assert (found.reads, found.writes, found.warnings) == (("t",), (), ())


def test_domains_of_parameters_are_told_apart_from_their_base(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, "-- name: put(p, id)!\nUPDATE t SET p = :p WHERE id = :id;\n")
    assert [(p.type.name, p.domain, p.nullable) for p in found.parameters] == [
        ("integer", "posint", True),
        ("bigint", None, False),
    ]


def test_server_errors_point_into_the_file(conn: psycopg.Connection[Any]) -> None:
    problem = bad(
        conn, "-- Füllwörter: é.\n\n-- name: get(i)\nSELECT id,\n  'é :x' AS x, nmae\nFROM t WHERE id = :i;\n"
    )
    assert (problem.file, problem.line, problem.column) == ("q.sql", 5, 16)
    assert problem.message == 'column "nmae" does not exist'
    assert caret(problem) == "nmae"
    assert problem.query == "q.get"


def test_the_servers_hint_is_kept(conn: psycopg.Connection[Any]) -> None:
    problem = bad(conn, "-- name: get\nSELECT x.craeted_at FROM t AS x;\n")
    assert problem.hint is not None
    assert "created_at" in problem.hint
    assert caret(problem) == "x.craeted_at"


def test_syntax_errors_point_into_the_file(conn: psycopg.Connection[Any]) -> None:
    problem = bad(conn, "-- name: get\nSELECT id\nFROM t WEHRE id = 1;\n")
    assert (problem.line, caret(problem)) == (3, "id")


@pytest.mark.parametrize(
    ("sql", "types"),
    [
        ("SELECT id FROM t WHERE :x IS NULL OR id = :x", {"x": "bigint"}),
        ("SELECT id FROM t WHERE (:x IS NULL OR s = :x) AND (:y IS NULL OR m = :y)", {"x": "text", "y": "mood"}),
        ("SELECT id FROM t WHERE (:x IS NULL AND :x IS NULL) OR n = :x", {"x": "integer"}),
        ("SELECT id FROM t WHERE coalesce(:x, :x) IS NULL OR created_at < :x", {"x": "timestamp with time zone"}),
        ("SELECT id FROM t WHERE '$1 :x' = s AND (:x IS NULL OR id = :x)", {"x": "bigint"}),
    ],
)
def test_parameters_are_typed_by_their_other_places(
    conn: psycopg.Connection[Any], sql: str, types: dict[str, str]
) -> None:
    found = good(conn, f"-- name: find({', '.join(types)})\n{sql};\n")
    assert {p.name: p.type.name for p in found.parameters} == types


def test_one_parameter_in_two_string_or_integer_columns_is_unified(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, "-- name: put(id, s)!\nINSERT INTO t (id, n, s, v, m) VALUES (:id, :id, :s, :s, 'ok');\n")
    assert [p.type.name for p in found.parameters] == ["bigint", "text"]


@pytest.mark.parametrize(
    ("sql", "at", "message", "hint"),
    [
        ("SELECT :x IS NULL AS a", ":x", "could not determine data type of parameter :x", "write :x::type"),
        ("SELECT jsonb_build_object('a', :x) AS a", ":x", "could not determine data type", "write :x::type"),
        ("INSERT INTO t (id, s) VALUES (:x, :x) RETURNING id", ":x", "is used as bigint and as text", "write :x::type"),
        ("SELECT :x AS label FROM t WHERE id = :x", ":x", "is used as text and as bigint", "write :x::type"),
        ("SELECT u FROM unnest(:x) AS u", "unnest", "is not unique", "write :x::type"),
        ("SELECT :x + :x AS a", "+", "is not unique", "write :x::type"),
        ("SELECT id FROM t WHERE created_at > now() - :x", ":x", "does not exist", "write :x::interval"),
    ],
)
def test_parameters_without_a_type_ask_for_a_cast(
    conn: psycopg.Connection[Any], sql: str, at: str, message: str, hint: str
) -> None:
    problem = bad(conn, f"-- name: find(x)\n{sql};\n")
    assert problem.line == 2
    assert caret(problem).rstrip("(") == at
    assert message in problem.message
    assert problem.hint == hint


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("-- name: a^\nDELETE FROM t;", "query 'a' returns no columns; use !"),
        ("-- name: a\nSELECT FROM t;", "query 'a' returns no columns; use !"),
        ("-- name: a<!\nINSERT INTO t (id, s, m) VALUES (1, '', 'ok');", "query 'a' returns no columns; use !"),
        ("-- name: a$\nSELECT id, n FROM t;", "is marked $ for one value, but returns 2 columns: id, n"),
        ("-- name: a\nSELECT id, n, id FROM t;", "2 columns are named 'id'"),
        ("-- name: a\nSELECT id, 1 FROM t;", "column 2 has no name"),
        ('-- name: a\nSELECT id AS "class" FROM t;', "column 'class' is a Python keyword"),
        ('-- name: a\nSELECT id AS "a b" FROM t;', "column 1 is named 'a b', which is no Python name"),
        ('-- name: a\nSELECT id AS "__slots__" FROM t;', "column '__slots__' begins with __"),
    ],
)
def test_columns_must_fit_the_kind_and_python(conn: psycopg.Connection[Any], text: str, message: str) -> None:
    problem = bad(conn, text + "\n")
    assert message in problem.message
    assert problem.hint
    assert caret(problem) == text.partition("\n")[0]


def test_a_value_needs_no_name(conn: psycopg.Connection[Any]) -> None:
    assert good(conn, "-- name: a$\nSELECT 1;\n").columns[0].name == "?column?"


def test_columns_that_a_count_throws_away_are_warned_of(conn: psycopg.Connection[Any]) -> None:
    (warning,) = good(conn, "-- name: a!\nDELETE FROM t RETURNING id;\n").warnings
    assert warning.level == "warning"
    assert "returns columns (id)" in warning.message


def test_utility_statements_fall_back_with_a_warning(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, "-- name: a\nSHOW work_mem;\n")
    assert [(c.name, c.type.name, c.nullable) for c in found.columns] == [("work_mem", "text", True)]
    (warning,) = found.warnings
    assert (warning.level, warning.line) == ("warning", 1)
    assert warning.message.startswith("every column is taken for nullable: ")


def test_more_than_a_hundred_parameters_fall_back_with_a_warning(conn: psycopg.Connection[Any]) -> None:
    names = [f"x{number}" for number in range(101)]
    values = " + ".join(f":{name}::integer" for name in names)
    found = good(conn, f"-- name: a({', '.join(names)})\nSELECT {values} AS total, id FROM t;\n")
    assert len(found.parameters) == 101
    assert [column.nullable for column in found.columns] == [True, True]
    assert "at most 100 parameters" in found.warnings[0].message


def test_pseudo_types_fall_back_with_a_warning(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, "-- name: a(x)\nSELECT id FROM t WHERE t = :x::record;\n")
    assert found.columns[0].nullable
    assert found.warnings[-1].message == "parameter :x has type record, which can't be sent"
    assert found.warnings[-1].hint == "write :x::type"


def test_no_temp_privilege_and_read_only_servers_fall_back_with_a_warning(server: str, database: str) -> None:
    role = f"plainsql_test_describe_{psycopg.conninfo.conninfo_to_dict(database)['dbname'][-6:]}"
    with psycopg.connect(database, autocommit=True) as admin:
        name = str(admin.info.dbname)
        admin.execute(sql.SQL("REVOKE TEMP ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
        admin.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role)))
        try:
            admin.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            found = describe_query(admin, bare_query("SELECT id FROM t"))
            assert "permission denied" in found.warnings[0].message
            assert found.columns[0].nullable
        finally:
            admin.execute("RESET ROLE")
            admin.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
            admin.execute(sql.SQL("GRANT TEMP ON DATABASE {} TO PUBLIC").format(sql.Identifier(name)))
    read_only = make_conninfo(database, options="-c default_transaction_read_only=on")
    with psycopg.connect(read_only, autocommit=True) as conn:
        found = describe_query(conn, bare_query("SELECT id FROM t"))
    assert "read-only" in found.warnings[0].message


def test_unknown_types_are_warned_of(conn: psycopg.Connection[Any]) -> None:
    (warning,) = good(conn, "-- name: a\nSELECT most_common_vals FROM pg_catalog.pg_stats;\n").warnings
    assert warning.message == "column 'most_common_vals' has type anyarray, which is read and written as text (str)"
    assert warning.hint == "name a Python type for it under [tool.plainsql.types]"
    (warning,) = good(conn, "-- name: a\nSELECT s FROM pg_catalog.pg_statistic AS s;\n").warnings
    assert "type pg_statistic, with members that are read and written as text (str)" in warning.message


@pytest.mark.parametrize("comparison", ["'sad'::happy = :x", ":x <> 'sad'::happy", "'sad'::happy = ANY(:x)"])
def test_a_domain_over_an_enum_needs_a_cast_and_the_hint_says_which(
    conn: psycopg.Connection[Any], comparison: str
) -> None:
    conn.execute("DROP DOMAIN IF EXISTS happy; DROP TYPE IF EXISTS feeling")
    conn.execute("CREATE TYPE feeling AS ENUM ('sad'); CREATE DOMAIN happy AS feeling")
    problem = bad(conn, f"-- name: a(x)\nSELECT 1 AS one WHERE {comparison};\n")
    hint = "PostgreSQL compares no domains over enums: write value::feeling for a value of type happy"
    assert problem.hint == hint
    found = good(conn, f"-- name: a(x)\nSELECT 1 AS one WHERE {comparison.replace('::happy', '::happy::feeling')};\n")
    assert found.parameters[0].type.name in ("feeling", "feeling[]")


def test_scripts_are_checked_for_syntax_only(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, "-- name: a#\nCREATE TABLE later (x int);\nCREATE INDEX CONCURRENTLY i ON later (x);\n")
    assert (found.columns, found.warnings) == ((), ())
    problem = bad(conn, "-- name: a#\nDROP TABLE IF EXISTS x;\nCREATE IDNEX i ON t (n);\n")
    assert (problem.line, problem.column, caret(problem)) == (3, 8, "IDNEX")


def test_types_with_odd_names_are_quoted(conn: psycopg.Connection[Any]) -> None:
    found = good(conn, '-- name: a(x)\nSELECT x FROM "odd schema".o WHERE x = :x;\n')
    assert found.warnings == ()
    assert found.reads == ("odd schema.o",)
    assert found.columns[0].type.labels == ("a",)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT 1; END; DROP TABLE t; --",
        "SELECT 1; SELECT 2",
        "END",
        "END; DROP TABLE t",
        "SELECT 1 /*",
        "COMMIT",
        "CREATE TABLE trace (x int)",
        "DELETE FROM t",
        "SELECT set_config('work_mem', '65MB', false)",
    ],
)
def test_nothing_is_executed_whatever_the_text(conn: psycopg.Connection[Any], text: str) -> None:
    conn.execute("DELETE FROM t; INSERT INTO t VALUES (1, 1, '', '', 'ok')")
    before = conn.execute("SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM t)").fetchone()
    describe_query(conn, bare_query(text))
    after = conn.execute("SELECT (SELECT count(*) FROM pg_class), (SELECT count(*) FROM t)").fetchone()
    assert before == after
    assert conn.execute("SELECT current_setting('work_mem') <> '65MB'").fetchone() == (True,)
    assert conn.execute("SELECT count(*) FROM pg_proc WHERE proname = 'plainsql_q'").fetchone() == (0,)
    assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_a_trailing_comment_does_not_swallow_the_end(conn: psycopg.Connection[Any]) -> None:
    found = describe_query(conn, bare_query("SELECT id FROM t -- all of them"))
    assert not found.warnings
    assert not found.columns[0].nullable


def test_a_connection_in_a_transaction_is_refused(database: str) -> None:
    with psycopg.connect(database) as conn, pytest.raises(ValueError, match="autocommit"):
        Describer(conn)


def test_one_bad_query_hides_no_other_and_progress_is_told(conn: psycopg.Connection[Any]) -> None:
    queries = load_text("-- name: a\nSELECT nope;\n\n-- name: b\nSELECT id FROM t;\n").values()
    seen: list[tuple[int, int]] = []
    first, second = describe_all(conn, queries, progress=lambda done, total: seen.append((done, total)))
    assert first.problem is not None
    assert second.problem is None
    assert seen == [(1, 2), (2, 2)]


def test_report_lists_every_query_with_its_error(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "things.sql").write_text(
        "-- name: get(id)^\nSELECT id, p, m FROM t WHERE id = :id;\n\n-- name: wrong\nSELECT nope FROM t;\n\n"
        "-- name: put(id, p)!\nUPDATE t SET p = :p WHERE id = :id;\n\n-- name: unused(x)\nSELECT id FROM t;\n"
    )
    catalog = load_catalog(tmp_path, root=tmp_path)
    descriptions = describe_all(conn, catalog.queries)
    found = report(catalog, descriptions)
    assert json.loads(json.dumps(found)) == found
    queries = found["queries"]
    assert set(queries) == {"sub.things.get", "sub.things.wrong", "sub.things.put", "sub.things.unused"}
    assert queries["sub.things.get"] == {
        "file": "sub/things.sql",
        "line": 1,
        "kind": "optional",
        "params": [{"name": "id", "pg_type": "bigint", "py_type": "int", "nullable": False}],
        "columns": [
            {"name": "id", "pg_type": "bigint", "domain": None, "py_type": "int", "nullable": False},
            {"name": "p", "pg_type": "integer", "domain": "posint", "py_type": "int", "nullable": True},
            {"name": "m", "pg_type": "mood", "domain": None, "py_type": "Mood", "nullable": False},
        ],
        "reads": ["t"],
        "writes": [],
        "access": "read",
        "access_reasons": [],
        "volatility": "immutable",
        "volatile_functions": [],
        "min_rows": 0,
        "max_rows": 1,
        "locks": [{"table": "t", "mode": "ACCESS SHARE", "rows": None}],
        "advisory_locks": [],
        "error": None,
    }
    assert queries["sub.things.wrong"]["error"] == {"message": 'column "nope" does not exist', "line": 5, "column": 8}
    assert queries["sub.things.put"]["writes"] == ["t"]
    assert queries["sub.things.unused"]["error"]["line"] == 10
    assert exit_code(catalog, descriptions) == 1


def test_exit_code_is_zero_when_there_are_only_warnings(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- name: a!\nDELETE FROM t RETURNING id;\n")
    catalog = load_catalog(tmp_path, root=tmp_path)
    assert exit_code(catalog, describe_all(conn, catalog.queries)) == 0


def test_a_schema_of_strangers_is_described_by_a_role_without_rights(server: str, tmp_path: Path) -> None:
    schema = tmp_path / "schema.sql"
    schema.write_text(
        "CREATE EXTENSION citext;\nCREATE TYPE kind AS ENUM ('a', 'b');\n"
        "CREATE TABLE books (id serial PRIMARY KEY, title citext NOT NULL, kind kind, tags text[] NOT NULL);\n"
    )
    query = load_text("-- name: find(title)\nSELECT id, title, kind, tags FROM books WHERE title = :title;\n")["find"]
    with (
        scratch_database(schema_files=[schema], server=server) as conninfo,
        psycopg.connect(conninfo, autocommit=True) as conn,
    ):
        found = describe_query(conn, query)
        assert conn.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user").fetchone() == (False,)
    assert found.problem is None
    assert found.warnings == ()
    assert [(c.type.name, c.nullable) for c in found.columns] == [
        ("integer", False),
        ("citext", False),
        ("kind", True),
        ("text[]", False),
    ]


def test_a_lost_connection_is_no_fault_of_the_query(database: str) -> None:
    with psycopg.connect(database, autocommit=True) as conn, psycopg.connect(database, autocommit=True) as other:
        describer = Describer(conn)
        other.execute("SELECT pg_terminate_backend(%s, 5000)", [conn.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            describer.describe(bare_query("SELECT id FROM t"))


def test_a_character_that_the_connection_cannot_send_is_a_problem(database: str) -> None:
    with psycopg.connect(database, autocommit=True, client_encoding="latin1") as conn:
        assert describe_query(conn, bare_query("SELECT 'é' AS x")).problem is None
        problem = describe_query(conn, bare_query("SELECT '→' AS x")).problem
    assert problem is not None
    assert (problem.column, problem.message) == (9, "'→' can't be sent: the connection's encoding is iso8859-1")


SHADOWS = """
CREATE SCHEMA evil;
CREATE FUNCTION evil.yes(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION evil.no(oid, oid) RETURNS boolean LANGUAGE sql AS 'SELECT false';
CREATE FUNCTION evil.same(name, name) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE FUNCTION public.none(oid, int) RETURNS boolean LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR evil.= (leftarg = oid, rightarg = oid, function = evil.yes);
CREATE OPERATOR evil.<> (leftarg = oid, rightarg = oid, function = evil.no);
CREATE OPERATOR evil.= (leftarg = name, rightarg = name, function = evil.same);
CREATE OPERATOR public.= (leftarg = oid, rightarg = int, function = public.none);
CREATE DOMAIN evil.oid AS text;
CREATE TABLE shadowed (id int NOT NULL, v text, p posint);
"""


@pytest.mark.parametrize("path", ["public", "evil, pg_catalog, public"])
def test_operators_of_the_database_do_not_answer_for_the_catalog(server: str, path: str) -> None:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        conn.execute(SHADOWS)
        conn.execute(sql.SQL("SET search_path = {}").format(sql.SQL(path)))
        found = good(conn, "-- name: q\nSELECT id, v, p FROM shadowed;\n")
        assert [column.nullable for column in found.columns] == [False, True, True]
        assert [column.domain for column in found.columns] == [None, None, "posint"]
        assert found.reads == ("shadowed",)


def test_a_domain_made_of_one_that_refuses_null_refuses_it_too(server: str) -> None:
    schema = """
    CREATE DOMAIN filled AS int NOT NULL;
    CREATE DOMAIN positive AS filled CHECK (VALUE > 0);
    CREATE TABLE d (a positive, b int);
    """
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(schema)
        found = good(conn, "-- name: q(a, b)!\nINSERT INTO d (a, b) VALUES (:a, :b);\n")
        assert [parameter.nullable for parameter in found.parameters] == [False, True]
