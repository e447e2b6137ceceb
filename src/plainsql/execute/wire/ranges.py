"""Ranges and multiranges over whatever has a codec, as psycopg's Range and Multirange."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from struct import Struct
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.pq import Format
from psycopg.types import multirange, range

from plainsql.execute.arguments import in_words
from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.wire.codec import TEXT, USER_OID, Codec, Dump, Kind, Load, resolve
from plainsql.execute.wire.quoting import of_pieces, quoter, recoders

_length = Struct("!i")
_EMPTY, _LOWER_INCLUSIVE, _UPPER_INCLUSIVE, _LOWER_INFINITE, _UPPER_INFINITE = 1, 2, 4, 8, 16
"""Flags of utils/rangetypes.h."""

_BOUND = rb'(?:"((?:[^"\\]|""|\\.)*)"|([^"\\,()\[\]]+))?'
_RANGE = rb"(?s)([\[(])" + _BOUND + b"," + _BOUND + rb"([\])])"
_DOUBLED = rb'(?s)(["\\])(.)'


class Range(Codec):
    """
    A range.

    Args:
        bound: Type of its bounds.
        oid: Of a built-in range.
    """

    _python: type = range.Range

    def __init__(self, bound: Kind, *, oid: int = USER_OID) -> None:
        self._bound = codec = resolve(bound)
        super().__init__(codec, oid)
        self.oid = oid
        self.expected = f"a {self._python.__name__} in which each bound is {codec.expected} or None"
        self.reads_binary = codec.reads_binary
        self.sends_binary = codec.sends_binary

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes psycopg's Range."""
        load = self._bound.loader(tx, format)
        if format != TEXT:
            return lambda data: _read_binary(bytes(data), load)
        load = of_pieces(load, tx)
        before, _ = recoders(tx)
        return lambda data: _read_text(before(data), load)

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a Range."""
        dump = self._bound.dumper(tx, format)
        if format != TEXT:
            return lambda value: _write_binary(value, dump)
        before, after = recoders(tx)
        return lambda value: after(_write_text(value, lambda bound: before(dump(bound) or b"")))

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return isinstance(value, self._python) and self._wrong(value) is None

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        wrong = self._wrong(value) if isinstance(value, self._python) else None
        return f"{in_words(value)} with {self._bound.found(wrong[0])} in it" if wrong else in_words(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type."""
        return type_oid == self.oid if self.oid < FIRST_USER_OID else type_oid >= FIRST_USER_OID

    def _wrong(self, value: Any) -> tuple[Any] | None:
        fits = self._bound.fits
        return next(((bound,) for bound in self._bounds(value) if bound is not None and not fits(bound)), None)

    def _bounds(self, value: Any) -> Iterable[Any]:
        return (value.lower, value.upper)


class Multirange(Range):
    """
    A multirange.

    Args:
        bound: Type of the bounds of its ranges.
        oid: Of a built-in multirange.
    """

    _python = multirange.Multirange

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes psycopg's Multirange."""
        load = self._bound.loader(tx, format)
        if format != TEXT:
            return lambda data: _read_binary_ranges(bytes(data), load)
        load = of_pieces(load, tx)
        before, _ = recoders(tx)
        return lambda data: _read_text_ranges(before(data), load)

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a Multirange."""
        dump = self._bound.dumper(tx, format)
        if format != TEXT:

            def write(value: Any) -> bytes:
                parts = [_write_binary(part, dump) for part in value]
                return b"".join([_length.pack(len(parts)), *(_length.pack(len(part)) + part for part in parts)])

            return write
        before, after = recoders(tx)

        def bound(value: Any) -> bytes:
            return before(dump(value) or b"")

        return lambda value: after(b"{" + b",".join([_write_text(part, bound) for part in value]) + b"}")

    def _bounds(self, value: Any) -> Iterable[Any]:
        return (bound for part in value for bound in (part.lower, part.upper))


def _read_text(data: bytes, load: Load) -> range.Range[Any]:
    match = re.fullmatch(_RANGE, data)
    if match is None:
        if data != b"empty":
            raise psycopg.DataError("can't read a range: its text is no range")
        return range.Range(empty=True)
    return _from_match(match, load)


def _from_match(match: re.Match[bytes], load: Load) -> range.Range[Any]:
    opening, *bounds, closing = match.groups()
    lower, upper = (
        load(plain) if plain is not None else None if quoted is None else load(re.sub(_DOUBLED, rb"\2", quoted))
        for quoted, plain in (bounds[:2], bounds[2:])
    )
    return range.Range(lower, upper, (opening + closing).decode())


def _read_text_ranges(data: bytes, load: Load) -> multirange.Multirange[Any]:
    found: list[range.Range[Any]] = []
    position = 1
    while data[position : position + 1] != b"}":
        match = re.compile(_RANGE).match(data, position)
        if match is None:
            raise psycopg.DataError("can't read a multirange: its text is no multirange")
        found.append(_from_match(match, load))
        position = match.end() + (data[match.end() : match.end() + 1] == b",")
    return multirange.Multirange(found)


def _write_text(value: range.Range[Any], dump: Callable[[Any], bytes]) -> bytes:
    if value.isempty:
        return b"empty"
    quote = quoter(rb",()\[\]", rb"\1\1")
    lower, upper = (b"" if bound is None else quote(dump(bound)) for bound in (value.lower, value.upper))
    opening, closing = value.bounds.encode()[:1], value.bounds.encode()[1:]
    return opening + lower + b"," + upper + closing


def _read_binary(data: bytes, load: Load) -> range.Range[Any]:
    flags = data[0]
    if flags & _EMPTY:
        return range.Range(empty=True)
    position = 1
    bounds: list[Any] = []
    for infinite in (_LOWER_INFINITE, _UPPER_INFINITE):
        if flags & infinite:
            bounds.append(None)
            continue
        (length,) = _length.unpack_from(data, position)
        bounds.append(load(data[position + 4 : position + 4 + length]))
        position += 4 + length
    opening, closing = "[" if flags & _LOWER_INCLUSIVE else "(", "]" if flags & _UPPER_INCLUSIVE else ")"
    return range.Range(bounds[0], bounds[1], opening + closing)


def _read_binary_ranges(data: bytes, load: Load) -> multirange.Multirange[Any]:
    (count,) = _length.unpack_from(data)
    position = 4
    found: list[range.Range[Any]] = []
    for _ in [None] * count:
        (length,) = _length.unpack_from(data, position)
        found.append(_read_binary(data[position + 4 : position + 4 + length], load))
        position += 4 + length
    return multirange.Multirange(found)


def _write_binary(value: range.Range[Any], dump: Dump) -> bytes:
    if value.isempty:
        return bytes([_EMPTY])
    flags = (value.lower_inc and _LOWER_INCLUSIVE) | (value.upper_inc and _UPPER_INCLUSIVE)
    pieces: list[bytes] = []
    for bound, infinite in ((value.lower, _LOWER_INFINITE), (value.upper, _UPPER_INFINITE)):
        if bound is None:
            flags |= infinite
        else:
            data = bytes(dump(bound) or b"")
            pieces += (_length.pack(len(data)), data)
    return b"".join([bytes([flags]), *pieces])
