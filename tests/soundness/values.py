"""Values that a statement writes, most of which the constraints let pass."""

from __future__ import annotations

from tests.soundness import expressions, queries
from tests.soundness.draw import Draw
from tests.soundness.piece import Piece, expression, listed
from tests.soundness.schema import Column, Relation
from tests.soundness.scope import Scope
from tests.soundness.types import constant


def written_columns(draw: Draw, target: Relation) -> list[Column]:
    """Return the columns that an INSERT names: all that need a value, the others by chance."""
    return [
        column
        for column in target.columns
        if not column.generated and (draw.chance(65) or (column.required and not column.default))
    ]


def written_value(draw: Draw, target: Relation, column: Column, scope: Scope, depth: int) -> Piece:
    """Return a value for *column*, in most cases one that its constraints let pass."""
    if column.name in target.key and not draw.chance(15):
        return Piece((draw.pick(("1", "2", "3", str(draw.random.randrange(10, 10**6)))),), type=column.type)
    if draw.chance(20 if column.default else 2):
        draw.use("DEFAULT")
        return Piece(("DEFAULT",))
    if draw.with_parameters and draw.chance(28):
        draw.use("written parameter")
        return draw.parameter(column.type, bare=True)
    if (column.required or column.type in ("filled", "nothing_checked", "posint")) and draw.chance(85):
        return Piece((constant(column.type, draw.value(column.type)),), type=column.type)
    return expressions.make(draw, column.type, scope, depth)


def assignments(draw: Draw, target: Relation, scope: Scope) -> Piece:
    """Return what stands after SET."""
    columns = [column for column in target.columns if not column.generated and column.name not in target.key]
    if not columns:
        columns = [column for column in target.columns if not column.generated]
    if len(columns) > 1 and draw.chance(20):
        draw.use("multiple assignment")
        pair = draw.random.sample(columns, 2)
        names = f"({pair[0].name}, {pair[1].name}) = "
        if draw.chance(50):
            query = queries.make(draw, scope.for_subquery(), 1, [column.type for column in pair], single=True)
            return Piece((names, "(", query.piece, ")"))
        word = draw.pick(("ROW", ""))
        return Piece((names, word, "(", listed([_set(draw, target, column, scope) for column in pair], least=9), ")"))
    parts: list[str | Piece] = []
    for column in draw.random.sample(columns, min(len(columns), draw.pick((1, 1, 2)))):
        if column.type in ("integer[]", "pair", "jsonb") and draw.chance(40):
            draw.use("assignment to a part")
            part, type = {"integer[]": ("[1]", "integer"), "pair": (".a", "integer"), "jsonb": ("['a']", "jsonb")}[
                column.type
            ]
            parts.append(Piece((f"{column.name}{part} = ", expressions.make(draw, type, scope, 1))))
        else:
            parts.append(Piece((f"{column.name} = ", _set(draw, target, column, scope))))
    return listed(parts)


def _set(draw: Draw, target: Relation, column: Column, scope: Scope) -> Piece:
    same = [ref for ref in scope.refs if ref.name == column.name and ref.type == column.type]
    if same and draw.chance(20):
        return expression(column.type, "column", draw.pick(same).text)
    if not column.required and column.type not in ("filled", "nothing_checked") and draw.chance(25):
        return Piece(("NULL",), type=column.type)
    return written_value(draw, target, column, scope, 2)
