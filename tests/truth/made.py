"""
What values are made of, as the marks of the truth set write it.

=====================  ==========================================================================
``id!``                never NULL (in JSON: never null)
``note?``              may be
``email~``             a member of a JSON object that is left out where it is null
``tags[?]!``           a list, of elements that may be NULL; ``tags[]!`` is always empty
``home{a! b?}?``       a row or an object, member by member; ``"a b"!`` where a name is no word
``words{*!}!``         an object with any keys, and what stands under each; ``words{*}!`` has none
``pair(! ?)!``         a JSON array of as many elements, one by one
``data*!``             nothing more can be said: values of more than one make are seen
=====================  ==========================================================================

They nest: ``orders[{id! lines[{sku! rebate?}!]!}!]!``. What follows a value has no mark says nothing of its inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

Mark = Literal["!", "?", "~"]

_WORD = re.compile(r'\w+|"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class Each:
    """A list; *element* is None if it is always empty."""

    element: Value | None


@dataclass(frozen=True, slots=True)
class Row:
    """A row or an object."""

    members: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Keys:
    """An object with any keys; *value* is None if it never has one."""

    value: Value | None


@dataclass(frozen=True, slots=True)
class Fixed:
    """A JSON array of always as many elements."""

    items: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Anything:
    """Values of more than one make."""


Inside: TypeAlias = "Each | Row | Keys | Fixed | Anything"


@dataclass(frozen=True, slots=True)
class Value:
    """A value: how it may be NULL, and what it is made of if that is told."""

    mark: Mark
    inside: Inside | None = None

    @property
    def nullable(self) -> bool:
        """Whether it may be NULL or missing."""
        return self.mark != "!"

    def __str__(self) -> str:
        return f"{_inside(self.inside)}{self.mark}"


def below(value: Value, path: str = "") -> Iterator[tuple[str, Value]]:
    """Yield every value inside of another, each with its path."""
    for step, one in _parts(value):
        yield f"{path}{step}", one
        yield from below(one, f"{path}{step}")


def _parts(value: Value) -> Iterator[tuple[str, Value]]:
    match value.inside:
        case Each(Value() as one):
            yield "[]", one
        case Keys(Value() as one):
            yield "{}", one
        case Row(members):
            yield from ((f".{name}", one) for name, one in members)
        case Fixed(items):
            yield from ((f"[{place}]", one) for place, one in enumerate(items))


def _inside(inside: Inside | None) -> str:
    match inside:
        case None:
            return ""
        case Each(element):
            return f"[{'' if element is None else element}]"
        case Keys(value):
            return f"{{*{'' if value is None else value}}}"
        case Row(members):
            return f"{{{' '.join(f'{_name(name)}{value}' for name, value in members)}}}"
        case Fixed(items):
            return f"({' '.join(map(str, items))})"
        case Anything():
            return "*"


def _name(name: str) -> str:
    return name if re.fullmatch(r"\w+", name) else json.dumps(name, ensure_ascii=False)


class Reader:
    """Reads marks from *text*, from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def skip(self, pattern: str) -> str | None:
        """Pass over blanks and *pattern*; return what was passed over, None where something else stands."""
        match = re.compile(rf"\s*({pattern})").match(self.text, self.at)
        if match is None:
            return None
        self.at = match.end()
        return match[1]

    def expect(self, pattern: str) -> str:
        """Pass over *pattern*, which has to be there."""
        found = self.skip(pattern)
        assert found is not None, f"{pattern} is missing in {self.text!r} at {self.text[self.at :]!r}"
        return found

    def name(self) -> str:
        """Pass over a name."""
        word = self.expect(_WORD.pattern)
        return str(json.loads(word)) if word.startswith('"') else word

    def value(self) -> Value:
        """Pass over what is said of a value."""
        inside = self._inside()
        mark = self.expect("[!?~]")
        return Value(mark, inside)  # type: ignore[arg-type]  # the pattern has no others

    def _inside(self) -> Inside | None:
        if self.skip(r"\["):
            return Each(self._until("]"))
        if self.skip(r"\{\*"):
            return Keys(self._until("}"))
        if self.skip(r"\{"):
            members = []
            while not self.skip(r"\}"):
                members.append((self.name(), self.value()))
            return Row(tuple(members))
        if self.skip(r"\("):
            items = []
            while not self.skip(r"\)"):
                items.append(self.value())
            return Fixed(tuple(items))
        return Anything() if self.skip(r"\*") else None

    def _until(self, end: str) -> Value | None:
        if self.skip(re.escape(end)):
            return None
        value = self.value()
        self.expect(re.escape(end))
        return value
