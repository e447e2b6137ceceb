"""Customers who buy the last pieces at the same time, and one whose gift note is too long."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from threading import Event

from plainsql.tenants import Tenant
from shop.checkout import Line, PlacedOrder, create_order
from shop.demo.together import together
from shop.errors import InsufficientStockError
from shop.queries import inventory, products

THREADS = 8
PIECES = 40
NOVELTIES = (
    ("D-LAMP", "Desk lamp, last of its kind", Decimal("49.90")),
    ("D-CLOCK", "Wall clock, last of its kind", Decimal("24.50")),
    ("D-CHAIR", "Folding chair, last of its kind", Decimal("89.00")),
)


@dataclass(slots=True)
class Rush:
    """
    What happened.

    Attributes:
        orders: Orders placed.
        refused: Orders refused for want of stock.
        sold: Pieces sold of each product.
        seconds: From the first order to the last.
    """

    orders: int = 0
    refused: int = 0
    sold: Counter[int] = field(default_factory=Counter)
    seconds: float = 0.0


def add_novelties(t: Tenant) -> list[int]:
    """Create three products with few pieces in one warehouse, in one transaction, and return their keys."""
    made = []
    with t.transaction() as tx:
        category = products.create_category(tx, parent_id=None, name="Last pieces")
        for sku, name, price in NOVELTIES:
            product = products.create_product(
                tx, sku=sku, name=name, description="Sold out soon.", category_id=category.id, price=price
            )
            inventory.restock(tx, product_id=product.id, warehouse_id=1, quantity=PIECES)
            made.append(product.id)
        products.refresh_stock(tx, product_ids=made)
    return made


def sell_out(t: Tenant, product_ids: Sequence[int], customer_ids: range) -> Rush:
    """Let customers in THREADS threads buy *product_ids*, in any order, until every one of them has been refused."""
    start = time.perf_counter()
    rushes = together(*(partial(shop_until_refused, t, product_ids, customer_ids, n) for n in range(THREADS)))
    total = Rush(seconds=time.perf_counter() - start)
    for rush in rushes:
        total.orders += rush.orders
        total.refused += rush.refused
        total.sold += rush.sold
    return total


def shop_until_refused(t: Tenant, product_ids: Sequence[int], customer_ids: range, number: int, stop: Event) -> Rush:
    """Place random orders, one transaction each, until no product has a piece left."""
    choose = random.Random(number)
    rush = Rush()
    wanted = list(product_ids)
    tries = 0
    while wanted and not stop.is_set():
        tries += 1
        chosen = choose.sample(wanted, k=choose.randint(1, len(wanted)))
        lines = [Line(product_id, choose.randint(1, 2)) for product_id in chosen]
        try:
            with t.transaction() as tx:
                create_order(
                    tx,
                    customer_id=choose.choice(customer_ids),
                    lines=lines,
                    currency="USD",
                    idempotency_key=f"demo-{number}-{tries}",
                )
        except InsufficientStockError as error:
            rush.refused += 1
            if error.available == 0:
                wanted.remove(error.product_id)
        else:
            rush.orders += 1
            rush.sold.update({line.product_id: line.quantity for line in lines})
    return rush


def order_with_long_note(t: Tenant, product_id: int, customer_id: int) -> PlacedOrder:
    """Place an order whose gift note the database refuses: the order stands, the note does not."""
    with t.transaction() as tx:
        return create_order(
            tx,
            customer_id=customer_id,
            lines=[Line(product_id, 1)],
            currency="USD",
            idempotency_key="demo-gift",
            gift_note="Many happy returns! " * 20,
        )
