"""The codecs and classes that generated modules would have, made at run time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any

import msgspec

from plainsql.execute import wire
from plainsql.typemap import CompositeClass, Made, Name, PyType, Wire


def made(described: Wire, python: PyType) -> Any:
    """
    Return what generated code would name to read or write a type.

    Args:
        described: Of *python*.
        python: The type.
    """
    return _codec(described, {composite.name: _class(composite) for composite in python.classes}, python.imports)


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
