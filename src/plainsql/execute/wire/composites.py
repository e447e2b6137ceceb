"""Composite types of the database, rows of tables among them, as objects of generated classes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from struct import Struct
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.errors import StaleModuleError
from plainsql.execute.arguments import an, in_words
from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.wire.codec import (
    BINARY,
    TEXT,
    UNREADABLE,
    USER_OID,
    Codec,
    Dump,
    Kind,
    Load,
    passed,
    resolve,
)
from plainsql.execute.wire.fields import fields_of
from plainsql.execute.wire.quoting import of_pieces, quoter, recoders

_count = Struct("!i")
_member = Struct("!Ii")  # type, length
_MEMBER = rb'(?s)(?:"((?:[^"\\]|""|\\.)*)"|([^",()\\]*))([,)])'
_DOUBLED = rb'(?s)(["\\])(.)'


class Members:
    """
    What a composite type is made of: ``__wire__`` of its class.

    Args:
        name: Of the type, as the database prints it.
        kinds: Types of the members, in order.
        oid: Of a built-in type: a row of a table of the catalog.
    """

    def __init__(self, name: str, *kinds: Kind, oid: int = USER_OID) -> None:
        self.name = name
        self.kinds = kinds
        self.oid = oid
        self._codecs: dict[type, Composite] = {}

    def codec(self, python: type) -> Composite:
        """Return the codec that makes objects of the class *python*."""
        if python not in self._codecs:
            self._codecs[python] = Composite(python, self)
        return self._codecs[python]


class Composite(Codec):
    """A composite type and its class."""

    def __init__(self, python: type, members: Members) -> None:
        super().__init__(python)
        self._python = python
        self._name = members.name
        self.oid = members.oid
        self._fields = fields_of(python) or ()
        self._members = tuple([resolve(kind) for kind in members.kinds])
        self.expected = an(python.__name__)
        self.reads_binary = all(member.reads_binary for member in self._members)
        self.sends_binary = all(member.sends_binary for member in self._members)
        self.may_mismatch = any(member.may_mismatch for member in self._members)

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes an object."""
        make, fields, stale = self._python, self._fields, self._stale
        if format != TEXT:
            return self._binary_loader(tx)
        loads = [of_pieces(member.loader(tx, TEXT), tx) for member in self._members]
        before, _ = recoders(tx)

        def load(data: Any) -> Any:
            pieces = _read_text(before(data)) if loads else []
            if len(pieces) != len(loads):
                raise stale(f"has {len(pieces)} members")
            values: list[Any] = []
            try:
                for load, piece in zip(loads, pieces, strict=True):
                    values.append(None if piece is None else load(piece))
            except UNREADABLE as error:
                passed(error, f".{fields[len(values)]}")
                raise
            return make(*values)

        return load

    def _binary_loader(self, tx: Transformer) -> Load:
        make, fields, members, stale = self._python, self._fields, self._members, self._stale
        loads: list[Load | None] = [None] * len(members)
        types = [0] * len(members)
        size, head, indexes = _count.pack(len(members)), _member.unpack_from, range(len(members))

        def load(data: Any) -> Any:
            if type(data) is not bytes:
                data = bytes(data)
            if data[:4] != size:
                raise stale(f"has {_count.unpack_from(data)[0]} members")
            values: list[Any] = []
            position, index = 4, 0
            try:
                for index in indexes:
                    type_oid, length = head(data, position)
                    position += 8
                    if type_oid != types[index]:
                        if not members[index].reads(type_oid, BINARY):
                            raise stale(f"has a member of type {type_oid}")
                        types[index] = type_oid
                        loads[index] = members[index].loader(tx, BINARY, type_oid)
                    if length < 0:
                        values.append(None)
                    else:
                        end = position + length
                        values.append(loads[index](data[position:end]))  # type: ignore[misc]  # just made
                        position = end
            except UNREADABLE as error:
                passed(error, f".{fields[index]}")
                raise
            return make(*values)

        return load

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes an object."""
        dumps = [member.dumper(tx, format) for member in self._members]
        if format != TEXT:
            oids = [member.oid for member in self._members]
            return lambda value: _write_binary(self._values(value), dumps, oids)
        before, after = recoders(tx)
        quote = quoter(rb",()", rb"\1\1")

        def write(value: Any) -> bytes:
            pieces = [
                b"" if item is None or (data := dump(item)) is None else quote(before(data))
                for item, dump in zip(self._values(value), dumps, strict=True)
            ]
            return after(b"(" + b",".join(pieces) + b")")

        return write

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return isinstance(value, self._python) and self._wrong(value) is None

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        wrong = self._wrong(value) if isinstance(value, self._python) else None
        return f"{in_words(value)} whose {wrong[0]} is {wrong[1].found(wrong[2])}" if wrong else in_words(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type."""
        return type_oid == self.oid if self.oid < FIRST_USER_OID else type_oid >= FIRST_USER_OID

    def _values(self, value: Any) -> list[Any]:
        return [getattr(value, field) for field in self._fields]

    def _wrong(self, value: Any) -> tuple[str, Codec, Any] | None:
        for field, member in zip(self._fields, self._members, strict=True):
            item = getattr(value, field)
            if item is not None and not member.fits(item):
                return field, member, item
        return None

    def _stale(self, found: str) -> StaleModuleError:
        return StaleModuleError(
            f"type {self._name} {found}, its class {self._python.__name__} expects {len(self._members)} others: "
            "run `plainsql generate`"
        )


def _read_text(data: bytes) -> list[bytes | None]:
    pieces: list[bytes | None] = []
    position = 1
    member = re.compile(_MEMBER)
    while True:
        match = member.match(data, position)
        if match is None:
            raise psycopg.DataError("can't read a composite value: its text is no record")
        quoted, plain, end = match.groups()
        pieces.append(re.sub(_DOUBLED, rb"\2", quoted) if quoted is not None else plain or None)
        if end == b")":
            return pieces
        position = match.end()


def _write_binary(values: Sequence[Any], dumps: Sequence[Dump], oids: Sequence[int]) -> bytes:
    pieces: list[bytes] = [_count.pack(len(values))]
    for value, dump, oid in zip(values, dumps, oids, strict=True):
        data = None if value is None else dump(value)
        if data is None:
            pieces.append(_member.pack(oid, -1))
        else:
            pieces += (_member.pack(oid, len(data)), bytes(data))
    return b"".join(pieces)
