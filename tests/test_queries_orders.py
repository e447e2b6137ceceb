"""orders.sql and payments.sql on small data whose answers are known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import psycopg
import pytest

from plainsql.errors import NoRowError, ParameterError, StaleRowError
from shop.queries import inventory, orders, payments
from shop.queries.aio import orders as aio_orders
from tests.fixtures.shop import Shop

FUTURE = dt.datetime(9999, 1, 1, tzinfo=dt.UTC)
GREATEST = 2**63 - 1


def make_order(
    shop: Shop, customer_id: int, key: str = "k", total: str = "1.00", currency: str = "EUR"
) -> orders.CreateOrderRow:
    return orders.create_order(
        shop.conn, customer_id=customer_id, total=Decimal(total), currency=currency, idempotency_key=key
    )


def test_the_same_key_twice_is_one_order(shop: Shop) -> None:
    customer = shop.customer()
    first = make_order(shop, customer)
    again = make_order(shop, customer, total="99.00")
    assert (first.replayed, again.replayed) == (False, True)
    assert (again.id, again.total) == (first.id, Decimal("1.00"))
    assert make_order(shop, customer, key="other").id != first.id
    assert shop.value("SELECT count(*) FROM orders") == 2


def test_a_replay_sees_an_order_that_commits_while_it_waits(shop: Shop) -> None:
    customer = shop.customer()
    with psycopg.connect(shop.conninfo) as slow, psycopg.connect(shop.conninfo, autocommit=True) as fast:
        first = orders.create_order(slow, customer_id=customer, total=Decimal(1), currency="EUR", idempotency_key="k")
        from threading import Timer

        timer = Timer(0.3, slow.commit)
        timer.start()
        again = orders.create_order(fast, customer_id=customer, total=Decimal(1), currency="EUR", idempotency_key="k")
        timer.join()
    assert (again.id, again.replayed) == (first.id, True)


def test_another_customers_key_returns_no_order(shop: Shop) -> None:
    make_order(shop, shop.customer())
    other = shop.customer()
    with pytest.raises(NoRowError):
        make_order(shop, other)


@pytest.mark.parametrize("total", ["-0.01", "NaN"])
def test_a_total_below_zero_or_no_number_is_refused(shop: Shop, total: str) -> None:
    customer = shop.customer()
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        make_order(shop, customer, total=total)
    assert caught.value.diag.constraint_name == "orders_total_is_not_negative"


def test_a_currency_is_three_capitals(shop: Shop) -> None:
    customer = shop.customer()
    with pytest.raises(psycopg.errors.CheckViolation):
        make_order(shop, customer, currency="eur")


def test_lines_are_numbered_in_their_order_and_multiplied_by_the_database(shop: Shop) -> None:
    category = shop.category()
    a, b = shop.product("a", category_id=category), shop.product("b", category_id=category)
    order = make_order(shop, shop.customer())
    rows = orders.add_items(
        shop.conn, order_id=order.id, product_ids=[b, a], quantities=[3, 1], prices=[Decimal("0.10"), Decimal(2)]
    )
    assert [(row.line, row.product_id, row.line_total) for row in rows] == [(1, b, Decimal("0.30")), (2, a, Decimal(2))]
    found = orders.items_for_order(shop.conn, order_id=order.id)
    assert [(row.line, row.product_name, row.quantity) for row in found] == [(1, "b", 3), (2, "a", 1)]
    assert orders.items_for_order(shop.conn, order_id=order.id + 1) == []


async def test_orders_come_with_their_items_as_objects(shop: Shop) -> None:
    category = shop.category()
    a, b = shop.product("a", category_id=category), shop.product("b", category_id=category)
    full, empty = make_order(shop, shop.customer()), make_order(shop, shop.customer("Bob"), key="other")
    orders.add_items(
        shop.conn, order_id=full.id, product_ids=[b, a], quantities=[3, 1], prices=[Decimal("0.10"), Decimal(2)]
    )
    found = orders.orders_with_items(shop.conn, order_ids=[empty.id, full.id, 2**40])
    assert [row.id for row in found] == sorted([full.id, empty.id])
    items = {row.id: row.items for row in found}
    assert items[empty.id] == []
    assert [(item.line, item.product_id, item.product_name, item.quantity) for item in items[full.id]] == [
        (1, b, "b", 3),
        (2, a, "a", 1),
    ]
    assert [str(item.line_total) for item in items[full.id]] == ["0.30", "2.00"]
    with pytest.raises(ParameterError, match="None at index 1"):
        orders.orders_with_items(shop.conn, order_ids=[full.id, None])  # type: ignore[list-item]
    async with await psycopg.AsyncConnection.connect(shop.conn.info.dsn, autocommit=True) as conn:
        assert await aio_orders.orders_with_items(conn, order_ids=[empty.id, full.id]) == found


@pytest.mark.parametrize(
    ("quantities", "prices", "error"),
    [
        ([1, 2], ["1"], psycopg.errors.NotNullViolation),
        ([0], ["1"], psycopg.errors.CheckViolation),
        ([1], ["NaN"], psycopg.errors.CheckViolation),
        ([1], ["-1"], psycopg.errors.CheckViolation),
        ([2**31 - 1], ["9999999999"], psycopg.errors.NumericValueOutOfRange),
    ],
)
def test_lines_that_make_no_sense_are_refused(
    shop: Shop, quantities: list[int], prices: list[str], error: type[Exception]
) -> None:
    product = shop.product(category_id=shop.category())
    order = make_order(shop, shop.customer())
    with pytest.raises(error):
        orders.add_items(
            shop.conn,
            order_id=order.id,
            product_ids=[product],
            quantities=quantities,
            prices=[Decimal(price) for price in prices],
        )
    assert orders.items_for_order(shop.conn, order_id=order.id) == []


def test_pages_of_a_customers_orders_meet_without_gap_or_overlap(shop: Shop) -> None:
    ada, bob = shop.customer(), shop.customer("Bob")
    days = [
        "2024-01-01 00:00+00",
        "2024-01-02 00:00+00",
        "2024-01-02 00:00+00",
        "2024-01-02 00:00+00",
        "2024-01-03 00:00+00",
    ]
    made = [shop.order(ada, at=day) for day in days]
    shop.order(bob)
    seen: list[int] = []
    before, before_id = FUTURE, GREATEST
    while page := orders.orders_of_customer(
        shop.conn, customer_id=ada, before=before, before_order_id=before_id, max_rows=2
    ):
        seen += [row.id for row in page]
        before, before_id = page[-1].ordered_at, page[-1].id
    assert seen == made[::-1]


def test_each_customers_latest_order_is_found(shop: Shop) -> None:
    ada, bob, eve = shop.customer("Ada"), shop.customer("Bob"), shop.customer("Eve")
    shop.order(ada, at="2024-01-01 00:00+00")
    newest = shop.order(ada, at="2024-03-01 00:00+00")
    shop.order(ada, at="2024-02-01 00:00+00")
    twin = [shop.order(bob, at="2024-01-01 00:00+00") for _ in range(2)][-1]
    found = orders.latest_order_per_customer(shop.conn, customer_ids=[bob, ada, eve])
    assert [(row.customer_id, row.id) for row in found] == [(ada, newest), (bob, twin)]


def test_an_order_walks_through_its_states_and_no_other_way(shop: Shop) -> None:
    order = make_order(shop, shop.customer())
    steps: list[orders.OrderStatus] = ["pending", "processing", "paid", "shipped", "delivered", "cancelled"]
    for version, now in enumerate(steps[:-1], 1):
        for status in steps:
            if status != steps[version]:
                with pytest.raises(StaleRowError, match="its WHERE asks for more") as refused:
                    orders.set_status(shop.conn, order_id=order.id, version=version, status=status)
                assert refused.value.actual == version, (now, status)
                assert refused.value.current.status == now
        if now != "delivered":
            with pytest.raises(StaleRowError) as stale:
                orders.set_status(shop.conn, order_id=order.id, version=version + 1, status=steps[version])
            assert (stale.value.expected, stale.value.actual) == (version + 1, version)
            moved = orders.set_status(shop.conn, order_id=order.id, version=version, status=steps[version])
            assert (moved.status, moved.version) == (steps[version], version + 1)


def test_only_a_pending_order_is_confirmed(shop: Shop) -> None:
    order = make_order(shop, shop.customer())
    assert orders.confirm_order(shop.conn, order_id=order.id).status == "processing"
    with pytest.raises(NoRowError):
        orders.confirm_order(shop.conn, order_id=order.id)


def test_a_cancelled_order_gives_back_what_it_had_reserved(shop: Shop) -> None:
    shop.warehouse()
    category = shop.category()
    a, b = (shop.product(name, category_id=category, stock=5) for name in "ab")
    order, other = make_order(shop, shop.customer()), make_order(shop, shop.customer(), key="other")
    inventory.reserve_many(shop.conn, order_id=order.id, product_ids=[a, b], quantities=[2, 3])
    inventory.reserve_many(shop.conn, order_id=other.id, product_ids=[a], quantities=[1])
    cancelled = orders.cancel_order(shop.conn, order_id=order.id, reason="changed my mind")
    assert cancelled is not None
    assert (cancelled.status, cancelled.released, cancelled.cancel_reason) == ("cancelled", 5, "changed my mind")
    assert [row.reserved for row in inventory.stock_levels(shop.conn, warehouse_id=1)] == [1, 0]
    assert orders.cancel_order(shop.conn, order_id=order.id, reason="again") is None


@pytest.mark.parametrize("status", ["shipped", "delivered"])
def test_a_shipped_order_is_not_cancelled(shop: Shop, status: str) -> None:
    order = shop.order(shop.customer(), status=status)
    assert orders.cancel_order(shop.conn, order_id=order, reason="too late") is None


def test_two_workers_get_different_pending_orders(shop: Shop) -> None:
    customer = shop.customer()
    made = [make_order(shop, customer, key=str(n)).id for n in range(3)]
    orders.confirm_order(shop.conn, order_id=made[1])
    with psycopg.connect(shop.conninfo) as one, psycopg.connect(shop.conninfo) as two:
        assert [row.id for row in orders.pending_orders(one, max_rows=1)] == [made[0]]
        assert [row.id for row in orders.pending_orders(two, max_rows=9)] == [made[2]]


def test_old_open_orders_without_a_live_payment_are_found(shop: Shop) -> None:
    customer = shop.customer()
    forgotten = shop.order(customer, status="processing")
    failed = shop.order(customer, status="pending", at="2024-06-01 00:00+00")
    paying, done = shop.order(customer, status="pending"), shop.order(customer, status="paid")
    make_order(shop, customer, key="young")
    for order in (failed, paying):
        payment = payments.start_payment(shop.conn, order_id=order, amount=Decimal(1), provider_ref=f"ref-{order}")
        if order == failed:
            payments.fail_payment(shop.conn, payment_id=payment.id, reason="no cover")
    found = orders.orders_without_payment(shop.conn, older_than=dt.timedelta(hours=1))
    assert [row.id for row in found] == [forgotten, failed]
    assert done not in [row.id for row in found]


def test_a_payment_settles_or_fails_once(shop: Shop) -> None:
    order = shop.order(shop.customer())
    first = payments.start_payment(shop.conn, order_id=order, amount=Decimal("1.50"), provider_ref="a")
    failed = payments.fail_payment(shop.conn, payment_id=first.id, reason="no cover")
    assert failed is not None
    assert (failed.status, failed.failure_reason) == ("failed", "no cover")
    assert payments.settle_payment(shop.conn, payment_id=first.id) is None
    second = payments.start_payment(shop.conn, order_id=order, amount=Decimal("1.50"), provider_ref="b")
    settled = payments.settle_payment(shop.conn, payment_id=second.id)
    assert settled is not None
    assert settled.status == "captured"
    assert settled.captured_at is not None
    assert payments.fail_payment(shop.conn, payment_id=second.id, reason="late") is None
    assert [row.status for row in payments.payments_of_order(shop.conn, order_id=order)] == ["failed", "captured"]


def test_a_provider_reference_is_used_once_and_an_amount_is_a_number(shop: Shop) -> None:
    order = shop.order(shop.customer())
    payments.start_payment(shop.conn, order_id=order, amount=Decimal(1), provider_ref="a")
    with pytest.raises(psycopg.errors.UniqueViolation):
        payments.start_payment(shop.conn, order_id=order, amount=Decimal(1), provider_ref="a")
    for amount in ("NaN", "-1"):
        with pytest.raises(psycopg.errors.CheckViolation):
            payments.start_payment(shop.conn, order_id=order, amount=Decimal(amount), provider_ref="b")


def test_stuck_payments_are_those_in_processing_for_long(shop: Shop) -> None:
    order = shop.order(shop.customer())
    made = [
        payments.start_payment(shop.conn, order_id=order, amount=Decimal(1), provider_ref=str(n)).id for n in range(3)
    ]
    shop.conn.execute("UPDATE payments SET created_at = now() - interval '2 hours' WHERE id <> %s", (made[2],))
    payments.settle_payment(shop.conn, payment_id=made[1])
    assert [row.id for row in payments.stuck_payments(shop.conn, older_than=dt.timedelta(hours=1))] == [made[0]]
