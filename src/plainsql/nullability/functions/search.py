"""Full text search."""

from __future__ import annotations

OPERATORS = """
!! 3671(tsquery)
&& 3669(tsquery,tsquery)
< 3616(tsvector,tsvector) 3662(tsquery,tsquery)
<= 3617(tsvector,tsvector) 3663(tsquery,tsquery)
<> 3619(tsvector,tsvector) 3665(tsquery,tsquery)
<@ 3692(tsquery,tsquery)
= 3618(tsvector,tsvector) 3664(tsquery,tsquery)
> 3621(tsvector,tsvector) 3667(tsquery,tsquery)
>= 3620(tsvector,tsvector) 3666(tsquery,tsquery)
@> 3691(tsquery,tsquery)
@@ 3634(tsvector,tsquery) 3635(tsquery,tsvector) 3760(text,text) 3761(text,tsquery)
|| 3625(tsvector,tsvector) 3670(tsquery,tsquery)
"""
"""Manual, 9.13; tsvector_op.c, tsquery_op.c."""

FUNCTIONS = """
array_to_tsvector 3327(text[])
get_current_ts_config 3759()
json_to_tsvector 4215(json,jsonb) 4216(regconfig,json,jsonb)
jsonb_to_tsvector 4213(jsonb,jsonb) 4214(regconfig,jsonb,jsonb)
length 3711(tsvector)
numnode 3672(tsquery)
phraseto_tsquery 5001(text) 5006(regconfig,text)
plainto_tsquery 3747(regconfig,text) 3751(text)
querytree 3673(tsquery)
setweight 3320(tsvector,"char",text[]) 3624(tsvector,"char")
strip 3623(tsvector)
to_tsquery 3746(regconfig,text) 3750(text)
to_tsvector 3745(regconfig,text) 3749(text) 4209(jsonb) 4210(json) 4211(regconfig,jsonb) 4212(regconfig,json)
ts_delete 3321(tsvector,text) 3323(tsvector,text[])
ts_filter 3319(tsvector,"char"[])
ts_headline 3743(regconfig,text,tsquery,text) 3744(regconfig,text,tsquery) 3754(text,tsquery,text) 3755(text,tsquery)
    4201(regconfig,jsonb,tsquery,text) 4202(regconfig,jsonb,tsquery) 4203(jsonb,tsquery,text) 4204(jsonb,tsquery)
    4205(regconfig,json,tsquery,text) 4206(regconfig,json,tsquery) 4207(json,tsquery,text) 4208(json,tsquery)
ts_rank 3703(float4[],tsvector,tsquery,int4) 3704(float4[],tsvector,tsquery) 3705(tsvector,tsquery,int4)
    3706(tsvector,tsquery)
ts_rank_cd 3707(float4[],tsvector,tsquery,int4) 3708(float4[],tsvector,tsquery) 3709(tsvector,tsquery,int4)
    3710(tsvector,tsquery)
ts_rewrite 3684(tsquery,tsquery,tsquery) 3685(tsquery,text)
tsquery_phrase 5003(tsquery,tsquery) 5004(tsquery,tsquery,int4)
tsvector_to_array 3326(tsvector)
websearch_to_tsquery 5007(regconfig,text) 5009(text)
"""
"""
Manual, 9.13; to_tsany.c and wparser.c of src/backend/tsearch, tsrank.c, tsvector_op.c, tsquery_op.c,
tsquery_rewrite.c. Left out: ts_lexize.
"""

TABLES = (OPERATORS, FUNCTIONS)
