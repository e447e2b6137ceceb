"""Records, changes and versions in generated and loaded functions, sync and async, on real rows."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module, invalidate_caches
from types import ModuleType
from typing import Any

import psycopg
import pytest

import plainsql
import plainsql.aio
from plainsql import Database, NoRowError, StaleRowError
from tests.fixtures.projects import Project
from tests.test_typing import PYRIGHT, mypy, pyright

MIGRATION = """
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

-- name: set_totals(ids, versions, totals)
-- @optimistic version
WITH wanted AS (SELECT * FROM unnest(:ids::bigint[], :versions::integer[], :totals::numeric[]) AS w (id, version, total)),
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
from app.queries import orders
from plainsql import Change, Database
from plainsql.aio import Database as AioDatabase


def uses(db: Database) -> None:
    for row in orders.orders_with_customer(db):
        if row.customer is not None:
            name: str = row.customer.name
            city: str | None = row.customer.city
    changes: list[Change[orders.RepriceRow]] = orders.reprice(db, ids=[1], factor=row.total)
    for change in changes:
        assert change.old is not None
        print(change.old.total)
    note = orders.set_note(db, order_id=1, version=1, note=None)
    if note is not None:
        version: int = note.version
    certain: int = orders.put_note(db, order_id=1, version=1, found="x").version


async def uses_aio(db: AioDatabase) -> None:
    from app.queries.aio import orders as aio

    change = await aio.add_order(db, order_id=1)
    if change.new is not None:
        print(change.new.id)
    print((await aio.put_note(db, order_id=1, version=1, found="x")).version)
"""
Rows = Any


@pytest.fixture(params=["struct", "dataclass"])
def project_of_orders(request: pytest.FixtureRequest, make_project: Callable[[], Project]) -> Project:
    found = make_project()
    found.write("migrations/0001.orders.sql", MIGRATION)
    found.write("migrations/0001.orders.rollback.sql", "DROP TABLE ord, customer;")
    (found.root / "queries" / "users.sql").unlink(missing_ok=True)
    for path in found.root.glob("migrations/*users*"):
        path.unlink()
    (found.root / "queries" / "orders.sql").write_text(QUERIES, encoding="utf-8")
    found.replace("pyproject.toml", "[tool.plainsql]", f'[tool.plainsql]\nrows = "{request.param}"')
    found.run("generate")
    return found
