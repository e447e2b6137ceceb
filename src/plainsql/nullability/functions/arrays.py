"""Arrays, enums and rows."""

from __future__ import annotations

OPERATORS = """
&& 2747(anyarray,anyarray)
< 391(anyarray,anyarray) 2983(record,record) 3510(anyenum,anyenum)
<= 393(anyarray,anyarray) 2985(record,record) 3512(anyenum,anyenum)
<> 390(anyarray,anyarray) 2982(record,record) 3509(anyenum,anyenum)
<@ 2749(anyarray,anyarray)
= 744(anyarray,anyarray) 2981(record,record) 3508(anyenum,anyenum)
> 392(anyarray,anyarray) 2984(record,record) 3511(anyenum,anyenum)
>= 396(anyarray,anyarray) 2986(record,record) 3513(anyenum,anyenum)
@> 2748(anyarray,anyarray)
|| 2003(text,anynonarray) 2004(anynonarray,text)
"""
"""
Manual, 9.2, 9.10, 9.19, 9.24; arrayfuncs.c, enum.c, rowtypes.c, varlena.c. NULL elements and fields compare equal.
"""

FUNCTIONS = """
array_reverse 6381(anyarray)
array_sample 6216(anyarray,int4)
array_shuffle 6215(anyarray)
array_sort 6388(anyarray) 6389(anyarray,bool) 6390(anyarray,bool,bool)
array_to_string 395(anyarray,text)
cardinality 3179(anyarray)
parse_ident 1268(text,bool)
regexp_split_to_array 2767(text,text) 2768(text,text,text)
trim_array 6172(anyarray,int4)
width_bucket 3218(anycompatible,anycompatiblearray)
"""
"""
Manual, 9.4, 9.19; arrayfuncs.c, array_userfuncs.c, regexp.c, misc.c. Left out: array_length, _lower, _upper, _dims,
_ndims, _position.
"""

TABLES = (OPERATORS, FUNCTIONS)
