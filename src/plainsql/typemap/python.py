"""From a PostgreSQL type to its Python annotation and what reads and writes it."""

from __future__ import annotations

import json
from dataclasses import replace

from plainsql.custom_types import CustomType
from plainsql.typemap.builtin import (
    ARRAY_OF,
    AS_TEXT,
    BINARY_IS_TEXT,
    EXTENSIONS,
    FIRST_USER_OID,
    RECORD,
    TEXT,
    TEXT_ONLY,
    TYPED,
)
from plainsql.typemap.composites import composite
from plainsql.typemap.model import PgType, PyType
from plainsql.typemap.names import alias_name
from plainsql.typemap.wire import Made, Name, Wire

_SEQUENCE = "from collections.abc import Sequence"
_LITERAL = "from typing import Literal"
_RANGES = {
    "range": ("Range", "from psycopg.types.range import Range"),
    "multirange": ("Multirange", "from psycopg.types.multirange import Multirange"),
}


def python_type(type: PgType) -> PyType:
    """
    Return how *type* looks in Python.

    Elements of arrays, bounds of ranges and members of composite types may be None because PostgreSQL can't promise
    otherwise; arrays of more than one dimension come back as nested lists, which no annotation can tell from the type.
    An unknown type is text, with ``known=False``.
    """
    if type.custom is not None:
        return _custom(type, type.custom)
    if type.oid in TYPED:
        builtin = TYPED[type.oid]
        return PyType(builtin.parameter, builtin.result, builtin.imports, (), type.oid, type.oid, type.oid)
    if type.oid in AS_TEXT:
        return _as_text(type)
    if type.oid == RECORD:
        return PyType("tuple[str | None, ...]", "tuple[str | None, ...]", (), (), TEXT, RECORD, RECORD, binary=False)
    match type:
        case PgType(kind="domain", base=PgType() as base):
            return _domain(type, base)
        case PgType(kind="enum", labels=labels) if labels:
            return _enum(type)
        case PgType(kind="array", element=PgType() as element):
            return _array(type, element)
        case PgType(kind="range" | "multirange", subtype=PgType() as subtype):
            return _range(type, subtype)
        case PgType(kind="composite"):
            return composite(type, [(name, python_type(member), inside(member)) for name, member in type.members])
        case PgType(kind="base") if type.typname in EXTENSIONS:
            return _of_extension(type)
    return PyType("str", "str", (), (), TEXT, _bind(type), TEXT, known=False, codec=Made("AsText", (0,)), binary=False)


def inside(type: PgType) -> Wire:
    """Return what reads and writes *type* inside of another type: binary data says there that a domain is one."""
    wire = python_type(type).wire
    return Made("Domain", (wire,)) if type.kind == "domain" else wire


def _bind(type: PgType) -> int:
    return type.oid if type.oid < FIRST_USER_OID else 0


def _as_text(type: PgType) -> PyType:
    codec = TEXT if type.oid in BINARY_IS_TEXT else Made("AsText", (type.oid,))
    return PyType("str", "str", (), (), TEXT, type.oid, TEXT, codec=codec, binary=type.oid not in TEXT_ONLY)


def _of_extension(type: PgType) -> PyType:
    found = EXTENSIONS[type.typname]
    codec = Made(found.codec, found.parts) if found.codec else TEXT
    plain = codec if found.result != "str" else TEXT
    return PyType(found.parameter, found.result, found.imports, (), plain, 0, plain, codec=codec, binary=found.binary)


def _domain(type: PgType, base: PgType) -> PyType:
    found = replace(python_type(base), bind_oid=_bind(type))
    if type.schema == "information_schema":
        return found
    name = alias_name(type.name, "Domain")
    return replace(
        found,
        parameter=name if found.parameter == found.result else found.parameter,
        result=name,
        aliases=(*found.aliases, (name, found.result)),
    )


def _enum(type: PgType) -> PyType:
    name = alias_name(type.name)
    literal = f"Literal[{', '.join(_quoted(label) for label in type.labels)}]"
    return PyType(name, name, (_LITERAL,), ((name, literal),), TEXT, _bind(type), TEXT)


def _quoted(label: str) -> str:
    return json.dumps(label, ensure_ascii=False) if label.isprintable() else repr(label)


def _array(type: PgType, element: PgType) -> PyType:
    inner = python_type(element)
    codec = Made("Array", (inside(element),), element.delimiter)
    plain = _plain_array(type, element, inner)
    return PyType(
        parameter=f"Sequence[{or_none(inner.parameter)}]",
        result=f"list[{or_none(inner.result)}]",
        imports=tuple(dict.fromkeys((_SEQUENCE, *inner.imports))),
        aliases=inner.aliases,
        dump_oid=codec if plain is None else plain,
        bind_oid=_bind(type),
        load_oid=codec if plain is None else plain,
        known=inner.known,
        codec=type.oid if plain == type.oid and inner.wire == element.oid else codec,
        binary=inner.binary,
        better_in_binary=inner.better_in_binary,
        classes=inner.classes,
    )


def _plain_array(type: PgType, element: PgType, inner: PyType) -> int | None:
    """Return the built-in array whose text psycopg reads and writes like that of *type*, None when there is none."""
    base = element
    while base.kind == "domain" and base.base is not None and base.custom is None:
        base = base.base
    # A domain over an array nests in a way that psycopg doesn't know; boxes are parted by semicolons.
    if base.kind == "array" or element.delimiter != "," or inner.dump_oid != inner.load_oid:
        return None
    if inner.load_oid == element.oid and type.oid < FIRST_USER_OID:
        return type.oid
    return ARRAY_OF.get(inner.load_oid) if isinstance(inner.load_oid, int) else None


def _range(type: PgType, subtype: PgType) -> PyType:
    bound = python_type(subtype)
    name, line = _RANGES[type.kind]
    built_in = type.oid < FIRST_USER_OID and bound.wire == subtype.oid
    wire: Wire = type.oid if built_in else Made(name, (inside(subtype),))
    return PyType(
        parameter=f"{name}[{bound.result}]",
        result=f"{name}[{bound.result}]",
        imports=tuple(dict.fromkeys((line, *bound.imports))),
        aliases=bound.aliases,
        dump_oid=wire,
        bind_oid=_bind(type),
        load_oid=wire,
        known=bound.known,
        binary=bound.binary,
        better_in_binary=bound.better_in_binary,
        classes=bound.classes,
    )


def _custom(type: PgType, custom: CustomType) -> PyType:
    annotation = custom.python.name
    base = type
    while base.kind == "domain" and base.base is not None:
        base = base.base
    if custom.load is None or custom.dump is None:
        return PyType(
            annotation,
            annotation,
            custom.python.imports,
            (),
            TEXT,
            _bind(type),
            TEXT,
            codec=Made("AsText", (_bind(base),)),
            binary=False,
        )
    parts: list[Wire] = [Name(custom.python.name), Name(custom.load.name), Name(custom.dump.name)]
    codec = Made("Custom", (*parts, _bind(base)) if _bind(base) else tuple(parts))
    imports = (*custom.python.imports, *custom.load.imports, *custom.dump.imports)
    return PyType(annotation, annotation, imports, (), codec, _bind(type), codec, binary=False)


def or_none(annotation: str) -> str:
    """Return the annotation of what may also be None."""
    return annotation if annotation == "Any" else f"{annotation} | None"
