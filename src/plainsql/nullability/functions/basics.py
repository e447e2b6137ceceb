"""Truth values, UUIDs and what takes any type."""

from __future__ import annotations

OPERATORS = """
< 56(bool,bool) 2954(uuid,uuid)
<= 1691(bool,bool) 2955(uuid,uuid)
<> 84(bool,bool) 2959(uuid,uuid)
= 60(bool,bool) 2956(uuid,uuid)
> 57(bool,bool) 2958(uuid,uuid)
>= 1692(bool,bool) 2957(uuid,uuid)
"""
"""Manual, 9.2; bool.c, uuid.c."""

FUNCTIONS = """
gen_random_uuid 3432()
pg_column_size 1269(any)
uuidv4 6428()
uuidv7 6429() 6430(interval)
"""
"""
Manual, 9.14 and 9.28; uuid.c, varlena.c. Left out: uuid_extract_timestamp, uuid_extract_version,
pg_column_compression.
"""

CASTS = """
bool 2557(int4)
int4 2558(bool)
"""
"""Manual, 8.6; bool.c."""

TABLES = (OPERATORS, FUNCTIONS, CASTS)
