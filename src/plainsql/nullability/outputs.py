"""The columns that a query returns: its select list, or RETURNING."""

from __future__ import annotations

from plainsql.nullability.grouping import is_grouped
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context, Scope

SELECT, UPDATE, INSERT, DELETE, MERGE = 1, 2, 3, 4, 5  # nodes/nodes.h, CmdType


def output_entries(query: Node) -> list[Node]:
    """Return the target entries that the caller of *query* sees, in order."""
    name = "targetList" if query.number("commandType") == SELECT else "returningList"
    return [entry for entry in query.nodes(name) if not entry.flag("resjunk")]


def output_entry(query: Node, column: int) -> Node | None:
    """Return the target entry of column number *column*."""
    return next((entry for entry in output_entries(query) if entry.number("resno") == column), None)


def output_context(scope: Scope) -> Context:
    """Return the context of what a query returns."""
    if scope.query.number("commandType") == SELECT:
        return Context(scope, is_grouped=is_grouped(scope.query))
    return Context(scope, is_returning=True)
