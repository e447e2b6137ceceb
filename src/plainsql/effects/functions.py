"""Which functions a statement calls, behind operators, casts, sorting and grouping too, and the worst volatility."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from plainsql.effects.facts import EffectFacts, Routine
from plainsql.effects.model import Volatility
from plainsql.nullability import Node
from plainsql.nullability.types import type_of

_CALLS = {
    "AGGREF": "aggfnoid",
    "FUNCEXPR": "funcid",
    "WINDOWFUNC": "winfnoid",
    "WINDOWCLAUSE": "startInRangeFunc",
}
_OPERATORS = {
    "DISTINCTEXPR": ("opno",),
    "NULLIFEXPR": ("opno",),
    "OPEXPR": ("opno",),
    "SCALARARRAYOPEXPR": ("opno",),
    "SORTGROUPCLAUSE": ("eqop", "sortop"),
}
_LEVELS: tuple[Volatility, ...] = ("immutable", "stable", "volatile")
_LEVEL_OF = {"i": 0, "s": 1, "v": 2}

_VALUE_FUNCTIONS = {
    0: "CURRENT_DATE",
    **dict.fromkeys((1, 2), "CURRENT_TIME"),
    **dict.fromkeys((3, 4), "CURRENT_TIMESTAMP"),
    **dict.fromkeys((5, 6), "LOCALTIME"),
    **dict.fromkeys((7, 8), "LOCALTIMESTAMP"),
    9: "CURRENT_ROLE",
    **dict.fromkeys((10, 11), "CURRENT_USER"),
    12: "SESSION_USER",
    13: "CURRENT_CATALOG",
    14: "CURRENT_SCHEMA",
}
"""nodes/primnodes.h, SQLValueFunctionOp."""

_UNKNOWN = Routine("an unknown function", "v", is_builtin=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """OIDs that an expression's verdict rests on, to be read from the catalog."""

    routines: frozenset[int]
    operators: frozenset[int]
    types: frozenset[int]


def asked(tree: Node) -> Asked:
    """Return what has to be read from the catalog to know the functions of *tree*."""
    routines: set[int] = set()
    operators: set[int] = set()
    types: set[int] = set()
    for node in tree.walk():
        if node.tag in _CALLS:
            routines.add(node.number(_CALLS[node.tag]))
        if node.tag == "WINDOWCLAUSE":
            routines.add(node.number("endInRangeFunc"))
        if node.tag in ("COERCEVIAIO", "COERCETODOMAIN"):
            types |= {node.number("resulttype"), type_of(node.node("arg"))}
        operators.update(_operators_of(node))
    return Asked(frozenset(routines - {0}), frozenset(operators - {0}), frozenset(types - {0}))


def routines_of(tree: Node, facts: EffectFacts) -> Iterator[Routine]:
    """Yield the functions that *tree* calls; what SQL has keywords for comes under its keyword."""
    for node in tree.walk():
        if node.tag in _CALLS and (oid := node.number(_CALLS[node.tag])):
            yield facts.routines.get(oid, _UNKNOWN)
        for oid in _operators_of(node):
            if oid:
                operator = facts.operators.get(oid)
                yield _UNKNOWN if operator is None else facts.routines.get(operator.function, _UNKNOWN)
        match node.tag:
            case "WINDOWCLAUSE" if node.number("endInRangeFunc"):
                yield facts.routines.get(node.number("endInRangeFunc"), _UNKNOWN)
            case "COERCEVIAIO":
                yield from _through_text(node, facts)
            case "COERCETODOMAIN":
                for check in facts.domain_checks.get(node.number("resulttype"), ()):
                    yield from routines_of(check, facts)
            case "SQLVALUEFUNCTION":
                yield _keyword(_VALUE_FUNCTIONS.get(node.number("op"), "CURRENT_TIMESTAMP"))
            case "JSONCONSTRUCTOREXPR" | "JSONEXPR":  # what a value looks like as JSON may hang on settings
                yield _keyword("SQL/JSON")
            case "TABLESAMPLECLAUSE" if node.node("repeatable") is None:
                yield _keyword("TABLESAMPLE", "v")
            case "NEXTVALUEEXPR":
                yield _keyword("nextval", "v")
            case _:
                pass


def volatility(routines: list[Routine]) -> tuple[Volatility, tuple[str, ...]]:
    """Return the worst volatility of *routines*, and the names of those that have it unless it is immutable."""
    worst = max((_LEVEL_OF.get(routine.volatility, 2) for routine in routines), default=0)
    names = {routine.name for routine in routines if _LEVEL_OF.get(routine.volatility, 2) == worst}
    return _LEVELS[worst], tuple(sorted(names)) if worst else ()


def is_volatile(tree: Node, facts: EffectFacts) -> bool:
    """Return whether two evaluations of *tree* within a statement may differ."""
    return any(routine.volatility not in ("i", "s") for routine in routines_of(tree, facts))


def _keyword(name: str, volatility: str = "s") -> Routine:
    return Routine(name, volatility, is_builtin=True)


def _operators_of(node: Node) -> Iterator[int]:
    for name in _OPERATORS.get(node.tag, ()):
        yield node.number(name)
    if node.tag == "ROWCOMPAREEXPR":
        yield from node.numbers("opnos")


def _through_text(node: Node, facts: EffectFacts) -> Iterator[Routine]:
    """A cast by way of text writes the one type and reads the other."""
    source = facts.text_forms.get(type_of(node.node("arg")))
    target = facts.text_forms.get(node.number("resulttype"))
    if source is None or target is None:
        yield _keyword("a cast through text")
        return
    for oid in (source[1], target[0]):
        yield facts.routines.get(oid, _UNKNOWN)
