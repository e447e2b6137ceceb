"""Texts that a CHECK may let pass, read off the constants in it: lists, patterns of LIKE, regular expressions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from random import Random
from typing import Any

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_REGEX = re.compile(r"(?<![~!])~\*?\s*'((?:[^']|'')*)'")
_LIKE = re.compile(r"~~\*?\s*'((?:[^']|'')*)'")
_NUMBER = re.compile(r"(?<![\w'.])\d+(?:\.\d+)?(?![\w'])")
_POSIX = {
    "[[:alnum:]": "[A-Za-z0-9",
    "[[:alpha:]": "[A-Za-z",
    "[[:digit:]": "[0-9",
    "[[:lower:]": "[a-z",
    "[[:upper:]": "[A-Z",
    "[[:space:]": "[ ",
    "[[:xdigit:]": "[0-9a-f",
}
_MOST = 8
"""Most repetitions beyond the fewest that an expression asks for."""
_CLASSES = {"CATEGORY_DIGIT": "0123456789", "CATEGORY_WORD": "abcxyz019_", "CATEGORY_SPACE": " "}
_ANY = "abcdefghijklmnopqrstuvwxyz0123456789"


def texts_for(checks: Iterable[str], chance: Random) -> Iterator[str]:
    """Yield texts that the conditions *checks* may let pass; nothing says that they do."""
    for check in checks:
        for found in _REGEX.findall(check):
            if (text := sample(_unquoted(found), chance)) is not None:
                yield text
        for found in _LIKE.findall(check):
            yield _unquoted(found).replace("%", chance.choice(("", "x", "ab"))).replace("_", "x")
        for found in _LITERAL.findall(_REGEX.sub("", _LIKE.sub("", check))):
            yield _unquoted(found)


def numbers_for(checks: Iterable[str]) -> Iterator[int]:
    """Yield whole numbers at the bounds that *checks* name, and beside them."""
    for check in checks:
        for found in _NUMBER.findall(check):
            number = int(float(found))
            yield from (number, number + 1, number - 1)


def sample(pattern: str, chance: Random) -> str | None:
    """Return a text that the regular expression *pattern* matches; None for what can't be read."""
    for posix, ours in _POSIX.items():
        pattern = pattern.replace(posix, ours)
    try:
        from re import _parser  # type: ignore[attr-defined]  # the tree of an expression has no public reader

        return _drawn(_parser.parse(pattern), chance)
    except (ImportError, re.error, KeyError, OverflowError, RecursionError):
        return None


def _drawn(tree: Any, chance: Random) -> str:
    return "".join(_draw(str(kind), value, chance) for kind, value in tree)


def _draw(kind: str, value: Any, chance: Random) -> str:
    match kind:
        case "LITERAL":
            return chr(value)
        case "NOT_LITERAL":
            return "x" if value != ord("x") else "y"
        case "ANY":
            return chance.choice(_ANY)
        case "IN":
            return _member(value, chance)
        case "CATEGORY":
            return chance.choice(_CLASSES[str(value)])
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, tree = value
            return "".join(_drawn(tree, chance) for _ in range(chance.randint(least, min(int(most), least + _MOST))))
        case "SUBPATTERN":
            return _drawn(value[-1], chance)
        case "BRANCH":
            return _drawn(chance.choice(value[1]), chance)
        case "AT" | "ASSERT" | "ASSERT_NOT":
            return ""
        case _:
            raise KeyError(kind)


def _member(items: Any, chance: Random) -> str:
    if items and str(items[0][0]) == "NEGATE":
        taken = {chr(value) for kind, value in items if str(kind) == "LITERAL"}
        ranges = [value for kind, value in items if str(kind) == "RANGE"]
        free = [c for c in _ANY + " -_" if c not in taken and not any(low <= ord(c) <= high for low, high in ranges)]
        return chance.choice(free or ["é"])
    kind, value = chance.choice(items)
    if str(kind) == "RANGE":
        return chr(chance.randint(value[0], min(value[1], value[0] + 200)))
    return _draw(str(kind), value, chance)


def _unquoted(text: str) -> str:
    return text.replace("''", "'")
