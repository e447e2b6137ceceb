"""Does a value hold what its structure says: no NULL, no member, no list of a length that it rules out?"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from plainsql.describe.types import base_type
from plainsql.typemap import PgType, Structure
from plainsql.typemap.structure import DictOf, ListOf, Record, TupleOf
from tests.soundness import texts

_JSON, _VECTORS = (114, 3802), (22, 30)
_NUMBERS = frozenset({20, 21, 23, 700, 701, 1700})
_NO_NUMBERS = frozenset({"NaN", "Infinity", "-Infinity"})
"""Numbers that JSON has as strings."""


class MisfitError(Exception):
    """A value that its structure doesn't allow."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A value, or part of one, that *structure* allowed; *path* is where it is: ``[].id``."""

    path: str
    structure: Structure
    is_null: bool


def visits(type: PgType, structure: Structure, text: str) -> Iterator[Visit]:
    """
    Yield every element and member of a value of *type* that *structure* says something of.

    Raises:
        MisfitError: It holds something else.
    """
    return _in_value(type, structure, text, "")


def _in_value(type: PgType | None, structure: Structure, text: Any, path: str) -> Iterator[Visit]:
    base = base_type(type) if type is not None else None
    if base is not None and base.oid in _JSON:
        yield from _in_json(structure, json.loads(text), path)
        return
    match structure.inside:
        case None:
            pass
        case ListOf(element) if base is not None and base.kind == "array":
            yield from _elements(base.element, element, texts.array(text, base.element.delimiter), path)  # type: ignore[union-attr]  # arrays have one
        case Record(fields=fields):
            members = texts.row(text)
            if not members and len(fields) == 1:  # a member that is NULL is written like none
                members = [None]
            if len(members) != len(fields):
                raise MisfitError(f"{path or 'the row'} has {len(members)} members, {len(fields)} declared: {text}")
            for field, member in zip(fields, members, strict=True):
                yield from _member(field.type, field.value, member, f"{path}.{field.name}", text)
        case _:
            raise MisfitError(f"{path or 'the value'} is no {structure.inside}: {text}")


def _elements(type: PgType | None, element: Structure | None, found: texts.Items, path: str) -> Iterator[Visit]:
    """Arrays of more dimensions are no values of the annotation; what is promised of elements holds all the same."""
    for one in found:
        if element is None:
            raise MisfitError(f"{path}[] is declared to be none, found {one!r}")
        if isinstance(element.inside, ListOf) and isinstance(one, list) and _is_array(element.type):
            yield from _elements(type, element.inside.element, one, f"{path}[]")
        elif isinstance(one, list):
            yield from _elements(type, element, one, path)
        else:
            yield from _member(type, element, one, f"{path}[]", found)


def _member(type: PgType | None, structure: Structure, value: Any, path: str, around: object) -> Iterator[Visit]:
    if value is None and not structure.nullable:
        raise MisfitError(f"{path} is declared non-null and was NULL in {around!r}")
    yield Visit(path, structure, value is None)
    if value is not None:
        yield from _in_value(type, structure, value, path)


def _in_json(structure: Structure, value: Any, path: str) -> Iterator[Visit]:
    type = base_type(structure.type) if structure.type is not None else None
    match structure.inside:
        case ListOf(element):
            _want(value, list, path)
            for one in value:
                if element is None:
                    raise MisfitError(f"{path}[] is declared to be none, found {one!r}")
                yield from _json_element(element, one, f"{path}[]", value, of_array=_is_array(type))
        case TupleOf(items):
            _want(value, list, path)
            if len(value) != len(items):
                raise MisfitError(f"{path} has {len(value)} items, {len(items)} declared: {value!r}")
            for at, (item, one) in enumerate(zip(items, value, strict=True)):
                yield from _json_element(item, one, f"{path}[{at}]", value)
        case DictOf(found):
            _want(value, dict, path)
            for key, one in value.items():
                if found is None:
                    raise MisfitError(f"{path} is declared to be empty, found {key!r}")
                yield from _json_element(found, one, f"{path}{{}}", value)
        case Record(fields=fields):
            _want(value, dict, path)
            if unknown := value.keys() - {field.name for field in fields}:
                raise MisfitError(f"{path} has members that nobody declared: {sorted(unknown)} in {value!r}")
            for field in fields:
                if field.name in value:
                    yield from _json_element(field.value, value[field.name], f"{path}.{field.name}", value)
                elif not field.may_lack:
                    raise MisfitError(f"{path}.{field.name} is missing in {value!r}")
        case None:
            _fits_type(type, value, path)


def _json_element(
    structure: Structure, value: Any, path: str, around: object, *, of_array: bool = False
) -> Iterator[Visit]:
    if structure.type is None and structure.inside is None:  # anything, null among it
        return
    if of_array and isinstance(value, list) and not isinstance(structure.inside, ListOf | TupleOf):
        for one in value:  # of an array of more dimensions
            yield from _json_element(structure, one, path, around, of_array=True)
        return
    if value is None and not structure.nullable:
        raise MisfitError(f"{path} is declared non-null and was null in {around!r}")
    yield Visit(path, structure, value is None)
    if value is not None:
        yield from _in_json(structure, value, path)


def _is_array(type: PgType | None) -> bool:
    return type is not None and type.kind == "array"


def _want(value: object, kind: type, path: str) -> None:
    if not isinstance(value, kind):
        raise MisfitError(f"{path or 'the value'} is declared a {kind.__name__}, found {value!r}")


def _fits_type(type: PgType | None, value: object, path: str) -> None:
    if type is None or type.oid in (*_JSON, *_VECTORS) or type.kind in ("composite", "pseudo"):
        return
    if type.oid in _NUMBERS:
        fits = (isinstance(value, int | float) and not isinstance(value, bool)) or (
            isinstance(value, str) and value in _NO_NUMBERS
        )
    elif type.oid == 16:
        fits = isinstance(value, bool)
    elif type.kind == "array":
        fits = isinstance(value, list)
    else:
        fits = isinstance(value, str)
    if not fits:
        raise MisfitError(f"{path or 'the value'} is declared {type.name}, found {value!r}")
