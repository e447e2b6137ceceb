"""
Which relations an outer join may fill with NULLs, from the join tree.

The unmatched side of a join is NULL for everything that stands above it (manual, 7.2.1.1). Every server version has the
join tree; from 16 on the servers also say it on each Var (varnullingrels), and an expression must pass both.
"""

from __future__ import annotations

from plainsql.nullability.node import Node

_INNER, _LEFT, _FULL, _RIGHT = 0, 1, 2, 3  # nodes/nodes.h, JoinType


def nulled_relations(query: Node) -> frozenset[int]:
    """Return the range table indexes on the nullable side of an outer join of *query*."""
    nulled: set[int] = set()
    pending: list[tuple[Node | None, bool]] = [(query.node("jointree"), False)]
    while pending:
        node, is_nulled = pending.pop()
        if node is None:
            continue
        if node.tag == "FROMEXPR":
            pending += [(item, is_nulled) for item in node.nodes("fromlist")]
        elif node.tag == "RANGETBLREF":
            if is_nulled:
                nulled.add(node.number("rtindex"))
        else:
            kind = node.number("jointype", -1) if node.tag == "JOINEXPR" else -1
            pending.append((node.node("larg"), is_nulled or kind not in (_INNER, _LEFT)))
            pending.append((node.node("rarg"), is_nulled or kind not in (_INNER, _RIGHT)))
            if is_nulled:
                nulled.add(node.number("rtindex"))
    return frozenset(nulled)
