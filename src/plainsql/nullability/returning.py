"""
RETURNING: which row a column of the written table comes from, and what the statement itself has put into it.

The new row of a DELETE and the old one of an INSERT are all NULL; MERGE may do either (manual, 6.4 and MERGE). A column
that accepts NULL still holds none when this very statement wrote something else into it, unless a trigger that runs
before the write, or a rule, may have changed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.facts import TABLES, Relation
from plainsql.nullability.keys import row_version
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context
from plainsql.nullability.stored import stored_is_not_null

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

SELECT, UPDATE, INSERT, DELETE, MERGE = 1, 2, 3, 4, 5  # nodes/nodes.h, CmdType
_DO_UPDATE = 2  # nodes/nodes.h, OnConflictAction
_BY_SOURCE = 1  # nodes/primnodes.h, MergeMatchKind (PostgreSQL 17)


def returned_is_not_null(var: Node, home: Context, prover: Prover) -> bool:
    """Return whether a column of the written table can't be NULL in RETURNING."""
    rte = home.scope.relation(var.number("varno"))
    relation = prover.facts.relations.get(rte.number("relid")) if rte is not None else None
    # What a rule or a view's trigger returns is its own (manual, CREATE RULE).
    if rte is None or relation is None or relation.has_rules or relation.kind not in TABLES:
        return False
    version, column, query = row_version(var, home), var.number("varattno"), home.scope.query
    match query.number("commandType"), version:
        case (3, "new"):
            is_there = True
        case (2, _) | (4, "old"):
            is_there = True
        case (5, _):
            is_there = _merge_has_row(query, version)
        case _:
            is_there = False
    if not is_there or column < 1:
        return is_there
    if stored_is_not_null(rte, column, prover):
        return True
    if version == "old":
        return ("column", home.scope.id, var.number("varno"), column, "old") in prover.known(home.scope).claims
    return version == "new" and _written_is_not_null(relation, column, home, prover)


def source_may_be_absent(query: Node) -> bool:
    """Return whether MERGE has an action for rows that its source doesn't have."""
    return any(_match_kind(action) == _BY_SOURCE for action in query.nodes("mergeActionList"))


def _merge_has_row(query: Node, version: str) -> bool:
    """Return whether each row that MERGE returns has the version: inserted ones have no old, deleted ones no new."""
    commands = {action.number("commandType") for action in query.nodes("mergeActionList")}
    return version == "either" or (DELETE if version == "new" else INSERT) not in commands


def _match_kind(action: Node) -> int:
    return action.number("matchKind", -1)


def _written_is_not_null(relation: Relation, column: int, home: Context, prover: Prover) -> bool:
    family = [prover.facts.relations.get(oid) for oid in relation.family]
    if any(member is None or member.has_row_triggers or member.kind not in TABLES for member in family):
        return False
    found, query = relation.columns.get(column), home.scope.query
    if found is None or found.generated:
        return False
    context = Context(home.scope)
    assigned = _assignment(query.nodes("targetList"), column)
    if query.number("commandType") == UPDATE:
        if assigned is not None:
            return expressions.is_not_null(assigned, context, prover)
        kept = ("column", home.scope.id, query.number("resultRelation"), column, "old")
        return kept in prover.known(home.scope).claims
    if assigned is None or assigned.tag == "SETTODEFAULT":
        assigned = found.expression
    if not expressions.is_not_null(assigned, context, prover):
        return False
    conflict = query.node("onConflict")
    if conflict is None or conflict.number("action") != _DO_UPDATE:
        return True
    return expressions.is_not_null(_assignment(conflict.nodes("onConflictSet"), column), context, prover)


def _assignment(entries: list[Node], column: int) -> Node | None:
    found = [entry for entry in entries if entry.number("resno") == column and not entry.flag("resjunk")]
    return found[0].node("expr") if len(found) == 1 else None


def excluded_is_not_null(rte: Node, column: int, home: Context, prover: Prover) -> bool:
    """Return whether a column of EXCLUDED can't be NULL: constraints are checked before the conflict is found."""
    relation = prover.facts.relations.get(rte.number("relid"))
    found = relation.columns.get(column) if relation is not None else None
    if relation is None or found is None or relation.kind not in TABLES or found.generated:
        return False
    if found.proved:
        return True
    if relation.has_row_triggers:
        return False
    assigned = _assignment(home.scope.query.nodes("targetList"), column)
    if assigned is None or assigned.tag == "SETTODEFAULT":
        assigned = found.expression
    return expressions.is_not_null(assigned, Context(home.scope), prover)
