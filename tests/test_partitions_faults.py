"""Maintenance that is killed at its worst moments is taken up by the next run."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from plainsql.errors import PartitionError
from plainsql.partitions import maintain
from tests.fixtures.databases import ROOT
from tests.fixtures.partitioned import NOW, TABLE, day, partitions, run, steps

CHILD = """
import sys, datetime as dt
from plainsql import Database
from plainsql.partitions import maintain
with Database.open(sys.argv[1]) as db:
    maintain(db, "events", interval="1 day", premake=1, retain="3 days", lock_timeout=60.0,
             now=dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))
"""
AIO_CHILD = """
import asyncio, sys, datetime as dt
from plainsql.aio import Database
from plainsql.aio.partitions import maintain

async def main():
    async with Database.open(sys.argv[1]) as db:
        await maintain(db, "events", interval="1 day", premake=1, retain="3 days", lock_timeout=60.0,
                       now=dt.datetime(2026, 11, 23, 15, 30, tzinfo=dt.UTC))

asyncio.run(main())
"""
HOLD_DROP = """
CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_lock(4711); END $$;
CREATE EVENT TRIGGER hold_drop ON ddl_command_start WHEN TAG IN ('DROP TABLE') EXECUTE FUNCTION hold();
"""
HOLD_ATTACH = """
CREATE FUNCTION hold() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    IF to_regclass('events_p20261124') IS NOT NULL THEN PERFORM pg_advisory_lock(4711); END IF;
END $$;
CREATE EVENT TRIGGER hold_attach ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION hold();
"""


@pytest.fixture
def conn(empty_database: str) -> Any:
    """Events of six days, two of them past their retention of three days."""
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(TABLE)
        run(conn, now=day(-5), premake=5)
        conn.execute(
            "INSERT INTO events (id, at) "
            "SELECT g, %s::timestamptz + g * interval '1 hour' FROM generate_series(1, 130) AS g",
            (day(-5),),
        )
        yield conn


def kill_when(
    conn: psycopg.Connection[Any], conninfo: str, reached: Callable[[int], bool], program: str = CHILD
) -> None:
    """Start a run in a process, kill -9 it when its server process has *reached* a point, and end that one as well."""
    child = subprocess.Popen(
        [sys.executable, "-c", program, conninfo], cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT / "src")}
    )
    try:
        while True:
            assert child.poll() is None, "it ended before it was killed"
            found = conn.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                " AND wait_event_type = 'Lock' AND query ~ '^(ALTER|DROP|COMMENT|CREATE)'"
            ).fetchone()
            if found is not None and reached(found[0]):
                break
        os.kill(child.pid, signal.SIGKILL)
    finally:
        child.kill()
        child.wait()
    conn.execute("SELECT pg_terminate_backend(%s)", found)
    while conn.execute("SELECT FROM pg_stat_activity WHERE pid = %s", found).fetchone() is not None:
        pass


def is_pending(conn: psycopg.Connection[Any]) -> bool:
    return conn.execute("SELECT bool_or(inhdetachpending) FROM pg_inherits").fetchone() == (True,)


@pytest.mark.parametrize("program", [CHILD, AIO_CHILD], ids=["sync", "aio"])
def test_killed_between_detach_and_drop_the_next_run_drops(conn: Any, empty_database: str, program: str) -> None:
    conn.execute(HOLD_DROP)
    conn.execute("SELECT pg_advisory_lock(4711)")
    kill_when(conn, empty_database, lambda pid: True, program)
    conn.execute("DROP EVENT TRIGGER hold_drop; SELECT pg_advisory_unlock(4711)")
    assert "events_p20261118" not in partitions(conn)
    assert conn.execute("SELECT count(*) FROM events_p20261118").fetchone() == (23,), "detached, not dropped"
    assert steps(run(conn, retain="3 days")) == [
        "drop events_p20261118",
        "detach events_p20261119",
        "drop events_p20261119",
    ]
    assert run(conn, retain="3 days").actions == ()
    assert conn.execute("SELECT count(*) FROM pg_class WHERE relname ~ 'events_p2026111[89]'").fetchone() == (0,)
    assert conn.execute("SELECT min(at) FROM events").fetchone() == (day(-3),)


def test_killed_while_detaching_the_next_run_finalizes(conn: Any, empty_database: str) -> None:
    with psycopg.connect(empty_database) as busy:
        busy.execute("SELECT count(*) FROM events")
        kill_when(conn, empty_database, lambda pid: is_pending(conn))
    assert is_pending(conn)
    assert steps(run(conn, retain="3 days")) == [
        "finalize events_p20261118",
        "drop events_p20261118",
        "detach events_p20261119",
        "drop events_p20261119",
    ]
    assert not is_pending(conn)
    assert run(conn, retain="3 days").actions == ()


def test_a_detach_that_a_lock_stopped_half_way_is_finalized_by_the_same_run(conn: Any, empty_database: str) -> None:
    with psycopg.connect(empty_database) as busy, psycopg.connect(empty_database, autocommit=True) as mine:
        busy.execute("SELECT count(*) FROM events")
        with ThreadPoolExecutor(1) as pool:
            running = pool.submit(run, mine, retain="3 days", lock_timeout=0.05, tries=100)
            while not is_pending(conn):
                pass
            waits = "SELECT count(*) FROM pg_stat_activity WHERE query ~ 'FINALIZE$' AND wait_event_type = 'Lock'"
            while conn.execute(waits).fetchone() == (0,):
                assert not running.done()
            busy.commit()
            report = running.result()
    assert [step for step in steps(report) if "1118" in step] == ["detach events_p20261118", "drop events_p20261118"]
    assert not report.failed


def test_a_detach_that_somebody_else_broke_off_is_finalized_and_the_table_kept(conn: Any, empty_database: str) -> None:
    with psycopg.connect(empty_database) as busy, psycopg.connect(empty_database, autocommit=True) as other:
        busy.execute("SELECT count(*) FROM events")
        other.execute("SET lock_timeout = '50ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            other.execute("ALTER TABLE events DETACH PARTITION events_p20261120 CONCURRENTLY")
    with pytest.raises(PartitionError, match="name is taken") as caught:
        run(conn, retain="4 days")
    assert caught.value.report is not None
    assert "finalize events_p20261120" in steps(caught.value.report)
    assert any("detached by somebody else" in note for note in caught.value.report.notes)
    assert conn.execute("SELECT count(*) FROM events_p20261120").fetchone() == (24,)


def test_killed_while_making_a_partition_nothing_of_it_stays(conn: Any, empty_database: str) -> None:
    conn.execute(HOLD_ATTACH)
    conn.execute("SELECT pg_advisory_lock(4711)")
    kill_when(conn, empty_database, lambda pid: True)
    conn.execute("DROP EVENT TRIGGER hold_attach; SELECT pg_advisory_unlock(4711)")
    assert conn.execute("SELECT to_regclass('events_p20261124')").fetchone() == (None,)
    assert "create events_p20261124" in steps(run(conn, retain="3 days"))


def test_a_longer_retention_takes_the_mark_from_what_was_to_go(conn: Any, empty_database: str) -> None:
    conn.execute("COMMENT ON TABLE events_p20261118 IS 'plainsql: past the retention of public.events'")
    assert steps(run(conn, retain="30 days")) == ["create events_p20261124", "keep events_p20261118"]
    conn.execute("ALTER TABLE events DETACH PARTITION events_p20261118")
    assert run(conn, retain="3 days").actions[0].partition == "public.events_p20261119"
    assert conn.execute("SELECT count(*) FROM events_p20261118").fetchone() == (23,)


def test_an_interrupted_run_gives_its_lock_and_its_settings_back(conn: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from plainsql import partitions as module

    execute = module._execute

    def interrupted(conn: Any, command: Any) -> Any:
        if "DETACH" in command.as_string(conn):
            raise KeyboardInterrupt
        return execute(conn, command)

    monkeypatch.setattr(module, "_execute", interrupted)
    with pytest.raises(KeyboardInterrupt):
        maintain(conn, "events", interval="1 day", retain="3 days", now=NOW)
    assert conn.execute("SHOW lock_timeout").fetchone() == ("0",)
    assert conn.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)


def test_a_lost_connection_ends_the_run_with_its_own_error(conn: Any, empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as lost:
        conn.execute("""
            CREATE FUNCTION die() RETURNS event_trigger LANGUAGE plpgsql
            AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); END $$;
            CREATE EVENT TRIGGER die ON ddl_command_start WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION die();
        """)
        with pytest.raises(psycopg.OperationalError, match="terminating connection"):
            run(lost)
    conn.execute("DROP EVENT TRIGGER die")
    run(conn)
