"""Arguments to try a statement with, as the text that the server reads."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import Any

import psycopg

Arguments = tuple[str | None, ...]

_VALUES = {
    "N": ("1", "2", "0", "100"),
    "S": ("a", "ann", "x"),
    "B": ("true", "false"),
    "D": ("2024-01-01", "2030-01-01"),
    "T": ("1 day", "1 hour"),
    "json": ('{"a": 1}', "null"),
    "jsonb": ('{"a": 1}', "null"),
    "uuid": ("00000000-0000-0000-0000-000000000001",),
    "bytea": ("\\x00",),
    "address": ("(s,c,z)",),
    "int4range": ("[1,5)", "empty"),
    "tsquery": ("cat",),
    "regconfig": ("simple",),
    "oid": ("1",),
}
_ARRAYS = {"N": ("{1,2}", "{}", "{NULL,1}"), "S": ("{a,ann}", "{}", "{NULL,a}"), "B": ("{true}", "{}")}
_MOST = 24

_TYPE = """
SELECT base.typname, base.typcategory, element.typcategory,
    ARRAY(SELECT enumlabel::text FROM pg_enum WHERE enumtypid = base.oid ORDER BY enumsortorder)
FROM pg_type AS type
JOIN pg_type AS base ON base.oid = coalesce(nullif(type.typbasetype, 0), type.oid)
LEFT JOIN pg_type AS element ON element.oid = base.typelem AND base.typcategory = 'A'
WHERE type.oid = %s
"""


def values_of(conn: psycopg.Connection[Any], oid: int) -> tuple[str, ...]:
    """Return values of a type; the first are keys and words that the sets of rows have."""
    row = conn.execute(_TYPE, (oid,)).fetchone()
    assert row is not None
    name, category, element, labels = row
    if labels:
        return tuple(labels)
    if element is not None:
        return _ARRAYS.get(element, ("{}",))
    found = _VALUES.get(name) or _VALUES.get(category)
    assert found, f"no values of type {name} to try"
    if name in ("date", "timestamp", "timestamptz"):
        return found
    return ("10:00",) if name == "time" else found


def full_arguments(pools: Sequence[Sequence[str]]) -> list[Arguments]:
    """Return arguments without None: every combination, or some of many."""
    every = list(itertools.islice(itertools.product(*pools), 2000))
    if len(every) <= _MOST:
        return [tuple(one) for one in every]
    longest = max(len(pool) for pool in pools)
    rotated = [
        tuple(pool[(row + shift * column) % len(pool)] for column, pool in enumerate(pools))
        for shift in range(3)
        for row in range(longest)
    ]
    return list(dict.fromkeys([*rotated, *every[:: max(1, len(every) // _MOST)]]))


def without(arguments: Arguments) -> Iterator[tuple[frozenset[int], Arguments]]:
    """Yield *arguments* with None for one, for two and for all of them, and which they are."""
    places = range(len(arguments))
    chosen = {frozenset(few) for size in (1, 2, len(arguments)) for few in itertools.combinations(places, size)}
    for gone in sorted(chosen, key=sorted):
        if gone:
            yield gone, tuple(None if place in gone else value for place, value in enumerate(arguments))
