"""Records, changes and versions in generated and loaded functions, sync and async, on real rows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql import Database, NoRowError, PoolConfig, StaleRowError, UnexpectedNullError
from tests.fixtures.databases import temporary_database
from tests.fixtures.generated import Generated, generated
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

SCHEMA = """
CREATE TABLE customer (id bigint PRIMARY KEY, name text NOT NULL, city text);
CREATE TABLE ord (id bigint PRIMARY KEY, customer_id bigint REFERENCES customer, total numeric NOT NULL, note text,
    version integer NOT NULL DEFAULT 1);
"""
ROWS = """
INSERT INTO customer VALUES (1, 'Ada', NULL), (2, 'Bob', 'Bonn');
INSERT INTO ord VALUES (1, 1, 10, 'a'), (2, 2, 20, NULL), (3, NULL, 30, NULL);
"""
QUERIES = """\
-- name: orders_with_customer()
SELECT o.id, c.id AS "customer.id", c.name AS "customer.name", o.total, c.city AS "customer.city"
FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id ORDER BY o.id;

-- name: cities()
SELECT o.id, c.city AS "place.city" FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id ORDER BY o.id;

-- name: deep(order_id)^
-- @notnull id
SELECT o.id, o.total AS "a.total", c.name AS "a.buyer.name", c.id AS "a.buyer.id"
FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id WHERE o.id = :order_id;

-- name: delete_orders(ids)
-- @changes
DELETE FROM ord WHERE id = ANY(:ids) RETURNING id, total, note;

-- name: add_order(order_id)<!
-- @changes
INSERT INTO ord (id, total) VALUES (:order_id, 0) RETURNING id, note;

-- name: reprice(ids, factor)
-- @changes
WITH before AS (SELECT o.id, o.total FROM ord AS o WHERE o.id = ANY(:ids) ORDER BY o.id FOR UPDATE)
UPDATE ord AS o SET total = o.total * :factor FROM before AS b WHERE b.id = o.id
RETURNING b.id AS "old.id", b.total AS "old.total", o.id AS "new.id", o.total AS "new.total";

-- name: set_note(order_id, version, note)^
-- @optimistic version
WITH current AS (SELECT o.id, o.version, o.note FROM ord AS o WHERE o.id = :order_id FOR UPDATE),
written AS (
    UPDATE ord AS o SET note = :note, version = o.version + 1 FROM current AS c
    WHERE o.id = c.id AND c.version = :version RETURNING o.id, o.version, o.note
)
SELECT w.id, w.version, w.note, c.version AS "current.version", c.note AS "current.note"
FROM current AS c LEFT JOIN written AS w ON w.id = c.id;

-- name: put_note(order_id, version, found)<!
-- @optimistic version
WITH current AS (SELECT o.id, o.version FROM ord AS o WHERE o.id = :order_id FOR UPDATE),
written AS (
    UPDATE ord AS o SET note = :found, version = o.version + 1 FROM current AS c
    WHERE o.id = c.id AND c.version = :version RETURNING o.id, o.version
)
SELECT w.id, w.version, c.version AS "current.version" FROM current AS c LEFT JOIN written AS w ON w.id = c.id;

-- name: places()
-- @notnull customer.city
SELECT o.id, c.id AS "customer.id", c.city AS "customer.city"
FROM ord AS o LEFT JOIN customer AS c ON c.id = o.customer_id WHERE o.id <> 1 ORDER BY o.id;

-- name: drop_orders(ids)
-- @changes
-- @notnull note
DELETE FROM ord WHERE id = ANY(:ids) RETURNING id, note;

-- name: keep_note(order_id, version, found)^
-- @optimistic version
-- @notnull note
WITH current AS (SELECT o.id, o.version FROM ord AS o WHERE o.id = :order_id FOR UPDATE),
written AS (
    UPDATE ord AS o SET note = :found, version = o.version + 1 FROM current AS c
    WHERE o.id = c.id AND c.version = :version RETURNING o.id, o.version, o.note
)
SELECT w.id, w.version, w.note, c.version AS "current.version"
FROM current AS c LEFT JOIN written AS w ON w.id = c.id;

-- name: set_totals(ids, versions, totals)
-- @optimistic version
WITH wanted AS (
    SELECT * FROM unnest(:ids::bigint[], :versions::integer[], :totals::numeric[]) AS w (id, version, total)
),
locked AS (
    SELECT o.id, o.version FROM ord AS o WHERE o.id IN (SELECT w.id FROM wanted AS w) ORDER BY o.id FOR UPDATE
),
written AS (
    UPDATE ord AS o SET total = w.total, version = o.version + 1 FROM wanted AS w JOIN locked AS l ON l.id = w.id
    WHERE o.id = w.id AND l.version = w.version RETURNING o.id
)
SELECT w.id, CASE WHEN l.id IS NULL THEN 'missing' WHEN d.id IS NULL THEN 'stale' ELSE 'updated' END AS outcome
FROM wanted AS w LEFT JOIN locked AS l ON l.id = w.id LEFT JOIN written AS d ON d.id = w.id ORDER BY w.id;
"""
USES = """
from decimal import Decimal

from app.queries import orders
from plainsql import Change, Database
from plainsql.aio import Database as AioDatabase


def uses(db: Database) -> None:
    for row in orders.orders_with_customer(db):
        if row.customer is not None:
            name: str = row.customer.name
            city: str | None = row.customer.city
            print(name, city)
        print(row.total)
    changes: list[Change[orders.RepriceRow]] = orders.reprice(db, ids=[1], factor=Decimal(2))
    for change in changes:
        assert change.old is not None
        print(change.old.total)
    note = orders.set_note(db, order_id=1, version=1, note=None)
    if note is not None:
        version: int = note.version
        print(version)
    kept = orders.keep_note(db, order_id=1, version=1, found="x")
    if kept is not None:
        sure: str = kept.note
        print(sure)
    certain: int = orders.put_note(db, order_id=1, version=1, found="x").version
    print(certain)


async def uses_aio(db: AioDatabase) -> None:
    from app.queries.aio import orders as aio

    change = await aio.add_order(db, order_id=1)
    if change.new is not None:
        print(change.new.id)
    print((await aio.put_note(db, order_id=1, version=1, found="x")).version)
"""


@pytest.fixture
def database(server: str) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            conn.execute(SCHEMA)
            conn.execute(ROWS)
        yield conninfo


@pytest.fixture(params=["struct", "dataclass"])
def made(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Iterator[Generated]:
    with (
        psycopg.connect(database, autocommit=True) as conn,
        generated(conn, tmp_path, QUERIES, rows=request.param) as found,
    ):
        yield found


Call = Callable[..., Any]


@pytest.fixture(params=["sync", "aio", "loaded", "loaded aio"])
def call(request: pytest.FixtureRequest, made: Generated, database: str, tmp_path: Path) -> Iterator[Call]:
    """Call a query by name with one of the four kinds of functions."""
    folder = tmp_path / "loaded"
    folder.mkdir()
    (folder / "q.sql").write_text(QUERIES, encoding="utf-8")
    if "aio" not in request.param:
        functions = plainsql.load(folder).q if request.param == "loaded" else made.sync
        with psycopg.connect(database, autocommit=True) as conn:
            yield lambda name, **arguments: getattr(functions, name)(conn, **arguments)
        return
    functions = plainsql.aio.load(folder).q if request.param == "loaded aio" else made.aio
    with asyncio.Runner() as runner:
        conn = runner.run(psycopg.AsyncConnection.connect(database, autocommit=True))
        yield lambda name, **arguments: runner.run(getattr(functions, name)(conn, **arguments))
        runner.run(conn.close())


def test_an_unmatched_join_is_none_and_no_object_full_of_none(call: Call) -> None:
    first, second, third = call("orders_with_customer")
    assert (first.customer.id, first.customer.name, first.customer.city) == (1, "Ada", None)
    assert (second.customer.city, second.total) == ("Bonn", 20)
    assert third.customer is None


def test_a_record_without_a_key_is_told_by_all_of_it(call: Call, made: Generated) -> None:
    assert [row.place and row.place.city for row in call("cities")] == [None, "Bonn", None]
    assert any("'place' is None also for a row" in warning.message for warning in made.warnings)


def test_records_stand_in_records(call: Call) -> None:
    row = call("deep", order_id=1)
    assert (row.id, row.a.total, row.a.buyer.name) == (1, 10, "Ada")
    assert call("deep", order_id=3).a.buyer is None


def test_changes_carry_rows_as_they_were_and_as_they_are(call: Call) -> None:
    first, second = sorted(call("reprice", ids=[1, 2], factor=2), key=lambda change: change.new.id)
    assert (first.old.total, first.new.total) == (10, 20)
    assert (second.old.total, second.new.total) == (20, 40)
    added = call("add_order", order_id=9)
    assert added.old is None
    assert added.new.id == 9
    gone = call("delete_orders", ids=[1, 9, 404])
    assert sorted(change.old.id for change in gone) == [1, 9]
    assert all(change.new is None for change in gone)


def test_a_stale_write_carries_the_row_as_it_stands(call: Call) -> None:
    assert call("set_note", order_id=1, version=1, note="b").version == 2
    with pytest.raises(StaleRowError, match=r"the row has version 2, expected 1") as caught:
        call("set_note", order_id=1, version=1, note="c")
    assert (caught.value.expected, caught.value.actual) == (1, 2)
    assert (caught.value.current.version, caught.value.current.note) == (2, "b")
    assert call("set_note", order_id=1, version=2, note=None).note is None


def test_a_missing_row_is_not_a_stale_one(call: Call) -> None:
    assert call("set_note", order_id=404, version=1, note="b") is None
    with pytest.raises(NoRowError):
        call("put_note", order_id=404, version=1, found="b")


def test_a_bulk_write_reports_what_became_of_each_id(call: Call) -> None:
    call("set_note", order_id=2, version=1, note="b")
    rows = call("set_totals", ids=[1, 2, 404], versions=[1, 1, 1], totals=[5, 5, 5])
    assert [(row.id, row.outcome) for row in rows] == [(1, "updated"), (2, "stale"), (404, "missing")]


def test_notnull_is_held_to_its_column_where_the_record_is_there(call: Call) -> None:
    assert [row.customer and row.customer.city for row in call("places")] == ["Bonn", None]
    assert call("keep_note", order_id=1, version=1, found="b").note == "b"
    with pytest.raises(StaleRowError):
        call("keep_note", order_id=1, version=1, found="c")
    with pytest.raises(UnexpectedNullError, match="column 'note' is NULL in row 1, which '@notnull note' rules out"):
        call("keep_note", order_id=1, version=2, found=None)
    call("keep_note", order_id=1, version=3, found="d")
    assert [change.old.id for change in call("drop_orders", ids=[1])] == [1]
    with pytest.raises(UnexpectedNullError, match="column 'note' is NULL"):
        call("drop_orders", ids=[2])


def test_twenty_threads_lose_no_increment(made: Generated, database: str) -> None:
    """Read, add one, write back: the version counts the successes, and every conflict carries a newer row."""
    with Database.open(database, pool=PoolConfig(min_size=4, max_size=20)) as db:

        def work(number: int) -> tuple[int, int]:
            done = stale = 0
            version = 1
            for _ in range(150):
                try:
                    version = made.sync.put_note(db, order_id=1, version=version, found=f"{number}").version
                    done += 1
                except StaleRowError as error:
                    version, known = error.current.version, version
                    stale += version > known
            return done, stale

        with ThreadPoolExecutor(20) as threads:
            outcomes = list(threads.map(work, range(20)))
        done, stale = (sum(counts) for counts in zip(*outcomes, strict=True))
        assert done + stale == 3000
        assert stale > 0
        assert made.sync.set_note(db, order_id=1, version=1 + done, note="end").version == 2 + done


async def test_twenty_tasks_lose_no_increment(made: Generated, database: str) -> None:
    async with plainsql.aio.Database.open(database, pool=PoolConfig(min_size=4, max_size=20)) as db:

        async def work(number: int) -> tuple[int, int]:
            done = stale = 0
            version = 1
            for _ in range(150):
                try:
                    version = (await made.aio.put_note(db, order_id=1, version=version, found=f"{number}")).version
                    done += 1
                except StaleRowError as error:
                    version, known = error.current.version, version
                    stale += version > known
            return done, stale

        outcomes = await asyncio.gather(*(work(number) for number in range(20)))
        done, stale = (sum(counts) for counts in zip(*outcomes, strict=True))
        assert done + stale == 3000
        assert stale > 0
        assert (await made.aio.set_note(db, order_id=1, version=1 + done, note="end")).version == 2 + done


def test_both_checkers_know_records_changes_and_versions(project: Project) -> None:
    project.write("migrations/0002.orders.sql", SCHEMA)
    project.write("migrations/0002.orders.rollback.sql", "DROP TABLE ord, customer;")
    (project.root / "queries" / "orders.sql").write_text(QUERIES, encoding="utf-8")
    project.replace("pyproject.toml", "[tool.plainsql]", f"{PYRIGHT}\n[tool.plainsql]")
    project.run("generate")
    project.write("uses.py", USES)
    assert mypy(project, "app", "uses.py") == set()
    assert pyright(project, "app", "uses.py") == set()
    project.run("check")
    project.replace("queries/orders.sql", "version = o.version + 1 FROM current AS c", "version = 7 FROM current AS c")
    assert "no UPDATE sets version = version + 1" in project.run("check", code=1).stderr
