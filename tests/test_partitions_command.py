"""`plainsql migrate partitions`: what it prints, in which form, and its exit code."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.fixtures.partitioned import TABLE, partitions
from tests.fixtures.projects import Project

SETTINGS = """
[tool.plainsql.partitions.events]
interval = "1 day"
premake = 1
retain = "3 days"
"""
AT = ("--now", "2026-11-23T15:30")


@pytest.fixture
def dated(project: Project, empty_database: str) -> Any:
    """A project with a table of partitions, and a connection to its database."""
    project.write("pyproject.toml", project.read("pyproject.toml") + SETTINGS)
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(TABLE)
        yield project, conn, ("migrate", "partitions", "--dsn", empty_database)


def test_it_prints_what_it_did(dated: Any) -> None:
    project, conn, command = dated
    done = project.run(*command, *AT)
    assert done.stdout.splitlines() == [
        "public.events: 2 done",
        "  step    partition                from        to          status",
        "  create  public.events_p20261123  2026-11-23  2026-11-24  done",
        "  create  public.events_p20261124  2026-11-24  2026-11-25  done",
    ]
    assert "dbname=plainsql_test_" in done.stderr
    assert project.run(*command, *AT).stdout == "public.events: nothing to do\n"
    assert len(partitions(conn)) == 2


def test_a_dry_run_only_says_what_it_would_do(dated: Any) -> None:
    project, conn, command = dated
    done = project.run(*command, *AT, "--dry-run")
    assert "public.events: 2 planned" in done.stdout
    assert partitions(conn) == []


def test_json_has_the_same(dated: Any) -> None:
    project, conn, command = dated
    conn.execute("CREATE TABLE rest PARTITION OF events DEFAULT")
    (table,) = json.loads(project.run(*command, *AT, "--json").stdout)
    assert table["table"] == "public.events"
    assert table["error"] is None
    assert table["actions"][0] == {
        "what": "create",
        "partition": "public.events_p20261123",
        "status": "done",
        "lower": "2026-11-23T00:00:00+00:00",
        "upper": "2026-11-24T00:00:00+00:00",
        "detail": "",
    }
    assert "public.rest is a default partition" in table["notes"][0]


def test_a_step_that_failed_is_exit_code_1_and_other_tables_are_looked_after(dated: Any) -> None:
    project, conn, command = dated
    project.write(
        "pyproject.toml",
        project.read("pyproject.toml") + '[tool.plainsql.partitions.missing]\ninterval = "1 day"\n'
        '[tool.plainsql.partitions."odd.events"]\ninterval = "1 month"\n',
    )
    conn.execute("CREATE SCHEMA odd; CREATE TABLE odd.events (at date NOT NULL) PARTITION BY RANGE (at)")
    conn.execute("CREATE TABLE events_p20261123 ()")
    done = project.run(*command, *AT, code=1)
    assert "failed: that name is taken by what isn't this partition of public.events" in done.stdout
    assert "events_p20261124  2026-11-24  2026-11-25  done" in done.stdout
    assert "missing: there is no table missing" in done.stderr
    assert "odd.events: 8 done" in done.stdout
    tables = json.loads(project.run(*command, *AT, "--json", code=1).stdout)
    assert [table["error"] for table in tables] == [None, "there is no table missing", None]


WRONG = {
    "no table": ("", "no table has partitions; write"),
    "no interval": ("[tool.plainsql.partitions.events]\npremake = 3\n", "interval is missing"),
    "a bad interval": (
        '[tool.plainsql.partitions.events]\ninterval = "daily"\n',
        "interval must be a number of minutes",
    ),
    "an unknown key": (
        '[tool.plainsql.partitions.events]\ninterval = "1 day"\nretian = "1 day"\n',
        "unknown key 'retian'; did you mean 'retain'?",
    ),
    "no table of settings": ('[tool.plainsql.partitions]\nevents = "1 day"\n', "must be a table such as interval"),
    "a boolean": (
        '[tool.plainsql.partitions.events]\ninterval = "1 day"\npremake = true\n',
        "premake must be a number",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_setting_that_can_not_be_is_exit_code_2(project: Project, empty_database: str, name: str) -> None:
    text, message = WRONG[name]
    project.write("pyproject.toml", project.read("pyproject.toml") + text)
    assert message in project.run("migrate", "partitions", "--dsn", empty_database, code=2).stderr


def test_a_moment_that_can_not_be_is_exit_code_2(dated: Any) -> None:
    project, _, command = dated
    assert "--now must be a moment such as" in project.run(*command, "--now", "tomorrow", code=2).stderr


def test_its_help_has_an_example(project: Project) -> None:
    assert "Example: plainsql migrate partitions --dry-run" in project.run("migrate", "partitions", "--help").stdout
