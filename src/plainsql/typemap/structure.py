"""What a column is made of beyond what its PostgreSQL type says: elements, members, JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from plainsql.typemap.model import PgType


@dataclass(frozen=True, slots=True)
class Structure:
    """
    A value.

    Attributes:
        type: Its type, or of what it was before it became JSON; None: it may be anything.
        nullable: It may be NULL; inside of JSON, null.
        inside: What it is made of; None: its type says all that is known.
    """

    type: PgType | None
    nullable: bool
    inside: Inside | None = None


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list; *element* is None if it is always empty."""

    element: Structure | None


@dataclass(frozen=True, slots=True)
class TupleOf:
    """A JSON array of always as many elements."""

    items: tuple[Structure, ...]


@dataclass(frozen=True, slots=True)
class DictOf:
    """A JSON object with any keys; *value* is None if it is always empty."""

    value: Structure | None


@dataclass(frozen=True, slots=True)
class Field:
    """
    A member of a row or JSON object.

    Attributes:
        name: In the row or object.
        value: What it is made of.
        may_lack: It may be left out where it is null.
        type: Its own type, in a row: where that is JSON, *value* tells of what became JSON.
    """

    name: str
    value: Structure
    may_lack: bool = False
    type: PgType | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """
    A row or JSON object.

    Attributes:
        name: Of its class: ``GetOrderItem``.
        path: Where it is, for its docstring: ``items[]``.
        fields: In order.
    """

    name: str
    path: str
    fields: tuple[Field, ...]


Inside: TypeAlias = "ListOf | TupleOf | DictOf | Record"
