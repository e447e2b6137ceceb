"""When an aggregate can't be NULL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Needs(Enum):
    """What an aggregate needs for a result that isn't NULL."""

    NOTHING = "nothing"
    """It answers of no rows at all, as count does."""
    ROWS = "rows"
    """One row, whatever its arguments hold."""
    ARGUMENTS = "arguments"
    """One row whose arguments, at the positions named, aren't NULL."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """
    The promise of one aggregate.

    Attributes:
        needs: What it rests on.
        positions: Arguments, from 0, that mustn't be NULL; those in front of WITHIN GROUP count first.
    """

    needs: Needs
    positions: frozenset[int] = frozenset()


_NOTHING = Aggregate(Needs.NOTHING)
_ROWS = Aggregate(Needs.ROWS)
_FIRST = Aggregate(Needs.ARGUMENTS, frozenset({0}))

AGGREGATES: dict[int, Aggregate] = {
    2147: _NOTHING,  # count(any)
    2803: _NOTHING,  # count(*)
    2335: _ROWS,  # array_agg(anynonarray)
    4053: _ROWS,  # array_agg(anyarray)
    3175: _ROWS,  # json_agg
    3267: _ROWS,  # jsonb_agg
    2107: _FIRST,  # sum(bigint)
    2108: _FIRST,  # sum(integer)
    2114: _FIRST,  # sum(numeric)
    2116: _FIRST,  # max(integer)
    2132: _FIRST,  # min(integer)
}
"""By pg_proc OID; one that isn't here may be NULL anyway."""
