"""
What a value is made of: elements of arrays, members of rows, and both of them inside of JSON.

A JSON value is told by what it was made from: ``to_jsonb(5)`` has the shape of an integer. So one tree tells of both,
and whoever reads it knows by the type of the whole whether it is JSON all the way down.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

from plainsql.typemap.builtin import AS_TEXT, TYPED

UNKNOWN, OF_TYPE = 0, -1
"""In place of a type: it may be anything; it is what the type that it is inside of says."""

JSON, JSONB, RECORD, TEXT = 114, 3802, 2249, 25


@dataclass(frozen=True, slots=True)
class Shape:
    """
    A value.

    Attributes:
        type: OID of its type, or of what it was before it became JSON.
        nullable: It may be NULL; inside of JSON, null.
        inside: What it is made of, where more is known of it than its type tells.
        may_lack_nulls: Members that are null may be left out, in whatever it is made of too (json_strip_nulls).
    """

    type: int
    nullable: bool = False
    inside: Inside | None = None
    may_lack_nulls: bool = False


@dataclass(frozen=True, slots=True)
class Elements:
    """A list, of an array or in JSON; *shape* is that of each element, None if there never is one."""

    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Items:
    """A list in JSON of always as many elements, each with a shape of its own."""

    shapes: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Entries:
    """An object in JSON with any keys; *shape* is that of each value, None if there never is one."""

    shape: Shape | None


@dataclass(frozen=True, slots=True)
class Members:
    """
    A row, or an object in JSON.

    Attributes:
        names: In the order of *shapes*; None where the type of the row has them.
        shapes: Of the members.
        types: OIDs of the members' own types, in a row without one; what became JSON has the shape of another.
    """

    names: tuple[str, ...] | None
    shapes: tuple[Shape, ...]
    types: tuple[int, ...] | None = None


Inside: TypeAlias = "Elements | Items | Entries | Members"


def is_json(type: int) -> bool:
    """Return whether a type is json or jsonb."""
    return type in (JSON, JSONB)


def is_scalar(type: int) -> bool:
    """Return whether values of a type are made of nothing: of the built-in ones that are no arrays, rows or JSON."""
    return (type in TYPED or type in AS_TEXT) and not is_json(type)


def has_full_elements(array: Shape | None) -> bool:
    """Return whether an array has no NULL in it, that of arrays included; what is always NULL has none."""
    if array is None:
        return True
    if not isinstance(array.inside, Elements):
        return False
    element = array.inside.shape
    if element is None:
        return True
    is_one = element.type == OF_TYPE or is_scalar(element.type) or isinstance(element.inside, Members)
    return is_one and not element.nullable


def either(left: Shape | None, right: Shape | None) -> Shape | None:
    """Return the shape of a value that has one of two; None, of what never is a value, leaves the other."""
    if left is None or right is None or left == right:
        return right if left is None else left
    inside = _either_inside(left.inside, right.inside)
    same = left.type == right.type or (is_json(left.type) and is_json(right.type))
    return Shape(
        left.type if same else UNKNOWN,
        left.nullable or right.nullable,
        inside,
        left.may_lack_nulls or right.may_lack_nulls or _is_no_object(left) != _is_no_object(right),
    )


def of_all(shapes: Iterable[Shape | None]) -> Shape | None:
    """Return the shape that each of *shapes* is one of."""
    return reduce(either, shapes, None)


def _is_no_object(shape: Shape) -> bool:
    return shape.inside == Entries(None)


def _either_inside(left: Inside | None, right: Inside | None) -> Inside | None:
    match left, right:
        case Items(many), Items(others) if len(many) == len(others):
            return Items(tuple(_both(mine, other) for mine, other in zip(many, others, strict=True)))
        case ((Elements() | Items()), (Elements() | Items())):
            return Elements(either(elements_of(left), elements_of(right)))
        case Entries(value), Entries(other):
            return Entries(either(value, other))
        case Members(), Members() if _are_same(left, right):
            matching = zip(left.shapes, _in_order(right, left.names), strict=True)
            types = left.types if left.names == right.names and left.types == right.types else None
            return Members(left.names, tuple(_both(mine, other) for mine, other in matching), types)
        case (Members(names, shapes), Entries(None)) | (Entries(None), Members(names, shapes)):
            return Members(names, tuple(replace(shape, nullable=True) for shape in shapes))
        case _:
            return None


def _in_order(members: Members, names: tuple[str, ...] | None) -> tuple[Shape, ...]:
    if names is None or members.names is None:
        return members.shapes
    found = dict(zip(members.names, members.shapes, strict=True))
    return tuple(found[name] for name in names)


def _are_same(left: Members, right: Members) -> bool:
    if left.names is None or right.names is None:
        return left.names is right.names and len(left.shapes) == len(right.shapes)
    return sorted(left.names) == sorted(right.names)


def _both(left: Shape, right: Shape) -> Shape:
    found = either(left, right)
    assert found is not None
    return found


def elements_of(inside: Inside | None) -> Shape | None:
    """Return the shape that each element of a list has, None if there never is one."""
    match inside:
        case Elements(shape):
            return shape
        case Items(shapes):
            return of_all(shapes)
        case _:
            return Shape(UNKNOWN, nullable=True)


def concatenated(left: Shape | None, right: Shape | None) -> Shape | None:
    """Return the shape of ``left || right`` of jsonb: members of the right one win."""
    if left is None or right is None:
        return None
    match left.inside, right.inside:
        case Items(many), Items(others):
            inside: Inside | None = Items((*many, *others))
        case ((Elements() | Items()), (Elements() | Items())):
            inside = Elements(either(elements_of(left.inside), elements_of(right.inside)))
            if left.type == right.type:  # arrays of one type, whose elements are of the type that it says
                return replace(left, inside=inside, may_lack_nulls=left.may_lack_nulls or right.may_lack_nulls)
        case Members(names, shapes), Members(others, other_shapes) if names is not None and others is not None:
            if left.may_lack_nulls or right.may_lack_nulls:
                return Shape(JSONB)
            merged = dict(zip(names, shapes, strict=True)) | dict(zip(others, other_shapes, strict=True))
            inside = Members(tuple(merged), tuple(merged.values()))
        case _, Entries(None):
            return left if isinstance(left.inside, Members) else Shape(JSONB)
        case Entries(None), _:
            return right if isinstance(right.inside, Members) else Shape(JSONB)
        case _:
            return Shape(JSONB)
    return Shape(JSONB, inside=inside, may_lack_nulls=left.may_lack_nulls or right.may_lack_nulls)


def without(shape: Shape | None, keys: Collection[str]) -> Shape | None:
    """Return the shape of jsonb from which *keys* are taken away: ``shape - key``, ``shape - ARRAY[key, …]``."""
    if shape is None:
        return None
    if not isinstance(shape.inside, Members) or shape.inside.names is None:
        return Shape(JSONB)
    kept = [pair for pair in zip(shape.inside.names, shape.inside.shapes, strict=True) if pair[0] not in keys]
    inside = Members(tuple(name for name, _ in kept), tuple(member for _, member in kept))
    return replace(shape, type=JSONB, inside=inside)
