"""Functions, operators and comparisons with arrays: an allow-list of built-in functions by OID."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.array_shapes import ARRAY_FILL
from plainsql.nullability.finite import part_is_not_null
from plainsql.nullability.functions import CAST_TO_TEXT, NEEDS, OF_NULL_TOO, ONE_OF, TOTAL
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context
from plainsql.nullability.set_returning import ROWS_NOT_NULL, UNNEST
from plainsql.nullability.shapes import has_full_elements
from plainsql.nullability.types import type_of
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

_JSONB_PATH_EXISTS = 4005
_NO_NULLS_OFFSET = 8
"""Byte of an array's data where utils/array.h, ArrayType, has dataoffset: 0 when no element is NULL."""


def function_is_not_null(call: Node, context: Context, prover: Prover) -> bool:
    """Return whether the result of a function or operator can't be NULL; functions of users always may."""
    function = call.number("opfuncid" if call.tag == "OPEXPR" else "funcid")
    if call.flag("opretset"):
        return False
    if call.flag("funcretset"):
        return _set_in_select_list_is_not_null(call, context, prover)
    args = call.nodes("args")
    if call.flag("funcvariadic"):  # concat(VARIADIC NULL) is NULL
        return function in TOTAL and expressions.all_not_null(args, context, prover)
    if function in OF_NULL_TOO:
        return True
    if function in ONE_OF:
        return any(expressions.is_not_null(arg, context, prover) for arg in args)
    if function == _JSONB_PATH_EXISTS:  # its fourth argument, silent, makes it NULL of an error
        return len(args) < 4 and not _has_names(args) and expressions.all_not_null(args, context, prover)
    if part_is_not_null(call):
        return expressions.all_not_null(args, context, prover)
    if function not in TOTAL or (function in CAST_TO_TEXT and not _are_built_in(args)):
        return False
    needed = NEEDS.get(function) if not _has_names(args) else None
    return expressions.all_not_null(
        [arg for position, arg in enumerate(args) if needed is None or position in needed], context, prover
    )


def _has_names(args: list[Node]) -> bool:
    return any(arg.tag == "NAMEDARGEXPR" for arg in args)


def _are_built_in(args: list[Node]) -> bool:
    return all(0 < type_of(arg) < FIRST_USER_OID for arg in args)


def _set_in_select_list_is_not_null(call: Node, context: Context, prover: Prover) -> bool:
    """The shorter one of two sets in a select list is filled up with NULLs (manual, 38.5.9)."""
    sets = [
        node
        for entry in context.scope.query.nodes("targetList")
        for node in entry.walk()
        if node.flag("funcretset") or node.flag("opretset")
    ]
    if len(sets) != 1 or sets[0] is not call:
        return False
    args = call.nodes("args")
    if call.number("funcid") == UNNEST and len(args) == 1:
        return elements_are_not_null(args[0], context, prover)
    return ROWS_NOT_NULL.get(call.number("funcid")) == (True,)


def comparison_with_array_is_not_null(test: Node, context: Context, prover: Prover) -> bool:
    """``x = ANY (array)`` is NULL when nothing matches and an element is NULL (manual, 9.25.3)."""
    args = test.nodes("args")
    return (
        len(args) == 2
        and test.number("opfuncid") in TOTAL
        and expressions.all_not_null(args, context, prover)
        and elements_are_not_null(args[1], context, prover)
    )


def elements_are_not_null(array: Node, context: Context, prover: Prover) -> bool:
    """Return whether no element of an array, if it isn't NULL itself, can be NULL."""
    match array.tag:
        case "ARRAYEXPR" | "ARRAY":
            elements = array.nodes("elements")
            if array.flag("multidims"):
                return all(elements_are_not_null(element, context, prover) for element in elements)
            return expressions.all_not_null(elements, context, prover)
        case "CONST":
            data = array.fields.get("constvalue")
            if not isinstance(data, bytes) or len(data) < _NO_NULLS_OFFSET + 4:
                return False
            return not any(data[_NO_NULLS_OFFSET : _NO_NULLS_OFFSET + 4])
        case "RELABELTYPE" | "COERCETODOMAIN":
            below = array.node("arg")
            return below is not None and elements_are_not_null(below, context, prover)
        case "FUNCEXPR" if array.number("funcid") in ARRAY_FILL:
            return expressions.all_not_null(array.nodes("args"), context, prover)
        case _:
            return has_full_elements(prover.shapes.of_value(array, context))
