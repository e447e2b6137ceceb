"""
The notation of the tables of built-in functions.

A line starts with a function's name or an operator's sign; ``OID(argument types)`` follows for each overload. An
indented line goes on. An operator stands for its function (oprcode), which is what a query tree names. Types are called
by typname, arrays by that of their elements and ``[]``.
"""

from __future__ import annotations

import re

_OID = re.compile(r"(\d+)\(")
_OVERLOAD = re.compile(r"(\d+)(\([^)]*\))")


def oids(*tables: str) -> frozenset[int]:
    """Return the OIDs that stand in *tables*."""
    return frozenset(map(int, _OID.findall("".join(tables))))


def signatures(*tables: str) -> dict[int, str]:
    """Return by OID what it stands for, as in ``lower(text)`` and ``+(int4,int4)``."""
    found: dict[int, str] = {}
    for line in "\n".join(tables).replace("\n    ", " ").splitlines():
        name, _, overloads = line.partition(" ")
        found |= {int(oid): name + types for oid, types in _OVERLOAD.findall(overloads)}
    return found
