"""A PostgreSQL type as the catalog tells it, and a Python type as generated code writes it."""

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
        schema: Where the type lives.
        not_null: A domain that refuses NULL.
    """

    oid: int
    name: str
    typname: str
    kind: TypeKind
    element: PgType | None = None
    base: PgType | None = None
    labels: tuple[str, ...] = ()
    schema: str = "pg_catalog"
    not_null: bool = False


@dataclass(frozen=True, slots=True)
class PyType:
    """
    How a PostgreSQL type looks in Python.

    Attributes:
        parameter: Annotation of an argument, without ``| None``: ``Sequence[int | None]``.
        result: Annotation of a column, without ``| None``: ``list[int | None]``.
        imports: Import lines that the annotations need: ``from decimal import Decimal``.
        aliases: Enum aliases that the annotations need: ``("OrderStatus", 'Literal["new", "paid"]')``.
        dump_oid: Built-in OID whose dumper turns the argument into text.
        bind_oid: OID sent with the argument: the type's own when built in, 0 (the server infers) for other types.
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
