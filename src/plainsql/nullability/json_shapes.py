"""Shapes of JSON: functions, aggregates, SQL/JSON constructors (manual, 9.16 and 9.21)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from plainsql.nullability.array_shapes import as_element, written_elements
from plainsql.nullability.functions.table import oids
from plainsql.nullability.narrowing import Is, implied
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context
from plainsql.nullability.shapes import (
    JSONB,
    OF_TYPE,
    TEXT,
    Elements,
    Entries,
    Items,
    Members,
    Shape,
    concatenated,
    either,
    has_full_elements,
    is_json,
    of_all,
    without,
)
from plainsql.nullability.types import type_of

if TYPE_CHECKING:
    from plainsql.nullability.shaping import Shapes

FUNCTIONS: Final = """
array_to_json 3153(anyarray) 3154(anyarray,bool)
row_to_json 3155(record) 3156(record,bool)
to_json 3176(anyelement)
to_jsonb 3787(anyelement)
"""
"""What they return was made of their argument alone."""

OBJECTS: Final = """
json_build_object 3200(any) 3201()
jsonb_build_object 3273(any) 3274()
"""
LISTS: Final = """
json_build_array 3198(any) 3199()
jsonb_build_array 3271(any) 3272()
"""
OF_TEXTS: Final = """
json_object 3202(text[]) 3203(text[],text[])
jsonb_object 3263(text[]) 3264(text[],text[])
"""
STRIP_NULLS: Final = """
json_strip_nulls 3261(json)
jsonb_strip_nulls 3262(jsonb)
"""
OPERATORS: Final = """
|| 3301(jsonb,jsonb)
- 3302(jsonb,text) 3343(jsonb,text[])
"""
COLLECTORS: Final = """
array_agg 2335(anynonarray) 4053(anyarray)
json_agg 3175(anyelement)
jsonb_agg 3267(anyelement)
"""
WITHOUT_NULLS: Final = """
json_agg_strict 6276(anyelement)
jsonb_agg_strict 6284(anyelement)
"""
"""JSON_ARRAYAGG, which leaves NULLs out if not told otherwise."""

OF_ENTRIES: Final = """
json_object_agg 3197(any,any)
json_object_agg_strict 6280(any,any)
json_object_agg_unique 6281(any,any)
json_object_agg_unique_strict 6282(any,any)
jsonb_object_agg 3270(any,any)
jsonb_object_agg_strict 6288(any,any)
jsonb_object_agg_unique 6289(any,any)
jsonb_object_agg_unique_strict 6290(any,any)
"""
ENTRIES_WITHOUT_NULLS: Final = frozenset({6280, 6282, 6288, 6290})
ONE_OF_THEM: Final = """
any_value 6291(anyelement)
max 2050(anyarray)
min 2051(anyarray)
"""
OF_OTHER_ROWS: Final = """
first_value 3112(anyelement)
lag 3106(anyelement) 3107(anyelement,int4) 3108(anycompatible,int4,anycompatible)
last_value 3113(anyelement)
lead 3109(anyelement) 3110(anyelement,int4) 3111(anycompatible,int4,anycompatible)
nth_value 3114(anyelement,int4)
"""
"""The value is that of another row of the window, a default that of the current one."""

TABLES: Final = (
    FUNCTIONS,
    OBJECTS,
    LISTS,
    OF_TEXTS,
    STRIP_NULLS,
    OPERATORS,
    COLLECTORS,
    WITHOUT_NULLS,
    OF_ENTRIES,
    ONE_OF_THEM,
    OF_OTHER_ROWS,
)

_OIDS: Final = {table: oids(table) for table in TABLES}
CALLS: Final = oids(FUNCTIONS, OBJECTS, LISTS, OF_TEXTS, STRIP_NULLS, OPERATORS)
_CONCAT, _WITHOUT_KEYS = 3301, 3343
_PERCENTILES: Final = frozenset({3978, 3980, 3982})
_ARRAY_AGG = 2335
_SCALARS: Final = frozenset({16, 20, 21, 23, 25, 700, 701, 1043, 1082, 1114, 1184, 1700})
_TEXTS = (TEXT, 1043)
_UNKNOWN_LITERAL = 705


def of_call(function: int, call: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of what one of CALLS returns."""
    args, generic = call.nodes("args"), Shape(type_of(call))
    if call.flag("funcvariadic") or any(arg.tag == "NAMEDARGEXPR" for arg in args):
        return generic
    if function in _OIDS[FUNCTIONS]:
        return shapes.of_value(args[0], context)
    if function in _OIDS[OBJECTS]:
        return replace(generic, inside=_object(args, context, shapes, binary=generic.type == JSONB))
    if function in _OIDS[LISTS]:
        return replace(generic, inside=_list(args, context, shapes))
    if function in _OIDS[OF_TEXTS]:
        return replace(generic, inside=Entries(Shape(TEXT, nullable=True)))
    if function in _OIDS[STRIP_NULLS]:
        found = shapes.of_value(args[0], context) if len(args) == 1 else generic
        return found and replace(found, may_lack_nulls=True)
    if function == _CONCAT:
        return concatenated(*(shapes.of_value(arg, context) for arg in args))
    listed = written_elements(args[1]) if function == _WITHOUT_KEYS else [args[1]]
    keys = [key for arg in listed if (key := _text(arg)) is not None]
    return without(shapes.of_value(args[0], context), keys) if keys and len(keys) == len(listed) else generic


def of_aggregate(call: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of what an aggregate, or one over a window, returns of at least one row."""
    function = call.number("aggfnoid" if call.tag == "AGGREF" else "winfnoid")
    generic = Shape(type_of(call))
    args = [arg.node("expr") if arg.tag == "TARGETENTRY" else arg for arg in call.nodes("args")]
    if call.number("agglevelsup") or call.flag("aggvariadic"):
        return generic
    place = context.below() if call.tag == "AGGREF" else context.of_any_row()
    place = place.claiming(implied(call.node("aggfilter"), Is.TRUE, place, shapes.prover))
    if function in _OIDS[COLLECTORS] or function in _OIDS[WITHOUT_NULLS]:
        element = shapes.of(args[0], place)
        if function in _OIDS[WITHOUT_NULLS]:
            element = replace(element, nullable=False)
        return replace(generic, inside=Elements(as_element(element) if function == _ARRAY_AGG else element))
    if function in _OIDS[OF_ENTRIES]:
        value = shapes.of(args[1], place)
        is_full = function in ENTRIES_WITHOUT_NULLS
        return replace(generic, inside=Entries(replace(value, nullable=False) if is_full else value))
    if function in _PERCENTILES:  # of each fraction one; NULL of one that is NULL (manual, 9.21)
        fractions = shapes.of_value(next(iter(call.nodes("aggdirectargs")), None), place)
        return replace(generic, inside=Elements(Shape(OF_TYPE, nullable=not has_full_elements(fractions))))
    if function in _OIDS[ONE_OF_THEM]:
        return shapes.of_value(args[0], place)
    if function in _OIDS[OF_OTHER_ROWS]:
        default = shapes.of_value(args[2], context) if len(args) > 2 else None
        return either(shapes.of_value(args[0], place), default)
    return generic


def of_constructor(expr: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of JSON_OBJECT, JSON_ARRAY, JSON_OBJECTAGG, JSON_ARRAYAGG, JSON_SCALAR (PostgreSQL 16)."""
    generic, args, leaves_out = Shape(type_of(expr)), expr.nodes("args"), expr.flag("absent_on_null", True)
    if not is_json(generic.type):
        return generic
    match expr.number("type"):  # nodes/primnodes.h, JsonConstructorType
        case 1:
            return replace(generic, inside=_object(args, context, shapes), may_lack_nulls=leaves_out)
        case 2:
            found = [shapes.of(arg, context) for arg in args]
            if leaves_out and any(item.nullable for item in found):
                return replace(generic, inside=Elements(of_all(replace(item, nullable=False) for item in found)))
            return replace(generic, inside=Items(tuple(found)))
        case 3 | 4:
            return shapes.of_value(expr.node("func"), context) if expr.node("func") else generic
        case 6 if args and type_of(args[0]) in _SCALARS:
            return shapes.of_value(args[0], context)
        case _:
            return generic


def of_constant(const: Node) -> Shape:
    """Return the shape of a JSON constant: told of empty ones alone, as they stand in COALESCE."""
    type, data = const.number("consttype"), const.fields.get("constvalue")
    body = data[4:] if isinstance(data, bytes) else b""
    if type == JSONB and len(body) == 4:  # utils/jsonb.h, JsonbContainer: a count of 28 bits and what is counted
        body = {b"\x40": b"[]", b"\x20": b"{}"}.get(body.replace(b"\0", b""), b"")
    match b"".join(body.split()):
        case b"[]":
            return Shape(type, inside=Elements(None))
        case b"{}":
            return Shape(type, inside=Entries(None))
        case _:
            return Shape(type)


def _object(args: list[Node], context: Context, shapes: Shapes, *, binary: bool = False) -> Members | Entries | None:
    """Keys and values in turn; with keys that aren't constants it has any."""
    names = [_text(arg) for arg in args[::2]]
    if binary and None not in names and len(args) % 2 == 0:  # jsonb keeps the last of equal keys (manual, 8.14)
        last = {name: place for place, name in enumerate(names)}
        names, args = list(last), [arg for place in last.values() for arg in args[2 * place : 2 * place + 2]]
    values = tuple(shapes.of(arg, context) for arg in args[1::2])
    known = [name for name in names if name is not None]
    if not names or len(known) < len(names):
        return Entries(of_all(values))
    return Members(tuple(known), values) if len(set(known)) == len(known) == len(values) else None


def _list(args: list[Node], context: Context, shapes: Shapes) -> Items:
    return Items(tuple(shapes.of(arg, context) for arg in args))


def _text(expr: Node) -> str | None:
    """Return the text of a constant."""
    if expr.tag == "RELABELTYPE" and (arg := expr.node("arg")) is not None:
        return _text(arg)
    data, type = expr.fields.get("constvalue"), expr.number("consttype")
    if expr.tag != "CONST" or not isinstance(data, bytes):
        return None
    try:
        if type == _UNKNOWN_LITERAL:
            return data.rstrip(b"\0").decode()
        return data[4:].decode() if type in _TEXTS else None
    except UnicodeDecodeError:  # of a database in another encoding
        return None
