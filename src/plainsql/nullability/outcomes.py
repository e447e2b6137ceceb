"""What a condition is sure to be: ``x IS NOT NULL`` is true of a value that is never NULL."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.keys import key_of
from plainsql.nullability.narrowing import NOTHING, Claims, Is, implied, true_key
from plainsql.nullability.node import Node
from plainsql.nullability.rows import is_true, value_is_true
from plainsql.nullability.scope import Context

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

_IS_NULL = 0  # nodes/primnodes.h, NullTestType


def outcome(condition: Node | None, context: Context, prover: Prover) -> bool | None:
    """Return what *condition* is in every row of *context*; None when it may be either, or NULL."""
    if is_true(condition) or condition is None:
        return True
    match condition.tag:
        case "CONST" if not condition.flag("constisnull", True):
            return value_is_true(condition.fields.get("constvalue"))
        case "NULLTEST" if not condition.flag("argisrow"):  # of a row it asks for its fields (manual, 9.2)
            if expressions.is_not_null(condition.node("arg"), context, prover):
                return condition.number("nulltesttype", -1) != _IS_NULL
        case "BOOLEXPR":
            return _of_connective(condition, context, prover)
        case "OPEXPR" if prover.is_claimed_key(true_key(condition, context, prover.facts), context):
            return True  # WHERE says the same
    return None


def _of_connective(condition: Node, context: Context, prover: Prover) -> bool | None:
    """AND is false when one is, OR true when one is, beside NULL too (manual, 9.1)."""
    found = [outcome(arg, context, prover) for arg in condition.nodes("args")]
    match condition.text("boolop"):
        case "not":
            return None if not found or found[0] is None else not found[0]
        case "and":
            return False if False in found else True if found and all(found) else None
        case "or":
            return True if True in found else False if found and not any(one is not False for one in found) else None
        case _:
            return None


def left_over(earlier: Node, condition: Node, context: Context, prover: Prover) -> Claims:
    """
    Return what follows from *earlier*, an AND that isn't true, when *condition* is true.

    Of its terms one isn't true; when *condition* says that all others are, it is the one that is left.
    """
    if earlier.tag != "BOOLEXPR" or earlier.text("boolop") != "and":
        return NOTHING
    said = {key_of(term, context, prover.facts) for term in _terms(condition)}
    rest = [term for term in earlier.nodes("args") if key_of(term, context, prover.facts) not in said]
    return implied(rest[0], Is.NOT_TRUE, context, prover) if len(rest) == 1 else NOTHING


def _terms(condition: Node) -> list[Node]:
    is_and = condition.tag == "BOOLEXPR" and condition.text("boolop") == "and"
    return condition.nodes("args") if is_and else [condition]
