"""Random WITH: plain, materialised or not, recursive."""

from __future__ import annotations

from dataclasses import replace

from tests.soundness import conditions, expressions, queries, sources
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, listed, optional
from tests.soundness.scope import Scope, Source
from tests.soundness.types import NO_EQUALITY

_RECURSIVE_TYPES = (
    "integer",
    "integer",
    "text",
    "bigint",
    "boolean",
    "mood",
    "date",
    "posint",
    "integer[]",
    "jsonb",
    "jsonb",
)


def make(draw: Draw, outer: Scope, depth: int) -> tuple[Piece, Scope]:
    """Return WITH and *outer* with the new tables."""
    outer = replace(outer, tables=dict(outer.tables))
    tables: list[Piece] = []
    recursive = False
    for _ in range(draw.pick((1, 1, 2))):
        if draw.chance(30):
            recursive = True
            tables.append(_recursive(draw, outer, depth))
        else:
            tables.append(_plain(draw, outer, depth))
    draw.use("WITH RECURSIVE" if recursive else "WITH")
    return optional(f"WITH {'RECURSIVE ' if recursive else ''}", listed(tables), " "), outer


def _plain(draw: Draw, outer: Scope, depth: int) -> Piece:
    name = draw.name("w")
    query = queries.make(draw, outer, depth, None)
    columns = query.columns
    names = ""
    if draw.chance(25) or len({column for column, _ in columns}) < len(columns):
        columns = [(draw.name("r"), type) for _, type in columns]
        names = f" ({', '.join(column for column, _ in columns)})"
    hint = draw.pick(("", "", "MATERIALIZED ", "NOT MATERIALIZED "))
    outer.tables[name] = columns
    return Piece((f"{name}{names} AS {hint}(", query.piece, ")"))


def _recursive(draw: Draw, outer: Scope, depth: int) -> Piece:
    """
    Return a recursive CTE that ends after a few rounds.

    Half of them hand values from column to column, so that NULL reaches the first one only rounds later.
    """
    name = draw.name("w")
    types = [draw.pick(_RECURSIVE_TYPES)] * 3 if draw.chance(60) else [draw.pick(_RECURSIVE_TYPES) for _ in range(2)]
    types = ["integer" if type == "posint" and draw.chance(50) else type for type in types]
    columns = [(draw.name("r"), type) for type in types]
    base = _items(draw, Scope(outer=outer, tables=outer.tables), types)
    source: Source | None = None
    scope = Scope(outer=outer, tables=outer.tables)
    if draw.chance(50):
        source = sources.make(draw, scope, min(depth, 1))
        scope = Scope(source.refs, list(source.rows), outer, tables=outer.tables)
        base = _items(draw, scope, types)
    first = Piece(("SELECT ", base, ", 0", *((" FROM ", source.piece) if source else ())))

    itself = draw.name()
    refs = queries.refs_of(itself, columns)
    visible = Scope(list(refs), [(itself, "record")], outer, tables=outer.tables)
    joined: Piece = NOTHING
    if draw.chance(35):
        other = sources.make(draw, Scope(outer=outer, tables=outer.tables), 0)
        kind = draw.pick(("CROSS JOIN", "LEFT JOIN", "JOIN"))
        joined = Piece((f" {kind} ", other.piece, "" if kind == "CROSS JOIN" else " ON true"))
        visible = Scope([*refs, *other.refs], [*visible.rows, *other.rows], outer, tables=outer.tables)
    if len(set(types)) == 1 and draw.chance(60):
        draw.use("recursive CTE that shifts values")
        last = expressions.make(draw, types[0], visible, 1) if draw.chance(50) else Piece((f"NULL::{types[0]}",))
        shifted = [Piece((f"{ref.text}::{ref.type}",)) for ref in refs[1:]]
        step = listed([*shifted, Piece(("(", last, f")::{types[0]}"))], least=99)
    else:
        step = _items(draw, visible, types)
    where = conditions.make(draw, visible, 1) if draw.chance(25) else NOTHING
    operator = draw.pick(("UNION", "UNION ALL"))
    if any(type in NO_EQUALITY for type in types):
        operator = "UNION ALL"
    draw.use(f"recursive {operator}")
    again = Piece(
        (
            "SELECT ",
            step,
            f", {itself}.depth + 1 FROM {name} AS {itself}",
            joined,
            f" WHERE {itself}.depth < 3",
            *((" AND ", where) if where.parts else ()),
        )
    )
    tables = [*columns, ("depth", "integer")]
    after = ""
    if draw.chance(15):
        draw.use("SEARCH")
        order = draw.name("r")
        after += f" SEARCH {draw.pick(('DEPTH', 'BREADTH'))} FIRST BY {columns[0][0]} SET {order}"
    if draw.chance(15):
        draw.use("CYCLE")
        mark, path = draw.name("r"), draw.name("r")
        how = draw.pick(("", " TO 'y' DEFAULT 'n'", " TO true DEFAULT NULL"))
        after += f" CYCLE {columns[0][0]} SET {mark}{how} USING {path}"
        tables.append((mark, "text" if "'y'" in how else "boolean"))
    outer.tables[name] = tables
    names = ", ".join([column for column, _ in columns] + ["depth"])
    return Piece((f"{name} ({names}) AS (", first, f" {operator} ", again, f"){after}"))


def _items(draw: Draw, scope: Scope, types: list[str]) -> Piece:
    """Return a select list whose types are exactly *types*: both arms of a recursion must agree."""
    items = [Piece(("(", _item(draw, scope, type), f")::{type}")) for type in types]
    return listed(items, least=99)


def _item(draw: Draw, scope: Scope, type: str) -> Piece:
    """Return an expression of *type*: of arrays and JSON likely one that grows in each round, or is made anew."""
    if type not in ("integer[]", "jsonb") or draw.chance(35):
        return expressions.make(draw, type, scope, 1)
    draw.use("recursive CTE that makes arrays or JSON")
    integer = expressions.leaf(draw, "integer", scope)
    own = expressions.leaf(draw, type, scope)
    if type == "jsonb":
        templates = ("jsonb_build_object('a', {})", "jsonb_build_object('a', {})", "jsonb_build_array({})")
        return expression(type, "recursive JSON", draw.pick(templates), integer)
    if draw.chance(50):
        return expression(type, "recursive array", "array_append({}, {})", own, integer)
    return expression(type, "recursive array", "ARRAY[{}]", integer)
