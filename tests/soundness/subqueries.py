"""Random subqueries in expressions."""

from __future__ import annotations

from dataclasses import replace

from tests.soundness import conditions, queries
from tests.soundness.draw import Draw
from tests.soundness.piece import Piece, expression, fill, listed
from tests.soundness.scope import Scope
from tests.soundness.types import NO_EQUALITY


def value(draw: Draw, type: str, scope: Scope, depth: int) -> Piece:
    """Return a subquery that gives one value, or none."""
    draw.use("scalar subquery")
    own = [ref for ref in scope.of_type(type, equal=True) if ref.column]
    if own and type in ("integer", "bigint", "numeric") and draw.chance(45):
        return _of_no_rows(draw, type, replace(scope, refs=[draw.pick(own)], hot=[]))
    query = queries.make(draw, scope.for_subquery(), depth - 1, [type], single=True)
    return expression(type, "scalar subquery", "({})", query.piece)


def _of_no_rows(draw: Draw, type: str, scope: Scope) -> Piece:
    """Return an aggregate whose WHERE, which may let no row pass, speaks of a column around it."""
    draw.use("subquery that narrows a column around it")
    where = conditions.sharp(draw, scope, 1)
    table = draw.pick(draw.schema.relations).name
    ref = scope.refs[0].text
    text = Piece((f"(SELECT ({ref} + 0 * count(*))::{type} FROM {table} AS {draw.name()} WHERE ", where, ")"))
    return Piece((text,), "expression", type, "scalar subquery of an aggregate")


def array(draw: Draw, type: str, element: str, scope: Scope, depth: int) -> Piece:
    """Return an array made of a subquery's rows."""
    draw.use("ARRAY(SELECT)")
    query = queries.make(draw, scope.for_subquery(), depth - 1, [element])
    return expression(type, "ARRAY(SELECT)", f"ARRAY({{}})::{type}", query.piece)


def condition(draw: Draw, scope: Scope, depth: int) -> Piece:
    """Return EXISTS, IN, or a comparison with ANY, ALL or the only row of a subquery."""
    kind = draw.pick(("EXISTS", "NOT EXISTS", "IN", "NOT IN", "ANY", "ALL", "row", "row IN"))
    draw.use(f"subquery: {kind}")
    inner = scope.for_subquery()
    if "EXISTS" in kind:
        query = queries.make(draw, inner, depth - 1, None)
        return expression("boolean", kind, f"({kind} ({{}}))", query.piece)
    scope = scope.without_versions()
    if kind.startswith("row"):
        sides = [conditions.about(draw, scope, equal=True) for _ in range(2)]
        query = queries.make(draw, inner, depth - 1, [type for type, _ in sides], single=kind == "row")
        left = listed([piece for _, piece in sides], least=2)
        word = draw.pick(("=", "<>", "<", "IS DISTINCT FROM")[: 3 if kind == "row" else 1]) if kind == "row" else "IN"
        return expression("boolean", kind, f"(({{}}) {word} ({{}}))", left, query.piece)
    type, left_side = conditions.about(draw, scope, equal=True)
    assert type not in NO_EQUALITY
    query = queries.make(draw, inner, depth - 1, [type])
    if kind in ("ANY", "ALL"):
        operator = draw.pick(("=", "<>", "<", ">="))
        return fill_condition(kind, f"({{}} {operator} {kind} ({{}}))", left_side, query.piece)
    return fill_condition(kind, f"({{}} {kind} ({{}}))", left_side, query.piece)


def fill_condition(kind: str, template: str, *parts: Piece) -> Piece:
    """Return a condition on a subquery."""
    filled = fill(template, *parts)
    return Piece(filled.parts, "expression", "boolean", f"subquery {kind}")
