"""The codecs and classes that generated modules would have, made at run time."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from plainsql.execute import wire
from plainsql.query.annotations import Annotation
from plainsql.typemap import CompositeClass, Made, Name, PyType, Wire


def made(described: Wire, python: PyType) -> Any:
    """
    Return what generated code would name to read or write a type.

    Args:
        described: Of *python*.
        python: The type.
    """
    return _codec(described, {composite.name: _class(composite) for composite in python.classes}, python.imports)


def typed(kind: Any, annotation: Annotation) -> wire.Typed:
    """Return what reads and writes *kind* as the type that a query names."""
    python = _evaluated(ast.parse(str(annotation), mode="eval").body)
    return wire.Typed(kind, lambda: python)


def _evaluated(node: ast.expr) -> Any:
    """Return the type of an annotation that was read already: nothing else than names, choices and what is inside."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _evaluated(left) | _evaluated(right)
        case ast.Subscript(value=value, slice=inside):
            items = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            found = tuple(_evaluated(item) for item in items)
            return _evaluated(value)[found if len(found) > 1 else found[0]]
        case ast.Attribute():
            return _at(ast.unparse(node))
        case ast.Name(id=name):
            return getattr(builtins, name)
        case _:
            return ast.literal_eval(node)


def _at(dotted: str) -> Any:
    """Return what a dotted name means: a class may stand in a class."""
    module, _, name = dotted.rpartition(".")
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        if error.name is None or "." not in module or not f"{module}.".startswith(f"{error.name}."):
            raise
        return getattr(_at(module), name)


def _codec(described: Wire, classes: Mapping[str, type], imports: Sequence[str]) -> Any:
    if isinstance(described, Name):
        return classes[described.text] if described.text in classes else _imported(described.text, imports)
    if not isinstance(described, Made):
        return described
    found = getattr(wire, described.codec)
    if described.codec.isupper():
        return found
    options = {"delimiter": described.delimiter} if described.delimiter != "," else {}
    return found(*(_codec(part, classes, imports) for part in described.parts), **options)


def _imported(name: str, imports: Sequence[str]) -> Any:
    head, *attributes = name.split(".")
    lines = [line for line in imports if line.endswith(f" import {head}")]
    module = lines[0].removeprefix("from ").partition(" ")[0] if lines else "builtins"
    value = getattr(import_module(module), head)
    for attribute in attributes:
        value = getattr(value, attribute)
    return value


@cache
def _class(composite: CompositeClass) -> type:
    """Return the one class of a composite type, so that what one query returns another takes."""
    classes = {nested.name: _class(nested) for nested in composite.classes}
    kinds = [_codec(described, classes, composite.imports) for described in composite.wires]
    options = {"oid": composite.oid} if composite.oid else {}
    return msgspec.defstruct(
        composite.name,
        [(name, Any) for name, _ in composite.fields],
        namespace={"__wire__": wire.Members(composite.pg_name, *kinds, **options)},
        frozen=True,
        gc=False,
    )
