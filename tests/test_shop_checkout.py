"""Placing orders: stock is never sold twice, an order stands whole or not at all, optional steps don't take it down."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import psycopg
import pytest

from plainsql import ParameterError, Tenant, aio
from plainsql.database import Database
from plainsql.pool import PoolConfig
from plainsql.transaction import Transaction
from shop import basket, checkout
from shop.aio import checkout as aio_checkout
from shop.checkout import Line, PlacedOrder, SkippedStep
from shop.errors import (
    EmptyOrderError,
    IdempotencyKeyReusedError,
    InactiveProductError,
    InsufficientStockError,
    ShopError,
    UnknownProductError,
)
from shop.queries import inventory, orders, payments, products
from tests.fixtures.shop import MAIN, Shop

POOL = PoolConfig(max_size=12)


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Customer 1; products 1 "lamp" at 19.99 and 2 "chair" at 0.10, 10 pieces each in warehouse 1."""
    shop.warehouse()
    category = shop.category()
    shop.customer()
    shop.product("lamp", category_id=category, price="19.99", stock=10)
    shop.product("chair", category_id=category, price="0.10", stock=10)
    return shop


@pytest.fixture
def db(stocked: Shop) -> Iterator[Tenant]:
    """The stocked shop's database, as its tenant sees it."""
    with Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as tenant:
        yield tenant


def place(
    db: Tenant, lines: Sequence[Line], *, key: str = "k", customer_id: int = 1, gift_note: str | None = None
) -> PlacedOrder:
    with db.transaction() as tx:
        return checkout.create_order(
            tx, customer_id=customer_id, lines=lines, currency="EUR", idempotency_key=key, gift_note=gift_note
        )


async def place_async(
    db: aio.Tenant, lines: Sequence[Line], *, key: str = "k", gift_note: str | None = None
) -> PlacedOrder:
    async with db.transaction() as tx:
        return await aio_checkout.create_order(
            tx, customer_id=1, lines=lines, currency="EUR", idempotency_key=key, gift_note=gift_note
        )


def counts(shop: Shop) -> tuple[int, ...]:
    """Return the rows of orders, their lines, reservations and payments, and the pieces reserved."""
    return tuple(
        shop.value(query)
        for query in (
            "SELECT count(*) FROM orders",
            "SELECT count(*) FROM order_items",
            "SELECT count(*) FROM reservations",
            "SELECT count(*) FROM payments",
            "SELECT coalesce(sum(reserved), 0) FROM inventory",
        )
    )


def check_placed(shop: Shop, placed: PlacedOrder) -> None:
    """Check the order of two lamps and three chairs."""
    assert (placed.total, placed.currency, placed.replayed, placed.skipped) == (Decimal("40.28"), "EUR", False, ())
    order = orders.get_order(shop.conn, order_id=placed.order_id)
    assert order is not None
    assert (order.status, order.total, order.public_id, order.gift_note) == (
        "processing",
        placed.total,
        placed.public_id,
        "Hi!",
    )
    items = orders.items_for_order(shop.conn, order_id=placed.order_id)
    assert [(item.product_name, item.quantity, item.line_total) for item in items] == [
        ("chair", 3, Decimal("0.30")),
        ("lamp", 2, Decimal("39.98")),
    ]
    [payment] = payments.payments_of_order(shop.conn, order_id=placed.order_id)
    assert (payment.amount, payment.status) == (placed.total, "processing")
    assert [row.reserved for row in inventory.stock_levels(shop.conn, warehouse_id=1)] == [2, 3]
    assert shop.value("SELECT loyalty_points FROM customers") == 40


LINES = (Line(2, 3), Line(1, 2))


def test_an_order_has_lines_stock_payment_and_points(stocked: Shop, db: Tenant) -> None:
    check_placed(stocked, place(db, LINES, gift_note="Hi!"))


async def test_an_order_has_lines_stock_payment_and_points_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:
        check_placed(stocked, await place_async(adb, LINES, gift_note="Hi!"))


def test_the_same_key_places_the_order_once(stocked: Shop, db: Tenant) -> None:
    first = place(db, LINES)
    before = counts(stocked)
    products.change_price(stocked.conn, product_id=1, version=1, price=Decimal(999))
    products.deactivate_products(stocked.conn, product_ids=[2])
    again = place(db, [Line(1, 1), Line(2, 3), Line(1, 1)])
    assert (again.order_id, again.total, again.replayed) == (first.order_id, first.total, True)
    assert counts(stocked) == before


def test_the_same_key_at_the_same_time_places_the_order_once(stocked: Shop, db: Tenant) -> None:
    with ThreadPoolExecutor(10) as pool:
        placed = list(pool.map(lambda _: place(db, LINES), range(10)))
    assert len({order.order_id for order in placed}) == 1
    assert sorted(order.replayed for order in placed) == [False] + [True] * 9
    assert counts(stocked) == (1, 2, 2, 1, 5)


@pytest.mark.parametrize(("customer_id", "lines"), [(1, [Line(1, 1)]), (1, [Line(1, 2), Line(2, 4)]), (2, LINES)])
def test_a_key_is_not_reused_for_another_order(
    stocked: Shop, db: Tenant, customer_id: int, lines: Sequence[Line]
) -> None:
    stocked.customer("Bob")
    place(db, LINES)
    before = counts(stocked)
    with pytest.raises(IdempotencyKeyReusedError):
        place(db, lines, customer_id=customer_id)
    assert counts(stocked) == before


def test_a_key_is_not_reused_in_another_currency(stocked: Shop, db: Tenant) -> None:
    place(db, LINES)
    before = counts(stocked)
    with pytest.raises(IdempotencyKeyReusedError), db.transaction() as tx:
        checkout.create_order(tx, customer_id=1, lines=LINES, currency="USD", idempotency_key="k")
    assert counts(stocked) == before


async def test_a_key_is_not_reused_in_another_currency_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:
        await place_async(adb, LINES)
        with pytest.raises(IdempotencyKeyReusedError):
            async with adb.transaction() as tx:
                await aio_checkout.create_order(tx, customer_id=1, lines=LINES, currency="USD", idempotency_key="k")


@pytest.mark.parametrize(
    ("lines", "error"),
    [
        ([], EmptyOrderError),
        ([Line(1, 1), Line(99, 1)], UnknownProductError),
        ([Line(1, 11)], InsufficientStockError),
        ([Line(1, 6), Line(1, 5)], InsufficientStockError),
        ([Line(1, 0)], psycopg.errors.CheckViolation),
        ([Line(2, 5), Line(1, -1)], psycopg.errors.CheckViolation),
        ([Line(1, 2**31 - 1)], psycopg.errors.NumericValueOutOfRange),
    ],
)
def test_an_order_that_cannot_be_leaves_nothing(
    stocked: Shop, db: Tenant, lines: Sequence[Line], error: type[Exception]
) -> None:
    with pytest.raises(error):
        place(db, lines)
    assert counts(stocked) == (0, 0, 0, 0, 0)


async def test_an_order_that_cannot_be_leaves_nothing_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:
        for lines in ([], [Line(99, 1)], [Line(1, 11)]):
            with pytest.raises(ShopError):
                await place_async(adb, lines)
    assert counts(stocked) == (0, 0, 0, 0, 0)


def test_insufficient_stock_names_the_product_and_both_numbers(db: Tenant) -> None:
    with pytest.raises(InsufficientStockError) as caught:
        place(db, [Line(2, 1), Line(1, 7), Line(1, 4)])
    error = caught.value
    assert (error.product_id, error.product_name, error.requested, error.available) == (1, "lamp", 11, 10)
    assert str(error) == "'lamp' (product 1): 11 requested, 10 available"


def test_an_inactive_product_is_not_sold(stocked: Shop, db: Tenant) -> None:
    products.deactivate_products(stocked.conn, product_ids=[1])
    with pytest.raises(InactiveProductError, match="lamp"):
        place(db, LINES)


def test_an_unknown_customer_is_a_foreign_key_violation(db: Tenant) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        place(db, LINES, customer_id=99)


def test_fifty_parallel_orders_for_ten_pieces_sell_exactly_ten(stocked: Shop, db: Tenant) -> None:
    def one(number: int) -> bool:
        try:
            place(db, [Line(1, 1)], key=str(number))
        except InsufficientStockError:
            return False
        return True

    with ThreadPoolExecutor(50) as pool:
        assert sum(pool.map(one, range(50))) == 10
    assert counts(stocked) == (10, 10, 10, 10, 10)
    assert inventory.lowest_available(stocked.conn) == 0


async def test_fifty_parallel_orders_for_ten_pieces_sell_exactly_ten_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:
        tried = await asyncio.gather(
            *(place_async(adb, [Line(1, 1)], key=str(n)) for n in range(50)), return_exceptions=True
        )
    assert sum(isinstance(result, PlacedOrder) for result in tried) == 10
    assert sum(isinstance(result, InsufficientStockError) for result in tried) == 40
    assert counts(stocked) == (10, 10, 10, 10, 10)


def test_lines_in_opposite_orders_do_not_deadlock(stocked: Shop, db: Tenant) -> None:
    for product in (1, 2):
        inventory.restock(stocked.conn, product_id=product, warehouse_id=1, quantity=990)

    def work(worker: int) -> None:
        lines = [Line(1, 1), Line(2, 1)]
        for number in range(10):
            place(db, lines if worker % 2 else lines[::-1], key=f"{worker}-{number}")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    assert counts(stocked) == (80, 160, 160, 80, 160)


def check_note_was_skipped(shop: Shop, placed: PlacedOrder) -> None:
    [skipped] = placed.skipped
    assert skipped.name == "gift note"
    if not isinstance(skipped.error, ParameterError):
        assert isinstance(skipped.error, psycopg.errors.CheckViolation)
        assert skipped.error.diag.constraint_name == "orders_gift_note_is_1_to_200_characters"
    order = orders.get_order(shop.conn, order_id=placed.order_id)
    assert order is not None
    assert (order.status, order.gift_note) == ("processing", None)
    assert counts(shop) == (1, 2, 2, 1, 5)
    assert shop.value("SELECT loyalty_points FROM customers") == 40


@pytest.mark.parametrize("note", ["x" * 201, "", "nul\0", "\ud800"])
def test_a_refused_gift_note_is_skipped_and_the_order_stands(stocked: Shop, db: Tenant, note: str) -> None:
    check_note_was_skipped(stocked, place(db, LINES, gift_note=note))


async def test_a_refused_gift_note_is_skipped_and_the_order_stands_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:
        check_note_was_skipped(stocked, await place_async(adb, LINES, gift_note="x" * 201))


def test_an_optional_steps_own_writes_go_with_it(stocked: Shop, db: Tenant) -> None:
    skipped: list[SkippedStep] = []
    with db.transaction() as tx:
        placed = checkout.create_order(tx, customer_id=1, lines=LINES, currency="EUR", idempotency_key="k")

        def half() -> None:
            orders.set_gift_note(tx, order_id=placed.order_id, gift_note="written first")
            orders.set_gift_note(tx, order_id=placed.order_id, gift_note="")

        checkout.optional_step(tx, skipped, "half", half)
    assert [step.name for step in skipped] == ["half"]
    assert stocked.value("SELECT gift_note FROM orders") is None


@pytest.mark.parametrize(
    "error", [psycopg.errors.SerializationFailure(), psycopg.errors.DeadlockDetected(), psycopg.OperationalError()]
)
def test_an_optional_step_does_not_swallow_what_concerns_the_transaction(
    stocked: Shop, db: Tenant, error: psycopg.Error
) -> None:
    def fail() -> None:
        raise error

    def run(tx: Transaction) -> None:
        checkout.create_order(tx, customer_id=1, lines=LINES, currency="EUR", idempotency_key="k")
        checkout.optional_step(tx, [], "fails", fail)

    with pytest.raises(type(error)), db.transaction() as tx:
        run(tx)
    assert counts(stocked) == (0, 0, 0, 0, 0)


def test_a_backend_killed_before_commit_leaves_nothing(stocked: Shop, db: Tenant) -> None:
    def run() -> None:
        with db.transaction() as tx:
            checkout.create_order(tx, customer_id=1, lines=LINES, currency="EUR", idempotency_key="k")
            stocked.conn.execute("SELECT pg_terminate_backend(%s)", (tx.connection.info.backend_pid,))

    with pytest.raises(psycopg.OperationalError):
        run()
    assert counts(stocked) == (0, 0, 0, 0, 0)
    assert place(db, LINES).replayed is False


async def test_a_backend_killed_before_commit_leaves_nothing_async(stocked: Shop) -> None:
    async with aio.Database.open(stocked.conninfo, pool=POOL) as opened, opened.tenant(MAIN) as adb:

        async def run() -> None:
            async with adb.transaction() as tx:
                await aio_checkout.create_order(tx, customer_id=1, lines=LINES, currency="EUR", idempotency_key="k")
                connection = await tx.acquire()
                stocked.conn.execute("SELECT pg_terminate_backend(%s)", (connection.info.backend_pid,))

        with pytest.raises(psycopg.OperationalError):
            await run()
        assert counts(stocked) == (0, 0, 0, 0, 0)
        assert (await place_async(adb, LINES)).replayed is False


def test_totals_are_exact() -> None:
    lines = [basket.PricedLine(1, 3, "a", Decimal("0.10"), True), basket.PricedLine(2, 1, "b", Decimal("0.20"), True)]
    assert basket.order_total(lines) == Decimal("0.50")
    assert basket.order_total([]) == 0


@pytest.mark.parametrize("name", ["create_order", "optional_step"])
def test_both_checkouts_take_the_same_arguments(name: str) -> None:
    sync, twin = (inspect.signature(getattr(module, name)) for module in (checkout, aio_checkout))
    assert [(p.name, p.kind, p.default) for p in sync.parameters.values()] == [
        (p.name, p.kind, p.default) for p in twin.parameters.values()
    ]
