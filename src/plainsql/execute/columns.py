"""
Does a column still have the type that its loader was chosen for? Asked of every result; it costs a comparison a column.

A loader reads the text of another type as well as it can: an int loader fails on 'x', but a timestamptz loader takes a
timestamp for an instant in the session's zone. That would be wrong data without a word.
"""

from __future__ import annotations

from psycopg.postgres import types as builtin_types
from psycopg.pq import Format

from plainsql.errors import StaleModuleError

TEXTS = {19, 25, 1043, 1003, 1009, 1015}
"""name, text, varchar and their arrays: their loaders take any text as it is."""

FIRST_USER_OID = 10_000
"""Below it an OID means the same type in every database (access/transam.h, FirstGenbkiObjectId)."""

_INTS, _INT_ARRAYS = {20, 21, 23, 26}, {1016, 1005, 1007, 1028}
_FLOATS, _FLOAT_ARRAYS = {700, 701}, {1021, 1022}
_NUMERIC, _NUMERIC_ARRAY = 1700, 1231
_JSON, _JSON_ARRAYS = {114, 3802}, {199, 3807}

_READS: dict[int, set[int]] = {
    **dict.fromkeys(_INTS, _INTS),
    **dict.fromkeys(_INT_ARRAYS, _INT_ARRAYS),
    **dict.fromkeys(_FLOATS, _FLOATS | _INTS | {_NUMERIC}),
    **dict.fromkeys(_FLOAT_ARRAYS, _FLOAT_ARRAYS | _INT_ARRAYS | {_NUMERIC_ARRAY}),
    _NUMERIC: _INTS,
    _NUMERIC_ARRAY: _INT_ARRAYS,
    **dict.fromkeys(_JSON, _JSON),
    **dict.fromkeys(_JSON_ARRAYS, _JSON_ARRAYS),
}
"""Types beside its own that a loader reads to the same Python value: integer became bigint, and no module is stale."""

_TEXT_IN_BINARY = {19, 25, 142, 1042, 1043, 1790, 2278}
"""Types whose binary form is their text: name, text, xml, bpchar, varchar, refcursor, and void, which is empty."""

_SAME_IN_BINARY = (_INTS, _FLOATS, _JSON, _TEXT_IN_BINARY)
"""Types that psycopg's binary loaders read to values of one Python type, each from a form of its own."""


def is_array(oid: int) -> bool:
    """Tell whether a built-in type is an array."""
    info = builtin_types.get(oid)
    return info is not None and info.array_oid == oid


def to_check(kinds: tuple[object, ...]) -> tuple[tuple[int, object], ...]:
    """Return the columns whose type matters, with the type of their loader."""
    return tuple((index, kind) for index, kind in enumerate(kinds) if kind not in TEXTS)


def reads(load_oid: int, type_oid: int) -> bool:
    """Return whether the loader of *load_oid* reads the text of a column that is now of *type_oid*."""
    if type_oid >= FIRST_USER_OID:  # an array of a domain; the server reports a domain itself as its base type
        return is_array(load_oid)
    return type_oid == load_oid or type_oid in _READS.get(load_oid, ())


def reads_binary(load_oid: int, type_oid: int) -> bool:
    """Return whether a column that is now of *type_oid* is read in binary to what *load_oid* promises."""
    if type_oid >= FIRST_USER_OID:  # the label of an enum, the text of citext
        return load_oid in _TEXT_IN_BINARY
    return type_oid == load_oid or any(load_oid in family and type_oid in family for family in _SAME_IN_BINARY)


def read_as(load_oid: int, type_oid: int, format: Format) -> int:
    """
    Return the type whose loader reads a value of *type_oid*: in binary each type has a form of its own.

    Raises:
        StaleModuleError: It would not be what *load_oid* promises.
    """
    if not (reads if format == Format.TEXT else reads_binary)(load_oid, type_oid):
        raise StaleModuleError(f"a type has changed from {load_oid} to {type_oid} since: run `plainsql generate`")
    return load_oid if format == Format.TEXT else form_of(load_oid, type_oid)


def form_of(load_oid: int, type_oid: int) -> int:
    """Return the type whose binary loader reads a value of *type_oid*, which *load_oid* may be read from."""
    return load_oid if load_oid in _TEXT_IN_BINARY else type_oid
