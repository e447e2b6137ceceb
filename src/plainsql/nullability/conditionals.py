"""CASE, COALESCE, GREATEST and LEAST (manual, 9.18)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.keys import key_of
from plainsql.nullability.narrowing import Claims, Is, implied, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.outcomes import left_over, outcome
from plainsql.nullability.scope import Context

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover


def case_is_not_null(case: Node, context: Context, prover: Prover) -> bool:
    """An arm is evaluated when its condition is true and those before it aren't; without ELSE the rest is NULL."""
    return all(expressions.is_not_null(result, place, prover) for result, place in arms(case, context, prover))


def arms(case: Node, context: Context, prover: Prover) -> Iterator[tuple[Node | None, Context]]:
    """Yield the results of CASE, each with what is known where it is evaluated; None where ELSE is missing."""
    rest = context
    operand = case.node("arg")
    earlier: list[Node] = []
    for arm in case.nodes("args"):
        condition = arm.node("expr")
        sure = outcome(condition, rest, prover)
        if condition is None or sure is False:
            continue
        claims = implied(condition, Is.TRUE, rest, prover) | _of_operand(condition, operand, rest, prover)
        claims = claims.union(*[left_over(other, condition, rest, prover) for other in earlier])
        yield arm.node("result"), rest.claiming(claims)
        if sure:
            return
        rest = rest.claiming(implied(condition, Is.NOT_TRUE, rest, prover))
        earlier.append(condition)
    yield case.node("defresult"), rest


def _of_operand(condition: Node | None, operand: Node | None, context: Context, prover: Prover) -> Claims:
    """``CASE x WHEN 1``: the condition holds a stand-in for x."""
    if condition is None or operand is None:
        return frozenset()
    claims = implied(condition, Is.TRUE, context, prover)
    stand_ins = [node for node in condition.walk() if node.tag == "CASETESTEXPR"]
    if any(key_of(node, context, prover.facts) in claims for node in stand_ins):
        return not_null(operand, context, prover)
    return frozenset()


def first_value_is_not_null(args: list[Node], context: Context, prover: Prover) -> bool:
    """
    COALESCE, GREATEST and LEAST are NULL when all arguments are.

    Of the two sides of a FULL JOIN one is always there, so an argument from each will do: that is also what the column
    of a FULL JOIN with USING is.
    """
    if any(expressions.is_not_null(arg, context, prover) for arg in args):
        return True
    scope = context.scope
    for join in prover.known(scope).full_joins:
        sides = [replace(context, matched=context.matched | {(scope.id, join, is_left)}) for is_left in (True, False)]
        if all(any(expressions.is_not_null(arg, side, prover) for arg in args) for side in sides):
            return True
    return False
