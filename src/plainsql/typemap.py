"""Which Python type stands for which PostgreSQL type, and with which OIDs it travels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TypeKind = Literal["base", "array", "enum", "domain", "composite", "range", "multirange", "pseudo"]


@dataclass(frozen=True, slots=True)
class PgType:
    """
    A type of one database.

    Attributes:
        oid: In that database; stable between databases only below 10000.
        name: ``format_type(oid, NULL)``: ``integer``, ``order_status[]``.
        typname: Bare name in pg_type.
        kind: What it is made of.
        element: Of an array.
        base: Of a domain.
        labels: Of an enum, in sort order.
    """

    oid: int
    name: str
    typname: str
    kind: TypeKind
    element: PgType | None = None
    base: PgType | None = None
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PyType:
    """
    How a PostgreSQL type looks in Python.

    Attributes:
        parameter: Annotation of an argument, without ``| None``: ``Sequence[int | None]``.
        result: Annotation of a column, without ``| None``: ``list[int | None]``.
        imports: Import lines that the annotations need: ``from decimal import Decimal``.
        aliases: Enum aliases that the annotations need: ``("OrderStatus", "Literal['new', 'paid']")``.
        dump_oid: Built-in OID whose dumper turns the argument into text.
        bind_oid: OID sent with the argument: the same for built-in types, 0 (the server infers) for types of the database.
        load_oid: Built-in OID whose loader turns the column into Python.
        known: False when nothing better than text was found.
    """

    parameter: str
    result: str
    imports: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    dump_oid: int
    bind_oid: int
    load_oid: int
    known: bool = True
