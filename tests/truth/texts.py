"""Reads the text of a value as its marks say, and tells what was NULL inside of it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.truth.made import Anything, Each, Fixed, Keys, Row, Value

MISSING = object()
"""Of a member that an object lacks."""

_ARRAY = re.compile(r'"((?:[^"\\]|\\.)*)"|([^{},"]+)|([{},])', re.DOTALL)
_BOUNDS = re.compile(r"(\[-?\d+:-?\d+\])+=")


class NotSoError(Exception):
    """A value isn't made of what its marks say."""


def walk(value: Value, found: Any, path: str = "") -> Iterator[tuple[str, Value, Any]]:
    """
    Yield the path, the marks and what is there of everything inside of a value.

    Args:
        value: Its marks.
        found: Text of the server, or what JSON was read to; None and MISSING have no inside.
        path: To the value.

    Raises:
        NotSoError: It is made of something else.
    """
    if found is None or found is MISSING:
        return
    match value.inside:
        case Each(element):
            for one in _elements(found, of_lists=element is not None and isinstance(element.inside, Each)):
                if element is None:
                    raise NotSoError(f"{path}[] is not empty")
                yield from _with(f"{path}[]", element, one)
        case Fixed(items):
            read = _json(found)
            if not isinstance(read, list) or len(read) != len(items):
                raise NotSoError(f"{path} is not of {len(items)} elements: {found!r}")
            for place, (item, one) in enumerate(zip(items, read, strict=True)):
                yield from _with(f"{path}[{place}]", item, one)
        case Keys(element):
            read = _json(found)
            if not isinstance(read, dict) or (read and element is None):
                raise NotSoError(f"{path} is no such object: {found!r}")
            for one in read.values():
                assert element is not None
                yield from _with(f"{path}{{}}", element, one)
        case Row(members):
            for (name, member), one in zip(members, _members(members, found, path), strict=True):
                yield from _with(f"{path}.{name}", member, one)
        case None | Anything():
            pass


def _with(path: str, value: Value, found: Any) -> Iterator[tuple[str, Value, Any]]:
    yield path, value, found
    yield from walk(value, found, path)


def make_of(found: Any) -> str:
    """Return of what make a text is: ``array``, keys of an object, ``row``, ``number`` …"""
    try:
        read = _json(found)
    except NotSoError:
        return str(found)[:1]
    return f"{{{' '.join(sorted(read))}}}" if isinstance(read, dict) else type(read).__name__


class _String(str):
    """A string of a JSON document, which has no inside."""

    __slots__ = ()


def _json(found: Any) -> Any:
    """Return what stands in a text of JSON; what has been read already is itself."""
    if not isinstance(found, str) or isinstance(found, _String):
        return found
    try:
        return _sealed(json.loads(found))
    except ValueError:
        raise NotSoError(f"{found!r} is no JSON") from None


def _sealed(read: Any) -> Any:
    match read:
        case str():
            return _String(read)
        case list():
            return [_sealed(one) for one in read]
        case dict():
            return {key: _sealed(one) for key, one in read.items()}
    return read


def _elements(found: Any, *, of_lists: bool) -> list[Any]:
    if isinstance(found, str) and not isinstance(found, _String) and (found.startswith("{") or _BOUNDS.match(found)):
        return _nested(found) if of_lists else list(array_elements(found))
    read = _json(found)
    if not isinstance(read, list):
        raise NotSoError(f"{found!r} is no list")
    return read


def array_elements(text: str) -> list[str | None]:
    """Return the elements of an array of any number of dimensions, one after the other."""
    pending, elements = _nested(text), []
    while pending:
        one = pending.pop(0)
        if isinstance(one, list):
            pending[:0] = one
        else:
            elements.append(one)
    return elements


def _nested(text: str) -> list[Any]:
    """Return the elements of an array, in lists where it has more than one dimension (manual, 8.15.6)."""
    lists: list[list[Any]] = [[]]
    for quoted, bare, mark in _ARRAY.findall(_BOUNDS.sub("", text)):
        if mark == "{":
            lists.append([])
        elif mark == "}":
            done = lists.pop()
            lists[-1].append(done)
        elif not mark:
            plain = re.sub(r"\\(.)", r"\1", quoted, flags=re.DOTALL)
            lists[-1].append(plain if not bare else None if bare == "NULL" else bare)
    (elements,) = lists[0]
    return list(elements)


def _members(members: tuple[tuple[str, Value], ...], found: Any, path: str) -> list[Any]:
    if isinstance(found, str) and not isinstance(found, _String) and found.startswith("("):
        fields = row_fields(found)
        if len(fields) != len(members) and (members or found != "()"):
            raise NotSoError(f"{path} has {len(fields)} members: {found}")
        return fields[: len(members)]
    read = _json(found)
    if not isinstance(read, dict) or not read.keys() <= {name for name, _ in members}:
        raise NotSoError(f"{path} is no such object: {found!r}")
    return [read.get(name, MISSING) for name, _ in members]


def row_fields(text: str) -> list[str | None]:
    """Return the fields of a row: an empty one is NULL, a quoted one isn't (manual, 8.16.6)."""
    fields: list[str | None] = []
    at, end = 1, len(text) - 1
    while at <= end:
        start, field, quoted = at, "", False
        while at < end and (quoted or text[at] != ","):
            if text[at] == "\\":
                at += 1
                field += text[at]
            elif text[at] == '"':
                if quoted and text[at + 1] == '"':
                    field += '"'
                    at += 1
                else:
                    quoted = not quoted
            else:
                field += text[at]
            at += 1
        fields.append(field if at > start else None)
        at += 1
    return fields
