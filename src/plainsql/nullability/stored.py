"""
Columns of tables and views: NOT NULL, CHECK, generated columns, the query of a view.

A NOT NULL that is not valid yet, and one of a foreign table, say nothing of stored rows (manual, ALTER TABLE and CREATE
FOREIGN TABLE); neither does a domain's, which an empty scalar sub-select passes by (manual, CREATE DOMAIN). A table's
rows are those of its children too, and each has constraints of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.facts import TABLES, VIEWS, Relation
from plainsql.nullability.narrowing import NOTHING, Claims, Is, implied, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context, Scope
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover


def stored_is_not_null(rte: Node, column: int, prover: Prover) -> bool:
    """Return whether a column of a table or view can't be NULL in any of its rows; ONLY leaves children out."""
    relation = prover.facts.relations.get(rte.number("relid"))
    if relation is None:
        return False
    if relation.kind in VIEWS:
        query = relation.view_query
        return query is not None and prover.output_is_not_null(query, column, None)
    with_children = rte.flag("inh", True) or relation.kind == "p"
    return relation_column_is_not_null(relation, column, prover, with_children=with_children)


def relation_column_is_not_null(relation: Relation, column: int, prover: Prover, *, with_children: bool) -> bool:
    """Return whether no stored row of a table holds NULL in a column."""
    if column not in relation.columns:
        return False
    if not with_children:
        return _own_column_is_not_null(relation, column, prover)
    name = relation.columns[column].name
    members = [prover.facts.relations.get(oid) for oid in relation.family]
    return bool(members) and all(
        member is not None
        and any(
            _own_column_is_not_null(member, number, prover)
            for number, found in member.columns.items()
            if found.name == name
        )
        for member in members
    )


def _own_column_is_not_null(relation: Relation, column: int, prover: Prover) -> bool:
    if relation.kind not in TABLES:
        return False
    found = relation.columns[column]
    if found.proved or column in checked_columns(relation, prover):
        return True
    # Computed anew whenever the row is written, or read; an expression may name other columns of the row alone.
    return found.generated in ("s", "v") and expressions.is_not_null(
        found.expression, Context(_row_of(relation, prover)), prover
    )


def checked_columns(relation: Relation, prover: Prover) -> frozenset[int]:
    """Return the columns that hold no NULL in any stored row, by a CHECK."""
    if relation.oid not in prover.checked:
        lasting = tuple(check for check in relation.checks if not _calls_users(check))
        prover.checked[relation.oid] = _checked(relation, lasting, prover)
    return prover.checked[relation.oid]


def _calls_users(check: Node) -> bool:
    """A user's function may have become STRICT since rows passed; nobody checks them again (manual, 5.5.1)."""
    names = ("funcid", "opfuncid")
    return any(node.number(name) >= FIRST_USER_OID for node in check.walk() for name in names)


def refused_in_all(relation: Relation, prover: Prover) -> frozenset[int]:
    """Return the columns that no UPDATE sets to NULL: it reaches children, which may have dropped a NOT NULL."""
    members = [prover.facts.relations.get(oid) for oid in relation.family]
    names = [
        {member.columns[number].name for number in refusing_columns(member, prover)} if member is not None else set()
        for member in members
    ]
    common = set.intersection(*names) if names else set()
    return frozenset(number for number, column in relation.columns.items() if column.name in common)


def refusing_columns(relation: Relation, prover: Prover) -> frozenset[int]:
    """Return the columns that hold no NULL in any new row, by constraints that may be younger than the old ones."""
    if relation.oid not in prover.refusing:
        not_null_now = frozenset(number for number, column in relation.columns.items() if column.not_null)
        read_by_generated = [
            not_null(relation.columns[number].expression, Context(_row_of(relation, prover)), prover)
            for number in not_null_now
            if relation.columns[number].generated
        ]
        checked = _checked(relation, relation.new_checks, prover, *read_by_generated)
        prover.refusing[relation.oid] = checked | not_null_now
    return prover.refusing[relation.oid]


def _checked(relation: Relation, checks: tuple[Node, ...], prover: Prover, *more: Claims) -> frozenset[int]:
    """A CHECK passes for NULL as for true (manual, 5.5.1)."""
    scope = _row_of(relation, prover)
    claims = NOTHING.union(*more, *(implied(check, Is.NOT_FALSE, Context(scope), prover) for check in checks))
    return frozenset(number for number in relation.columns if ("column", scope.id, 1, number, "") in claims)


def _row_of(relation: Relation, prover: Prover) -> Scope:
    """Return a level whose only FROM item is the table itself: constraints and expressions name it as number 1."""
    if relation.oid not in prover.rows:
        item, rte, query = Node("RANGETBLREF"), Node("RANGETBLENTRY"), Node("QUERY")
        item.fields = {"rtindex": "1"}
        rte.fields = {"rtekind": "0", "relid": str(relation.oid), "inh": "false"}
        tree = Node("FROMEXPR")
        tree.fields = {"fromlist": [item]}
        query.fields = {"commandType": "1", "rtable": [rte], "jointree": tree}
        prover.rows[relation.oid] = Scope(query)
    return prover.rows[relation.oid]
