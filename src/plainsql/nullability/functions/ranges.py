"""Ranges and multiranges."""

from __future__ import annotations

OPERATORS = """
&& 3857(anyrange,anyrange) 4246(anyrange,anymultirange) 4247(anymultirange,anyrange)
    4248(anymultirange,anymultirange)
&< 3865(anyrange,anyrange) 4264(anyrange,anymultirange) 4265(anymultirange,anyrange)
    4266(anymultirange,anymultirange)
&> 3866(anyrange,anyrange) 4267(anyrange,anymultirange) 4268(anymultirange,anyrange)
    4269(anymultirange,anymultirange)
* 3868(anyrange,anyrange) 4272(anymultirange,anymultirange)
+ 3867(anyrange,anyrange) 4270(anymultirange,anymultirange)
- 3869(anyrange,anyrange) 4271(anymultirange,anymultirange)
-|- 3862(anyrange,anyrange) 4255(anyrange,anymultirange) 4256(anymultirange,anymultirange)
    4257(anymultirange,anyrange)
< 3871(anyrange,anyrange) 4274(anymultirange,anymultirange)
<< 3863(anyrange,anyrange) 4258(anyrange,anymultirange) 4259(anymultirange,anyrange)
    4260(anymultirange,anymultirange)
<= 3872(anyrange,anyrange) 4275(anymultirange,anymultirange)
<> 3856(anyrange,anyrange) 4245(anymultirange,anymultirange)
<@ 3860(anyelement,anyrange) 3861(anyrange,anyrange) 4252(anyelement,anymultirange) 4253(anyrange,anymultirange)
    4254(anymultirange,anymultirange) 4542(anymultirange,anyrange)
= 3855(anyrange,anyrange) 4244(anymultirange,anymultirange)
> 3874(anyrange,anyrange) 4277(anymultirange,anymultirange)
>= 3873(anyrange,anyrange) 4276(anymultirange,anymultirange)
>> 3864(anyrange,anyrange) 4261(anyrange,anymultirange) 4262(anymultirange,anyrange)
    4263(anymultirange,anymultirange)
@> 3858(anyrange,anyelement) 3859(anyrange,anyrange) 4249(anymultirange,anyelement) 4250(anymultirange,anyrange)
    4251(anymultirange,anymultirange) 4541(anyrange,anymultirange)
"""
"""Manual, 9.20; rangetypes.c, multirangetypes.c. What would not be one range raises."""

FUNCTIONS = """
datemultirange 4292() 4293(daterange) 4294(daterange[])
int4multirange 4280() 4281(int4range) 4282(int4range[])
int8multirange 4295() 4296(int8range) 4297(int8range[])
isempty 3850(anyrange) 4237(anymultirange)
lower_inc 3851(anyrange) 4238(anymultirange)
lower_inf 3853(anyrange) 4240(anymultirange)
multirange 4298(anyrange)
nummultirange 4283() 4284(numrange) 4285(numrange[])
range_merge 4057(anyrange,anyrange) 4228(anymultirange)
tsmultirange 4286() 4287(tsrange) 4288(tsrange[])
tstzmultirange 4289() 4290(tstzrange) 4291(tstzrange[])
upper_inc 3852(anyrange) 4239(anymultirange)
upper_inf 3854(anyrange) 4241(anymultirange)
"""
"""Manual, 9.20; rangetypes.c, multirangetypes.c. Left out: lower, upper (no bound is NULL)."""

TABLES = (OPERATORS, FUNCTIONS)
