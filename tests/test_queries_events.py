"""events.sql: batches, pages, rollups, gaps, latest rows and anomalies on known data."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from plainsql.execute import Statement
from plainsql.partitions import maintain
from shop.queries import events
from shop.queries.aio import events as aio_events
from tests.fixtures.shop import Shop

START = dt.datetime(2026, 10, 24, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
FIRST = UUID(int=0)


@pytest.fixture
def timeline(shop: Shop, owner: psycopg.Connection[Any]) -> Shop:
    """A shop with partitions from the day before the clocks of Europe change, for a week, whatever day it is."""
    for (name,) in owner.execute("SELECT relname FROM pg_class WHERE relname ~ '^events_p[0-9]+$'").fetchall():
        owner.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
    maintain(owner, "events", interval="1 day", premake=7, now=START)
    return shop


def record(shop: Shop, rows: Sequence[tuple[dt.datetime, str, int, int | str]]) -> int:
    """Record events of moment, kind, entity and value."""
    return events.record_events(
        shop.conn,
        ats=[row[0] for row in rows],
        kinds=[row[1] for row in rows],
        entity_ids=[row[2] for row in rows],
        measures=[Decimal(row[3]) for row in rows],
        props=[{}] * len(rows),
    )


def roll_up(conn: Any) -> int:
    """Roll up every hour that has changed and return how many."""
    hours = events.hours_to_roll_up(conn, before=dt.datetime(9000, 1, 1, tzinfo=dt.UTC))
    for row in hours:
        events.rollup_hour(conn, bucket=row.bucket)
    return len(hours)


def rolled_up(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.conn.execute("SELECT kind, bucket, n, total FROM events_hourly WHERE n > 0 ORDER BY 1, 2").fetchall()


def computed(shop: Shop) -> list[tuple[Any, ...]]:
    return shop.conn.execute(
        "SELECT kind, date_trunc('hour', at, 'UTC'), count(*), sum(value) FROM events GROUP BY 1, 2 ORDER BY 1, 2"
    ).fetchall()


def test_a_batch_is_recorded_whole_or_not_at_all(timeline: Shop) -> None:
    assert record(timeline, [(START, "view", 1, 1), (START + HOUR, "view", 2, 3)]) == 2
    assert record(timeline, []) == 0
    far = START + dt.timedelta(days=300)
    with pytest.raises(psycopg.errors.CheckViolation, match="no partition of relation"):
        record(timeline, [(START, "view", 3, 1), (far, "view", 3, 1)])
    with pytest.raises(psycopg.errors.NotNullViolation):
        events.record_events(
            timeline.conn, ats=[START, START], kinds=["view"], entity_ids=[1], measures=[Decimal(1)], props=[{}]
        )
    for wrong in ("NaN", "Infinity", "-Infinity"):
        with pytest.raises(psycopg.errors.CheckViolation):
            record(timeline, [(START, "view", 1, wrong)])
    assert timeline.value("SELECT count(*) FROM events") == 2
    assert timeline.value("SELECT count(*) FROM events_changed_hours") == 2


def test_today_has_a_partition_on_a_fresh_database(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    now = dt.datetime.now(dt.UTC)
    assert record(shop, [(now, "view", 1, 1), (now + dt.timedelta(days=7), "view", 1, 1)]) == 2
    made = shop.value("SELECT count(*) FROM pg_inherits WHERE inhparent = 'events'::regclass")
    assert made == 8
    names = shop.value(
        "SELECT array_agg(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'events'::regclass"
    )
    maintain(owner, "events", interval="1 day", premake=7, now=now)
    after = shop.value(
        "SELECT array_agg(inhrelid::regclass::text) FROM pg_inherits WHERE inhparent = 'events'::regclass"
    )
    assert set(names) <= set(after)
    assert len(after) - len(names) in {0, 1}, "one more if a day has begun since the migration"


def test_pages_hold_every_event_once_also_those_of_one_moment(timeline: Shop) -> None:
    moments = [START + HOUR * (number // 7 * 5) for number in range(50)]
    record(timeline, [(at, "view", number, 1) for number, at in enumerate(moments)])
    record(timeline, [(START, "cart", 1, 1)])
    until = START + HOUR * 30
    seen: list[tuple[dt.datetime, UUID]] = []
    after_at, after_id = START, FIRST
    while page := events.events_between(
        timeline.conn, kind="view", since=START, until=until, after_at=after_at, after_id=after_id, max_rows=8
    ):
        seen += [(row.at, row.id) for row in page]
        after_at, after_id = seen[-1]
    assert len(seen) == len(set(seen)) == sum(at < until for at in moments) == 42
    assert all(one < two for one, two in pairwise(seen))


def test_an_empty_range_has_no_events_and_no_hours(timeline: Shop) -> None:
    record(timeline, [(START, "view", 1, 1)])
    roll_up(timeline.conn)
    for since, until in [(START, START), (START + HOUR, START)]:
        assert not events.events_between(
            timeline.conn, kind="view", since=since, until=until, after_at=since, after_id=FIRST, max_rows=9
        )
        assert events.hourly(timeline.conn, kind="view", since=since, until=until) == []
        assert events.hourly_last(timeline.conn, kind="view", since=since, until=until) == []
        assert not events.anomalies(
            timeline.conn, kind="view", since=since, until=until, preceding=5, threshold=Decimal(3)
        )


def test_hours_without_events_have_zero_or_the_last_value(timeline: Shop) -> None:
    record(
        timeline, [(START + HOUR, "view", 1, 4), (START + HOUR * 1.5, "view", 2, 6), (START + HOUR * 4, "view", 1, 8)]
    )
    before = events.hourly(timeline.conn, kind="view", since=START, until=START + HOUR * 6)
    assert [(row.n, row.is_settled) for row in before] == [(0, number not in {1, 4}) for number in range(6)]
    roll_up(timeline.conn)
    found = events.hourly(timeline.conn, kind="view", since=START + HOUR / 2, until=START + HOUR * 6)
    assert [(row.bucket, row.n, row.total) for row in found] == [
        (START + HOUR * number, n, total)
        for number, (n, total) in enumerate([(0, 0), (2, 10), (0, 0), (0, 0), (1, 8), (0, 0)])
    ]
    assert all(row.is_settled for row in found)
    last = events.hourly_last(timeline.conn, kind="view", since=START, until=START + HOUR * 6)
    assert [row.mean for row in last] == [None, 5, 5, 5, 8, 8]
    assert [row.is_filled for row in last] == [True, False, True, True, False, True]
    assert [
        row.mean
        for row in events.hourly_last(timeline.conn, kind="view", since=START + HOUR * 2, until=START + HOUR * 3)
    ] == [5]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata"])
def test_a_day_on_which_the_clocks_change_has_25_hours(timeline: Shop, zone: str) -> None:
    timeline.conn.execute("SELECT set_config('TimeZone', %s, false)", (zone,))
    berlin = ZoneInfo("Europe/Berlin")
    since, until = dt.datetime(2026, 10, 25, tzinfo=berlin), dt.datetime(2026, 10, 26, tzinfo=berlin)
    twice = [dt.datetime(2026, 10, 25, 2, 30, fold=fold, tzinfo=berlin) for fold in (0, 1)]
    record(timeline, [(at.astimezone(dt.UTC), "view", 1, 1) for at in twice])
    roll_up(timeline.conn)
    found = events.hourly(timeline.conn, kind="view", since=since, until=until)
    assert len(found) == 25
    assert [row.n for row in found] == [0, 0, 1, 1, *([0] * 21)]
    buckets = [row.bucket.astimezone(dt.UTC) for row in found]  # Python subtracts within a zone as its clocks show
    assert [two - one for one, two in pairwise(buckets)] == [HOUR] * 24


def test_a_late_event_brings_its_hour_back(timeline: Shop) -> None:
    record(timeline, [(START, "view", 1, 1), (START + HOUR * 30, "view", 1, 2)])
    assert roll_up(timeline.conn) == 2
    assert roll_up(timeline.conn) == 0
    assert events.rollup_hour(timeline.conn, bucket=START) == 0, "nothing has changed"
    record(timeline, [(START + HOUR / 2, "view", 2, 5), (START + HOUR / 2, "cart", 2, 1)])
    assert [row.bucket for row in events.hours_to_roll_up(timeline.conn, before=START + HOUR)] == [START]
    assert events.hours_to_roll_up(timeline.conn, before=START) == []
    assert events.rollup_hour(timeline.conn, bucket=START) == 2
    assert rolled_up(timeline) == computed(timeline)


async def test_a_late_event_brings_its_hour_back_async(timeline: Shop) -> None:
    async with await psycopg.AsyncConnection.connect(timeline.conninfo, autocommit=True) as conn:

        async def roll() -> list[int]:
            hours = await aio_events.hours_to_roll_up(conn, before=START + HOUR * 48)
            return [await aio_events.rollup_hour(conn, bucket=row.bucket) for row in hours]

        record(timeline, [(START, "view", 1, 1), (START + HOUR * 30, "view", 1, 2)])
        assert await roll() == [1, 1]
        assert await roll() == []
        record(timeline, [(START + HOUR / 2, "view", 2, 5), (START + HOUR / 2, "cart", 2, 1)])
        assert await roll() == [2]
    assert rolled_up(timeline) == computed(timeline)


def test_copy_update_delete_and_psql_are_counted_too(timeline: Shop) -> None:
    # Row-level security takes no COPY; the owner names the tenant by the setting that the default reads.
    with (
        psycopg.connect(timeline.owner_conninfo, autocommit=True) as owner,
        owner.cursor().copy("COPY events (at, kind, entity_id, value) FROM STDIN") as copy,
    ):
        for number in range(100):
            copy.write_row((START + number * HOUR / 10, "view", number, number))
    roll_up(timeline.conn)
    assert rolled_up(timeline) == computed(timeline)
    timeline.conn.execute("UPDATE events SET at = at + interval '2 days', value = 7 WHERE entity_id % 3 = 0")
    timeline.conn.execute("UPDATE events SET kind = 'cart' WHERE entity_id % 3 = 1")
    timeline.conn.execute("DELETE FROM events WHERE entity_id BETWEEN 10 AND 19")
    roll_up(timeline.conn)
    assert rolled_up(timeline) == computed(timeline)


def test_what_commits_after_the_rollup_and_began_before_it_is_counted_by_the_next(timeline: Shop) -> None:
    record(timeline, [(START, "view", 1, 1)])
    with psycopg.connect(timeline.conninfo) as slow:
        slow.execute("INSERT INTO events (at, kind, entity_id) VALUES (%s, 'view', 2)", (START,))
        assert roll_up(timeline.conn) == 1
        assert events.hourly(timeline.conn, kind="view", since=START, until=START + HOUR)[0].n == 1
        slow.commit()
    assert not events.hourly(timeline.conn, kind="view", since=START, until=START + HOUR)[0].is_settled
    assert roll_up(timeline.conn) == 1
    assert rolled_up(timeline) == computed(timeline)


def test_an_older_count_does_not_go_over_a_newer_one(timeline: Shop) -> None:
    """Two rollups of one hour: the one with the older snapshot is held up until the newer one has committed."""
    record(timeline, [(START, "view", 1, 1)])
    with (
        psycopg.connect(timeline.conninfo, autocommit=True) as older,
        psycopg.connect(timeline.conninfo) as newer,
        ThreadPoolExecutor(1) as pool,
    ):
        newer.execute("SELECT FROM events_changed_hours FOR UPDATE")
        running = pool.submit(events.rollup_hour, older, bucket=START)
        while timeline.value("SELECT count(*) FROM pg_locks WHERE NOT granted") == 0:
            pass
        record(timeline, [(START, "view", 2, 1)])
        assert events.rollup_hour(newer, bucket=START) == 1
        newer.commit()
        assert running.result() == 0
    assert rolled_up(timeline) == computed(timeline) == [("view", START, 2, 2)]


batches = st.lists(
    st.lists(
        st.tuples(st.integers(0, 60 * 24 * 3), st.sampled_from(["view", "cart", "sale"]), st.integers(-50, 50)),
        min_size=1,
        max_size=8,
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn=batches, deleted=st.integers(0, 8))
def test_rollups_that_race_equal_a_count_from_scratch(timeline: Shop, drawn: Any, deleted: int) -> None:
    timeline.as_owner("TRUNCATE events, events_hourly, events_changed_hours")

    def writer(part: list[Any]) -> None:
        with psycopg.connect(timeline.conninfo, autocommit=True) as conn:
            for batch in part:
                record(
                    Shop(conn, "", ""), [(START + dt.timedelta(minutes=m), kind, 1, value) for m, kind, value in batch]
                )
            conn.execute("DELETE FROM events WHERE value = %s", (deleted,))

    def roller(_: int) -> None:
        with psycopg.connect(timeline.conninfo, autocommit=True) as conn:
            for _ in range(4):
                roll_up(conn)

    with ThreadPoolExecutor(4) as pool:
        jobs = [pool.submit(writer, drawn[::2]), pool.submit(writer, drawn[1::2])]
        jobs += [pool.submit(roller, number) for number in range(2)]
        for job in jobs:
            job.result()
    roll_up(timeline.conn)
    assert rolled_up(timeline) == computed(timeline)
    assert timeline.value("SELECT count(*) FROM events_changed_hours") == 0


def test_the_latest_of_each_entity_is_what_distinct_on_finds(timeline: Shop) -> None:
    record(timeline, [(START + HOUR * (n * 37 % 100), "view", n % 7 - 3, n) for n in range(200)])
    record(timeline, [(START, "cart", 99, 1)])
    found = events.latest_per_entity(timeline.conn, kind="view", since=START + HOUR * 97)
    expected = timeline.conn.execute(
        "SELECT DISTINCT ON (entity_id) entity_id, value, at, id FROM events WHERE kind = 'view' AND at >= %s"
        " ORDER BY entity_id, at DESC, id DESC",
        (START + HOUR * 97,),
    ).fetchall()
    assert [(row.entity_id, row.value, row.at, row.id) for row in found] == expected
    assert 0 < len(found) <= 7
    assert events.latest_per_entity(timeline.conn, kind="none", since=START) == []
    assert [row.entity_id for row in events.latest_per_entity(timeline.conn, kind="cart", since=START)] == [99]


def test_of_two_events_at_one_moment_the_latest_is_always_the_same(timeline: Shop) -> None:
    record(timeline, [(START, "view", 1, n) for n in range(20)])
    (found,) = events.latest_per_entity(timeline.conn, kind="view", since=START)
    assert found.id == timeline.value("SELECT max(id::text)::uuid FROM events")


def anomalous(shop: Shop, values: Sequence[int], **options: Any) -> list[tuple[int, Decimal | None]]:
    record(shop, [(START + HOUR * number / 60, "temp", 1, value) for number, value in enumerate(values)])
    rows = events.anomalies(
        shop.conn, kind="temp", since=START, until=START + HOUR * 90,
        **({"preceding": 5, "threshold": Decimal(3)} | options),
    )  # fmt: skip
    return [(round((row.at - START) / (HOUR / 60)), None if row.z is None else round(row.z, 2)) for row in rows]


def test_one_event_is_no_anomaly(timeline: Shop) -> None:
    assert anomalous(timeline, [1000]) == []


def test_two_events_are_no_anomaly_whatever_they_are(timeline: Shop) -> None:
    assert anomalous(timeline, [1, 1000]) == []


def test_after_a_flat_stretch_any_change_is_an_anomaly_without_a_score(timeline: Shop) -> None:
    assert anomalous(timeline, [5, 5, 5, 5, 6]) == [(4, None)]


def test_a_flat_stretch_has_no_anomaly(timeline: Shop) -> None:
    assert anomalous(timeline, [5] * 20) == []


def test_a_peak_is_scored_by_those_before_it_only(timeline: Shop) -> None:
    assert anomalous(timeline, [10, 12, 10, 12, 10, 20, 11]) == [(5, Decimal("8.40"))]


def test_a_peak_at_the_threshold_is_not_beyond_it(timeline: Shop) -> None:
    assert anomalous(timeline, [10, 14, 12, 16], threshold=Decimal(2)) == []


def test_a_peak_beyond_the_threshold_is(timeline: Shop) -> None:
    assert anomalous(timeline, [10, 14, 12, 17], threshold=Decimal(2)) == [(3, Decimal("2.50"))]


def test_each_entity_is_compared_with_itself(timeline: Shop) -> None:
    record(timeline, [(START + HOUR * n, "temp", 2, 1000 + n % 2) for n in range(10)])
    assert anomalous(timeline, [10, 12, 10, 12, 10, 11]) == []


def test_what_is_past_a_retention_is_listed_with_its_size(timeline: Shop) -> None:
    record(timeline, [(START + HOUR * n / 10, "view", n, 1) for n in range(500)])
    timeline.as_owner("ANALYZE events")
    age = dt.datetime.now(dt.UTC) - START
    found = events.retention_candidates(timeline.conn, keep=age - dt.timedelta(days=2))
    assert [(row.partition, row.rows) for row in found] == [("events_p20261024", 240), ("events_p20261025", 240)]
    assert found[0].upper == START + HOUR * 24
    assert all(row.bytes is not None and row.bytes >= 8192 for row in found)
    assert events.retention_candidates(timeline.conn, keep=age) == []
    with psycopg.connect(timeline.owner_conninfo, autocommit=True) as owner:
        maintain(owner, "events", interval="1 day", retain="1 day", now=START + HOUR * 72)
    assert timeline.value("SELECT count(*) FROM events") == 20


def plan(shop: Shop, statement: Statement[Any], mode: str, *arguments: object) -> str:
    """Return the plan of a generated statement, prepared with its own types and run."""
    types = shop.value(
        "SELECT string_agg(format_type(t, NULL), ', ' ORDER BY n) FROM unnest(%s::oid[]) WITH ORDINALITY AS u (t, n)",
        list(statement.dump_oids),
    )
    shop.conn.execute("SELECT set_config('plan_cache_mode', %s, false)", (mode,))
    shop.conn.execute(f"DEALLOCATE ALL; PREPARE planned ({types}) AS {statement.sql}")  # type: ignore[call-overload]
    values = sql.SQL(", ").join(map(sql.Literal, arguments))
    explain = sql.SQL("EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF, SUMMARY OFF) EXECUTE planned ({})").format(values)
    return "\n".join(row[0] for row in shop.conn.execute(explain))


PRUNED: list[tuple[Statement[Any], list[object], int]] = [
    (events.EVENTS_BETWEEN, ["view", START, START + HOUR, START, FIRST, 10], 1),
    (events.EVENTS_BETWEEN, ["view", START, START + HOUR * 72, START + HOUR * 30, FIRST, 10], 2),
    (events.EVENTS_BETWEEN, ["view", START, START + HOUR * 24, START, FIRST, 10], 1),
    (events.ROLLUP_HOUR, [START], 1),
    (events.ROLLUP_HOUR, [START + HOUR * 23], 1),
    (events.LATEST_PER_ENTITY, ["view", START + HOUR * 24 * 7], 1),
    (events.ANOMALIES, ["view", START, START + HOUR * 48, 5, Decimal(3)], 2),
]


@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
@pytest.mark.parametrize(("statement", "arguments", "touched"), PRUNED)
def test_only_the_days_that_are_asked_for_are_read(
    timeline: Shop, statement: Statement[Any], arguments: list[object], touched: int, mode: str
) -> None:
    timeline.conn.execute("DELETE FROM events")
    days = timeline.conn.execute("SELECT inhrelid FROM pg_inherits WHERE inhparent = 'events'::regclass").fetchall()
    record(timeline, [(START + HOUR * n / 2, "view", n % 20, n) for n in range(16 * 24)])
    timeline.as_owner("ANALYZE events")
    text = plan(timeline, statement, mode, *arguments)
    assert len(set(re.findall(r" on (events_p\d+)", text))) == touched, text
    if mode == "force_generic_plan":
        removed = {int(number) for number in re.findall(r"Subplans Removed: (\d+)", text)}
        assert removed == {len(days) - touched}, text


def test_the_latest_are_found_by_jumps_in_the_index(timeline: Shop) -> None:
    timeline.conn.execute(
        "INSERT INTO events (at, kind, entity_id) SELECT %s + g * interval '4 seconds', 'view', g %% 10"
        " FROM generate_series(1, 20000) AS g",
        (START,),
    )
    timeline.as_owner("VACUUM ANALYZE events")
    text = plan(timeline, events.LATEST_PER_ENTITY, "force_generic_plan", "view", START)
    assert "Seq Scan" not in text, text
    assert re.search(r"Index (Only )?Scan using events_p\d+_tenant_id_kind_entity_id_at_id_idx", text), text
    read = [float(rows) * int(loops) for rows, loops in re.findall(r"Scan .*actual rows=([\d.]+) loops=(\d+)", text)]
    assert sum(read) < 400, "as many as there are entities and partitions, not as there are events"
