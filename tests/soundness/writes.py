"""Random INSERT, UPDATE, DELETE and MERGE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tests.soundness import conditions, expressions, nested, queries, sources
from tests.soundness.draw import Draw
from tests.soundness.piece import NOTHING, Piece, expression, listed, optional
from tests.soundness.schema import Column, Relation
from tests.soundness.scope import RECORD, Ref, Scope, Source
from tests.soundness.types import constant
from tests.soundness.values import assignments, written_columns, written_value


@dataclass(frozen=True, slots=True)
class Write:
    """A statement that writes, and what RETURNING gives."""

    piece: Piece
    columns: list[tuple[str, str]]
    labels: tuple[str, ...] = ()


def make(draw: Draw, outer: Scope, depth: int, *, returning: bool = True) -> Write:
    """Return a statement that writes; *outer* has the CTEs before it."""
    kind = draw.weighed({"INSERT": 35, "UPDATE": 30, "DELETE": 17, "MERGE": 18})
    if kind == "MERGE" and returning and draw.version < 170000:
        kind = "UPDATE"
    targets = [relation for relation in draw.schema.relations if kind in relation.writes]
    if not targets:
        kind = "INSERT"
        targets = draw.schema.tables
    target = draw.pick(targets)
    draw.use(kind)
    draw.use(f"write to {target.kind}")
    return {"INSERT": insert, "UPDATE": update, "DELETE": delete, "MERGE": merge}[kind](
        draw, target, outer, depth, returning
    )


def insert(draw: Draw, target: Relation, outer: Scope, depth: int, returning: bool) -> Write:
    """Return INSERT, with ON CONFLICT now and then."""
    alias = draw.name()
    columns = written_columns(draw, target)
    is_upsert = "CONFLICT" in target.writes and bool(target.key) and draw.chance(35)
    if is_upsert:  # of one row that is there, perhaps with NULL where this one has a value
        columns = [column for column in target.columns if not column.generated]
    scope = Scope(outer=Scope(tables=outer.tables), tables=outer.tables)
    if not columns or (draw.chance(4) and not is_upsert):
        columns, body = [], Piece((" DEFAULT VALUES",))
    else:
        names = ", ".join(column.name for column in columns)
        if draw.chance(30) and not is_upsert:
            draw.use("INSERT SELECT")
            types = [column.type for column in columns]
            query = queries.make(draw, Scope(tables=outer.tables), depth - 1, types)
            body = Piece((f" ({names}) ", query.piece))
        else:
            rows = [
                listed([_inserted(draw, target, column, scope, sure=is_upsert) for column in columns], least=99)
                for _ in range(1 if is_upsert else draw.pick((1, 1, 2)))
            ]
            body = Piece((f" ({names}) VALUES ", listed([Piece(("(", row, ")")) for row in rows])))
    on_conflict = NOTHING
    if is_upsert or ("CONFLICT" in target.writes and draw.chance(25)):
        on_conflict = _on_conflict(draw, target, alias, updates=is_upsert)
    own = _refs(target, alias)
    inserted = Scope(own, [(alias, target.name)], tables=outer.tables)
    back = _returning(draw, inserted, target, depth, returning, written=columns)
    overriding = " OVERRIDING USER VALUE" if draw.chance(2) and columns else ""
    if overriding and isinstance(body.parts[0], str):
        split = body.parts[0].index(")") + 1
        body = Piece((body.parts[0][:split] + overriding + body.parts[0][split:], *body.parts[1:]))
    return Write(
        Piece((f"INSERT INTO {target.name} AS {alias}", body, on_conflict, back.piece)), back.columns, back.labels
    )


def _inserted(draw: Draw, target: Relation, column: Column, scope: Scope, *, sure: bool) -> Piece:
    """Return a value to insert; *sure*: mostly a constant."""
    if not sure or not draw.chance(60):
        return written_value(draw, target, column, scope, 1)
    value = draw.pick(("1", "2", "3")) if column.name in target.key or column.foreign_key else draw.value(column.type)
    return Piece((constant(column.type, value),), type=column.type)


def _on_conflict(draw: Draw, target: Relation, alias: str, *, updates: bool) -> Piece:
    draw.use("ON CONFLICT")
    if not target.key or (draw.chance(40) and not updates):
        return optional(" ON CONFLICT DO NOTHING")
    goal = f" ON CONFLICT ({', '.join(target.key)})"
    if draw.chance(10 if updates else 25):
        return optional(f"{goal} DO NOTHING")
    draw.use("ON CONFLICT DO UPDATE")
    excluded = [Ref(f"excluded.{column.name}", column.type, column.name, "excluded") for column in target.columns]
    scope = Scope([*excluded, *_refs(target, alias)])
    return optional(f"{goal} DO UPDATE SET ", assignments(draw, target, scope), conditions.where(draw, scope, 1, 25))


def update(draw: Draw, target: Relation, outer: Scope, depth: int, returning: bool) -> Write:
    """Return UPDATE, with FROM now and then."""
    alias = draw.name()
    source, from_clause = _other(draw, outer, depth, "FROM")
    scope = Scope([*_refs(target, alias), *source.refs], [(alias, target.name), *source.rows], tables=outer.tables)
    where = _join(draw, scope, depth)
    changes = assignments(draw, target, scope)
    back = _returning(draw, scope, target, depth, returning)
    text = f"UPDATE {_only(draw, target)}{target.name} AS {alias} SET "
    return Write(Piece((text, changes, from_clause, where, back.piece)), back.columns, back.labels)


def delete(draw: Draw, target: Relation, outer: Scope, depth: int, returning: bool) -> Write:
    """Return DELETE, with USING now and then."""
    alias = draw.name()
    source, using = _other(draw, outer, depth, "USING")
    scope = Scope([*_refs(target, alias), *source.refs], [(alias, target.name), *source.rows], tables=outer.tables)
    where = _join(draw, scope, depth)
    back = _returning(draw, scope, target, depth, returning)
    text = f"DELETE FROM {_only(draw, target)}{target.name} AS {alias}"
    return Write(Piece((text, using, where, back.piece)), back.columns, back.labels)


def merge(draw: Draw, target: Relation, outer: Scope, depth: int, returning: bool) -> Write:
    """Return MERGE with one to three actions."""
    alias = draw.name()
    around = Scope(outer=Scope(tables=outer.tables), tables=outer.tables)
    source = sources.make(draw, around, min(depth, 1))
    own = _refs(target, alias)
    both = Scope([*own, *source.refs], [(alias, target.name), *source.rows], tables=outer.tables)
    theirs = Scope(source.refs, list(source.rows), tables=outer.tables)
    mine = Scope(own, [(alias, target.name)], tables=outer.tables)
    kinds = ["MATCHED", "NOT MATCHED"] + (["NOT MATCHED BY SOURCE"] * 2 if draw.version >= 170000 else [])
    actions: list[Piece] = []
    for kind in sorted({draw.pick(kinds) for _ in range(draw.pick((1, 2, 3)))}):
        draw.use(f"MERGE {kind}")
        visible = {"MATCHED": both, "NOT MATCHED": theirs}.get(kind, mine)
        test = Piece((" AND ", conditions.make(draw, visible, 1)), "optional") if draw.chance(25) else NOTHING
        if kind == "NOT MATCHED":
            columns = written_columns(draw, target)
            values = [written_value(draw, target, column, visible, 1) for column in columns]
            names = ", ".join(column.name for column in columns)
            action = Piece((f"INSERT ({names}) VALUES (", listed(values, least=99), ")"))
            action = action if columns else Piece(("INSERT DEFAULT VALUES",))
        else:
            how = draw.pick(("UPDATE", "UPDATE", "DELETE", "DO NOTHING"))
            action = Piece((how,))
            if how == "UPDATE":
                action = Piece(("UPDATE SET ", assignments(draw, target, visible)))
        actions.append(Piece((f" WHEN {kind}", test, " THEN ", action)))
    pairs = [(one, other) for one in own for other in source.refs if one.type == other.type and one.name == other.name]
    on: Piece = conditions.make(draw, both, 1)
    if pairs and draw.chance(80):
        one, other = draw.pick(pairs)
        on = expression("boolean", "comparison", f"({one.text} = {other.text})")
    back = _returning(draw, both, target, depth, returning, merging=True)
    text = f"MERGE INTO {_only(draw, target)}{target.name} AS {alias} USING "
    return Write(Piece((text, source.piece, " ON ", on, listed(actions, ""), back.piece)), back.columns, back.labels)


def _only(draw: Draw, target: Relation) -> str:
    return "ONLY " if target.kind == "table" and target.children and draw.chance(30) else ""


def _refs(target: Relation, alias: str) -> list[Ref]:
    return [Ref(f"{alias}.{column.name}", column.type, column.name, alias) for column in target.columns]


def _other(draw: Draw, outer: Scope, depth: int, word: str) -> tuple[Source, Piece]:
    """Return the FROM of an UPDATE or the USING of a DELETE, if it has one."""
    if not draw.chance(40):
        return Source(NOTHING, ()), NOTHING
    draw.use(f"{word} of a write")
    source = sources.make(draw, Scope(outer=Scope(tables=outer.tables), tables=outer.tables), depth - 1)
    return source, Piece((f" {word} ", source.piece))


def _join(draw: Draw, scope: Scope, depth: int) -> Piece:
    return conditions.where(draw, scope, depth - 1, 45)


def _returning(
    draw: Draw,
    scope: Scope,
    target: Relation,
    depth: int,
    wanted: bool,
    *,
    written: Sequence[Column] = (),
    merging: bool = False,
) -> Write:
    """Return RETURNING; columns in *written* are likely to be in it."""
    if not wanted or (merging and draw.version < 170000):
        return Write(NOTHING, [])
    draw.use("RETURNING")
    scope = replace(scope, refs=list(scope.refs))
    options = ""
    if draw.version >= 180000 and draw.chance(50):
        draw.use("RETURNING old, new")
        words = ("old", "new")
        if draw.chance(20):
            draw.use("RETURNING WITH")
            words = (draw.name("o"), draw.name("n"))
            options = f"WITH (OLD AS {words[0]}, NEW AS {words[1]}) "
        for word in words:
            turned = [
                Ref(f"{word}.{column.name}", column.type, column.name, word, version=True) for column in target.columns
            ]
            scope.refs += turned
            scope.rows = [*scope.rows, (word, target.name)]
            scope.hot += turned
    names = {column.name for column in written}
    columns: list[tuple[str, str]] = []
    items: list[str | Piece] = []
    labels: list[str] = []
    for _ in range(draw.pick((1, 2, 3, 4))):
        theirs = [text for text in scope.whole_rows if text != scope.whole_rows[0]]
        if merging and theirs and draw.chance(25):
            draw.use("row of the source of MERGE")
            type, piece = RECORD, expression("", "row of the source", draw.pick(theirs))
        elif draw.chance(18):
            type, piece = nested.column(draw, scope.without_versions(), depth - 1)
        elif merging and draw.chance(10):
            draw.use("merge_action()")
            type, piece = "text", expression("text", "merge_action", "merge_action()")
        elif scope.refs and draw.chance(65):
            ref = draw.pick(
                [ref for ref in scope.refs if ref.name in names] if names and draw.chance(60) else scope.refs
            )
            label = f"returned {ref.source if ref.source in ('old', 'new') else 'column'}"
            type, piece = ref.type, expression(ref.type, label, ref.text)
        else:
            type = draw.pick(("integer", "text", "boolean", "date"))
            piece = expressions.make(draw, type, scope, depth - 1)
        name = draw.name("c")
        columns.append((name, type))
        items.append(Piece((piece, f" AS {name}")))
        labels.append(piece.label)
    return Write(Piece((f" RETURNING {options}", listed(items))), columns, tuple(labels))
