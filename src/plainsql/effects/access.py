"""Whether a statement reads or writes, and why: what a standby or a READ ONLY transaction refuses is a write."""

from __future__ import annotations

from collections.abc import Iterable

from plainsql.effects.facts import EffectFacts, Routine
from plainsql.effects.model import Access
from plainsql.effects.reach import Reach
from plainsql.effects.side_effects import may_write


def access(
    reached: Reach, locked: Iterable[int], routines: Iterable[Routine], facts: EffectFacts
) -> tuple[Access, tuple[str, ...]]:
    """
    Return what kind of access a statement needs, with the reasons when it is ``write``.

    Args:
        reached: What it reads and writes.
        locked: OIDs of the tables whose rows it locks.
        routines: What it calls.
        facts: The catalog.
    """
    relations = facts.facts.relations
    reasons = []
    if reached.writes:
        reasons.append(f"writes {_listed(_name(oid, facts) for oid in reached.writes)}")
    if reached.ruled:
        what = _listed(_name(oid, facts) for oid in reached.ruled)
        reasons.append(f"rewrite rules of {what} may do something else")
    if names := [relations[oid].name for oid in locked if oid in relations]:
        reasons.append(f"locks rows of {_listed(names)}")
    writing = [routine for routine in routines if may_write(routine)]
    if called := {routine.name for routine in writing if routine.is_builtin}:
        reasons.append(f"calls {_listed(called)}")
    if opaque := {routine.name for routine in writing if not routine.is_builtin}:
        reasons.append(f"calls {_listed(opaque)}: volatile, may write")
    return ("write" if reasons else "read"), tuple(reasons)


def _name(oid: int, facts: EffectFacts) -> str:
    relation = facts.facts.relations.get(oid)
    return relation.name if relation is not None else "an unknown table"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
