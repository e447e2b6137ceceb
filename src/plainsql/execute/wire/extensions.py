"""Types of extensions: hstore, vector, and those that put a version before their text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from struct import Struct
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.arguments import in_words, is_sequence
from plainsql.execute.wire.codec import TEXT, Codec, Dump, Load, resolve

_STRING, _FLOAT = 25, 701
_length = Struct("!i")
_dimensions = Struct("!HH")
_PAIR = r'(?s)"((?:[^"\\]|\\.)*)"=>(?:NULL|"((?:[^"\\]|\\.)*)")(?:, |\Z)'
_ESCAPED = r"(?s)\\(.)"
_SPECIAL = r'(["\\])'


class Hstore(Codec):
    """hstore as a dict of strings, None for NULL."""

    expected = "a mapping of str to str or None, without NUL characters"

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a dict."""
        read = resolve(_STRING).loader(tx, TEXT)
        if format == TEXT:
            return lambda data: _read_text(read(data))

        def load(data: Any) -> dict[str, str | None]:
            data = bytes(data)
            texts: list[str | None] = []
            position = 4
            for _ in range(2 * _length.unpack_from(data)[0]):
                (length,) = _length.unpack_from(data, position)
                position += 4
                texts.append(None if length < 0 else read(data[position : position + length]))
                position += max(length, 0)
            return dict(zip(texts[::2], texts[1::2], strict=True))  # type: ignore[arg-type]  # keys are never NULL

        return load

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a mapping."""
        write = resolve(_STRING).dumper(tx, TEXT)
        if format == TEXT:
            return lambda value: write(", ".join(f"{_quoted(key)}=>{_quoted(item)}" for key, item in value.items()))

        def dump(value: Any) -> bytes:
            pieces: list[bytes] = [_length.pack(len(value))]
            for text in (text for pair in value.items() for text in pair):
                data = None if text is None else bytes(write(text) or b"")
                pieces += (_length.pack(-1),) if data is None else (_length.pack(len(data)), data)
            return b"".join(pieces)

        return dump

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return isinstance(value, Mapping) and all(
            _is_text(key) and (item is None or _is_text(item)) for key, item in value.items()
        )

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        if not isinstance(value, Mapping):
            return in_words(value)
        wrong = next(
            part
            for key, item in value.items()
            for part in (key, item)
            if not _is_text(part) and (part is key or part is not None)
        )
        return f"{in_words(value)} with {resolve(_STRING).found(wrong)} in it"


class Vector(Codec):
    """A vector of pgvector as a list of floats, each of 4 bytes."""

    expected = "a sequence of float"
    is_list = True

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a list."""
        if format == TEXT:
            return lambda data: [float(item) for item in bytes(data)[1:-1].split(b",") if item]
        shortest = resolve(700).loader(tx, format)

        def load(data: Any) -> list[float]:
            data = bytes(data)
            return [shortest(data[start : start + 4]) for start in range(4, len(data), 4)]

        return load

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a sequence of numbers."""
        if format == TEXT:
            return lambda value: f"[{','.join(repr(float(item)) for item in value)}]".encode()
        return lambda value: _dimensions.pack(len(value), 0) + Struct(f"!{len(value)}f").pack(*value)

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return is_sequence(value) and all(resolve(_FLOAT).fits(item) for item in value)

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        if not is_sequence(value):
            return in_words(value)
        wrong = next(item for item in value if not resolve(_FLOAT).fits(item))
        return f"{in_words(value)} with {resolve(_FLOAT).found(wrong)} in it"


HSTORE = Hstore()
VECTOR = Vector()


def _is_text(value: Any) -> bool:
    return resolve(_STRING).fits(value)


def _quoted(text: str | None) -> str:
    return "NULL" if text is None else '"' + re.sub(_SPECIAL, r"\\\1", text) + '"'


def _read_text(text: str) -> dict[str, str | None]:
    found: dict[str, str | None] = {}
    position = 0
    while position < len(text):
        match = re.compile(_PAIR).match(text, position)
        if match is None:
            raise psycopg.DataError("can't read an hstore: its text is none")
        key, item = match.groups()
        found[re.sub(_ESCAPED, r"\1", key)] = None if item is None else re.sub(_ESCAPED, r"\1", item)
        position = match.end()
    return found
