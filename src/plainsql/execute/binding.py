"""By which OIDs psycopg finds the loader of a column and the dumper of an argument."""

from __future__ import annotations

from psycopg.postgres import types as builtin_types
from psycopg.pq import Format
from psycopg.types.multirange import MultirangeInfo
from psycopg.types.range import RangeInfo

from plainsql.execute.adapters import private_oid
from plainsql.execute.columns import TEXTS, form_of, reads, reads_binary
from plainsql.execute.wire.codec import BINARY, TEXT, Codec, Kind, resolve

_RANGES = (RangeInfo, MultirangeInfo)
_FLOAT4, _FLOAT4_ARRAY = 700, 1021
_INTERVAL, _INTERVAL_ARRAY = 1186, 1187
_JSON_ARRAYS = (199, 3807)

_TO_LOAD = {TEXT: (_INTERVAL, _INTERVAL_ARRAY), BINARY: (_FLOAT4, _FLOAT4_ARRAY)}
"""Built-in types that psycopg's own loaders read otherwise than we promise."""


def bind_column(kind: Kind, format: Format) -> int:
    """Return the OID whose loader reads a column: a built-in type's own, or one of ours."""
    if isinstance(kind, int) and kind not in _TO_LOAD[format]:
        return kind
    return private_oid(resolve(kind), format)


def is_read(kind: object, type_oid: int) -> bool:
    """Tell whether the text of a column of *type_oid* is read to what *kind* promises."""
    if isinstance(kind, int):
        return reads(kind, type_oid)
    return isinstance(kind, Codec | type) and resolve(kind).reads(type_oid, TEXT)


def rebind_binary(kind: Kind, type_oid: int) -> int | None:
    """Return what `bind_column` does for a binary column that is now of *type_oid*; None: it can't be read so."""
    if not isinstance(kind, int):
        return bind_column(kind, BINARY) if resolve(kind).reads(type_oid, BINARY) else None
    if not reads_binary(kind, type_oid):
        return None
    return bind_column(form_of(kind, type_oid), BINARY)


def codec_of_argument(kind: Kind, format: Format) -> Codec | None:
    """Return the codec that writes an argument, None where psycopg's own dumper does."""
    if not isinstance(kind, int) or kind in _JSON_ARRAYS:
        return resolve(kind)
    info = builtin_types.get(kind)  # of an array: that of its elements
    if isinstance(info, _RANGES):
        return resolve(kind)
    if info is None or info.array_oid != kind or (format == TEXT and info.delimiter == ","):
        return None
    return resolve(kind)


def bind_argument(kind: Kind, bind_oid: int, format: Format) -> tuple[int, Format]:
    """
    Return the OID whose dumper writes an argument, and the format it is sent in.

    Args:
        kind: Type that it is written as.
        bind_oid: Type that the server is told, 0 where it infers one.
        format: The statement's; what is text for want of anything better stays text.
    """
    codec = codec_of_argument(kind, format)
    is_text = kind in TEXTS and kind != bind_oid
    if codec is None:
        assert isinstance(kind, int)
        return kind, TEXT if is_text else format
    data_format = TEXT if is_text or not codec.sends_binary else format
    return private_oid(codec, data_format), data_format
