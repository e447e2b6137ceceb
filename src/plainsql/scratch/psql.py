"""What psql would do with a script: statements, COPY data, and of the backslash commands those that pg_dump writes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from plainsql.errors import SchemaFileError
from plainsql.query.lexer import LexicalError, scan
from plainsql.query.statements import split_statements

_SPECIAL = re.compile(
    r"^(?:\\(?P<command>[^\s\\]*)[^\n]*|(?P<copy>COPY\b[^;]*?\bFROM\s+STDIN\b[^;\n]*;)[^\S\n]*\r?$)",
    re.IGNORECASE | re.MULTILINE,
)
_END_OF_DATA = re.compile(r"^\\\.\r?(?:\n|\Z)", re.MULTILINE)
_HARMLESS = frozenset({"restrict", "unrestrict"})
"""They only make psql refuse other backslash commands, which we do anyway."""


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
        SchemaFileError: A backslash command, an open quote, COPY data without an end.
    """
    start = place = 0
    while special := _SPECIAL.search(text, place):
        place = special.start() + 1
        if not _is_between_tokens(text, start, special.start()):
            continue
        yield from _statements(text, start, special.start(), name)
        if special["copy"] is None:
            if special["command"] not in _HARMLESS:
                raise _fault(text, special.start(), name, f"the psql command \\{special['command']} is not supported")
            start = place = special.end()
            continue
        end = _END_OF_DATA.search(text, special.end())
        if end is None:
            raise _fault(text, special.start(), name, "the data of COPY has no end: expected a line with \\.")
        data = text[text.find("\n", special.end()) + 1 : end.start()]
        yield Step(special["copy"].removesuffix(";"), special.start(), data)
        start = place = end.end()
    yield from _statements(text, start, len(text), name)


def _is_between_tokens(text: str, start: int, end: int) -> bool:
    """Return whether *end* is outside of quotes and comments that opened after *start*."""
    try:
        scan(text, start, end)
    except LexicalError:
        return False
    return True


def _statements(text: str, start: int, end: int, name: str) -> Iterator[Step]:
    try:
        tokens = scan(text, start, end)
    except LexicalError as error:
        raise _fault(text, error.offset, name, error.message) from None
    for statement in split_statements(text, tokens):
        yield Step(text[statement[0].start : statement[-1].end], statement[0].start)


def _fault(text: str, offset: int, name: str, message: str) -> SchemaFileError:
    return SchemaFileError(f"{name}:{text.count(chr(10), 0, offset) + 1}: {message}")
