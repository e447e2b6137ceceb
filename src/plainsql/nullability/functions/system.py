"""Sessions, sequences, locks, privileges and transactions."""

from __future__ import annotations

OPERATORS = """
+ 5022(pg_lsn,numeric) 5023(numeric,pg_lsn)
- 3237(pg_lsn,pg_lsn) 5024(pg_lsn,numeric)
< 716(oid,oid) 2791(tid,tid) 3231(pg_lsn,pg_lsn) 5034(xid8,xid8)
<= 717(oid,oid) 2793(tid,tid) 3232(pg_lsn,pg_lsn) 5036(xid8,xid8)
<> 185(oid,oid) 619(oidvector,oidvector) 1265(tid,tid) 3236(pg_lsn,pg_lsn) 3308(xid,xid) 3309(xid,int4)
    5085(xid8,xid8)
= 68(xid,xid) 69(cid,cid) 184(oid,oid) 679(oidvector,oidvector) 1292(tid,tid) 1319(xid,int4) 3233(pg_lsn,pg_lsn)
    5084(xid8,xid8)
> 1638(oid,oid) 2790(tid,tid) 3235(pg_lsn,pg_lsn) 5035(xid8,xid8)
>= 1639(oid,oid) 2792(tid,tid) 3234(pg_lsn,pg_lsn) 5037(xid8,xid8)
"""
"""Manual, 8.18 to 8.20; oid.c, xid.c, tid.c, pg_lsn.c."""

FUNCTIONS = """
current_database 861()
current_schemas 1403(bool)
current_setting 2077(text)
current_user 745()
pg_backend_pid 2026()
pg_blocking_pids 2561(int4)
pg_cancel_backend 2171(int4)
pg_client_encoding 810()
pg_conf_load_time 2034()
pg_get_userbyid 1642(oid)
pg_input_is_valid 6210(text,text)
pg_is_in_recovery 3810()
pg_my_temp_schema 2854()
pg_postmaster_start_time 2560()
pg_sleep 2626(float8)
pg_terminate_backend 2096(int4,int8)
pg_trigger_depth 3163()
session_user 746()
version 89()
"""
"""
Manual, 9.27 and 9.28; name.c, misc.c, acl.c, guc_funcs.c. Left out: current_schema, current_setting(name,
missing_ok), sizes.
"""

PRIVILEGES = """
has_any_column_privilege 3024(name,text,text) 3026(oid,text,text) 3028(text,text)
has_database_privilege 2250(name,text,text) 2252(oid,text,text) 2254(text,text)
has_foreign_data_wrapper_privilege 3000(name,text,text) 3002(oid,text,text) 3004(text,text)
has_function_privilege 2256(name,text,text) 2258(oid,text,text) 2260(text,text)
has_language_privilege 2262(name,text,text) 2264(oid,text,text) 2266(text,text)
has_parameter_privilege 6205(name,text,text) 6206(oid,text,text) 6207(text,text)
has_schema_privilege 2268(name,text,text) 2270(oid,text,text) 2272(text,text)
has_sequence_privilege 2181(name,text,text) 2183(oid,text,text) 2185(text,text)
has_server_privilege 3006(name,text,text) 3008(oid,text,text) 3010(text,text)
has_table_privilege 1922(name,text,text) 1924(oid,text,text) 1926(text,text)
has_tablespace_privilege 2390(name,text,text) 2392(oid,text,text) 2394(text,text)
has_type_privilege 3138(name,text,text) 3140(oid,text,text) 3142(text,text)
pg_has_role 2705(name,name,text) 2706(name,oid,text) 2707(oid,name,text) 2708(oid,oid,text) 2709(name,text)
    2710(oid,text)
"""
"""Manual, 9.27; acl.c. An unknown name raises; the forms that take an OID are left out: an unknown OID is NULL."""

SEQUENCES = """
currval 1575(regclass)
lastval 2559()
nextval 1574(regclass)
setval 1576(regclass,int8) 1765(regclass,int8,bool)
"""
"""Manual, 9.17; commands/sequence.c."""

LOCKS = """
pg_advisory_lock 2880(int8) 2886(int4,int4)
pg_advisory_lock_shared 2881(int8) 2887(int4,int4)
pg_advisory_unlock 2884(int8) 2890(int4,int4)
pg_advisory_unlock_all 2892()
pg_advisory_unlock_shared 2885(int8) 2891(int4,int4)
pg_advisory_xact_lock 3089(int8) 3093(int4,int4)
pg_advisory_xact_lock_shared 3090(int8) 3094(int4,int4)
pg_try_advisory_lock 2882(int8) 2888(int4,int4)
pg_try_advisory_lock_shared 2883(int8) 2889(int4,int4)
pg_try_advisory_xact_lock 3091(int8) 3095(int4,int4)
pg_try_advisory_xact_lock_shared 3092(int8) 3096(int4,int4)
"""
"""Manual, 9.28; lockfuncs.c."""

TRANSACTIONS = """
age 1181(xid)
mxid_age 3939(xid)
pg_current_snapshot 5061()
pg_current_wal_flush_lsn 3330()
pg_current_wal_insert_lsn 2852()
pg_current_wal_lsn 2849()
pg_current_xact_id 5059()
pg_lsn 6103(numeric)
pg_snapshot_xmax 5063(pg_snapshot)
pg_snapshot_xmin 5062(pg_snapshot)
pg_visible_in_snapshot 5065(xid8,pg_snapshot)
pg_wal_lsn_diff 3165(pg_lsn,pg_lsn)
pg_walfile_name 2851(pg_lsn)
txid_current 2943()
txid_current_snapshot 2944()
txid_snapshot_xmax 2946(txid_snapshot)
txid_snapshot_xmin 2945(txid_snapshot)
txid_visible_in_snapshot 2948(int8,txid_snapshot)
"""
"""Manual, 9.27 and 9.28; xid8funcs.c, xid.c, pg_lsn.c, xlogfuncs.c. Left out: the status of a transaction."""

CASTS = """
int8 1288(oid)
oid 1287(int8)
regclass 1079(text)
xid 5071(xid8)
"""
"""Manual, 8.19; oid.c, regproc.c, xid.c. An unknown name raises."""

TABLES = (OPERATORS, FUNCTIONS, PRIVILEGES, SEQUENCES, LOCKS, TRANSACTIONS, CASTS)
