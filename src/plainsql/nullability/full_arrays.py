"""Columns of tables whose arrays hold no NULL: ``CHECK (array_position(tags, NULL) IS NULL)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability.facts import TABLES, Relation
from plainsql.nullability.node import Node

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

_ARRAY_POSITION, _ARRAY_REMOVE, _ARRAY_EQ = 3277, 3167, 744
_IS_NULL = 0  # nodes/primnodes.h, NullTestType


def full_columns(relation: Relation, column: int, prover: Prover, *, with_children: bool) -> bool:
    """Return whether no array in a column holds a NULL element, by a CHECK that every stored row keeps to."""
    if column not in relation.columns:
        return False
    if not with_children:
        return _is_full(relation, column)
    name = relation.columns[column].name
    members = [prover.facts.relations.get(oid) for oid in relation.family]
    return bool(members) and all(
        member is not None
        and any(_is_full(member, number) for number, found in member.columns.items() if found.name == name)
        for member in members
    )


def _is_full(relation: Relation, column: int) -> bool:
    return relation.kind in TABLES and any(_says_full(check, column) for check in relation.checks)


def _says_full(check: Node, column: int) -> bool:
    """Return whether a CHECK, which passes for NULL as for true, passes for no NULL element."""
    args = check.nodes("args")
    if check.tag == "BOOLEXPR" and check.text("boolop") == "and":
        return any(_says_full(arg, column) for arg in args)
    if check.tag == "BOOLEXPR" and check.text("boolop") == "or":
        return all(_says_full(arg, column) or _is_null_test(arg, column) for arg in args)
    if check.tag == "OPEXPR" and check.number("opfuncid") == _ARRAY_EQ:  # tags = array_remove(tags, NULL)
        sides = (args, args[::-1])
        return any(_is_column(one, column) and _is_of_null(other, _ARRAY_REMOVE, column) for one, other in sides)
    arg = check.node("arg")
    is_test = check.tag == "NULLTEST" and check.number("nulltesttype", -1) == _IS_NULL
    return is_test and arg is not None and _is_of_null(arg, _ARRAY_POSITION, column)


def _is_of_null(call: Node, function: int, column: int) -> bool:
    """Return whether *call* is a function of the column and NULL."""
    args = call.nodes("args")
    return (
        call.number("funcid") == function
        and len(args) == 2
        and _is_column(args[0], column)
        and _bare(args[1]).flag("constisnull")
    )


def _is_null_test(test: Node, column: int) -> bool:
    arg = test.node("arg")
    is_test = test.tag == "NULLTEST" and test.number("nulltesttype", -1) == _IS_NULL
    return is_test and arg is not None and _is_column(arg, column)


def _is_column(expr: Node, column: int) -> bool:
    expr = _bare(expr)
    return expr.tag == "VAR" and expr.number("varattno") == column


def _bare(expr: Node) -> Node:
    while expr.tag in ("RELABELTYPE", "COERCETODOMAIN") and (arg := expr.node("arg")) is not None:
        expr = arg
    return expr
