"""Domains inside of arrays and composite types, where the server doesn't take them for what they are made of."""

from __future__ import annotations

from typing import Any

from psycopg.abc import Transformer
from psycopg.pq import Format

from plainsql.execute.columns import FIRST_USER_OID
from plainsql.execute.wire.codec import Codec, Dump, Kind, Load, resolve


class Domain(Codec):
    """A type of the database with the values of *base*."""

    def __init__(self, base: Kind) -> None:
        self._base = codec = resolve(base)
        super().__init__(codec)
        self.expected = codec.expected
        self.is_list = codec.is_list
        self.reads_binary = codec.reads_binary
        self.sends_binary = codec.sends_binary

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return the loader of the base."""
        return self._base.loader(tx, format, 0 if type_oid >= FIRST_USER_OID else type_oid)

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return the dumper of the base."""
        return self._base.dumper(tx, format)

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return self._base.fits(value)

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        return self._base.found(value)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether a column can be of this type: the server reports a domain itself as its base."""
        return type_oid >= FIRST_USER_OID or self._base.reads(type_oid, format)
