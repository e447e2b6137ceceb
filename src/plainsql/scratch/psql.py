"""What psql would do with a script: statements, COPY data, and of the backslash commands those that change nothing."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from plainsql.errors import SchemaFileError
from plainsql.query.lexer import LexicalError, Token, scan
from plainsql.query.statements import split_statements
from plainsql.scratch.psql_commands import refusal

CHUNK = 1 << 17
"""Characters that are scanned at once: the tokens of a file of 20 MB would take 2 GB."""

_SPECIAL = re.compile(
    r"^(?:[^\S\n]*\\(?P<command>[^\s\\]*)(?P<rest>[^\n]*)"
    r"|(?P<copy>COPY\b[^;]*?\bFROM\s+STDIN\b[^;\n]*;)[^\S\n]*\r?$)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_DATA = re.compile(r"^\\\.\r?(?:\n|\Z)", re.MULTILINE)
_END_OF_LINE = re.compile(r";[^\S\n]*\n")


@dataclass(frozen=True, slots=True)
class Step:
    """One statement; *offset* is its first character in the file, *data* what follows a COPY FROM STDIN."""

    sql: str
    offset: int
    data: str | None = None


def split_script(text: str, name: str) -> Iterator[Step]:
    """
    Yield the steps of a script.

    Args:
        text: The script.
        name: File name, for errors.

    Raises:
        SchemaFileError: A backslash command that matters, an open quote, COPY data without an end.
    """
    start = place = 0
    while special := _SPECIAL.search(text, place):
        place = special.start() + 1
        try:
            start = yield from _complete(text, start, special.start())
            yield from _remaining(text, start, special.start())
        except LexicalError:
            continue  # it stands inside quotes or a comment; what was complete before it is not read again
        if special["copy"] is None:
            if (message := refusal(special["command"], special["rest"].strip())) is not None:
                raise fault(text, special.start(), name, message)
            start = place = special.end()
            continue
        end = _END_OF_DATA.search(text, special.end())
        if end is None:
            raise fault(text, special.start(), name, "the data of COPY has no end: expected a line with \\.")
        data = text[text.find("\n", special.end()) + 1 : end.start()]
        yield Step(special["copy"].removesuffix(";"), special.start(), data)
        start = place = end.end()
    try:
        start = yield from _complete(text, start, len(text))
        yield from _remaining(text, start, len(text))
    except LexicalError as error:
        raise fault(text, error.offset, name, error.message) from None


def fault(text: str, offset: int, name: str, message: str) -> SchemaFileError:
    """Return the error that names the line of *offset*."""
    return SchemaFileError(f"{name}:{line_of(text, offset)}: {message}")


def line_of(text: str, offset: int) -> int:
    """Return the line of *offset*, from 1."""
    return text.count("\n", 0, offset) + 1


def _complete(text: str, start: int, limit: int) -> Generator[Step, None, int]:
    """Yield the statements of ``text[start:limit]`` that surely end before *limit*; return where the rest begins."""
    size = CHUNK
    while limit - start > size:
        cut = _END_OF_LINE.search(text, start + size, limit)
        if cut is None:
            return start
        try:
            tokens = scan(text, start, cut.end())
        except LexicalError:
            size *= 2  # the cut is inside quotes
            continue
        statements = split_statements(text, tokens)
        rest = _open_statement(statements, tokens)
        if rest is not None:
            statements.pop()
        yield from _steps(text, statements)
        size = CHUNK if statements else size * 2
        start = cut.end() if rest is None else rest
    return start


def _open_statement(statements: list[list[Token]], tokens: list[Token]) -> int | None:
    """Return where the last statement begins if no semicolon ends it."""
    last = next((token for token in reversed(tokens) if not token.is_comment), None)
    return statements[-1][0].start if statements and statements[-1][-1] == last else None


def _remaining(text: str, start: int, limit: int) -> Iterator[Step]:
    yield from _steps(text, split_statements(text, scan(text, start, limit)))


def _steps(text: str, statements: list[list[Token]]) -> Iterator[Step]:
    for statement in statements:
        yield Step(text[statement[0].start : statement[-1].end], statement[0].start)
