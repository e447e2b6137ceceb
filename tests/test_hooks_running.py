"""Hooks at run time, sync and async side by side: one transaction for the statement and its hooks, bulk and single."""

# A transaction that raises is a block by nature.
# ruff: noqa: PT012, SIM117

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Iterator
from contextvars import ContextVar
from typing import Any

import msgspec
import psycopg
import pytest
import pytest_asyncio
from psycopg.pq import TransactionStatus

from plainsql import HookRecursionError, HookResultError, OutsideTransactionError
from plainsql.aio import Database as AioDatabase
from plainsql.database import Database
from plainsql.hooks.runtime import DEEPEST
from tests.fixtures.hooks import App

USERS = "SELECT id FROM users ORDER BY id"
SESSIONS = "SELECT user_id FROM sessions ORDER BY id"
SEEN = "SELECT user_id FROM seen ORDER BY id"


class Refused(Exception):
    """What a hook raises."""


@pytest.fixture
def db(app: App) -> Iterator[Database]:
    with Database.open(app.conninfo) as db:
        yield db


@pytest_asyncio.fixture
async def adb(app: App) -> AsyncIterator[AioDatabase]:
    async with AioDatabase.open(app.conninfo) as db:
        yield db


def refuse(tx: Any, rows: Any) -> None:
    raise Refused


async def refuse_async(tx: Any, rows: Any) -> None:
    raise Refused


# What hooks are given


def test_deleting_three_of_five_users_in_one_call_drops_exactly_their_sessions(app: App, db: Database) -> None:
    ids = app.users_with_sessions(5)
    gone = app.users.delete_users(db, user_ids=ids[:3])
    assert [row.id for row in gone] == ids[:3]
    assert app.column(USERS) == ids[3:]
    assert app.column(SESSIONS) == ids[3:] * 2


async def test_deleting_three_of_five_users_in_one_call_drops_exactly_their_sessions_async(
    app: App, adb: AioDatabase
) -> None:
    ids = app.users_with_sessions(5)
    gone = await app.aio_users.delete_users(adb, user_ids=ids[:3])
    assert [row.id for row in gone] == ids[:3]
    assert app.column(USERS) == ids[3:]
    assert app.column(SESSIONS) == ids[3:] * 2


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_hook_runs_once_for_each_statement_whatever_the_number_of_rows(
    count: int, app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(3)
    calls: list[list[int]] = []
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: calls.append([row.id for row in rows]))
    app.users.delete_users(db, user_ids=ids[:count])
    assert calls == [ids[:count]]


@pytest.mark.parametrize("count", [0, 1, 3])
async def test_a_hook_runs_once_for_each_statement_whatever_the_number_of_rows_async(
    count: int, app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(3)
    calls: list[list[int]] = []

    async def note(tx: Any, rows: Any) -> None:
        calls.append([row.id for row in rows])

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", note)
    await app.aio_users.delete_users(adb, user_ids=ids[:count])
    assert calls == [ids[:count]]


def test_before_hooks_make_the_parameters_in_file_order(app: App, db: Database) -> None:
    made = app.users.create_user(db, email=" ada@example.org ", nickname=None, password="secret")
    assert made.email == "ada@example.org"
    assert app.value("SELECT password_hash FROM users") == "hash of secret"
    bounds = app.users.set_bounds(db, user_id=made.id, bounds=app.hooks.Bounds("1;2"), separator=";")
    assert (bounds.low, bounds.high) == (1, 2)


async def test_before_hooks_make_the_parameters_in_file_order_async(app: App, adb: AioDatabase) -> None:
    made = await app.aio_users.create_user(adb, email=" ada@example.org ", nickname=None, password="secret")
    assert made.email == "ada@example.org"
    assert app.value("SELECT password_hash FROM users") == "hash of secret"
    bounds = await app.aio_users.set_bounds(adb, user_id=made.id, bounds=app.hooks.Bounds("1;2"), separator=";")
    assert (bounds.low, bounds.high) == (1, 2)


def test_a_before_hook_that_raises_has_sent_nothing(app: App) -> None:
    closed = psycopg.connect(app.conninfo)
    closed.close()
    with pytest.raises(ValueError, match="no e-mail address"):
        app.users.create_user(closed, email="nobody", nickname=None, password="x")
    with pytest.raises(ValueError, match="nobody is called so"):
        app.users.create_user(closed, email="a@b", nickname="root", password="x")
    with pytest.raises(psycopg.OperationalError):  # what sending anything comes to
        app.users.create_user(closed, email="a@b", nickname=None, password="x")


async def test_a_before_hook_that_raises_has_sent_nothing_async(app: App) -> None:
    closed = await psycopg.AsyncConnection.connect(app.conninfo)
    await closed.close()
    with pytest.raises(ValueError, match="no e-mail address"):
        await app.aio_users.create_user(closed, email="nobody", nickname=None, password="x")
    with pytest.raises(psycopg.OperationalError):
        await app.aio_users.create_user(closed, email="a@b", nickname=None, password="x")


async def test_a_slow_hook_leaves_the_event_loop_to_others(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop, began, go_on = asyncio.get_running_loop(), asyncio.Event(), threading.Event()

    def hash_password(password: str) -> str:
        loop.call_soon_threadsafe(began.set)
        assert go_on.wait(30), "the loop was held up"
        return password

    monkeypatch.setattr(app.hooks, "hash_password", hash_password)
    task = asyncio.create_task(app.aio_users.create_user(adb, email="a@b", nickname=None, password="x"))
    await began.wait()
    assert app.column(USERS) == []
    go_on.set()
    assert (await task).email == "a@b"


async def test_slow_hooks_see_the_context_and_run_in_threads_of_their_own(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    request: ContextVar[str] = ContextVar("request")
    seen: list[tuple[str, str]] = []

    def hash_password(password: str) -> str:
        seen.append((request.get(), threading.current_thread().name))
        return password

    monkeypatch.setattr(app.hooks, "hash_password", hash_password)
    request.set("r1")
    await app.aio_users.create_user(adb, email="a@b", nickname=None, password="x")
    ((value, thread),) = seen
    assert value == "r1"
    assert thread.startswith("plainsql-slow")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork")
def test_slow_hooks_run_after_a_fork_too() -> None:
    code = """
import asyncio, os
from plainsql.aio.hooks import run_slow
assert asyncio.run(run_slow(sum, [1, 2])) == 3
child = os.fork()
if not child:
    os._exit(asyncio.run(asyncio.wait_for(run_slow(sum, [1, 2]), 20)))
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout == "3\n"


# What hooks give back


def test_hooks_on_a_select_replace_its_rows_and_log_the_access_in_one_batch(app: App, db: Database) -> None:
    ids = app.users_with_sessions(3)
    assert [(row.id, row.email) for row in app.users.list_users(db)] == [(key, "***") for key in ids]
    assert app.column(SEEN) == ids
    assert app.users.get_user(db, user_id=ids[0]).email == "***"
    assert app.users.get_user(db, user_id=0) is None
    assert app.column(SEEN) == [*ids, ids[0]]
    assert app.users.one_user(db, user_id=ids[0]).email == "***"
    assert app.users.email_of(db, user_id=ids[0]) == "***"


async def test_hooks_on_a_select_replace_its_rows_and_log_the_access_in_one_batch_async(
    app: App, adb: AioDatabase
) -> None:
    ids = app.users_with_sessions(3)
    users = app.aio_users
    assert [(row.id, row.email) for row in await users.list_users(adb)] == [(key, "***") for key in ids]
    assert app.column(SEEN) == ids
    assert (await users.get_user(adb, user_id=ids[0])).email == "***"
    assert await users.get_user(adb, user_id=0) is None
    assert app.column(SEEN) == [*ids, ids[0]]
    assert (await users.one_user(adb, user_id=ids[0])).email == "***"
    assert await users.email_of(adb, user_id=ids[0]) == "***"


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[1:],
        lambda rows: [*rows, *rows],
        lambda rows: [],
        lambda rows: rows.clear() or rows,
        lambda rows: None,
    ],
)
def test_a_hook_that_adds_or_drops_rows_is_refused_and_all_is_undone(
    change: Any, app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(2)

    def drop_some(tx: Any, rows: Any) -> Any:
        app.hooks.log_access(tx, rows)
        return change(rows)

    monkeypatch.setattr(app.hooks, "mask", drop_some)
    with pytest.raises(HookResultError, match=r"the hook drop_some was given 2 rows and gave back ([014]|NoneType)"):
        app.users.list_users(db)
    assert app.column(SEEN) == []
    assert app.users.get_user.__doc__.count("mask (replaces the rows)") == 1
    assert len(ids) == 2


async def test_a_hook_that_adds_or_drops_rows_is_refused_and_all_is_undone_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.users_with_sessions(2)

    async def drop_some(tx: Any, rows: Any) -> Any:
        await app.aio_hooks.log_access(tx, rows)
        return rows[1:]

    monkeypatch.setattr(app.aio_hooks, "mask", drop_some)
    with pytest.raises(HookResultError, match=r"the hook drop_some was given 2 rows and gave back 1"):
        await app.aio_users.list_users(adb)
    assert app.column(SEEN) == []


def test_parameters_may_be_called_like_what_the_body_is_made_of(app: App, db: Database) -> None:
    (key,) = app.users_with_sessions(1)
    assert app.users.find_rows(db, rows=key, tx=1, hooks=1).id == key
    assert app.users.find_rows(db, rows=key, tx=2, hooks=1) is None


# One transaction


def test_a_hook_that_raises_leaves_the_rows_in_place(app: App, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = app.users_with_sessions(3)
    monkeypatch.setattr(app.hooks, "drop_sessions", refuse)
    with pytest.raises(Refused):
        app.users.delete_users(db, user_ids=ids)
    assert app.column(USERS) == ids


async def test_a_hook_that_raises_leaves_the_rows_in_place_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(3)
    monkeypatch.setattr(app.aio_hooks, "drop_sessions", refuse_async)
    with pytest.raises(Refused):
        await app.aio_users.delete_users(adb, user_ids=ids)
    assert app.column(USERS) == ids


def test_a_hook_that_raises_undoes_the_statement_even_when_the_caller_swallows_it(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(3)
    monkeypatch.setattr(app.hooks, "drop_sessions", refuse)
    with db.transaction() as tx:
        app.sessions.open_session(tx, user_id=7)
        with pytest.raises(Refused):
            app.users.delete_users(tx, user_ids=ids)
        app.sessions.open_session(tx, user_id=8)
    assert app.column(USERS) == ids
    assert app.column(SESSIONS)[-2:] == [7, 8]


async def test_a_hook_that_raises_undoes_the_statement_even_when_the_caller_swallows_it_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(3)
    monkeypatch.setattr(app.aio_hooks, "drop_sessions", refuse_async)
    async with adb.transaction() as tx:
        with pytest.raises(Refused):
            await app.aio_users.delete_users(tx, user_ids=ids)
    assert app.column(USERS) == ids


def test_an_error_of_the_server_in_a_hook_leaves_the_transaction_usable(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(2)
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: tx.connection.execute("SELECT 1 / 0"))
    with db.transaction() as tx:
        with pytest.raises(psycopg.errors.DivisionByZero):
            app.users.delete_users(tx, user_ids=ids)
        assert len(app.users.names_of(tx, user_ids=ids)) == 2


def test_an_error_of_the_server_that_a_hook_swallows_is_no_commit(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(2)

    def swallow(tx: Any, rows: Any) -> None:
        with pytest.raises(psycopg.errors.DivisionByZero):
            tx.connection.execute("SELECT 1 / 0")

    monkeypatch.setattr(app.hooks, "drop_sessions", swallow)
    with psycopg.connect(app.conninfo, autocommit=True) as conn:
        for source in (db, conn):
            with pytest.raises(psycopg.errors.InFailedSqlTransaction):
                app.users.delete_users(source, user_ids=ids)
    assert app.column(USERS) == ids


def test_a_hook_that_uses_the_database_beside_its_transaction_is_told(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(1)
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: app.sessions.drop_sessions(db, user_ids=[]))
    with pytest.raises(OutsideTransactionError):
        app.users.delete_users(db, user_ids=ids)
    with db.transaction(), pytest.raises(OutsideTransactionError):
        app.users.delete_users(db, user_ids=ids)
    assert app.column(USERS) == ids


@pytest.mark.parametrize("autocommit", [True, False])
def test_a_psycopg_connection_has_a_transaction_of_its_own_or_a_savepoint_in_its_own(
    autocommit: bool, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(4)
    with psycopg.connect(app.conninfo, autocommit=autocommit) as conn:
        app.users.delete_users(conn, user_ids=ids[:1])
        # What isn't in autocommit is committed by its owner, hooks or not.
        left = ids[1:] if autocommit else ids
        assert app.column(USERS) == left
        conn.rollback()
        assert app.column(USERS) == left
        with conn.transaction():
            app.users.delete_users(conn, user_ids=ids[:2])
            assert app.column(USERS) == left
        conn.commit()
        assert app.column(USERS) == ids[2:]
        monkeypatch.setattr(app.hooks, "drop_sessions", refuse)
        with conn.transaction():
            conn.execute("INSERT INTO seen (user_id) VALUES (1)")
            with pytest.raises(Refused):
                app.users.delete_users(conn, user_ids=ids)
        with pytest.raises(Refused):
            app.users.delete_users(conn, user_ids=ids)
        conn.commit()
        assert conn.info.transaction_status == TransactionStatus.IDLE
    assert app.column(USERS) == ids[2:]
    assert app.column(SEEN) == [1]


@pytest.mark.parametrize("autocommit", [True, False])
async def test_a_psycopg_connection_has_a_transaction_of_its_own_or_a_savepoint_in_its_own_async(
    autocommit: bool, app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(4)
    async with await psycopg.AsyncConnection.connect(app.conninfo, autocommit=autocommit) as conn:
        await app.aio_users.delete_users(conn, user_ids=ids[:1])
        left = ids[1:] if autocommit else ids
        assert app.column(USERS) == left
        await conn.rollback()
        async with conn.transaction():
            await app.aio_users.delete_users(conn, user_ids=ids[:2])
        await conn.commit()
        assert app.column(USERS) == ids[2:]
        monkeypatch.setattr(app.aio_hooks, "drop_sessions", refuse_async)
        async with conn.transaction():
            with pytest.raises(Refused):
                await app.aio_users.delete_users(conn, user_ids=ids)
    assert app.column(USERS) == ids[2:]


# After the commit


def test_after_commit_runs_once_on_success_and_never_on_rollback(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(4)
    ran: list[list[int]] = []

    def tell(tx: Any, rows: Any) -> None:
        tx.after_commit(lambda: ran.append([row.id for row in rows]))

    monkeypatch.setattr(app.hooks, "drop_sessions", tell)
    app.users.delete_users(db, user_ids=ids[:1])
    assert ran == [ids[:1]]
    with psycopg.connect(app.conninfo, autocommit=True) as conn:
        app.users.delete_users(conn, user_ids=ids[1:2])
    assert ran == [ids[:1], ids[1:2]]
    with pytest.raises(Refused), db.transaction() as tx:
        app.users.delete_users(tx, user_ids=ids)
        raise Refused
    with db.transaction() as tx:
        with pytest.raises(Refused), tx.savepoint():
            app.users.delete_users(tx, user_ids=ids)
            raise Refused
        app.users.delete_users(tx, user_ids=ids[2:3])
        assert len(ran) == 2
    assert ran[2:] == [ids[2:3]]

    def tell_and_refuse(tx: Any, rows: Any) -> None:
        tell(tx, rows)
        raise Refused

    monkeypatch.setattr(app.hooks, "drop_sessions", tell_and_refuse)
    with db.transaction() as tx, pytest.raises(Refused):
        app.users.delete_users(tx, user_ids=ids)
    assert len(ran) == 3


async def test_after_commit_runs_once_on_success_and_never_on_rollback_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(4)
    ran: list[list[int]] = []

    async def tell(tx: Any, rows: Any) -> None:
        tx.after_commit(lambda: ran.append([row.id for row in rows]))

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", tell)
    await app.aio_users.delete_users(adb, user_ids=ids[:1])
    async with await psycopg.AsyncConnection.connect(app.conninfo, autocommit=True) as conn:
        await app.aio_users.delete_users(conn, user_ids=ids[1:2])
    assert ran == [ids[:1], ids[1:2]]
    with pytest.raises(Refused):
        async with adb.transaction() as tx:
            await app.aio_users.delete_users(tx, user_ids=ids)
            raise Refused
    async with adb.transaction() as tx:
        with pytest.raises(Refused):
            async with tx.savepoint():
                await app.aio_users.delete_users(tx, user_ids=ids)
                raise Refused
        await app.aio_users.delete_users(tx, user_ids=ids[2:3])
    assert ran[2:] == [ids[2:3]]


def test_after_commit_runs_once_when_a_retried_transaction_succeeds(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(1)
    ran: list[int] = []
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: tx.after_commit(lambda: ran.append(len(rows))))
    for attempt in range(3):
        try:
            with db.transaction() as tx:
                app.users.delete_users(tx, user_ids=ids)
                if attempt < 2:
                    raise psycopg.errors.SerializationFailure
        except psycopg.errors.SerializationFailure:
            continue
    assert ran == [1]


def test_after_commit_runs_once_when_the_server_refused_the_first_try(
    app: App, db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = app.users_with_sessions(2)
    ran: list[int] = []
    monkeypatch.setattr(
        app.hooks, "drop_sessions", lambda tx, rows: tx.after_commit(lambda: ran.extend(row.id for row in rows))
    )
    tries = 0
    while tries < 2:
        tries += 1
        try:
            with db.transaction(isolation="repeatable read") as tx:
                app.users.delete_users(tx, user_ids=[first])
                if tries == 1:
                    app.conn.execute("UPDATE users SET email = 'else@example.org' WHERE id = %s", (second,))
                app.users.delete_users(tx, user_ids=[second])
            break
        except psycopg.errors.SerializationFailure:
            assert ran == []
    assert tries == 2
    assert ran == [first, second]
    assert app.column(USERS) == []


async def test_after_commit_runs_once_when_the_server_refused_the_first_try_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = app.users_with_sessions(2)
    ran: list[int] = []

    async def tell(tx: Any, rows: Any) -> None:
        tx.after_commit(lambda: ran.extend(row.id for row in rows))

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", tell)
    tries = 0
    while tries < 2:
        tries += 1
        try:
            async with adb.transaction(isolation="repeatable read") as tx:
                await app.aio_users.delete_users(tx, user_ids=[first])
                if tries == 1:
                    app.conn.execute("UPDATE users SET email = 'else@example.org' WHERE id = %s", (second,))
                await app.aio_users.delete_users(tx, user_ids=[second])
            break
        except psycopg.errors.SerializationFailure:
            assert ran == []
    assert tries == 2
    assert ran == [first, second]
    assert app.column(USERS) == []


def test_after_commit_in_somebody_elses_transaction_is_refused_not_forgotten(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(1)
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: tx.after_commit(print))
    with psycopg.connect(app.conninfo, autocommit=True) as conn, conn.transaction():
        with pytest.raises(psycopg.InterfaceError, match="pass a plainsql Transaction"):
            app.users.delete_users(conn, user_ids=ids)
    assert app.column(USERS) == ids


async def test_after_commit_in_somebody_elses_transaction_is_refused_not_forgotten_async(
    app: App, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(1)

    async def tell(tx: Any, rows: Any) -> None:
        tx.after_commit(print)

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", tell)
    async with await psycopg.AsyncConnection.connect(app.conninfo, autocommit=True) as conn, conn.transaction():
        with pytest.raises(psycopg.InterfaceError, match="pass a plainsql Transaction"):
            await app.aio_users.delete_users(conn, user_ids=ids)
    assert app.column(USERS) == ids


# Recursion


def test_hooks_that_run_each_other_end_with_the_chain(app: App, db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = app.users_with_sessions(2)
    depth = 0

    def again(tx: Any, rows: Any) -> None:
        nonlocal depth
        depth += 1
        if depth % 2:
            app.users.list_users(tx)
        else:
            app.users.delete_users(tx, user_ids=ids)

    monkeypatch.setattr(app.hooks, "drop_sessions", again)
    monkeypatch.setattr(app.hooks, "mask", lambda tx, rows: again(tx, rows) or list(rows))
    with pytest.raises(HookRecursionError) as caught:
        app.users.delete_users(db, user_ids=ids)
    assert depth == DEEPEST == 8
    assert str(caught.value).count(" → ") == 8
    assert "more than 8 deep: users.delete_users → users.list_users → users.delete_users" in str(caught.value)
    assert isinstance(caught.value, RecursionError)
    assert app.column(USERS) == ids
    depth = 100  # nothing is left of the count
    monkeypatch.setattr(app.hooks, "drop_sessions", lambda tx, rows: None)
    assert len(app.users.delete_users(db, user_ids=ids)) == 2


async def test_hooks_that_run_each_other_end_with_the_chain_async(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(2)

    async def again(tx: Any, rows: Any) -> None:
        await app.aio_users.delete_users(tx, user_ids=ids)

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", again)
    with pytest.raises(HookRecursionError) as caught:
        await app.aio_users.delete_users(adb, user_ids=ids)
    assert str(caught.value).count("users.delete_users") == 10  # the chain of nine, and the query's place
    assert app.column(USERS) == ids


async def test_tasks_do_not_count_each_others_depth(
    app: App, adb: AioDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = app.users_with_sessions(12)
    inside = 0
    together = asyncio.Event()

    async def wait(tx: Any, rows: Any) -> None:
        nonlocal inside
        inside += 1
        if inside == 3:
            together.set()
        await together.wait()

    monkeypatch.setattr(app.aio_hooks, "drop_sessions", wait)
    await asyncio.gather(*(app.aio_users.delete_users(adb, user_ids=[key]) for key in ids))
    assert app.column(USERS) == []


def test_rows_are_the_same_class_with_hooks_and_without(app: App, db: Database) -> None:
    (key,) = app.users_with_sessions(1)
    row = app.users.get_user(db, user_id=key)
    assert type(row) is app.users.GetUserRow
    assert msgspec.structs.asdict(row) == {"id": key, "email": "***"}
