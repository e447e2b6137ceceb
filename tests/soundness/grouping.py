"""Random GROUP BY: plain keys, ROLLUP, CUBE, GROUPING SETS, keys that are expressions or constants, HAVING."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.soundness import conditions, expressions
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, optional
from tests.soundness.scope import RECORD, Ref, Scope, Source
from tests.soundness.types import NO_EQUALITY

_SETS = (
    "ROLLUP ({keys})",
    "CUBE ({keys})",
    "GROUPING SETS (({keys}), ())",
    "GROUPING SETS ({each})",
    "GROUPING SETS (({keys}), {each})",
    "GROUPING SETS (({keys}))",
    "GROUPING SETS (({keys}), ({keys}))",
    "GROUPING SETS (ROLLUP ({keys}), CUBE ({first}))",
    "{first}, ROLLUP ({keys})",
    "{first}, GROUPING SETS (({keys}), ())",
    "ROLLUP (({keys}), {first})",
    "DISTINCT ROLLUP ({keys}), CUBE ({first})",
    "ALL ROLLUP ({first}), ROLLUP ({keys})",
)


@dataclass(slots=True)
class Grouped:
    """
    What the select list may be made of.

    Attributes:
        items: Columns that it must begin with, since GROUP BY names them by their alias or position.
    """

    scope: Scope
    clause: Piece = NOTHING
    items: list[tuple[str, str, Piece]] = field(default_factory=list)
    grouped: bool = False


def maybe(draw: Draw, scope: Scope, source: Source, depth: int, *, free: bool) -> Grouped:
    """Return *scope* as it is, or with a GROUP BY, or with aggregates over all rows; *free*: items may be added."""
    kind = draw.weighed({"none": 70, "group": 20, "aggregate": 7, "empty": 1, "no columns": 4})
    if kind in ("none", "no columns") or not source.columns:
        return Grouped(scope)
    if kind in ("aggregate", "empty"):
        draw.use("aggregates without GROUP BY" if kind == "aggregate" else "GROUP BY ()")
        above = Scope(outer=scope.outer, ungrouped=scope, tables=scope.tables)
        having = conditions.where(draw, above, 1, 20, "HAVING")
        first = expression("bigint", "aggregate: count(*)", "count(*)")
        clause = Piece((" GROUP BY ()" if kind == "empty" else "", having))
        return Grouped(above, clause, [(draw.name("c"), "bigint", first)], grouped=True)
    return _by_keys(draw, scope, source, free)


def _by_keys(draw: Draw, scope: Scope, source: Source, free: bool) -> Grouped:
    keys: list[Ref] = []
    items: list[tuple[str, str, Piece]] = []
    written: list[str] = []
    columns = [ref for ref in scope.refs if ref.type not in NO_EQUALITY]
    rows: list[tuple[str, str]] = []
    for _ in range(draw.pick((1, 1, 2, 2, 3))):
        how = draw.weighed(
            {"column": 60, "expression": 18, "row": 5 if scope.whole_rows else 0}
            | ({"named item": 12, "constant": 10} if free else {})
        )
        if how == "column" and columns:
            ref = draw.pick(columns)
            keys.append(ref)
            written.append(ref.text)
            continue
        draw.use(f"grouping key: {how}")
        if how == "row":
            row = draw.pick(scope.whole_rows)
            rows.append((row, RECORD))
            keys.append(Ref(row, RECORD, column=False))
            written.append(row)
            continue
        type = draw.pick(("integer", "text", "boolean", "bigint", "mood", "date"))
        piece = (
            draw.constant(type) if how == "constant" else expressions.make(draw, type, scope.without_aggregates(), 2)
        )
        keys.append(Ref(str(piece), type, column=False))
        if how == "expression":
            if piece.label in ("constant", "NULL"):  # GROUP BY takes constants by their alias only
                piece = Piece((f"coalesce({piece})",), "expression", type)
                keys[-1] = Ref(str(piece), type, column=False)
            written.append(f"({piece})")
        else:
            name = draw.name("c")
            items.append((name, type, piece))
            written.append(name if draw.chance(70) else str(len(items)))
    plain = draw.chance(45)
    draw.use("GROUP BY" if plain else "grouping sets")
    pattern = "{keys}" if plain else draw.pick(_SETS)
    by = pattern.format(keys=", ".join(written), first=written[0], each=", ".join(f"({key})" for key in written))
    refs = [key for key in keys if key.type != RECORD]
    if plain:
        refs += _dependent(draw, keys, source, scope)
    else:
        texts = [key.text for key in keys]
        named = draw.pick([*texts, ", ".join(texts)])
        refs.append(Ref(f"grouping({named})", "integer", column=False))
    above = Scope(refs, rows, scope.outer, ungrouped=scope, tables=scope.tables)
    above.hot = [ref for ref in scope.hot if ref in refs]
    having = conditions.where(draw, above, 1, 20, "HAVING")
    return Grouped(above, Piece((optional(f" GROUP BY {by}"), having)), items, grouped=True)


def _dependent(draw: Draw, keys: list[Ref], source: Source, scope: Scope) -> list[Ref]:
    """Return the columns of tables whose whole primary key is among *keys*."""
    found: list[Ref] = []
    for alias, names in source.keys:
        if all(any(key.source == alias and key.name == name for key in keys) for name in names):
            draw.use("columns depending on the primary key")
            found += [ref for ref in scope.refs if ref.source == alias and ref.name != "tableoid"]
    return found
