"""JSON and XML."""

from __future__ import annotations

OPERATORS = """
#- 3304(jsonb,text[])
- 3302(jsonb,text) 3303(jsonb,int4) 3343(jsonb,text[])
< 4039(jsonb,jsonb)
<= 4041(jsonb,jsonb)
<> 4038(jsonb,jsonb)
<@ 4050(jsonb,jsonb)
= 4043(jsonb,jsonb)
> 4040(jsonb,jsonb)
>= 4042(jsonb,jsonb)
? 4047(jsonb,text)
?& 4049(jsonb,text[])
?| 4048(jsonb,text[])
@> 4046(jsonb,jsonb)
|| 3301(jsonb,jsonb)
"""
"""Manual, 9.16; jsonb_op.c, jsonfuncs.c. Left out: -> ->> #> #>> (nothing there is NULL), @? @@ (errors are NULL)."""

JSON = """
array_to_json 3153(anyarray) 3154(anyarray,bool)
json_array_length 3956(json)
json_object 3202(text[]) 3203(text[],text[])
json_strip_nulls 3261(json,bool)
json_typeof 3968(json)
jsonb_array_length 3207(jsonb)
jsonb_insert 3579(jsonb,text[],jsonb,bool)
jsonb_object 3263(text[]) 3264(text[],text[])
jsonb_path_query_array 4007(jsonb,jsonpath,jsonb,bool)
jsonb_path_query_array_tz 1180(jsonb,jsonpath,jsonb,bool)
jsonb_pretty 3306(jsonb)
jsonb_set 3305(jsonb,text[],jsonb,bool)
jsonb_strip_nulls 3262(jsonb,bool)
jsonb_typeof 3210(jsonb)
row_to_json 3155(record) 3156(record,bool)
to_json 3176(anyelement)
to_jsonb 3787(anyelement)
"""
"""
Manual, 9.16; json.c, jsonb.c, jsonfuncs.c, jsonpath_exec.c. Left out: casts of jsonb to numbers and bool (null is
NULL from 18).
"""

XML = """
text 2922(xml)
xml 2896(text)
xmlcomment 2895(text)
xmlexists 2614(text,xml)
xmltext 3813(text)
xpath 2931(text,xml,text[]) 2932(text,xml)
xpath_exists 3049(text,xml,text[]) 3050(text,xml)
"""
"""Manual, 9.15; xml.c."""

TABLES = (OPERATORS, JSON, XML)
