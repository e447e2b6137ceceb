"""Who is at work: told to the server with what writes, never mixed up, gone afterwards."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from plainsql import actor, aio
from plainsql.aio import execute as aio_execute
from plainsql.database import Database
from plainsql.errors import ActorError
from plainsql.execute import execute, execute_many, fetch_value, run_script
from plainsql.pool import PoolConfig
from tests.fixtures.audited import audit_tables, entries
from tests.fixtures.databases import temporary_database
from tests.fixtures.pgbouncer import PGBOUNCER, transaction_pooler
from tests.runtime import statement

ADD = statement("INSERT INTO notes (text) VALUES ($1)", types=(25,), params=("text",), writes=True)
READ = statement("SELECT coalesce(current_setting('app.actor_id', true), '')", load_oids=(25,))
SLOW_ADD = replace(ADD, timeout=5.0)
INDEX = statement("", statements=("CREATE INDEX CONCURRENTLY ON notes (text)",))


@pytest.fixture(scope="module")
def audited(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        schema = "CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, text text UNIQUE)"
        audit_tables(conninfo, tmp_path_factory.mktemp("notes"), schema, "notes")
        yield str(conninfo_to_dict(conninfo)["dbname"])


@pytest.fixture
def notes(server: str, audited: str) -> Iterator[str]:
    with temporary_database(server, template=audited) as conninfo:
        yield conninfo


@pytest.fixture
def db(notes: str) -> Iterator[Database]:
    with Database.open(notes, tenancy=False, pool=PoolConfig(max_size=4)) as db:
        yield db


def recorded(conninfo: str) -> list[tuple[Any, ...]]:
    """Text, actor, request and reason of each note."""
    with psycopg.connect(conninfo) as conn:
        return [
            (entry["new"]["text"], entry["actor_id"], entry["request_id"], entry["reason"]) for entry in entries(conn)
        ]


def test_a_transaction_tells_who_and_why(db: Database, notes: str) -> None:
    with db.actor(user_id=42, request_id="r-1", reason="price fix"), db.transaction() as tx:
        execute(tx, ADD, ("a",))
    assert recorded(notes) == [("a", "42", "r-1", "price fix")]


@pytest.mark.parametrize("add", [ADD, SLOW_ADD], ids=["plain", "with a time limit"])
def test_a_single_statement_tells_it_in_a_transaction_of_its_own(db: Database, notes: str, add: Any) -> None:
    with db.actor(user_id=UUID(int=7)):
        assert execute(db, add, ("a",)) == 1
    assert recorded(notes) == [("a", str(UUID(int=7)), None, None)]


def test_many_rows_at_once_and_a_database_beside_the_transaction_tell_it_too(db: Database, notes: str) -> None:
    with db.actor(user_id="ada"):
        execute_many(db, ADD, [{"text": "a"}, {"text": "b"}])
        with db.transaction():
            execute(db.separate(), ADD, ("c",))
    assert recorded(notes) == [("a", "ada", None, None), ("b", "ada", None, None), ("c", "ada", None, None)]


def test_a_read_is_not_told_who_reads(db: Database) -> None:
    with db.actor(user_id="ada"):
        assert fetch_value(db, READ) == ""
        with db.transaction(read_only=True) as tx:
            assert fetch_value(tx, READ) == ""
        with db.transaction() as tx:
            assert fetch_value(tx, READ) == "ada"


def test_the_next_who_borrows_the_connection_is_nobody(notes: str) -> None:
    with Database.open(notes, tenancy=False, pool=PoolConfig(max_size=1)) as db:
        with db.actor(user_id="ada"):
            execute(db, ADD, ("a",))
            with db.transaction() as tx:
                execute(tx, ADD, ("b",))
        execute(db, ADD, ("c",))
        with db.transaction() as tx:
            execute(tx, ADD, ("d",))
            assert fetch_value(tx, READ) == ""
    assert [who for _, who, _, _ in recorded(notes)] == ["ada", "ada", None, None]


def test_the_actor_stays_when_a_savepoint_is_rolled_back(db: Database, notes: str) -> None:
    with db.actor(user_id="ada"), db.transaction() as tx:
        execute(tx, ADD, ("a",))
        with pytest.raises(psycopg.errors.UniqueViolation), tx.savepoint():
            execute(tx, ADD, ("a",))
        execute(tx, ADD, ("b",))
    assert [row[:2] for row in recorded(notes)] == [("a", "ada"), ("b", "ada")]


def test_blocks_inside_each_other_add_to_what_is_said(db: Database, notes: str) -> None:
    with db.actor(user_id="ada", request_id="r-1"):
        with db.actor(reason="price fix"):
            execute(db, ADD, ("a",))
        with db.actor(user_id="bob"):
            execute(db, ADD, ("b",))
        execute(db, ADD, ("c",))
    assert actor.current() is None
    assert recorded(notes) == [
        ("a", "ada", "r-1", "price fix"),
        ("b", "bob", "r-1", None),
        ("c", "ada", "r-1", None),
    ]


def test_an_actor_said_inside_of_a_transaction_would_be_lost_and_is_refused(db: Database, notes: str) -> None:
    with db.transaction() as tx:
        with db.actor(user_id="ada"), pytest.raises(ActorError, match=r"items\.query at .* Begin it inside"):
            execute(tx, ADD, ("a",))
        with db.actor(user_id="ada"):
            fetch_value(tx, READ)
        execute(tx, ADD, ("b",))
    assert [row[:2] for row in recorded(notes)] == [("b", None)]


def test_a_transaction_that_is_rolled_back_leaves_neither_entry_nor_actor(db: Database, notes: str) -> None:
    def fail() -> None:
        with db.actor(user_id="ada"), db.transaction() as tx:
            execute(tx, ADD, ("a",))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert recorded(notes) == []
    assert actor.current() is None


def test_a_failed_statement_tells_its_own_error(db: Database, notes: str) -> None:
    with db.actor(user_id="ada"):
        execute(db, ADD, ("a",))
        with pytest.raises(psycopg.errors.UniqueViolation):
            execute(db, ADD, ("a",))
        execute(db, ADD, ("b",))
    assert [row[:2] for row in recorded(notes)] == [("a", "ada"), ("b", "ada")]


def test_scripts_run_whoever_is_at_work(db: Database) -> None:
    with db.actor(user_id="ada"):
        run_script(db, INDEX)


@pytest.mark.parametrize(
    "said", [{"user_id": ""}, {"user_id": True}, {"user_id": 1.5}, {"request_id": "a\0b"}, {"reason": " "}]
)
def test_what_cannot_be_sent_is_refused(said: dict[str, Any]) -> None:
    with pytest.raises(ActorError), actor.use(**said):
        pass


def test_threads_on_one_pool_are_never_mixed_up(db: Database, notes: str) -> None:
    start = threading.Barrier(8)

    def work(who: str) -> None:
        start.wait()
        with db.actor(user_id=who):
            for number in range(25):
                execute(db, ADD, (f"{who}-{number}",))
                with db.transaction() as tx:
                    execute(tx, ADD, (f"{who}-{number}-tx",))

    threads = [threading.Thread(target=work, args=(f"user{number}",)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = recorded(notes)
    assert len(found) == 400
    assert all(text.startswith(f"{who}-") for text, who, _, _ in found)


async def test_tasks_on_one_pool_are_never_mixed_up(notes: str) -> None:
    async with aio.Database.open(notes, tenancy=False, pool=PoolConfig(max_size=2)) as db:

        async def work(who: str) -> None:
            with db.actor(user_id=who):
                for number in range(10):
                    await aio_execute.execute(db, ADD, (f"{who}-{number}",))
                    async with db.transaction() as tx:
                        await asyncio.sleep(0)
                        await aio_execute.execute(tx, ADD, (f"{who}-{number}-tx",))

        await asyncio.gather(*(work(f"user{number}") for number in range(6)), work("last"))
        await aio_execute.execute(db, ADD, ("nobody",))
    found = recorded(notes)
    assert len(found) == 141
    assert all(text == "nobody" or text.startswith(f"{who}-") for text, who, _, _ in found)
    assert [who for text, who, _, _ in found if text == "nobody"] == [None]


async def test_the_async_twin_tells_it_everywhere(notes: str) -> None:
    async with aio.Database.open(notes, tenancy=False, pool=PoolConfig(max_size=1)) as db:
        with db.actor(user_id="ada", reason="fix"):
            await aio_execute.execute(db, ADD, ("a",))
            await aio_execute.execute_many(db, ADD, [{"text": "b"}])
            async with db.transaction() as tx:
                with pytest.raises(psycopg.errors.UniqueViolation):
                    async with tx.savepoint():
                        await aio_execute.execute(tx, ADD, ("a",))
                await aio_execute.execute(tx, ADD, ("c",))
                with db.actor(user_id="bob"), pytest.raises(ActorError):
                    await aio_execute.execute(tx, ADD, ("x",))
            assert await aio_execute.fetch_value(db, READ) == ""
            await aio_execute.run_script(db, INDEX)
        await aio_execute.execute(db, ADD, ("d",))
    assert recorded(notes) == [(text, "ada", None, "fix") for text in "abc"] + [("d", None, None, None)]


@pytest.mark.skipif(PGBOUNCER is None, reason="no pgbouncer")
def test_behind_a_transaction_pooler_nobody_is_taken_for_another(notes: str) -> None:
    user = str(conninfo_to_dict(notes)["user"])
    with (
        transaction_pooler(notes, user) as pooled,
        Database.open(pooled, tenancy=False, pool=PoolConfig(max_size=6, prepare_threshold=None)) as db,
    ):
        barrier = threading.Barrier(6)

        def work(who: str | None) -> None:
            barrier.wait()
            for number in range(15):
                if who is None:
                    execute(db, ADD, (f"None-{number}-{threading.get_ident()}",))
                    continue
                with db.actor(user_id=who):
                    execute(db, ADD, (f"{who}-{number}",))
                    with db.transaction() as tx:
                        execute(tx, ADD, (f"{who}-{number}-tx",))

        threads = [threading.Thread(target=work, args=(who,)) for who in ("a", "b", "c", "d", None, None)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    found = recorded(notes)
    assert len(found) == 150
    assert all(text.startswith(f"{who}-") for text, who, _, _ in found)
