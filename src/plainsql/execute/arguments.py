"""
Does an argument fit its parameter? Asked before anything is sent.

psycopg's dumpers let some wrong values through: True as bigint 1, any object as boolean, "ab" as text[] {a,b}, an
aware datetime as a timestamp whose zone the server drops. Each built-in OID has one check here; an OID that has none
is left to its dumper.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from psycopg.postgres import types as builtin_types

from plainsql.errors import ParameterError

if TYPE_CHECKING:
    from plainsql.execute.statement import Statement

Fits = Callable[[Any], bool]


@dataclass(frozen=True, slots=True)
class Accepts:
    """
    What the parameters of one type take: *expected* in words, *fits* as a test; None is never asked about.

    *fits_full* is the test of an array that may hold no None.
    """

    expected: str
    fits: Fits
    fits_full: Fits | None = None


def _int(low: int, high: int) -> Fits:
    def fits(value: Any) -> bool:
        return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high

    return fits


def _of(*types: type) -> Fits:
    return lambda value: isinstance(value, types)


def _text(value: Any) -> bool:
    return isinstance(value, str) and "\0" not in value


def _number(*types: type) -> Fits:
    return lambda value: isinstance(value, types) and not isinstance(value, bool)


def _date(value: Any) -> bool:
    return isinstance(value, dt.date) and not isinstance(value, dt.datetime)


def _zoned(type_: type, *, aware: bool) -> Fits:
    return lambda value: isinstance(value, type_) and (value.tzinfo is not None) is aware  # type: ignore[attr-defined]


def _instant(value: Any) -> bool:
    return isinstance(value, dt.datetime) and value.utcoffset() is not None


_TEXT = Accepts("a str without NUL characters", _text)
_ADDRESS = Accepts(
    "an ipaddress object",
    _of(
        ipaddress.IPv4Address,
        ipaddress.IPv6Address,
        ipaddress.IPv4Interface,
        ipaddress.IPv6Interface,
        ipaddress.IPv4Network,
        ipaddress.IPv6Network,
    ),
)
_FLOAT = Accepts("a float", _number(float, int))

_BUILTIN: dict[int, Accepts] = {
    16: Accepts("a bool", _of(bool)),
    17: Accepts("bytes", _of(bytes, bytearray, memoryview)),
    19: _TEXT,
    20: Accepts("an int of 8 bytes", _int(-(2**63), 2**63 - 1)),
    21: Accepts("an int of 2 bytes", _int(-(2**15), 2**15 - 1)),
    23: Accepts("an int of 4 bytes", _int(-(2**31), 2**31 - 1)),
    25: _TEXT,
    26: Accepts("an unsigned int of 4 bytes", _int(0, 2**32 - 1)),
    650: _ADDRESS,
    700: _FLOAT,
    701: _FLOAT,
    869: _ADDRESS,
    1042: _TEXT,
    1043: _TEXT,
    1082: Accepts("a date that is no datetime", _date),
    1083: Accepts("a time without zone", _zoned(dt.time, aware=False)),
    1114: Accepts("a datetime without zone", _zoned(dt.datetime, aware=False)),
    1184: Accepts("a datetime with zone", _instant),
    1186: Accepts("a timedelta", _of(dt.timedelta)),
    1266: Accepts("a time with zone", _zoned(dt.time, aware=True)),
    1700: Accepts("a Decimal or an int", _number(Decimal, int)),
    2950: Accepts("a UUID", _of(UUID)),
}


def is_sequence(value: Any) -> bool:
    """Tell whether *value* can be an array: text and bytes are none."""
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))


def _sequence(element: Fits, *, takes_none: bool) -> Fits:
    def fits(value: Any) -> bool:
        if not is_sequence(value):
            return False
        # Without a lambda for each element; the few arrays that hold None or lists are looked through again.
        return all(map(element, value)) or all(map(is_element, value))

    def is_element(item: Any) -> bool:
        if item is None and takes_none:
            return True
        return fits(item) if isinstance(item, list) else element(item)

    return fits


def without_none(fits: Fits) -> Fits:
    """Return a test for an array that holds no None."""
    return lambda value: fits(value) and place_of_none(value) is None


def place_of_none(value: Any) -> int | None:
    """Return the index of the first None in an array, or of the first list in it that holds one."""
    if None in value:
        return next(place for place, item in enumerate(value) if item is None)
    if value and isinstance(value[0], list):
        return next((place for place, item in enumerate(value) if place_of_none(item) is not None), None)
    return None


@cache
def accepts(oid: int) -> Accepts | None:
    """Return what a parameter of the built-in type *oid* takes; None when its dumper alone decides."""
    if oid in _BUILTIN:
        return _BUILTIN[oid]
    info = builtin_types.get(oid)
    if info is None or info.array_oid != oid:
        return None
    element = _BUILTIN.get(info.oid)
    if element is None:
        return Accepts("a sequence", is_sequence, without_none(is_sequence))
    expected = f"a sequence in which each element is {element.expected} or None"
    return Accepts(expected, _sequence(element.fits, takes_none=True), _sequence(element.fits, takes_none=False))


def refusal(statement: Statement[Any], index: int, value: object, cause: BaseException | None = None) -> ParameterError:
    """Return the error for argument *index*; the message never shows the value, which may be a secret."""
    kind = statement.dump_oids[index]
    codec = statement.codecs[index]
    if codec is not None:
        expected, given = codec.expected, codec.found(value)
    else:
        takes = accepts(kind) if isinstance(kind, int) else None
        expected, given = takes.expected if takes else "a value of its type", found(value, takes)
    advice = ""
    if statement.params[index] in statement.full:
        expected = expected.removesuffix(" or None")
        if is_sequence(value) and (place := place_of_none(value)) is not None:
            given = f"{in_words(value)} with None at index {place}"
            advice = f"; leave it out, or let it in by '-- @null :{statement.params[index]}[]' in the query file"
    oid = kind if isinstance(kind, int) else statement.bind_oids[index]
    info = builtin_types.get(oid) if oid else None
    pg_type = "" if info is None else f" ({info.regtype}{'[]' if info.array_oid == oid else ''})"
    reason = "" if cause is None else f": {cause}"
    if isinstance(cause, UnicodeEncodeError):  # its message shows a piece of the value
        reason = f" that {cause.encoding} can't encode"
    return ParameterError(
        f"{statement.file}:{statement.line}: query '{statement.name}': parameter '{statement.params[index]}' takes "
        f"{expected}{pg_type}, found {given}{reason}{advice}"
    )


def found(value: object, takes: Accepts | None) -> str:
    """Say in words what was given to a parameter of a built-in type, without the value."""
    name = type(value).__name__
    match value:
        case bool():
            return "a bool"
        case int():
            is_right = takes is not None and "int of" in takes.expected and takes.fits_full is None
            return "an int out of range" if is_right else "an int"
        case str():
            return "a str with a NUL character" if "\0" in value else "a str"
        case dt.datetime() | dt.time():
            if value.tzinfo is not None and value.utcoffset() is None:
                return f"a {name} whose zone has no offset"
            return f"a {name} {'without' if value.tzinfo is None else 'with'} zone"
        case list() | tuple():
            element = _BUILTIN.get(info.oid) if takes and (info := _array_of(takes)) else None
            wrong = next((item for item in value if item is not None and element and not element.fits(item)), None)
            return f"a {name}" if wrong is None else f"a {name} with {found(wrong, element)} in it"
    return in_words(value)


def in_words(value: object) -> str:
    """Return ``a str``, ``an Address``: the class of *value*."""
    return an(type(value).__name__)


def an(name: str) -> str:
    """Return *name* with its article."""
    sounds_open = name[:1].lower() in set("aeiou") and not name.startswith("UU")  # a UUID
    return f"{'an' if sounds_open else 'a'} {name}"


def _array_of(takes: Accepts) -> Any:
    return next((info for info in builtin_types if accepts(info.array_oid) is takes), None)
