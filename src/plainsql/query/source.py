"""From an offset to a line and column, and from there to a problem an editor can jump to."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable
from typing import Literal

from plainsql.query.model import Position, Query
from plainsql.query.problem import Problem

Level = Literal["error", "warning"]


def position_in(text: str, offset: int) -> Position:
    """Return the line and column of a character offset of *text*."""
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))


def line_of(text: str, offset: int) -> str:
    """Return the line of *text* that holds the character at *offset*."""
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : end if end >= 0 else len(text)]


def file_offset(query: Query, offset: int) -> int:
    """Return the character offset in the file of a character offset of ``query.sql``."""
    places = query.source_map
    offset = min(max(offset, 0), len(query.sql))
    piece = bisect_right(places.offsets, offset) - 1
    origin = places.origins[piece] + offset - places.offsets[piece]
    if piece + 1 < len(places.origins):  # `$10` is longer than `:a`
        origin = min(origin, max(places.origins[piece], places.origins[piece + 1] - 1))
    return origin


def locate(query: Query, offset: int) -> Position:
    """Return the place in the file of a character offset of ``query.sql``."""
    return position_in(query.source_map.text, file_offset(query, offset))


def problem_at(
    query: Query, offset: int | None, message: str, *, hint: str | None = None, length: int = 1, level: Level = "error"
) -> Problem:
    """
    Return a problem at a place of *query*.

    Args:
        query: Where it is.
        offset: Character offset of ``query.sql``; None for the header line.
        message: What was expected and what was found.
        hint: What to do next.
        length: Characters under the caret; a parameter is always underlined whole.
        level: Errors make commands exit 1.
    """
    text = query.source_map.text
    if offset is None:
        place = Position(query.line, 1)
        source = text.split("\n", query.line)[query.line - 1]
        length = len(source.rstrip()) or 1
    else:
        origin = file_offset(query, offset)
        place, source = position_in(text, origin), line_of(text, origin)
        places = query.source_map
        piece = bisect_right(places.offsets, offset) - 1
        if query.sql[offset : offset + 1] == "$" and text[origin : origin + 1] == ":":
            length = places.origins[piece + 1] - origin
    return Problem(query.file, place.line, place.column, message, hint, source, length, query.key, level)


class Faults:
    """Collects the problems of one file."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.text = text
        self.found: list[Problem] = []

    def add(
        self,
        offset: int,
        message: str,
        *,
        hint: str | None = None,
        length: int = 1,
        query: str | None = None,
        level: Level = "error",
    ) -> None:
        """Note a problem at a character offset of the file."""
        place, source = position_in(self.text, offset), line_of(self.text, offset)
        self.found.append(Problem(self.path, place.line, place.column, message, hint, source, length, query, level))


def closest(word: str, choices: Iterable[str]) -> str | None:
    """Return the one of *choices* that *word* was probably meant to be."""
    found = difflib.get_close_matches(word, list(choices), n=1, cutoff=0.6)
    return found[0] if found else None
