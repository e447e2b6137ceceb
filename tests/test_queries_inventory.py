"""inventory.sql: nothing is promised twice, and whatever is promised comes back or leaves."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from shop.queries import inventory
from tests.fixtures.shop import Shop


@pytest.fixture
def stocked(shop: Shop) -> Shop:
    """Products 1, 2 and 3 with 5 pieces each in warehouse 1; orders 1 to 60."""
    shop.warehouse("North")
    category, customer = shop.category(), shop.customer()
    for name in "abc":
        shop.product(name, category_id=category, stock=5)
    for _ in range(60):
        shop.order(customer)
    return shop


def levels(shop: Shop, warehouse_id: int = 1) -> list[tuple[int, int, int | None]]:
    return [
        (row.on_hand, row.reserved, row.available)
        for row in inventory.stock_levels(shop.conn, warehouse_id=warehouse_id)
    ]


def reserve_many(
    conn: psycopg.Connection, order_id: int, wanted: Sequence[tuple[int, int]]
) -> list[tuple[object, ...]]:  # type: ignore[type-arg]
    rows = inventory.reserve_many(
        conn, order_id=order_id, product_ids=[p for p, _ in wanted], quantities=[q for _, q in wanted]
    )
    return [(row.product_id, row.requested, row.available, row.reserved) for row in rows]


def test_a_reservation_says_what_is_left_and_none_when_too_much_is_asked(stocked: Shop) -> None:
    taken = inventory.reserve(stocked.conn, order_id=1, product_id=1, quantity=4)
    assert taken is not None
    assert (taken.warehouse_id, taken.remaining) == (1, 1)
    assert inventory.reserve(stocked.conn, order_id=2, product_id=1, quantity=2) is None
    assert inventory.reserve(stocked.conn, order_id=2, product_id=99, quantity=1) is None
    again = inventory.reserve(stocked.conn, order_id=1, product_id=1, quantity=1)
    assert again is not None
    assert [row.quantity for row in inventory.reservations_of_order(stocked.conn, order_id=1)] == [5]


@pytest.mark.parametrize("quantity", [0, -3])
def test_a_reservation_of_nothing_or_less_is_refused(stocked: Shop, quantity: int) -> None:
    inventory.reserve(stocked.conn, order_id=1, product_id=1, quantity=4)
    with pytest.raises(psycopg.errors.CheckViolation):
        inventory.reserve(stocked.conn, order_id=1, product_id=1, quantity=quantity)
    with pytest.raises(psycopg.errors.CheckViolation):
        reserve_many(stocked.conn, 1, [(1, quantity)])
    assert levels(stocked)[0] == (5, 4, 1)


def test_one_warehouse_gives_all_pieces_and_the_next_is_asked_if_the_first_is_short(stocked: Shop) -> None:
    south = stocked.warehouse("South")
    inventory.restock(stocked.conn, product_id=1, warehouse_id=south, quantity=8)
    taken = inventory.reserve(stocked.conn, order_id=1, product_id=1, quantity=6)
    assert taken is not None
    assert taken.warehouse_id == south
    assert reserve_many(stocked.conn, 2, [(1, 5)]) == [(1, 5, 5, True)]
    assert reserve_many(stocked.conn, 3, [(1, 3)]) == [(1, 3, 2, False)]
    assert levels(stocked)[0] == (5, 5, 0)
    assert levels(stocked, south) == [(8, 6, 2)]


def test_many_products_are_reserved_all_or_none(stocked: Shop) -> None:
    assert reserve_many(stocked.conn, 1, [(3, 1), (1, 2), (3, 2)]) == [(1, 2, 5, True), (3, 3, 5, True)]
    assert reserve_many(stocked.conn, 2, [(2, 1), (3, 3)]) == [(2, 1, 5, False), (3, 3, 2, False)]
    assert reserve_many(stocked.conn, 2, [(2, 1), (99, 1)]) == [(2, 1, 5, False), (99, 1, 0, False)]
    assert levels(stocked) == [(5, 2, 3), (5, 0, 5), (5, 3, 2)]
    assert reserve_many(stocked.conn, 2, []) == []


def test_released_pieces_come_back_once(stocked: Shop) -> None:
    reserve_many(stocked.conn, 1, [(1, 2), (2, 3)])
    reserve_many(stocked.conn, 2, [(1, 1)])
    assert inventory.release(stocked.conn, order_id=1) == 2
    assert inventory.release(stocked.conn, order_id=1) == 0
    assert levels(stocked)[:2] == [(5, 1, 4), (5, 0, 5)]


def test_committed_pieces_leave_the_shelf_once(stocked: Shop) -> None:
    reserve_many(stocked.conn, 1, [(1, 2), (2, 3)])
    assert inventory.commit_reservation(stocked.conn, order_id=1) == 2
    assert inventory.commit_reservation(stocked.conn, order_id=1) == 0
    assert levels(stocked)[:2] == [(3, 0, 3), (2, 0, 2)]


def test_restocking_adds_up_and_takes_nothing_away(stocked: Shop) -> None:
    assert inventory.restock(stocked.conn, product_id=1, warehouse_id=1, quantity=2).on_hand == 7
    with pytest.raises(psycopg.errors.CheckViolation):
        inventory.restock(stocked.conn, product_id=1, warehouse_id=1, quantity=-1)


def test_stock_of_products_sums_the_warehouses(stocked: Shop) -> None:
    south = stocked.warehouse("South")
    inventory.restock(stocked.conn, product_id=1, warehouse_id=south, quantity=8)
    reserve_many(stocked.conn, 1, [(1, 2)])
    found = inventory.stock_of_products(stocked.conn, product_ids=[1, 2, 99])
    assert [(row.name, row.on_hand, row.reserved, row.available) for row in found] == [("a", 13, 2, 11), ("b", 5, 0, 5)]


def test_the_fewest_pieces_of_no_inventory_are_none(shop: Shop) -> None:
    assert inventory.lowest_available(shop.conn) is None


@pytest.mark.parametrize("many", [False, True])
def test_parallel_reservations_promise_every_piece_once(stocked: Shop, many: bool) -> None:
    def one(order_id: int) -> bool:
        with psycopg.connect(stocked.conninfo, autocommit=True) as conn:
            if many:
                return bool(reserve_many(conn, order_id, [(1, 1)])[0][3])
            return inventory.reserve(conn, order_id=order_id, product_id=1, quantity=1) is not None

    with ThreadPoolExecutor(12) as pool:
        assert sum(pool.map(one, range(1, 31))) == 5
    assert levels(stocked)[0] == (5, 5, 0)


def test_products_in_opposite_orders_do_not_deadlock(stocked: Shop) -> None:
    for product in (1, 2, 3):
        inventory.restock(stocked.conn, product_id=product, warehouse_id=1, quantity=995)

    def work(worker: int) -> None:
        wanted = [(1, 1), (2, 1), (3, 1)]
        with psycopg.connect(stocked.conninfo, autocommit=True) as conn:
            for _ in range(20):
                reserve_many(conn, worker, wanted if worker % 2 else wanted[::-1])
                if worker % 3 == 0:
                    inventory.release(conn, order_id=worker)
                else:
                    inventory.commit_reservation(conn, order_id=worker)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(1, 9)))
    assert levels(stocked) == [(1000 - 120, 0, 880)] * 3
