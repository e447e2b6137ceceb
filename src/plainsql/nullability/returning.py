"""
RETURNING: which row a column of the written table comes from, and what the statement itself has put into it.

The new row of a DELETE and the old one of an INSERT are all NULL; MERGE may do either (manual, 6.4 and MERGE). A column
that accepts NULL still holds none when this very statement wrote something else into it, unless a trigger that runs
before the write, or a rule, may have changed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.facts import ON_INSERT, ON_UPDATE, TABLES, VIEWS, Relation, TableColumn
from plainsql.nullability.keys import row_version, version_key
from plainsql.nullability.narrowing import NOTHING, Claims, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import DELETE, INSERT, MERGE, UPDATE
from plainsql.nullability.scope import Context, Scope
from plainsql.nullability.stored import (
    refused_in_all,
    refusing_columns,
    relation_column_is_not_null,
    stored_is_not_null,
)
from plainsql.nullability.updatable import written_column

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

_DO_UPDATE = 2  # nodes/nodes.h, OnConflictAction
_VALUES = 5  # nodes/parsenodes.h, RTEKind
_BY_SOURCE = 1  # nodes/primnodes.h, MergeMatchKind (PostgreSQL 17)


def returned_is_not_null(var: Node, home: Context, prover: Prover) -> bool:
    """Return whether a column of the written table can't be NULL in RETURNING."""
    rte = home.scope.relation(var.number("varno"))
    relation = prover.facts.relations.get(rte.number("relid")) if rte is not None else None
    # What a rule or a view's trigger returns is its own (manual, CREATE RULE).
    if rte is None or relation is None or relation.has_rules:
        return False
    if relation.kind in VIEWS:
        return _returned_through_view(relation, var, home, prover)
    if relation.kind not in TABLES:
        return False
    version, column, query = row_version(var, home), var.number("varattno"), home.scope.query
    is_there = _has_row(query, version) or prover.is_claimed_key(version_key(home.scope.id, version), home)
    if not is_there or column < 1:
        return is_there
    if stored_is_not_null(rte, column, prover):
        return True
    if version == "new" and query.number("commandType") == INSERT and column in refusing_columns(relation, prover):
        # INSERT checks the constraints of the table that it names, those that are not valid yet too; of a foreign
        # partition they are no more than a promise.
        return query.node("onConflict") is None and _is_local(relation, prover)
    if version == "old":
        return ("column", home.scope.id, var.number("varno"), column, "old") in prover.known(home.scope).claims
    return version in ("new", "either") and _written_is_not_null(relation, column, home, prover)


def _has_row(query: Node, version: str) -> bool:
    match query.number("commandType"), version:
        case (3, "new") | (2, _) | (4, "old"):
            return True
        case (5, _):
            return _merge_has_row(query, version)
        case _:
            return False


def _returned_through_view(view: Relation, var: Node, home: Context, prover: Prover) -> bool:
    """Return whether a column of a view is one of its table that no row holds NULL in."""
    target = written_column(view, var.number("varattno"), prover.facts)
    if target is None or not _has_row(home.scope.query, row_version(var, home)):
        return False
    return relation_column_is_not_null(*target, prover, with_children=True)


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
    found, query = relation.columns.get(column), home.scope.query
    if _may_be_changed(relation, query, prover):
        return False
    if found is None or found.generated:
        return False
    context = Context(home.scope)
    assigned = _assignment(query.nodes("targetList"), column)
    if query.number("commandType") == MERGE:
        return _every_action_writes(found, column, home, prover)
    if query.number("commandType") == UPDATE:
        if assigned is not None:
            return all(expressions.is_not_null(value, context, prover) for value in _values(assigned, found, context))
        kept = ("column", home.scope.id, query.number("resultRelation"), column, "old")
        return kept in prover.known(home.scope).claims
    if not all(expressions.is_not_null(value, context, prover) for value in _values(assigned, found, context)):
        return False
    conflict = query.node("onConflict")
    if conflict is None or conflict.number("action") != _DO_UPDATE:
        return True
    return expressions.is_not_null(_assignment(conflict.nodes("onConflictSet"), column), context, prover)


def claims_of_writes(scope: Scope, prover: Prover) -> Claims:
    """Return what INSERT and UPDATE say of the values that NOT NULL columns have taken: no row is there otherwise."""
    query = scope.query
    rte = scope.relation(query.number("resultRelation"))
    relation = prover.facts.relations.get(rte.number("relid")) if rte is not None else None
    if (
        relation is None
        or query.number("commandType") not in (INSERT, UPDATE)
        or _may_be_changed(relation, query, prover)
    ):
        return NOTHING
    is_insert = query.number("commandType") == INSERT
    refusing = refusing_columns(relation, prover) if is_insert else refused_in_all(relation, prover)
    taken = [
        not_null(entry.node("expr"), Context(scope), prover)
        for entry in query.nodes("targetList")
        if entry.number("resno") in refusing
    ]
    return NOTHING.union(*taken)


def _is_local(relation: Relation, prover: Prover) -> bool:
    family = [prover.facts.relations.get(oid) for oid in relation.family]
    return all(member is not None and member.kind in TABLES for member in family)


def _may_be_changed(relation: Relation, query: Node, prover: Prover) -> bool:
    """Return whether a rule, or a trigger that runs before the write, may put something else into the row."""
    is_plain_insert = query.number("commandType") == INSERT and query.node("onConflict") is None
    # An UPDATE that moves a row to another partition inserts it there.
    events = (ON_INSERT,) if is_plain_insert else (ON_INSERT, ON_UPDATE)
    family = [prover.facts.relations.get(oid) for oid in relation.family]
    return relation.has_rules or any(
        member is None or member.has_triggers(*events) or member.kind not in TABLES for member in family
    )


def _assignment(entries: list[Node], column: int) -> Node | None:
    found = [entry for entry in entries if entry.number("resno") == column and not entry.flag("resjunk")]
    return found[0].node("expr") if len(found) == 1 else None


def _every_action_writes(column: TableColumn, number: int, home: Context, prover: Prover) -> bool:
    """Return whether each action of MERGE that returns a row puts something into a column; DELETE puts nothing."""
    context = Context(home.scope)
    for action in home.scope.query.nodes("mergeActionList"):
        command = action.number("commandType")
        if command not in (INSERT, UPDATE):
            if command == DELETE:
                return False
            continue
        assigned = _assignment(action.nodes("targetList"), number)
        if command == UPDATE and assigned is None:
            return False
        values = _values(assigned, column, context)
        if not all(expressions.is_not_null(value, context, prover) for value in values):
            return False
    return True


def excluded_is_not_null(rte: Node, column: int, home: Context, prover: Prover) -> bool:
    """Return whether a column of EXCLUDED can't be NULL: constraints are checked before the conflict is found."""
    relation = prover.facts.relations.get(rte.number("relid"))
    found = relation.columns.get(column) if relation is not None else None
    if relation is None or found is None or relation.kind not in TABLES or found.generated:
        return False
    if found.proved:
        return True
    if relation.has_triggers(ON_INSERT):
        return False
    assigned, context = _assignment(home.scope.query.nodes("targetList"), column), Context(home.scope)
    return all(expressions.is_not_null(value, context, prover) for value in _values(assigned, found, context))


def _values(assigned: Node | None, column: TableColumn, context: Context) -> list[Node | None]:
    """Return what a column gets: the default where DEFAULT or nothing is written, one value a row of VALUES."""
    if assigned is None or assigned.tag == "SETTODEFAULT":
        return [column.expression]
    rte = context.scope.relation(assigned.number("varno")) if assigned.tag == "VAR" else None
    if rte is None or rte.number("rtekind", -1) != _VALUES or assigned.number("varlevelsup"):
        return [assigned]
    number = assigned.number("varattno")
    rows = [row for row in rte.items("values_lists") if isinstance(row, list)]
    members = [row[number - 1] if 0 < number <= len(row) else None for row in rows]
    nodes = [member if isinstance(member, Node) else None for member in members]
    return [column.expression if node is not None and node.tag == "SETTODEFAULT" else node for node in nodes] or [None]
