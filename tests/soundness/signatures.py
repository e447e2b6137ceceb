"""The functions and operators of signatures.txt."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.soundness.types import TYPES

_TYPES = "|".join(re.escape(name) for name in sorted((*TYPES, "small", "nonzero"), key=len, reverse=True))
_HOLE = re.compile(r"\{(" + _TYPES + r")\}|<([^<>]*\|[^<>]*)>")


@dataclass(frozen=True, slots=True)
class Signature:
    """
    What to write for one function or operator.

    Attributes:
        parts: Text, a tuple of texts to pick from, or a list of one: the type of an argument.
        result: Its type.
        since: Major version of the server.
        line: As in the file, for reports.
    """

    parts: tuple[str | tuple[str, ...] | list[str], ...]
    result: str
    since: int
    line: str


@cache
def signatures(major: int) -> dict[str, list[Signature]]:
    """Return the functions and operators that a server knows, by type of the result."""
    return read_signatures("signatures.txt", major)


def read_signatures(file: str, major: int) -> dict[str, list[Signature]]:
    """Return the signatures of a file beside this one that a server knows, by type of the result."""
    found: dict[str, list[Signature]] = {}
    for line in (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            signature = read_signature(line)
            if signature.since <= major:
                found.setdefault(signature.result, []).append(signature)
    return found


def read_signature(line: str) -> Signature:
    """Return what a line says."""
    template, _, rest = line.rpartition(" => ")
    result, _, since = rest.partition(" @")
    parts: list[str | tuple[str, ...] | list[str]] = []
    end = 0
    for match in _HOLE.finditer(template):
        parts.append(template[end : match.start()])
        parts.append([match[1]] if match[1] else tuple(match[2].split("|")))
        end = match.end()
    parts.append(template[end:])
    return Signature(tuple(parts), result, int(since or 0), template)
