"""A PostgreSQL type as the catalog tells it, and a Python type as generated code writes it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from plainsql.custom_types import CustomType
from plainsql.typemap.wire import Wire

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
        subtype: Of a range or multirange: the type of its bounds.
        members: Of a composite type: names and types in order, dropped ones left out.
        delimiter: Between such values in the text of an array.
        custom: What the project's settings make of it.
        casts_to_json: It has a cast to JSON of its own, which says what it is there.
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
    subtype: PgType | None = None
    members: tuple[tuple[str, PgType], ...] = ()
    delimiter: str = ","
    custom: CustomType | None = None
    casts_to_json: bool = False


@dataclass(frozen=True, slots=True)
class CompositeClass:
    """
    The class of a composite type, as generated code writes it.

    Attributes:
        name: ``Address``.
        pg_name: ``address``.
        fields: Names and annotations, without ``| None``: any member may be NULL.
        wires: What reads and writes each member.
        imports: Import lines that the annotations and *wires* need.
        aliases: Those that the annotations need.
        oid: Of a built-in type: a row of a table of the catalog.
        classes: Composite types that it is made of.
    """

    name: str
    pg_name: str
    fields: tuple[tuple[str, str], ...]
    wires: tuple[Wire, ...]
    imports: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    oid: int = 0
    classes: tuple[CompositeClass, ...] = ()


@dataclass(frozen=True, slots=True)
class NestedField:
    """A field of a NestedClass; *key* is its name in JSON, *annotation* is without ``| None``."""

    name: str
    key: str
    annotation: str
    nullable: bool
    may_lack: bool = False


@dataclass(frozen=True, slots=True)
class NestedClass:
    """
    A class for what one column of one query holds, which stands in the query's own module.

    Attributes:
        name: ``GetOrderItem``.
        path: What it is of the column: ``items[]``.
        fields: In order; of a composite type only those that are known better than its class knows them.
        imports: Import lines that the annotations and *wires* need.
        aliases: Those that the annotations need.
        base: Class of the composite type.
        wires: Of a row without a type of its own: what reads each member.
        is_row: It is such a row.
        composites: Classes of composite types that such a row needs.
    """

    name: str
    path: str
    fields: tuple[NestedField, ...]
    imports: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    base: CompositeClass | None = None
    wires: tuple[Wire, ...] = ()
    is_row: bool = False
    composites: tuple[CompositeClass, ...] = ()


@dataclass(frozen=True, slots=True)
class PyType:
    """
    How a PostgreSQL type looks in Python.

    Attributes:
        parameter: Annotation of an argument, without ``| None``: ``Sequence[int | None]``.
        result: Annotation of a column, without ``| None``: ``list[int | None]``.
        imports: Import lines that the annotations, aliases and wires need: ``from decimal import Decimal``.
        aliases: Names for enums and domains that the annotations need, each after those it is made of:
            ``("OrderStatus", 'Literal["new", "paid"]')``.
        dump_oid: What turns the argument into text.
        bind_oid: OID sent with the argument: the type's own when built in, 0 (the server infers) for other types.
        load_oid: What turns the text of the column into Python.
        known: False when nothing better than text was found.
        codec: What reads and writes it in either format, alone and inside of other types; None: *load_oid* does.
        binary: The codec reads the binary format too.
        better_in_binary: Only binary data tells the types that it is made of, so that a changed one is seen.
        classes: Composite types that the annotations need, each after those it is made of.
        nested: Classes of the query's own module that *result* needs, each after those it is made of.
    """

    parameter: str
    result: str
    imports: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...]
    dump_oid: Wire
    bind_oid: int
    load_oid: Wire
    known: bool = True
    codec: Wire | None = None
    binary: bool = True
    better_in_binary: bool = False
    classes: tuple[CompositeClass, ...] = ()
    nested: tuple[NestedClass, ...] = ()

    @property
    def wire(self) -> Wire:
        """What reads and writes it in either format."""
        return self.load_oid if self.codec is None else self.codec


def prefer_binary(columns: Sequence[PyType]) -> bool:
    """Tell whether a result of *columns* should come in binary: a result has one format."""
    return any(column.better_in_binary for column in columns) and all(column.binary for column in columns)
