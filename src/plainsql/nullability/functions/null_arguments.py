"""
Functions that needn't have all their arguments.

VARIADIC written out in a call changes that: ``concat(VARIADIC NULL)`` is NULL, so every argument counts then.
"""

from __future__ import annotations

from plainsql.nullability.functions.table import oids

WHATEVER = """
array_append 378(anycompatiblearray,anycompatible)
array_fill 1193(anyelement,int4[]) 1286(anyelement,int4[],int4[])
array_prepend 379(anycompatible,anycompatiblearray)
concat 3058(any)
daterange 3941(date,date) 3942(date,date,text)
enum_first 3528(anyenum)
enum_last 3529(anyenum)
enum_range 3530(anyenum,anyenum) 3531(anyenum)
int4range 3840(int4,int4) 3841(int4,int4,text)
int8range 3945(int8,int8) 3946(int8,int8,text)
json_build_array 3198(any) 3199()
json_build_object 3200(any) 3201()
jsonb_build_array 3271(any) 3272()
jsonb_build_object 3273(any) 3274()
num_nonnulls 440(any)
num_nulls 438(any)
numrange 3844(numeric,numeric) 3845(numeric,numeric,text)
pg_notify 3036(text,text)
pg_typeof 1619(any)
quote_nullable 1289(text) 1290(anyelement)
set_config 2078(text,text,bool)
tsrange 3933(timestamp,timestamp) 3934(timestamp,timestamp,text)
tstzrange 3937(timestamptz,timestamptz) 3938(timestamptz,timestamptz,text)
"""
"""Manual, 9.2, 9.4, 9.10, 9.16, 9.19, 9.20, 9.27; varlena.c, json.c, jsonb.c, array_userfuncs.c, rangetypes.c."""

FIRST = """
array_positions 3279(anycompatiblearray,anycompatible)
array_remove 3167(anycompatiblearray,anycompatible)
array_replace 3168(anycompatiblearray,anycompatible,anycompatible)
concat_ws 3059(text,any)
format 3539(text,any) 3540(text)
format_type 1081(oid,int4)
string_to_array 376(text,text,text) 394(text,text)
"""
"""Manual, 9.4, 9.19, 9.27: the array, the separator, the format, the type and the string; varlena.c, arrayfuncs.c."""

FIRST_TWO = "array_to_string 384(anyarray,text,text)"
"""Manual, 9.19; varlena.c."""

ONE = """
array_cat 383(anycompatiblearray,anycompatiblearray)
xmlconcat2 2900(xml,xml)
"""
"""Manual, 9.15, 9.19; array_userfuncs.c, xml.c."""

TABLES = (WHATEVER, FIRST, FIRST_TWO, ONE)

OF_NULL_TOO: frozenset[int] = oids(WHATEVER)
"""Functions that return a value or raise whatever the arguments."""

NEEDS: dict[int, frozenset[int]] = {
    **dict.fromkeys(oids(FIRST), frozenset({0})),
    **dict.fromkeys(oids(FIRST_TWO), frozenset({0, 1})),
}
"""Positions, from 0, of the arguments that mustn't be NULL; the others may."""

ONE_OF: frozenset[int] = oids(ONE)
"""Functions that return NULL only if every argument is NULL."""
