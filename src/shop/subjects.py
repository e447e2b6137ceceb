"""
What a comment or a file can be about.

A new kind is a class here, a member of `Subject` and a case in `key_of` and `keys_of`: mypy names what is missing. The
names of the keys are parameters of the queries, so mypy names the query that lacks one, and `plainsql check` the
query or the table without that column.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, TypedDict, assert_never

__all__ = ["Attachable", "Customer", "Order", "Product", "Subject", "SubjectKey", "SubjectKeys", "key_of", "keys_of"]


@dataclass(frozen=True, slots=True)
class Product:
    """A product, by its key."""

    kind: ClassVar[str] = "product"
    id: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order, by its key."""

    kind: ClassVar[str] = "order"
    id: int


@dataclass(frozen=True, slots=True)
class Customer:
    """A customer, by their key."""

    kind: ClassVar[str] = "customer"
    id: int


Subject = Product | Order | Customer
Attachable = Product | Order


class SubjectKey(TypedDict):
    """One subject as parameters: its own key is set, the others are None."""

    product_id: int | None
    order_id: int | None
    customer_id: int | None


class SubjectKeys(TypedDict):
    """Subjects as parameters, each among those of its kind."""

    product_ids: list[int]
    order_ids: list[int]
    customer_ids: list[int]


def key_of(subject: Subject) -> SubjectKey:
    """Return the parameters of a query about one subject."""
    key = SubjectKey(product_id=None, order_id=None, customer_id=None)
    match subject:
        case Product():
            key["product_id"] = subject.id
        case Order():
            key["order_id"] = subject.id
        case Customer():
            key["customer_id"] = subject.id
        case _:
            assert_never(subject)
    return key


def keys_of(subjects: Sequence[Subject]) -> SubjectKeys:
    """Return the parameters of a query about many subjects; one that is named twice is asked for once."""
    keys = SubjectKeys(product_ids=[], order_ids=[], customer_ids=[])
    for subject in dict.fromkeys(subjects):
        match subject:
            case Product():
                keys["product_ids"].append(subject.id)
            case Order():
                keys["order_ids"].append(subject.id)
            case Customer():
                keys["customer_ids"].append(subject.id)
            case _:
                assert_never(subject)
    return keys
