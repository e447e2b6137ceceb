"""Arrays and rows as the server writes them (manual, 8.15.6 and 8.16.6), taken apart without the code under test."""

from __future__ import annotations

from typing import TypeAlias

Items: TypeAlias = "list[str | Items | None]"


def array(text: str, delimiter: str = ",") -> Items:
    """Return the elements of an array, lists of lists where it has dimensions."""
    start = text.index("{")  # bounds may stand before: [0:1]={1,2}
    found, end = _array(text, start, delimiter)
    assert end == len(text), text
    return found


def _array(text: str, at: int, delimiter: str) -> tuple[Items, int]:
    found: Items = []
    at += 1
    while text[at] != "}":
        if text[at] == "{":
            below, at = _array(text, at, delimiter)
            found.append(below)
        elif text[at] == '"':
            value, at = _quoted(text, at)
            found.append(value)
        else:
            end = at
            while text[end] not in delimiter + "}":
                end += 2 if text[end] == "\\" else 1
            found.append(None if text[at:end] == "NULL" else text[at:end])
            at = end
        at += text[at] == delimiter
    return found, at + 1


def row(text: str) -> list[str | None]:
    """Return the members of a row."""
    if text == "()":
        return []
    found: list[str | None] = []
    at = 0
    while text[at] != ")" or at == 0:
        at += 1  # the parenthesis, or a comma
        value: str | None = None
        while text[at] not in ",)":
            if text[at] == '"':
                part, at = _quoted(text, at)
                value = (value or "") + part
            else:
                value = (value or "") + text[at]
                at += 1
        found.append(value)
    assert at == len(text) - 1, text
    return found


def _quoted(text: str, at: int) -> tuple[str, int]:
    """Return what stands between quotes, where quotes and backslashes are doubled or escaped, and where it ends."""
    value = ""
    at += 1
    while True:
        if text[at] == "\\":
            value += text[at + 1]
            at += 2
        elif text[at] == '"':
            if text[at + 1 : at + 2] != '"':
                return value, at + 1
            value += '"'
            at += 2
        else:
            value += text[at]
            at += 1
