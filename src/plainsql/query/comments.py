"""The comment under a header: prose for the docstring, directives for us."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from plainsql.query.lexer import Token

_DIRECTIVE: Final = re.compile(r"--+[ \t]*@[ \t]*(?P<name>[^\s:=(]*)[ \t]*(?P<argument>.*?)\s*\Z", re.DOTALL)
_BLOCK_DIRECTIVE: Final = re.compile(r"[ \t*]*@(?P<name>\w+)")


class DirectiveLine(NamedTuple):
    """A comment that reads like a directive; *start* is the offset of its ``@``."""

    name: str
    argument: str
    start: int
    end: int


def directive_in(text: str, token: Token) -> DirectiveLine | None:
    """Return the directive that a line comment holds, or None."""
    if token.kind != "line_comment":
        return None
    comment = text[token.start : token.end]
    match = _DIRECTIVE.match(comment)
    if match is None:
        return None
    return DirectiveLine(match["name"], match["argument"], token.start + comment.index("@"), token.end)


def block_directives(text: str, token: Token) -> list[DirectiveLine]:
    """Return the lines of a ``/* */`` comment that read like directives; they are none."""
    found = []
    start = token.start + 2
    for line in text[start : token.end - 2].split("\n"):
        match = _BLOCK_DIRECTIVE.match(line)
        if match:
            at = start + match.start("name") - 1
            found.append(DirectiveLine(match["name"], "", at, start + match.end()))
        start += len(line) + 1
    return found


def prose(text: str, comments: Sequence[Token]) -> str:
    """
    Return the words of *comments* without their dashes, in order.

    An empty line between two comments stays one; directives are left out.
    """
    lines: list[str] = []
    end = comments[0].start if comments else 0
    for token in comments:
        if text.count("\n", end, token.start) > 1:
            lines.append("")
        end = token.end
        if directive_in(text, token):
            continue
        if token.kind == "line_comment":
            lines.append(_after_dashes(text[token.start : token.end]))
        else:
            lines += _inside_block(text[token.start : token.end])
    kept = [line for line, before in zip(lines, ["", *lines], strict=False) if line or before]
    return "\n".join(kept).strip("\n")


def _after_dashes(comment: str) -> str:
    words = comment.lstrip("-").rstrip()
    return words[1:] if words.startswith(" ") else words


def _inside_block(comment: str) -> list[str]:
    inner = comment[2:-2].strip("*").strip()
    return [re.sub(r"^[ \t]*\*?[ \t]?", "", line).rstrip() for line in inner.split("\n")] if inner else []
