"""
The built-in types: OID, Python type, import.

psycopg's own dumpers and loaders for these OIDs were tried in both directions; tests/test_types_round_trip.py does it
again. What a Python value can't hold raises psycopg's DataError on reading: `infinity` of dates, timestamps and
intervals, BC, `24:00` of times. Intervals count a month as 30 days.
"""

from __future__ import annotations

from typing import NamedTuple

TEXT = 25
RECORD = 2249
FIRST_USER_OID = 10_000
"""Below it an OID means the same type in every database (access/transam.h, FirstGenbkiObjectId)."""


class Builtin(NamedTuple):
    """*parameter* and *result* are annotations; *imports* the lines they need."""

    parameter: str
    result: str
    imports: tuple[str, ...] = ()


def _same(annotation: str, *imports: str) -> Builtin:
    return Builtin(annotation, annotation, imports)


_DT = "import datetime as dt"
_ADDRESS = tuple(
    f"from ipaddress import {name}" for name in ("IPv4Address", "IPv4Interface", "IPv6Address", "IPv6Interface")
)
_NETWORK = tuple(f"from ipaddress import {name}" for name in ("IPv4Network", "IPv6Network"))

TYPED: dict[int, Builtin] = {
    16: _same("bool"),
    17: _same("bytes"),
    19: _same("str"),  # name
    20: _same("int"),
    21: _same("int"),
    23: _same("int"),
    25: _same("str"),
    26: _same("int"),  # oid
    114: Builtin("object", "Any", ("from typing import Any",)),  # json
    650: _same("IPv4Network | IPv6Network", *_NETWORK),  # cidr
    700: _same("float"),
    701: _same("float"),
    869: _same("IPv4Address | IPv6Address | IPv4Interface | IPv6Interface", *_ADDRESS),  # inet
    1043: _same("str"),  # varchar
    1082: _same("dt.date", _DT),
    1083: _same("dt.time", _DT),
    1114: _same("dt.datetime", _DT),
    1184: _same("dt.datetime", _DT),
    1186: _same("dt.timedelta", _DT),
    1266: _same("dt.time", _DT),  # timetz
    1700: _same("Decimal", "from decimal import Decimal"),
    2950: _same("UUID", "from uuid import UUID"),
    3802: Builtin("object", "Any", ("from typing import Any",)),  # jsonb
}
"""Types with a dumper and a loader of their own."""

AS_TEXT: frozenset[int] = frozenset(
    {
        18,  # "char"
        22,  # int2vector
        27,  # tid
        28,  # xid
        29,  # cid
        30,  # oidvector
        142,  # xml
        194,  # pg_node_tree
        600,  # point
        601,  # lseg
        602,  # path
        603,  # box
        604,  # polygon
        628,  # line
        718,  # circle
        774,  # macaddr8
        790,  # money
        829,  # macaddr
        1033,  # aclitem
        1042,  # bpchar
        1560,  # bit
        1562,  # varbit
        1790,  # refcursor
        2202,  # regprocedure
        2203,  # regoper
        2204,  # regoperator
        2205,  # regclass
        2206,  # regtype
        24,  # regproc
        2278,  # void: the empty text of a function that returns nothing
        2970,  # txid_snapshot
        3220,  # pg_lsn
        3361,  # pg_ndistinct
        3402,  # pg_dependencies
        3614,  # tsvector
        3615,  # tsquery
        3734,  # regconfig
        3769,  # regdictionary
        4072,  # jsonpath
        4089,  # regnamespace
        4096,  # regrole
        4191,  # regcollation
        4600,  # pg_brin_bloom_summary
        4601,  # pg_brin_minmax_multi_summary
        5017,  # pg_mcv_list
        5038,  # pg_snapshot
        5069,  # xid8
    }
)
"""Types whose text is the best Python has."""

BINARY_IS_TEXT: frozenset[int] = frozenset({142, 1042, 1790, 2278})
"""Of these the binary form is the text."""

TEXT_ONLY: frozenset[int] = frozenset(
    {24, 194, 790, 1033, 2202, 2203, 2204, 2205, 2206, 3361, 3402, 3734, 3769, 4089, 4096, 4191, 4600, 4601, 5017}
)
"""Of these the binary form doesn't tell the text, or there is none: money, names of objects, statistics."""

ARRAY_OF: dict[int, int] = {
    16: 1000,
    17: 1001,
    19: 1003,
    20: 1016,
    21: 1005,
    23: 1007,
    25: 1009,
    26: 1028,
    114: 199,
    650: 651,
    700: 1021,
    701: 1022,
    869: 1041,
    1043: 1015,
    1082: 1182,
    1083: 1183,
    1114: 1115,
    1184: 1185,
    1186: 1187,
    1266: 1270,
    1700: 1231,
    2950: 2951,
    3802: 3807,
}
"""The array type of each type that has a loader."""


class Extension(NamedTuple):
    """*codec* is a name of plainsql.execute.wire, empty where the binary form is the text, *parts* its arguments."""

    parameter: str
    result: str
    codec: str
    parts: tuple[int, ...] = ()
    imports: tuple[str, ...] = ()
    binary: bool = True


_VERSIONED = Extension("str", "str", "VERSIONED")
_ONLY_TEXT = Extension("str", "str", "AsText", (0,), binary=False)

EXTENSIONS: dict[str, Extension] = {
    "citext": Extension("str", "str", ""),
    "hstore": Extension(
        "Mapping[str, str | None]", "dict[str, str | None]", "HSTORE", imports=("from collections.abc import Mapping",)
    ),
    "vector": Extension("Sequence[float]", "list[float]", "VECTOR", imports=("from collections.abc import Sequence",)),
    **dict.fromkeys(("lquery", "ltree", "ltxtquery"), _VERSIONED),
    **dict.fromkeys(("cube", "seg", "halfvec", "sparsevec"), _ONLY_TEXT),
    **dict.fromkeys(("ean13", "isbn", "isbn13", "ismn", "ismn13", "issn", "issn13", "upc"), _ONLY_TEXT),
}
"""Base types of the extensions that come with PostgreSQL, and of pgvector, by name."""
