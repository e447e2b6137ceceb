"""
Does a column still have the type that its loader was chosen for? Asked of every result; it costs a comparison a column.

A loader reads the text of another type as well as it can: an int loader fails on 'x', but a timestamptz loader takes a
timestamp for an instant in the session's zone. That would be wrong data without a word.
"""

from __future__ import annotations

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

_SCALARS = {16, 17, 650, 869, 1082, 1083, 1114, 1184, 1186, 1266, 1700, 2950} | _INTS | _FLOATS | _JSON


def to_check(load_oids: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """Return the columns whose type matters, with the type of their loader."""
    return tuple((index, oid) for index, oid in enumerate(load_oids) if oid not in TEXTS)


def reads(load_oid: int, type_oid: int) -> bool:
    """Return whether the loader of *load_oid* reads a column that is now of *type_oid*."""
    if type_oid >= FIRST_USER_OID:  # an array of a domain; the server reports a domain itself as its base type
        return load_oid not in _SCALARS
    return type_oid == load_oid or type_oid in _READS.get(load_oid, ())
