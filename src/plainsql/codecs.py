"""The codecs and classes that generated modules would have, made at run time."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import Any, Protocol

import msgspec

from plainsql.execute import wire
from plainsql.query.annotations import Annotation
from plainsql.typemap import CompositeClass, Lazy, Made, Name, NestedClass, PyType, Wire
from plainsql.typemap.builtin import RECORD
from plainsql.typemap.python import or_none


class _Needs(Protocol):
    """Whatever says which imports and aliases its annotations and codecs need."""

    @property
    def imports(self) -> tuple[str, ...]: ...
    @property
    def aliases(self) -> tuple[tuple[str, str], ...]: ...


def made(described: Wire, python: PyType) -> Any:
    """
    Return what generated code would name to read or write a type.

    Args:
        described: Of *python*.
        python: The type.
    """
    return _codec(described, _classes(python.classes, python.nested), python)


def typed(kind: Any, annotation: Annotation, json_column: str = "") -> wire.Typed:
    """Return what reads and writes *kind* as the type that a query names, or that its column has by the settings."""
    python = _evaluated(str(annotation), {})
    if json_column:
        return wire.Declared(kind, lambda: python, ignores=json_column == "ignore")
    return wire.Typed(kind, lambda: python)


def _evaluated(annotation: str, names: Mapping[str, Any]) -> Any:
    """Return the type of an annotation; *names* are those that its module would have."""
    return _type_of(ast.parse(annotation, mode="eval").body, names)


def _type_of(node: ast.expr, names: Mapping[str, Any]) -> Any:
    """Return the type of an annotation that was read already: nothing else than names, choices and what is inside."""
    match node:
        case ast.BinOp(left=left, right=right):
            return _type_of(left, names) | _type_of(right, names)
        case ast.Subscript(value=value, slice=inside):
            items = inside.elts if isinstance(inside, ast.Tuple) else [inside]
            found = tuple(_type_of(item, names) for item in items)
            return _type_of(value, names)[found if len(found) > 1 else found[0]]
        case ast.Attribute(value=ast.Name(id=module), attr=name) if module in names:
            return getattr(names[module], name)
        case ast.Attribute():
            return _at(ast.unparse(node))
        case ast.Name(id=name):
            return names[name] if name in names else getattr(builtins, name)
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


def _codec(described: Wire, classes: Mapping[str, type], needs: _Needs) -> Any:
    if isinstance(described, Name):
        return classes[described.text] if described.text in classes else _imported(described.text, needs.imports)
    if isinstance(described, Lazy):
        python = _evaluated(described.annotation, {**_module(needs), **classes})
        return lambda: python
    if not isinstance(described, Made):
        return described
    found = getattr(wire, described.codec)
    if described.codec.isupper():
        return found
    options = {"delimiter": described.delimiter} if described.delimiter != "," else {}
    return found(*(_codec(part, classes, needs) for part in described.parts), **options)


def _module(needs: _Needs) -> dict[str, Any]:
    """Return what a module would have under the names that its imports and aliases give."""
    found: dict[str, Any] = {}
    for line in needs.imports:
        source, _, names = line.partition(" import ")
        if names:
            module = import_module(source.removeprefix("from "))
            found |= {name: getattr(module, name) for name in names.split(", ")}
        else:
            source, _, name = source.removeprefix("import ").partition(" as ")
            found[name or source] = import_module(source)
    for alias, annotation in needs.aliases:
        found[alias] = _evaluated(annotation, found)
    return found


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
    kinds = [_codec(described, classes, composite) for described in composite.wires]
    options = {"oid": composite.oid} if composite.oid else {}
    return msgspec.defstruct(
        composite.name,
        [(name, Any) for name, _ in composite.fields],
        namespace={"__wire__": wire.Members(composite.pg_name, *kinds, **options)},
        frozen=True,
        gc=False,
    )


@cache
def _classes(composites: tuple[CompositeClass, ...], nested: tuple[NestedClass, ...]) -> Mapping[str, type]:
    """Return the classes of a column by name: of composite types, and of what the column itself is made of."""
    found = {composite.name: _class(composite) for composite in composites}
    for each in nested:  # after those that it is made of
        found[each.name] = _nested_class(each, found)
    return found


def _nested_class(nested: NestedClass, classes: Mapping[str, type]) -> type:
    if nested.base is not None:
        return msgspec.defstruct(nested.name, (), bases=(_class(nested.base),), frozen=True, gc=False)
    if nested.is_row:
        kinds = [_codec(described, classes, nested) for described in nested.wires]
        namespace = {"__wire__": wire.Members("record", *kinds, oid=RECORD)}
        fields: list[Any] = [(field.name, Any) for field in nested.fields]
        return msgspec.defstruct(nested.name, fields, namespace=namespace, frozen=True, gc=False)
    names = {**_module(nested), **classes}
    fields = [
        (field.name, _evaluated(or_none(field.annotation) if field.nullable else field.annotation, names))
        + ((None,) if field.may_lack else ())
        for field in nested.fields
    ]
    rename = {field.name: field.key for field in nested.fields if field.key != field.name}
    return msgspec.defstruct(nested.name, fields, rename=rename or None, frozen=True, gc=False, kw_only=True)
