"""``plainsql.load``: the same functions without generating."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

import plainsql
import plainsql.aio
from tests.fixtures.projects import MIGRATION, Project


@pytest.fixture
def users_database(empty_database: str) -> str:
    """A database with the small project's table."""
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(MIGRATION)
    return empty_database


def test_loaded_functions_do_what_generated_ones_do(project: Project, users_database: str) -> None:
    queries = plainsql.load(project.root / "queries")
    with psycopg.connect(users_database, autocommit=True) as conn:
        made = queries.users.create_user(conn, email="Ada", nickname=None, mood="happy")
        row = queries.users.find_user(conn, email="ada")
        assert (row.id, row.mood, row.tags) == (made.id, "happy", [])
        assert queries.users.add_users(conn, [{"email": "b", "nickname": None}]) == 1
        assert queries.users.rename_user(conn, user_id=404, nickname="x") == 0
        assert queries["users.count_users"](conn) == 2
        assert [row.email for row in queries.users.list_users(conn)] == ["Ada", "b"]
        queries.users.create_users_born_idx(conn)
        with conn.transaction():
            assert queries.users.users_by_ids(conn, user_ids=[made.id])[0].born is None


async def test_loaded_coroutines_do_the_same(project: Project, users_database: str) -> None:
    queries = plainsql.aio.load(project.root / "queries")
    async with plainsql.aio.Database.open(users_database) as db:
        await queries.users.create_user(db, email="Ada", nickname=None, mood="happy")
        assert await queries.users.count_users(db) == 1
        assert (await queries["users.find_user"](db, email="ada")).mood == "happy"
        assert await queries.users.add_users(db, [{"email": "b", "nickname": None}]) == 1


def test_one_loaded_query_serves_two_databases(project: Project, users_database: str, server: str) -> None:
    queries = plainsql.load(project.root / "queries")
    with psycopg.connect(users_database, autocommit=True) as conn:
        assert queries.users.count_users(conn) == 0
    with psycopg.connect(server, autocommit=True) as other, pytest.raises(plainsql.QueryFileError) as caught:
        queries.users.count_users(other)
    assert "users.sql" in str(caught.value)
    assert "does not exist" in str(caught.value)


def test_wrong_arguments_are_refused_before_anything_is_sent(project: Project, users_database: str) -> None:
    queries = plainsql.load(project.root / "queries")
    with psycopg.connect(users_database, autocommit=True) as conn:
        for arguments, mention in (
            ({"emial": "a"}, "misses email"),
            ({"email": "a", "emial": "a"}, "did you mean email?"),
            ({"email": 5}, "takes a str"),
        ):
            with pytest.raises(plainsql.ParameterError, match=mention.replace("?", r"\?")):
                queries.users.find_user(conn, **arguments)
        with pytest.raises(plainsql.ParameterError, match="by keyword"):
            queries.users.find_user(conn, "a")


def test_names_are_suggested_and_listed(project: Project) -> None:
    queries = plainsql.load(project.root / "queries")
    assert dir(queries) == ["users"]
    assert "find_user" in dir(queries.users)
    with pytest.raises(plainsql.UnknownQueryError, match=r"did you mean users\.find_user\?"):
        queries["users.find_usr"]
    with pytest.raises(AttributeError, match="did you mean find_user"):
        queries.users.find_uzer  # noqa: B018
    assert "Source:" in queries.users.find_user.__doc__


def test_faulty_files_are_refused_with_every_fault(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("-- nmae: x\nSELECT 1;\n")
    (tmp_path / "b.sql").write_text("-- name: y(a)\nSELECT :b;\n")
    with pytest.raises(plainsql.QueryFileError) as caught:
        plainsql.load(tmp_path)
    assert {Path(problem.file).name for problem in caught.value.problems} == {"a.sql", "b.sql"}
