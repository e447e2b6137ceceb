"""Network addresses."""

from __future__ import annotations

OPERATORS = """
& 2628(inet,inet) 3145(macaddr,macaddr) 4121(macaddr8,macaddr8)
&& 3551(inet,inet)
+ 2630(inet,int8) 2631(int8,inet)
- 2632(inet,int8) 2633(inet,inet)
< 831(macaddr,macaddr) 921(inet,inet) 4114(macaddr8,macaddr8)
<< 927(inet,inet)
<<= 928(inet,inet)
<= 832(macaddr,macaddr) 922(inet,inet) 4115(macaddr8,macaddr8)
<> 835(macaddr,macaddr) 925(inet,inet) 4118(macaddr8,macaddr8)
= 830(macaddr,macaddr) 920(inet,inet) 4113(macaddr8,macaddr8)
> 833(macaddr,macaddr) 923(inet,inet) 4116(macaddr8,macaddr8)
>= 834(macaddr,macaddr) 924(inet,inet) 4117(macaddr8,macaddr8)
>> 929(inet,inet)
>>= 930(inet,inet)
| 2629(inet,inet) 3146(macaddr,macaddr) 4122(macaddr8,macaddr8)
~ 2627(inet) 3144(macaddr) 4120(macaddr8)
"""
"""Manual, 9.12; network.c, mac.c, mac8.c."""

FUNCTIONS = """
abbrev 598(inet) 599(cidr)
broadcast 698(inet)
cidr 1715(inet)
family 711(inet)
host 699(inet)
hostmask 1362(inet)
inet_merge 4063(inet,inet)
inet_same_family 4071(inet,inet)
macaddr 4124(macaddr8)
macaddr8 4123(macaddr)
macaddr8_set7bit 4125(macaddr8)
masklen 697(inet)
netmask 696(inet)
network 683(inet)
set_masklen 605(inet,int4) 635(cidr,int4)
text 730(inet)
trunc 753(macaddr) 4112(macaddr8)
"""
"""Manual, 9.12; network.c, mac.c, mac8.c."""

TABLES = (OPERATORS, FUNCTIONS)
