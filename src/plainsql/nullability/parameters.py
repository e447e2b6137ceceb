"""
Which parameters may be None: where NULL makes an accepted statement do something, not just find nothing.

Assigned to a column that accepts NULL, or tested by IS [NOT] NULL, IS [NOT] DISTINCT FROM or COALESCE. A column that
refuses NULL wins over all of it: None would be an error.
"""

from __future__ import annotations

from collections.abc import Iterator

from plainsql.nullability.facts import Facts
from plainsql.nullability.node import Node
from plainsql.nullability.relations import find_cte
from plainsql.nullability.scope import Scope
from plainsql.nullability.statements import output_entry

_CAST_FORMS = (1, 2)  # nodes/primnodes.h, CoercionForm: explicit and implicit cast
_EXTERNAL = 0  # ParamKind
_TESTS = frozenset({"COALESCE", "COALESCEEXPR", "DISTINCTEXPR", "NULLTEST"})


def nullable_parameters(query: Node, facts: Facts) -> frozenset[int]:
    """Return the numbers of the parameters for which None makes sense."""
    nullable: set[int] = set()
    refused: set[int] = set()
    for node in query.walk():
        if node.tag in _TESTS:
            operands = [*node.nodes("args"), node.node("arg")]
            nullable.update(number for operand in operands if (number := _parameter(operand)))
        elif node.tag == "QUERY" and (target := node.number("resultRelation")):
            relation = facts.get(node.nodes("rtable")[target - 1].number("relid"))
            for column, expr in _assignments(node):
                numbers = {number for value in _sources(expr, Scope(node)) if (number := _parameter(value))}
                takes_null = relation is None or column not in relation.not_null
                (nullable if takes_null else refused).update(numbers)
    return frozenset(nullable - refused)


def _assignments(query: Node) -> Iterator[tuple[int, Node | None]]:
    """Yield column number and expression of INSERT, UPDATE, ON CONFLICT DO UPDATE and MERGE's actions."""
    entries = list(query.nodes("targetList")) if query.number("commandType") in (2, 3) else []
    if (conflict := query.node("onConflict")) is not None:
        entries += conflict.nodes("onConflictSet")
    for action in query.nodes("mergeActionList"):
        entries += action.nodes("targetList")
    for entry in entries:
        if not entry.flag("resjunk"):
            yield entry.number("resno"), entry.node("expr")


def _sources(expr: Node | None, scope: Scope, depth: int = 0) -> Iterator[Node | None]:
    """Yield what *expr* is, seen through casts, rows of VALUES, sub-selects and WITH."""
    expr = _uncast(expr)
    if expr is None or expr.tag != "VAR" or expr.number("varlevelsup") or depth > 20:
        yield expr
        return
    number, column = expr.number("varno"), expr.number("varattno")
    rte = scope.relations[number - 1] if 0 < number <= len(scope.relations) else None
    if rte is None or column < 1:
        return
    match rte.number("rtekind", -1):
        case 1:
            yield from _output_sources(rte.node("subquery"), column, scope, depth)
        case 5:
            for row in rte.items("values_lists"):
                item = row[column - 1] if isinstance(row, list) and column <= len(row) else None
                if isinstance(item, Node):
                    yield from _sources(item, scope, depth + 1)
        case 6:
            try:
                cte, home = find_cte(rte, scope)
            except LookupError:
                return
            yield from _output_sources(cte.node("ctequery"), column, home, depth)


def _output_sources(query: Node | None, column: int, parent: Scope, depth: int) -> Iterator[Node | None]:
    entry = output_entry(query, column) if query is not None else None
    if query is not None and entry is not None:
        yield from _sources(entry.node("expr"), Scope(query, parent), depth + 1)


def _uncast(expr: Node | None) -> Node | None:
    while expr is not None:
        if expr.tag in ("RELABELTYPE", "COERCETODOMAIN", "COERCEVIAIO", "ARRAYCOERCEEXPR"):
            expr = expr.node("arg")
        elif expr.tag == "FUNCEXPR" and expr.number("funcformat") in _CAST_FORMS and expr.nodes("args"):
            expr = expr.nodes("args")[0]
        else:
            break
    return expr


def _parameter(expr: Node | None) -> int | None:
    expr = _uncast(expr)
    if expr is None or expr.tag != "PARAM" or expr.number("paramkind", -1) != _EXTERNAL:
        return None
    return expr.number("paramid")
