"""Health never raises and never takes longer than it was given, whatever the server does."""

from __future__ import annotations

import os
import signal
import socket
import time

import psycopg
import pytest

from plainsql import execute as run
from plainsql.aio import Database as AioDatabase
from plainsql.aio import execute as aio
from plainsql.aio import health as aio_health
from plainsql.database import Database
from plainsql.health import MAX_WRAPAROUND_AGE, Health, check_health, judge
from plainsql.pool import PoolConfig, PoolStats
from plainsql.queries.health import ServerHealthRow
from tests.runtime import admin, statement

ONE = PoolConfig(min_size=1, max_size=1)
IDLE_POOL = PoolStats(pool_min=1, pool_max=1, pool_size=1, pool_available=1)


def assert_well(health: Health) -> None:
    assert (health.live, health.ready, health.reasons) == (True, True, ())
    assert health.in_recovery is False
    assert health.read_only is False
    assert health.server_version is not None
    assert health.server_version >= 150000
    assert health.wraparound_age is not None
    assert 0 < health.latency < 2


def test_a_server_that_is_well_is_live_and_ready(empty_database: str) -> None:
    with Database.open(empty_database) as db:
        assert_well(db.health())


async def test_a_server_that_is_well_is_live_and_ready_async(empty_database: str) -> None:
    async with AioDatabase.open(empty_database) as db:
        assert_well(await db.health())


def test_an_exhausted_pool_is_live_but_not_ready(empty_database: str) -> None:
    with Database.open(empty_database, pool=ONE) as db:
        with db.transaction():
            health = db.health()
        assert (health.live, health.ready) == (True, False)
        assert health.reasons == ("the pool is exhausted: all 1 connections are lent",)
        assert health.pool_saturation == 1.0
        assert db.health().ready


async def test_an_exhausted_pool_is_live_but_not_ready_async(empty_database: str) -> None:
    async with AioDatabase.open(empty_database, pool=ONE) as db:
        async with db.transaction():
            health = await db.health()
        assert (health.live, health.ready) == (True, False)
        assert (await db.health()).ready


def test_a_listening_socket_that_never_answers_is_not_live_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        conninfo = f"host=127.0.0.1 port={silent.getsockname()[1]} dbname=x user=x password=hunter2"
        started = time.monotonic()
        health = check_health(conninfo, IDLE_POOL, timeout=0.3)
        assert time.monotonic() - started < 0.5
    assert (health.live, health.ready) == (False, False)
    assert health.reasons == ("the server didn't answer within 0.3 s",)
    time.sleep(1)


async def test_a_listening_socket_that_never_answers_is_not_live_in_time_async() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        conninfo = f"host=127.0.0.1 port={silent.getsockname()[1]} dbname=x user=x password=hunter2"
        started = time.monotonic()
        health = await aio_health.check_health(conninfo, IDLE_POOL, timeout=0.3)
        assert time.monotonic() - started < 0.5
    assert (health.live, health.ready) == (False, False)


@pytest.mark.parametrize("where", ["host=127.0.0.1 port=1", "host=plainsql.invalid", "host=/nowhere/at/all"])
def test_an_unreachable_server_is_not_live_and_the_password_stays_hidden(where: str) -> None:
    health = check_health(f"{where} dbname=x user=x password=hunter2", IDLE_POOL, timeout=2.0)
    assert (health.live, health.ready, health.server_version) == (False, False, None)
    assert "hunter2" not in str(health)


async def test_an_unreachable_server_is_not_live_async() -> None:
    conninfo = "host=127.0.0.1 port=1 dbname=x user=x password=hunter2"
    health = await aio_health.check_health(conninfo, IDLE_POOL, timeout=2.0)
    assert (health.live, health.ready) == (False, False)
    assert "hunter2" not in str(health)


@pytest.mark.skipif("PLAINSQL_TEST_DATABASE_URL" in os.environ, reason="only a server of our own may be stopped")
def test_a_hung_server_is_not_live_in_time(empty_database: str) -> None:
    with admin(empty_database) as conn:
        row = conn.execute("SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int").fetchone()
        assert row is not None
    with Database.open(empty_database) as db:
        os.kill(row[0], signal.SIGSTOP)
        try:
            started = time.monotonic()
            health = db.health(timeout=0.5)
            took = time.monotonic() - started
        finally:
            os.kill(row[0], signal.SIGCONT)
        assert (health.live, health.ready) == (False, False)
        assert took < 0.7
        assert db.health().live


def test_a_read_only_server_is_live_but_not_ready(empty_database: str) -> None:
    with admin(empty_database) as conn:
        name = conn.info.dbname
        conn.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with Database.open(empty_database) as db:
        health = db.health()
    assert (health.live, health.ready, health.read_only) == (True, False, True)
    assert health.reasons == ("transactions are read only",)


def test_a_standby_and_an_old_transaction_id_are_said() -> None:
    row = ServerHealthRow(180000, True, True, MAX_WRAPAROUND_AGE + 1)
    health = judge(row, IDLE_POOL, started=time.monotonic(), timeout=2.0)
    assert (health.live, health.ready) == (True, False)
    assert health.reasons == (
        "the server is a standby",
        "transaction ids run out: 1,500,000,001 since the oldest frozen one",
    )


def test_health_is_allowed_inside_a_transaction(empty_database: str) -> None:
    with Database.open(empty_database) as db, db.transaction() as tx:
        assert db.health().live
        assert run.fetch_value(tx, statement("SELECT 1")) == 1


async def test_health_is_allowed_inside_a_transaction_async(empty_database: str) -> None:
    async with AioDatabase.open(empty_database) as db, db.transaction() as tx:
        assert (await db.health()).live
        assert await aio.fetch_value(tx, statement("SELECT 1")) == 1


def test_the_probe_leaves_no_connection_behind(empty_database: str) -> None:
    with Database.open(empty_database) as db:
        for _ in range(5):
            db.health()
    time.sleep(0.1)
    with psycopg.connect(empty_database) as conn:
        row = conn.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'plainsql health'"
        ).fetchone()
    assert row == (0,)


@pytest.mark.parametrize("seconds", [float("nan"), float("inf")])
async def test_a_timeout_that_never_ends_is_refused(empty_database: str, seconds: float) -> None:
    with Database.open(empty_database) as db, pytest.raises(ValueError, match="finite"):
        db.health(timeout=seconds)
    async with AioDatabase.open(empty_database) as adb:
        with pytest.raises(ValueError, match="finite"):
            await adb.health(timeout=seconds)
