"""From a PostgreSQL type to its Python annotation and the OIDs it travels with."""

from __future__ import annotations

import json
import keyword
import re
from dataclasses import replace

from plainsql.typemap.builtin import AS_TEXT, FIRST_USER_OID, TEXT, TEXT_ARRAY, TEXT_EXTENSIONS, TYPED
from plainsql.typemap.model import PgType, PyType

_BOX = 603
_SEQUENCE = "from collections.abc import Sequence"
_TAKEN = frozenset(
    {
        "Any",
        "Conn",
        "Decimal",
        "False",
        "IPv4Address",
        "IPv4Interface",
        "IPv4Network",
        "IPv6Address",
        "IPv6Interface",
        "IPv6Network",
        "Iterable",
        "Literal",
        "Mapping",
        "None",
        "Page",
        "Sequence",
        "Statement",
        "Struct",
        "True",
        "TypeAlias",
        "TypedDict",
        "UUID",
        "UnsetType",
    }
)


def python_type(type: PgType) -> PyType:
    """
    Return how *type* looks in Python.

    Arrays hold ``| None`` elements because PostgreSQL can't promise otherwise; arrays of more than one dimension come
    back as nested lists, which no annotation can tell from the type. For the same reason a JSON list inside a
    ``jsonb[]`` argument is written ``Jsonb([...])``. An unknown type is text, with ``known=False``.
    """
    if type.oid in TYPED:
        builtin = TYPED[type.oid]
        return PyType(builtin.parameter, builtin.result, builtin.imports, (), type.oid, type.oid, type.oid)
    if type.oid in AS_TEXT:
        return _text(type)
    if type.kind == "domain" and type.base is not None:
        return _of_the_database(python_type(type.base), type)
    if type.kind == "enum" and type.labels:
        return _enum(type)
    if type.kind == "array" and type.element is not None:
        return _array(type, type.element)
    return _text(type, known=type.typname in TEXT_EXTENSIONS)


def _bind(type: PgType) -> int:
    return type.oid if type.oid < FIRST_USER_OID else 0


def _text(type: PgType, *, known: bool = True) -> PyType:
    return PyType("str", "str", (), (), TEXT, _bind(type), TEXT, known)


def _of_the_database(py: PyType, type: PgType) -> PyType:
    return replace(py, bind_oid=_bind(type))


def _enum(type: PgType) -> PyType:
    name = alias_name(type.name)
    literal = f"Literal[{', '.join(_quoted(label) for label in type.labels)}]"
    imports = ("from typing import Literal", "from typing import TypeAlias")
    return PyType(name, name, imports, ((name, literal),), TEXT, _bind(type), TEXT)


def _quoted(label: str) -> str:
    return json.dumps(label, ensure_ascii=False) if label.isprintable() else repr(label)


def _array(type: PgType, element: PgType) -> PyType:
    inner = python_type(element)
    innermost = _innermost(element)
    if innermost.oid == _BOX or innermost.kind == "array":
        # Boxes are separated by ';', and a domain over an array nests in a way that text arrays don't tell.
        return _text(type, known=False)
    loads_text = inner.load_oid == TEXT
    array_oid = TEXT_ARRAY if loads_text else _ARRAY_OF[inner.load_oid]
    return PyType(
        parameter=f"Sequence[{inner.parameter} | None]",
        result=f"list[{inner.result} | None]" if inner.result != "Any" else "list[Any]",
        imports=tuple(dict.fromkeys((_SEQUENCE, *inner.imports))),
        aliases=inner.aliases,
        dump_oid=array_oid,
        bind_oid=_bind(type),
        load_oid=array_oid,
        known=inner.known,
    )


def _innermost(type: PgType) -> PgType:
    while type.kind == "domain" and type.base is not None:
        type = type.base
    return type


_ARRAY_OF: dict[int, int] = {
    16: 1000,
    17: 1001,
    19: 1003,
    20: 1016,
    21: 1005,
    23: 1007,
    25: 1009,
    26: 1028,
    114: 199,
    650: 651,
    700: 1021,
    701: 1022,
    869: 1041,
    1043: 1015,
    1082: 1182,
    1083: 1183,
    1114: 1115,
    1184: 1185,
    1186: 1187,
    1266: 1270,
    1700: 1231,
    2950: 2951,
    3802: 3807,
}


def alias_name(type_name: str) -> str:
    """
    Return an enum's alias: ``order_status`` -> ``OrderStatus``, never a name that generated modules import.

    Two schemas may have a type of one name: outside of the search path the schema goes before, ``ShopOrderStatus``.
    """
    words = [word for word in re.split(r"[^0-9A-Za-z]+", type_name) if word]
    name = "".join(word[0].upper() + word[1:] for word in words) or "Enum"
    if name[0].isdigit() or name in _TAKEN or keyword.iskeyword(name):
        name = f"Enum{name}" if name[0].isdigit() else f"{name}Enum"
    return name
