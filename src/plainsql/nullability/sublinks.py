"""Sub-selects in expressions (manual, 4.2.11, 9.24 and 9.25)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.keys import key_of
from plainsql.nullability.node import Node
from plainsql.nullability.rows import query_has_a_row
from plainsql.nullability.scope import Context, Key

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

EXISTS, ALL, ANY, ROWCOMPARE, EXPR, MULTIEXPR, ARRAY = range(7)  # nodes/primnodes.h, SubLinkType
_FROM_SUBLINK, _OF_SEVERAL = 2, 3  # ParamKind
_UPDATE = 2


def sublink_is_not_null(sublink: Node, context: Context, prover: Prover) -> bool:
    """Return whether a sub-select's value can't be NULL."""
    match sublink.number("subLinkType", -1):
        case 0 | 6:  # EXISTS answers true or false, ARRAY of no rows is empty
            return True
        case 1 | 2:  # NULL when nothing decides and a comparison was NULL
            claims = _columns_that_are_not_null(sublink, context, prover)
            return expressions.is_not_null(sublink.node("testexpr"), context.claiming(claims), prover)
        case 4:  # NULL of no row
            has_a_row = query_has_a_row(sublink.node("subselect"), context)
            return has_a_row and prover.sublink_column_is_not_null(sublink, 1, context)
        case _:
            return False


def member_of_row_is_not_null(param: Node, context: Context, prover: Prover) -> bool:
    """``UPDATE … SET (a, b) = (SELECT …)``: NULL of no row, as any sub-select (manual, UPDATE)."""
    query = context.scope.query
    if param.number("paramkind", -1) != _OF_SEVERAL or query.number("commandType") != _UPDATE:
        return False
    number, column = divmod(param.number("paramid"), 0x10000)
    for entry in query.nodes("targetList"):
        sublink = entry.node("expr")
        if sublink is None or sublink.tag != "SUBLINK" or sublink.number("subLinkType", -1) != MULTIEXPR:
            continue
        if sublink.number("subLinkId") == number:
            has_a_row = query_has_a_row(sublink.node("subselect"), context)
            return has_a_row and prover.sublink_column_is_not_null(sublink, column, context)
    return False


def _columns_that_are_not_null(sublink: Node, context: Context, prover: Prover) -> frozenset[Key]:
    """Return the keys of the test's parameters that stand for columns of the sub-select which can't be NULL."""
    test = sublink.node("testexpr")
    return frozenset(
        key_of(node, context, prover.facts)
        for node in (test.walk() if test is not None else ())
        if node.tag == "PARAM"
        and node.number("paramkind", -1) == _FROM_SUBLINK
        and prover.sublink_column_is_not_null(sublink, node.number("paramid"), context)
    )
