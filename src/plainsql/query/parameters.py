"""From ``:name`` to ``$1``, at tokens of PostgreSQL's lexer and with an exact map back to the file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from plainsql.query.headers import Header
from plainsql.query.lexer import Token
from plainsql.query.model import SourceMap
from plainsql.query.names import parameter_name_fault
from plainsql.query.source import Faults, closest

_OPERANDS: Final = frozenset({"name", "quoted", "string", "number", "param"})
_VALUE_WORDS: Final = frozenset({"end", "null", "true", "false", "user", "current_date", "current_timestamp"})
_WORDS: Final = frozenset({"name", "keyword", "reserved"})


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One ``:name``; *start* is the offset of its colon."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """
    What the colons of a statement mean.

    Attributes:
        occurrences: The parameters, in text order.
        slices: Words after a colon that is no parameter's: ``a[1:n]``, with the colon's offset.
        faults: Offset, length, message and hint.
    """

    occurrences: tuple[Occurrence, ...]
    slices: dict[str, int]
    faults: tuple[tuple[int, int, str, str], ...]


def find_parameters(text: str, tokens: Sequence[Token], declared: Sequence[str] | None) -> Found:
    """
    Tell parameters from the other uses of a colon.

    PostgreSQL gives ``a[1:n]``, ``a[:n]`` and ``:n`` the same tokens. Inside a subscript, and between key and value
    of ``JSON_OBJECT('k':v)``, a colon after an operand is SQL's own; at the start of a subscript it is a parameter's
    if that is declared, or if the header declares nothing. With a space after it, it is never a parameter's.

    Args:
        text: The whole file.
        tokens: Of the body, comments included or not.
        declared: Parameters of the header; None when it has no parentheses.
    """
    occurrences: list[Occurrence] = []
    slices: dict[str, int] = {}
    faults: list[tuple[int, int, str, str]] = []
    code = [token for token in tokens if not token.is_comment]
    brackets: list[str] = []  # "(" "json(" "[" of a constructor, "a[" of a subscript
    operand = False
    last_word = ""
    skip = False
    for index, token in enumerate(code):
        if skip:
            skip = False
            continue
        spelling = text[token.start : token.end]
        if token.kind == "param":
            faults.append(
                (token.start, len(spelling), f"numbered parameter '{spelling}'", "give it a name, such as :id")
            )
        if token.kind != "symbol":
            operand = token.kind in _OPERANDS or token.kind == "keyword" or spelling.lower() in _VALUE_WORDS
            if brackets and brackets[-1] == "json(" and token.kind == "keyword":
                operand = False
            last_word = spelling.lower() if token.kind in _WORDS else ""
            continue
        if spelling == ":":
            here = brackets[-1] if brackets else ""
            after = code[index + 1] if index + 1 < len(code) and code[index + 1].start == token.end else None
            word = text[after.start : after.end] if after and after.kind in _WORDS else ""
            if here in ("a[", "json(") and (operand or (here == "json(" and not word)):
                if word:
                    slices[word] = token.start
                operand = False
            elif here == "a[" and (not word or (declared is not None and word not in declared)):
                operand = False
            elif word and after:
                occurrences.append(Occurrence(word, token.start, after.end))
                operand = skip = True
            else:
                faults.append(_colon_fault(text, token, after))
                operand = False
        elif spelling in ("(", "["):
            kind = "a[" if spelling == "[" and operand else spelling
            brackets.append("json(" if spelling == "(" and last_word in ("json_object", "json_objectagg") else kind)
            operand = False
        else:
            if spelling in (")", "]") and brackets:
                brackets.pop()
            operand = spelling in (")", "]")
        last_word = ""
    return Found(tuple(occurrences), slices, tuple(faults))


def _colon_fault(text: str, colon: Token, after: Token | None) -> tuple[int, int, str, str]:
    if after and after.kind == "number":
        spelling = text[colon.start : after.end]
        return _numbered(colon.start, spelling)
    if after and after.kind in ("string", "quoted"):
        spelling = text[colon.start : after.end]
        return colon.start, len(spelling), f"psql's {spelling} is no parameter here", "write :name without quotes"
    return colon.start, 1, "a colon without a parameter name", "write :name, without a space"


def _numbered(start: int, spelling: str) -> tuple[int, int, str, str]:
    return start, len(spelling), f"numbered parameter '{spelling}'", "give it a name, such as :id"


def check_parameters(found: Found, header: Header, header_start: int, faults: Faults, query: str) -> tuple[str, ...]:
    """
    Check names against the header.

    Returns:
        The parameters, in the order of the header or else of first use.
    """
    for start, length, message, hint in found.faults:
        faults.add(start, message, hint=hint, length=length, query=query)
    first_use: dict[str, Occurrence] = {}
    for occurrence in found.occurrences:
        first_use.setdefault(occurrence.name, occurrence)
    declared = header.parameters
    names = tuple(first_use) if declared is None else tuple(dict.fromkeys(declared))
    for name in names:
        wrong = parameter_name_fault(name, header.name)
        if wrong:
            use = first_use.get(name)
            start = use.start + 1 if use and declared is None else _in_header(faults.text, header_start, name)
            faults.add(start, wrong[0], hint=f"rename it, for example to '{wrong[1]}'", length=len(name), query=query)
    if declared is None:
        return names
    if len(declared) > len(names):
        twice = next(name for name in names if declared.count(name) > 1)
        start = _in_header(faults.text, header_start, twice)
        faults.add(start, f"parameter '{twice}' is declared twice", length=len(twice), query=query)
    for name, use in first_use.items():
        if name not in names:
            near = closest(name, [other for other in names if other not in first_use] or names)
            hint = (
                f"did you mean ':{near}'?"
                if near
                else f"add it to the header: {header.name}({', '.join([*names, name])})"
            )
            faults.add(use.start, f"undeclared parameter ':{name}'", hint=hint, length=use.end - use.start, query=query)
    for name in names:
        if name not in first_use:
            start = _in_header(faults.text, header_start, name)
            hint = _unused_hint(name, found, [other for other in first_use if other not in names])
            faults.add(start, f"parameter '{name}' is declared but not used", hint=hint, length=len(name), query=query)
    return names


def _unused_hint(name: str, found: Found, undeclared: list[str]) -> str:
    if name in found.slices:
        return f"after an operand, the colon of ':{name}' is SQL's own; write ': :{name}'"
    near = closest(name, undeclared)
    return f"the body uses ':{near}'" if near else "use it in the body or take it out of the header"


def _in_header(text: str, header_start: int, name: str) -> int:
    """Return the offset of a parameter in its header; hyphens count as underscores there."""
    end = text.find("\n", header_start)
    line = text[header_start : end if end >= 0 else len(text)].replace("-", "_")
    position = line.find("(") + 1
    for part in line[position:].split(","):
        word = part.strip(" \t()^$!<*#")
        if word == name:
            return header_start + position + part.index(word)
        position += len(part) + 1
    return header_start


def rewrite(
    text: str, start: int, end: int, occurrences: Sequence[Occurrence], names: Sequence[str]
) -> tuple[str, SourceMap]:
    """
    Return ``text[start:end]`` with ``$n`` for each occurrence, and the way back.

    Raises:
        ValueError: An occurrence is not in *names*.
    """
    numbers = {name: number for number, name in enumerate(names, 1)}
    pieces: list[str] = []
    offsets, origins = [], []
    length, at = 0, start

    def add(piece: str, origin: int) -> None:
        nonlocal length
        if piece:
            offsets.append(length)
            origins.append(origin)
            pieces.append(piece)
            length += len(piece)

    for use in occurrences:
        if use.name not in numbers:
            raise ValueError(f"no number for parameter {use.name}")
        add(text[at : use.start], at)
        before = text[use.start - 1] if use.start > start else " "
        glued = before.isalnum() or before in "_$" or not before.isascii()  # LIMIT:n is not LIMIT$1
        add(f"{' ' if glued else ''}${numbers[use.name]}", use.start)
        at = use.end
    add(text[at:end], at)
    offsets.append(length)
    origins.append(end)
    return "".join(pieces), SourceMap(tuple(offsets), tuple(origins), text)
