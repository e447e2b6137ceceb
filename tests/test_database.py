"""Which database `Database.open()` opens, and that the embedded one is held while it is used."""

from __future__ import annotations

from pathlib import Path

import pytest
from psycopg.conninfo import make_conninfo

from plainsql import NoDatabaseError
from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from tests.runtime import statement

NAME = statement("SELECT current_database() || ' ' || current_setting('application_name')")


@pytest.fixture(autouse=True)
def nothing_configured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DATABASE_URL", "PLAINSQL_APP_URL", "PGDATABASE", "PGAPPNAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_nobody_said_which_database() -> None:
    with pytest.raises(NoDatabaseError, match="DATABASE_URL"):
        Database.open()


async def test_nobody_said_which_database_async() -> None:
    with pytest.raises(NoDatabaseError, match="DATABASE_URL"):
        await AioDatabase.open()


def test_database_url_is_opened(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    with Database.open() as db:
        assert run.fetch_value(db, NAME).endswith(" plainsql")


async def test_database_url_is_opened_async(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", empty_database)
    async with AioDatabase.open() as db:
        assert (await aio.fetch_value(db, NAME)).endswith(" plainsql")


def test_the_runtime_role_goes_before_the_owner(empty_database: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "host=/nowhere dbname=owner")
    monkeypatch.setenv("PLAINSQL_APP_URL", make_conninfo(empty_database, application_name="app"))
    with Database.open() as db:
        assert run.fetch_value(db, NAME).endswith(" app")


def test_a_project_that_says_embedded_gets_the_runtime_role(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\n')
    with Database.open() as db:
        assert run.fetch_value(db, statement("SELECT current_user::text")) == "app_user"


def test_an_embedded_database_needs_no_project_and_ends_with_its_last_user(tmp_path: Path) -> None:
    with Database.embedded(tmp_path / "server") as db:
        assert run.fetch_value(db, NAME) == "postgres plainsql"
        with Database.embedded(tmp_path / "server") as other:
            assert run.fetch_value(other, NAME) == "postgres plainsql"
        assert db.health().ready


async def test_an_embedded_database_needs_no_project_and_ends_with_its_last_user_async(tmp_path: Path) -> None:
    async with AioDatabase.embedded(tmp_path / "server") as db:
        assert await aio.fetch_value(db, NAME) == "postgres plainsql"
        assert (await db.health()).ready
