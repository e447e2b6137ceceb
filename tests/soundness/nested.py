"""Random values made of others: arrays, rows, JSON, and all that makes them (manual, 8.15, 8.16, 9.16, 9.19, 9.21)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from tests.soundness import aggregates, conditions, expressions, queries, sources
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, fill, listed, optional
from tests.soundness.scope import MADE, RECORD, Scope
from tests.soundness.types import NO_EQUALITY, TYPES, quote

ARRAYS: Final = ("integer[]", "text[]", "mood[]", "pair[]", "jsonb[]")
MADE_TYPES: Final = ("json", "jsonb", "pair", "deep", *ARRAYS)
_SCALARS = ("integer", "integer", "text", "boolean", "bigint", "numeric", "date", "mood", "timestamptz", "float8")
_KEYS = ("a", "b", "c", "k")
_WORDS: Final = {"json": ("json", "array_to_json"), "jsonb": ("jsonb", "")}


def column(draw: Draw, scope: Scope, depth: int) -> tuple[str, Piece]:
    """Return something made of others, and its type: MADE or RECORD where nothing else is to know it."""
    draw.budget, depth = max(draw.budget, 12), max(depth, 2)  # else it would be a constant in small statements
    kind = draw.weighed({"json": 50, "array": 25, "record": 9, "rows": 11, "composite": 5})
    if kind == "record":
        return RECORD, record(draw, scope, depth)
    if kind == "rows":
        return MADE, _rows(draw, scope, depth)
    types = {"json": ("json", "jsonb", "jsonb"), "array": ARRAYS, "composite": ("pair", "deep")}[kind]
    type = draw.pick(types)
    return type, make(draw, type, scope, depth)


def make(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    """Return a value of *type*, one of MADE_TYPES, made of others."""
    if not draw.spend(depth):
        return expressions.leaf(draw, type, scope)
    if type in ("json", "jsonb"):
        made = draw.weighed(_JSON)(draw, type, scope, depth)
    elif type in ARRAYS:
        made = draw.weighed(_ARRAY)(draw, type, scope, depth)
    else:
        made = _composite(draw, type, scope, depth)
    return made if made is not None else expressions.leaf(draw, type, scope)


def any_value(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return a value of any type: an element or a member."""
    kind = draw.weighed({"ref": 34, "scalar": 14, "row": 18, "json": 14, "array": 10, "made": 6, "null": 2})
    if kind == "row":
        return record(draw, scope, depth - 1)
    if kind == "json":
        return make(draw, draw.pick(("json", "jsonb")), scope, depth - 1)
    if kind == "array":
        return make(draw, draw.pick(ARRAYS), scope, depth - 1)
    if kind == "made" and (made := [text for text, tag in scope.rows if tag == MADE]):
        return expression("", "made column", draw.pick(made))
    if kind == "null":
        return expression("", "NULL", draw.pick(("NULL", "NULL::integer", "'x'", "NULL::text")))
    refs = [ref for ref in scope.refs if ref.type in TYPES]
    if refs and kind == "ref":
        hot = [ref for ref in scope.hot if ref in refs]
        ref = draw.pick(hot) if hot and draw.chance(50) else draw.pick(refs)
        return expression(ref.type, "column", ref.text)
    return expressions.make(draw, draw.pick(_SCALARS), scope, depth - 1)


def record(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return a row: that of a FROM item, or one written out."""
    rows = [text for text, tag in scope.rows if tag != MADE]
    kind = draw.weighed({"whole": 60 if rows else 0, "ROW": 22, "pair": 8, "CASE": 6, "subquery": 8})
    if kind == "whole":
        draw.use("nested: whole row")
        return expression("", "whole row", draw.pick(rows))
    if kind == "CASE" and rows:
        draw.use("nested: CASE over rows")
        row = Piece((draw.pick(rows),))
        return expression("", "CASE over rows", "(CASE WHEN {} THEN {} END)", conditions.make(draw, scope, 1), row)
    if kind == "subquery" and draw.spend(depth):
        return _one_row(draw, scope, depth)
    if kind == "pair":
        return _composite(draw, "pair", scope, depth)
    draw.use("nested: ROW")
    members = [any_value(draw, scope, depth - 1) for _ in range(draw.pick((1, 2, 2, 3)))]
    return expression("", "ROW", "ROW({})", listed(members, least=9))


def _one_row(draw: Draw, scope: Scope, depth: int) -> Piece:
    draw.use("nested: row of a subquery")
    source, own, where = _from(draw, scope, depth)
    rows = [text for text, tag in own.rows if tag != MADE]
    if not rows:
        return expression("", "ROW", "ROW({})", any_value(draw, scope, 0))
    text = f"(SELECT {draw.pick(rows)} FROM {{}}{{}} LIMIT 1)"
    return expression("", "row of a subquery", text, source, where)


def _composite(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: ROW()::{type}")
    types = ("integer", "text") if type == "pair" else ("pair", "text[]", "jsonb")
    members = [
        Piece(("NULL",))
        if draw.chance(8)
        else Piece(("(", expressions.make(draw, part, scope, depth - 1), f")::{part}"))
        for part in types
    ]
    return expression(type, f"ROW::{type}", f"ROW({{}})::{type}", listed(members, least=9))


def _rows(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return an array of rows."""
    draw.use("nested: array of rows")
    if (collected := _collected(draw, "array_agg", record, scope, depth)) is not None:
        return collected
    if draw.chance(50):
        return _selected(draw, "ARRAY(SELECT {} FROM {}{})", record, scope, depth)
    row = record(draw, scope, depth - 1)
    return expression("", "ARRAY of rows", draw.pick(("ARRAY[{}]", "ARRAY[{}, NULL]")), row)


Value = Callable[[Draw, Scope, int], Piece]


def _from(draw: Draw, scope: Scope, depth: int) -> tuple[Piece, Scope, Piece]:
    """Return FROM and WHERE of a subquery, and what can be named there."""
    inner = scope.for_subquery()
    source = sources.make(draw, Scope(outer=inner, tables=scope.tables), min(depth - 1, 2))
    own = Scope(source.refs, list(source.rows), inner, tables=scope.tables)
    return source.piece, own, conditions.where(draw, own, 1, 40)


def _selected(draw: Draw, template: str, value: Value, scope: Scope, depth: int) -> Piece:
    source, own, where = _from(draw, scope, depth)
    return expression("", "subquery", template, value(draw, own, depth - 1), source, where)


def _collected(draw: Draw, call: str, value: Value, scope: Scope, depth: int) -> Piece | None:
    """Return an aggregate of rows of this query, of a window, or of a subquery; now and then None."""
    kinds = {"none": 20, "subquery": 22}
    if scope.ungrouped is not None:
        kinds |= {"group": 70}
    if scope.windows is not None:
        kinds |= {"window": 12}
    kind = draw.weighed(kinds)
    if kind == "none":
        return None
    if kind == "subquery":
        source, own, where = _from(draw, scope, depth)
        draw.use(f"nested: {call} in a subquery")
        return expression("", call, "(SELECT {} FROM {}{})", _aggregate(draw, call, value, own, depth), source, where)
    if kind == "group":
        assert scope.ungrouped is not None
        draw.use(f"nested: {call}")
        return _aggregate(draw, call, value, scope.ungrouped.without_aggregates(), depth)
    assert scope.windows is not None
    draw.use(f"nested: {call} over a window")
    inside = scope.without_aggregates()
    filtered = _filter(draw, inside) if draw.chance(20) else NOTHING
    argument = value(draw, inside, depth - 1)
    window = aggregates.over(draw, inside, scope.windows)
    return expression("", call, f"({call}({{}}){{}} OVER {{}})", argument, filtered, window)


def _aggregate(draw: Draw, call: str, value: Value, scope: Scope, depth: int) -> Piece:
    filtered = _filter(draw, scope) if draw.chance(35) else NOTHING  # first: what it speaks of is collected then
    argument = value(draw, scope, depth - 1)
    order = NOTHING
    sortable = [ref for ref in scope.refs if ref.type not in NO_EQUALITY]
    if sortable and draw.chance(25) and not call.startswith("JSON_"):
        order = optional(f" ORDER BY {draw.pick(sortable).text}")
    return expression("", call, f"{call}({{}}{{}}){{}}", argument, order, filtered)


def _filter(draw: Draw, scope: Scope) -> Piece:
    draw.use("nested: FILTER")
    condition = conditions.sharp(draw, scope) if draw.chance(70) else conditions.make(draw, scope, 1)
    return optional(" FILTER (WHERE ", condition, ")")


def _to_json(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: to_{type}")
    return expression(type, f"to_{type}", f"to_{type}({{}})", _typed(any_value(draw, scope, depth)))


def _typed(piece: Piece) -> Piece:
    """Return *piece*, a literal as text: what has no type at all isn't taken by functions of any type."""
    return Piece(("'x'::text",)) if str(piece) in ("NULL", "'x'") else piece


def _row_to_json(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("nested: row_to_json")
    call = "row_to_json({})" if type == "json" else draw.pick(("to_jsonb({})", "row_to_json({})::jsonb"))
    return expression(type, "row_to_json", call, record(draw, scope, depth))


def _array_to_json(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("nested: array_to_json")
    array = _rows(draw, scope, depth) if draw.chance(30) else make(draw, draw.pick(ARRAYS), scope, depth - 1)
    return expression(type, "array_to_json", "array_to_json({})" + ("::jsonb" if type == "jsonb" else ""), array)


def _pairs(draw: Draw, scope: Scope, depth: int, colon: str) -> Piece:
    keys = draw.random.sample(_KEYS, draw.pick((0, 1, 2, 2, 3)))
    pairs: list[str | Piece] = []
    for key in keys:
        name = quote(key) if draw.chance(94) else "coalesce(NULL::text, 'x')"
        value = any_value(draw, scope, depth - 1)
        pairs.append(Piece((f"{name}{colon}", _typed(value) if colon == ": " else value)))
    return listed(pairs, least=0)


def _build_object(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: {type}_build_object")
    return expression(type, "build_object", f"{type}_build_object({{}})", _pairs(draw, scope, depth, ", "))


def _build_array(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: {type}_build_array")
    values = [any_value(draw, scope, depth - 1) for _ in range(draw.pick((0, 1, 2, 3)))]
    return expression(type, "build_array", f"{type}_build_array({{}})", listed(values, least=0))


def _of_texts(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: {type}_object")
    text = expressions.make(draw, "text", scope, depth - 1)
    return expression(type, "object of texts", f"{type}_object(ARRAY['a', {{}}])", text)


def _strip(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use(f"nested: {type}_strip_nulls")
    # PostgreSQL 18.6 dies of jsonb_set_lax(jsonb_strip_nulls(…, true), …): that of arrays is left to json.
    more = ", true" if type == "json" and draw.version >= 180000 and draw.chance(25) else ""
    return expression(type, "strip_nulls", f"{type}_strip_nulls({{}}{more})", make(draw, type, scope, depth - 1))


def _operator(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    template = draw.pick(
        (
            "({} || {})",
            "({} || {})",
            "({} || {})",
            "({} - 'a')",
            "({} - 'a'::text)",
            "({} - 0)",
            "({} - ARRAY['a', 'b'])",
            "({} #- '{{a}}')",
            "jsonb_set({}, '{{a}}', 'null')",
            "jsonb_insert({}, '{{z}}', '1')",
        )
    )
    draw.use(f"nested: {template}")
    arguments = [
        (_build_object if draw.chance(65) else make)(draw, "jsonb", scope, depth - 1)
        for _ in range(2 if "||" in template else 1)
    ]
    parts = template.replace("{{", "\0").replace("}}", "\1").split("{}")
    parts = [part.replace("\0", "{").replace("\1", "}") for part in parts]
    mixed: list[str | Piece] = [parts[0]]
    for argument, part in zip(arguments, parts[1:], strict=True):
        mixed += [argument, part]
    if type == "json":
        mixed.append("::json")
    return Piece(("(", *mixed, ")"), "expression", type, template)


def _agg(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    calls = [f"{type}_agg"] * 6
    if draw.version >= 160000:
        calls += [f"{type}_agg_strict", f"{type}_agg_strict"]
    call = draw.pick(calls)
    value = record if draw.chance(45) else any_value

    def typed(draw: Draw, scope: Scope, depth: int) -> Piece:
        return _typed(value(draw, scope, depth))

    return _with_default(draw, type, _collected(draw, call, typed, scope, depth), "[]")


def _with_default(draw: Draw, type: str, collected: Piece | None, empty: str) -> Piece | None:
    if collected is None:
        return None
    if draw.chance(40):
        draw.use("nested: coalesce with an empty one")
        default = draw.pick((empty, empty, f" {empty} ", "{}" if empty == "[]" else "[]", "[1]", "null"))
        cast = f"::{type}" if draw.chance(50) else ""
        return Piece(("coalesce(", collected, f", {quote(default)}{cast})"), "expression", type, "coalesce")
    return expression(type, collected.label, "{}", collected)


def _object_agg(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    calls = [f"{type}_object_agg"] * 4
    if draw.version >= 160000:
        calls += [f"{type}_object_agg_strict", f"{type}_object_agg_unique", f"{type}_object_agg_unique_strict"]

    def pair(draw: Draw, scope: Scope, depth: int) -> Piece:
        key: Piece = Piece(("'k'",))
        if draw.chance(60):
            key = fill("coalesce({}, 'k')", expressions.make(draw, "text", scope, 1))
        return fill("{}, {}", key, _typed(any_value(draw, scope, depth)))

    return _with_default(draw, type, _collected(draw, draw.pick(calls), pair, scope, depth), "{}")


def _standard(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    """Return what the SQL standard has for JSON (PostgreSQL 16)."""
    if draw.version < 160000:
        return _build_object(draw, type, scope, depth)
    kind = draw.pick(("OBJECT", "OBJECT", "ARRAY", "ARRAY", "ARRAYAGG", "OBJECTAGG", "SELECT", "SCALAR"))
    on_null = draw.pick(("", "", " NULL ON NULL", " ABSENT ON NULL"))
    returning = f" RETURNING {type}" if type == "jsonb" or draw.chance(20) else ""
    draw.use(f"nested: JSON_{kind}{on_null}")
    if kind == "OBJECT":
        pairs = _pairs(draw, scope, depth, ": ")
        if not pairs.parts:
            on_null = ""
        return expression(type, "JSON_OBJECT", f"JSON_OBJECT({{}}{on_null}{returning})", pairs)
    if kind == "ARRAY":
        values = [_typed(any_value(draw, scope, depth - 1)) for _ in range(draw.pick((1, 2, 3)))]
        return expression(type, "JSON_ARRAY", f"JSON_ARRAY({{}}{on_null}{returning})", listed(values))
    if kind == "SELECT":
        source, own, where = _from(draw, scope, depth)
        value = _typed(any_value(draw, own, depth - 1))
        return expression(
            type, "JSON_ARRAY(SELECT)", f"JSON_ARRAY(SELECT {{}} FROM {{}}{{}}{returning})", value, source, where
        )
    if kind == "SCALAR" and draw.version >= 170000:
        value = expressions.make(draw, draw.pick(_SCALARS), scope, depth - 1)
        return expression(type, "JSON_SCALAR", f"JSON_SCALAR({{}}){'::jsonb' if type == 'jsonb' else ''}", value)
    is_list = kind != "OBJECTAGG"

    def argument(draw: Draw, scope: Scope, depth: int) -> Piece:
        value = _typed(any_value(draw, scope, depth))
        return Piece(("" if is_list else "'k': ", value, on_null, returning))

    return _with_default(
        draw,
        type,
        _collected(draw, "JSON_ARRAYAGG" if is_list else "JSON_OBJECTAGG", argument, scope, depth),
        "[]" if is_list else "{}",
    )


def _converted(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("nested: cast of JSON")
    other = "json" if type == "jsonb" else "jsonb"
    cast = draw.pick((f"({{}})::{type}", f"({{}})::text::{type}"))
    return expression(type, "cast of JSON", cast, make(draw, draw.pick((other, other, type)), scope, depth - 1))


def _written(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("nested: ARRAY[]")
    element = str(TYPES[type].element)
    if type == "jsonb[]":
        values = [make(draw, "jsonb", scope, depth - 1) for _ in range(draw.pick((1, 2)))]
    else:
        values = [expressions.make(draw, element, scope, depth - 1) for _ in range(draw.pick((1, 2, 2, 3)))]
    if draw.chance(8):
        draw.use("nested: ARRAY of arrays")
        return expression(
            type, "ARRAY of arrays", f"ARRAY[[{{}}], [{{}}]]::{type}", listed(values[:1]), listed(values[:1])
        )
    return expression(
        type,
        "ARRAY[]",
        draw.pick(("ARRAY[{}]", f"ARRAY[{{}}]::{type}")) if _is_plain(values, element) else f"ARRAY[{{}}]::{type}",
        listed(values),
    )


def _is_plain(values: list[Piece], element: str) -> bool:
    return all(value.type == element and not str(value).startswith("'") for value in values)


def _array_agg(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    element = str(TYPES[type].element)

    def value(draw: Draw, scope: Scope, depth: int) -> Piece:
        hot = [ref for ref in scope.hot if ref.type == element and ref in scope.refs]
        if hot and draw.chance(70):
            return expression(element, "column", draw.pick(hot).text)
        return Piece(("(", expressions.make(draw, element, scope, depth), f")::{element}"))

    collected = _collected(draw, "array_agg", value, scope, depth)
    if collected is None:
        return _selected(draw, f"ARRAY(SELECT {{}} FROM {{}}{{}})::{type}", value, scope, depth)
    if draw.chance(40):
        return Piece(("coalesce(", collected, ", '{}')"), "expression", type, "coalesce")
    return expression(type, "array_agg", "{}", collected)


def _array_call(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    element = str(TYPES[type].element)
    array = [make(draw, type, scope, depth - 1) for _ in range(2)]
    one = Piece((f"NULL::{element}",)) if draw.chance(35) else expressions.make(draw, element, scope, depth - 1)
    other = Piece((f"NULL::{element}",)) if draw.chance(20) else expressions.make(draw, element, scope, depth - 1)
    one, other = (Piece(("(", piece, f")::{element}")) for piece in (one, other))
    there = draw.constant(element)
    templates: dict[str, tuple[Piece, ...]] = {
        "array_cat({}, {})": (array[0], array[1]),
        "(({}) || ({}))": (array[0], array[1]),
        "array_append({}, {})": (array[0], one),
        "array_prepend({}, {})": (one, array[0]),
        "array_remove({}, {})": (array[0], one),
        "array_replace({}, {}, {})": (array[0], one, other),
        f"array_replace(ARRAY[{{}}]::{type}, {{}}, {{}})": (there, there, other),
        "({})[1:2]": (array[0],),
        "({})[2:]": (array[0],),
        "trim_array({}, 0)": (array[0],),
        "array_fill({}, ARRAY[2])": (one,),
        f"coalesce({{}}, ARRAY[]::{type})": (array[0],),
    }
    template = draw.pick(list(templates))
    draw.use(f"nested: {template}")
    return expression(
        type,
        template,
        template,
        *(Piece(("(", part, f")::{type}")) if part in array else part for part in templates[template]),
    )


def _array_cast(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    between = {
        "integer[]": ("bigint[]", "text[]", "posint[]", "numeric[]"),
        "text[]": ("varchar[]", "filled[]"),
        "mood[]": ("text[]",),
        "jsonb[]": ("json[]", "text[]"),
    }.get(type)
    if between is None:
        return None
    other = draw.pick(between)
    draw.use(f"nested: {type}::{other}")
    back = "" if draw.chance(20) and other in ("posint[]",) else f"::{type}"
    array = make(draw, type, scope, depth - 1)
    if draw.chance(30):
        one = expressions.leaf(draw, str(TYPES[type].element), scope)
        array = expression(type, "ARRAY of arrays", "ARRAY[[{}], [{}]]", one, one)
    return expression(type, "cast of an array", f"({{}})::{type}::{other}{back}", array)


def _array_parameter(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    return draw.parameter(type, bare=False) if draw.with_parameters else None


def _case(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("nested: CASE")
    arms = [make(draw, type, scope, depth - 1) for _ in range(2)]
    return expression(type, "CASE", "CASE WHEN {} THEN {} ELSE {} END", conditions.make(draw, scope, 1), *arms)


def _leaf(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    return expressions.leaf(draw, type, scope)


def _subquery(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    query = queries.make(draw, scope.for_subquery(), depth - 1, [type], single=True)
    return expression(type, "scalar subquery", "({})", query.piece)


_JSON = {
    _agg: 26,
    _build_object: 16,
    _row_to_json: 12,
    _to_json: 9,
    _build_array: 7,
    _standard: 11,
    _strip: 6,
    _operator: 10,
    _object_agg: 12,
    _array_to_json: 5,
    _of_texts: 1,
    _converted: 4,
    _subquery: 2,
    _case: 6,
    _leaf: 3,
}
_ARRAY = {
    _written: 20,
    _array_agg: 26,
    _array_call: 24,
    _array_cast: 7,
    _array_parameter: 3,
    _subquery: 2,
    _case: 6,
    _leaf: 18,
}
