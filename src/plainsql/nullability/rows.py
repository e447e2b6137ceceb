"""
When a query is sure to return a row: then its sub-select isn't NULL for want of one.

An aggregate without GROUP BY answers of no rows too (manual, 7.2.3 and 9.21).
"""

from __future__ import annotations

from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context, Scope

_SELECT, _UNION = 1, 1  # nodes/nodes.h, CmdType; nodes/parsenodes.h, SetOperation
_TO_BIGINT = frozenset({481, 754})
"""int8(int4), int8(int2): the parser puts one around the constant of LIMIT and OFFSET, and no planner folds it yet."""
_EQUALITY = frozenset({63, 65, 67, 467})
"""int2eq, int4eq, texteq, int8eq: true of two constants that are the same bytes."""


def query_has_a_row(query: Node | None, parent: Context | None) -> bool:
    """Return whether *query*, standing in *parent*, returns one row at least, whatever the tables hold."""
    if query is None or query.number("commandType") != _SELECT or query.flag("hasTargetSRFs"):
        return False
    if _bigint(query.node("limitOffset")) != 0 or not _allows_a_row(query.node("limitCount")):
        return False
    scope = Scope(query, parent)
    if (operation := query.node("setOperations")) is not None:
        return _operation_has_a_row(operation, scope)
    if query.node("havingQual") is not None:
        return False
    if query.items("groupClause") or query.items("groupingSets"):
        return source_has_a_row(scope)
    return query.flag("hasAggs") or source_has_a_row(scope)


def source_has_a_row(scope: Scope) -> bool:
    """Return whether FROM and WHERE of a level leave one row at least."""
    tree = scope.query.node("jointree")
    if tree is None or not is_true(tree.node("quals")):
        return False
    return all(item_has_a_row(item, scope) for item in tree.nodes("fromlist"))


def item_has_a_row(item: Node | None, scope: Scope) -> bool:
    """Return whether an item of a join tree has one row at least."""
    if item is None:
        return False
    if item.tag == "JOINEXPR":
        left, right = item_has_a_row(item.node("larg"), scope), item_has_a_row(item.node("rarg"), scope)
        match item.number("jointype", -1):
            case 0:
                return left and right and is_true(item.node("quals"))
            case 1:
                return left
            case 2:
                return left or right
            case 3:
                return right
            case _:
                return False
    rte = scope.relation(item.number("rtindex")) if item.tag == "RANGETBLREF" else None
    if rte is None:
        return False
    match rte.number("rtekind", -1):
        case 1:
            return query_has_a_row(rte.node("subquery"), Context(scope))
        case 5:
            return bool(rte.items("values_lists"))
        case 6:
            return _cte_has_a_row(rte, scope)
        case 8:
            return True
        case _:
            return False


def _cte_has_a_row(rte: Node, scope: Scope) -> bool:
    home: Scope | None = scope
    for _ in range(rte.number("ctelevelsup")):
        home = home.parent.scope if home is not None and home.parent is not None else None
    if home is None or rte.flag("self_reference"):
        return False
    names = [cte for cte in home.query.nodes("cteList") if cte.text("ctename") == rte.text("ctename")]
    return len(names) == 1 and query_has_a_row(names[0].node("ctequery"), Context(home))


def is_true(condition: Node | None) -> bool:
    """Return whether a condition is absent or the constant true, also as ``1 = 1``."""
    if condition is None:
        return True
    if condition.tag == "OPEXPR" and condition.number("opfuncid") in _EQUALITY:
        values = [_constant(arg) for arg in condition.nodes("args")]
        return len(values) == 2 and values[0] is not None and values[0] == values[1]
    value = condition.fields.get("constvalue")
    return condition.tag == "CONST" and not condition.flag("constisnull", True) and value_is_true(value)


def value_is_true(value: object) -> bool:
    """Return whether the bytes of a boolean constant are true."""
    return isinstance(value, bytes) and bool(value) and value[0] != 0


def _allows_a_row(limit: Node | None) -> bool:
    if limit is None:
        return True
    if limit.tag == "CONST" and limit.flag("constisnull"):
        return True  # LIMIT NULL is no limit (manual, SELECT)
    most = _bigint(limit)
    return most is not None and most > 0


def _bigint(expr: Node | None) -> int | None:
    """Return the number that LIMIT or OFFSET is given as a constant; 0 without one."""
    if expr is None:
        return 0
    args = expr.nodes("args")
    if expr.tag == "FUNCEXPR" and expr.number("funcid") in _TO_BIGINT and len(args) == 1:
        expr = args[0]
    value = _constant(expr)
    return int.from_bytes(value, "little", signed=True) if value is not None else None


def _constant(expr: Node) -> bytes | None:
    """Return the bytes of a constant that isn't NULL."""
    value = expr.fields.get("constvalue")
    return value if expr.tag == "CONST" and not expr.flag("constisnull", True) and isinstance(value, bytes) else None


def _operation_has_a_row(arm: Node | None, scope: Scope) -> bool:
    if arm is None:
        return False
    if arm.tag == "RANGETBLREF":
        return item_has_a_row(arm, scope)
    if arm.tag != "SETOPERATIONSTMT" or arm.number("op") != _UNION:
        return False
    return any(_operation_has_a_row(arm.node(side), scope) for side in ("larg", "rarg"))
