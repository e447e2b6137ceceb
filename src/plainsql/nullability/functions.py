"""Built-in functions that can't return NULL, by pg_proc OID; an operator is its function (oprcode)."""

from __future__ import annotations

import re

_NUMBERS = """
int4pl 177(int4,int4)  int4mi 181(int4,int4)  int4mul 141(int4,int4)  int4eq 65(int4,int4)  int4lt 66(int4,int4)
int2_int4 313(int2)  int4_int8 481(int4)
235() 236() 311() 312() 313() 314() 480() 481() 482() 483() 652() 653() 714() 754() 1740() 1742() 1743() 1781() 1782()
"""


def oids(table: str) -> frozenset[int]:
    """Return the OIDs of a table whose entries read ``name OID(types)``."""
    return frozenset(map(int, re.findall(r"(\d+)\(", table)))


TOTAL: frozenset[int] = oids(_NUMBERS)
"""Functions that return a value or raise when no argument is NULL."""

OF_NULL_TOO: frozenset[int] = frozenset({3058})  # concat
"""Functions that return a value or raise whatever the arguments."""

IGNORES: dict[int, frozenset[int]] = {}
"""Positions, from 0, of arguments that may be NULL in a function of TOTAL."""

ELEMENTS_NOT_NULL: frozenset[int] = frozenset({394})  # string_to_array(text,text)
"""Functions whose array holds no NULL element when no argument is NULL."""
