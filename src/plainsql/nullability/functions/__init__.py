"""
Built-in functions that can't return NULL, by the OID in pg_proc.

Only functions whose OID PostgreSQL assigned by hand and that mean one thing in all versions, and only where the source
says so: strict functions return NULL of NULL, and many return NULL of other things too.
"""

from __future__ import annotations

from plainsql.nullability.functions import (
    arrays,
    basics,
    documents,
    geometry,
    network,
    null_arguments,
    numbers,
    ranges,
    search,
    strings,
    system,
    times,
)
from plainsql.nullability.functions.null_arguments import NEEDS, OF_NULL_TOO, ONE_OF
from plainsql.nullability.functions.table import oids
from plainsql.nullability.functions.times import FIELDS

__all__ = ["CAST_TO_TEXT", "ELEMENTS_NOT_NULL", "FIELDS", "NEEDS", "OF_NULL_TOO", "ONE_OF", "TABLES", "TOTAL"]

_TOPICS = (
    arrays,
    basics,
    documents,
    geometry,
    network,
    null_arguments,
    numbers,
    ranges,
    search,
    strings,
    system,
    times,
)

TABLES: tuple[str, ...] = tuple(table for topic in _TOPICS for table in topic.TABLES)
"""All tables of this package."""

TOTAL: frozenset[int] = oids(*TABLES)
"""Functions that return a value or raise when no argument is NULL."""

CAST_TO_TEXT: frozenset[int] = frozenset({1285, 2003, 2004})
"""
Functions of TOTAL that cast an argument of any type to text: quote_literal(anyelement), || of text and another type.

A user's type may have a cast function of its own there, and that may return NULL.
"""

ELEMENTS = """
array_fill 1193(anyelement,int4[]) 1286(anyelement,int4[],int4[])
array_positions 3279(anycompatiblearray,anycompatible)
current_schemas 1403(bool)
enum_range 3530(anyenum,anyenum) 3531(anyenum)
parse_ident 1268(text,bool)
pg_blocking_pids 2561(int4)
regexp_split_to_array 2767(text,text) 2768(text,text,text)
string_to_array 394(text,text)
tsvector_to_array 3326(tsvector)
xpath 2931(text,xml,text[]) 2932(text,xml)
"""
"""Manual, 9.4, 9.10, 9.13, 9.15, 9.19, 9.27. Left out: string_to_array(text,text,text), there to make NULLs."""

ELEMENTS_NOT_NULL: frozenset[int] = oids(ELEMENTS)
"""Functions whose array, where there is one, holds no NULL element; that of array_fill when no argument is NULL."""
