"""How many rows INSERT, UPDATE, DELETE and MERGE return."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.effects.level import INSERT, MERGE, Level
from plainsql.effects.model import ANY_ROWS, NO_ROWS, Rows
from plainsql.effects.reach import events_of, written_through
from plainsql.nullability import Relation

if TYPE_CHECKING:
    from plainsql.effects.rows import RowCounter

_DO_UPDATE = 2  # nodes/nodes.h, OnConflictAction
_NOT_MATCHED_BY_SOURCE = 1  # nodes/primnodes.h, MergeMatchKind


def written_rows(level: Level, counter: RowCounter) -> Rows:
    """Return how many rows a statement that writes returns; rewrite rules do as they like."""
    written = _written(level, counter)
    if any(relation is None or relation.has_rules for relation in written):
        return ANY_ROWS
    if not level.query.items("returningList"):
        return NO_ROWS
    if level.command == INSERT:
        return _inserted(level, counter, written)
    return _changed(level, counter, written)


def _inserted(level: Level, counter: RowCounter, written: list[Relation | None]) -> Rows:
    """INSERT stores the rows of its SELECT, or one of its VALUES."""
    if level.query.flag("hasTargetSRFs"):
        return ANY_ROWS
    found = Rows(counter.source_has_a_row(level), 1 if counter.singles(level, {}).is_single else None)
    conflict = level.query.node("onConflict")
    may_skip = conflict is not None and (
        conflict.number("action") != _DO_UPDATE or conflict.node("onConflictWhere") is not None
    )
    return Rows(0, found.at_most) if may_skip or not _stores_surely(level, counter, written) else found


def _changed(level: Level, counter: RowCounter, written: list[Relation | None]) -> Rows:
    """UPDATE and DELETE return a row of their table once at most, MERGE once for each row of its source."""
    singles = counter.singles(level, {})
    if level.command == MERGE:
        actions = level.query.nodes("mergeActionList")
        beyond = any(action.number("matchKind") == _NOT_MATCHED_BY_SOURCE for action in actions)
        return Rows(0, 1 if singles.is_single and not beyond else None)
    # INSTEAD OF triggers do it for each row of the join: a row of the view may come back twice.
    events = events_of(level.query)
    if any(view is None or (view.kind == "v" and view.has_triggers(*events)) for view in written):
        return Rows(0, 1 if singles.is_single else None)
    return Rows(0, 1 if level.query.number("resultRelation") in singles.found else None)


def _stores_surely(level: Level, counter: RowCounter, written: list[Relation | None]) -> bool:
    """Return whether nothing may leave out a row that is inserted: a trigger, or another server."""
    events = events_of(level.query)
    for relation in written:
        members = relation.family if relation is not None and relation.kind == "p" else ()
        parts = [relation, *(counter.facts.facts.relations.get(oid) for oid in members)]
        if any(part is None or part.has_triggers(*events) or part.kind == "f" for part in parts):
            return False
    return True


def _written(level: Level, counter: RowCounter) -> list[Relation | None]:
    """Return what a query writes: its target, and what is below it if that is a view; None is unknown."""
    rte = level.entry(level.query.number("resultRelation"))
    found = []
    while True:
        relation = counter.facts.facts.relations.get(rte.number("relid"))
        found.append(relation)
        if relation is None or relation.kind != "v" or relation.view_query is None:
            return found
        number = written_through(relation, events_of(level.query))
        if number is None:
            return found
        rte = Level(relation.view_query).entry(number)
