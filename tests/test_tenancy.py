"""Tenants: each call, task and thread sees its own rows only, and a connection keeps nothing of the one before."""

from __future__ import annotations

import asyncio
import logging
import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql import Database, PoolConfig, Tenancy, execute, tenancy
from plainsql.aio import execute as aio
from plainsql.errors import (
    ConfigError,
    OutsideTransactionError,
    TenantMismatchError,
    TenantRequiredError,
    TooManyRowsError,
    UnsafeRoleError,
)
from tests.fixtures.roles import Roles
from tests.fixtures.tenants import (
    ADD_FOR,
    ADD_NOTE,
    COUNT_NOTES,
    LIST_NOTES,
    SEEN,
    WAIT,
    A,
    B,
    two_tenants,
)
from tests.runtime import statement

__all__ = ["two_tenants"]

ONE = PoolConfig(min_size=1, max_size=1)
COUNTS = {A: 3, B: 2}


@pytest.fixture
def db(two_tenants: Roles) -> Iterator[Database]:
    """The runtime role on one connection, so that every call follows another on it."""
    with Database.open(two_tenants.app, pool=ONE, all_tenants=two_tenants.all_tenants) as database:
        yield database


# One tenant


def test_a_call_sees_its_tenants_rows(db: Database) -> None:
    with db.tenant(A) as t:
        assert {note.tenant_id for note in execute.fetch_all(t, LIST_NOTES)} == {A}
        assert execute.fetch_value(t, COUNT_NOTES) == 3
    with db.tenant(str(B)) as t:
        assert execute.fetch_value(t, COUNT_NOTES) == 2


async def test_a_call_sees_its_tenants_rows_async(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app, pool=ONE) as db:
        for tenant, count in COUNTS.items():
            async with db.tenant(tenant) as t:
                assert {note.tenant_id for note in await aio.fetch_all(t, LIST_NOTES)} == {tenant}
                assert await aio.fetch_value(t, COUNT_NOTES) == count
                assert await aio.execute_many(t, ADD_NOTE, [{"id": i, "body": "x"} for i in (10, 11)]) == 2


def test_a_transaction_sees_its_tenants_rows_and_has_savepoints(db: Database) -> None:
    with db.tenant(A) as t, t.transaction(isolation="serializable") as tx:
        assert tx.tenant_id == str(A)
        execute.execute(tx, ADD_NOTE, (10, "first"))
        with pytest.raises(psycopg.errors.InsufficientPrivilege), tx.savepoint():
            execute.execute(tx, ADD_FOR, (B, 11))
        assert execute.fetch_value(tx, COUNT_NOTES) == 4
        level = tx.connection.execute("SHOW transaction_isolation").fetchone()
    assert level == ("serializable",)
    with db.tenant(B) as t, t.transaction(read_only=True) as tx:
        assert execute.fetch_value(tx, COUNT_NOTES) == 2
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), tx.savepoint():
            execute.execute(tx, ADD_NOTE, (12, "no"))


async def test_a_transaction_sees_its_tenants_rows_async(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app, pool=ONE) as db, db.tenant(B) as t:
        assert await aio.fetch_value(t, COUNT_NOTES) == 2
        async with t.transaction() as tx:
            assert await aio.fetch_value(tx, COUNT_NOTES) == 2
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                async with tx.savepoint():
                    await aio.execute(tx, ADD_FOR, (A, 11))


def test_a_row_for_another_tenant_is_42501(db: Database) -> None:
    with db.tenant(A) as t, pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
        execute.execute(t, ADD_FOR, (B, 99))
    assert caught.value.sqlstate == "42501"
    assert caught.value.query == "items.query"


def test_many_rows_go_into_one_tenant_in_one_transaction(db: Database) -> None:
    with db.tenant(A) as t:
        assert execute.execute_many(t, ADD_NOTE, [{"id": i, "body": "x"} for i in (10, 11)]) == 2
        with pytest.raises(psycopg.errors.UniqueViolation):
            execute.execute_many(t, ADD_NOTE, [{"id": i, "body": "x"} for i in (12, 12)])
        assert execute.fetch_value(t, COUNT_NOTES) == 5
    with db.tenant(B) as t:
        assert execute.fetch_value(t, COUNT_NOTES) == 2
        timed = replace(ADD_NOTE, timeout=5.0)
        assert execute.execute_many(t, timed, [{"id": 20, "body": "x"}]) == 1


def test_using_the_tenant_inside_its_own_transaction_must_be_meant(two_tenants: Roles) -> None:
    with Database.open(two_tenants.app) as db, db.tenant(A) as t, t.transaction() as tx:
        execute.execute(tx, ADD_NOTE, (10, "mine"))
        with pytest.raises(OutsideTransactionError):
            execute.fetch_value(t, COUNT_NOTES)
        with pytest.raises(OutsideTransactionError), t.transaction():
            pass
        assert execute.fetch_value(t.separate(), COUNT_NOTES) == 3
        with t.separate().transaction() as other:
            assert execute.fetch_value(other, COUNT_NOTES) == 3


def test_a_script_has_no_tenant(db: Database) -> None:
    script = statement("", statements=("SELECT 1",))
    with db.tenant(A) as t, pytest.raises(psycopg.errors.ActiveSqlTransaction):
        execute.run_script(t, script)
    execute.run_script(db, script)


# No tenant


def test_without_a_tenant_nothing_is_sent(db: Database) -> None:
    with pytest.raises(TenantRequiredError, match=r"items.query at queries/items.sql:7 .*db.tenant") as caught:
        execute.fetch_all(db, LIST_NOTES)
    assert isinstance(caught.value, LookupError)
    for call in (
        lambda: execute.execute_many(db, ADD_NOTE, []),
        lambda: execute.execute_many(db, ADD_NOTE, [{"id": 1, "body": "x"}]),
        lambda: execute.fetch_value(db.separate(), COUNT_NOTES),
    ):
        with pytest.raises(TenantRequiredError):
            call()
    with db.transaction() as tx, pytest.raises(TenantRequiredError):
        execute.fetch_value(tx, COUNT_NOTES)
    assert db.pool_stats().requests_num <= 2  # that of the transaction, and what the pool asked for itself


async def test_without_a_tenant_nothing_is_sent_async(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app) as db:
        with pytest.raises(TenantRequiredError):
            await aio.fetch_all(db, LIST_NOTES)
        with pytest.raises(TenantRequiredError):
            await aio.execute_many(db, ADD_NOTE, [])
        async with db.transaction() as tx:
            with pytest.raises(TenantRequiredError):
                await aio.fetch_value(tx, COUNT_NOTES)


def test_without_a_tenant_sql_sees_no_rows(two_tenants: Roles) -> None:
    with psycopg.connect(two_tenants.app, autocommit=True) as conn:
        assert conn.execute("SELECT count(*) FROM notes").fetchone() == (0,)
        conn.execute("SELECT set_config('app.tenant_id', %s, true)", (str(A),))
        with conn.transaction():
            conn.execute("SELECT set_config('app.tenant_id', %s, true)", (str(A),))
        # The setting reads '' from now on, not NULL.
        assert conn.execute("SELECT current_setting('app.tenant_id', true)").fetchone() == ("",)
        assert conn.execute("SELECT count(*) FROM notes").fetchone() == (0,)
        assert conn.execute("UPDATE notes SET body = 'x'").rowcount == 0
        assert conn.execute("DELETE FROM notes").rowcount == 0
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("INSERT INTO notes VALUES (%s, 99, 'x')", (A,))
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.NotNullViolation)):
            conn.execute("INSERT INTO notes (id, body) VALUES (99, 'x')")


@pytest.mark.parametrize("tenant", [None, "", "  ", "a\0b", True, b"x", 1.5])
def test_what_is_nobody_is_refused(db: Database, tenant: Any) -> None:
    with pytest.raises(TenantRequiredError), db.tenant(tenant):
        pass
    with pytest.raises(TenantRequiredError), tenancy.use(tenant):
        pass


def test_a_tenant_that_is_no_uuid_is_the_servers_error_and_harms_nothing(db: Database) -> None:
    for odd in ("x'; DROP TABLE notes --", "ä \\ %s $1"):
        with db.tenant(odd) as t, pytest.raises(psycopg.errors.InvalidTextRepresentation):
            execute.fetch_value(t, COUNT_NOTES)
    with db.tenant(A) as t:
        assert execute.fetch_value(t, COUNT_NOTES) == 3


def test_after_its_block_a_tenant_is_no_more(db: Database) -> None:
    with db.tenant(A) as t:
        pass
    for call in (lambda: execute.fetch_value(t, COUNT_NOTES), lambda: t.transaction().__enter__(), t.separate):
        with pytest.raises(TenantRequiredError, match="has ended"):
            call()


# Two tenants


def test_a_tenant_inside_another_is_refused(db: Database) -> None:
    with db.tenant(A), db.tenant(A) as t:
        with pytest.raises(TenantMismatchError, match=f"tenant {B} inside tenant {A}"), db.tenant(B):
            pass
        with pytest.raises(TenantMismatchError), tenancy.use(B):
            pass
        assert execute.fetch_value(t, COUNT_NOTES) == 3
    with tenancy.use(A), pytest.raises(TenantMismatchError), db.tenant(B):
        pass
    with db.tenant(B) as t:
        assert execute.fetch_value(t, COUNT_NOTES) == 2


async def test_a_tenant_inside_another_is_refused_async(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app) as db, db.tenant(A):
        with pytest.raises(TenantMismatchError):
            async with db.tenant(B):
                pass

        async def beside() -> int:
            async with db.tenant(B) as t:  # a task of its own, though it was started in A's block
                return int(await aio.fetch_value(t, COUNT_NOTES))

        assert await asyncio.create_task(beside()) == 2


async def test_500_interleaved_tasks_on_4_connections_never_cross(two_tenants: Roles) -> None:
    pool = PoolConfig(min_size=4, max_size=4)
    broken = statement("SELECT 1 / (count(*) - count(*)) FROM notes", tenant=True)
    async with plainsql.aio.Database.open(two_tenants.app, pool=pool) as db:

        async def work(number: int) -> None:
            chance = random.Random(number)
            tenant = (A, B)[number % 2]
            async with db.tenant(tenant) as t:
                for _ in range(4):
                    match chance.randrange(5):
                        case 0:
                            with pytest.raises(psycopg.errors.DivisionByZero):
                                await aio.fetch_value(t, broken)
                        case 1:
                            async with t.transaction() as tx:
                                notes = await aio.fetch_all(tx, LIST_NOTES)
                                await asyncio.sleep(0)
                                notes += await aio.fetch_all(tx, LIST_NOTES)
                            assert {note.tenant_id for note in notes} == {tenant}
                        case 2:
                            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                                async with t.transaction() as tx:
                                    await aio.execute(tx, ADD_FOR, (B if tenant == A else A, number))
                        case _:
                            notes = await aio.fetch_all(t, LIST_NOTES)
                            assert {note.tenant_id for note in notes} == {tenant}
                            assert len(notes) == COUNTS[tenant]
                    assert await aio.fetch_value(t, SEEN) == str(tenant)

        await asyncio.gather(*(work(number) for number in range(500)))
        for _ in range(8):
            assert await aio.fetch_value(db, SEEN) in (None, "")


def test_threads_never_cross(two_tenants: Roles) -> None:
    with Database.open(two_tenants.app, pool=PoolConfig(min_size=4, max_size=4)) as db:

        def work(number: int) -> None:
            tenant = (A, B)[number % 2]
            with tenancy.use(tenant):
                for _ in range(5):
                    assert {note.tenant_id for note in execute.fetch_all(db, LIST_NOTES)} == {tenant}
                    with db.transaction() as tx:
                        assert {note.tenant_id for note in execute.fetch_all(tx, LIST_NOTES)} == {tenant}

        with ThreadPoolExecutor(16) as threads:
            list(threads.map(work, range(200)))


# A context


def test_a_framework_says_it_once(db: Database) -> None:
    assert tenancy.current() is None
    with tenancy.use(B):
        assert tenancy.current() == str(B)
        assert execute.fetch_value(db, COUNT_NOTES) == 2
        with db.transaction() as tx:
            assert (tx.tenant_id, execute.fetch_value(tx, COUNT_NOTES)) == (str(B), 2)
            assert execute.fetch_value(tx, SEEN) == str(B)
        with db.separate().transaction() as tx:
            assert execute.fetch_value(tx, COUNT_NOTES) == 2
        with tenancy.use(B):
            pass
        assert tenancy.current() == str(B)
    assert tenancy.current() is None
    with pytest.raises(TenantRequiredError):
        execute.fetch_value(db, COUNT_NOTES)


def test_another_thread_has_no_tenant(db: Database) -> None:
    seen: list[str | None] = []
    with tenancy.use(A):
        thread = threading.Thread(target=lambda: seen.append(tenancy.current()))
        thread.start()
        thread.join()
    assert seen == [None]


async def test_a_task_inherits_the_context_and_keeps_it_to_itself(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app) as db:
        ready = asyncio.Event()

        async def request(tenant: Any) -> int:
            with tenancy.use(tenant):
                ready.set()
                await asyncio.sleep(0)
                return int(await asyncio.create_task(aio.fetch_value(db, COUNT_NOTES)))

        first = asyncio.create_task(request(A))
        await ready.wait()
        assert tenancy.current() is None
        assert await asyncio.gather(first, request(B)) == [3, 2]


# What a pooled connection keeps


def test_a_pooled_connection_keeps_no_tenant(db: Database) -> None:
    def check() -> None:
        assert execute.fetch_value(db, SEEN) in (None, "")
        with db.connection() as conn:
            assert conn.info.transaction_status == psycopg.pq.TransactionStatus.IDLE
            assert conn.pgconn.pipeline_status == psycopg.pq.PipelineStatus.OFF
            assert conn.execute("SELECT count(*) FROM notes").fetchone() == (0,)

    check()
    with db.tenant(A) as t:
        for _ in range(8):  # past psycopg's threshold: unprepared, then prepared
            assert execute.fetch_value(t, COUNT_NOTES) == 3
            with pytest.raises(psycopg.errors.UniqueViolation):
                execute.execute(t, ADD_NOTE, (1, "taken"))
            check()
        with pytest.raises(TooManyRowsError):
            execute.fetch_one(t, LIST_NOTES)
        check()
        with pytest.raises(ZeroDivisionError), t.transaction():
            1 / 0  # noqa: B018
        check()
        with (
            pytest.raises(psycopg.errors.InFailedSqlTransaction),
            t.transaction() as tx,
            pytest.raises(psycopg.errors.UniqueViolation),
        ):
            execute.execute(tx, ADD_NOTE, (1, "taken"))
        check()
        with pytest.raises(psycopg.errors.QueryCanceled):
            execute.fetch_value(t, replace(WAIT, timeout=0.02), (30.0,))
        check()
        assert execute.fetch_value(t, COUNT_NOTES) == 3


async def test_a_cancelled_task_leaves_no_tenant_behind(two_tenants: Roles) -> None:
    async with plainsql.aio.Database.open(two_tenants.app, pool=ONE) as db:
        async with db.tenant(A) as t:
            task = asyncio.create_task(aio.fetch_value(t, WAIT, (30.0,)))
            await until_asleep(two_tenants.owner)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            assert await aio.fetch_value(db, SEEN) in (None, "")
            assert await aio.fetch_value(t, COUNT_NOTES) == 3
        assert db.pool_stats().returns_bad == 0


async def until_asleep(conninfo: str) -> None:
    """Wait until another connection of this database sleeps in pg_sleep."""
    async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as conn:
        query = "SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
        while await (await conn.execute(query)).fetchone() is None:  # noqa: ASYNC110 - the event is the server's
            await asyncio.sleep(0.01)


def test_an_error_of_the_commit_reaches_the_caller(db: Database) -> None:
    insert = statement("INSERT INTO deferred SELECT $1 + 1 UNION ALL SELECT $1 + 2", types=(20,))
    dangling = statement("UPDATE deferred SET id = id + 100 WHERE id = $1", types=(20,))
    with psycopg.connect(db._conninfo.replace("app_user", "postgres"), autocommit=True) as conn:
        conn.execute("ALTER TABLE deferred ADD COLUMN parent bigint REFERENCES deferred DEFERRABLE INITIALLY DEFERRED")
    orphan = statement("INSERT INTO deferred (id, parent) VALUES ($1, 99)", types=(20,))
    with db.tenant(A) as t:
        assert execute.execute(t, insert, (1,)) == 2
        for _ in range(7):
            with pytest.raises(psycopg.errors.ForeignKeyViolation):
                execute.execute(t, orphan, (7,))
        assert execute.execute(t, dangling, (2,)) == 1
        assert execute.fetch_value(t, statement("SELECT count(*) FROM deferred")) == 2


def test_a_killed_connection_is_the_callers_error_and_the_pool_goes_on(two_tenants: Roles) -> None:
    with Database.open(two_tenants.app, pool=ONE) as db, db.tenant(A) as t:
        die = statement("SELECT pg_terminate_backend(pg_backend_pid())")
        with pytest.raises(psycopg.errors.AdminShutdown):
            execute.fetch_value(t, die)
        assert execute.fetch_value(t, COUNT_NOTES) == 3


def test_a_changed_result_type_heals(two_tenants: Roles) -> None:
    everything = statement("SELECT * FROM notes WHERE id = 1", tenant=True, row=lambda *values: values)
    with Database.open(two_tenants.app, pool=ONE) as db, db.tenant(A) as t:
        for _ in range(8):
            assert len(execute.fetch_one(t, everything)) == 3
        with psycopg.connect(two_tenants.owner, autocommit=True) as conn:
            conn.execute("ALTER TABLE notes ADD COLUMN pinned boolean")
        for _ in range(8):
            assert len(execute.fetch_one(t, everything)) == 4
        with db.connection() as conn:
            conn.execute("DEALLOCATE ALL", prepare=False)
            conn._prepared.clear()
        for _ in range(8):
            assert len(execute.fetch_one(t, everything)) == 4


# Roles


def test_a_role_that_row_level_security_passes_by_is_refused(two_tenants: Roles) -> None:
    with pytest.raises(UnsafeRoleError, match=r"is a superuser.*app_user") as caught:
        Database.open(two_tenants.owner, tenancy=Tenancy())
    assert caught.value.role == "postgres"
    with pytest.raises(UnsafeRoleError, match="has BYPASSRLS"):
        Database.open(two_tenants.all_tenants, tenancy=Tenancy())
    with Database.open(two_tenants.owner, pool=ONE, tenancy=False) as db:  # nobody configured tenants
        with pytest.raises(UnsafeRoleError), db.tenant(A):
            pass
        with tenancy.use(A), pytest.raises(UnsafeRoleError):
            execute.fetch_value(db, COUNT_NOTES)
        assert db.pool_stats().pool_available == 1
    with Database.open(two_tenants.app, tenancy=Tenancy()):
        pass


async def test_a_role_that_row_level_security_passes_by_is_refused_async(two_tenants: Roles) -> None:
    with pytest.raises(UnsafeRoleError):
        await plainsql.aio.Database.open(two_tenants.owner, tenancy=Tenancy())
    async with plainsql.aio.Database.open(two_tenants.owner, tenancy=False) as db:
        with pytest.raises(UnsafeRoleError):
            async with db.tenant(A):
                pass
        with tenancy.use(A), pytest.raises(UnsafeRoleError):
            await aio.fetch_value(db, COUNT_NOTES)


def test_the_owner_of_tenants_tables_is_refused_also_by_inheritance(two_tenants: Roles) -> None:
    with psycopg.connect(two_tenants.owner, autocommit=True) as conn:
        conn.execute("ALTER TABLE notes OWNER TO app_user")
    with pytest.raises(UnsafeRoleError, match="rights of the owner of notes"):
        Database.open(two_tenants.app, tenancy=Tenancy())
    with pytest.raises(UnsafeRoleError, match="has BYPASSRLS and has the rights of the owner of notes"):
        Database.open(two_tenants.all_tenants, tenancy=Tenancy())
    with Database.open(two_tenants.app, tenancy=Tenancy(tables=("deferred",))):
        pass


def test_the_project_of_the_current_folder_says_that_there_are_tenants(
    two_tenants: Roles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.plainsql.tenancy]\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UnsafeRoleError):
        Database.open(two_tenants.owner)
    monkeypatch.setenv("DATABASE_URL", two_tenants.owner)
    with pytest.raises(UnsafeRoleError):
        Database.open()
    with Database.open(owner=True):
        pass
    with Database.open(two_tenants.owner, tenancy=False):
        pass
    monkeypatch.setenv("PLAINSQL_APP_URL", two_tenants.app)
    with Database.open():
        pass


def test_a_database_without_tenants_tables_has_nothing_to_keep(empty_database: str) -> None:
    with Database.open(empty_database, tenancy=Tenancy()):
        pass


def test_another_setting_and_column(two_tenants: Roles) -> None:
    with psycopg.connect(two_tenants.owner, autocommit=True) as conn:
        conn.execute("ALTER POLICY notes_are_the_tenants ON notes USING (body = current_setting('my.firm', true))")
    with Database.open(two_tenants.app, tenancy=Tenancy(setting="my.firm", column="body")) as db:
        with db.tenant(f"of {B}") as t:
            assert execute.fetch_value(t, COUNT_NOTES) == 2
        with pytest.raises(UnsafeRoleError):
            Database.open(two_tenants.owner, tenancy=Tenancy(setting="my.firm", column="body"))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tenancy = 1", "must be a table"),
        ("[tool.plainsql.tenancy]\nsettings = 'x'", "unknown key 'settings'; there are setting, column"),
        ("[tool.plainsql.tenancy]\ntables = 'x'", "tables must be an array of names, found 'x'"),
        ("[tool.plainsql.tenancy]\nrole = ''", "role must be a string"),
        ("[tool.plainsql.tenancy]\nsetting = 'tenant'", "setting must be a name with a dot"),
    ],
)
def test_a_fault_of_the_settings_is_named(tmp_path: Path, text: str, message: str) -> None:
    from plainsql.config import load_config

    (tmp_path / "pyproject.toml").write_text(f"[tool.plainsql]\n{text}\n")
    with pytest.raises(ConfigError, match=message):
        load_config(tmp_path)


# All tenants


def test_all_tenants_is_a_role_of_its_own_with_a_reason_in_the_log(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "plainsql.tenancy"), db.all_tenants(reason="monthly billing") as a:
        assert execute.fetch_value(a, COUNT_NOTES) == 5
        assert execute.execute_many(a, ADD_FOR, [{"p1": A, "p2": 20}, {"p1": B, "p2": 20}]) == 2
        with a.transaction() as tx:
            assert execute.fetch_value(tx, COUNT_NOTES) == 7
            assert execute.fetch_value(tx, statement("SELECT current_setting('app.reason')")) == "monthly billing"
            with pytest.raises(psycopg.errors.ActiveSqlTransaction):
                execute.fetch_value(a, COUNT_NOTES)
        assert execute.fetch_value(a, statement("SELECT current_setting('app.reason')")) == "monthly billing"
    (record,) = caplog.records
    assert (record.reason, record.role) == ("monthly billing", "app_all_tenants")  # type: ignore[attr-defined]
    with pytest.raises(TenantRequiredError):
        execute.fetch_value(db, COUNT_NOTES)


async def test_all_tenants_is_a_role_of_its_own_async(two_tenants: Roles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAINSQL_ALL_TENANTS_URL", two_tenants.all_tenants)
    async with plainsql.aio.Database.open(two_tenants.app) as db, db.all_tenants(reason="billing") as a:
        assert await aio.fetch_value(a, COUNT_NOTES) == 5
        async with a.transaction() as tx:
            assert await aio.fetch_value(tx, COUNT_NOTES) == 5


def test_all_tenants_says_what_it_misses(two_tenants: Roles, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PLAINSQL_ALL_TENANTS_URL", raising=False)
    with Database.open(two_tenants.app) as db:
        with pytest.raises(ConfigError, match="PLAINSQL_ALL_TENANTS_URL"), db.all_tenants(reason="billing"):
            pass
        with pytest.raises(ConfigError, match="needs a reason"), db.all_tenants(reason=" "):
            pass
    with (
        Database.open(two_tenants.app, all_tenants=two_tenants.app) as db,
        pytest.raises(ConfigError, match=r"app_user .*no BYPASSRLS"),
        db.all_tenants(reason="billing"),
    ):
        pass


def test_what_one_tenants_block_yielded_is_refused_where_the_context_is_anothers(
    two_tenants: Roles,
) -> None:
    def as_b(source: execute.ConnectionSource) -> None:
        with (
            tenancy.use(B),
            pytest.raises(TenantMismatchError, match=f"run as tenant {A} where the context is tenant {B}"),
        ):
            execute.fetch_all(source, LIST_NOTES)

    with Database.open(two_tenants.app) as db, ThreadPoolExecutor(1) as elsewhere, db.tenant(A) as t:
        elsewhere.submit(as_b, t).result()
        with t.transaction() as tx:
            elsewhere.submit(as_b, tx).result()
            assert len(execute.fetch_all(tx, LIST_NOTES)) == 3


async def test_the_same_holds_for_tasks(two_tenants: Roles) -> None:
    async def as_b(source: aio.ConnectionSource) -> None:
        with tenancy.use(B), pytest.raises(TenantMismatchError, match=f"run as tenant {A}"):
            await aio.fetch_all(source, LIST_NOTES)

    async with plainsql.aio.Database.open(two_tenants.app) as db, db.tenant(A) as t:
        await asyncio.create_task(as_b(t))
        async with t.transaction() as tx:
            await asyncio.create_task(as_b(tx))
            assert len(await aio.fetch_all(tx, LIST_NOTES)) == 3
