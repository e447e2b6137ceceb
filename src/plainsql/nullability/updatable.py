"""
Views that the server itself writes through: which column of which table a column of theirs is.

A view is updatable when it shows the columns of one table or view, row by row (manual, CREATE VIEW). What RETURNING
gives back is the table's row, whether the view's own WHERE lets it pass or not.
"""

from __future__ import annotations

from plainsql.nullability.facts import VIEWS, Facts, Relation
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import SELECT, output_entry

_NOT_ROW_BY_ROW = (
    "setOperations",
    "groupClause",
    "groupingSets",
    "havingQual",
    "distinctClause",
    "limitCount",
    "limitOffset",
    "cteList",
)
_DEPTH = 20


def written_column(relation: Relation, column: int, facts: Facts, depth: int = 0) -> tuple[Relation, int] | None:
    """Return the table and column that a write to *column* of *relation* reaches, None if that isn't sure."""
    if relation.has_rules or depth > _DEPTH:
        return None
    if relation.kind not in VIEWS:
        return relation, column
    query = relation.view_query
    if relation.triggers or query is None or not _is_row_by_row(query):
        return None
    number = only_item(query)
    entry = output_entry(query, column)
    expr = entry.node("expr") if entry is not None else None
    if number is None or expr is None or expr.tag != "VAR":
        return None
    rtable = query.nodes("rtable")
    if expr.number("varno") != number or expr.number("varlevelsup") or not 0 < number <= len(rtable):
        return None
    below = facts.relations.get(rtable[number - 1].number("relid"))
    return None if below is None else written_column(below, expr.number("varattno"), facts, depth + 1)


def only_item(query: Node) -> int | None:
    """Return the range table index of the one thing that FROM names, None if it isn't one table, view or sub-query."""
    tree = query.node("jointree")
    items = tree.nodes("fromlist") if tree is not None else []
    return items[0].number("rtindex") if len(items) == 1 and items[0].tag == "RANGETBLREF" else None


def _is_row_by_row(query: Node) -> bool:
    has_functions = query.flag("hasAggs") or query.flag("hasWindowFuncs") or query.flag("hasTargetSRFs")
    clauses = any(query.node(name) is not None or query.items(name) for name in _NOT_ROW_BY_ROW)
    return query.number("commandType") == SELECT and not has_functions and not clauses
