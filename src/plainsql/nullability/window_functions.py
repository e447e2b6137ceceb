"""When a window function can't be NULL."""

from __future__ import annotations

from dataclasses import dataclass


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


WINDOW: dict[int, WindowFunction] = {
    3100: WindowFunction(),  # row_number()
    3101: WindowFunction(),  # rank()
    3102: WindowFunction(),  # dense_rank()
    3103: WindowFunction(),  # percent_rank()
    3104: WindowFunction(),  # cume_dist()
    3105: WindowFunction(frozenset({0})),  # ntile(integer)
    3108: WindowFunction(frozenset({0, 1, 2})),  # lag(value, offset, default)
    3111: WindowFunction(frozenset({0, 1, 2})),  # lead(value, offset, default)
    3112: WindowFunction(frozenset({0}), frame=True),  # first_value(value)
    3113: WindowFunction(frozenset({0}), frame=True),  # last_value(value)
}
"""By pg_proc OID; one that isn't here may be NULL anyway (lag, lead without default, nth_value)."""
