"""Shapes of rows, and of what stands in the columns of FROM items."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from plainsql.nullability.ctes import find_cte
from plainsql.nullability.facts import TABLES, VIEWS, Relation
from plainsql.nullability.from_items import item_column_is_not_null
from plainsql.nullability.full_arrays import full_columns
from plainsql.nullability.keys import item
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import SELECT, output_entries
from plainsql.nullability.returning import source_may_be_absent
from plainsql.nullability.scope import Context
from plainsql.nullability.shapes import OF_TYPE, RECORD, Elements, Members, Shape, is_scalar, of_all
from plainsql.nullability.types import type_of

if TYPE_CHECKING:
    from plainsql.nullability.shaping import Shapes

_BIGINT = 20
_OLD = 1  # nodes/primnodes.h, VarReturningType
_EXCLUDED = "c"
"""relkind under which ON CONFLICT's EXCLUDED stands in the range table."""


def written(row: Node, context: Context, shapes: Shapes) -> Shape:
    """Return the shape of ``ROW(…)``: its own names are f1, f2, …; those of a composite type are not in the tree."""
    type = row.number("row_typeid")
    members = tuple(shapes.of(arg, context) for arg in row.nodes("args"))
    if type != RECORD:
        return Shape(type, inside=Members(None, members))
    names = tuple(name for name in row.items("colnames") if isinstance(name, str))
    return _row(type, names, members, tuple(type_of(arg) for arg in row.nodes("args")))


def member(select: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of ``(row).member``, of rows without a type of their own; others may have dropped columns."""
    generic, number = Shape(select.number("resulttype")), select.number("fieldnum")
    if is_scalar(generic.type):
        return generic
    row = shapes.of_value(select.node("arg"), context)
    if row is None or row.type != RECORD or not isinstance(row.inside, Members):
        return generic
    found = row.inside.shapes
    return found[number - 1] if 0 < number <= len(found) else generic


def column(var: Node, context: Context, shapes: Shapes) -> Shape | None:
    """Return the shape of a column of a FROM item, or of its whole row."""
    home, number = context.up(var.number("varlevelsup")), var.number("varattno")
    rte = home.scope.relation(var.number("varno"))
    generic = Shape(var.number("vartype"))
    if rte is None or number < 0 or is_scalar(generic.type):
        return generic
    if number == 0:
        return _whole_row(var, rte, context, home, shapes)
    if _is_written(var, home):
        return _stored(rte, number, generic, shapes)
    return _made(var, rte, number, home, shapes)


def _made(var: Node, rte: Node, number: int, home: Context, shapes: Shapes) -> Shape | None:
    generic = Shape(var.number("vartype"))
    match rte.number("rtekind", -1):
        case 0:
            relation = shapes.prover.facts.relations.get(rte.number("relid"))
            if relation is not None and relation.kind in VIEWS and rte.text("relkind") != _EXCLUDED:
                query = relation.view_query
                return generic if query is None else shapes.output(query, number, None)
            return _stored(rte, number, generic, shapes)
        case 1:
            query = rte.node("subquery")
            return generic if query is None else shapes.output(query, number, Context(home.scope))
        case 2:
            return shapes.of_value(item(rte, "joinaliasvars", number), home)
        case 5:
            rows = [row for row in rte.items("values_lists") if isinstance(row, list) and number <= len(row)]
            members = [row[number - 1] for row in rows]
            plain = Context(home.scope)
            return of_all(shapes.of_value(found, plain) for found in members if isinstance(found, Node))
        case 6:
            return _of_cte(rte, number, generic, home, shapes)
        case 9:
            return shapes.of_value(item(rte, "groupexprs", number), home.below())
        case _:
            return generic


def _of_cte(rte: Node, number: int, generic: Shape, home: Context, shapes: Shapes) -> Shape | None:
    cte, definer = find_cte(rte, home)
    query = cte.node("ctequery")
    if query is None or number > len(output_entries(query)):  # what SEARCH and CYCLE add
        return generic
    if rte.flag("self_reference"):
        return shapes.assumed.get((id(query), number), generic)
    if cte.flag("cterecursive"):
        return shapes.recursive_output(query, number, definer)
    return shapes.output(query, number, definer)


def _is_written(var: Node, home: Context) -> bool:
    """A rule, or a trigger of a view, may return anything: what a written view is made of says nothing."""
    query = home.scope.query
    return query.number("commandType") != SELECT and var.number("varno") == query.number("resultRelation")


def _reads_virtual(query: Node, shapes: Shapes) -> bool:
    """Return whether a table that *query* names has a virtual column, whose expression is put in its place."""
    tables = {node.number("relid") for node in query.walk() if node.tag == "RANGETBLENTRY"}
    relations = [found for oid, found in shapes.prover.facts.relations.items() if oid in tables]
    return any(found.generated == "v" for relation in relations for found in relation.columns.values())


def _is_table(rte: Node, shapes: Shapes) -> bool:
    relation = shapes.prover.facts.relations.get(rte.number("relid"))
    is_table = relation is not None and relation.kind in TABLES and not relation.has_rules
    return is_table and rte.number("rtekind", -1) == 0


def _stored(rte: Node, number: int, generic: Shape, shapes: Shapes) -> Shape:
    relation = shapes.prover.facts.relations.get(rte.number("relid"))
    if relation is None or relation.kind not in TABLES or relation.has_rules or rte.text("relkind") == _EXCLUDED:
        return generic
    with_children = rte.flag("inh", True) or relation.kind == "p"
    is_full = full_columns(relation, number, shapes.prover, with_children=with_children)
    return replace(generic, inside=Elements(Shape(OF_TYPE))) if is_full else generic


def _whole_row(var: Node, rte: Node, context: Context, home: Context, shapes: Shapes) -> Shape:
    """
    Where there is a row, its members are those of its item: what an outer join does to it, it does to the whole of it.

    Not so that of a join: it is put together from columns, which are NULL one by one.
    """
    generic = Shape(var.number("vartype"))
    if home.scope.query.items("groupingSets") and home.is_grouped:
        return generic
    found = list(_columns(rte, shapes))
    is_join, is_excluded = rte.number("rtekind", -1) == 2, rte.text("relkind") == _EXCLUDED
    # With virtual columns PostgreSQL 18 makes the row of the absent source of MERGE of NULLs, where it is a join.
    query = home.scope.query
    is_absent = source_may_be_absent(query) and not (_is_table(rte, shapes) and not _reads_virtual(query, shapes))
    is_new = _is_written(var, home) and not (var.number("varreturningtype") == _OLD and _is_table(rte, shapes))
    is_whole = not (is_join or is_excluded or is_absent or is_new)
    names, members = [], []
    for number, name, type in found:
        field = var.replacing(varattno=str(number), vartype=str(type))
        prover = shapes.prover
        is_not_null = prover.expression_is_not_null(field, context)
        if not is_not_null and is_whole:
            is_not_null = item_column_is_not_null(rte, field, home, prover)
        value = shapes.of_value(field, context)
        names.append(name)
        members.append(Shape(type, nullable=True) if value is None else replace(value, nullable=not is_not_null))
    return _row(generic.type, tuple(names), tuple(members), tuple(type for _, _, type in found)) if found else generic


def _columns(rte: Node, shapes: Shapes) -> Iterator[tuple[int, str, int]]:
    """Yield number, name and type of the columns of a FROM item; nothing where they aren't known."""
    match rte.number("rtekind", -1):
        case 0:
            relation = shapes.prover.facts.relations.get(rte.number("relid"))
            if relation is not None:
                yield from _columns_of_relation(relation)
        case 1:
            yield from _named(rte, _types(rte.node("subquery")))
        case 2:
            aliases = [alias if isinstance(alias, Node) else None for alias in rte.items("joinaliasvars")]
            yield from _named(rte, [type_of(alias) for alias in aliases])
        case 3:
            yield from _named(rte, _types_of_sets(rte))
        case 5 | 6:
            yield from _named(rte, rte.numbers("coltypes"))


def _columns_of_relation(relation: Relation) -> Iterator[tuple[int, str, int]]:
    for number, found in sorted(relation.columns.items()):
        yield number, found.name, found.type


def _named(rte: Node, types: list[int]) -> Iterator[tuple[int, str, int]]:
    names = rte.node("eref")
    listed = [name for name in names.items("colnames") if isinstance(name, str)] if names is not None else []
    if len(listed) == len(types):
        yield from zip(range(1, len(types) + 1), listed, types, strict=True)


def _types_of_sets(rte: Node) -> list[int]:
    """Return the types of functions in FROM that each have one column, and of the row number; else nothing."""
    types = [type_of(function.node("funcexpr")) for function in rte.nodes("functions")]
    are_single = all(function.number("funccolcount") == 1 for function in rte.nodes("functions"))
    if not are_single or not all(map(is_scalar, types)):  # a row of one column is told apart by nothing
        return []
    return [*types, *([_BIGINT] if rte.flag("funcordinality") else [])]


def _types(query: Node | None) -> list[int]:
    if query is None:
        return []
    if (operation := query.node("setOperations")) is not None:
        return operation.numbers("colTypes")
    return [type_of(entry.node("expr")) for entry in output_entries(query)]


def _row(type: int, names: tuple[str, ...], members: tuple[Shape, ...], types: tuple[int, ...]) -> Shape:
    """In JSON two members of one name would be told apart by nothing."""
    if len(names) != len(members) or len(set(names)) < len(names):
        return Shape(type)
    return Shape(type, inside=Members(names, members, types))
