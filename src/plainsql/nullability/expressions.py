"""
When an expression can't be NULL: an allow-list, everything else may be.

STRICT is no proof: it says "NULL in, NULL out", and many strict functions return NULL of non-NULL arguments.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability.node import Node
from plainsql.nullability.scope import Scope
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

_COUNTS = frozenset({2147, 2803})
"""count(any), count(*): zero rows count 0 (manual, 9.21)."""

_NUMBERING = frozenset({3100, 3101, 3102, 3103, 3104})
"""row_number, rank, dense_rank, percent_rank, cume_dist (manual, 9.22); ntile(NULL) is NULL."""

_CASTS = frozenset({235, 236, 311, 313, 314, 480, 481, 482, 483, 652, 653, 714, 754, 1740, 1742, 1743, 1781, 1782})
"""Casts between int2, int4, int8, float4, float8 and to numeric: they return a number or raise."""

_EXISTS = 0  # nodes/primnodes.h, SubLinkType


def is_not_null(expr: Node | None, scope: Scope, prover: Prover) -> bool:
    """Return whether *expr*, evaluated above the FROM of *scope*, can't be NULL."""
    if expr is None:
        return False
    match expr.tag:
        case "VAR":
            return not _has_grouping_sets(scope) and prover.var_is_not_null(expr, scope)
        case "AGGREF":
            return expr.number("aggfnoid") in _COUNTS and (_is_own(expr) or not _has_grouping_sets(scope))
        case "WINDOWFUNC":
            return expr.number("winfnoid") in _COUNTS | _NUMBERING
        case "RELABELTYPE" | "COERCETODOMAIN":  # another name for the same value
            return is_not_null(expr.node("arg"), scope, prover)
        case "FUNCEXPR":
            args = expr.nodes("args")
            return expr.number("funcid") in _CASTS and _all_not_null(args, scope, prover)
        case _ if _has_grouping_sets(scope):
            # Grouping sets replace a whole key expression by NULL, however it is written, constants too.
            return False
        case "CONST":
            return not expr.flag("constisnull", True)
        case "COALESCE" | "COALESCEEXPR":
            return any(is_not_null(arg, scope, prover) for arg in expr.nodes("args"))
        case "NULLTEST" | "BOOLEANTEST":  # manual, 9.2: they answer true or false, whatever the operand
            return True
        case "DISTINCTEXPR":
            return 0 < expr.number("opno") < FIRST_USER_OID
        case "BOOLEXPR":
            return _all_not_null(expr.nodes("args"), scope, prover)
        case "SUBLINK":
            return expr.number("subLinkType", -1) == _EXISTS
        case _:
            return False


def _all_not_null(args: list[Node], scope: Scope, prover: Prover) -> bool:
    return bool(args) and all(is_not_null(arg, scope, prover) for arg in args)


def _is_own(aggregate: Node) -> bool:
    return aggregate.number("agglevelsup") == 0


def _has_grouping_sets(scope: Scope) -> bool:
    return bool(scope.query.items("groupingSets"))


_TYPE_FIELDS = {
    "AGGREF": "aggtype",
    "COALESCE": "coalescetype",
    "COALESCEEXPR": "coalescetype",
    "COERCETODOMAIN": "resulttype",
    "COERCEVIAIO": "resulttype",
    "CONST": "consttype",
    "FUNCEXPR": "funcresulttype",
    "OPEXPR": "opresulttype",
    "PARAM": "paramtype",
    "RELABELTYPE": "resulttype",
    "VAR": "vartype",
    "WINDOWFUNC": "wintype",
}
_BOOLEAN_TAGS = frozenset({"BOOLEANTEST", "BOOLEXPR", "DISTINCTEXPR", "NULLTEST"})


def type_of(expr: Node | None) -> int:
    """Return the type OID of *expr*, 0 if it isn't known here. Only the tree keeps domains apart from their base."""
    if expr is None:
        return 0
    if expr.tag in _BOOLEAN_TAGS or (expr.tag == "SUBLINK" and expr.number("subLinkType", -1) == _EXISTS):
        return 16
    return expr.number(_TYPE_FIELDS[expr.tag]) if expr.tag in _TYPE_FIELDS else 0
