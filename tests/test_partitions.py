"""Partitions are made ahead, in UTC, without gaps, as their table has them; old ones go."""

from __future__ import annotations

import datetime as dt
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from plainsql import Database
from plainsql.aio import Database as AsyncDatabase
from plainsql.aio import partitions as aio_partitions
from plainsql.errors import ConfigError, PartitionError
from plainsql.partitions import maintain
from tests.fixtures.partitioned import NOW, TABLE, bounds, day, own_role, partitions, run, steps


@pytest.fixture
def conn(empty_database: str) -> Any:
    """A connection to a database with the empty, partitioned table events."""
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(TABLE)
        yield conn


def insert(conn: psycopg.Connection[Any], at: dt.datetime, number: int = 1) -> None:
    conn.execute("INSERT INTO events (id, at) VALUES (%s, %s)", (number, at))


def test_a_run_makes_the_partition_of_now_and_those_ahead(conn: Any) -> None:
    report = run(conn, premake=3)
    assert partitions(conn) == ["events_p20261123", "events_p20261124", "events_p20261125", "events_p20261126"]
    assert steps(report) == [f"create {name}" for name in partitions(conn)]
    assert bounds(conn)[0] == "FOR VALUES FROM ('2026-11-23 00:00:00+00') TO ('2026-11-24 00:00:00+00')"
    assert [(a.lower, a.upper) for a in report.actions][-1] == (day(3), day(4))


def test_a_second_run_does_nothing(conn: Any) -> None:
    run(conn, retain="10 days")
    before = conn.execute("SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid").fetchall()
    report = run(conn, retain="10 days")
    assert (report.actions, report.notes) == ((), ())
    assert conn.execute("SELECT oid, relname, relfilenode FROM pg_class ORDER BY oid").fetchall() == before


def test_two_months_on_an_insert_is_refused_loudly_until_maintenance_ran(conn: Any) -> None:
    run(conn)
    later = NOW + dt.timedelta(days=61)
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"):
        insert(conn, later)
    run(conn, now=later)
    insert(conn, later)
    assert "events_p20270123" in partitions(conn)
    assert len(partitions(conn)) == 63, "the days between are there too: late rows find a place"


async def test_two_months_on_an_insert_is_refused_loudly_until_maintenance_ran_async(
    conn: Any, empty_database: str
) -> None:
    later = NOW + dt.timedelta(days=61)
    async with AsyncDatabase.open(empty_database) as db:
        await aio_partitions.maintain(db, "events", interval="1 day", premake=1, now=NOW)
        with pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"):
            insert(conn, later)
        await aio_partitions.maintain(db, "events", interval="1 day", premake=1, now=later)
    insert(conn, later)
    assert "events_p20270123" in partitions(conn)
    assert len(partitions(conn)) == 63


def test_what_is_past_its_retention_goes_and_the_rest_stays(conn: Any) -> None:
    run(conn, now=day(-5), premake=5)
    for number in range(-5, 1):
        insert(conn, day(number), number + 10)
    report = run(conn, retain="3 days")
    assert steps(report) == [
        "create events_p20261124",
        "detach events_p20261118",
        "drop events_p20261118",
        "detach events_p20261119",
        "drop events_p20261119",
    ]
    assert partitions(conn)[0] == "events_p20261120", "it ends on the 21st, three days ago were on the 20th at 15:30"
    assert conn.execute("SELECT count(*) FROM events").fetchone() == (4,)
    assert conn.execute("SELECT to_regclass('events_p20261118')").fetchone() == (None,)
    assert run(conn, retain="3 days").actions == ()


def test_the_end_of_the_retention_is_exact(conn: Any) -> None:
    run(conn, now=day(-5), premake=5)
    one = dt.timedelta(microseconds=1)
    assert not [s for s in steps(run(conn, now=day(0) - one, retain="4 days")) if s.startswith("drop")]
    assert "drop events_p20261118" in steps(run(conn, now=day(0), retain="4 days"))


def test_a_dry_run_says_the_same_and_does_nothing(conn: Any) -> None:
    run(conn, now=day(-5), premake=2)
    before = partitions(conn)
    dry = run(conn, retain="3 days", dry_run=True)
    assert {action.status for action in dry.actions} == {"planned"}
    assert partitions(conn) == before
    done = run(conn, retain="3 days")
    assert steps(done) == steps(dry)
    assert {action.status for action in done.actions} == {"done"}


MONTHS = [
    ("1 month", dt.datetime(2027, 1, 31, 23, 59, tzinfo=dt.UTC), ["202701", "202702", "202703"], "2027-02-01"),
    ("1 month", dt.datetime(2027, 12, 1, tzinfo=dt.UTC), ["202712", "202801", "202802"], "2028-01-01"),
    ("3 months", dt.datetime(2028, 2, 29, tzinfo=dt.UTC), ["202801", "202804", "202807"], "2028-04-01"),
    ("1 year", dt.datetime(2028, 2, 29, tzinfo=dt.UTC), ["2028", "2029", "2030"], "2029-01-01"),
    ("1 week", dt.datetime(2026, 12, 30, tzinfo=dt.UTC), ["20261228", "20270104", "20270111"], "2027-01-04"),
    ("1 day", dt.datetime(2028, 2, 28, tzinfo=dt.UTC), ["20280228", "20280229", "20280301"], "2028-02-29"),
    (
        "6 hours",
        dt.datetime(2026, 12, 31, 19, tzinfo=dt.UTC),
        ["20261231_18", "20270101_00", "20270101_06"],
        "2027-01-01",
    ),
    (
        "15 minutes",
        dt.datetime(2026, 12, 31, 23, 31, tzinfo=dt.UTC),
        ["20261231_2330", "20261231_2345", "20270101_0000"],
        "23:45",
    ),
]


@pytest.mark.parametrize(("interval", "now", "labels", "upper"), MONTHS)
def test_months_and_years_end_where_the_calendar_says(
    conn: Any, interval: str, now: dt.datetime, labels: list[str], upper: str
) -> None:
    run(conn, interval=interval, now=now, premake=2)
    assert partitions(conn) == [f"events_p{label}" for label in labels]
    assert upper in bounds(conn)[0].partition(" TO ")[2]
    assert run(conn, interval=interval, now=now, premake=2).actions == ()


@pytest.mark.parametrize("zone", ["America/New_York", "Asia/Kolkata", "Europe/Berlin", "Pacific/Apia"])
def test_bounds_are_utc_whatever_the_session_says(conn: Any, zone: str) -> None:
    conn.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
    autumn = dt.datetime(2026, 10, 24, 12, tzinfo=dt.UTC)
    run(conn, now=autumn, premake=10)
    assert run(conn, now=autumn, premake=10).actions == ()
    assert all(text.count(" 00:00:00+00") == 2 for text in bounds(conn))


@pytest.mark.parametrize("kind", ["timestamp", "date"])
def test_keys_without_a_time_zone_are_taken_for_utc(conn: Any, kind: str) -> None:
    conn.execute(f"DROP TABLE events; CREATE TABLE events (id bigint, at {kind} NOT NULL) PARTITION BY RANGE (at)")
    conn.execute("SET TimeZone = 'America/New_York'")
    run(conn)
    run(conn, now=day(30), retain="2 days")
    assert partitions(conn)[0] == "events_p20261221"
    assert run(conn, now=day(30), retain="2 days").actions == ()
    conn.execute("INSERT INTO events VALUES (1, '2026-12-23')")


def test_a_gap_is_filled_and_what_others_made_is_kept_and_told(conn: Any) -> None:
    conn.execute("""
        CREATE TABLE old PARTITION OF events FOR VALUES FROM ('2026-11-19 06:00+00') TO ('2026-11-20 00:00+00');
        CREATE TABLE two_days PARTITION OF events FOR VALUES FROM ('2026-11-21 00:00+00') TO ('2026-11-23 00:00+00');
        CREATE TABLE part PARTITION OF events FOR VALUES FROM ('2026-11-23 06:00+00') TO ('2026-11-23 18:00+00');
    """)
    report = run(conn, premake=1)
    assert steps(report) == [
        "create events_p20261123",
        "create events_p20261123_180000",
        "create events_p20261124",
        "create events_p20261119",
        "create events_p20261120",
    ]
    assert [note.partition(" holds ")[0] for note in report.notes] == ["public.old", "public.two_days", "public.part"]
    for hour in range(24 * 6):
        insert(conn, day(-4) + dt.timedelta(hours=hour), hour + 1)
    assert run(conn, premake=1).actions == ()


def test_a_change_of_interval_goes_on_where_the_old_one_ends(conn: Any) -> None:
    run(conn, interval="1 month")
    assert steps(run(conn, now=dt.datetime(2026, 12, 30, tzinfo=dt.UTC), premake=3)) == [
        "create events_p20270101",
        "create events_p20270102",
    ]


def test_a_partition_without_end_is_told(conn: Any) -> None:
    conn.execute("CREATE TABLE rest PARTITION OF events FOR VALUES FROM ('2026-11-24 00:00+00') TO (MAXVALUE)")
    conn.execute("CREATE TABLE early PARTITION OF events FOR VALUES FROM (MINVALUE) TO ('2026-11-20 00:00+00')")
    report = run(conn, premake=3)
    assert [s[-2:] for s in steps(report)] == ["23", "20", "21", "22"]
    assert any("without end" in note for note in report.notes)
    assert "drop early" in steps(run(conn, retain="1 day"))


def test_rows_in_a_default_partition_are_moved_to_where_they_belong(conn: Any) -> None:
    conn.execute("CREATE TABLE stray PARTITION OF events DEFAULT")
    for number, at in enumerate([day(-2), day(0), day(0, hour=23), day(1), day(400)], 1):
        insert(conn, at, number)
    report = run(conn)
    assert [action.detail.partition(" ")[0] for action in report.actions] == ["2", "1", "1", ""]
    assert [f"{name}" for name in partitions(conn)] == [
        "events_p20261121",
        "events_p20261122",
        "events_p20261123",
        "events_p20261124",
        "stray",
    ]
    assert conn.execute("SELECT id, doubled FROM stray").fetchall() == [(5, 10)]
    assert conn.execute("SELECT count(*) FROM events").fetchone() == (5,)
    assert any("stray holds 1 rows, from 2027-12-28" in note for note in report.notes)
    again = run(conn, now=day(3), retain="2 days")
    assert "drop events_p20261121" in steps(again), (
        "in one transaction: DETACH CONCURRENTLY is refused beside a default"
    )
    assert run(conn, now=day(3), retain="2 days").actions == ()


def test_rows_that_foreign_keys_refer_to_are_not_moved(conn: Any) -> None:
    conn.execute("""
        CREATE TABLE stray PARTITION OF events DEFAULT;
        CREATE TABLE notes (id bigint, at timestamptz, FOREIGN KEY (id, at) REFERENCES events ON DELETE CASCADE);
        INSERT INTO events (id, at) VALUES (1, '2026-11-23 12:00+00');
        INSERT INTO notes VALUES (1, '2026-11-23 12:00+00');
    """)
    with pytest.raises(PartitionError, match="events_p20261123") as caught:
        run(conn)
    assert [action.status for action in caught.value.report.actions] == ["failed", "done"]  # type: ignore[union-attr]
    assert conn.execute("SELECT count(*) FROM notes").fetchone() == (1,)


def test_a_partition_has_indexes_constraints_defaults_and_triggers_of_its_table(conn: Any) -> None:
    conn.execute("""
        CREATE TABLE kinds (note text PRIMARY KEY);
        INSERT INTO kinds VALUES ('none');
        ALTER TABLE events ADD CONSTRAINT events_note_fkey FOREIGN KEY (note) REFERENCES kinds;
        CREATE FUNCTION upper_note() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN NEW.id := NEW.id + 100; RETURN NEW; END $$;
        CREATE TRIGGER events_add BEFORE INSERT ON events FOR EACH ROW EXECUTE FUNCTION upper_note();
    """)
    run(conn)
    conn.execute("CREATE TABLE reference PARTITION OF events FOR VALUES FROM ('2030-01-01') TO ('2031-01-01')")
    what = """
        SELECT
            (SELECT count(*) FROM pg_index WHERE indrelid = c.oid),
            (SELECT array_agg(contype ORDER BY contype, conname) FROM pg_constraint WHERE conrelid = c.oid),
            (SELECT count(*) FROM pg_trigger WHERE tgrelid = c.oid),
            (SELECT array_agg((attname, attnotnull, atthasdef, attgenerated, attstorage, attinhcount)::text
                              ORDER BY attnum)
             FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0),
            c.relam, c.relowner, c.reltablespace
        FROM pg_class AS c WHERE oid = %s::regclass
    """
    made = conn.execute(what, ("events_p20261123",)).fetchone()
    assert made == conn.execute(what, ("reference",)).fetchone()
    insert(conn, NOW)
    assert conn.execute("SELECT id, doubled, note FROM events_p20261123").fetchall() == [(101, 202, "none")]


def test_a_partition_hides_from_direct_readers_what_policies_of_its_table_hide(conn: Any) -> None:
    conn.execute("CREATE TABLE events_p20261123 PARTITION OF events FOR VALUES FROM ('2026-11-23') TO ('2026-11-24')")
    conn.execute("""
        ALTER TABLE events ENABLE ROW LEVEL SECURITY;
        ALTER TABLE events FORCE ROW LEVEL SECURITY;
        CREATE POLICY mine ON events USING (note = current_user);
    """)
    assert steps(run(conn)) == ["create events_p20261124", "secure events_p20261123"]
    assert run(conn).actions == ()
    with own_role(conn, f"plainsql_test_{secrets.token_hex(6)}") as role:
        conn.execute(f"ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO {role}")
        run(conn, premake=2)
        conn.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA public TO {role}")
        conn.execute(
            "INSERT INTO events (id, at, note) SELECT g, %s, n FROM unnest(%s::int[], %s::text[]) AS i (g, n)",
            (NOW, [1, 2], ["x", role]),
        )
        conn.execute("INSERT INTO events (id, at, note) VALUES (3, %s, %s)", (day(2), role))
        conn.execute(f"SET ROLE {role}")
        assert conn.execute("SELECT id FROM events ORDER BY id").fetchall() == [(2,), (3,)]
        assert conn.execute("SELECT count(*) FROM events_p20261123").fetchone() == (0,)
        assert conn.execute("SELECT count(*) FROM events_p20261125").fetchone() == (0,)
        conn.execute("RESET ROLE")


def test_a_partition_belongs_to_the_owner_of_its_table(conn: Any) -> None:
    with own_role(conn, f"plainsql_test_{secrets.token_hex(6)}") as role:
        conn.execute(f"GRANT CREATE, USAGE ON SCHEMA public TO {role}; ALTER TABLE events OWNER TO {role}")
        run(conn)
        owners = conn.execute("SELECT DISTINCT pg_get_userbyid(relowner) FROM pg_class WHERE relname LIKE 'events%'")
        assert owners.fetchall() == [(role,)]
        assert conn.execute("SELECT current_user <> %s", (role,)).fetchone() == (True,)


def test_the_runtime_role_inserts_and_can_not_maintain(conn: Any, empty_database: str) -> None:
    run(conn)
    with own_role(conn, f"plainsql_test_{secrets.token_hex(6)}") as role:
        conn.execute(f"GRANT INSERT, SELECT ON events TO {role}")
        with psycopg.connect(make_conninfo(empty_database, user=role), autocommit=True) as app:
            insert(app, NOW)
            with pytest.raises(PartitionError, match=f"role {role} can't maintain public.events, whose owner is"):
                run(app, premake=5)
            assert steps(run(app, premake=2, dry_run=True)) == ["create events_p20261125"]


def test_two_runs_at_once_do_the_work_once(conn: Any, empty_database: str) -> None:
    run(conn, now=day(-20), premake=10)

    def one(_: int) -> list[str]:
        with Database.open(empty_database) as db:
            return steps(maintain(db, "events", interval="1 day", premake=5, retain="3 days", now=NOW))

    with ThreadPoolExecutor(4) as pool:
        done = sorted(pool.map(one, range(4)), key=len)
    assert [len(found) for found in done[:3]] == [0, 0, 0]
    assert len([s for s in done[3] if s.startswith("drop")]) == 11
    assert conn.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)


async def test_the_async_twin_does_the_same(conn: Any, empty_database: str) -> None:
    run(conn, now=day(-5))
    expected = steps(run(conn, retain="2 days", dry_run=True))
    async with AsyncDatabase.open(empty_database) as db:
        report = await aio_partitions.maintain(db, "events", interval="1 day", premake=1, retain="2 days", now=NOW)
        assert steps(report) == expected
        async with db.connection() as lent:
            assert (await (await lent.execute("SHOW lock_timeout")).fetchone()) == ("0",)
    assert run(conn, retain="2 days").actions == ()


def test_readers_and_writers_are_not_kept_waiting(conn: Any, empty_database: str) -> None:
    run(conn, now=day(-5), premake=5)
    with psycopg.connect(empty_database) as busy:
        insert(busy, NOW)
        busy.execute("SELECT count(*) FROM events_p20261123")
        with pytest.raises(PartitionError, match="lock timeout, 1 times") as caught:
            run(conn, premake=4, retain="3 days", lock_timeout=0.1, tries=1)
        report = caught.value.report
        assert report is not None
        assert [a.status for a in report.actions if a.what == "create"] == ["done"] * 4, "ATTACH waits for nobody"
        busy.commit()
    assert [a.partition for a in report.actions if a.what == "detach"] == ["public.events_p20261118"]
    again = run(conn, premake=4, retain="3 days")
    assert len(steps(again)) == 4
    assert steps(again)[:2] == ["finalize events_p20261118", "drop events_p20261118"]
    assert conn.execute("SHOW lock_timeout").fetchone() == ("0",)


def test_a_step_that_a_lock_stands_in_the_way_of_is_tried_again(conn: Any, empty_database: str) -> None:
    with psycopg.connect(empty_database) as busy, ThreadPoolExecutor(1) as pool:
        busy.execute("LOCK TABLE events IN SHARE MODE")
        running = pool.submit(lambda: run(conn, lock_timeout=0.05, tries=100))
        with psycopg.connect(empty_database, autocommit=True) as watcher:
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            while watcher.execute(waiting).fetchone() == (0,):
                pass
            while watcher.execute(waiting).fetchone() != (0,):
                pass
        busy.commit()
        assert len(running.result().actions) == 2


def test_what_depends_on_an_old_partition_keeps_it_and_says_so(conn: Any) -> None:
    run(conn, now=day(-5), premake=5)
    conn.execute("CREATE VIEW eldest AS SELECT * FROM events_p20261118")
    with pytest.raises(PartitionError, match=r"1 of 3 steps failed\n  drop public.events_p20261118: cannot drop table"):
        run(conn, now=day(0), retain="4 days")
    conn.execute("DROP VIEW eldest")
    assert steps(run(conn, now=day(0), retain="4 days")) == ["drop events_p20261118"]


def test_rows_that_others_refer_to_stop_the_detach_and_the_mark_goes(conn: Any) -> None:
    run(conn, now=day(-5), premake=5)
    conn.execute("CREATE TABLE notes (id bigint, at timestamptz, FOREIGN KEY (id, at) REFERENCES events)")
    insert(conn, day(-5))
    conn.execute("INSERT INTO notes VALUES (1, %s)", (day(-5),))
    with pytest.raises(PartitionError, match=r"detach public.events_p20261118: removing partition"):
        run(conn, now=day(0), retain="4 days")
    assert conn.execute("SELECT count(*) FROM pg_description WHERE description LIKE 'plainsql:%'").fetchone() == (0,)


def test_a_table_that_somebody_detached_to_keep_is_kept(conn: Any) -> None:
    run(conn, now=day(-5), premake=5)
    conn.execute("ALTER TABLE events DETACH PARTITION events_p20261120")
    with pytest.raises(PartitionError, match=r"create public.events_p20261120: that name is taken"):
        run(conn, now=day(0), retain="4 days")
    assert "events_p20261118" not in partitions(conn), "the other steps were done"
    assert conn.execute("SELECT to_regclass('events_p20261120') IS NOT NULL").fetchone() == (True,)
    run(conn, now=day(5), retain="4 days")
    assert conn.execute("SELECT to_regclass('events_p20261120') IS NOT NULL").fetchone() == (True,)


def test_names_are_cut_to_what_postgresql_takes(conn: Any) -> None:
    name = "Ereignisse über " + "x" * 46
    conn.execute('CREATE SCHEMA "Odd schema"')
    conn.execute(f'CREATE TABLE "Odd schema"."{name}" ("der Tag" timestamptz NOT NULL) PARTITION BY RANGE ("der Tag")')
    quoted = f'"Odd schema"."{name}"'
    report = maintain(conn, quoted, interval="1 day", premake=2, key="der Tag", now=NOW)
    assert len({a.partition for a in report.actions}) == 3
    assert all(len(a.partition.removeprefix("Odd schema.").encode()) <= 63 for a in report.actions)
    assert maintain(conn, quoted, interval="1 day", premake=2, now=NOW).actions == ()
    dropped = maintain(conn, quoted, interval="1 day", premake=2, retain="1 day", now=day(9))
    assert not dropped.failed
    assert maintain(conn, quoted, interval="1 day", premake=2, retain="1 day", now=day(9)).actions == ()


WRONG: list[tuple[str, dict[str, Any], type[Exception], str]] = [
    ("events", {"interval": "1 fortnight"}, ConfigError, "interval must be a number of minutes"),
    ("events", {"interval": "0 days"}, ConfigError, "interval must be"),
    ("events", {"interval": "1 day", "premake": 0}, ConfigError, "premake must be a number of partitions, 1 to"),
    ("events", {"interval": "1 day", "retain": "always"}, ConfigError, "retain must be"),
    ("events", {"interval": "1 day", "detach": "soon"}, ConfigError, "detach must be 'concurrently' or 'blocking'"),
    ("events", {"interval": "1 day", "now": dt.datetime(2026, 1, 1)}, ConfigError, "now must be aware"),  # noqa: DTZ001
    ("events", {"interval": "1 day", "key": "created"}, PartitionError, "partitioned by at, not by created"),
    ("nowhere", {"interval": "1 day"}, PartitionError, "there is no table nowhere"),
    ("plain", {"interval": "1 day"}, PartitionError, "is not partitioned by range"),
    ("hashed", {"interval": "1 day"}, PartitionError, "is not partitioned by range"),
    ("numbered", {"interval": "1 day"}, PartitionError, "found id of type bigint"),
    ("computed", {"interval": "1 day"}, PartitionError, "found an expression or several columns"),
    ("dated", {"interval": "1 hour"}, PartitionError, "partitioned by a date"),
    (
        "events",
        {"interval": "1 minute", "now": NOW + dt.timedelta(days=30)},
        PartitionError,
        "more than 5000 partitions",
    ),
]


@pytest.mark.parametrize(("table", "settings", "error", "message"), WRONG, ids=lambda value: str(value)[:40])
def test_what_can_not_be_is_refused_before_anything_is_done(
    conn: Any, table: str, settings: dict[str, Any], error: type[Exception], message: str
) -> None:
    run(conn)
    conn.execute("""
        CREATE TABLE plain (at timestamptz);
        CREATE TABLE hashed (at timestamptz) PARTITION BY HASH (at);
        CREATE TABLE numbered (id bigint) PARTITION BY RANGE (id);
        CREATE TABLE computed (at timestamptz) PARTITION BY RANGE ((at AT TIME ZONE 'UTC'));
        CREATE TABLE dated (at date) PARTITION BY RANGE (at);
    """)
    with pytest.raises(error, match=message):
        maintain(conn, table, **settings)
    assert len(partitions(conn)) == 2


def test_a_transaction_is_refused(conn: Any) -> None:
    with conn.transaction(), pytest.raises(psycopg.errors.ActiveSqlTransaction):
        run(conn)
