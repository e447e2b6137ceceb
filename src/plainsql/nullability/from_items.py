"""When a column of a FROM item can't be NULL, whatever joins do to it above (nodes/parsenodes.h, RTEKind)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.calls import elements_are_not_null
from plainsql.nullability.ctes import cte_column_is_not_null
from plainsql.nullability.facts import TABLES
from plainsql.nullability.grouping import lasting_keys
from plainsql.nullability.keys import item, kept_key
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context
from plainsql.nullability.set_returning import ROWS_NOT_NULL, UNNEST
from plainsql.nullability.stored import stored_is_not_null

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

TABLE, SUBQUERY, JOIN, FUNCTION, TABLEFUNC, VALUES, CTE, NAMED_TUPLES, RESULT, GROUP = range(10)

_JSON_EXISTS = 0  # nodes/primnodes.h, JsonExprOp
_NEVER_NULL_ON_ERROR = (1, 3, 4)  # JsonBehaviorType: ERROR, TRUE, FALSE


def item_column_is_not_null(rte: Node, var: Node, home: Context, prover: Prover) -> bool:
    """Return whether the column that *var* names, of *rte*, an entry of the range table of *home*, can't be NULL."""
    kind, column = rte.number("rtekind", -1), var.number("varattno")
    if column < 1:
        return _row_or_system_column_is_not_null(rte, kind, column, prover)
    plain = Context(home.scope)
    match kind:
        case 0:
            return stored_is_not_null(rte, column, prover)
        case 1:
            subquery = rte.node("subquery")
            return subquery is not None and prover.output_is_not_null(subquery, column, plain)
        case 2:
            return expressions.is_not_null(item(rte, "joinaliasvars", column), home, prover)
        case 3:
            return function_column_is_not_null(rte, var, plain, prover)
        case 4:
            return _is_filled_by_table_function(rte, column)
        case 5:
            rows = [row for row in rte.items("values_lists") if isinstance(row, list)]
            return bool(rows) and all(_member_is_not_null(row, column, plain, prover) for row in rows)
        case 6:
            return cte_column_is_not_null(rte, column, home, prover)
        case 9:
            return _key_is_not_null(rte, column, home, prover)
        case _:
            return False


def function_column_is_not_null(rte: Node, var: Node, context: Context, prover: Prover) -> bool:
    """
    Return whether a column of a function in FROM can't be NULL.

    ROWS FROM fills the shorter sets up with NULLs; the row number of WITH ORDINALITY counts on (manual, 7.2.1.4).
    """
    functions, column = rte.nodes("functions"), var.number("varattno")
    width = sum(function.number("funccolcount") for function in functions)
    if column > width:
        return rte.flag("funcordinality") and column == width + 1
    call = functions[0].node("funcexpr") if len(functions) == 1 else None
    if call is None:
        return False
    if not call.flag("funcretset"):
        return width == 1 and expressions.is_not_null(call, context, prover)
    if call.number("funcid") == UNNEST and width == 1:
        args = call.nodes("args")
        if call.number("funcresulttype") != var.number("vartype"):  # the only member of a row
            return False
        return len(args) == 1 and elements_are_not_null(args[0], context, prover)
    rows = ROWS_NOT_NULL.get(call.number("funcid"), ())
    return len(rows) == width and rows[column - 1]


def _row_or_system_column_is_not_null(rte: Node, kind: int, column: int, prover: Prover) -> bool:
    """
    A row is a value even when all its columns are NULL; ctid, xmin and their like are in every stored row.

    Of a composite function's NULL the executor makes a row of NULLs (executor/nodeFunctionscan.c, execSRF.c).
    """
    if kind == TABLE:
        relation = prover.facts.relations.get(rte.number("relid"))
        return column == 0 or (relation is not None and relation.kind in TABLES)
    return column == 0 and kind in (SUBQUERY, FUNCTION, VALUES, CTE)


def _member_is_not_null(row: Sequence[object], column: int, context: Context, prover: Prover) -> bool:
    member = row[column - 1] if column <= len(row) else None
    return isinstance(member, Node) and expressions.is_not_null(member, context, prover)


def _key_is_not_null(rte: Node, column: int, home: Context, prover: Prover) -> bool:
    """PostgreSQL 18: what stands above GROUP BY refers to its keys."""
    query = home.scope.query
    if query.items("groupingSets"):
        clauses = query.nodes("groupClause")
        if column > len(clauses):
            return False
        reference = clauses[column - 1].number("tleSortGroupRef")
        is_kept = prover.is_claimed_key(kept_key(home.scope.id, reference), home)
        if not is_kept and reference not in lasting_keys(query):
            return False
    return expressions.is_not_null(item(rte, "groupexprs", column), home.below(), prover)


def _is_filled_by_table_function(rte: Node, column: int) -> bool:
    """FOR ORDINALITY counts, EXISTS answers; those of NESTED PATH are NULL where it found nothing (manual, 9.16.4)."""
    table = rte.node("tablefunc")
    if table is None:
        return False
    if table.number("functype") == 0:
        return table.number("ordinalitycol", -1) == column - 1
    plan = table.node("plan")
    if plan is None or not plan.number("colMin", -1) <= column - 1 <= plan.number("colMax", -1):
        return False
    values = table.items("colvalexprs")
    value = values[column - 1] if column <= len(values) else ""
    if value is None:
        return plan.tag == "JSONTABLEPATHSCAN"
    on_error = value.node("on_error") if isinstance(value, Node) and value.number("op", -1) == _JSON_EXISTS else None
    return on_error is not None and on_error.number("btype", -1) in _NEVER_NULL_ON_ERROR
