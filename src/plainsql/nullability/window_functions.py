"""When a window function can't be NULL (manual, 9.22; windowfuncs.c)."""

from __future__ import annotations

from dataclasses import dataclass

from plainsql.nullability.functions.table import oids


@dataclass(frozen=True, slots=True)
class WindowFunction:
    """
    The promise of one window function.

    Attributes:
        positions: Arguments, from 0, that mustn't be NULL.
        frame: The frame must be sure to hold a row.
    """

    positions: frozenset[int] = frozenset()
    frame: bool = False


NUMBERING = """
cume_dist 3104()
dense_rank 3102()
percent_rank 3103()
rank 3101()
row_number 3100()
"""
NTILE = "ntile 3105(int4)"
SHIFTED = """
lag 3108(anycompatible,int4,anycompatible)
lead 3111(anycompatible,int4,anycompatible)
"""
"""The last argument stands in where there is no such row; without it NULL does."""
FRAMED = """
first_value 3112(anyelement)
last_value 3113(anyelement)
"""
TABLES = (NUMBERING, NTILE, SHIFTED, FRAMED)

WINDOW: dict[int, WindowFunction] = {
    **dict.fromkeys(oids(NUMBERING), WindowFunction()),
    **dict.fromkeys(oids(NTILE), WindowFunction(frozenset({0}))),
    **dict.fromkeys(oids(SHIFTED), WindowFunction(frozenset({0, 1, 2}))),
    **dict.fromkeys(oids(FRAMED), WindowFunction(frozenset({0}), frame=True)),
}
"""By pg_proc OID; one that isn't here may be NULL anyway: lag and lead without a default, nth_value."""
