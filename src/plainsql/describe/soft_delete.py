"""
Warnings of a statement that reads rows which are marked as deleted, because nothing in it asks for the mark.

What a statement asks of a table is in its analysed tree: the columns on which it needs the right to SELECT, wherever
they stand. A statement that names the mark at all is deliberate, whatever it does with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from plainsql.describe.rights import WHOLE_ROW, columns_named
from plainsql.nullability import Node, Relation
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

ALLOWED: Final = "deleted_rows"
"""What ``@allow`` calls this warning."""

_TABLE: Final = 0  # nodes/parsenodes.h, RTEKind
_TABLES: Final = ("r", "p", "f")  # catalog/pg_class.h, relkind; a view has an author who knew


def warn_of_deleted_rows(
    query: Query, statement: Node, relations: Mapping[int, Relation], column: str
) -> list[Problem]:
    """
    Return a warning for each table with *column* that is read and not asked for it, or for a needless ``@allow``.

    Args:
        query: As loaded.
        statement: The analysed Query.
        relations: The catalog's names of tables, by OID.
        column: The column that is set in a deleted row.
    """
    found = dict.fromkeys(_unfiltered(statement, column))
    allowed = next(
        (said for said in query.directives if said.name == "allow" and _code(said.argument) == ALLOWED), None
    )
    if allowed is not None:
        if found:
            return []
        message = f"'@allow {ALLOWED}' allows nothing: no table here is read without {column}"
        return [problem_at(query, None, message, hint="take the line out", level="warning")]
    return [
        problem_at(
            query,
            None,
            f"{_shown(relations.get(oid), alias)} is read with its deleted rows: nothing asks for {alias}.{column}",
            hint=f"write {alias}.{column} IS NULL, or '-- @allow {ALLOWED} …' with the reason",
            level="warning",
        )
        for oid, alias in found
    ]


def _unfiltered(statement: Node, column: str) -> Iterator[tuple[int, str]]:
    """Yield OID and alias of each table that is read without its *column*."""
    for query in statement.walk():
        if query.tag != "QUERY":
            continue
        for number, item in enumerate(query.nodes("rtable"), 1):
            if number == query.number("resultRelation"):
                continue  # what is written, not what is read
            place = _place(item, column)
            if place and item.flag("inFromCl", True) and not {place, WHOLE_ROW} & columns_named(query, item):
                yield item.number("relid"), _alias(item)


def _place(item: Node, column: str) -> int:
    """Return the number of *column* in a table; 0: it has none, or an alias renames its columns."""
    alias, listed = item.node("alias"), item.node("eref")
    if item.number("rtekind") != _TABLE or item.text("relkind") not in _TABLES or listed is None:
        return 0
    if alias is not None and alias.items("colnames"):
        return 0
    names = listed.items("colnames")
    return names.index(column) + 1 if column in names else 0


def _alias(item: Node) -> str:
    listed = item.node("eref")
    return listed.text("aliasname") if listed is not None else ""


def _shown(relation: Relation | None, alias: str) -> str:
    return alias if relation is None or relation.name == alias else f"{relation.name} AS {alias}"


def _code(argument: str) -> str:
    return argument.split(maxsplit=1)[0] if argument else ""
