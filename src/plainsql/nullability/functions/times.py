"""Dates, times and intervals."""

from __future__ import annotations

OPERATORS = """
* 1618(interval,float8) 1624(float8,interval)
+ 1141(date,int4) 1169(interval,interval) 1189(timestamptz,interval) 1272(date,time) 1296(time,date)
    1297(date,timetz) 1298(timetz,date) 1747(time,interval) 1749(timetz,interval) 1848(interval,time)
    2032(timestamp,interval) 2071(date,interval) 2546(interval,date) 2547(interval,timetz) 2548(interval,timestamp)
    2549(interval,timestamptz) 2550(int4,date)
- 1140(date,date) 1142(date,int4) 1168(interval) 1170(interval,interval) 1188(timestamptz,timestamptz)
    1190(timestamptz,interval) 1690(time,time) 1748(time,interval) 1750(timetz,interval) 2031(timestamp,timestamp)
    2033(timestamp,interval) 2072(date,interval)
/ 1326(interval,float8)
< 1087(date,date) 1102(time,time) 1154(timestamptz,timestamptz) 1164(interval,interval) 1354(timetz,timetz)
    2054(timestamp,timestamp) 2338(date,timestamp) 2351(date,timestamptz) 2364(timestamp,date) 2377(timestamptz,date)
    2520(timestamp,timestamptz) 2527(timestamptz,timestamp)
<= 1088(date,date) 1103(time,time) 1155(timestamptz,timestamptz) 1165(interval,interval) 1355(timetz,timetz)
    2055(timestamp,timestamp) 2339(date,timestamp) 2352(date,timestamptz) 2365(timestamp,date) 2378(timestamptz,date)
    2521(timestamp,timestamptz) 2528(timestamptz,timestamp)
<> 1091(date,date) 1106(time,time) 1153(timestamptz,timestamptz) 1163(interval,interval) 1353(timetz,timetz)
    2053(timestamp,timestamp) 2343(date,timestamp) 2356(date,timestamptz) 2369(timestamp,date) 2382(timestamptz,date)
    2525(timestamp,timestamptz) 2532(timestamptz,timestamp)
= 1086(date,date) 1145(time,time) 1152(timestamptz,timestamptz) 1162(interval,interval) 1352(timetz,timetz)
    2052(timestamp,timestamp) 2340(date,timestamp) 2353(date,timestamptz) 2366(timestamp,date) 2379(timestamptz,date)
    2522(timestamp,timestamptz) 2529(timestamptz,timestamp)
> 1089(date,date) 1104(time,time) 1157(timestamptz,timestamptz) 1167(interval,interval) 1357(timetz,timetz)
    2057(timestamp,timestamp) 2341(date,timestamp) 2354(date,timestamptz) 2367(timestamp,date) 2380(timestamptz,date)
    2523(timestamp,timestamptz) 2530(timestamptz,timestamp)
>= 1090(date,date) 1105(time,time) 1156(timestamptz,timestamptz) 1166(interval,interval) 1356(timetz,timetz)
    2056(timestamp,timestamp) 2342(date,timestamp) 2355(date,timestamptz) 2368(timestamp,date) 2381(timestamptz,date)
    2524(timestamp,timestamptz) 2531(timestamptz,timestamp)
"""
"""Manual, 9.9; date.c, timestamp.c."""

FUNCTIONS = """
age 1199(timestamptz,timestamptz) 1386(timestamptz) 2058(timestamp,timestamp) 2059(timestamp)
clock_timestamp 2649()
date_add 6221(timestamptz,interval) 6222(timestamptz,interval,text)
date_bin 6177(interval,timestamp,timestamp) 6178(interval,timestamptz,timestamptz)
date_part 1273(text,timetz) 1385(text,time)
date_subtract 6223(timestamptz,interval) 6273(timestamptz,interval,text)
date_trunc 1217(text,timestamptz) 1218(text,interval) 1284(text,timestamptz,text) 2020(text,timestamp)
extract 6200(text,time) 6201(text,timetz)
isfinite 1373(date) 1389(timestamptz) 1390(interval) 2048(timestamp)
justify_days 1295(interval)
justify_hours 1175(interval)
justify_interval 2711(interval)
make_date 3846(int4,int4,int4)
make_interval 3464(int4,int4,int4,int4,int4,int4,float8)
make_time 3847(int4,int4,float8)
make_timestamp 3461(int4,int4,int4,int4,int4,float8)
make_timestamptz 3462(int4,int4,int4,int4,int4,float8) 3463(int4,int4,int4,int4,int4,float8,text)
now 1299()
overlaps 1271(timetz,timetz,timetz,timetz) 1304(timestamptz,timestamptz,timestamptz,timestamptz)
    1305(timestamptz,interval,timestamptz,interval) 1306(timestamptz,timestamptz,timestamptz,interval)
    1307(timestamptz,interval,timestamptz,timestamptz) 1308(time,time,time,time) 1309(time,interval,time,interval)
    1310(time,time,time,interval) 1311(time,interval,time,time) 2041(timestamp,timestamp,timestamp,timestamp)
    2042(timestamp,interval,timestamp,interval) 2043(timestamp,timestamp,timestamp,interval)
    2044(timestamp,interval,timestamp,timestamp)
statement_timestamp 2648()
timeofday 274()
timezone 1026(interval,timestamptz) 1159(text,timestamptz) 2037(text,timetz) 2038(interval,timetz)
    2069(text,timestamp) 2070(interval,timestamp) 6334(timestamptz) 6335(timestamp) 6336(timetz)
to_date 1780(text,text)
to_timestamp 1158(float8) 1778(text,text)
transaction_timestamp 2647()
"""
"""Manual, 9.9; date.c, timestamp.c, formatting.c. Left out: extract, date_part and to_char of what may be infinite."""

CASTS = """
date 1178(timestamptz) 2029(timestamp)
interval 1200(interval,int4) 1370(time)
time 1419(interval) 1968(time,int4) 2046(timetz)
timestamp 1961(timestamp,int4) 2024(date) 2025(date,time) 2027(timestamptz)
timestamptz 1174(date) 1176(date,time) 1359(date,timetz) 1967(timestamptz,int4) 2028(timestamp)
timetz 1969(timetz,int4) 2047(time)
"""
"""Manual, 8.5; date.c, timestamp.c. Left out: time and timetz of a timestamp ('infinity' has none)."""

TABLES = (OPERATORS, FUNCTIONS, CASTS)

_OF_TIMESTAMPS = frozenset({"century", "decade", "epoch", "isoyear", "julian", "millennium", "year"})
_OF_INTERVALS = frozenset({"century", "day", "decade", "epoch", "hour", "millennium", "year"})

FIELDS: dict[int, frozenset[str]] = {
    1171: _OF_TIMESTAMPS,  # date_part(text,timestamptz)
    1172: _OF_INTERVALS,  # date_part(text,interval)
    1384: _OF_TIMESTAMPS,  # date_part(text,date)
    2021: _OF_TIMESTAMPS,  # date_part(text,timestamp)
    6199: _OF_TIMESTAMPS,  # extract(text,date)
    6202: _OF_TIMESTAMPS,  # extract(text,timestamp)
    6203: _OF_TIMESTAMPS,  # extract(text,timestamptz)
    6204: _OF_INTERVALS,  # extract(text,interval)
}
"""
Functions that return a value or raise if their first argument is a constant that stands here: infinite times have these
fields, and NULL for the others.

Manual, 9.9.1; NonFiniteTimestampTzPart and NonFiniteIntervalPart in timestamp.c. Intervals may be infinite from 17.
"""
