"""Hooks of queries that are loaded, not generated: the same calls, results and refusals."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql.errors import ParameterError, QueryFileError
from tests.fixtures.hooks import App
from tests.fixtures.projects import Project


@pytest.fixture
def queries(app: App, hooked_generated: Project) -> Any:
    return plainsql.load(hooked_generated.root / "queries")


@pytest.fixture
def aio_queries(app: App, hooked_generated: Project) -> Any:
    return plainsql.aio.load(hooked_generated.root / "queries")


def test_a_loaded_query_runs_its_hooks(app: App, queries: Any) -> None:
    assert str(queries.users.create_user.__signature__) == "(conn, /, *, email, nickname, password)"
    with plainsql.Database.open(app.conninfo) as db:
        made = queries.users.create_user(db, email=" a@b ", nickname=None, password="secret")
        assert made.email == "a@b"
        assert app.value("SELECT password_hash FROM users") == "hash of secret"
        bounds = queries.users.set_bounds(db, user_id=made.id, bounds=app.hooks.Bounds("1;2"), separator=";")
        assert (bounds.low, bounds.high) == (1, 2)
        assert queries.users.email_of(db, user_id=made.id) == "***"
        ids = app.users_with_sessions(3)
        assert [row.id for row in queries.users.delete_users(db, user_ids=ids[:2])] == ids[:2]
        assert app.column("SELECT user_id FROM sessions") == ids[2:] * 2
        assert queries.users.find_rows(db, rows=0, tx=1, hooks=1) is None
        assert len(queries.users.names_of(db, user_ids=ids)) == 1
        with pytest.raises(ValueError, match="no e-mail address"):
            queries.users.create_user(db, email="a", nickname=None, password="secret")
        with pytest.raises(ParameterError, match=r"has no parameter passwort; did you mean password\?"):
            queries.users.create_user(db, email="a", nickname=None, password="x", passwort="secret")
        with pytest.raises(ParameterError, match="misses password"):
            queries.users.create_user(db, email="a", nickname=None)


async def test_a_loaded_query_runs_its_hooks_async(app: App, aio_queries: Any) -> None:
    queries = aio_queries
    async with plainsql.aio.Database.open(app.conninfo) as db:
        made = await queries.users.create_user(db, email=" a@b ", nickname=None, password="secret")
        assert made.email == "a@b"
        assert app.value("SELECT password_hash FROM users") == "hash of secret"
        bounds = await queries.users.set_bounds(db, user_id=made.id, bounds=app.hooks.Bounds("1;2"), separator=";")
        assert (bounds.low, bounds.high) == (1, 2)
        assert await queries.users.email_of(db, user_id=made.id) == "***"
        ids = app.users_with_sessions(3)
        assert [row.id for row in await queries.users.delete_users(db, user_ids=ids[:2])] == ids[:2]
        assert app.column("SELECT user_id FROM sessions") == ids[2:] * 2


def test_a_hook_that_raises_undoes_a_loaded_query(app: App, queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = app.users_with_sessions(2)
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: 1 / 0)
    with plainsql.Database.open(app.conninfo) as db:
        with pytest.raises(ZeroDivisionError):
            queries.users.delete_users(db, user_ids=ids)
        assert app.column("SELECT id FROM users") == ids


def test_a_hook_that_returns_too_few_values_is_refused(app: App, queries: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.hooks, "split", lambda bounds, *, separator: (1,))
    closed = psycopg.connect(app.conninfo)
    closed.close()
    with pytest.raises(plainsql.HookResultError, match="makes low, high, and returned 1 values"):
        queries.users.set_bounds(closed, user_id=1, bounds="1", separator=",")


def test_loading_refuses_hooks_that_do_not_fit(hooked_project: Project) -> None:
    hooked_project.replace("app/hooks.py", "def validate_email", "def check_email")
    with pytest.raises(QueryFileError, match=r"unknown hook 'validate_email': app\.hooks has no such function"):
        plainsql.load(hooked_project.root / "queries")


def test_loading_without_a_project_says_that_hooks_need_one(hooked_project: Project, tmp_path: Path) -> None:
    shutil.move(hooked_project.root / "pyproject.toml", tmp_path / "moved.toml")
    with pytest.raises(QueryFileError, match="the project names no module of hooks"):
        plainsql.load(hooked_project.root / "queries")


def test_hooks_that_can_not_be_imported_say_whose_they_are(hooked_project: Project, empty_database: str) -> None:
    queries = plainsql.load(hooked_project.root / "queries")
    with psycopg.connect(empty_database) as conn, pytest.raises(ModuleNotFoundError) as caught:
        queries.users.create_user(conn, email="a@b", nickname=None, password="x")
    assert caught.value.__notes__ == [
        "a loaded query runs its hooks, and app.hooks can't be imported from here: see sys.path"
    ]
