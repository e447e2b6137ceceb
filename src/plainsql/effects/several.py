"""Why several rows may come: the FROM item that would have to give one, and what of its keys nothing fixes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from plainsql.effects.level import DELETE, SELECT, UPDATE, Level
from plainsql.effects.model import Uncompared
from plainsql.effects.rows import RowCounter
from plainsql.effects.singles import Singles
from plainsql.nullability import Node, Relation

_TRIED = 10
"""FROM items that are tried; a longer list is not worth the time."""

_MADE_UP = ("*", "unnamed_")
"""Names that the server gives to FROM items without one."""


def why_several(query: Node, counter: RowCounter) -> Uncompared:
    """Return what to compare so that *query*, which may return several rows, returns one at most."""
    found = _why(Level(query), counter)
    return replace(found, may_limit=query.number("commandType") == SELECT)


def _why(level: Level, counter: RowCounter) -> Uncompared:
    query = level.query
    if query.node("setOperations") or query.items("groupClause") or query.items("groupingSets"):
        return Uncompared(None)
    if query.flag("hasTargetSRFs"):
        return Uncompared(None)
    singles = counter.singles(level, {})
    number = _decisive(level, singles, counter)
    if number is None:
        return Uncompared(None)
    rte = level.entry(number)
    relation = counter.facts.facts.relations.get(rte.number("relid"))
    eref = rte.node("eref")
    alias = eref.text("aliasname") if eref is not None else ""
    name = None if alias.startswith(_MADE_UP) else alias
    match rte.number("rtekind", -1):
        case 0 if relation is not None and relation.kind == "v" and relation.view_query is not None:
            return Uncompared(name)
        case 0 if relation is not None:
            return Uncompared(name, _names(singles.uncompared_keys(number), relation))
        case 1 if (subquery := rte.node("subquery")) is not None:
            return _below(Level(subquery, level), counter, name)
        case 6:
            cte, home = level.find_cte(rte)
            below = cte.node("ctequery")
            if below is not None and not cte.flag("cterecursive", True):
                return _below(Level(below, home), counter, name)
    return Uncompared(name)


def _below(level: Level, counter: RowCounter, name: str | None) -> Uncompared:
    found = _why(level, counter)
    return found if found.source is not None else Uncompared(name)


def _decisive(level: Level, singles: Singles, counter: RowCounter) -> int | None:
    """Return the item that, if it gave one row, would settle the rest; the written table comes last."""
    target = level.query.number("resultRelation")
    open_items = sorted({number for number in singles.items if number not in singles.found}, key=target.__eq__)
    for number in open_items[:_TRIED]:
        then = counter.singles(level, {}, frozenset({number}))
        if then.is_single or (level.command in (UPDATE, DELETE) and target in then.found):
            return number
    return open_items[0] if open_items else None


def _names(keys: Iterable[tuple[int, ...]], relation: Relation) -> tuple[tuple[str, ...], ...]:
    """Return the names of the columns of keys without expressions, the shortest first."""
    known = [key for key in keys if all(number in relation.columns for number in key)]
    names = [tuple(relation.columns[number].name for number in key) for key in dict.fromkeys(known)]
    return tuple(sorted(names, key=len))
