"""From what a column is made of to its Python annotation, the classes in it, and what reads it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from plainsql.typemap.builtin import RECORD
from plainsql.typemap.composites import defined
from plainsql.typemap.json_types import ANY, JSON, json_scalar
from plainsql.typemap.model import CompositeClass, NestedClass, NestedField, PgType, PyType
from plainsql.typemap.names import field_names
from plainsql.typemap.python import inside, or_none, python_type
from plainsql.typemap.structure import DictOf, ListOf, Record, Structure, TupleOf
from plainsql.typemap.wire import Lazy, Made, Name

UNTYPED: Final = 705
"""unknown: a literal in a row that nobody gave a type."""


def structured_type(type: PgType, structure: Structure | None) -> PyType:
    """
    Return how *type* looks in Python where a value of it has *structure*.

    Args:
        type: Of a column, domains left out.
        structure: What is known beyond it.
    """
    if structure is None or type.custom is not None:
        return python_type(type)
    if type.oid in JSON:
        return _of_json(type, structure)
    match type, structure.inside:
        case PgType(kind="array", element=PgType() as element), ListOf(Structure() as found):
            return _of_array(type, element, found)
        case PgType(kind="composite"), Record() as record:
            return _of_composite(type, record)
        case PgType(oid=oid), Record() as record if oid == RECORD:
            return _of_record(type, record)
    return python_type(type)


def json_annotation(structure: Structure) -> str:
    """Return how a value with *structure* looks in Python when it is read from JSON, without ``| None``."""
    return _json(structure).text


@dataclass(frozen=True, slots=True)
class _Spelled:
    """An annotation and what it needs."""

    text: str
    imports: tuple[str, ...] = ()
    aliases: tuple[tuple[str, str], ...] = ()
    nested: tuple[NestedClass, ...] = ()


def _of_json(type: PgType, structure: Structure) -> PyType:
    found = _json(structure)
    if found.text == ANY:
        return python_type(type)
    wire = Made("Nested", (type.oid, Lazy(found.text)))
    return replace(
        python_type(type),
        result=found.text,
        imports=found.imports,
        aliases=found.aliases,
        load_oid=wire,
        codec=wire,
        nested=found.nested,
    )


def _json(structure: Structure | None) -> _Spelled:
    match structure:
        case None:
            return _Spelled(ANY, *_NEEDS_ANY)
        case Structure(inside=ListOf(element)):
            return _around("list[{}]", [element])
        case Structure(inside=TupleOf(items)):
            return _around(f"tuple[{', '.join(['{}'] * len(items))}]", items)
        case Structure(inside=DictOf(value)):
            return _around("dict[str, {}]", [value])
        case Structure(inside=Record() as record):
            return _json_object(record)
    return _Spelled(*json_scalar(structure.type))


_NEEDS_ANY: Final = (("from typing import Any",),)


def _around(form: str, parts: Iterable[Structure | None]) -> _Spelled:
    given = list(parts)
    found = [_json(part) for part in given]
    texts = [_maybe(part, spelling.text) for part, spelling in zip(given, found, strict=True)]
    return _gathered(form.format(*texts), found)


def _json_object(record: Record) -> _Spelled:
    found = [_json(field.value) for field in record.fields]
    hiding = {name for part in found for name, _ in part.aliases} | {
        nested.name for part in found for nested in part.nested
    }
    names = field_names([field.name for field in record.fields], hiding)
    fields = tuple(
        NestedField(name, field.name, spelling.text, field.value.nullable, field.may_lack)
        for name, field, spelling in zip(names, record.fields, found, strict=True)
    )
    needs = _gathered(record.name, found)
    own = NestedClass(record.name, record.path, fields, needs.imports, needs.aliases)
    return _Spelled(record.name, (), (), (*needs.nested, own))


def _of_array(type: PgType, element: PgType, structure: Structure) -> PyType:
    if structure.type is not None and structure.type.oid == type.oid:  # of one more dimension: the type is the same
        inner = structured_type(type, structure)
        return replace(inner, result=f"list[{_maybe(structure, inner.result)}]")
    found, inner = python_type(type), structured_type(element, structure)
    result = f"list[{_maybe(structure, inner.result)}]"
    if inner.wire == python_type(element).wire:
        return replace(found, result=result)
    wire = Made("Array", (inner.wire,), element.delimiter)
    imports = (*inner.imports, *found.imports)
    return replace(
        found,
        result=result,
        imports=tuple(dict.fromkeys(imports)),
        aliases=inner.aliases,
        load_oid=wire,
        codec=wire,
        better_in_binary=inner.better_in_binary,
        binary=inner.binary,
        classes=inner.classes,
        nested=inner.nested,
    )


def _of_composite(type: PgType, record: Record) -> PyType:
    """A class of the composite type's own class, for members that can't be NULL here."""
    found = python_type(type)
    base: CompositeClass = found.classes[-1]
    if len(record.fields) != len(base.fields) or all(field.value.nullable for field in record.fields):
        return found
    fields = tuple(
        NestedField(name, name, annotation, nullable=False)
        for (name, annotation), field in zip(base.fields, record.fields, strict=True)
        if not field.value.nullable and annotation != ANY
    )
    own = NestedClass(record.name, record.path, fields, base.imports, base.aliases, base=base)
    return replace(found, result=own.name, load_oid=Name(own.name), nested=(own,)) if fields else found


def _of_record(type: PgType, record: Record) -> PyType:
    """A class for a row without a type: its members' types are known all the same."""
    types = [field.type for field in record.fields]
    if any(member is None or member.oid == UNTYPED or not python_type(member).known for member in types):
        return python_type(type)
    found = [
        (member, structured_type(member, field.value))
        for member, field in zip(types, record.fields, strict=True)
        if member is not None
    ]
    names = field_names([field.name for field in record.fields], defined(python for _, python in found))
    classes = tuple(dict.fromkeys(nested for _, python in found for nested in python.classes))
    own = NestedClass(
        record.name,
        record.path,
        tuple(
            NestedField(name, name, python.result, field.value.nullable)
            for name, field, (_, python) in zip(names, record.fields, found, strict=True)
        ),
        tuple(dict.fromkeys(line for _, python in found for line in python.imports)),
        tuple(dict.fromkeys(alias for _, python in found for alias in python.aliases)),
        wires=tuple(python.wire if python.nested else inside(member) for member, python in found),
        is_row=True,
        composites=classes,
    )
    return replace(
        python_type(type),
        result=own.name,
        load_oid=Name(own.name),
        binary=all(python.binary for _, python in found),
        better_in_binary=True,
        classes=classes,
        nested=(*dict.fromkeys(nested for _, python in found for nested in python.nested), own),
    )


def _maybe(structure: Structure | None, text: str) -> str:
    return or_none(text) if structure is not None and structure.nullable else text


def _gathered(text: str, parts: Iterable[_Spelled]) -> _Spelled:
    given = list(parts)
    return _Spelled(
        text,
        tuple(dict.fromkeys(line for part in given for line in part.imports)),
        tuple(dict.fromkeys(alias for part in given for alias in part.aliases)),
        tuple(dict.fromkeys(nested for part in given for nested in part.nested)),
    )
