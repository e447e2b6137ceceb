"""WITH entries, recursive ones by a fixpoint (manual, 7.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability.grouping import is_grouped
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_entries
from plainsql.nullability.scope import Context

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover


def find_cte(rte: Node, home: Context) -> tuple[Node, Context]:
    """Return the WITH entry that *rte* reads, and the context that defines it."""
    definer = home.up(rte.number("ctelevelsup"))
    name = rte.text("ctename")
    for cte in definer.scope.query.nodes("cteList"):
        if cte.text("ctename") == name:
            # A group of no rows has passed no WHERE, but it may read a WITH entry.
            grouped = is_grouped(definer.scope.query)
            return cte, Context(definer.scope, is_grouped=grouped, is_of_one_row=definer.is_of_one_row)
    raise LookupError(f"no WITH entry {name}")


def cte_column_is_not_null(rte: Node, column: int, home: Context, prover: Prover) -> bool:
    """Return whether a column of a WITH entry can't be NULL."""
    cte, definer = find_cte(rte, home)
    query = cte.node("ctequery")
    if query is None:
        return False
    if column > len(output_entries(query)):
        return _search_or_cycle_column_is_not_null(cte)
    if rte.flag("self_reference"):
        return column in prover.assumed.get(id(query), frozenset())
    if not cte.flag("cterecursive"):
        return prover.output_is_not_null(query, column, definer)
    return column in recursive_columns(query, definer, prover)


def recursive_columns(query: Node, definer: Context, prover: Prover) -> frozenset[int]:
    """
    Return the columns of a recursive query that hold no NULL in any round.

    NULL may first come in the third round, so it is proved by induction: take columns for not NULL in the rows that
    the recursive term reads, drop those that it may then return as NULL, and begin again until none drops out.
    """
    key = (id(query), definer.scope.path)
    if key in prover.fixpoints:
        return prover.fixpoints[key]
    columns = frozenset(entry.number("resno") for entry in output_entries(query))
    while True:
        assuming = prover.assuming(query, columns)
        proved = frozenset(column for column in columns if assuming.output_is_not_null(query, column, definer))
        if proved == columns:
            break
        columns = proved
    if not prover.assumed and definer.is_plain:  # otherwise it holds for this round or arm alone
        prover.fixpoints[key] = columns
    return columns


def _search_or_cycle_column_is_not_null(cte: Node) -> bool:
    """SEARCH and CYCLE add a sequence, a mark and a path; the mark is one of two constants (manual, 7.8.2)."""
    if (cycle := cte.node("cycle_clause")) is None:
        return cte.node("search_clause") is not None
    marks = [cycle.node("cycle_mark_value"), cycle.node("cycle_mark_default")]
    return all(mark is not None and mark.tag == "CONST" and not mark.flag("constisnull", True) for mark in marks)
