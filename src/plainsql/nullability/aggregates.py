"""When an aggregate can't be NULL."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from plainsql.nullability.functions.table import oids


class Needs(Enum):
    """What an aggregate needs for a result that isn't NULL."""

    NOTHING = "nothing"
    """It answers of no rows at all, as count does."""
    ROWS = "rows"
    """One row, whatever its arguments hold."""
    ARGUMENTS = "arguments"
    """One row whose arguments, at the positions named, aren't NULL."""


@dataclass(frozen=True, slots=True)
class Aggregate:
    """
    The promise of one aggregate.

    Attributes:
        needs: What it rests on. FILTER may take every row away.
        positions: Arguments, from 0, that mustn't be NULL; those in front of WITHIN GROUP count first.
    """

    needs: Needs
    positions: frozenset[int] = frozenset()


COUNTS = """
count 2147(any) 2803()
cume_dist 3990(any)
dense_rank 3992(any)
percent_rank 3988(any)
rank 3986(any)
regr_count 2818(float8,float8)
"""
"""Manual, 9.21; int8.c, float.c, orderedsetaggs.c. The ranks are those of a row that might be (WITHIN GROUP)."""

COLLECTORS = """
array_agg 2335(anynonarray) 4053(anyarray)
json_agg 3175(anyelement)
json_agg_strict 6276(anyelement)
json_object_agg 3197(any,any)
json_object_agg_strict 6280(any,any)
json_object_agg_unique 6281(any,any)
json_object_agg_unique_strict 6282(any,any)
jsonb_agg 3267(anyelement)
jsonb_agg_strict 6284(anyelement)
jsonb_object_agg 3270(any,any)
jsonb_object_agg_strict 6288(any,any)
jsonb_object_agg_unique 6289(any,any)
jsonb_object_agg_unique_strict 6290(any,any)
"""
"""
Manual, 9.21; array_userfuncs.c, json.c, jsonb.c.

The first row starts the result even if it adds nothing; NULL keys raise.
"""

OF_ONE_ARGUMENT = """
any_value 6291(anyelement)
avg 2100(int8) 2101(int4) 2102(int2) 2103(numeric) 2104(float4) 2105(float8) 2106(interval)
bit_and 2236(int2) 2238(int4) 2240(int8) 2242(bit)
bit_or 2237(int2) 2239(int4) 2241(int8) 2243(bit)
bit_xor 6164(int2) 6165(int4) 6166(int8) 6167(bit)
bool_and 2517(bool)
bool_or 2518(bool)
every 2519(bool)
max 2050(anyarray) 2115(int8) 2116(int4) 2117(int2) 2118(oid) 2119(float4) 2120(float8) 2122(date) 2123(time)
    2124(timetz) 2125(money) 2126(timestamp) 2127(timestamptz) 2128(interval) 2129(text) 2130(numeric) 2244(bpchar)
    2797(tid) 3526(anyenum) 3564(inet) 4189(pg_lsn) 5099(xid8) 6373(record) 6395(bytea)
min 2051(anyarray) 2131(int8) 2132(int4) 2133(int2) 2134(oid) 2135(float4) 2136(float8) 2138(date) 2139(time)
    2140(timetz) 2141(money) 2142(timestamp) 2143(timestamptz) 2144(interval) 2145(text) 2146(numeric) 2245(bpchar)
    2798(tid) 3527(anyenum) 3565(inet) 4190(pg_lsn) 5100(xid8) 6374(record) 6396(bytea)
mode 3984(anyelement)
range_agg 4301(anyrange) 6227(anymultirange)
range_intersect_agg 4389(anymultirange) 4450(anyrange)
stddev_pop 2724(int8) 2725(int4) 2726(int2) 2727(float4) 2728(float8) 2729(numeric)
string_agg 3538(text,text) 3545(bytea,bytea)
sum 2107(int8) 2108(int4) 2109(int2) 2110(float4) 2111(float8) 2112(money) 2113(interval) 2114(numeric)
var_pop 2718(int8) 2719(int4) 2720(int2) 2721(float4) 2722(float8) 2723(numeric)
xmlagg 2901(xml)
"""
"""
Manual, 9.21; numeric.c, float.c, varlena.c, rangetypes.c, multirangetypes.c, orderedsetaggs.c, xml.c.

string_agg takes a NULL delimiter for none. Left out: stddev, variance and their _samp forms, NULL of one row.
"""

OF_TWO_ARGUMENTS = """
covar_pop 2827(float8,float8)
percentile_cont 3974(float8,float8) 3976(float8,interval) 3980(float8[],float8) 3982(float8[],interval)
percentile_disc 3972(float8,anyelement) 3978(float8[],anyelement)
regr_avgx 2822(float8,float8)
regr_avgy 2823(float8,float8)
regr_sxx 2819(float8,float8)
regr_sxy 2821(float8,float8)
regr_syy 2820(float8,float8)
"""
"""
Manual, 9.21; float.c, orderedsetaggs.c. A percentile's first argument is its fraction.

Left out: corr, covar_samp, regr_intercept, regr_r2, regr_slope, NULL of one row or of equal ones.
"""

TABLES = (COUNTS, COLLECTORS, OF_ONE_ARGUMENT, OF_TWO_ARGUMENTS)

AGGREGATES: dict[int, Aggregate] = {
    **dict.fromkeys(oids(COUNTS), Aggregate(Needs.NOTHING)),
    **dict.fromkeys(oids(COLLECTORS), Aggregate(Needs.ROWS)),
    **dict.fromkeys(oids(OF_ONE_ARGUMENT), Aggregate(Needs.ARGUMENTS, frozenset({0}))),
    **dict.fromkeys(oids(OF_TWO_ARGUMENTS), Aggregate(Needs.ARGUMENTS, frozenset({0, 1}))),
}
"""By pg_proc OID; one that isn't here may be NULL anyway."""
