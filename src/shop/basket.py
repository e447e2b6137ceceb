"""What placing an order has to work out between its statements: plain functions, shared by sync and async."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import psycopg

from plainsql.errors import NoRowError, ParameterError
from shop.errors import EmptyOrderError, InactiveProductError, InsufficientStockError, UnknownProductError
from shop.queries.inventory import ReserveManyRow
from shop.queries.products import ProductsByIdsRow


@dataclass(frozen=True, slots=True)
class Line:
    """What a customer asks for. The price is not theirs to say."""

    product_id: int
    quantity: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """A line with what the shop knows of its product now."""

    product_id: int
    quantity: int
    name: str
    price: Decimal
    is_active: bool


@dataclass(frozen=True, slots=True)
class SkippedStep:
    """An optional step that failed; its savepoint was rolled back and the order went on."""

    name: str
    error: Exception


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """
    An order that stands.

    Attributes:
        replayed: The idempotency key had been used: this is the order of that time, nothing was changed.
        skipped: Optional steps that failed.
    """

    order_id: int
    public_id: UUID
    total: Decimal
    currency: str
    replayed: bool
    skipped: tuple[SkippedStep, ...] = ()


def distinct_products(lines: Sequence[Line]) -> list[int]:
    """Return the products of an order once each, in the order of their keys; raise EmptyOrderError without lines."""
    if not lines:
        raise EmptyOrderError
    return sorted({line.product_id for line in lines})


def price_lines(lines: Iterable[Line], offers: Iterable[ProductsByIdsRow]) -> list[PricedLine]:
    """Return *lines* at the prices of *offers*; raise UnknownProductError for a product that isn't among them."""
    known = {offer.id: offer for offer in offers}
    priced = []
    for line in lines:
        offer = known.get(line.product_id)
        if offer is None:
            raise UnknownProductError(line.product_id)
        priced.append(PricedLine(line.product_id, line.quantity, offer.name, offer.price, offer.is_active))
    return priced


def order_total(lines: Iterable[PricedLine]) -> Decimal:
    """Return what *lines* cost together, exactly: cents are never floats."""
    return sum((line.price * line.quantity for line in lines), Decimal(0))


def refuse_inactive(lines: Iterable[PricedLine]) -> None:
    """Raise InactiveProductError for the first product that is no longer sold."""
    for line in lines:
        if not line.is_active:
            raise InactiveProductError(line.product_id, line.name)


def refuse_shortage(lines: Sequence[PricedLine], rows: Iterable[ReserveManyRow]) -> None:
    """Raise InsufficientStockError for the first product of which *rows* say that there were too few."""
    names = {line.product_id: line.name for line in lines}
    available = {row.product_id: row.available for row in rows}
    asked = pieces((line.product_id, line.quantity) for line in lines)
    for product_id, requested in sorted(asked.items()):
        left = available.get(product_id, 0)
        if left < requested:
            raise InsufficientStockError(product_id, names[product_id], requested=requested, available=left)


def same_lines(lines: Iterable[Line], stored: Iterable[tuple[int, int]]) -> bool:
    """Say whether *stored*, pairs of product and quantity, are the pieces that *lines* ask for."""
    return pieces((line.product_id, line.quantity) for line in lines) == pieces(stored)


def pieces(pairs: Iterable[tuple[int, int]]) -> Counter[int]:
    """Return how many pieces of each product *pairs* of product and quantity are together."""
    total: Counter[int] = Counter()
    for product_id, quantity in pairs:
        total[product_id] += quantity
    return total


def loyalty_points(total: Decimal) -> int:
    """Return the points for an order: one for each whole unit of currency."""
    return int(total)


def provider_reference(public_id: UUID, attempt: int) -> str:
    """Return the name of a payment at the payment provider: the same try always has the same name."""
    return f"order-{public_id}-{attempt}"


def may_skip(error: Exception) -> bool:
    """
    Say whether an optional step may fail with *error* and the order go on.

    Refusals of the data do. A deadlock, a serialization failure, a timeout or a lost connection concerns the whole
    transaction and goes to whoever can run it again.
    """
    return isinstance(error, psycopg.IntegrityError | psycopg.DataError | ParameterError | NoRowError)
