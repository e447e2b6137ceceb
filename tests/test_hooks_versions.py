"""Hooks of queries with @changes and @optimistic: generated and loaded, sync and async."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql import Change, StaleRowError
from tests.fixtures.projects import Project

TABLES = """
CREATE TABLE users (
    id bigint PRIMARY KEY, email text NOT NULL, deleted_at timestamptz, version int NOT NULL DEFAULT 1
);
CREATE TABLE heard (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, user_id bigint NOT NULL, note text NOT NULL);
"""
ROWS = "INSERT INTO users (id, email) SELECT n, 'u' || n FROM generate_series(1, 5) AS n"
QUERIES = """\
-- name: delete_users(user_ids)
-- @changes
-- @after tell
WITH live AS (
    SELECT u.id, u.email, u.deleted_at FROM users AS u
    WHERE u.id = ANY(:user_ids) AND u.deleted_at IS NULL ORDER BY u.id FOR UPDATE
)
UPDATE users AS u SET deleted_at = now() FROM live AS l WHERE u.id = l.id
RETURNING
    l.id AS "old.id", l.email AS "old.email", l.deleted_at AS "old.deleted_at",
    u.id AS "new.id", u.email AS "new.email", u.deleted_at AS "new.deleted_at";

-- name: add_user(user_id, email)<!
-- @changes
-- @before tidy(email)
-- @after tell
INSERT INTO users (id, email) VALUES (:user_id, :email) RETURNING id, email, deleted_at;

-- name: drop_user(user_id)^
-- @changes
-- @after tell
DELETE FROM users WHERE id = :user_id RETURNING id, email, deleted_at;

-- name: set_email(user_id, version, email)^
-- @optimistic version
-- @before tidy(email)
-- @after heard
WITH current AS (SELECT u.id, u.version, u.email FROM users AS u WHERE u.id = :user_id FOR NO KEY UPDATE),
written AS (
    UPDATE users AS u SET email = :email, version = u.version + 1 FROM current AS c
    WHERE u.id = c.id AND c.version = :version RETURNING u.id, u.email, u.version
)
SELECT w.id, w.email, w.version, c.version AS "current.version", c.email AS "current.email"
FROM current AS c LEFT JOIN written AS w ON w.id = c.id;

-- name: put_email(user_id, version, email)<!
-- @optimistic version
-- @before parsed(etag -> version)
-- @after masked
-- @after heard
WITH current AS (SELECT u.id, u.version, u.email FROM users AS u WHERE u.id = :user_id FOR NO KEY UPDATE),
written AS (
    UPDATE users AS u SET email = :email, version = u.version + 1 FROM current AS c
    WHERE u.id = c.id AND c.version = :version RETURNING u.id, u.email, u.version
)
SELECT w.id, w.email, w.version, c.version AS "current.version", c.email AS "current.email"
FROM current AS c LEFT JOIN written AS w ON w.id = c.id;
"""
HEARD = """\
-- name: hear(user_id, note)!
INSERT INTO heard (user_id, note) VALUES (:user_id, :note);
"""
HOOKS = '''\
"""Hooks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Protocol

import msgspec
from plainsql import Change
from plainsql.hooks import Transaction

from app.queries import log, users


class User(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...
    @property
    def deleted_at(self) -> dt.datetime | None: ...


class Written(Protocol):
    @property
    def id(self) -> int: ...
    @property
    def email(self) -> str: ...


def tidy(email: str) -> str:
    return email.strip()


def parsed(etag: str) -> int:
    return int(etag.strip('"'))


def note_of(change: Change[User]) -> tuple[int, str]:
    row = change.new or change.old
    assert row is not None
    return row.id, f"{change.old is not None and change.old.deleted_at is None} {change.new is not None}"


def tell(tx: Transaction, rows: Sequence[Change[User]]) -> None:
    for user_id, note in map(note_of, rows):
        log.hear(tx, user_id=user_id, note=note)


def heard(tx: Transaction, rows: Sequence[Written]) -> None:
    for row in rows:
        log.hear(tx, user_id=row.id, note=row.email)
        if row.email == "refused":
            raise ZeroDivisionError


def masked(tx: Transaction, rows: Sequence[users.PutEmailRow]) -> list[users.PutEmailRow]:
    return mask(rows)


def mask(rows: Sequence[users.PutEmailRow]) -> list[users.PutEmailRow]:
    return [msgspec.structs.replace(row, email="***") for row in rows]
'''
AIO_HOOKS = '''\
"""Async hooks."""

from __future__ import annotations

from collections.abc import Sequence

from plainsql import Change
from plainsql.aio.hooks import Transaction

from app.hooks import User, Written, mask, note_of
from app.queries import users
from app.queries.aio import log


async def tell(tx: Transaction, rows: Sequence[Change[User]]) -> None:
    for user_id, note in map(note_of, rows):
        await log.hear(tx, user_id=user_id, note=note)


async def heard(tx: Transaction, rows: Sequence[Written]) -> None:
    for row in rows:
        await log.hear(tx, user_id=row.id, note=row.email)
        if row.email == "refused":
            raise ZeroDivisionError


async def masked(tx: Transaction, rows: Sequence[users.PutEmailRow]) -> list[users.PutEmailRow]:
    return mask(rows)
'''
Call = Callable[..., Any]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, server: str) -> Project:
    """The project, generated; nobody writes to it."""
    project = Project(tmp_path_factory.mktemp("versions"), server)
    for name in ("migrations/0001.users.sql", "migrations/0001.users.rollback.sql"):
        (project.root / name).unlink(missing_ok=True)
    settings = '[tool.plainsql]\npackage = "app.queries"\noutput = "app/queries"\nhooks = "app.hooks"\n'
    project.write("pyproject.toml", settings)
    project.write("migrations/0001.tables.sql", TABLES)
    project.write("migrations/0001.tables.rollback.sql", "DROP TABLE heard, users;")
    project.write("queries/users.sql", QUERIES)
    project.write("queries/log.sql", HEARD)
    for package in ("app", "app/aio"):
        project.write(f"{package}/__init__.py", "")
    project.write("app/hooks.py", HOOKS)
    project.write("app/aio/hooks.py", AIO_HOOKS)
    project.run("generate")
    return project


@pytest.fixture
def conn(made: Project, empty_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[psycopg.Connection[Any]]:
    """Its database, to look past the functions; the project is imported afresh."""
    monkeypatch.syspath_prepend(str(made.root))
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(TABLES)
        conn.execute(ROWS)
        yield conn
    for name in [name for name in sys.modules if name.split(".")[0] == "app"]:
        del sys.modules[name]


class Twice:
    """Calls functions of one of the four kinds by name, in a transaction if asked."""

    def __init__(self, functions: Any, conninfo: str, *, is_async: bool) -> None:
        self._functions, self._conninfo, self._is_async = functions, conninfo, is_async

    def __call__(self, name: str, **arguments: object) -> Any:
        """Call one function on a Database."""
        if self._is_async:
            return asyncio.run(self._awaited(name, arguments))
        with plainsql.Database.open(self._conninfo) as db:
            return getattr(self._functions, name)(db, **arguments)

    async def _awaited(self, name: str, arguments: dict[str, object]) -> Any:
        async with plainsql.aio.Database.open(self._conninfo) as db:
            return await getattr(self._functions, name)(db, **arguments)

    def all_in_one(self, *calls: tuple[str, dict[str, object]]) -> list[Any]:
        """Call several in one transaction that goes on after each exception, and return results and exceptions."""
        if self._is_async:
            return asyncio.run(self._all_awaited(calls))
        found: list[Any] = []
        with plainsql.Database.open(self._conninfo) as db, db.transaction() as tx:
            for name, arguments in calls:
                try:
                    found.append(getattr(self._functions, name)(tx, **arguments))
                except (ArithmeticError, StaleRowError) as error:
                    found.append(error)
        return found

    async def _all_awaited(self, calls: tuple[tuple[str, dict[str, object]], ...]) -> list[Any]:
        found: list[Any] = []
        async with plainsql.aio.Database.open(self._conninfo) as db, db.transaction() as tx:
            for name, arguments in calls:
                try:
                    found.append(await getattr(self._functions, name)(tx, **arguments))
                except (ArithmeticError, StaleRowError) as error:
                    found.append(error)
        return found


@pytest.fixture(params=["sync", "aio", "loaded", "loaded aio"])
def call(request: pytest.FixtureRequest, made: Project, conn: psycopg.Connection[Any], empty_database: str) -> Twice:
    is_async = "aio" in request.param
    functions = {
        "sync": lambda: importlib.import_module("app.queries.users"),
        "aio": lambda: importlib.import_module("app.queries.aio.users"),
        "loaded": lambda: plainsql.load(made.root / "queries").users,
        "loaded aio": lambda: plainsql.aio.load(made.root / "queries").users,
    }[request.param]()
    return Twice(functions, empty_database, is_async=is_async)


def heard(conn: psycopg.Connection[Any]) -> list[tuple[int, str]]:
    return conn.execute("SELECT user_id, note FROM heard ORDER BY id").fetchall()


def test_an_after_hook_is_given_the_rows_as_they_were_and_as_they_are(
    call: Twice, conn: psycopg.Connection[Any]
) -> None:
    changes = call("delete_users", user_ids=[1, 2, 404])
    assert all(isinstance(change, Change) for change in changes)
    assert heard(conn) == [(1, "True True"), (2, "True True")]
    assert call("delete_users", user_ids=[1, 2]) == []
    assert call("add_user", user_id=9, email=" nine ").new.email == "nine"
    assert call("drop_user", user_id=9).old.id == 9
    assert call("drop_user", user_id=9) is None
    assert heard(conn)[2:] == [(9, "False True"), (9, "True False")]


def test_a_stale_row_runs_no_after_hook_and_undoes_nothing_else(call: Twice, conn: psycopg.Connection[Any]) -> None:
    first, stale, missing, last = call.all_in_one(
        ("set_email", {"user_id": 1, "version": 1, "email": " a "}),
        ("set_email", {"user_id": 1, "version": 1, "email": "b"}),
        ("set_email", {"user_id": 404, "version": 1, "email": "c"}),
        ("set_email", {"user_id": 1, "version": 2, "email": "d"}),
    )
    assert (first.email, first.version, missing, last.version) == ("a", 2, None, 3)
    assert isinstance(stale, StaleRowError)
    assert (stale.expected, stale.actual, stale.current.email) == (1, 2, "a")
    assert heard(conn) == [(1, "a"), (1, "d")]
    with pytest.raises(StaleRowError):
        call("set_email", user_id=1, version=1, email="e")
    assert heard(conn) == [(1, "a"), (1, "d")]


def test_an_after_hook_that_raises_undoes_the_versioned_write(call: Twice, conn: psycopg.Connection[Any]) -> None:
    kept, failed = call.all_in_one(
        ("set_email", {"user_id": 2, "version": 1, "email": "kept"}),
        ("set_email", {"user_id": 1, "version": 1, "email": "refused"}),
    )
    assert kept.version == 2
    assert isinstance(failed, ZeroDivisionError)
    assert heard(conn) == [(2, "kept")]
    assert conn.execute("SELECT email, version FROM users WHERE id = 1").fetchone() == ("u1", 1)
    with pytest.raises(ZeroDivisionError):
        call("set_email", user_id=1, version=1, email="refused")
    assert conn.execute("SELECT email, version FROM users WHERE id = 1").fetchone() == ("u1", 1)


def test_a_before_hook_may_make_the_version_and_an_after_hook_replace_the_row(
    call: Twice, conn: psycopg.Connection[Any]
) -> None:
    row = call("put_email", user_id=1, etag='"1"', email="x")
    assert (row.email, row.version) == ("***", 2)
    assert heard(conn) == [(1, "***")]
    with pytest.raises(StaleRowError) as caught:
        call("put_email", user_id=1, etag='"1"', email="y")
    assert (caught.value.expected, caught.value.actual, caught.value.current.email) == (1, 2, "x")
    with pytest.raises(plainsql.NoRowError):
        call("put_email", user_id=404, etag='"1"', email="y")
    assert len(heard(conn)) == 1


def test_mypy_accepts_hooks_of_changes_and_versions(made: Project) -> None:
    from tests.test_typing import mypy, pyright

    assert mypy(made, "app") == set()
    assert pyright(made, "app") == set()
