"""When a column of a FROM item can't be NULL, whatever joins do to it above."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability.facts import TABLES, Facts
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Scope

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

# nodes/parsenodes.h, RTEKind
TABLE, SUBQUERY, JOIN, FUNCTION, TABLEFUNC, VALUES, CTE, NAMED_TUPLES, RESULT, GROUP = range(10)


def column_is_not_null(rte: Node, column: int, scope: Scope, prover: Prover) -> bool:
    """Return whether column number *column* of *rte*, an entry of the range table of *scope*, can't be NULL."""
    if column < 1:
        return False
    match rte.number("rtekind", -1):
        case 0:
            return stored_is_not_null(rte, column, prover.facts)
        case 1:
            subquery = rte.node("subquery")
            return subquery is not None and prover.output_is_not_null(subquery, column, scope)
        case 2:
            return prover.expression_is_not_null(_item(rte, "joinaliasvars", column), scope)
        case 6:
            return _cte_is_not_null(rte, column, scope, prover)
        case 9:  # PostgreSQL 18: what stands above GROUP BY refers to its keys
            if scope.query.items("groupingSets"):
                return False
            return prover.expression_is_not_null(_item(rte, "groupexprs", column), scope)
        case _:
            return False


def stored_is_not_null(rte: Node, column: int, facts: Facts) -> bool:
    """Return whether a table's column is proved by its own NOT NULL; ONLY asks the table without its children."""
    relation = facts.get(rte.number("relid"))
    if relation is None or relation.kind not in TABLES or column not in relation.not_null:
        return False
    proof = relation.not_null[column]
    return proof.in_children if rte.flag("inh", True) or relation.kind == "p" else proof.proved


def find_cte(rte: Node, scope: Scope) -> tuple[Node, Scope]:
    """Return the WITH entry that *rte* reads, and the scope that defines it."""
    home = scope.up(rte.number("ctelevelsup"))
    name = rte.text("ctename")
    for cte in home.query.nodes("cteList"):
        if cte.text("ctename") == name:
            return cte, home
    raise LookupError(f"no WITH entry {name}")


def _cte_is_not_null(rte: Node, column: int, scope: Scope, prover: Prover) -> bool:
    cte, home = find_cte(rte, scope)
    query = cte.node("ctequery")
    # NULL may first come in the third round of a recursion: it needs a fixpoint.
    if query is None or cte.flag("cterecursive", True) or rte.flag("self_reference"):
        return False
    return prover.output_is_not_null(query, column, home)


def _item(rte: Node, name: str, number: int) -> Node | None:
    items = rte.items(name)
    item = items[number - 1] if number <= len(items) else None
    return item if isinstance(item, Node) else None
