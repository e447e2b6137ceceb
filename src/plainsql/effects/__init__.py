"""What a statement does: reads or writes, locks, volatility, and how many rows it returns."""

from plainsql.effects.analysis import effects_of, unknown_effects
from plainsql.effects.facts import EffectFacts, KeyColumn, Operator, Routine, UniqueKey
from plainsql.effects.functions import Asked, asked
from plainsql.effects.model import Effects, Rows, TableLock, Uncompared

__all__ = [
    "Asked",
    "EffectFacts",
    "Effects",
    "KeyColumn",
    "Operator",
    "Routine",
    "Rows",
    "TableLock",
    "Uncompared",
    "UniqueKey",
    "asked",
    "effects_of",
    "unknown_effects",
]
