"""Which columns of the rows of a set-returning function can't be NULL."""

from __future__ import annotations

from plainsql.nullability.functions.table import oids

UNNEST = 2331
"""unnest(anyarray): its rows are what the array holds."""

SCALARS = """
generate_series 938(timestamp,timestamp,interval) 939(timestamptz,timestamptz,interval) 1066(int4,int4,int4)
    1067(int4,int4) 1068(int8,int8,int8) 1069(int8,int8) 3259(numeric,numeric,numeric) 3260(numeric,numeric)
    6274(timestamptz,timestamptz,interval,text)
generate_subscripts 1191(anyarray,int4,bool) 1192(anyarray,int4)
json_array_elements 3955(json)
json_object_keys 3957(json)
jsonb_array_elements 3219(jsonb)
jsonb_object_keys 3931(jsonb)
jsonb_path_query 4006(jsonb,jsonpath,jsonb,bool)
jsonb_path_query_tz 1179(jsonb,jsonpath,jsonb,bool)
pg_snapshot_xip 5064(pg_snapshot)
regexp_matches 2763(text,text) 2764(text,text,text)
regexp_split_to_table 2765(text,text) 2766(text,text,text)
string_to_table 6160(text,text)
txid_snapshot_xip 2947(txid_snapshot)
unnest 1293(anymultirange)
"""
"""
Manual, 9.4, 9.7, 9.16, 9.19, 9.26; int.c, numeric.c, timestamp.c, arrayfuncs.c, jsonfuncs.c, regexp.c, varlena.c.

JSON's null is no SQL NULL. The arrays of regexp_matches may hold NULL. Left out: string_to_table(text,text,text), which
is there to make NULLs; unnest(anyarray), whose array is asked; the _text forms of JSON functions; what returns rows of
a type or of a list.
"""

RECORDS = """
json_each 3958(json)
json_each_text 3959(json)
jsonb_each 3208(jsonb)
jsonb_each_text 3932(jsonb)
pg_timezone_names 2856()
ts_parse 3715(oid,text) 3716(text,text)
ts_token_type 3713(oid) 3714(text)
unnest 3322(tsvector)
"""
"""Manual, 9.13, 9.16, 53.32; jsonfuncs.c, wparser.c, tsvector_op.c, utils/adt/datetime.c."""

TABLES = (SCALARS, RECORDS)

ROWS_NOT_NULL: dict[int, tuple[bool, ...]] = {
    **dict.fromkeys(oids(SCALARS), (True,)),
    2856: (True, True, True, True),  # name, abbrev, utc_offset, is_dst
    3208: (True, True),  # key, value
    3322: (True, False, False),  # lexeme, positions, weights
    3713: (True, True, True),  # tokid, alias, description
    3714: (True, True, True),
    3715: (True, True),  # tokid, token
    3716: (True, True),
    3932: (True, False),  # key, value
    3958: (True, True),
    3959: (True, False),
}
"""
By pg_proc OID: for each out-parameter in order, or the one scalar, whether no row holds NULL there.

It holds whatever the arguments: a NULL among them means no rows. Only string_to_table isn't strict; it returns no row
of a NULL string, and splits at every character if the separator is NULL.
"""
