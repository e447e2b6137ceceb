"""Placing an order: order, lines, stock, payment, optional extras and confirmation in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from plainsql.errors import NoRowError
from plainsql.transaction import Transaction
from shop import basket
from shop.basket import Line, PlacedOrder, SkippedStep
from shop.errors import IdempotencyKeyReusedError
from shop.queries import customers, inventory, orders, payments, products

__all__ = ["Line", "PlacedOrder", "SkippedStep", "create_order"]


def create_order(
    tx: Transaction,
    *,
    customer_id: int,
    lines: Sequence[Line],
    currency: str,
    idempotency_key: str,
    gift_note: str | None = None,
) -> PlacedOrder:
    """
    Place an order, or return the one that this key has placed before.

    Prices are those of the database. Stock is reserved in the order of the products' keys, all or nothing, so that
    parallel orders neither sell a piece twice nor deadlock. The gift note and the loyalty points are optional steps:
    each has a savepoint, and one that fails is reported in `skipped` while the order stands.

    Args:
        tx: The transaction; an error below leaves it to be rolled back.
        customer_id: Who buys; an unknown one is psycopg's ForeignKeyViolation.
        lines: What is bought; one product may stand in several lines.
        currency: ISO 4217 code.
        idempotency_key: Chosen by the caller, the same for every try of the same order.
        gift_note: Text for the receiver, up to 200 characters.

    Raises:
        EmptyOrderError: There is no line.
        UnknownProductError: No product has that key.
        InactiveProductError: A product is no longer sold.
        InsufficientStockError: No warehouse has as many pieces of one product.
        IdempotencyKeyReusedError: The key belongs to another order.
    """
    offers = products.products_by_ids(tx, product_ids=basket.distinct_products(lines))
    priced = basket.price_lines(lines, offers)
    try:
        order = orders.create_order(
            tx,
            customer_id=customer_id,
            total=basket.order_total(priced),
            currency=currency,
            idempotency_key=idempotency_key,
        )
    except NoRowError:
        raise IdempotencyKeyReusedError(idempotency_key) from None
    if order.replayed:
        stored = orders.items_for_order(tx, order_id=order.id)
        if order.currency != currency or not basket.same_lines(
            lines, [(item.product_id, item.quantity) for item in stored]
        ):
            raise IdempotencyKeyReusedError(idempotency_key)
        return PlacedOrder(order.id, order.public_id, order.total, order.currency, replayed=True)

    basket.refuse_inactive(priced)
    orders.add_items(
        tx,
        order_id=order.id,
        product_ids=[line.product_id for line in priced],
        quantities=[line.quantity for line in priced],
        prices=[line.price for line in priced],
    )
    reserved = inventory.reserve_many(
        tx,
        order_id=order.id,
        product_ids=[line.product_id for line in priced],
        quantities=[line.quantity for line in priced],
    )
    basket.refuse_shortage(priced, reserved)
    payments.start_payment(
        tx,
        order_id=order.id,
        amount=order.total,
        provider_ref=basket.provider_reference(order.public_id, 1),
    )

    skipped: list[SkippedStep] = []
    if gift_note is not None:
        note = gift_note
        optional_step(tx, skipped, "gift note", lambda: orders.set_gift_note(tx, order_id=order.id, gift_note=note))
    points = basket.loyalty_points(order.total)
    optional_step(
        tx,
        skipped,
        "loyalty points",
        lambda: customers.add_loyalty_points(tx, customer_id=customer_id, points=points),
    )
    orders.confirm_order(tx, order_id=order.id)
    return PlacedOrder(order.id, order.public_id, order.total, order.currency, replayed=False, skipped=tuple(skipped))


def optional_step(tx: Transaction, skipped: list[SkippedStep], name: str, step: Callable[[], object]) -> None:
    """Run *step* in a savepoint; a refusal of its data is undone and noted in *skipped*."""
    try:
        with tx.savepoint():
            step()
    except Exception as error:
        if not basket.may_skip(error):
            raise
        skipped.append(SkippedStep(name, error))
