"""Random conditions: strict ones, those that NULL passes, and everything made of them."""

from __future__ import annotations

from dataclasses import replace

from tests.soundness import expressions, subqueries
from tests.soundness.draw import Draw
from tests.soundness.piece import Piece, expression, listed
from tests.soundness.scope import Scope
from tests.soundness.types import NO_EQUALITY, TYPES

_COMPARISONS = ("=", "=", "=", "<>", "<>", "<", "<=", "<=", ">", ">=", ">=")
_TESTS = ("IS TRUE", "IS NOT TRUE", "IS FALSE", "IS NOT FALSE", "IS UNKNOWN", "IS NOT UNKNOWN")


def make(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return a condition."""
    kinds = {"comparison": 30, "null": 16, "distinct": 6, "in": 7, "between": 5, "pattern": 3, "any": 6}
    kinds |= {"boolean": 5, "constant": 1, "row": 3, "whole row": 1}
    if draw.spend(depth):
        kinds |= {"and": 9, "or": 11, "not": 8, "test": 7, "function": 6, "subquery": 8, "case": 3, "coalesce": 2}
    kind = draw.weighed(kinds)
    draw.use(f"condition: {kind}")
    return _MAKERS[kind](draw, scope, depth)


def about(draw: Draw, scope: Scope, *, equal: bool) -> tuple[str, Piece]:
    """Return a column (or an expression where there is none) and its type, which the statement will then show."""
    refs = [ref for ref in scope.refs if not equal or ref.type not in NO_EQUALITY]
    if refs and draw.chance(80):
        ref = draw.pick(refs)
        scope.hot.append(ref)
        return ref.type, expression(ref.type, "column", ref.text)
    type = draw.pick(("integer", "text", "date", "boolean", "integer[]"))
    return type, expressions.make(draw, type, scope, 1)


def operand(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    """Return what to compare with a value of *type*."""
    if scope.sharp and draw.chance(75):
        return draw.constant(type)
    if draw.with_parameters and draw.chance(12):
        return draw.parameter(type, bare=type not in ("pair", "pair[]", "deep"))  # the server would take it for record
    return expressions.make(draw, type, scope, depth - 1)


def _comparison(draw: Draw, scope: Scope, depth: int) -> Piece:
    type, left = about(draw, scope, equal=True)
    operator = draw.pick(_COMPARISONS)
    parts = [left, operand(draw, type, scope, depth)]
    if draw.chance(25):
        parts.reverse()
    return expression("boolean", f"comparison {operator}", f"({{}} {operator} {{}})", *parts)


def _null(draw: Draw, scope: Scope, depth: int) -> Piece:
    _, tested = about(draw, scope, equal=False)
    test = draw.pick(("IS NULL", "IS NOT NULL", "IS NOT NULL"))
    return expression("boolean", test, f"({{}} {test})", tested)


def _distinct(draw: Draw, scope: Scope, depth: int) -> Piece:
    type, left = about(draw, scope, equal=True)
    right = Piece((f"NULL::{type}",)) if draw.chance(30) and type != "filled" else operand(draw, type, scope, depth)
    test = draw.pick(("IS DISTINCT FROM", "IS NOT DISTINCT FROM"))
    return expression("boolean", test, f"({{}} {test} {{}})", left, right)


def _in(draw: Draw, scope: Scope, depth: int) -> Piece:
    type, left = about(draw, scope, equal=True)
    word = draw.pick(("IN", "IN", "NOT IN"))
    values = [operand(draw, type, scope, 1) for _ in range(draw.pick((1, 2, 3)))]
    return expression("boolean", word, f"({{}} {word} ({{}}))", left, listed(values))


def _between(draw: Draw, scope: Scope, depth: int) -> Piece:
    type, left = about(draw, scope, equal=True)
    word = draw.pick(("BETWEEN", "BETWEEN", "NOT BETWEEN", "BETWEEN SYMMETRIC"))
    bounds = [operand(draw, type, scope, 1) for _ in range(2)]
    return expression("boolean", word, f"({{}} {word} {{}} AND {{}})", left, *bounds)


def _pattern(draw: Draw, scope: Scope, depth: int) -> Piece:
    texts = scope.of_type("text")
    if not texts:
        return _null(draw, scope, depth)
    ref = draw.pick(texts)
    scope.hot.append(ref)
    test = draw.pick(("LIKE '%'", "LIKE 'a%'", "NOT LIKE 'b'", "ILIKE '%a%'", "~ 'a'", "!~ 'b'", "SIMILAR TO '%'"))
    return expression("boolean", test.partition(" '")[0], f"({{}} {test})", expression("text", "column", ref.text))


def _any(draw: Draw, scope: Scope, depth: int) -> Piece:
    arrays = [type for type, known in TYPES.items() if known.element and scope.of_type(known.element)]
    if not arrays:
        return _null(draw, scope, depth)
    type = draw.pick(arrays)
    element = TYPES[type].element
    assert element is not None
    ref = draw.pick(scope.of_type(element))
    scope.hot.append(ref)
    operator = draw.pick(_COMPARISONS)
    word = draw.pick(("ANY", "ANY", "SOME", "ALL"))
    array = operand(draw, type, scope, depth)
    if scope.sharp and draw.chance(30):
        array = Piece((f"'{{}}'::{type}",))
    left = expression(element, "column", ref.text)
    return expression("boolean", f"{word} array", f"({{}} {operator} {word} ({{}}))", left, array)


def _row(draw: Draw, scope: Scope, depth: int) -> Piece:
    sides = [about(draw, scope, equal=True) for _ in range(2)]
    refs = [ref for ref in scope.refs if ref.type not in NO_EQUALITY]
    if scope.sharp and len(refs) > 1:  # two that differ: the first decides, the second may be NULL
        chosen = draw.random.sample(refs, 2)
        scope.hot += chosen
        sides = [(ref.type, expression(ref.type, "column", ref.text)) for ref in chosen]
    left = listed([piece for _, piece in sides], least=2)
    kind = draw.pick(("compare", "compare", "compare", "null", "distinct", "in", "between"))
    if kind == "null":
        test = draw.pick(("IS NULL", "IS NOT NULL"))
        return expression("boolean", f"ROW {test}", f"(ROW({{}}) {test})", left)
    right = listed([operand(draw, type, scope, 1) for type, _ in sides], least=2)
    if kind == "in":
        word = draw.pick(("IN", "NOT IN"))
        return expression("boolean", f"ROW {word}", f"(ROW({{}}) {word} (ROW({{}})))", left, right)
    if kind == "between":
        return expression("boolean", "ROW BETWEEN", "(ROW({}) BETWEEN ROW({}) AND ROW({}))", left, right, right)
    operator = draw.pick(("IS DISTINCT FROM", "IS NOT DISTINCT FROM") if kind == "distinct" else _COMPARISONS)
    return expression("boolean", f"ROW {operator}", f"(ROW({{}}) {operator} ROW({{}}))", left, right)


def _whole_row(draw: Draw, scope: Scope, depth: int) -> Piece:
    if not scope.whole_rows:
        return _null(draw, scope, depth)
    alias = draw.pick(scope.whole_rows)
    scope.hot += [ref for ref in scope.refs if ref.source == alias]
    test = draw.pick(("IS NULL", "IS NOT NULL", "IS NOT NULL", "IS NOT DISTINCT FROM NULL", "IS DISTINCT FROM NULL"))
    return expression("boolean", f"whole row {test}", f"({alias} {test})")


def _boolean(draw: Draw, scope: Scope, depth: int) -> Piece:
    if refs := scope.of_type("boolean"):
        scope.hot.append(ref := draw.pick(refs))
        return expression("boolean", "column", ref.text)
    return _null(draw, scope, depth)


def _constant(draw: Draw, scope: Scope, depth: int) -> Piece:
    return expression("boolean", "constant", draw.pick(("true", "true", "false", "NULL::boolean")))


def _and(draw: Draw, scope: Scope, depth: int) -> Piece:
    return _connected(draw, scope, depth, "AND")


def _or(draw: Draw, scope: Scope, depth: int) -> Piece:
    return _connected(draw, scope, depth, "OR")


def _connected(draw: Draw, scope: Scope, depth: int, word: str) -> Piece:
    arms = [make(draw, scope, depth - 1) for _ in range(draw.pick((2, 2, 3)))]
    if draw.chance(45) and scope.hot:  # several words about one column is where narrowing goes wrong
        ref = draw.pick(scope.hot)
        column = expression(ref.type, "column", ref.text)
        if ref.type in NO_EQUALITY or draw.chance(40):
            arms.append(expression("boolean", "IS NOT NULL", "({} IS NOT NULL)", column))
        else:
            compared = operand(draw, ref.type, scope, 1)
            arms.append(
                expression("boolean", "comparison =", f"({{}} {draw.pick(_COMPARISONS)} {{}})", column, compared)
            )
    return expression("boolean", word, "({})", listed(arms, f" {word} "))


def _not(draw: Draw, scope: Scope, depth: int) -> Piece:
    return expression("boolean", "NOT", "(NOT {})", make(draw, scope, depth - 1))


def _test(draw: Draw, scope: Scope, depth: int) -> Piece:
    test = draw.pick(_TESTS)
    return expression("boolean", test, f"({{}} {test})", make(draw, scope, depth - 1))


def _function(draw: Draw, scope: Scope, depth: int) -> Piece:
    made = expressions.call(draw, "boolean", scope, depth)
    return made if made is not None else _null(draw, scope, depth)


def _subquery(draw: Draw, scope: Scope, depth: int) -> Piece:
    return subqueries.condition(draw, scope, depth)


def _case(draw: Draw, scope: Scope, depth: int) -> Piece:
    arms = [make(draw, scope, depth - 1) for _ in range(3)]
    return expression("boolean", "CASE with ELSE", "CASE WHEN {} THEN {} ELSE {} END", *arms)


def _coalesce(draw: Draw, scope: Scope, depth: int) -> Piece:
    default = Piece((draw.pick(("true", "false")),))
    return expression("boolean", "COALESCE", "coalesce({}, {})", make(draw, scope, depth - 1), default)


def _loose(draw: Draw, scope: Scope, depth: int) -> Piece:
    integers = scope.of_type("integer", equal=True)
    if integers and draw.chance(40):
        scope.hot.append(ref := draw.pick(integers))
        template = draw.pick(("({} === 1)", "(loose_same({}) IS NULL)", "(loose_equal(1, {}))"))
        return expression("boolean", "loose call", template, expression("integer", "column", ref.text))
    _, tested = about(draw, scope, equal=True)
    template = draw.pick(_LOOSE)
    return expression("boolean", "loose call", template, *[tested] * template.count("{}"))


_MAKERS = {
    "comparison": _comparison,
    "null": _null,
    "distinct": _distinct,
    "in": _in,
    "between": _between,
    "pattern": _pattern,
    "any": _any,
    "boolean": _boolean,
    "constant": _constant,
    "row": _row,
    "whole row": _whole_row,
    "and": _and,
    "or": _or,
    "not": _not,
    "test": _test,
    "function": _function,
    "subquery": _subquery,
    "case": _case,
    "loose": _loose,
    "coalesce": _coalesce,
}


_SHARP = {"comparison": 4, "null": 4, "distinct": 4, "in": 2, "any": 4, "row": 3, "whole row": 1, "boolean": 2}
_SHARP |= {"loose": 4}
_LOOSE = (  # true of NULL too, though it looks like a call that isn't
    "(concat({}, 'a') <> 'zz')",
    "(num_nulls({}) >= 0)",
    "(format('%s', {}) <> 'zz')",
    "(to_jsonb({}) IS DISTINCT FROM '7')",
    "(jsonb_build_array({}) IS NOT NULL)",
    "(coalesce({}::text, 'a') <> 'zz')",
    "(CASE WHEN {} IS NULL THEN true ELSE false END)",
    "(ARRAY[{}] IS NOT NULL)",
    "(nullif({}, {}) IS NULL)",
)
_WRAPPERS = {"NOT": 4, "test": 4, "OR": 4, "AND": 2, "none": 6}


def sharp(draw: Draw, scope: Scope, depth: int = 3) -> Piece:
    """Return a condition about one or two columns, under NOT, IS TRUE, OR and the like: what narrowing is about."""
    draw.use("sharp condition")
    chosen = replace(scope, refs=draw.random.sample(scope.refs, min(len(scope.refs), draw.pick((1, 2, 2)))))
    chosen.outer, chosen.sharp = None, True
    return _wrapped(draw, chosen, depth) if chosen.refs else make(draw, scope, depth)


def _wrapped(draw: Draw, scope: Scope, depth: int) -> Piece:
    wrapper = draw.weighed(_WRAPPERS) if depth > 0 else "none"
    if wrapper == "NOT":
        return expression("boolean", "NOT", "(NOT {})", _wrapped(draw, scope, depth - 1))
    if wrapper == "test":
        test = draw.pick(_TESTS)
        return expression("boolean", test, f"({{}} {test})", _wrapped(draw, scope, depth - 1))
    if wrapper in ("AND", "OR"):
        arms = [_wrapped(draw, scope, depth - 1) for _ in range(2)]
        return expression("boolean", wrapper, "({})", listed(arms, f" {wrapper} "))
    return _MAKERS[draw.weighed(_SHARP)](draw, scope, 0)


def where(draw: Draw, scope: Scope, depth: int, percent: float, word: str = "WHERE") -> Piece:
    """Return a WHERE clause, or nothing."""
    if not draw.chance(percent):
        return Piece(())
    draw.use(word)
    condition = sharp(draw, scope) if draw.chance(45) else make(draw, scope, depth)
    if draw.chance(20):
        condition = expression("boolean", "AND", "({})", listed([condition, make(draw, scope, depth - 1)], " AND "))
    return Piece((f" {word} ", condition), "optional")
