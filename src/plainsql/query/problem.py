"""A fault in a file: what was expected, what was found, where, and what to do next."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """
    One fault, addressed so that an editor can jump to it.

    Attributes:
        file: Path as people type it, relative to the project, with forward slashes.
        line: 1-based.
        column: 1-based, in characters.
        message: What was expected and what was found.
        hint: What to do next, if known.
        source: The text of that line, for the caret.
        length: Characters under the caret, 1 or more.
        query: Dotted key of the query, e.g. ``orders.get_order``.
        level: Errors make commands exit 1; warnings don't.
    """

    file: str
    line: int
    column: int
    message: str
    hint: str | None = None
    source: str = ""
    length: int = 1
    query: str | None = None
    level: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}"


def format_problem(problem: Problem) -> str:
    """Return *problem* as text: position and message, the source line with a caret under it, and the hint."""
    lines = [f"{problem.file}:{problem.line}:{problem.column}: {problem.level}: {problem.message}"]
    if problem.source.strip():
        before = problem.source[: problem.column - 1]
        marked = problem.source[problem.column - 1 :][: max(1, problem.length)]
        pad = "".join("\t" if char == "\t" else " " * _cells(char) for char in before)
        lines += [f"    {problem.source}", f"    {pad}{'^' * max(1, sum(map(_cells, marked)))}"]
    if problem.hint:
        lines.append(f"    hint: {problem.hint}")
    return "\n".join(lines)


def _cells(char: str) -> int:
    """Return how many columns of a terminal *char* takes: ideographs take two, combining marks none."""
    if unicodedata.category(char) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
