"""Types whose text is the best that Python has: as PostgreSQL writes it, from either format."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.errors import StaleModuleError
from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.wire.codec import TEXT, Codec, Dump, Load, resolve

_TEXT_OID = 25


class AsText(Codec):
    """
    A type as its text.

    Args:
        oid: Of a built-in type; 0: a type of the database, whose binary form nobody knows.
    """

    sends_binary = False

    def __init__(self, oid: int) -> None:
        super().__init__(oid)
        self._text = resolve(_TEXT_OID)
        self._type = oid
        if oid:
            self.oid = oid
        self.expected = self._text.expected
        self._plain = _plain(oid) if oid else None
        self.reads_binary = self._plain is not None

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a str."""
        load = self._text.loader(tx, TEXT)
        if format == TEXT:
            return load
        if type_oid and not self.reads(type_oid, format):
            raise StaleModuleError(f"a type has changed from {self._type} to {type_oid} since: run `plainsql generate`")
        plain = self._plain
        assert plain is not None, self
        return lambda data: load(plain(bytes(data)))

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return a function that writes a str."""
        return self._text.dumper(tx, TEXT)

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return self._text.fits(value)

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        return self._text.found(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type."""
        return type_oid == self._type if self._type else type_oid >= FIRST_USER_OID


def _plain(oid: int) -> Callable[[bytes], bytes] | None:
    from plainsql.execute.wire.plain import PLAIN  # few modules need it, and every one pays for an import

    return PLAIN.get(oid)


class Versioned(AsText):
    """A type of an extension that puts a byte with its version before its text: ltree, lquery, ltxtquery."""

    def __init__(self) -> None:
        super().__init__(0)
        self.reads_binary = True

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return a function that makes a str."""
        load = self._text.loader(tx, TEXT)
        return load if format == TEXT else lambda data: load(bytes(data)[1:])


VERSIONED = Versioned()
