"""
GROUP BY: which keys grouping sets leave NULL, and whether each group has a row.

A key that isn't in the grouping set of a row is NULL there, and the empty set makes a group of no rows (manual,
7.2.4). Before PostgreSQL 18 the key stands in the select list as it is written, and any expression equal to it is
replaced, constants too; from 18 on it is a reference to the range table entry of GROUP BY.
"""

from __future__ import annotations

from plainsql.nullability.node import Node, Value
from plainsql.nullability.scope import Scope

EMPTY, SIMPLE, ROLLUP, CUBE, SETS = range(5)  # nodes/parsenodes.h, GroupingSetKind


def is_grouped(query: Node) -> bool:
    """Return whether the select list of *query* is evaluated once a group; HAVING alone makes one group of all."""
    has_keys = query.items("groupClause") or query.items("groupingSets")
    return bool(has_keys) or query.flag("hasAggs") or query.node("havingQual") is not None


def groups_have_rows(query: Node) -> bool:
    """Return whether every group of *query* has a row: not the one group of an aggregate without GROUP BY."""
    sets = query.nodes("groupingSets")
    return any(not _may_be_empty(member) for member in sets) if sets else bool(query.items("groupClause"))


def lasting_keys(query: Node) -> frozenset[int]:
    """Return the tleSortGroupRefs of the keys that are in every grouping set."""
    return frozenset().union(*(_in_all(member) for member in query.nodes("groupingSets")))


def keys(scope: Scope) -> list[tuple[int, Node]]:
    """Return tleSortGroupRef and expression of each key."""
    wanted = {clause.number("tleSortGroupRef") for clause in scope.query.nodes("groupClause")}
    found = []
    for entry in scope.query.nodes("targetList"):
        reference, expr = entry.number("ressortgroupref"), entry.node("expr")
        if reference in wanted and expr is not None:
            found.append((reference, expr))
    return found


def _may_be_empty(member: Node) -> bool:
    kind = member.number("kind", EMPTY)
    if kind == SETS:
        return any(_may_be_empty(below) for below in member.nodes("content")) or not member.nodes("content")
    return kind != SIMPLE


def _in_all(member: Node) -> frozenset[int]:
    kind = member.number("kind", EMPTY)
    if kind == SIMPLE:
        return frozenset(_numbers(member.items("content")))
    if kind == SETS and member.nodes("content"):
        return frozenset.intersection(*(_in_all(below) for below in member.nodes("content")))
    return frozenset()


def _numbers(content: list[Value]) -> list[int]:
    return [int(item) for item in content[1:] if isinstance(item, str)]
