"""
How psycopg gets at codecs: each has an OID of ours, which no database will ever hand out, in a copy of the connection's
adapters.

The copy costs nothing until it is written to, is made once for a connection, and again when an application registers an
adapter. Only statements with codecs use it.
"""

from __future__ import annotations

from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

import psycopg
from psycopg import adapt
from psycopg.abc import AdaptContext, Transformer
from psycopg.adapt import AdaptersMap, Dumper, Loader
from psycopg.pq import Format

from plainsql.execute.wire.codec import BINARY, TEXT, Codec

_free = count(2**32 - 1, -1)
_oids: dict[tuple[Codec, Format], int] = {}
_codecs: dict[int, tuple[Codec, Format]] = {}


def private_oid(codec: Codec, data_format: Format) -> int:
    """
    Return the OID of ours for a codec.

    Args:
        codec: Any.
        data_format: Of its data; a text may go along with binary arguments.
    """
    key = (codec, data_format)
    if key not in _oids:
        oid = next(_free)
        _codecs[oid] = key
        _oids.setdefault(key, oid)
    return _oids[key]


class _Context:
    """A connection with other adapters."""

    def __init__(self, adapters: AdaptersMap, connection: Any) -> None:
        self.adapters = adapters
        self.connection = connection


class _Loader(Loader):
    def __init__(self, oid: int, context: AdaptContext | None = None) -> None:
        super().__init__(oid, context)
        codec, data_format = _codecs[oid]
        # The instance's own attribute: the function is called without a method between.
        vars(self)["load"] = codec.loader(_transformer(context), data_format)

    def load(self, data: Any) -> Any:
        raise NotImplementedError


class _BinaryLoader(_Loader):
    format = BINARY


class _Dumper(Dumper):
    def __init__(self, cls: type, context: AdaptContext | None = None) -> None:
        super().__init__(cls, context)
        codec, data_format = _codecs[self.oid]
        vars(self)["dump"] = codec.dumper(_transformer(context), data_format)

    def dump(self, obj: Any) -> Any:
        raise NotImplementedError


def _transformer(context: AdaptContext | None) -> Transformer:
    return context if isinstance(context, adapt.Transformer) else adapt.Transformer(context)


class _Copy:
    """A connection's adapters with codecs, as long as the connection's own don't change."""

    def __init__(self, source: AdaptersMap) -> None:
        self.adapters = AdaptersMap(source)
        self._state = _state(source)
        self._known: set[tuple[int, ...]] = set()

    def is_current(self, source: AdaptersMap) -> bool:
        """Tell whether *source* is as it was: psycopg copies a shared mapping before it writes to it."""
        return all(map(lambda was, now: was is now, self._state, _state(source)))

    def learn(self, oids: tuple[int, ...]) -> None:
        """Register codecs by their OIDs."""
        if oids in self._known:
            return
        for oid in oids:
            for format, loader in ((TEXT, _Loader), (BINARY, _BinaryLoader)):
                self.adapters.register_loader(oid, loader)
                self.adapters.register_dumper(None, type("Dumper", (_Dumper,), {"oid": oid, "format": format}))
        self._known.add(oids)


_copies: WeakKeyDictionary[AdaptersMap, _Copy] = WeakKeyDictionary()


def _state(adapters: AdaptersMap) -> tuple[object, ...]:
    return (*adapters._loaders, *adapters._dumpers_by_oid)


def with_codecs(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], oids: tuple[int, ...]) -> AdaptContext:
    """Return *conn* as a context that knows the codecs of *oids* beside its own adapters."""
    source = conn.adapters
    copy = _copies.get(source)
    if copy is None or not copy.is_current(source):
        _copies[source] = copy = _Copy(source)
    copy.learn(oids)
    return _Context(copy.adapters, conn)
