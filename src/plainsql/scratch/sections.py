"""Migrations that hold the way up and the way down in one file: the way up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_COMMENTS: Final = {
    "goose": r"\+goose[^\S\n]+(?P<way>Up|Down)\b",
    "sql-migrate": r"\+migrate[^\S\n]+(?P<way>Up|Down)\b",
    "dbmate": r"migrate:(?P<way>up|down)\b",
    "node-pg-migrate": r"(?P<way>Up|Down)[^\S\n]+Migration\b",
}
MARKERS: Final[Mapping[str, re.Pattern[str]]] = {
    tool: re.compile(rf"^[^\S\n]*--[^\S\n]*{comment}[^\n]*", re.IGNORECASE | re.MULTILINE)
    for tool, comment in _COMMENTS.items()
}
"""The comment lines that part a file, by the tool that reads them."""

TERN: Final = "tern"
_TERN: Final = re.compile(r"^---- create above / drop below ----[^\n]*", re.MULTILINE)
_NOT_END: Final = re.compile(r"[^\n]")


def sectioned_by(text: str) -> str | None:
    """Return the tool whose comments part *text* into up and down, or None."""
    if _TERN.search(text):
        return TERN
    return next(
        (tool for tool, marker in MARKERS.items() if any(m["way"].lower() == "up" for m in marker.finditer(text))), None
    )


def up_part(text: str, tool: str) -> str | None:
    """
    Return *text* with blank lines in place of everything that doesn't lead up, so that lines keep their numbers.

    Args:
        text: Of one file.
        tool: As sectioned_by says.

    Returns:
        None when the file has no section that leads up.
    """
    if tool == TERN:
        cut = _TERN.search(text)
        return text if cut is None else text[: cut.start()]
    kept: list[str] = []
    place = 0
    way = None
    found = False
    for marker in MARKERS[tool].finditer(text):
        kept.append(_section(text[place : marker.start()], way))
        way = marker["way"].lower()
        found = found or way == "up"
        place = marker.start()
    kept.append(_section(text[place:], way))
    return "".join(kept) if found else None


def _section(text: str, way: str | None) -> str:
    return text if way == "up" else _NOT_END.sub("", text)
