"""Random FROM items."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tests.soundness import conditions, expressions, queries
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, fill, listed
from tests.soundness.schema import Relation
from tests.soundness.scope import MADE, RECORD, Ref, Scope, Source, known_once
from tests.soundness.types import NO_EQUALITY, TYPES

_CATALOGS = {
    "pg_catalog.pg_class": (("oid", "oid"), ("relkind::text", "text"), ("relacl::text", "text")),
    "pg_catalog.pg_proc": (("oid", "oid"), ("proname::text", "text"), ("probin", "text"), ("pronargs", "smallint")),
    "pg_catalog.pg_settings": (("name", "text"), ("setting", "text"), ("unit", "text")),
}


def make(draw: Draw, scope: Scope, depth: int, lateral: bool = False) -> Source:
    """
    Return a FROM item.

    Args:
        scope: What is visible in it; with *lateral* its own refs are FROM items before it.
    """
    kinds = {"relation": 60, "table function": 8, "values": 5}
    if scope.tables:
        kinds |= {"cte": 35}
    if draw.spend(depth):
        kinds |= {"join": 55, "subquery": 14}
    kind = draw.weighed(kinds)
    draw.use(f"from: {kind}")
    if kind == "join":
        return join(draw, scope, depth, lateral)
    if kind == "subquery":
        sees_before = lateral and draw.chance(70)
        query = queries.make(draw, _visible(scope, lateral=sees_before), depth - 1, None)
        if sees_before:
            draw.use("LATERAL")
        return _aliased(draw, Piece(("LATERAL (" if sees_before else "(", query.piece, ")")), query.columns)
    if kind == "values":
        query = queries.values(draw, _visible(scope, lateral=False), 1, None)
        return _aliased(draw, Piece(("(", query.piece, ")")), query.columns, rename=True)
    if kind == "table function":
        return _function(draw, scope if lateral else Scope(outer=scope.outer, tables=scope.tables), depth)
    if kind == "cte":
        name = draw.pick(list(scope.tables))
        return _aliased(draw, Piece((name,)), scope.tables[name])
    if draw.chance(2):
        name = draw.pick(list(_CATALOGS))
        alias = draw.name()
        columns = tuple(Ref(f"{alias}.{column}", type, column, alias) for column, type in _CATALOGS[name])
        return Source(Piece((f"(SELECT * FROM {name} ORDER BY 1 LIMIT 3) AS {alias}",), "source"), columns)
    return relation(draw, draw.pick(draw.schema.relations))


def _visible(scope: Scope, *, lateral: bool) -> Scope:
    """Return what a subquery in FROM sees."""
    around = scope if lateral else scope.outer
    seen = around.for_subquery() if around is not None else Scope()
    seen.tables = scope.tables
    return seen


def relation(draw: Draw, relation: Relation, *, target: bool = False) -> Source:
    """Return a table or view; *target* is for one that is written."""
    alias = draw.name()
    only = "ONLY " if relation.children and draw.chance(30) and relation.kind == "table" else ""
    draw.use("ONLY" if only else f"relation: {relation.kind}")
    columns = [(column.name, column.type) for column in relation.columns]
    renamed = ""
    if not target and draw.chance(8):
        draw.use("column aliases")
        new = draw.name("r")
        renamed = f" ({new})"
        columns[0] = (new, columns[0][1])
    sample = " TABLESAMPLE BERNOULLI (100)" if relation.kind == "table" and not target and draw.chance(2) else ""
    refs = tuple(Ref(f"{alias}.{name}", type, name, alias) for name, type in columns)
    hidden: tuple[Ref, ...] = ()
    if relation.kind in ("table", "partitioned") and not target:
        hidden = (Ref(f"{alias}.tableoid", "oid", "tableoid", alias),)
    if draw.chance(12):
        draw.use("field of a whole row")
        hidden += tuple(Ref(f"({alias}).{name}", type, name, alias) for name, type in columns)
    keys = ((alias, relation.key),) if relation.grouping_key and not renamed else ()
    piece = Piece((f"{only}{relation.name} AS {alias}{renamed}{sample}",), "source")
    return Source(piece, refs, hidden, ((alias, relation.name), *_made(refs)), keys)


def _aliased(draw: Draw, body: Piece, columns: list[tuple[str, str]], *, rename: bool = False) -> Source:
    alias = draw.name()
    names = ""
    if rename or draw.chance(15):
        draw.use("column aliases")
        columns = [(draw.name("r"), type) for _, type in columns]
        names = f" ({', '.join(name for name, _ in columns)})"
    once = known_once([Ref(f"{alias}.{name}", type, name, alias) for name, type in columns])
    rows = ((alias, RECORD), *_made(once))
    return Source(Piece((body, f" AS {alias}{names}"), "source"), tuple(once), (), rows)


def _made(refs: Iterable[Ref]) -> list[tuple[str, str]]:
    """Return columns that hold rows, or what has no type with a name."""
    return [(ref.text, ref.type) for ref in refs if ref.type in (RECORD, MADE)]


def _function(draw: Draw, scope: Scope, depth: int) -> Source:
    """Return a function in FROM: of the schema, generate_series, unnest, ROWS FROM, json_table and the like."""
    kind = draw.pick(
        ("own", "own", "series", "unnest", "unnest", "rows from", "rows from", "recordset", "split", "json")
    )
    draw.use(f"table function: {kind}")
    alias = draw.name()

    def argument(type: str) -> Piece:
        return expressions.make(draw, type, scope, 1)

    if kind == "own":
        function = draw.pick(draw.schema.functions)
        arguments = listed([argument(type) for type in function.arguments], least=9)
        body = fill(f"{function.name}({{}})", arguments)
        columns = list(function.columns)
    elif kind == "series":
        body = fill("generate_series({}, 3)", Piece((draw.pick(("0", "1", "2", "NULL::integer")),)))
        columns = [(alias, "integer")]
    elif kind == "unnest":
        arrays = [draw.pick(("integer[]", "text[]", "mood[]")) for _ in range(draw.pick((1, 1, 2, 2, 3)))]
        given = [_array(draw, type, scope) for type in arrays]
        body = fill("unnest({})", listed(given, least=9))
        columns = [(draw.name("r"), str(TYPES[type].element)) for type in arrays]
    elif kind == "rows from":
        parts = [
            fill("unnest({})", draw.constant("integer[]") if draw.chance(60) else argument("integer[]")),
            Piece((f"generate_series(1, {draw.pick((0, 1, 2, 3))})",)),
            Piece((f"generate_series(1, {draw.pick((0, 1, 2))})",)),
        ]
        parts = draw.random.sample(parts, 2)
        body = fill("ROWS FROM ({})", listed(parts, least=9))
        columns = [(draw.name("r"), "integer"), (draw.name("r"), "integer")]
    elif kind == "recordset":
        call = draw.pick(('jsonb_to_recordset(\'[{"a": 1}, {"b": "x"}]\')', "jsonb_to_record('{\"a\": null}')"))
        piece = Piece((f"{call} AS {alias} (a integer, b text)",), "source")
        refs = tuple(Ref(f"{alias}.{name}", type, name, alias) for name, type in (("a", "integer"), ("b", "text")))
        return Source(piece, refs, (), ((alias, "record"),))
    elif kind == "split":
        body = fill("regexp_split_to_table({}, 'b')", argument("text"))
        columns = [(alias, "text")]
    elif draw.version >= 170000 and draw.chance(50):
        path = draw.pick(("a integer PATH '$.a'", "a integer PATH '$.a' DEFAULT 1 ON EMPTY", "a FOR ORDINALITY"))
        body = fill(f"JSON_TABLE({{}}, '$[*]' COLUMNS ({path}, b boolean EXISTS PATH '$.b'))", argument("jsonb"))
        draw.use("JSON_TABLE")
        columns = [("a", "integer"), ("b", "boolean")]
    else:
        body = Piece(('jsonb_each_text(\'{"a": 1, "b": null}\')',))
        columns = [("key", "text"), ("value", "text")]
    names = ", ".join(name for name, _ in columns)
    before, after = "", ""
    if "JSON_TABLE" not in str(body) and draw.chance(25):
        draw.use("WITH ORDINALITY")
        ordinality = draw.name("r")
        columns = [*columns, (ordinality, "bigint")]
        after, names = " WITH ORDINALITY", f"{names}, {ordinality}"
    refs = tuple(Ref(f"{alias}.{name}", type, name, alias) for name, type in columns)
    return Source(Piece((before, body, f"{after} AS {alias} ({names})"), "source"), refs, (), ((alias, "record"),))


def _array(draw: Draw, type: str, scope: Scope) -> Piece:
    kind = draw.weighed({"constant": 35, "parameter": 20 if draw.with_parameters else 0, "any": 45})
    if kind == "constant":
        return draw.constant(type)
    return draw.parameter(type, bare=False) if kind == "parameter" else expressions.make(draw, type, scope, 2)


def join(draw: Draw, scope: Scope, depth: int, lateral: bool = False) -> Source:
    """Return a join in parentheses."""
    kind = draw.weighed({"JOIN": 28, "LEFT JOIN": 32, "RIGHT JOIN": 14, "FULL JOIN": 14, "CROSS JOIN": 7})
    left = make(draw, scope, depth - 1, lateral)
    if kind in ("JOIN", "LEFT JOIN", "CROSS JOIN") and draw.chance(25):
        visible = [*left.refs, *(scope.refs if lateral else ())]
        beside = Scope(visible, list(left.rows), scope.outer, tables=scope.tables)
        right = make(draw, beside, depth - 1, lateral=True)
    else:
        right = make(draw, scope, depth - 1, lateral)
    draw.use(kind)
    whole = Source(
        NOTHING,
        left.columns + right.columns,
        left.hidden + right.hidden,
        left.rows + right.rows,
        left.keys + right.keys,
    )
    common = _common(left, right)
    how: Piece = NOTHING
    if kind == "CROSS JOIN":
        pass
    elif common and draw.chance(30):
        natural = _naturally_common(left, right)
        names = natural if natural and draw.chance(30) else [draw.pick(common)]
        whole = _merged(whole, left, right, names, kind)
        if names is natural:
            draw.use("NATURAL")
            kind = f"NATURAL {kind}"
        else:
            draw.use("USING")
            how = Piece((f" USING ({', '.join(names)})",))
            if draw.chance(20):
                alias = draw.name()
                draw.use("USING AS")
                how = Piece((*how.parts, f" AS {alias}"))
                types = {ref.name: ref.type for ref in whole.columns}
                merged = tuple(Ref(f"{alias}.{name}", types[name], name, alias) for name in names)
                whole = replace(whole, hidden=whole.hidden + merged)
    else:
        how = Piece((" ON ", _on(draw, left, right, scope, depth, full=kind == "FULL JOIN")))
    piece = Piece(("(", left.piece, f" {kind} ", right.piece, how, ")"), "source")
    if draw.chance(18):
        draw.use("alias of a join")
        alias = draw.name()
        once = known_once(whole.columns)
        refs = tuple(Ref(f"{alias}.{ref.name}", ref.type, ref.name, alias) for ref in once)
        return Source(Piece((piece, f" AS {alias}"), "source"), refs, (), ((alias, RECORD), *_made(refs)))
    return replace(whole, piece=piece)


def _on(draw: Draw, left: Source, right: Source, scope: Scope, depth: int, *, full: bool) -> Piece:
    """Return a join condition: mostly equality of two columns; *full* joins can do nothing else."""
    both = Source(NOTHING, left.columns + right.columns, left.hidden + right.hidden)
    inside = Scope(both.refs, [*left.rows, *right.rows], scope.outer, tables=scope.tables)
    pairs = [
        (one, other)
        for one in left.refs
        for other in right.refs
        if one.type == other.type and one.type not in NO_EQUALITY and one in inside.refs and other in inside.refs
    ]
    if draw.chance(8) or (full and not pairs):
        return Piece((draw.pick(("true", "true", "false")),))
    if not pairs or (draw.chance(25) and not (full and draw.chance(90))):
        return conditions.sharp(draw, inside) if draw.chance(50) else conditions.make(draw, inside, depth - 1)
    one, other = draw.pick(pairs)
    equal = expression("boolean", "comparison =", f"({one.text} = {other.text})")
    if draw.chance(20):
        word = "AND" if full else draw.pick(("AND", "OR"))
        return expression("boolean", word, "({})", listed([equal, conditions.make(draw, inside, 1)], f" {word} "))
    return equal


def _common(left: Source, right: Source) -> list[str]:
    """Return the names that each side has once, with the same type."""
    lefts = {ref.name: ref.type for ref in known_once(left.columns)}
    rights = {ref.name: ref.type for ref in known_once(right.columns)}
    return sorted(
        name
        for name, type in lefts.items()
        if rights.get(name) == type and type not in NO_EQUALITY and name.isidentifier()
    )


def _naturally_common(left: Source, right: Source) -> list[str]:
    """Return what NATURAL JOIN would take, or nothing where it would fail."""
    names = {ref.name for ref in left.columns} & {ref.name for ref in right.columns}
    return sorted(names) if names == set(_common(left, right)) else []


def _merged(whole: Source, left: Source, right: Source, names: list[str], kind: str) -> Source:
    """Return the join's columns when those called *names* are merged."""
    side = right if kind == "RIGHT JOIN" else left
    merged = tuple(Ref(ref.name, ref.type, ref.name) for name in names for ref in side.columns if ref.name == name)
    others = tuple(ref for ref in whole.columns if ref.name not in names)
    covered = tuple(ref for ref in whole.columns if ref.name in names and ref.source)
    return replace(whole, columns=merged + others, hidden=whole.hidden + covered)
