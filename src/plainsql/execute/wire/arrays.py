"""Arrays of whatever has a codec: nested lists, NULL as None."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from math import prod
from struct import Struct
from typing import Any

import psycopg
from psycopg.abc import Buffer, Transformer
from psycopg.postgres import types as builtin_types
from psycopg.pq import Format

from plainsql.execute.arguments import in_words, is_sequence
from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.wire.codec import TEXT, UNREADABLE, USER_OID, Codec, Dump, Kind, Load, passed, resolve
from plainsql.execute.wire.quoting import of_pieces, quoter, recoders

_head = Struct("!iiI")  # dimensions, whether there are NULLs, type of the elements
_dimension = Struct("!ii")  # length, lower bound
_length = Struct("!i")


class Array(Codec):
    """
    An array.

    Args:
        element: Type of the elements.
        delimiter: Between the elements of its text: ``;`` for boxes.
        oid: Of a built-in array, which psycopg's own loader reads.
    """

    is_list = True

    def __init__(self, element: Kind, *, delimiter: str = ",", oid: int = USER_OID) -> None:
        self._element = codec = resolve(element)
        super().__init__(codec, delimiter, oid)
        self._delimiter = delimiter.encode()
        self.oid = oid
        self.expected = f"a sequence in which each element is {codec.expected} or None"
        self.reads_binary = codec.reads_binary
        self.sends_binary = codec.sends_binary
        self.may_mismatch = codec.may_mismatch

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes nested lists."""
        element = self._element
        if format != TEXT:
            made: dict[int, Load] = {}

            def load_of(type_oid: int) -> Load:
                if type_oid not in made:
                    made[type_oid] = element.loader(tx, format, type_oid)
                return made[type_oid]

            return lambda data: _read_binary(bytes(data), load_of)
        load = of_pieces(element.loader(tx, TEXT), tx)
        token = _token(self._delimiter)
        before, _ = recoders(tx)
        return lambda data: _read_text(before(data), token, load)

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes nested sequences."""
        element = self._element
        dump = element.dumper(tx, format)
        if format != TEXT:
            return lambda value: _write_binary(value, element, dump)
        before, after = recoders(tx)
        quote = quoter(b"{}" + re.escape(self._delimiter), rb"\\\1")

        def piece(item: Any) -> Buffer:
            if not element.is_list and isinstance(item, list):
                return write(item)
            data = None if item is None else dump(item)
            return b"NULL" if data is None else quote(before(data))

        def write(value: Sequence[Any]) -> Buffer:
            return b"{" + self._delimiter.join([piece(item) for item in value]) + b"}"

        return lambda value: after(write(value))

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written; lists in a list are dimensions, and of one length."""
        if not is_sequence(value):
            return False
        return self._shape(value) is not None and self._wrong(value) is None

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        if not is_sequence(value):
            return in_words(value)
        if wrong := self._wrong(value):
            return f"{in_words(value)} with {self._element.found(wrong[0])} in it"
        return f"{in_words(value)} of lists that differ in length"

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type."""
        if self.oid < FIRST_USER_OID:
            return type_oid == self.oid
        if type_oid >= FIRST_USER_OID:
            return self._element.reads(type_oid, format)  # any type of the database does for another
        info = builtin_types.get(type_oid)
        # psycopg doesn't know them all; binary data names the type of the elements again.
        return info is None or (info.array_oid == type_oid and self._element.reads(info.oid, format))

    def _shape(self, value: Sequence[Any]) -> tuple[int, ...] | None:
        """Return the length of each dimension, None when they differ."""
        if self._element.is_list or not any(isinstance(item, list) for item in value):
            return (len(value),)
        shapes = {self._shape(item) if isinstance(item, list) else None for item in value}
        inner = shapes.pop() if len(shapes) == 1 else None
        return None if inner is None else (len(value), *inner)

    def _wrong(self, value: Sequence[Any]) -> tuple[Any] | None:
        fits = self._element.fits
        return next(((item,) for item in _flat(value, self._element) if item is not None and not fits(item)), None)


def _flat(value: Sequence[Any], element: Codec) -> Iterator[Any]:
    for item in value:
        if isinstance(item, list) and not element.is_list:
            yield from _flat(item, element)
        else:
            yield item


@cache
def _token(delimiter: bytes) -> re.Pattern[bytes]:
    """Match a quoted element, a brace, or an element without quotes."""
    return re.compile(rb'"((?:[^"\\]|\\.)*)"|([{}])|([^{}"%b]+)' % re.escape(delimiter), re.DOTALL)


def _read_text(data: bytes, token: re.Pattern[bytes], load: Load) -> list[Any]:
    if data.startswith(b"["):  # [2:4]={1,2,3}: the bounds are no part of a list
        data = data[data.find(b"=") + 1 :]
    stack: list[list[Any]] = [[]]
    try:
        for match in token.finditer(data):
            quoted, brace, plain = match.groups()
            if plain is not None:
                stack[-1].append(None if plain == b"NULL" else load(plain))
            elif quoted is not None:
                stack[-1].append(load(re.sub(rb"(?s)\\(.)", rb"\1", quoted) if b"\\" in quoted else quoted))
            elif brace == b"{":
                stack.append([])
            elif len(stack) > 1:
                finished = stack.pop()
                stack[-1].append(finished)
    except UNREADABLE as error:
        passed(error, "".join(f"[{len(level)}]" for level in stack[1:]))
        raise
    if len(stack) != 1 or len(stack[0]) != 1 or not isinstance(stack[0][0], list):
        raise psycopg.DataError("can't read an array: its braces don't match")
    return stack[0][0]


def _read_binary(data: bytes, load_of: Callable[[int], Load]) -> list[Any]:
    dimensions, _, type_oid = _head.unpack_from(data)
    if not dimensions:
        return []
    load = load_of(type_oid)
    lengths = [length for length, _ in _dimension.iter_unpack(data[12 : 12 + 8 * dimensions])]
    position = 12 + 8 * dimensions
    items: list[Any] = []
    head = _length.unpack_from
    try:
        for _ in range(prod(lengths)):
            (length,) = head(data, position)
            position += 4
            if length < 0:
                items.append(None)
                continue
            end = position + length
            items.append(load(data[position:end]))
            position = end
    except UNREADABLE as error:
        passed(error, _place(len(items), lengths))
        raise
    for inner in lengths[:0:-1]:
        items = [items[start : start + inner] for start in range(0, len(items), inner)]
    return items


def _place(number: int, lengths: Sequence[int]) -> str:
    """Return the indexes of an element by its number: ``[1][0]``."""
    steps: list[str] = []
    for length in lengths[:0:-1]:
        number, rest = divmod(number, length)
        steps.append(f"[{rest}]")
    return "".join([f"[{number}]", *reversed(steps)])


def _write_binary(value: Sequence[Any], element: Codec, dump: Dump) -> bytes:
    lengths = [len(value)]
    level = value
    while level and isinstance(level[0], list) and not element.is_list:
        level = level[0]
        lengths.append(len(level))
    if not prod(lengths):
        return _head.pack(0, 0, element.oid)
    pieces: list[Buffer] = []
    has_null = 0
    for item in _flat(value, element):
        data = None if item is None else dump(item)
        if data is None:
            has_null = 1
            pieces.append(_length.pack(-1))
        else:
            pieces += (_length.pack(len(data)), data)
    head = _head.pack(len(lengths), has_null, element.oid)
    return b"".join([head, *(_dimension.pack(length, 1) for length in lengths), *pieces])
