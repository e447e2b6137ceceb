"""
What outer joins fill with NULLs, less what conditions above them rule out.

The unmatched side of an outer join is NULL for everything above it (manual, 7.2.1.1). A condition that no NULL passes
takes such rows away again, and with one column of a side all of that side is known to be matched; then the conditions
inside that side hold as well. The servers mark columns before such reductions (varnullingrels, from 16 on; PostgreSQL
15 has the join tree alone), so the join tree is what counts here, on every version.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from plainsql.nullability.keys import relation_key
from plainsql.nullability.narrowing import NOTHING, Claims, Is, claims_of_rows, implied, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.returning import claims_of_writes, source_may_be_absent
from plainsql.nullability.rows import is_true, item_has_a_row
from plainsql.nullability.scope import Context, Key, Scope

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

INNER, LEFT, FULL, RIGHT = 0, 1, 2, 3  # nodes/nodes.h, JoinType
Side = tuple[int, bool]
"""Range table index of a join, and whether its left side is the one that it fills with NULLs."""


_SOURCE: frozenset[Side] = frozenset({(0, False)})
"""The side of MERGE's own join that WHEN NOT MATCHED BY SOURCE fills with NULLs."""


@dataclass(slots=True)
class Known:
    """
    What FROM, WHERE and HAVING of one level say of each of its rows.

    Attributes:
        claims: Values that aren't NULL.
        having: Those of them that hold above GROUP BY, with grouping sets too.
        nulled_by: For each FROM item and join, the sides of joins that it stands in.
        matched: Sides that are filled with NULLs in no row.
        full_joins: Range table indexes of FULL JOINs.
    """

    claims: Claims = NOTHING
    having: Claims = NOTHING
    nulled_by: dict[int, frozenset[Side]] = field(default_factory=dict)
    matched: frozenset[Side] = frozenset()
    full_joins: list[int] = field(default_factory=list)


def know(scope: Scope, prover: Prover) -> Known:
    """Return what the level of *scope* says of its rows."""
    known = Known()
    conditions: list[tuple[Node, frozenset[Side]]] = []
    # MERGE joins its source to the target without an item of its own in the tree.
    guards = _SOURCE if source_may_be_absent(scope.query) else frozenset()
    _walk(scope.query.node("jointree"), guards, scope, known, conditions)
    context = Context(scope)
    known.claims |= claims_of_writes(scope, prover)
    if (having := scope.query.node("havingQual")) is not None:
        known.having = implied(having, Is.TRUE, Context(scope, is_grouped=True), prover)
        if scope.query.items("groupingSets"):
            known.having = frozenset(filter(_is_sure, known.having))
        known.claims |= known.having
    while True:
        waiting = []
        for condition, guards in conditions:
            if guards <= known.matched:
                known.claims |= _said_by(condition, context, prover)
            else:
                waiting.append((condition, guards))
        matched = known.matched.union(
            *(sides for number, sides in known.nulled_by.items() if relation_key(scope.id, number) in known.claims)
        )
        if matched == known.matched and len(waiting) == len(conditions):
            return known
        known.matched, conditions = matched, waiting


def _walk(
    node: Node | None,
    guards: frozenset[Side],
    scope: Scope,
    known: Known,
    conditions: list[tuple[Node, frozenset[Side]]],
) -> None:
    """Note each item and condition below *node* with the sides that must be matched for it to count."""
    if node is None:
        return
    if node.tag == "RANGETBLREF":
        number = node.number("rtindex")
        known.nulled_by[number] = guards
        rte = scope.relation(number)
        if rte is not None and (source := rte.node("subquery") or _set_returning_call(rte)) is not None:
            conditions.append((source, guards))
        return
    condition = node.node("quals")
    if node.tag == "FROMEXPR":
        for member in node.nodes("fromlist"):
            _walk(member, guards, scope, known, conditions)
    elif node.tag == "JOINEXPR":
        join, kind = node.number("rtindex"), node.number("jointype", -1)
        left, right = frozenset({(join, True)}), frozenset({(join, False)})
        known.nulled_by[join] = guards
        if kind == FULL:
            known.full_joins.append(join)
        if is_true(condition):  # LEFT JOIN LATERAL (SELECT count(*) …) ON true
            known.matched |= left if item_has_a_row(node.node("larg"), scope) else frozenset()
            known.matched |= right if item_has_a_row(node.node("rarg"), scope) else frozenset()
        fills_left, fills_right = kind not in (INNER, LEFT), kind not in (INNER, RIGHT)
        _walk(node.node("larg"), guards | left if fills_left else guards, scope, known, conditions)
        _walk(node.node("rarg"), guards | right if fills_right else guards, scope, known, conditions)
        guards = guards | (left if fills_left else frozenset()) | (right if fills_right else frozenset())
    else:
        raise ValueError(f"{node.tag} in a join tree")
    if condition is not None:
        conditions.append((condition, guards))


def _is_sure(claim: Key) -> bool:
    """
    Return whether a claim of HAVING is sure to hold of the same expression in the select list.

    With grouping sets the one in the select list may be a key and NULL, while the planner has found the one in HAVING
    to be a constant, a parameter too; of columns and aggregates it never does.
    """
    return isinstance(claim, tuple) and claim[0] in ("AGGREF", "column", "kept", "row of")


def _set_returning_call(rte: Node) -> Node | None:
    """Return the one set-returning function that a FROM item is; of several one can have a row alone."""
    functions = rte.nodes("functions")
    call = functions[0].node("funcexpr") if len(functions) == 1 else None
    return call if call is not None and call.tag == "FUNCEXPR" and call.flag("funcretset") else None


def _said_by(condition: Node, context: Context, prover: Prover) -> Claims:
    """
    A row of a sub-query has passed its WHERE, which names parameters and, if it is LATERAL, items before it.

    A strict set-returning function has no row for a NULL (executor/execSRF.c, ExecMakeTableFunctionResult).
    """
    if condition.tag == "QUERY":
        return claims_of_rows(condition, context, prover)
    if condition.flag("funcretset"):
        is_strict = prover.facts.is_strict(condition.number("funcid"))
        return NOTHING.union(*[not_null(arg, context, prover) for arg in condition.nodes("args") if is_strict])
    return implied(condition, Is.TRUE, context, prover)
