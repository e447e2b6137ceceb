"""Where each parameter stands in a query's SQL."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from plainsql.query.model import Query
from plainsql.query.source import file_offset

_DOLLAR = re.compile(r"\$([1-9][0-9]*)")


class Occurrence(NamedTuple):
    """``sql[start:end]`` is ``$number``."""

    number: int
    start: int
    end: int


def find_occurrences(query: Query) -> list[Occurrence]:
    """Return each ``$n`` of ``query.sql`` that the file writes ``:name``; one inside a string is no parameter."""
    text = query.source_map.text
    return [
        Occurrence(int(match[1]), match.start(), match.end())
        for match in _DOLLAR.finditer(query.sql)
        if int(match[1]) <= len(query.parameters)
        and text.startswith(f":{query.parameters[int(match[1]) - 1]}", file_offset(query, match.start()))
    ]


def number_apart(sql: str, occurrences: Sequence[Occurrence]) -> str:
    """Return *sql* with ``$1``, ``$2``, … in the order of occurrence, so that each has a type of its own."""
    pieces = []
    done = 0
    for number, occurrence in enumerate(occurrences, 1):
        pieces += [sql[done : occurrence.start], f"${number}"]
        done = occurrence.end
    return "".join([*pieces, sql[done:]])
