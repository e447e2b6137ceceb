"""
What the shop refuses. The database's own refusals (a negative price, an unknown customer) stay psycopg's exceptions.

    ShopError
    ├── EmptyOrderError (ValueError)            an order needs a line
    ├── UnknownProductError (LookupError)       no product has that key
    ├── InactiveProductError                    the product is no longer sold
    ├── InsufficientStockError                  no warehouse has as many pieces
    ├── IdempotencyKeyReusedError (ValueError)  the key belongs to another order
    ├── InvalidEmailError (ValueError)          no e-mail address
    ├── RestoreConflictError                    a live user has the name or the address
    └── InvalidCredentialsError                 no such user, or not this password
"""

from __future__ import annotations

from collections.abc import Mapping


class ShopError(Exception):
    """Something the shop refuses."""


class EmptyOrderError(ShopError, ValueError):
    """An order without lines."""

    def __init__(self) -> None:
        super().__init__("an order needs at least one line")


class UnknownProductError(ShopError, LookupError):
    """A product that does not exist."""

    def __init__(self, product_id: int) -> None:
        self.product_id = product_id
        super().__init__(f"no product has the key {product_id}")


class InactiveProductError(ShopError):
    """A product that is no longer sold."""

    def __init__(self, product_id: int, product_name: str) -> None:
        self.product_id = product_id
        self.product_name = product_name
        super().__init__(f"'{product_name}' (product {product_id}) is no longer sold")


class InsufficientStockError(ShopError):
    """
    More pieces were asked for than any one warehouse has to give; nothing was reserved.

    Attributes:
        requested: Pieces asked for.
        available: The most that one warehouse had to give.
    """

    def __init__(self, product_id: int, product_name: str, *, requested: int, available: int) -> None:
        self.product_id = product_id
        self.product_name = product_name
        self.requested = requested
        self.available = available
        super().__init__(f"'{product_name}' (product {product_id}): {requested} requested, {available} available")


class IdempotencyKeyReusedError(ShopError, ValueError):
    """The key belongs to another customer's order, or to an order of other things."""

    def __init__(self, idempotency_key: str) -> None:
        self.idempotency_key = idempotency_key
        super().__init__(f"the idempotency key {idempotency_key!r} belongs to another order: use a new one")


class InvalidEmailError(ShopError, ValueError):
    """What was given as an e-mail address is none."""

    def __init__(self, email: str) -> None:
        self.email = email
        super().__init__(f"{email!r} is no e-mail address")


class RestoreConflictError(ShopError):
    """
    A deleted user can't come back: live ones have taken his address, his name, or both.

    Attributes:
        user_id: Who was to come back.
        taken: The key of the live user by what he has taken: ``{"email": 7}``.
    """

    def __init__(self, user_id: int, taken: Mapping[str, int]) -> None:
        self.user_id = user_id
        self.taken = dict(taken)
        held = ", ".join(f"{field} is user {holder}'s now" for field, holder in taken.items())
        super().__init__(f"user {user_id} can't be restored: {held}")


class InvalidCredentialsError(ShopError):
    """Nobody has this address and password; which of the two is wrong stays untold."""

    def __init__(self) -> None:
        super().__init__("wrong e-mail address or password")
