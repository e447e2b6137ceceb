"""Which fields infinite times have: extract() and date_part() return NULL for the others."""

from __future__ import annotations

_OF_TIMESTAMPS = frozenset({"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"})
_OF_INTERVALS = frozenset({"century", "day", "decade", "epoch", "hour", "millennium", "year"})

FIELDS: dict[int, frozenset[str]] = {
    1171: _OF_TIMESTAMPS,  # date_part(text,timestamptz)
    1172: _OF_INTERVALS,  # date_part(text,interval)
    1384: _OF_TIMESTAMPS,  # date_part(text,date)
    2021: _OF_TIMESTAMPS,  # date_part(text,timestamp)
    6199: _OF_TIMESTAMPS,  # extract(text,date)
    6202: _OF_TIMESTAMPS,  # extract(text,timestamp)
    6203: _OF_TIMESTAMPS,  # extract(text,timestamptz)
    6204: _OF_INTERVALS,  # extract(text,interval)
}
"""
Functions that belong to TOTAL if their first argument is a constant that stands here.

Manual, 9.9.1; NonFiniteTimestampTzPart and NonFiniteIntervalPart in timestamp.c. Intervals are infinite from 17.
"""
