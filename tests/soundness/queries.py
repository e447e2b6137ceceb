"""Random queries: SELECT, VALUES, set operations, with CTEs before them."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tests.soundness import aggregates, conditions, ctes, expressions, grouping, nested, sources
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, listed, optional
from tests.soundness.scope import Ref, Scope, Source
from tests.soundness.types import NO_EQUALITY, TYPES

_FAVOURITES = ("integer", "integer", "text", "boolean", "bigint", "numeric", "date", "jsonb", "mood", "integer[]")
_SERIES = {
    "integer": (
        "generate_series(1, {small})",
        "generate_series(1, {small})",
        "unnest({integer[]})",
        "nulls({integer})",
    ),
    "text": ("unnest({text[]})", "regexp_split_to_table({text}, 'b')"),
    "jsonb": ("jsonb_path_query({jsonb}, '$.*')",),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A query and the names and types of its columns; *labels* say what made each."""

    piece: Piece
    columns: list[tuple[str, str]]
    labels: tuple[str, ...] = ()


def make(
    draw: Draw,
    outer: Scope,
    depth: int,
    types: list[str] | None,
    *,
    single: bool = False,
    top: bool = False,
    bare: bool = False,
) -> Query:
    """
    Return a query without parentheses.

    Args:
        outer: What is visible around it; its ``tables`` are the CTEs.
        types: Of the columns; None leaves them to chance.
        single: It should give one row.
        top: It is a whole statement.
        bare: There is a WITH before it already.
    """
    with_clause, outer = (NOTHING, outer)
    if not bare and draw.spend(depth) and draw.chance(30 if top else 6):
        with_clause, outer = ctes.make(draw, outer, depth - 1)
    kind = draw.weighed({"select": 82, "set": 12, "values": 4} if draw.spend(depth) else {"select": 1})
    if kind == "set":
        body = _set_operation(draw, outer, depth, types)
    elif kind == "values":
        body = values(draw, outer, depth, types)
    else:
        body = select(draw, outer, depth, types, single=single)
    draw.use(f"query: {kind}")
    tail = _tail(draw, body.columns, single=single) if kind != "select" or single else NOTHING
    whole = Piece((with_clause, body.piece, tail), "query", ",".join(type for _, type in body.columns))
    return replace(body, piece=whole)


def values(draw: Draw, outer: Scope, depth: int, types: list[str] | None) -> Query:
    """Return VALUES."""
    types = types or [draw.pick(_FAVOURITES) for _ in range(draw.pick((1, 2)))]
    inside = Scope(outer=outer, tables=outer.tables)
    rows = [
        Piece(("(", listed([expressions.make(draw, type, inside, min(depth - 1, 1)) for type in types], least=99), ")"))
        for _ in range(draw.pick((1, 2, 3)))
    ]
    columns = [(f"column{number}", type) for number, type in enumerate(types, 1)]
    return Query(Piece(("VALUES ", listed(rows))), columns, ("VALUES",) * len(types))


def select(draw: Draw, outer: Scope, depth: int, types: list[str] | None, *, single: bool = False) -> Query:
    """Return a SELECT."""
    draw.use("SELECT")
    around = Scope(outer=outer, tables=outer.tables)
    if (single and draw.chance(25)) or draw.chance(2):
        from_clause: Piece = NOTHING
        source = Source(NOTHING, ())
    else:
        source = sources.make(draw, around, depth)
        from_clause = Piece((" FROM ", source.piece))
        if depth > 0 and draw.chance(10):
            draw.use("comma in FROM")
            source, from_clause = _with_another(draw, source, around, depth)
    scope = Scope(source.refs, list(source.rows), outer, tables=outer.tables)
    where = conditions.where(draw, scope, depth, 38) if source.columns else NOTHING
    made = grouping.maybe(draw, scope, source, depth, free=types is None)
    window_clause, windows = aggregates.named_windows(draw, made.scope) if draw.chance(40) else (NOTHING, [])
    made.scope.windows = windows
    if types is None and not made.grouped and not made.items and source.columns and draw.chance(5):
        names = [ref.name for ref in source.columns]
        if len(set(names)) == len(names) and all(name.isidentifier() for name in names):
            draw.use("SELECT *")
            columns = [(ref.name, ref.type) for ref in source.columns]
            return Query(Piece(("SELECT *", from_clause, where)), columns, ("*",) * len(columns))
    columns, items, labels = _items(draw, made, depth, types)
    distinct = NOTHING
    tail = NOTHING
    if not single:
        distinct = _distinct(draw, made.scope, columns)
        tail = _tail(draw, columns, single=False, ordered="ON" not in str(distinct))
    parts = ("SELECT ", distinct, listed(items), from_clause, where, made.clause, window_clause, tail)
    return Query(Piece(parts), columns, labels)


def _with_another(draw: Draw, source: Source, around: Scope, depth: int) -> tuple[Source, Piece]:
    """Return FROM with a second item after a comma, which sees the first when it is LATERAL."""
    lateral = draw.chance(50)
    beside = replace(around, refs=source.refs, rows=list(source.rows)) if lateral else around
    second = sources.make(draw, beside, depth - 1, lateral)
    both = Source(
        NOTHING,
        source.columns + second.columns,
        source.hidden + second.hidden,
        source.rows + second.rows,
        source.keys + second.keys,
    )
    return both, Piece((" FROM ", listed([source.piece, second.piece])))


def _items(
    draw: Draw, made: grouping.Grouped, depth: int, types: list[str] | None
) -> tuple[list[tuple[str, str]], list[str | Piece], tuple[str, ...]]:
    """Return the select list, with what grouping wants in it."""
    columns: list[tuple[str, str]] = []
    items: list[str | Piece] = []
    labels: list[str] = []

    def add(name: str, type: str, piece: Piece) -> None:
        columns.append((name, type))
        items.append(Piece((piece, f" AS {name}")))
        labels.append(piece.label)

    if free := types is None:
        for name, type, piece in made.items:
            add(name, type, piece)
        hot = [ref for ref in made.scope.hot if ref in made.scope.refs and ref.type in TYPES]
        for ref in dict.fromkeys(hot[:3] if draw.chance(55) else ()):  # what the conditions speak of
            add(draw.name("c"), ref.type, expression(ref.type, "narrowed column", ref.text))
        types = [_wanted(draw, made.scope) for _ in range(draw.pick((1, 2, 2, 3, 4)))]
    in_step = draw.chance(4)
    if free and draw.chance(45):
        for _ in range(draw.pick((1, 1, 2))):
            type, piece = nested.column(draw, made.scope, depth)
            add(draw.name("c"), type, piece)
    for type in types:
        add(draw.name("c"), type, _item(draw, type, made.scope, depth, in_step=in_step))
    return columns, items, tuple(labels)


def _item(draw: Draw, type: str, scope: Scope, depth: int, *, in_step: bool) -> Piece:
    """Return an item of the select list; *in_step*: likely a set, beside others that are longer or shorter."""
    if type in _SERIES and draw.chance(70 if in_step else 3):
        draw.use("set-returning function in the select list")
        return expressions.apply(draw, draw.pick(expressions.parsed(_SERIES[type], type)), scope, 1)
    return expressions.make(draw, type, scope, depth)


def _wanted(draw: Draw, scope: Scope) -> str:
    """Return a type that the statement should show: of what its conditions speak, or what it has at all."""
    for refs, percent in ((scope.hot, 45), (scope.refs, 65)):
        known = [ref.type for ref in refs if ref.type in TYPES]
        if known and draw.chance(percent):
            return draw.pick(known)
    if draw.chance(30):
        return draw.pick([type for type in TYPES if type not in ("filled", "nothing_checked", "varchar")])
    return draw.pick(_FAVOURITES)


def _distinct(draw: Draw, scope: Scope, columns: list[tuple[str, str]]) -> Piece:
    if any(type in NO_EQUALITY for _, type in columns) or not draw.chance(10):
        return NOTHING
    refs = [ref for ref in scope.refs if ref.type not in NO_EQUALITY and ref.column]
    if refs and draw.chance(45):
        draw.use("DISTINCT ON")
        return optional(f"DISTINCT ON ({draw.pick(refs).text}) ")
    draw.use("DISTINCT")
    return optional("DISTINCT ")


def _tail(draw: Draw, columns: list[tuple[str, str]], *, single: bool, ordered: bool = True) -> Piece:
    """Return ORDER BY, LIMIT and OFFSET, each now and then."""
    parts: list[str | Piece] = []
    sortable = [number for number, (_, type) in enumerate(columns, 1) if type not in NO_EQUALITY]
    order = ordered and bool(sortable) and draw.chance(15)
    if order:
        draw.use("ORDER BY")
        parts.append(optional(f" ORDER BY {draw.pick(sortable)}{draw.pick(('', ' DESC', ' NULLS FIRST'))}"))
    if single:
        if draw.chance(92):
            parts.append(Piece((draw.pick((" LIMIT 1", " LIMIT 1", " OFFSET 0 LIMIT 1", " LIMIT 0")),)))
    elif draw.chance(8):
        draw.use("LIMIT")
        ties = " FETCH FIRST 2 ROWS WITH TIES" if order else " FETCH FIRST ROW ONLY"
        parts.append(optional(draw.pick((" LIMIT 3", " OFFSET 1", " LIMIT 2 OFFSET 1", " LIMIT NULL", ties))))
    return Piece(tuple(parts))


def _set_operation(draw: Draw, outer: Scope, depth: int, types: list[str] | None) -> Query:
    if types is None:
        usable = [type for type in TYPES if type not in NO_EQUALITY]
        types = [draw.pick(_FAVOURITES) if draw.chance(75) else draw.pick(usable) for _ in range(draw.pick((1, 2, 3)))]
    operator = draw.weighed(
        {"UNION": 3, "UNION ALL": 4, "INTERSECT": 2, "EXCEPT": 2, "EXCEPT ALL": 1, "INTERSECT ALL": 1}
    )
    if any(type in NO_EQUALITY for type in types):
        operator = "UNION ALL"
    draw.use(operator)
    arms = [make(draw, outer, depth - 1, types) for _ in range(2)]
    piece = Piece(("(", arms[0].piece, f") {operator} (", arms[1].piece, ")"))
    return Query(piece, arms[0].columns, (operator,) * len(types))


def named(query: Query, draw: Draw) -> Query:
    """Return *query* as a statement: each column has a name of its own."""
    names = [name for name, _ in query.columns]
    if len(set(names)) == len(names) and all(name.isidentifier() for name in names):
        return query
    alias = draw.name()
    columns = [(draw.name("c"), type) for _, type in query.columns]
    renamed = ", ".join(name for name, _ in columns)
    return replace(query, piece=Piece(("SELECT * FROM (", query.piece, f") AS {alias} ({renamed})")), columns=columns)


def refs_of(alias: str, columns: list[tuple[str, str]]) -> list[Ref]:
    """Return the columns of the FROM item called *alias*."""
    return [Ref(f"{alias}.{name}", type, name, alias) for name, type in columns]
