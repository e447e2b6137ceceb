"""``plainsql describe`` on what it has described before: the same answer at once, and never an old one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from plainsql.cli import remembering
from tests.fixtures.projects import Project


def kept(project: Project) -> list[Path]:
    return sorted((project.root / ".plainsql/cache").glob("describe-*.json"))


def describe(project: Project, *arguments: str, code: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(project.run("describe", "--json", *arguments, code=code).stdout)["queries"]
    return found


def poison(project: Project) -> None:
    """Give every outcome that is kept another key for its queries, so that one sees where an answer comes from."""
    for path in kept(project):
        outcome = json.loads(path.read_bytes())
        outcome["result"]["queries"] = {f"kept.{key}": value for key, value in outcome["result"]["queries"].items()}
        path.write_text(json.dumps(outcome))


def test_what_was_described_is_not_described_again(project: Project) -> None:
    first = describe(project)
    assert describe(project) == first
    poison(project)
    assert list(describe(project)) == [f"kept.{key}" for key in first]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("queries/users.sql", "-- name: count_users()$\nSELECT count(*) AS users FROM users;\n"),
        ("queries/more.sql", "-- name: one()$\nSELECT 1 AS one;\n"),
        ("migrations/0002.more.sql", "-- irreversible: a test\nALTER TABLE users ALTER nickname SET NOT NULL;\n"),
        ("pyproject.toml", '[tool.plainsql]\npackage = "other.queries"\n'),
    ],
)
def test_any_change_of_a_file_that_counts_is_described_anew(project: Project, path: str, text: str) -> None:
    describe(project)
    poison(project)
    project.write(path, text)
    assert not any(key.startswith("kept.") for key in describe(project))


def test_a_migration_changes_the_answer(project: Project) -> None:
    nickname = [column for column in describe(project)["users.find_user"]["columns"] if column["name"] == "nickname"]
    assert nickname[0]["nullable"]
    project.write(
        "migrations/0002.more.sql", "-- irreversible: a test\nALTER TABLE users ALTER nickname SET NOT NULL;\n"
    )
    nickname = [column for column in describe(project)["users.find_user"]["columns"] if column["name"] == "nickname"]
    assert not nickname[0]["nullable"]


def test_faults_are_told_again_and_the_exit_code_is_the_same(project: Project) -> None:
    project.write("queries/bad.sql", "-- name: bad()\nSELECT titel FROM users;\n")
    first = project.run("describe", code=1)
    again = project.run("describe", code=1)
    assert (again.stdout, again.stderr) == (first.stdout, first.stderr)
    assert "titel" in again.stderr
    assert len(kept(project)) == 1


def test_a_database_that_others_may_change_is_asked_each_time(project: Project, shop_database: str) -> None:
    project.write("queries/users.sql", "-- name: one()$\nSELECT 1 AS one;\n")
    describe(project, "--dsn", shop_database)
    assert kept(project) == []


def test_types_of_the_projects_own_python_are_looked_at_each_time(project: Project) -> None:
    project.write("queries/users.sql", "-- name: one()$\n-- @type one int\nSELECT 1 AS one;\n")
    describe(project)
    assert kept(project) == []


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff", b'{"result": 1}', b"[" * 100_000])
def test_a_damaged_file_is_replaced(project: Project, damage: bytes) -> None:
    first = describe(project)
    kept(project)[0].write_bytes(damage)
    assert describe(project) == first
    assert remembering.recall(kept(project)[0].parent, kept(project)[0].stem.removeprefix("describe-")) is not None


def test_a_folder_that_cannot_be_written_to_keeps_nothing(project: Project) -> None:
    (project.root / ".plainsql").mkdir(exist_ok=True)
    (project.root / ".plainsql/cache").write_text("a file stands here")
    assert describe(project) == describe(project)


def test_a_server_that_is_not_there_is_told_and_nothing_kept(project: Project) -> None:
    describe(project)
    done = project.run("describe", "--scratch", "postgresql://nobody@127.0.0.1:1/none", code=2)
    assert "127.0.0.1" in done.stderr
    assert len(kept(project)) == 1


def test_old_outcomes_go(tmp_path: Path) -> None:
    outcome = remembering.Outcome({}, [], [], [], False)
    for number in range(remembering.KEPT + 3):
        remembering.remember(tmp_path, f"{number}", outcome)
        os.utime(tmp_path / f"describe-{number}.json", (number, number))
    names = {path.name for path in tmp_path.iterdir()}
    assert len(names) in (remembering.KEPT, remembering.KEPT + 1)
    assert "describe-0.json" not in names
