"""Blocks of a query file: each begins at a ``-- name:`` line and is scanned alone, so a fault stays in its query."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from plainsql.query.lexer import LexicalError, Token, scan
from plainsql.query.model import Kind

HEADER: Final = re.compile(r"^[ \t]*--[ \t]*name[ \t]*:[ \t]*(?P<spec>[^\n]*?)[ \t]*$", re.MULTILINE)

SUFFIXES: Final = ("^", "$", "<!", "!", "*!", "#")
_SPEC: Final = r"[A-Za-z_][\w-]*\s*(?:\([^()\n]*\))?\s*(?:<!|\*!|[!^$#])?"
_LOOKALIKE: Final = re.compile(
    rf"(?:--+|/\*+)\s*(?P<word>[A-Za-z]+)\s*(?P<colon>[:=;]?)\s*(?P<spec>{_SPEC})\s*(?:\*/)?\s*\Z"
)
_INNER_HEADER: Final = re.compile(rf"--+\s*name\s*:\s*(?P<spec>{_SPEC})\s*\Z")
_PROSE: Final = frozenset({"named", "names", "rename", "same"})
_PARTS: Final = re.compile(r"(?P<name>[\w-]*)\s*(?P<params>\([^()]*\))?\s*")


@dataclass(frozen=True, slots=True)
class Header:
    """
    What a header says, in aiosql's grammar.

    Attributes:
        name: With hyphens turned into underscores.
        kind: From the suffix.
        parameters: In order; None when the header has no parentheses.
    """

    name: str
    kind: Kind
    parameters: tuple[str, ...] | None


Grammar = Callable[[str], Header | None]
"""Reads the text after ``-- name:``; None when it isn't a header. aiosql supplies it."""


@dataclass(frozen=True, slots=True)
class Block:
    """
    One header and what follows it; the first block of a file has no header.

    Attributes:
        start: Offset of the header's line.
        end: Offset of the next block.
        spec: Text after ``-- name:``; None for the first block.
        spec_start: Offset of *spec*.
        tokens: Without the header's own comment.
        error: Why there are no tokens.
    """

    start: int
    end: int
    spec: str | None
    spec_start: int
    tokens: tuple[Token, ...]
    error: LexicalError | None = None


def split_blocks(text: str) -> list[Block]:
    """
    Split a file at its headers.

    The file is never scanned as a whole: a quote left open in one query would hide all that follow. A block that
    doesn't scan is joined to later ones only if that makes a comment whole, or a literal closed in the next block.
    """
    headers = list(HEADER.finditer(text))
    bounds = [0, *(match.start() for match in headers), len(text)]
    blocks = []
    index = 0
    while index < len(bounds) - 1:
        start, body = bounds[index], bounds[index]
        spec, spec_start = None, start
        if index:
            match = headers[index - 1]
            spec, spec_start, body = match["spec"], match.start("spec"), match.end()
        last = index + 1
        tokens: list[Token] = []
        error: LexicalError | None = None
        try:
            tokens = scan(text, body, bounds[last])
        except LexicalError as fault:
            joined = _join(text, body, bounds, index + 1, fault)
            if joined is None:
                error = fault
            else:
                last, tokens = joined
        blocks.append(Block(start, bounds[last], spec, spec_start, tuple(tokens), error))
        index = last
    return blocks


def _join(
    text: str, body: int, bounds: list[int], following: int, fault: LexicalError
) -> tuple[int, list[Token]] | None:
    """Return the bound up to which a block must reach to be whole, and its tokens; None if its fault is its own."""
    if not fault.message.startswith("unterminated"):
        return None
    comment = "comment" in fault.message
    for last in range(following + 1, len(bounds)):
        if comment and "*/" not in text[bounds[last - 1] : bounds[last]]:
            continue
        if not comment and (last > following + 1 or _scans(text, bounds[last - 1], bounds[last])):
            return None
        try:
            return last, scan(text, body, bounds[last])
        except LexicalError:
            continue
    return None


def _scans(text: str, start: int, end: int) -> bool:
    try:
        scan(text, start, end)
    except LexicalError:
        return False
    return True


def spec_fault(spec: str) -> tuple[int, int, str, str | None]:
    """Return offset, length, message and hint for a header text that the grammar refused."""
    if not spec:
        return 0, 1, "the header names no query", "write -- name: get_user(id)^"
    parts = _PARTS.match(spec)
    assert parts is not None  # every part is optional
    name, rest = parts["name"], spec[parts.end() :]
    if not name or name[0].isdigit():
        return 0, max(len(name), 1), f"'{spec}' does not begin with a query name", "write -- name: get_user(id)^"
    if rest.startswith("("):
        return parts.end(), len(rest), "the parameter list is not closed or not plain names", f"write {name}(a, b)"
    if rest == "#":
        return parts.end("name"), len(spec) - parts.end("name"), "a script takes no parameters", f"write {name}()#"
    if not rest or rest in SUFFIXES:
        at, length = parts.start("params"), len(parts["params"] or "")
        return at, length, "the parameter list is not plain names with commas between", f"write {name}(a, b){rest}"
    swapped = {"!<": "<!", "!*": "*!", "?": "^", "1": "^", "*": None, "!!": "!", "<": "<!"}.get(rest)
    near = swapped or next((suffix for suffix in ("<!", "*!") if set(suffix) == set(rest)), None)
    near = near or (rest[0] if rest[0] in SUFFIXES and len(set(rest)) == 1 else None)
    choices = f"a suffix is one of {' '.join(SUFFIXES)} or none"
    hint = f"did you mean '{spec[: parts.end()].rstrip()}{near}'? {choices}" if near else choices
    return parts.end(), len(rest), f"'{rest}' is not a suffix of a query", hint


def lookalike(comment: str, *, sure: bool) -> str | None:
    """
    Return the header that a comment was meant to be, or None.

    Args:
        comment: With its dashes.
        sure: Whether other signs say that a header is missing here; ``-- name of_x`` is prose otherwise.
    """
    match = _LOOKALIKE.match(comment)
    if match is None:
        return None
    word, spec = match["word"].lower(), match["spec"].strip()
    marked = bool(match["colon"]) or not re.fullmatch(r"[\w-]+", spec)
    if word in _PROSE or not (marked or (sure and word == "name")):
        return None
    near = difflib.SequenceMatcher(None, word, "name").ratio() >= 0.75
    return f"-- name: {spec}" if near else None


def inner_header(comment: str) -> str | None:
    """Return the header that stands at the end of a line of SQL, where no header may stand, or None."""
    match = _INNER_HEADER.match(comment)
    return f"-- name: {match['spec'].strip()}" if match else None
