"""Shapes of arrays: written out, made by functions, taken apart (manual, 8.15 and 9.19)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from plainsql.nullability.functions import ELEMENTS_NOT_NULL
from plainsql.nullability.keys import key_of
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context
from plainsql.nullability.shapes import OF_TYPE, UNKNOWN, Elements, Shape, either
from plainsql.nullability.types import type_of
from plainsql.typemap.builtin import ARRAY_OF

if TYPE_CHECKING:
    from plainsql.nullability.shaping import Shapes

_CAT, _APPEND, _PREPEND, _REMOVE, _REPLACE = 383, 378, 379, 3167, 3168
_OF_THE_SAME_ELEMENTS: Final = frozenset({6172, 6215, 6216, 6381, 6388, 6389, 6390})
"""trim_array, array_shuffle, array_sample, array_reverse, array_sort"""
ARRAY_FILL: Final = frozenset({1193, 1286})
"""It makes arrays of any dimensions, of one value."""
_BUILT_IN: Final = frozenset(ARRAY_OF.values())


def of_constant(const: Node) -> Shape:
    """Return the shape of a constant, of an array by its data."""
    type, data = const.number("consttype"), const.fields.get("constvalue")
    if type not in _BUILT_IN or not isinstance(data, bytes) or len(data) < 12:
        return Shape(type)
    # utils/array.h, ArrayType: length, dimensions, offset of the data (0: no NULLs); of any byte order.
    dimensions, has_nulls = sum(data[4:8]), any(data[8:12])
    inside = Elements(Shape(OF_TYPE, nullable=has_nulls) if dimensions else None)
    for _ in range(1, dimensions):
        inside = Elements(Shape(type, inside=inside))
    return Shape(type, inside=inside)


def written(array: Node, context: Context, shapes: Shapes) -> Shape:
    """Return the shape of ``ARRAY[…]``; of more than one dimension its elements are arrays themselves."""
    found: Shape | None = None
    for expr in array.nodes("elements"):
        element = shapes.of(expr, context)
        found = either(found, element if array.flag("multidims") else as_element(element))
    return Shape(array.number("array_typeid"), inside=Elements(found))


def as_element(shape: Shape) -> Shape:
    """Return the shape of a value that is an element of an array, as arrays of one type have it in common."""
    return shape if shape.inside is not None else Shape(OF_TYPE, shape.nullable)


def converted(cast: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of an array whose elements are cast one by one, NULL or not."""
    found, each = shapes.of_value(cast.node("arg"), context), cast.node("elemexpr")
    if found is None or found == Shape(UNKNOWN):
        return found
    generic = Shape(cast.number("resulttype"))
    if not isinstance(found.inside, Elements) or each is None:
        return generic
    element = found.inside.shape
    if element is None:
        return replace(generic, inside=found.inside)
    if element.type in (type_of(cast.node("arg")), UNKNOWN):  # arrays: what is cast is their elements (8.15.4)
        return Shape(UNKNOWN)
    stand_ins = frozenset(key_of(node, context, shapes.prover.facts) for node in each.walk() if _is_stand_in(node))
    is_kept = shapes.prover.expression_is_not_null(each, context.claiming(stand_ins))
    inside = element.inside if each.tag == "RELABELTYPE" or _is_stand_in(each) else None
    type = type_of(each) if element.type != OF_TYPE else OF_TYPE
    return replace(generic, inside=Elements(Shape(type, element.nullable or not is_kept, inside)))


def _is_stand_in(node: Node) -> bool:
    return node.tag == "CASETESTEXPR"


def subscripted(expr: Node, context: Context, shapes: Shapes) -> Shape | None:
    """A slice has the same elements; one subscript gets at one of them."""
    result = Shape(expr.number("refrestype"))
    if not expr.number("refelemtype") or expr.node("refassgnexpr") is not None:
        return result
    array = shapes.of_value(expr.node("refexpr"), context)
    if expr.items("reflowerindexpr"):
        return array
    element = array.inside.shape if array is not None and isinstance(array.inside, Elements) else None
    if element is None or element.type != result.type or len(expr.items("refupperindexpr")) != 1:
        return result
    return element


def of_call(function: int, call: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of what a function returns."""
    args, generic = call.nodes("args"), Shape(type_of(call))
    if call.flag("funcretset") or any(arg.tag == "NAMEDARGEXPR" for arg in args):
        return generic
    if function in ARRAY_FILL:
        is_flat = len(written_elements(args[1])) == 1
        filled = Elements(as_element(shapes.of(args[0], context)))
        return replace(generic, inside=filled) if is_flat else Shape(UNKNOWN)
    if function in ELEMENTS_NOT_NULL:
        return replace(generic, inside=Elements(Shape(OF_TYPE)))
    if function in _OF_THE_SAME_ELEMENTS:
        return shapes.of_value(args[0], context)
    if function == _CAT:
        return _joined(shapes.of_value(args[0], context), shapes.of_value(args[1], context))
    if function in (_APPEND, _PREPEND):
        array, element = args if function == _APPEND else reversed(args)
        one = replace(generic, inside=Elements(as_element(shapes.of(element, context))))
        return _joined(shapes.of_value(array, context), one)
    if function == _REMOVE:
        found = shapes.of_value(args[0], context)
        return _without_null(found) if _is_null(args[1]) else found
    if function == _REPLACE:
        found = shapes.of_value(args[0], context)
        found = _without_null(found) if _is_null(args[1]) else found
        return found and _joined(found, replace(found, inside=Elements(as_element(shapes.of(args[2], context)))))
    return generic


def _joined(left: Shape | None, right: Shape | None) -> Shape | None:
    found = either(left, right)
    if left is None or right is None or found is None:
        return found
    if isinstance(found.inside, Elements) and found.inside.shape and found.inside.shape.type == UNKNOWN:
        return Shape(UNKNOWN)  # of one dimension and of two
    return found


def _without_null(found: Shape | None) -> Shape | None:
    if found is None or found == Shape(UNKNOWN):
        return found
    if not isinstance(found.inside, Elements):
        return replace(found, inside=Elements(Shape(OF_TYPE)))
    return replace(found, inside=Elements(found.inside.shape and replace(found.inside.shape, nullable=False)))


def written_elements(array: Node) -> list[Node]:
    """Return what is written in ``ARRAY[…]``, of one dimension."""
    while array.tag in ("ARRAYCOERCEEXPR", "RELABELTYPE") and (arg := array.node("arg")) is not None:
        array = arg
    return array.nodes("elements") if not array.flag("multidims") else []


def _is_null(expr: Node) -> bool:
    if expr.tag in ("RELABELTYPE", "COERCETODOMAIN") and (arg := expr.node("arg")) is not None:
        return _is_null(arg)
    return expr.tag == "CONST" and expr.flag("constisnull", True)
