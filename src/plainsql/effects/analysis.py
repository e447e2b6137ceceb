"""Everything that the analysed tree tells of a whole statement."""

from __future__ import annotations

from plainsql.effects.access import access
from plainsql.effects.facts import EffectFacts
from plainsql.effects.functions import routines_of, volatility
from plainsql.effects.locks import row_locks, table_locks
from plainsql.effects.model import ANY_ROWS, Effects
from plainsql.effects.reach import reach
from plainsql.effects.rows import RowCounter
from plainsql.effects.several import why_several
from plainsql.effects.side_effects import takes_advisory_lock
from plainsql.nullability import Node


def effects_of(statement: Node, facts: EffectFacts) -> Effects:
    """
    Return what *statement* does.

    Args:
        statement: The analysed Query.
        facts: What the catalog says of all that it reaches.
    """
    reached = reach(statement, facts)
    routines = [routine for tree in reached.trees for routine in routines_of(tree, facts)]
    locked = row_locks(reached, facts)
    kind, reasons = access(reached, locked, routines, facts)
    level, names = volatility(routines)
    counter = RowCounter(facts)
    rows = counter.statement(statement)
    return Effects(
        access=kind,
        reasons=reasons,
        volatility=level,
        volatile=names,
        rows=rows,
        locks=table_locks(statement, locked, facts),
        advisory_locks=tuple(sorted({routine.name for routine in routines if takes_advisory_lock(routine)})),
        reads=_names(reached.reads, facts),
        writes=_names(reached.writes, facts),
        uncompared=why_several(statement, counter) if rows.at_most is None and not reached.ruled else None,
        functions=tuple(sorted({r.name for r in routines if not r.is_builtin and r.extension is None})),
    )


def unknown_effects(reason: str) -> Effects:
    """Return what has to be taken for granted of a statement that was not analysed."""
    return Effects(
        access="write", reasons=(reason,), volatility="volatile", volatile=(), rows=ANY_ROWS, is_analysed=False
    )


def _names(oids: frozenset[int], facts: EffectFacts) -> tuple[str, ...]:
    relations = facts.facts.relations
    return tuple(sorted(relations[oid].name for oid in oids if oid in relations))
