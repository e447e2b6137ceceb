"""The shop's queries on its audit."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from plainsql import audit as toolkit
from plainsql.auditing.drift import audited_tables, recorded_twice
from plainsql.codegen.session import open_session
from plainsql.config import load_config
from plainsql.query.hooks import Word
from shop.queries import audit, orders, products
from tests.fixtures.databases import ROOT
from tests.fixtures.shop import Shop


@pytest.fixture
def owner(shop: Shop) -> Iterator[psycopg.Connection[Any]]:
    """Who may read the audit."""
    with psycopg.connect(shop.owner_conninfo, autocommit=True) as conn:
        yield conn


def now(shop: Shop) -> dt.datetime:
    (found,) = shop.conn.execute("SELECT clock_timestamp()").fetchone() or ()
    assert isinstance(found, dt.datetime)
    return found


def test_history_and_the_past_of_a_product(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    product = shop.product(category_id=shop.category(), price="10.00")
    times = [now(shop)]
    for price in ("11.00", "12.50"):
        products.change_price(shop.conn, product_id=product, version=len(times), price=Decimal(price))
        times.append(now(shop))
    shop.conn.execute("DELETE FROM products WHERE id = %s", (product,))
    times.append(now(shop))
    key = {"id": product}
    found = audit.history(owner, table_name="products", record_pk=key)
    assert [entry.action for entry in found][-3:] == ["UPDATE", "UPDATE", "DELETE"]
    prices: list[Any] = []
    for at in times:
        row = audit.as_of(owner, table_name="products", record_pk=key, at=at)
        same = toolkit.as_of(owner, table="products", pk=key, at=at)
        assert json.loads(json.dumps(same, default=float)) == row
        prices.append(row and row["price"])
    assert prices == [10.0, 11.0, 12.5, None]
    changes = audit.changed_columns(owner, table_name="products", days=1)
    assert {row.name: row.changes for row in changes}["price"] == 2


def test_what_somebody_changed_reads_the_months_of_that_time_only(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    order = shop.order(shop.customer())
    with shop.conn.transaction():
        shop.conn.execute("SELECT set_config('app.actor_id', '42', true)")
        orders.set_gift_note(shop.conn, order_id=order, gift_note="for you")
    since, until = now(shop) - dt.timedelta(minutes=1), now(shop)
    (entry,) = audit.by_actor(owner, actor_id="42", since=since, until=until)
    assert (entry.table_name, entry.record_pk, entry.new["gift_note"]) == ("orders", {"id": order}, "for you")
    explain = b"EXPLAIN " + audit.BY_ACTOR.query
    plan = psycopg.RawCursor(owner).execute(explain, ("42", since, until)).fetchall()
    read = {line.split(" on ")[1].split()[0] for (line,) in plan if " on logs_" in line}
    assert len(read) <= 2


def test_a_hook_that_records_what_a_trigger_records_is_found(server: str) -> None:
    with open_session(load_config(ROOT), scratch=server) as session:
        described = session.describe()
        audited = audited_tables(session.conn)
    descriptions = [item for items in described.descriptions.values() for item in items]
    assert {"orders", "payments", "products", "customers"} <= audited
    assert list(recorded_twice(descriptions, audited)) == []
    hooked = [
        replace(item, query=replace(item.query, after=(Word("thank", 0), Word("audit_orders", 0))))
        for item in descriptions
        if item.query.key in ("orders.set_gift_note", "inventory.restock")
    ]
    (problem,) = recorded_twice(hooked, audited)
    assert str(problem).startswith("queries/orders.sql:")
    assert "audit_orders records what the triggers of orders record" in problem.message
