"""What a whole statement returns: the select list, RETURNING, or both sides of a set operation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_context, output_entry
from plainsql.nullability.scope import Context, Scope
from plainsql.nullability.types import type_of
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover


def query_is_not_null(scope: Scope, column: int, prover: Prover) -> bool:
    """Return whether an output column of the query of *scope* can't be NULL."""
    entry = output_entry(scope.query, column)
    if entry is None:
        return False
    if (operation := scope.query.node("setOperations")) is not None:
        return _arm_is_not_null(operation, column, scope, prover)
    return expressions.is_not_null(entry.node("expr"), output_context(scope), prover)


def _arm_is_not_null(arm: Node, column: int, scope: Scope, prover: Prover) -> bool:
    """UNION takes rows of both sides, INTERSECT such as are in both, EXCEPT of the left one (manual, 7.4)."""
    if arm.tag == "RANGETBLREF":
        query = _arm_query(arm, scope)
        return query is not None and prover.output_is_not_null(query, column, Context(scope))
    if arm.tag != "SETOPERATIONSTMT":
        return False
    left, right = (_side_is_not_null(arm, side, column, scope, prover) for side in ("larg", "rarg"))
    match arm.number("op"):  # nodes/parsenodes.h, SetOperation
        case 1:
            return left and right
        case 2:
            return left or right
        case 3:
            return left
        case _:
            return False


def _side_is_not_null(operation: Node, side: str, column: int, scope: Scope, prover: Prover) -> bool:
    arm = operation.node(side)
    if arm is None or not _arm_is_not_null(arm, column, scope, prover):
        return False
    # The planner casts an arm of another type; a user's cast may turn a value into NULL, a built-in one doesn't.
    wanted, found = operation.numbers("colTypes")[column - 1], _arm_type(arm, column, scope)
    return wanted == found or (0 < wanted < FIRST_USER_OID and 0 < found < FIRST_USER_OID)


def _arm_type(arm: Node, column: int, scope: Scope) -> int:
    if arm.tag == "SETOPERATIONSTMT":
        return arm.numbers("colTypes")[column - 1]
    query = _arm_query(arm, scope)
    entry = output_entry(query, column) if query is not None else None
    return type_of(entry.node("expr")) if entry is not None else 0


def _arm_query(arm: Node, scope: Scope) -> Node | None:
    rte = scope.relation(arm.number("rtindex"))
    return rte.node("subquery") if rte is not None else None
