"""Random expressions of a wanted type."""

from __future__ import annotations

from functools import cache

from tests.soundness import aggregates, conditions, nested, subqueries
from tests.soundness.draw import Draw
from tests.soundness.piece import Piece, expression, fill, listed
from tests.soundness.scope import Ref, Scope
from tests.soundness.signatures import Signature, read_signature, signatures
from tests.soundness.types import NO_EQUALITY, TYPES

_SMALL = ("0", "1", "2", "3")
_NONZERO = ("1", "2", "3")


def make(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    """Return an expression of *type*."""
    if not draw.spend(depth):
        return leaf(draw, type, scope)
    kinds = {"leaf": 42, "function": 24, "coalesce": 6, "case": 6, "nullif": 2, "greatest": 3, "subquery": 5}
    kinds |= {"array": 4, "row": 2, "field": 1}
    if type in nested.MADE_TYPES:
        kinds |= {"nested": 60}
    if type == "boolean":
        kinds |= {"condition": 50, "quantified": 8}
    if scope.ungrouped is not None:
        kinds |= {"aggregate": 40}
    if scope.windows is not None:
        kinds |= {"window": 12}
    kind = draw.weighed(kinds)
    made: Piece | None = None
    if kind == "function":
        made = call(draw, type, scope, depth)
    elif kind == "coalesce":
        made = _coalesce(draw, type, scope, depth)
    elif kind == "case":
        made = _case(draw, type, scope, depth)
    elif kind == "nullif" and type not in NO_EQUALITY:
        draw.use("NULLIF")
        arguments = [make(draw, type, scope, depth - 1) for _ in range(2)]
        made = expression(type, "NULLIF", "nullif({}, {})", *arguments)
    elif kind == "greatest" and TYPES[type].ordered and type != "point":
        word = draw.pick(("GREATEST", "LEAST"))
        draw.use(word)
        arguments = [make(draw, type, scope, depth - 1) for _ in range(draw.pick((1, 2, 3)))]
        made = expression(type, word, word + "({})", listed(arguments))
    elif kind == "subquery":
        made = subqueries.value(draw, type, scope, depth)
    elif kind == "array" and TYPES[type].element is not None:
        made = _array(draw, type, scope, depth)
    elif kind == "row" and type == "pair":
        draw.use("ROW()")
        arguments = [make(draw, part, scope, depth - 1) for part in ("integer", "text")]
        made = expression(type, "ROW", "ROW({}, {})::pair", *arguments)
    elif kind == "nested":
        made = nested.make(draw, type, scope, depth)
    elif kind == "quantified":
        made = _quantified(draw, scope, depth)
    elif kind == "condition":
        made = conditions.make(draw, scope, depth)
    elif kind == "aggregate":
        made = aggregates.call(draw, type, scope, depth)
    elif kind == "window":
        made = aggregates.window_call(draw, type, scope, depth)
    return made if made is not None else leaf(draw, type, scope)


def leaf(draw: Draw, type: str, scope: Scope) -> Piece:
    """Return a column, a constant or a parameter."""
    if (ref := pick_ref(draw, type, scope)) is not None and draw.chance(82):
        return ref
    if draw.with_parameters and draw.chance(10):
        return draw.parameter(type, bare=False)
    return draw.constant(type)


def pick_ref(draw: Draw, type: str, scope: Scope) -> Piece | None:
    """Return a column of *type*, mostly of this query and of those that conditions speak of."""
    around = [other for other in scope.around() if other.of_type(type)]
    if around and draw.chance(30):
        draw.use("outer reference")
        return _ref(draw, draw.pick(around[0].of_type(type)), type, "outer column")
    if (row := _whole_row(draw, type, scope)) is not None:
        return row
    refs = scope.of_type(type)
    sources = {ref.source for ref in scope.hot}
    for likely, percent in (
        ([ref for ref in refs if ref in scope.hot], 45),
        ([ref for ref in refs if ref.source in sources], 40),
    ):
        if likely and draw.chance(percent):
            return _ref(draw, draw.pick(likely), type, "column")
    return _ref(draw, draw.pick(refs), type, "column") if refs else None


def _ref(draw: Draw, ref: Ref, type: str, label: str) -> Piece:
    if type != ref.type:
        label += " of another type"
    return expression(type, label if ref.column else "grouping key", ref.text)


def _whole_row(draw: Draw, type: str, scope: Scope) -> Piece | None:
    if type not in ("json", "jsonb", "text", "boolean") or not scope.whole_rows or not draw.chance(12):
        return None
    alias = draw.pick(scope.whole_rows)
    draw.use("whole row")
    text = {"json": f"row_to_json({alias})", "jsonb": f"to_jsonb({alias})", "text": f"{alias}::text"}.get(
        type, f"{alias} IS {draw.pick(('', 'NOT '))}NULL"
    )
    return expression(type, "whole row", f"({text})")


def call(draw: Draw, type: str, scope: Scope, depth: int) -> Piece | None:
    """Return a call of a function or an operator that gives *type*."""
    known = signatures(draw.version // 10000).get(type)
    if not known:
        return None
    signature = draw.pick(known)
    draw.use(f"function: {signature.line}")
    return apply(draw, signature, scope, depth)


def apply(draw: Draw, signature: Signature, scope: Scope, depth: int) -> Piece:
    """Return *signature* with arguments."""
    template = ""
    arguments: list[Piece] = []
    for part in signature.parts:
        if isinstance(part, str):
            template += part
        elif isinstance(part, tuple):
            template += draw.pick(part)
        elif part[0] == "small":
            template += draw.pick(_SMALL)
        elif part[0] == "nonzero":
            template += draw.pick(_NONZERO)
        else:
            template += "{}"
            arguments.append(make(draw, part[0], scope, depth - 1))
    whole = template.split("{}")
    if len(whole) != len(arguments) + 1:  # a constant such as '{}' in the signature
        pieces: list[str | Piece] = []
        rest = template
        for argument in arguments:
            before, rest = _split_outside_quotes(rest)
            pieces += [before, argument]
        return Piece(("(", *pieces, rest, ")"), "expression", signature.result, f"function: {signature.line}")
    return expression(signature.result, f"function: {signature.line}", f"({template})", *arguments)


@cache
def parsed(lines: tuple[str, ...], result: str) -> list[Signature]:
    """Return the signatures that *lines* say; all give *result*."""
    return [read_signature(f"{line} => {result}") for line in lines]


def _split_outside_quotes(text: str) -> tuple[str, str]:
    """Split at the first ``{}`` that is in no string constant."""
    quoted = False
    for index, character in enumerate(text):
        quoted ^= character == "'"
        if not quoted and text.startswith("{}", index):
            return text[:index], text[index + 2 :]
    raise AssertionError(text)


def _coalesce(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    draw.use("COALESCE")
    arguments = [make(draw, type, scope, depth - 1) for _ in range(draw.pick((1, 2, 2, 2, 3)))]
    refs = scope.of_type(type, equal=True)
    if len({ref.source for ref in refs}) > 1 and draw.chance(30):  # one from each side of a join
        one = draw.pick(refs)
        other = draw.pick([ref for ref in refs if ref.source != one.source])
        arguments = [_ref(draw, ref, type, "column") for ref in (one, other)]
    if draw.chance(40):
        arguments.append(draw.constant(type))
    return expression(type, "COALESCE", "coalesce({})", listed(arguments))


def _case(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    arms: list[Piece] = []
    simple = draw.chance(30)
    compared = draw.pick(("integer", "text", "mood", "boolean"))
    for _ in range(draw.pick((1, 1, 2))):
        condition = conditions.sharp if draw.chance(40) else conditions.make
        when = draw.constant(compared) if simple else condition(draw, scope, depth - 1)
        arms.append(fill(" WHEN {} THEN {}", when, make(draw, type, scope, depth - 1)))
    head = fill(" {}", make(draw, compared, scope, depth - 1)) if simple else Piece(())
    otherwise = fill(" ELSE {}", make(draw, type, scope, depth - 1)) if draw.chance(65) else Piece(())
    label = f"{'simple ' if simple else ''}CASE {'with' if otherwise.parts else 'without'} ELSE"
    draw.use(label)
    return expression(type, label, "CASE{}{}{} END", head, listed(arms, ""), otherwise)


def _quantified(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return a comparison with an array's elements, which NULL among them decides."""
    type = draw.pick(("integer", "integer", "text", "mood"))
    array = draw.constant(f"{type}[]") if draw.chance(70) else make(draw, f"{type}[]", scope, depth - 1)
    operator = draw.pick(("= ANY", "= ANY", "<> ALL", "<> ANY", "= ALL"))
    draw.use(f"{operator} array")
    return expression("boolean", f"{operator} array", f"({{}} {operator} ({{}}))", leaf(draw, type, scope), array)


def _array(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    element = TYPES[type].element
    assert element is not None
    if draw.chance(35):
        return subqueries.array(draw, type, element, scope, depth)
    draw.use("ARRAY[]")
    elements = [make(draw, element, scope, depth - 1) for _ in range(draw.pick((1, 2)))]
    return expression(type, "ARRAY[]", f"ARRAY[{{}}]::{type}", listed(elements))
