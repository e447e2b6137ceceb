"""
Which relations a statement reads and writes: through views, to children, in policies, in every sub-select and WITH.

Triggers and the actions of foreign keys are not in the tree: what they touch is not known here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from plainsql.effects.facts import EffectFacts
from plainsql.nullability import Node, Relation
from plainsql.nullability.facts import ON_DELETE, ON_INSERT, ON_UPDATE
from plainsql.nullability.updatable import only_item

_TABLE = 0  # nodes/parsenodes.h, RTEKind
_COMPOSITE = "c"
"""relkind under which ON CONFLICT's ``excluded`` stands in the range table."""

Events: TypeAlias = tuple[int, ...]
"""What is done to a written relation, as ON_INSERT, …; nothing to one that is only read."""


@dataclass(frozen=True, slots=True)
class Part:
    """
    What is known of a tree from where it stands.

    Attributes:
        view: OID of the view whose query it is: before PostgreSQL 16 it names itself there, as OLD and NEW. Else 0.
        target: Number of the FROM item of the view that is written.
        events: How it is written.
    """

    view: int = 0
    target: int = 0
    events: Events = ()


STATEMENT = Part()
"""A statement, or a condition: it says itself what it writes."""


@dataclass(frozen=True, slots=True)
class Reach:
    """
    What one statement reaches.

    Attributes:
        trees: The statement, the queries of its views and the policies of its tables.
        reads: OIDs of relations; the target of a write is among them only if it is named again.
        writes: OIDs of relations.
        ruled: Those of *writes* whose rewrite rules may do something else.
    """

    trees: tuple[Node, ...]
    reads: frozenset[int]
    writes: frozenset[int]
    ruled: frozenset[int]


def reach(statement: Node, facts: EffectFacts) -> Reach:
    """Return what *statement* reaches."""
    relations = facts.facts.relations
    reads: set[int] = set()
    writes: set[int] = set()
    trees = [statement]
    seen: set[tuple[int, Events]] = set()
    pending: list[tuple[Node, Part]] = [(statement, STATEMENT)]
    while pending:
        for rte, events in table_entries(*pending.pop()):
            (writes if events else reads).update(names_touched(rte, facts))
            oid = rte.number("relid")
            if (oid, events) in seen:
                continue
            seen.add((oid, events))
            new = [policy for member in names_touched(rte, facts) for policy in facts.policies.get(member, ())]
            pending += [(policy, STATEMENT) for policy in new]
            relation = relations.get(oid)
            if relation is not None and relation.kind == "v" and relation.view_query is not None:
                pending.append((relation.view_query, view_part(relation, events)))
                new.append(relation.view_query)
            trees += [tree for tree in new if not any(tree is known for known in trees)]
    ruled = {oid for oid in writes if oid in relations and relations[oid].has_rules}
    return Reach(tuple(trees), frozenset(reads), frozenset(writes), frozenset(ruled))


def table_entries(tree: Node, part: Part) -> Iterator[tuple[Node, Events]]:
    """Yield the tables and views of every query in *tree*, each with what is written there."""
    for query in tree.walk():
        if query.tag != "QUERY":
            continue
        target, events = query.number("resultRelation"), events_of(query)
        if part.view and query is tree:
            target, events = part.target, part.events
        for number, rte in enumerate(query.nodes("rtable"), 1):
            if rte.number("rtekind", -1) != _TABLE or rte.number("relid") in (0, part.view):
                continue
            if rte.text("relkind") != _COMPOSITE:
                yield rte, events if number == target else ()


def events_of(query: Node) -> Events:
    """Return what a query does to its target."""
    match query.number("commandType"):
        case 2:
            return (ON_UPDATE,)
        case 3:
            return (ON_INSERT,) if query.node("onConflict") is None else (ON_INSERT, ON_UPDATE)
        case 4:
            return (ON_DELETE,)
        case 5:
            return (ON_INSERT, ON_UPDATE, ON_DELETE)
        case _:
            return ()


def view_part(view: Relation, events: Events) -> Part:
    """Return how to look at the query of *view* when *events* happen to the view."""
    below = written_through(view, events) if events else None
    return Part(view.oid, below or 0, events if below else ())


def names_touched(rte: Node, facts: EffectFacts) -> set[int]:
    """
    Return the relations under which what happens to *rte* is known.

    A partition is known by its own name and by that of the table that it is a part of in the end, a partitioned table
    by its own alone; children that merely inherit are tables of their own.
    """
    oid = rte.number("relid")
    relation = facts.facts.relations.get(oid)
    touched = {oid}
    if relation is not None and relation.kind != "p" and rte.flag("inh", True):
        touched.update(relation.family)
    return touched | {facts.roots[member] for member in touched if member in facts.roots}


def written_through(view: Relation, events: Events) -> int | None:
    """Return the number of the FROM item that a write to *view* goes to; None when triggers take it."""
    if view.view_query is None or view.has_triggers(*events):
        return None
    return only_item(view.view_query)
