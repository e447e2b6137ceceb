"""
The built-in types: OID, Python type, import.

psycopg's own dumpers and loaders for these OIDs were tried in both directions; tests/test_typemap.py does it again.
What a Python value can't hold raises psycopg's DataError on reading: `infinity` and BC of dates and timestamps,
`24:00` of times.
Intervals count a month as 30 days, and `infinity` of an interval (PostgreSQL 17) reads as zero in the text format.
"""

from __future__ import annotations

from typing import NamedTuple

TEXT = 25
TEXT_ARRAY = 1009
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
        27,  # tid
        28,  # xid
        29,  # cid
        142,  # xml
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
        3614,  # tsvector
        3615,  # tsquery
        3734,  # regconfig
        3769,  # regdictionary
        4072,  # jsonpath
        4089,  # regnamespace
        4096,  # regrole
        4191,  # regcollation
        5038,  # pg_snapshot
        5069,  # xid8
    }
)
"""Types whose text is the best Python has."""

TEXT_EXTENSIONS = frozenset({"citext"})
"""Types of extensions that are text by another comparison."""
