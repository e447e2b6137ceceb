"""
When an expression can't be NULL: an allow-list of node types, everything else may be.

STRICT is no proof: it says "NULL in, NULL out", and many strict functions return NULL of non-NULL arguments. Node types
are those of nodes/primnodes.h; each has its rule here or in the module that its arm calls.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from plainsql.nullability.aggregation import aggregate_is_not_null, window_is_not_null
from plainsql.nullability.calls import comparison_with_array_is_not_null, function_is_not_null
from plainsql.nullability.conditionals import case_is_not_null, first_value_is_not_null
from plainsql.nullability.grouping import keys, lasting_keys
from plainsql.nullability.keys import EXTERNAL, every_field_key, kept_key, resolved, structure_of
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import SELECT
from plainsql.nullability.scope import Context
from plainsql.nullability.sublinks import member_of_row_is_not_null, sublink_is_not_null
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

log = logging.getLogger(__name__)

_CURRENT_SCHEMA = 14  # nodes/primnodes.h, SQLValueFunctionOp; NULL with an empty search_path (manual, 9.27)
_JSONB = 3802
_OF_FIXED_LENGTH = frozenset({19, 600, 601, 603, 628})
"""name, point, lseg, box, line."""
_XMLELEMENT = 1  # XmlExprOp; the others are NULL of NULL

_JSON_EXISTS = 0  # JsonExprOp
_NEVER_NULL_ON_ERROR = (1, 3, 4)  # JsonBehaviorType: ERROR, TRUE, FALSE

_MAY_BE_NULL = frozenset({"CASETESTEXPR", "NULLIFEXPR", "RETURNINGEXPR", "SETTODEFAULT"})
"""Node types with no rule on purpose; any other without one is told to the log."""


def is_not_null(expr: Node | None, context: Context, prover: Prover) -> bool:
    """Return whether *expr*, evaluated in *context*, can't be NULL."""
    if expr is None:
        return False
    if prover.is_claimed(expr, context):
        return True
    if context.is_grouped and (lasts := _as_grouping_key(expr, context, prover)) is not None:
        return lasts and _by_itself(expr, context.below(), prover)
    return _by_itself(expr, context, prover)


def all_not_null(exprs: list[Node], context: Context, prover: Prover) -> bool:
    """Return whether none of *exprs* can be NULL."""
    return all(is_not_null(expr, context, prover) for expr in exprs)


def _by_itself(expr: Node, context: Context, prover: Prover) -> bool:
    match expr.tag:
        case "VAR":
            return prover.column_is_not_null(expr, context)
        case "CONST":
            return not expr.flag("constisnull", True)
        case "FUNCEXPR" | "OPEXPR":
            return function_is_not_null(expr, context, prover)
        case "AGGREF":
            return aggregate_is_not_null(expr, context, prover)
        case "WINDOWFUNC":
            return window_is_not_null(expr, context, prover)
        case "CASEEXPR" | "CASE":
            return case_is_not_null(expr, context, prover)
        case "COALESCEEXPR" | "COALESCE" | "MINMAXEXPR" | "MINMAX":
            return first_value_is_not_null(expr.nodes("args"), context, prover)
        case "SUBLINK":
            return sublink_is_not_null(expr, context, prover)
        case "SCALARARRAYOPEXPR":
            return comparison_with_array_is_not_null(expr, context, prover)
        case "BOOLEXPR":
            # AND of false and NULL is false: fewer would do, but no column hangs on it.
            return bool(expr.nodes("args")) and all_not_null(expr.nodes("args"), context, prover)
        case "NULLTEST" | "BOOLEANTEST":  # manual, 9.2: they answer true or false, whatever the operand
            return True
        case "DISTINCTEXPR":
            return 0 < expr.number("opno") < FIRST_USER_OID
        case "NAMEDARGEXPR":
            return is_not_null(expr.node("arg"), context, prover)
        case "RELABELTYPE" | "ARRAYCOERCEEXPR" | "COLLATEEXPR" | "COLLATE" | "CONVERTROWTYPEEXPR" | "COERCEVIAIO":
            # The same value, or its text read again: an input function that returned NULL would be an error
            # (utils/fmgr/fmgr.c, InputFunctionCall).
            return is_not_null(expr.node("arg"), context, prover)
        case "COERCETODOMAIN":  # raises for a NULL that the domain refuses (manual, CREATE DOMAIN)
            refuses = expr.number("resulttype") in prover.facts.not_null_domains
            return refuses or is_not_null(expr.node("arg"), context, prover)
        case (
            "ARRAYEXPR"
            | "ARRAY"
            | "ROWEXPR"
            | "ROW"
            | "FIELDSTORE"
            | "GROUPINGFUNC"
            | "NEXTVALUEEXPR"
            | "MERGESUPPORTFUNC"
        ):
            return True
        case "CURRENTOFEXPR":
            return True
        case "SQLVALUEFUNCTION":
            return 0 <= expr.number("op", -1) < _CURRENT_SCHEMA
        case "ROWCOMPAREEXPR":
            return all_not_null([*expr.nodes("largs"), *expr.nodes("rargs")], context, prover) and all(
                0 < operator < FIRST_USER_OID for operator in expr.numbers("opnos")
            )
        case "SUBSCRIPTINGREF":
            return _subscript_is_not_null(expr, context, prover)
        case "FIELDSELECT":
            return _field_is_not_null(expr, context, prover)
        case "XMLEXPR":
            return expr.number("op", -1) == _XMLELEMENT
        case "JSONCONSTRUCTOREXPR":
            return _json_is_not_null(expr, context, prover)
        case "JSONEXPR":
            return _json_exists_is_not_null(expr, context, prover)
        case "JSONISPREDICATE":
            return is_not_null(expr.node("expr"), context, prover)
        case "PARAM":  # it may be None, unless a condition, its domain or the query's own word refuses that
            if expr.number("paramkind", -1) != EXTERNAL:
                return member_of_row_is_not_null(expr, context, prover)
            is_promised = expr.number("paramid") in prover.promised
            return is_promised or expr.number("paramtype") in prover.facts.not_null_domains
        case _:
            if expr.tag not in _MAY_BE_NULL:
                log.info("no rule for a node of type %s: it is taken for nullable", expr.tag)
            return False


def _as_grouping_key(expr: Node, context: Context, prover: Prover) -> bool | None:
    """Return whether *expr*, a key of grouping sets, is in all of them; None when it isn't a key."""
    scope = context.scope
    if not scope.query.items("groupingSets"):
        return None
    wanted = structure_of(expr)
    found = [ref for ref, key in keys(scope) if structure_of(key) == wanted]
    if found:
        lasting = lasting_keys(scope.query)
        # One column may be two keys, and which of them stands here is for the planner to say.
        return all(ref in lasting or prover.is_claimed_key(kept_key(scope.id, ref), context) for ref in found)
    return None


def _subscript_is_not_null(expr: Node, context: Context, prover: Prover) -> bool:
    """
    An array's slice beyond its bounds is empty, where its element would be NULL; setting an element of no array makes
    one (manual, 8.15.3 and 8.15.4).
    """
    if expr.node("refassgnexpr") is not None:
        return _makes_a_container(expr) and not expr.items("reflowerindexpr")
    if not expr.items("reflowerindexpr"):
        return _written_element_is_not_null(expr, context, prover)
    if not expr.number("refelemtype"):
        return False
    bounds = [*expr.nodes("reflowerindexpr"), *expr.nodes("refupperindexpr")]
    container = expr.node("refexpr")
    return is_not_null(container, context, prover) and all_not_null(bounds, context, prover)


def _written_element_is_not_null(expr: Node, context: Context, prover: Prover) -> bool:
    """``(ARRAY[a, b])[1]``: elements count from 1 (manual, 8.15.3)."""
    array, indexes = expr.node("refexpr"), expr.nodes("refupperindexpr")
    if array is None or array.tag not in ("ARRAYEXPR", "ARRAY") or array.flag("multidims") or len(indexes) != 1:
        return False
    data = indexes[0].fields.get("constvalue")
    if indexes[0].tag != "CONST" or not isinstance(data, bytes):
        return False
    number, elements = int.from_bytes(data[:4], "little", signed=True), array.nodes("elements")
    return 0 < number <= len(elements) and is_not_null(elements[number - 1], context, prover)


def _makes_a_container(expr: Node) -> bool:
    """
    Return whether setting an element of NULL makes an array or object of it: not of a type of fixed length.

    Rule: utils/adt/arraysubs.c, array_subscript_assign. A user's type of built-in elements is no array of theirs.
    """
    container, element = expr.number("refcontainertype"), expr.number("refelemtype")
    if container == _JSONB:
        return True
    is_array = container < FIRST_USER_OID or element >= FIRST_USER_OID
    return bool(element) and is_array and container not in _OF_FIXED_LENGTH


def _field_is_not_null(expr: Node, context: Context, prover: Prover) -> bool:
    """A field of a row that is written out; of any other row it may be NULL, NOT NULL in its table or not."""
    row, number = expr.node("arg"), expr.number("fieldnum")
    if row is not None and prover.is_claimed_key(every_field_key(row, context, prover.facts), context):
        return True
    while row is not None and row.tag == "VAR" and (source := resolved(row, context, prover.facts)) is not None:
        if not is_not_null(row, context, prover):
            return False  # an outer join put a NULL for the row
        row, context = source
    if row is not None and row.tag == "VAR" and row.number("varattno") == 0 and _is_of_table(row, context):
        column = row.replacing(varattno=str(number), vartype=expr.fields.get("resulttype"))
        return is_not_null(column, context, prover)
    if row is None or row.tag not in ("ROWEXPR", "ROW") or not 0 < number <= len(row.nodes("args")):
        return False
    return is_not_null(row.nodes("args")[number - 1], context, prover)


def _is_of_table(row: Node, context: Context) -> bool:
    """Return whether a whole row is one of a table or view, whose fields are numbered as its columns are."""
    home = context.up(row.number("varlevelsup"))
    rte = home.scope.relation(row.number("varno"))
    # In RETURNING and ON CONFLICT the row is another one than the columns.
    return rte is not None and rte.number("rtekind", -1) == 0 and home.scope.query.number("commandType") == SELECT


def _json_is_not_null(expr: Node, context: Context, prover: Prover) -> bool:
    """SQL/JSON constructors (manual, 9.16.1): an object or an array always, an aggregate of rows as its function."""
    match expr.number("type"):  # nodes/primnodes.h, JsonConstructorType
        case 1 | 2:
            return True
        case 3 | 4:
            return is_not_null(expr.node("func"), context, prover)
        case 5 | 6 | 7:  # JSON(), JSON_SCALAR(), JSON_SERIALIZE(): their argument as JSON (executor/execExprInterp.c)
            args = [arg.node("formatted_expr") if arg.tag == "JSONVALUEEXPR" else arg for arg in expr.nodes("args")]
            return bool(args) and all(is_not_null(arg, context, prover) for arg in args)
        case _:
            return False


def _json_exists_is_not_null(expr: Node, context: Context, prover: Prover) -> bool:
    """JSON_EXISTS (manual, 9.16.3) knows unless it is told UNKNOWN ON ERROR; JSON_VALUE and JSON_QUERY may not find."""
    on_error, path = expr.node("on_error"), expr.node("path_spec")
    return (
        expr.number("op", -1) == _JSON_EXISTS
        and on_error is not None
        and on_error.number("btype", -1) in _NEVER_NULL_ON_ERROR
        and is_not_null(expr.node("formatted_expr"), context, prover)
        and is_not_null(path, context, prover)
    )
