"""``plainsql describe`` on schemas that are nobody's shop, and on schemas that mean harm."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.fixtures.projects import Project

LIBRARY = """
CREATE DOMAIN isbn AS text CHECK (VALUE ~ '^[0-9-]{10,17}$');
CREATE SCHEMA lending;
CREATE TABLE author (id serial PRIMARY KEY, name text NOT NULL, died date);
CREATE TABLE book (
    isbn isbn PRIMARY KEY,
    title varchar(200) NOT NULL,
    author_id int REFERENCES author,
    subjects text[],
    price money
);
CREATE TABLE lending.loan (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), isbn isbn NOT NULL REFERENCES book,
    since timestamptz NOT NULL DEFAULT now(), until timestamptz, fine numeric);
"""

QUERIES = """\
-- name: book_of(isbn)^
SELECT b.isbn, b.title, a.name AS author, b.subjects, b.price
FROM book AS b LEFT JOIN author AS a ON a.id = b.author_id WHERE b.isbn = :isbn;

-- name: lend(isbn, until)<!
INSERT INTO lending.loan (isbn, until) VALUES (:isbn, :until) RETURNING id, since, until;

-- name: count_loans()$
SELECT count(*) AS loans FROM lending.loan;

-- name: broken()
SELECT titel FROM book;
"""


@pytest.fixture
def library(project: Project) -> Project:
    """A folder without a project, with a schema file and queries."""
    (project.root / "pyproject.toml").unlink()
    project.write("schema.sql", LIBRARY)
    (project.root / "queries/users.sql").unlink()
    project.write("queries/sub/library.sql", QUERIES)
    return project


def describe(project: Project, *arguments: str, code: int = 0) -> dict[str, Any]:
    """Return what ``describe --json`` prints."""
    done = project.run("describe", "--queries", "queries", *arguments, "--json", code=code)
    result: dict[str, Any] = json.loads(done.stdout)["queries"]
    return result


def test_describe_prints_the_agreed_json_and_one_bad_query_hides_no_other(library: Project) -> None:
    found = describe(library, "--schema", "schema.sql", code=1)
    assert list(found) == [f"sub.library.{name}" for name in ("book_of", "lend", "count_loans", "broken")]
    book = found["sub.library.book_of"]
    assert set(book) == {
        "file", "line", "kind", "params", "columns", "reads", "writes", "access", "access_reasons", "volatility",
        "volatile_functions", "min_rows", "max_rows", "locks", "advisory_locks", "error",
    }  # fmt: skip
    assert (book["access"], book["volatility"], book["min_rows"], book["max_rows"]) == ("read", "immutable", 0, 1)
    assert book["locks"] == [{"table": name, "mode": "ACCESS SHARE", "rows": None} for name in ("author", "book")]
    assert (book["file"], book["line"], book["kind"]) == ("queries/sub/library.sql", 1, "optional")
    assert book["reads"] == ["author", "book"]
    assert book["writes"] == []
    assert book["error"] is None
    columns = {item["name"]: item for item in book["columns"]}
    assert set(columns["isbn"]) == {"name", "pg_type", "domain", "py_type", "nullable"}
    assert columns["isbn"] == {
        "name": "isbn", "pg_type": "text", "domain": "isbn", "py_type": "str", "nullable": False,
    }  # fmt: skip
    assert columns["title"]["pg_type"] == "character varying"
    assert columns["title"]["nullable"] is False
    assert columns["author"]["nullable"] is True, "the unmatched side of an outer join"
    assert columns["subjects"]["py_type"] == "list[str | None]"
    lend = found["sub.library.lend"]
    assert [(item["name"], item["nullable"]) for item in lend["params"]] == [("isbn", False), ("until", True)]
    assert lend["writes"] == ["lending.loan"]
    assert [item["nullable"] for item in lend["columns"]] == [False, False, True]
    assert lend["access_reasons"] == ["writes lending.loan"]
    assert found["sub.library.count_loans"]["columns"][0]["nullable"] is False
    assert found["sub.library.count_loans"]["min_rows"] == 1
    assert found["sub.library.broken"]["access"] is None
    error = found["sub.library.broken"]["error"]
    assert (error["line"], error["column"]) == (12, 8)
    assert "titel" in error["message"]


def test_describe_prints_tables_for_people(library: Project) -> None:
    done = library.run("describe", "--queries", "queries", "--schema", "schema.sql", code=1)
    assert "sub.library.book_of" in done.stdout
    assert "list[str | None]" in done.stdout
    assert "read | at most one row" in done.stdout
    assert "write: writes lending.loan | exactly one row" in " ".join(done.stdout.split())
    assert "queries/sub/library.sql:12:8: error" in done.stderr


def test_several_schema_files_are_loaded_in_order(library: Project) -> None:
    library.write("more.sql", "CREATE TABLE shelf (id int PRIMARY KEY, isbn isbn NOT NULL);")
    library.write("queries/sub/library.sql", "-- name: shelves\nSELECT id, isbn FROM shelf;\n")
    found = describe(library, "--schema", "schema.sql", "--schema", "more.sql")
    assert [column["domain"] for column in found["sub.library.shelves"]["columns"]] == [None, "isbn"]


def test_a_pg_dump_file_is_a_schema(library: Project, empty_database: str) -> None:
    import subprocess

    from plainsql.embedded.binaries import find_postgres

    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(LIBRARY)
        conn.execute("INSERT INTO author (name) VALUES ('Ada')")
    command = [
        str(find_postgres().bin / "pg_dump"),
        "--dbname",
        empty_database,
        "--file",
        str(library.root / "dump.sql"),
    ]
    subprocess.run(command, check=True, timeout=60)
    found = describe(library, "--schema", "dump.sql", code=1)
    assert found["sub.library.book_of"]["error"] is None
    assert found["sub.library.lend"]["writes"] == ["lending.loan"]


def test_migrations_of_another_tool_are_a_schema_and_the_tool_is_told(library: Project) -> None:
    library.write("flyway/V1__library.sql", LIBRARY)
    library.write(
        "flyway/V2__shelf.sql", "ALTER TABLE book ADD COLUMN shelf int;\nGRANT SELECT ON book TO nobody_here;\n"
    )
    done = library.run("describe", "--queries", "queries", "--migrations", "flyway", "--json", code=1)
    assert json.loads(done.stdout)["queries"]["sub.library.book_of"]["error"] is None
    assert "note: flyway: taken for migrations of Flyway: 2 files, from V1__library.sql to V2__shelf.sql" in done.stderr
    assert "note: skipped GRANT and REVOKE, 1 statement; the first is flyway/V2__shelf.sql:2: role" in done.stderr


def test_notes_come_before_the_error_that_ends_the_run(library: Project) -> None:
    library.write("flyway/V1__library.sql", "GRANT pg_monitor TO nobody_here;\nCREATE TABLE t (a nowhere);\n")
    done = library.run("describe", "--queries", "queries", "--migrations", "flyway", "--json", code=2)
    tool, skipped, error = done.stderr.splitlines()[:3]
    assert tool.startswith("note: flyway: taken for migrations of Flyway: 1 file, from V1__library.sql")
    assert skipped.startswith("note: skipped GRANT and REVOKE, 1 statement; the first is flyway/V1__library.sql:1: ")
    assert error == 'plainsql: flyway/V1__library.sql:2: type "nowhere" does not exist'


def test_a_folder_is_a_schema(library: Project) -> None:
    library.write("schema/2.sql", "CREATE VIEW v AS SELECT a FROM t;")
    library.write("schema/1.sql", "CREATE TABLE t (a int NOT NULL);")
    library.write("queries/sub/library.sql", "-- name: all_of_it\nSELECT a FROM v;\n")
    done = library.run("describe", "--queries", "queries", "--schema", "schema", "--json")
    assert json.loads(done.stdout)["queries"]["sub.library.all_of_it"]["columns"][0]["nullable"] is False
    assert done.stderr == "note: schema: 2 files in this order: 1.sql, 2.sql\n"


HOSTILE = {
    "program": "COPY author (name) FROM PROGRAM 'touch {trace}; echo x';",
    "write a file": "COPY author TO '{trace}';",
    "large object": "SELECT lo_import('/etc/passwd');",
    "export": "SELECT lo_export(lo_create(0), '{trace}');",
    "server settings": "ALTER SYSTEM SET work_mem = '77MB';",
    "read a file": "SELECT pg_read_file('/etc/passwd');",
    "role": "CREATE ROLE plainsql_intruder SUPERUSER LOGIN;",
    "become superuser": "RESET ROLE; RESET SESSION AUTHORIZATION; CREATE ROLE plainsql_intruder SUPERUSER;",
    "set role": "SET ROLE postgres; CREATE ROLE plainsql_intruder;",
    "database": "CREATE DATABASE plainsql_intruder;",
    "psql": "\\! touch {trace}",
    "language": "CREATE FUNCTION f() RETURNS int LANGUAGE c AS 'x', 'y';",
    "do block": "DO $$ BEGIN EXECUTE 'COPY author FROM PROGRAM ''touch {trace}'''; END $$;",
    "psql include": "\\i /etc/passwd",
}


@pytest.mark.parametrize("harm", HOSTILE)
def test_a_hostile_schema_file_is_refused_with_its_line_and_leaves_no_trace(
    library: Project, server: str, tmp_path: Path, harm: str
) -> None:
    tmp_path.chmod(0o777)
    trace = tmp_path / "trace"
    library.write("hostile.sql", LIBRARY + HOSTILE[harm].format(trace=trace) + "\n")
    line = LIBRARY.count("\n") + 1
    before = catalog(server)
    done = library.run("describe", "--queries", "queries", "--schema", "hostile.sql", "--json", code=None)
    assert done.returncode != 0
    assert f"hostile.sql:{line}" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert not trace.exists()
    assert catalog(server) == before


def catalog(server: str) -> dict[str, Any]:
    """Return what a schema file could have left on the server: roles, databases, settings; not what others make."""
    with psycopg.connect(server, autocommit=True) as conn:
        return {
            "roles": {
                row[0] for row in conn.execute("SELECT rolname FROM pg_roles WHERE rolname ~ 'untrusted|intruder'")
            },
            "databases": {
                row[0] for row in conn.execute("SELECT datname FROM pg_database WHERE datname ~ 'untrusted|intruder'")
            },
            "settings": conn.execute("SELECT pg_read_file('postgresql.auto.conf', 0, 100000, true)").fetchall(),
            "work_mem": conn.execute("SHOW work_mem").fetchall(),
        }


def test_a_server_without_the_schema_is_asked_with_dsn(library: Project, empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(LIBRARY)
    assert describe(library, "--dsn", empty_database, code=1)["sub.library.book_of"]["error"] is None


def test_unusable_options_are_refused_in_one_line(library: Project) -> None:
    for arguments in (
        ("--schema", "nowhere.sql"),
        ("--schema", "schema.sql", "--dsn", "dbname=x"),
        ("--queries", "nowhere"),
        ("--schema", "schema.sql", "--scratch", "host=127.0.0.1 port=1"),
    ):
        done = library.run("describe", "--queries", "queries", *arguments, code=2)
        assert done.stderr.startswith("plainsql: ")
        assert "Traceback" not in done.stderr


def test_queries_of_a_hostile_author_are_described_and_not_run(library: Project, server: str) -> None:
    library.write(
        "queries/sub/library.sql",
        "-- name: sneaky()\nSELECT 1 AS a; END; CREATE TABLE intruder (); --\n\n"
        "-- name: program()#\nCOPY author FROM PROGRAM 'touch /tmp/plainsql_trace';\n",
    )
    done = library.run("describe", "--queries", "queries", "--schema", "schema.sql", "--json", code=1)
    assert "second statement" in done.stdout + done.stderr
    assert not Path("/tmp/plainsql_trace").exists()
