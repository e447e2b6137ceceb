"""The pool: its settings, what it waits for, and how it recovers."""

from __future__ import annotations

import socket
import time
import traceback
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import PoolTimeout, TooManyRequests

from plainsql import ConfigError
from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.database import Database
from plainsql.pool import PoolConfig, PoolStats, Usage, pool_conninfo, stats_from
from tests.runtime import SLEEP, admin, statement

BACKEND = statement("SELECT pg_backend_pid()")
ONE = PoolConfig(min_size=1, max_size=1)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_size": -1}, "min_size must be 0 or more, found -1"),
        ({"min_size": 4, "max_size": 3}, "max_size must be at least 4, found 3"),
        ({"min_size": 0, "max_size": 0}, "max_size must be at least 1, found 0"),
        ({"max_waiting": -2}, "max_waiting must be 0 or more, found -2"),
        ({"timeout": 0}, "timeout must be a positive number of seconds, found 0"),
        ({"max_idle": float("nan")}, "max_idle must be a positive number of seconds, found nan"),
        ({"max_lifetime": -1.0}, "max_lifetime must be a positive number of seconds"),
    ],
)
def test_settings_that_can_not_work_are_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        PoolConfig(**settings)


def test_figures_that_psycopg_leaves_out_are_zero() -> None:
    stats = stats_from({"pool_size": 3, "pool_max": 4, "pool_available": 1, "of_a_later_version": 7}, Usage())
    assert stats == PoolStats(pool_size=3, pool_max=4, pool_available=1)
    assert stats.saturation == 0.5


def test_every_figure_of_psycopg_pool_has_a_field(empty_database: str) -> None:
    with Database.open(empty_database) as db:
        run.fetch_value(db, BACKEND)
        assert set(db._pool.get_stats()) <= set(PoolStats.__dataclass_fields__)
        assert db.pool_stats().requests_num == 1


def test_the_time_that_connections_were_lent_is_counted(empty_database: str) -> None:
    with Database.open(empty_database) as db:
        with db.transaction() as tx, db.separate().transaction() as other:
            run.fetch_value(tx, SLEEP, (0.1,))
            run.fetch_value(other, SLEEP, (0.1,))
        run.fetch_value(db, SLEEP, (0.1,))
        assert 390 <= db.pool_stats().usage_ms < 1000


async def test_the_time_that_connections_were_lent_is_counted_async(empty_database: str) -> None:
    async with AioDatabase.open(empty_database) as db:
        async with db.transaction() as tx, db.separate().transaction() as other:
            await aio.fetch_value(tx, SLEEP, (0.1,))
            await aio.fetch_value(other, SLEEP, (0.1,))
        await aio.fetch_value(db, SLEEP, (0.1,))
        assert 390 <= db.pool_stats().usage_ms < 1000


def test_a_connect_timeout_is_set_unless_somebody_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGCONNECT_TIMEOUT", raising=False)
    assert conninfo_to_dict(pool_conninfo("dbname=x"))["connect_timeout"] == "5"
    assert conninfo_to_dict(pool_conninfo("dbname=x connect_timeout=9"))["connect_timeout"] == "9"
    monkeypatch.setenv("PGCONNECT_TIMEOUT", "7")
    assert "connect_timeout" not in conninfo_to_dict(pool_conninfo("dbname=x"))


def test_an_exhausted_pool_raises_within_its_timeout(empty_database: str) -> None:
    config = PoolConfig(min_size=1, max_size=1, timeout=0.2)
    with Database.open(empty_database, pool=config) as db, db.transaction():
        took = []
        for _ in range(3):  # the best of three: the machine may be busy with something else
            started = time.monotonic()
            with pytest.raises(PoolTimeout) as caught:
                run.fetch_value(db.separate(), BACKEND)
            took.append(time.monotonic() - started)
        assert 0.2 <= min(took) < 0.25
        assert caught.value.query == "items.query"  # type: ignore[attr-defined]


async def test_an_exhausted_pool_raises_within_its_timeout_async(empty_database: str) -> None:
    config = PoolConfig(min_size=1, max_size=1, timeout=0.2)
    async with AioDatabase.open(empty_database, pool=config) as db, db.transaction():
        took = []
        for _ in range(3):
            started = time.monotonic()
            with pytest.raises(PoolTimeout):
                await aio.fetch_value(db.separate(), BACKEND)
            took.append(time.monotonic() - started)
        assert 0.2 <= min(took) < 0.25


def test_a_queue_that_is_too_long_is_refused_at_once(empty_database: str) -> None:
    from concurrent.futures import ThreadPoolExecutor

    config = PoolConfig(min_size=1, max_size=1, timeout=5, max_waiting=1)
    with Database.open(empty_database, pool=config) as db, ThreadPoolExecutor(1) as pool:
        with db.transaction():
            waiting = pool.submit(run.fetch_value, db, BACKEND)
            while db.pool_stats().requests_waiting == 0:
                time.sleep(0.005)
            with pytest.raises(TooManyRequests):
                run.fetch_value(db.separate(), BACKEND)
        assert waiting.result() > 0


def test_a_killed_connection_is_replaced_before_it_is_lent(empty_database: str) -> None:
    with Database.open(empty_database, pool=ONE) as db:
        pid = run.fetch_value(db, BACKEND)
        with admin(empty_database) as conn:
            conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert run.fetch_value(db, BACKEND) != pid
        assert db.pool_stats().connections_lost == 1


async def test_a_killed_connection_is_replaced_before_it_is_lent_async(empty_database: str) -> None:
    async with AioDatabase.open(empty_database, pool=ONE) as db:
        pid = await aio.fetch_value(db, BACKEND)
        with admin(empty_database) as conn:
            conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        assert await aio.fetch_value(db, BACKEND) != pid


def test_without_check_a_killed_connection_costs_one_error(empty_database: str) -> None:
    with Database.open(empty_database, pool=PoolConfig(min_size=1, max_size=1, check=False)) as db:
        pid = run.fetch_value(db, BACKEND)
        with admin(empty_database) as conn:
            conn.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
        with pytest.raises(psycopg.OperationalError):
            run.fetch_value(db, BACKEND)
        assert run.fetch_value(db, BACKEND) != pid


def test_the_look_at_an_idle_connection_sends_nothing(empty_database: str) -> None:
    with Database.open(empty_database, pool=ONE) as db:
        pid = run.fetch_value(db, BACKEND)
        for _ in range(3):
            with db.connection():
                pass
        with admin(empty_database) as conn:
            row = conn.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [pid]).fetchone()
        assert row == ("SELECT pg_backend_pid()",)


def test_connections_are_named_and_in_autocommit_and_keep_a_thousand_statements(empty_database: str) -> None:
    name = statement("SELECT current_setting('application_name')")
    with Database.open(empty_database) as db:
        assert run.fetch_value(db, name) == "plainsql"
        with db.connection() as conn:
            assert (conn.autocommit, conn.prepared_max) == (True, 1000)
    with Database.open(make_conninfo(empty_database, application_name="mine")) as db:
        assert run.fetch_value(db, name) == "mine"


async def test_connections_are_named_and_in_autocommit_and_keep_a_thousand_statements_async(
    empty_database: str,
) -> None:
    async with AioDatabase.open(empty_database) as db:
        assert await aio.fetch_value(db, statement("SELECT current_setting('application_name')")) == "plainsql"
        async with db.connection() as conn:
            assert (conn.autocommit, conn.prepared_max) == (True, 1000)


def test_an_unknown_database_fails_at_once_without_showing_the_password(server: str) -> None:
    started = time.monotonic()
    with pytest.raises(psycopg.OperationalError) as caught:
        Database.open(make_conninfo(server, dbname="plainsql_test_missing", password="hunter2"))
    assert time.monotonic() - started < 2
    assert "hunter2" not in str(caught.value)


async def test_an_unknown_database_fails_at_once_without_showing_the_password_async(server: str) -> None:
    with pytest.raises(psycopg.OperationalError) as caught:
        await AioDatabase.open(make_conninfo(server, dbname="plainsql_test_missing", password="hunter2"))
    assert "hunter2" not in str(caught.value)


def test_a_server_that_never_answers_fails_within_the_connect_timeout() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        started = time.monotonic()
        with pytest.raises(psycopg.OperationalError):
            Database.open(f"host=127.0.0.1 port={port} dbname=x user=x password=hunter2 connect_timeout=2")
        assert time.monotonic() - started < 3


def test_a_port_without_a_server_fails_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    started = time.monotonic()
    with pytest.raises(psycopg.OperationalError):
        Database.open(f"host=127.0.0.1 port={port} dbname=x user=x")
    assert time.monotonic() - started < 2


def test_closing_twice_is_fine_and_use_after_it_raises(empty_database: str) -> None:
    db = Database.open(empty_database)
    db.close()
    db.close()
    with pytest.raises(psycopg.OperationalError):
        run.fetch_value(db, BACKEND)


async def test_closing_twice_is_fine_and_use_after_it_raises_async(empty_database: str) -> None:
    db = await AioDatabase.open(empty_database)
    await db.close()
    await db.close()
    with pytest.raises(psycopg.OperationalError):
        await aio.fetch_value(db, BACKEND)


@pytest.mark.parametrize(
    "conninfo",
    [
        "host=127.0.0.1 password=my hunter2 dbname=x",
        "postgresql://u:pa%ZZhunter2@127.0.0.1/x",
        "postgresql://u:p@hunter2@127.0.0.1/x",
    ],
)
async def test_a_conninfo_that_can_not_be_read_is_refused_without_showing_the_password(conninfo: str) -> None:
    with pytest.raises(ConfigError, match="conninfo") as caught:
        Database.open(conninfo)
    with pytest.raises(ConfigError, match="conninfo") as caught_async:
        await AioDatabase.open(conninfo)
    for error in (caught, caught_async):
        assert "hunter2" not in "".join(traceback.format_exception(error.value))
