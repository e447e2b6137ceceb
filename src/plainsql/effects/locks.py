"""
The locks that a statement takes by itself (manual, 13.3).

Triggers, foreign keys and functions take locks of their own; those are not in the tree.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from plainsql.effects.facts import EffectFacts
from plainsql.effects.model import TableLock
from plainsql.effects.reach import STATEMENT, Part, Reach, table_entries, view_part
from plainsql.nullability import Node

_MODES = ("", "ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE")  # storage/lockdefs.h, from 1
_ROW_SHARE, _ROW_EXCLUSIVE = 2, 3
_STRENGTHS = ("", "FOR KEY SHARE", "FOR SHARE", "FOR NO KEY UPDATE", "FOR UPDATE")  # nodes/lockoptions.h
_WAITS = ("", " SKIP LOCKED", " NOWAIT")
_TABLE, _SUBQUERY = 0, 1  # nodes/parsenodes.h, RTEKind

RowLock = tuple[int, int]
"""Strength and wait policy."""


def row_locks(reached: Reach, facts: EffectFacts) -> dict[int, RowLock]:
    """Return the tables whose rows are locked by a locking clause, those behind views and children too."""
    found: dict[int, RowLock] = {}
    for tree in reached.trees:
        for query in tree.walk():
            for oid, lock in _marked(query, facts):
                found[oid] = max(found.get(oid, lock), lock)
    return found


def table_locks(statement: Node, rows: Mapping[int, RowLock], facts: EffectFacts) -> tuple[TableLock, ...]:
    """Return the strongest lock on each table and view; *rows* are the locks on rows, by table."""
    relations = facts.facts.relations
    modes = dict.fromkeys(rows, _ROW_SHARE)
    for oid, mode in _opened(statement, STATEMENT, facts, set()):
        modes[oid] = max(modes.get(oid, 0), mode)
    locks = [
        TableLock(relations[oid].name, _MODES[mode], _clause(rows.get(oid)))
        for oid, mode in modes.items()
        if oid in relations and 0 < mode < len(_MODES)
    ]
    return tuple(sorted(locks, key=lambda lock: lock.table))


def _opened(tree: Node, part: Part, facts: EffectFacts, seen: set[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield relations and the mode in which each is opened; a write to a view goes to the table below it."""
    for rte, events in table_entries(tree, part):
        oid = rte.number("relid")
        mode = _ROW_EXCLUSIVE if events else rte.number("rellockmode")
        relation = facts.facts.relations.get(oid)
        for member in _children(rte, facts):
            yield member, mode
            for policy in facts.policies.get(member, ()):
                if (member, 0) not in seen:
                    seen.add((member, 0))
                    yield from _opened(policy, STATEMENT, facts, seen)
        if (
            relation is not None
            and relation.kind == "v"
            and relation.view_query is not None
            and (oid, mode) not in seen
        ):
            seen.add((oid, mode))
            yield from _opened(relation.view_query, view_part(relation, events), facts, seen)


def _marked(query: Node, facts: EffectFacts) -> Iterator[tuple[int, RowLock]]:
    """Yield the tables that the locking clauses of one level lock."""
    if query.tag != "QUERY":
        return
    entries = query.nodes("rtable")
    for mark in query.nodes("rowMarks"):
        number = mark.number("rti")
        if 0 < number <= len(entries):
            lock = (mark.number("strength"), mark.number("waitPolicy"))
            for oid in _locked_by(entries[number - 1], facts, frozenset()):
                yield oid, lock


def _locked_by(rte: Node, facts: EffectFacts, above: frozenset[int]) -> Iterator[int]:
    """Yield the tables whose rows a lock on *rte* locks: those in the FROM of views and sub-selects too."""
    kind, oid = rte.number("rtekind", -1), rte.number("relid")
    below: Node | None = None
    if kind == _TABLE and oid and oid not in above:
        yield from _children(rte, facts)
        relation = facts.facts.relations.get(oid)
        below = relation.view_query if relation is not None and relation.kind == "v" else None
    elif kind == _SUBQUERY:
        below = rte.node("subquery")
    if below is None:
        return
    entries = below.nodes("rtable")
    for number in _from_items(below.node("jointree")):
        if 0 < number <= len(entries):
            yield from _locked_by(entries[number - 1], facts, above | {oid})


def _from_items(item: Node | None) -> Iterator[int]:
    if item is None:
        return
    if item.tag == "RANGETBLREF":
        yield item.number("rtindex")
    for child in (*item.nodes("fromlist"), item.node("larg"), item.node("rarg")):
        yield from _from_items(child)


def _children(rte: Node, facts: EffectFacts) -> Iterable[int]:
    """A partitioned table stands for its partitions; children that merely inherit are tables of their own."""
    oid = rte.number("relid")
    relation = facts.facts.relations.get(oid)
    if relation is None or relation.kind == "p" or not rte.flag("inh", True):
        return (oid,)
    return {oid, *relation.family}


def _clause(lock: RowLock | None) -> str | None:
    if lock is None:
        return None
    strength, wait = lock
    if not 0 < strength < len(_STRENGTHS) or not 0 <= wait < len(_WAITS):
        return "FOR UPDATE"
    return _STRENGTHS[strength] + _WAITS[wait]
