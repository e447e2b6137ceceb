"""``plainsql check``: each fault with file:line:col, a caret, a suggestion where there is one, and exit 1."""

from __future__ import annotations

import re

import pytest

from tests.fixtures.projects import Project


def check(project: Project) -> str:
    """Run check, which must fail, and return what it said; every fault shows its line with a caret."""
    done = project.run("check", code=1)
    assert re.search(r"^    .*\n    \s*\^+$", done.stderr, re.MULTILINE), done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_project_in_step_passes(project: Project) -> None:
    project.run("generate")
    assert "8 queries in 1 file checked: 0 errors" in project.run("check").stdout


FAULTS = {
    "misspelt column": ("SELECT id, email, balance", "SELECT id, emial, balance", "queries/users.sql:19:12", "email"),
    "misspelt table": ("FROM users ORDER", "FROM usres ORDER", "queries/users.sql:19:32", "did you mean users?"),
    "duplicate name": ("-- name: list_users", "-- name: find_user", "queries/users.sql:18", "line 3"),
    "typo in header": ("-- name: list_users", "-- nmae: list_users", "queries/users.sql:18", "name"),
    "typo in directive": ("-- Create a user.", "-- @tiemout 2s", "queries/users.sql:10", "@timeout"),
    "directive of a later version": ("-- Create a user.", "-- @cache 5s", "queries/users.sql:10", "does not exist yet"),
    "undeclared parameter": ("lower(:email)", "lower(:emial)", "queries/users.sql:7", "email"),
    "unused parameter": ("create_user(email, ", "create_user(email, colour, ", "queries/users.sql:9", "colour"),
    "two statements": ("ORDER BY id;", "ORDER BY id; SELECT 1;", "queries/users.sql:19:51", "second statement"),
    "wrong kind": (
        "rename_user(user_id, nickname)!",
        "rename_user(user_id, nickname)^",
        "queries/users.sql:21",
        "column",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_fault_in_a_query_file_is_found_with_its_place(project: Project, fault: str) -> None:
    old, new, place, mention = FAULTS[fault]
    project.run("generate")
    project.replace("queries/users.sql", old, new)
    report = check(project)
    assert place in report
    assert mention in report


def test_changed_column_type_names_column_and_both_types(project: Project) -> None:
    project.run("generate")
    project.replace("migrations/0001.users.sql", "balance numeric(12, 2)", "balance double precision")
    report = check(project)
    assert "queries/users.sql:19:19: error: column balance: app/queries/users.py says Decimal" in report
    assert "the database says float" in report
    assert "plainsql generate" in report


def test_column_that_became_nullable_is_found(project: Project) -> None:
    project.run("generate")
    project.replace("migrations/0001.users.sql", "email text NOT NULL UNIQUE", "email text UNIQUE")
    assert "says str, the database says str | None" in check(project)


def test_edited_query_file_names_the_query(project: Project) -> None:
    project.run("generate")
    project.replace("queries/users.sql", "ORDER BY id", "ORDER BY email")
    report = check(project)
    assert "queries/users.sql:18:1: error: list_users was edited since app/queries/users.py was generated" in report


def test_edited_comment_is_found_too(project: Project) -> None:
    project.run("generate")
    project.replace("queries/users.sql", "-- Create a user.", "-- Create a new user.")
    assert "was edited since" in check(project)


def test_hand_edited_module_is_found_at_its_line(project: Project) -> None:
    project.run("generate")
    project.replace("app/queries/users.py", "    nickname: str | None", "    nickname: str")
    line = project.read("app/queries/users.py").splitlines().index("    nickname: str") + 1
    report = check(project)
    assert f"app/queries/users.py:{line}:5: error: this generated module was edited" in report
    assert "make the change in queries/users.sql" in report


def test_hand_edited_twin_is_found(project: Project) -> None:
    project.run("generate")
    project.replace("app/queries/aio/users.py", "await fetch_all", "await  fetch_all")
    assert "app/queries/aio/users.py" in check(project)


def test_missing_module_is_found(project: Project) -> None:
    assert "app/queries/users.py does not exist" in check(project)


def test_leftover_module_is_found(project: Project) -> None:
    project.write("queries/moods.sql", "-- name: list_moods\nSELECT DISTINCT mood FROM users;\n")
    project.run("generate")
    (project.root / "queries/moods.sql").unlink()
    assert "its query file is gone" in check(project)


def test_one_bad_query_does_not_hide_the_others(project: Project) -> None:
    project.replace("queries/users.sql", "SELECT id, email, balance", "SELECT id, emial, balance")
    project.replace("queries/users.sql", "SET nickname", "SET nikname")
    report = check(project)
    assert "emial" in report
    assert "nikname" in report


def test_unknown_setting_is_refused_with_a_suggestion(project: Project) -> None:
    project.replace("pyproject.toml", "queries = ", "querys = ")
    done = project.run("check", code=2)
    assert "queries" in done.stderr
    assert "Traceback" not in done.stderr


def test_unreachable_server_is_one_line(project: Project) -> None:
    done = project.run("check", "--scratch", "host=127.0.0.1 port=1 dbname=postgres", code=2)
    assert done.stderr.startswith("plainsql: ")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--scratch", "--dsn"])
def test_a_wrong_conninfo_is_told_without_its_password(project: Project, option: str) -> None:
    done = project.run("check", option, "postgrsql://u:sekret@h/d", code=2)
    assert done.stderr == (
        f"plainsql: {option} must be a conninfo such as postgresql://user@host/dbname, found postgrsql://\n"
    )


@pytest.mark.parametrize("package", ["a b", "class.x", "a..b"])
def test_a_package_that_python_cannot_import_is_refused(project: Project, package: str) -> None:
    done = project.run("generate", "--package", package, code=2)
    assert done.stderr == f"plainsql: --package: package must be a dotted Python name, found {package!r}\n"


def test_names_that_meet_in_one_module_are_found(project: Project) -> None:
    project.write("queries/odd.sql", "-- name: get_a_1\nSELECT 1 AS a;\n\n-- name: get_a1\nSELECT 1 AS a;\n")
    report = check(project)
    assert "queries/odd.sql:4" in report
    assert "GetA1Row" in report


def test_two_enums_of_one_name_in_two_schemas_are_told_apart(project: Project) -> None:
    project.replace(
        "migrations/0001.users.sql", "CREATE TABLE", "CREATE SCHEMA b; CREATE TYPE b.mood AS ENUM ('x'); CREATE TABLE"
    )
    project.write("queries/odd.sql", "-- name: moods\nSELECT 'ok'::mood AS a, 'x'::b.mood AS b;\n")
    project.run("generate")
    module = project.read("app/queries/odd.py")
    assert 'Mood: TypeAlias = Literal["sad", "ok", "happy"]' in module
    assert 'BMood: TypeAlias = Literal["x"]' in module


def test_two_enums_of_one_alias_are_found(project: Project) -> None:
    project.replace("migrations/0001.users.sql", "CREATE TABLE", "CREATE TYPE \"Mood\" AS ENUM ('x'); CREATE TABLE")
    project.write("queries/odd.sql", "-- name: moods\nSELECT 'ok'::mood AS a, 'x'::\"Mood\" AS b;\n")
    assert "would both be Mood" in check(project)


def test_portable_names_what_stock_aiosql_breaks(project: Project) -> None:
    project.write("queries/odd.sql", "-- name: like_a()\nSELECT id FROM users WHERE email LIKE 'a%';\n")
    project.run("generate")
    project.run("check")
    done = project.run("check", "--portable", code=1)
    assert "queries/odd.sql:2" in done.stderr
