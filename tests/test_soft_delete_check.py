"""`plainsql check` tells of queries that read deleted rows and don't say so."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from plainsql.catalog import load_catalog
from plainsql.config import find_config
from plainsql.describe.describer import Describer
from plainsql.errors import ConfigError
from tests.fixtures.databases import temporary_database
from tests.fixtures.projects import Project

TABLES = """
CREATE TABLE users (id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz);
CREATE TABLE posts (id bigint PRIMARY KEY, user_id bigint REFERENCES users, title text NOT NULL);
CREATE TABLE tags (id bigint PRIMARY KEY, deleted_at timestamptz, post_id bigint) PARTITION BY RANGE (id);
CREATE VIEW live_users AS SELECT id, email FROM users WHERE deleted_at IS NULL;
CREATE VIEW dead_users AS SELECT id, deleted_at FROM users WHERE deleted_at IS NOT NULL;
"""


@pytest.fixture(scope="module")
def describer(server: str) -> Iterator[Describer]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(TABLES)
        yield Describer(conn, soft_delete="deleted_at")


def warnings(describer: Describer, folder: Path, sql: str, directive: str = "") -> list[str]:
    """Return what is said of deleted rows in one query."""
    suffix = "!" if sql.startswith(("UPDATE", "DELETE", "INSERT", "MERGE")) and "RETURNING" not in sql else ""
    (folder / "q.sql").write_text(f"-- name: q(){suffix}\n{directive}{sql};\n", encoding="utf-8")
    catalog = load_catalog(folder)
    assert not catalog.problems
    description = describer.describe(next(iter(catalog.queries)))
    assert description.problem is None, description.problem
    return [warning.message for warning in description.warnings if "delete" in warning.message]


@pytest.mark.parametrize(
    ("sql", "tables"),
    [
        ("SELECT email FROM users", ["users"]),
        ("SELECT p.title, u.email FROM posts AS p JOIN users AS u ON u.id = p.user_id", ["users AS u"]),
        ("SELECT p.title, u.email FROM posts AS p LEFT JOIN users AS u ON u.id = p.user_id", ["users AS u"]),
        ("SELECT id FROM posts AS p WHERE EXISTS (SELECT FROM users AS u WHERE u.id = p.user_id)", ["users AS u"]),
        ("SELECT id FROM posts WHERE user_id IN (SELECT id FROM users)", ["users"]),
        ("WITH u AS (SELECT id FROM users) SELECT id FROM u", ["users"]),
        ("SELECT id FROM (SELECT id FROM users) AS u", ["users"]),
        ("SELECT id FROM posts UNION ALL SELECT id FROM users", ["users"]),
        ("SELECT count(*) AS n FROM users", ["users"]),
        ("SELECT t.id FROM tags AS t", ["tags AS t"]),
        # One of two is asked for.
        (
            "SELECT a.id, b.email FROM users AS a JOIN users AS b ON b.id = a.id + 1 WHERE a.deleted_at IS NULL",
            ["users AS b"],
        ),
        ("SELECT u.id FROM users AS u JOIN tags AS t ON t.post_id = u.id WHERE t.deleted_at IS NULL", ["users AS u"]),
        # A join lists all columns of both sides; none of them is asked for by that.
        ("SELECT j.email FROM (users AS u JOIN posts AS p ON p.user_id = u.id) AS j", ["users AS u"]),
        ("UPDATE posts AS p SET title = u.email FROM users AS u WHERE u.id = p.user_id", ["users AS u"]),
        ("DELETE FROM posts AS p USING users AS u WHERE u.id = p.user_id", ["users AS u"]),
        ("INSERT INTO posts (id, user_id, title) SELECT id, id, email FROM users", ["users"]),
        ("MERGE INTO posts AS p USING users AS u ON u.id = p.user_id WHEN MATCHED THEN DELETE", ["users AS u"]),
    ],
)
def test_a_read_that_forgets_the_filter_is_told(
    describer: Describer, tmp_path: Path, sql: str, tables: list[str]
) -> None:
    found = warnings(describer, tmp_path, sql)
    assert [message.partition(" is read with its deleted rows")[0] for message in found] == tables


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT email FROM users WHERE deleted_at IS NULL",
        "SELECT email FROM users WHERE deleted_at IS NOT NULL",
        "SELECT email FROM users AS u WHERE u.deleted_at < now() - interval '30 days'",
        "SELECT email, deleted_at FROM users",
        "SELECT email, deleted_at IS NOT NULL AS is_deleted FROM users",
        "SELECT email FROM users ORDER BY deleted_at",
        "SELECT to_jsonb(u) AS whole FROM users AS u",
        "SELECT count(*) FILTER (WHERE deleted_at IS NULL) AS n FROM users",
        "SELECT p.title FROM posts AS p LEFT JOIN users AS u ON u.id = p.user_id AND u.deleted_at IS NULL",
        "SELECT title FROM posts AS p JOIN users AS u ON u.id = p.user_id WHERE coalesce(deleted_at, now()) >= now()",
        "SELECT j.email FROM (users AS u JOIN posts AS p ON p.user_id = u.id) AS j WHERE j.deleted_at IS NULL",
        "SELECT u.id FROM users AS u JOIN tags AS t USING (deleted_at)",
        "SELECT id FROM (SELECT * FROM users) AS u WHERE u.deleted_at IS NULL",
        "SELECT id FROM posts AS p WHERE EXISTS (SELECT FROM users AS u WHERE u.id = user_id AND deleted_at IS NULL)",
        "SELECT id FROM users AS u WHERE EXISTS (SELECT FROM posts AS p WHERE user_id = u.id AND deleted_at IS NULL)",
        "SELECT id, email FROM live_users",
        "SELECT id FROM dead_users",
        "SELECT title FROM posts",
        # Writing isn't reading.
        "UPDATE users SET email = 'x' WHERE id = 1",
        "UPDATE users SET deleted_at = NULL WHERE id = 1 RETURNING email",
        "DELETE FROM users WHERE id = 1",
        "INSERT INTO users (id, email) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET email = excluded.email",
    ],
)
def test_a_read_that_names_the_column_is_deliberate(describer: Describer, tmp_path: Path, sql: str) -> None:
    assert warnings(describer, tmp_path, sql) == []


def test_a_query_may_say_why_it_reads_deleted_rows(describer: Describer, tmp_path: Path) -> None:
    allow = "-- @allow deleted_rows The titles outlive who wrote them.\n"
    assert warnings(describer, tmp_path, "SELECT email FROM users", allow) == []
    assert warnings(describer, tmp_path, "SELECT id FROM users WHERE deleted_at IS NULL", allow) == [
        "'@allow deleted_rows' allows nothing: no table here is read without deleted_at"
    ]


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("@allow", "'@allow' knows no warning ''", "write one of deleted_rows, subjects, and the reason"),
        ("@allow deleted_row why", "'@allow' knows no warning 'deleted_row'", "did you mean 'deleted_rows'?"),
        ("@allow deleted_rows", "'@allow deleted_rows' gives no reason", "write why: @allow deleted_rows …"),
    ],
)
def test_an_allowance_needs_a_warning_and_a_reason(tmp_path: Path, line: str, message: str, hint: str) -> None:
    (tmp_path / "q.sql").write_text(f"-- name: q()\n-- {line}\nSELECT 1 AS one;\n", encoding="utf-8")
    (problem,) = load_catalog(tmp_path).problems
    assert (problem.message, problem.hint, problem.line) == (message, hint, 2)


def test_check_warns_where_the_project_names_the_column(project: Project) -> None:
    project.write("migrations/0002.posts.sql", "ALTER TABLE users ADD COLUMN deleted_at timestamptz;")
    project.write("migrations/0002.posts.rollback.sql", "ALTER TABLE users DROP COLUMN deleted_at;")
    assert "deleted rows" not in output(project.run("generate"))
    project.replace("pyproject.toml", "[tool.plainsql]", '[tool.plainsql]\nsoft_delete = "deleted_at"')
    found = output(project.run("check"))
    line = (project.root / "queries/users.sql").read_text().split("\n").index("-- name: list_users") + 1
    assert f"queries/users.sql:{line}:1: warning: users is read with its deleted rows" in found
    assert "nothing asks for users.deleted_at" in found
    assert "write users.deleted_at IS NULL, or '-- @allow deleted_rows …' with the reason" in found


def output(process: Any) -> str:
    return str(process.stdout) + str(process.stderr)


def test_the_name_of_the_column_is_text(project: Project) -> None:
    project.replace("pyproject.toml", "[tool.plainsql]", "[tool.plainsql]\nsoft_delete = true")
    with pytest.raises(ConfigError, match=r"soft_delete in .* must be a string, found a boolean"):
        find_config(project.root)
