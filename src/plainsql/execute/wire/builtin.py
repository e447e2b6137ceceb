"""Built-in types that psycopg reads and writes: its own adapters, or those that the connection has registered."""

from __future__ import annotations

from functools import cache
from typing import Any

import psycopg
from psycopg.abc import Transformer
from psycopg.postgres import types as builtin_types
from psycopg.pq import Format
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

from plainsql.execute.arguments import accepts, found
from plainsql.execute.columns import TEXTS, read_as, reads, reads_binary
from plainsql.execute.wire.arrays import Array
from plainsql.execute.wire.codec import BINARY, TEXT, Codec, Dump, Load
from plainsql.execute.wire.digits import nearest_double
from plainsql.execute.wire.ranges import Multirange, Range

FLOAT4, INTERVAL = 700, 1186
_JSON = {114, 3802}


@cache
def codec_of_oid(oid: int) -> Codec:
    """Return the codec of a built-in type."""
    info = builtin_types.get(oid)
    if info is None:
        return Builtin(oid)
    if info.array_oid == oid:
        return Array(codec_of_oid(info.oid), delimiter=info.delimiter, oid=oid)
    if isinstance(info, RangeInfo):
        return Range(info.subtype_oid, oid=oid)
    if isinstance(info, MultirangeInfo):
        return Multirange(info.subtype_oid, oid=oid)
    return Builtin(oid)


class Builtin(Codec):
    """A type by its OID, which is the same in every database."""

    def __init__(self, oid: int) -> None:
        super().__init__(oid)
        takes = accepts(oid)
        self.oid = oid
        self.is_list = oid in _JSON
        self._takes = takes
        if takes:
            self.expected = takes.expected

    def loader(self, tx: Transformer, format: Format, type_oid: int = 0) -> Load:
        """Return psycopg's loader, with what it gets wrong put right."""
        oid = read_as(self.oid, type_oid, format) if type_oid else self.oid
        loader = tx.get_loader(oid, format)
        load: Load = loader.load
        if type(loader).__module__.startswith("psycopg"):  # not one that the application has registered
            if oid == INTERVAL and format == TEXT:
                return _finite(load)
            if oid == FLOAT4 and format == BINARY:
                return lambda data: nearest_double(bytes(data))
        return load

    def dumper(self, tx: Transformer, format: Format) -> Dump:
        """Return psycopg's dumper."""
        return tx.adapters.get_dumper_by_oid(self.oid, format)(type(None), tx).dump

    def fits(self, value: Any) -> bool:
        """Tell whether an argument can be written."""
        return self._takes is None or self._takes.fits(value)

    def found(self, value: Any) -> str:
        """Say what was given instead."""
        return found(value, self._takes)

    def reads(self, type_oid: int, format: Format) -> bool:
        """Tell whether the loader reads a column of *type_oid* to the same value."""
        if format == TEXT:
            return self.oid in TEXTS or reads(self.oid, type_oid)
        return reads_binary(self.oid, type_oid)


def _finite(load: Load) -> Load:
    """Refuse what psycopg's loader takes for zero: the infinite intervals of PostgreSQL 17."""

    def load_finite(data: Any) -> Any:
        if b"infinity" in bytes(data):
            raise psycopg.DataError("can't read an infinite interval: Python's timedelta has none")
        return load(data)

    return load_finite
