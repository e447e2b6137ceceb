"""The shop's versions and changes: what races lose, what conflicts carry, what bulk writes report; sync and async."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest
import pytest_asyncio

import shop.aio.hooks
import shop.hooks
from plainsql import Change, NoRowError, PoolConfig, StaleRowError
from plainsql.aio import Database as AioDatabase
from plainsql.aio.tenants import Tenant as AioTenant
from plainsql.database import Database
from plainsql.tenants import Tenant
from shop.queries import orders, products, users
from shop.queries.aio import orders as aio_orders
from shop.queries.aio import products as aio_products
from shop.queries.aio import users as aio_users
from tests.fixtures.shop import MAIN, Shop
from tests.test_shop_deletion import somebody_waits
from tests.test_shop_users import People

WORKERS, TURNS = 20, 25
POOL = PoolConfig(min_size=4, max_size=WORKERS)
Outcome = tuple[int, int]
"""How many writes were done, and how many were stale."""


@pytest.fixture
def people(shop: Shop) -> People:
    return People(shop)


@pytest.fixture
def db(people: People) -> Iterator[Tenant]:
    with Database.open(people.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as db:
        yield db


@pytest_asyncio.fixture
async def adb(people: People) -> AsyncIterator[AioTenant]:
    async with AioDatabase.open(people.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as db:
        yield db


def checked(error: StaleRowError, version: int) -> Any:
    """Return the row that a conflict carries, if it is what the conflict says."""
    assert error.expected == version
    assert error.actual == error.current.version != version
    return error.current


def profile_is(people: People, user_id: int, done: int) -> bool:
    """Tell whether the row counts exactly the writes that were done: none lost, none counted twice."""
    found = people.conn.execute("SELECT version, (metadata ->> 'n')::int FROM users WHERE id = %s", (user_id,))
    return found.fetchone() == (1 + done, done)


def test_twenty_threads_lose_no_increment_of_a_profile(people: People, db: Tenant) -> None:
    user_id = people.add(metadata='{"n": 0}')

    def work(_: int) -> Outcome:
        version, n = 1, 0
        done = stale = 0
        for _ in range(TURNS):
            try:
                row = users.update_profile(db, user_id=user_id, version=version, username="ada", metadata={"n": n + 1})
                done += 1
            except StaleRowError as error:
                row = checked(error, version)
                stale += 1
            version, n = row.version, row.metadata["n"]
        return done, stale

    with ThreadPoolExecutor(WORKERS) as threads:
        outcomes = list(threads.map(work, range(WORKERS)))
    done, stale = (sum(counts) for counts in zip(*outcomes, strict=True))
    assert done + stale == WORKERS * TURNS
    assert stale > 0
    assert profile_is(people, user_id, done)


async def test_twenty_tasks_lose_no_increment_of_a_profile(people: People, adb: AioTenant) -> None:
    user_id = people.add(metadata='{"n": 0}')

    async def work() -> Outcome:
        version, n = 1, 0
        done = stale = 0
        for _ in range(TURNS):
            try:
                row: Any = await aio_users.update_profile(
                    adb, user_id=user_id, version=version, username="ada", metadata={"n": n + 1}
                )
                done += 1
            except StaleRowError as error:
                row = checked(error, version)
                stale += 1
            version, n = row.version, row.metadata["n"]
        return done, stale

    outcomes = await asyncio.gather(*(work() for _ in range(WORKERS)))
    done, stale = (sum(counts) for counts in zip(*outcomes, strict=True))
    assert done + stale == WORKERS * TURNS
    assert stale > 0
    assert profile_is(people, user_id, done)


def test_logins_beside_profile_writes_make_none_of_them_stale(people: People, db: Tenant) -> None:
    """A login writes the same row and counts no version: whoever waited for it still has the version that he read."""
    user_id = people.add(metadata='{"n": 0}')
    with psycopg.connect(people.conninfo) as other:
        other.execute("UPDATE users SET login_count = login_count + 1 WHERE id = %s", (user_id,))
        with ThreadPoolExecutor(1) as thread:
            written = thread.submit(
                users.update_profile, db, user_id=user_id, version=1, username="ada", metadata={"n": 1}
            )
            somebody_waits(people)
            other.commit()
            assert written.result().version == 2
    assert people.value("SELECT login_count FROM users WHERE id = $1", user_id) == 1
    assert profile_is(people, user_id, 1)


async def test_a_user_who_is_missing_or_deleted_is_no_stale_one(people: People, db: Tenant, adb: AioTenant) -> None:
    deleted = people.add(deleted_at="2024-01-01 00:00+00")
    for user_id in (deleted, 404):
        with pytest.raises(NoRowError):
            users.update_profile(db, user_id=user_id, version=1, username="ada", metadata={})
        with pytest.raises(NoRowError):
            await aio_users.update_profile(adb, user_id=user_id, version=1, username="ada", metadata={})


def test_a_user_who_is_deleted_while_his_profile_waits_is_missing(people: People, db: Tenant) -> None:
    user_id = people.add()
    with psycopg.connect(people.conninfo) as other:
        other.execute("UPDATE users SET deleted_at = now() WHERE id = %s", (user_id,))
        with ThreadPoolExecutor(1) as thread:
            waiting = thread.submit(users.update_profile, db, user_id=user_id, version=1, username="ada", metadata={})
            somebody_waits(people)
            other.commit()
            with pytest.raises(NoRowError):
                waiting.result()


async def test_an_order_that_moved_is_stale_and_a_step_too_many_is_told_apart(
    shop: Shop, db: Tenant, adb: AioTenant
) -> None:
    order_id = shop.order(shop.customer(), status="pending")
    assert orders.set_status(db, order_id=order_id, version=1, status="processing").version == 2
    with pytest.raises(StaleRowError) as stale:
        await aio_orders.set_status(adb, order_id=order_id, version=1, status="processing")
    assert checked(stale.value, 1).status == "processing"
    with pytest.raises(StaleRowError, match="its WHERE asks for more than that") as refused:
        await aio_orders.set_status(adb, order_id=order_id, version=2, status="delivered")
    assert refused.value.actual == refused.value.expected == 2
    with pytest.raises(NoRowError):
        await aio_orders.set_status(adb, order_id=404, version=1, status="processing")


async def test_bulk_prices_report_what_became_of_each_id(shop: Shop, db: Tenant, adb: AioTenant) -> None:
    category = shop.category()
    a, b, c = (shop.product(category_id=category, price="1.00") for _ in range(3))
    products.change_price(db, product_id=b, version=1, price=Decimal(9))
    given: dict[str, Any] = {
        "product_ids": [c, b, 404, a, a],
        "prices": [Decimal(n) for n in (2, 3, 4, 5, 6)],
        "versions": [1, 1, 1, 1, 2],
    }
    rows = products.bulk_update_prices(db, **given)
    expected = [
        (c, "updated", 2, Decimal("2.00")),
        (b, "stale", 2, Decimal("9.00")),
        (404, "missing", None, None),
        (a, "updated", 2, Decimal("5.00")),
        (a, "stale", 2, Decimal("5.00")),
    ]
    assert [(row.product_id, row.outcome, row.version, row.price) for row in rows] == expected
    again = await aio_products.bulk_update_prices(adb, **given)
    assert [row.outcome for row in again] == ["stale", "stale", "missing", "stale", "stale"]
    with pytest.raises(psycopg.errors.NotNullViolation):
        products.bulk_update_prices(db, product_ids=[a, b], prices=[Decimal(1)], versions=[2, 2])


def test_bulk_prices_in_opposite_orders_neither_deadlock_nor_lose_a_write(shop: Shop, db: Tenant) -> None:
    category = shop.category()
    ids = [shop.product(category_id=category) for _ in range(10)]

    def work(number: int) -> dict[int, int]:
        """Return how many writes of each product were done."""
        version = dict.fromkeys(ids, 1)
        done = dict.fromkeys(ids, 0)
        mine = ids if number % 2 else ids[::-1]
        for _ in range(15):
            rows = products.bulk_update_prices(
                db, product_ids=mine, prices=[Decimal(number)] * len(ids), versions=[version[key] for key in mine]
            )
            for row in rows:
                assert row.version is not None
                assert (row.outcome == "updated") <= (row.version == version[row.product_id] + 1)
                version[row.product_id] = row.version
                done[row.product_id] += row.outcome == "updated"
        return done

    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(work, range(8)))
    for key in ids:
        assert shop.value("SELECT version FROM products WHERE id = %s", key) == 1 + sum(count[key] for count in counts)


async def test_repricing_tells_each_price_as_it_was_and_as_it_is(shop: Shop, db: Tenant, adb: AioTenant) -> None:
    category = shop.category()
    ids = [shop.product(category_id=category, price=price) for price in ("10.00", "0.99")]
    changes = products.reprice(db, product_ids=[*ids, 404], percent=Decimal(10))
    by_id = {change.new.id: change for change in changes if change.new}
    assert [(change.old.price, change.new.price) for key in ids if (change := by_id[key]).old and change.new] == [
        (Decimal("10.00"), Decimal("11.00")),
        (Decimal("0.99"), Decimal("1.09")),
    ]
    (back,) = await aio_products.reprice(adb, product_ids=ids[:1], percent=Decimal(-50))
    assert back.old is not None
    assert back.new is not None
    assert (back.old.version, back.new.version, back.new.price) == (2, 3, Decimal("5.50"))


async def test_the_hook_of_deleted_users_is_given_changes(
    people: People, db: Tenant, adb: AioTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Any] = []
    drop, aio_drop = shop.hooks.drop_sessions, shop.aio.hooks.drop_sessions

    def told(tx: Any, rows: Any) -> None:
        seen.extend(rows)
        drop(tx, rows)

    async def aio_told(tx: Any, rows: Any) -> None:
        seen.extend(rows)
        await aio_drop(tx, rows)

    monkeypatch.setattr(shop.hooks, "drop_sessions", told)
    monkeypatch.setattr(shop.aio.hooks, "drop_sessions", aio_told)
    ids = [people.add(sessions=1) for _ in range(3)]
    changes = users.soft_delete_users(db, user_ids=ids[:2], reason="left")
    changes += await aio_users.soft_delete_users(adb, user_ids=ids, reason="spam")
    assert seen == changes
    assert all(isinstance(change, Change) for change in changes)
    assert [(c.old.deleted_at, c.new.deletion_reason) for c in changes if c.old and c.new] == [
        (None, "left"),
        (None, "left"),
        (None, "spam"),
    ]
    assert people.live(*ids) == [0, 0, 0]


async def test_a_stale_profile_leaves_the_transaction_and_its_work_alone(
    people: People, db: Tenant, adb: AioTenant
) -> None:
    first, second = people.add(), people.add()
    with db.transaction() as tx:
        users.update_profile(tx, user_id=first, version=1, username="first", metadata={})
        with pytest.raises(StaleRowError):
            users.update_profile(tx, user_id=second, version=7, username="second", metadata={})
    async with adb.transaction() as atx:
        await aio_users.update_profile(atx, user_id=first, version=2, username="again", metadata={})
        with pytest.raises(StaleRowError):
            await aio_users.update_profile(atx, user_id=second, version=7, username="second", metadata={})
    assert people.value("SELECT username FROM users WHERE id = $1", first) == "again"
    assert people.value("SELECT version FROM users WHERE id = $1", second) == 1
