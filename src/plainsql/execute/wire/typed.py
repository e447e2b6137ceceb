"""Columns and parameters whose Python type their query names: ``@type``. msgspec checks and converts the values."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from typing import Any
from uuid import UUID

import msgspec
from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.arguments import an, in_words
from plainsql.execute.columns import FIRST_USER_OID, TEXTS, reads, reads_binary
from plainsql.execute.wire.codec import BINARY, TEXT, Codec, Dump, Kind, Load, MismatchError, resolve

_JSON = (114, 3802)
_JSON_ARRAYS = (199, 3807)
_JSONB_VERSION = 1
_NATIVE = (bytes, bytearray, dt.datetime, dt.date, dt.time, dt.timedelta, Decimal, UUID)
"""What msgspec would turn into text, though PostgreSQL's own types take it as it is."""
_SECRET = re.compile(r"\A(Invalid enum value) .*?(?= - at [`$]|\Z)", re.DOTALL)


class Typed(Codec):
    """
    A type read and written as another Python type than its own.

    Args:
        kind: What reads and writes it otherwise.
        annotation: Returns the Python type. Called on first use, so that its module may import the one that says this.
    """

    sends_binary = False
    is_list = True
    may_mismatch = True
    says = "its @type says"
    advice = ""

    def __init__(self, kind: Kind, annotation: Callable[[], Any]) -> None:
        self._inner = codec = resolve(kind)
        super().__init__(codec, annotation)
        self._kind = kind
        self._annotation = annotation
        self._type: Any = None
        self._decode: Callable[[Any], Any] | None = None
        self.expected = "a value of its @type"
        self.reads_binary = codec.reads_binary

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a value of the type, or raises MismatchError."""
        python = self._python()
        read: Load
        if self._kind in _JSON:
            assert self._decode is not None
            read = _json_loader(self._decode, tx.encoding, format)
        else:
            load, is_json = self._inner.loader(tx, format, type_oid), self._kind in _JSON_ARRAYS

            def read(data: Any) -> Any:
                return msgspec.convert(load(data), python, from_attributes=True, str_keys=is_json)

        says, advice = self.says, self.advice

        def load_typed(data: Any) -> Any:
            try:
                return read(data)
            except (msgspec.MsgspecError, UnicodeError) as error:
                raise MismatchError(says, _reason(error), advice) from None

        return load_typed

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a value of the type."""
        if self._kind in _JSON:
            encoding = tx.encoding
            return lambda value: _json(value, encoding)
        dump = self._inner.dumper(tx, format)
        return lambda value: dump(self._lowered(value)[0])

    def fits(self, value: Any) -> bool:
        """Tell whether an argument is of the type, and can be written."""
        return self._is_of_type(value) and (self._kind in _JSON or bool(self._lowered(value)))

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        if self._is_of_type(value):
            return f"{in_words(value)}, which its PostgreSQL type can't take"
        return in_words(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be read; in binary that of another integer type can't."""
        kind = self._kind
        if not isinstance(kind, int) or type_oid == kind:
            return self._inner.reads(type_oid, format)
        if format == TEXT:
            return kind in TEXTS or reads(kind, type_oid)
        has_one_form = kind in _JSON or type_oid in TEXTS or type_oid >= FIRST_USER_OID
        return has_one_form and reads_binary(kind, type_oid)

    def _python(self) -> Any:
        if self._type is None:
            python = self._annotation()
            try:
                self._decode = msgspec.json.Decoder(python).decode
            except TypeError as error:
                raise TypeError(f"@type can't be {python!r}: {error}") from None
            self._type = python
            self.expected = an(python.__name__) if isinstance(python, type) else f"a value of {python}"
        return self._type

    def _is_of_type(self, value: Any) -> bool:
        python = self._python()
        if isinstance(python, type) and not _is_described(python):
            return isinstance(value, python)
        try:
            msgspec.convert(value, python)
        except msgspec.ValidationError:
            return False
        return True

    def _lowered(self, value: Any) -> tuple[Any, ...]:
        """Return the value as its PostgreSQL type takes it, in a tuple; an empty one when it takes it in no form."""
        fits = self._inner.fits
        if fits(value):
            return (value,)
        for native in (_NATIVE, ()):
            try:
                plain = msgspec.to_builtins(value, builtin_types=native)
            except (TypeError, ValueError):
                continue
            if fits(plain):
                return (plain,)
        return ()


class Nested(Typed):
    """JSON that a statement puts together, as what its SQL makes of it."""

    says = "its SQL makes of it"
    advice = ": run `plainsql generate` if the database has changed since, or say by @type what to read it as"


def _is_described(python: type) -> bool:
    """Tell whether instances aren't all that a class allows, or not allowed: float takes 1, int takes no True."""
    return python in (float, int) or hasattr(python, "__total__")  # a TypedDict


def _json_loader(decode: Callable[[Any], Any], encoding: str, format: Format) -> Load:
    if format == BINARY:  # jsonb has a version before its text; json has none, and no text begins so

        def load(data: Any) -> Any:
            data = bytes(data)
            text = data[1:] if data[:1] == bytes([_JSONB_VERSION]) else data
            return decode(text if encoding == "utf-8" else text.decode(encoding))

        return load
    if encoding in ("utf-8", "ascii"):  # ascii: SQL_ASCII, whose bytes nobody converts
        return decode
    return lambda data: decode(bytes(data).decode(encoding))


def _json(value: Any, encoding: str) -> bytes:
    text = msgspec.json.encode(value)
    if b"null" in text and not _is_finite(msgspec.to_builtins(value)):
        raise ValueError("JSON has no infinity and no NaN")
    return text if encoding in ("utf-8", "ascii") else text.decode().encode(encoding)


def _is_finite(value: Any) -> bool:
    """Tell whether no float in *value* would become null."""
    match value:
        case float():
            return isfinite(value)
        case dict():
            return all(map(_is_finite, value.values()))
        case list() | tuple():
            return all(map(_is_finite, value))
        case _:
            return True


def _reason(error: Exception) -> str:
    """Return msgspec's words without a value, which may be a secret."""
    if isinstance(error, UnicodeError):
        return "the text isn't of the connection's encoding"
    return _SECRET.sub(r"\1", str(error))
