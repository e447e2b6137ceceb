"""Relations, functions and domains of one database by OID, read once, and everything that they are made of."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg

from plainsql.describe.unread import Unread, expression, expressions
from plainsql.errors import PlainSQLError
from plainsql.nullability import Facts, Function, Node, Relation, TableColumn, read_query, value_is_not_null
from plainsql.queries.catalog import list_visible_relations
from plainsql.queries.relations import (
    ListColumnsRow,
    list_checks,
    list_columns,
    list_domains,
    list_families,
    list_functions,
    list_relation_facts,
)
from plainsql.query.source import closest
from plainsql.typemap.builtin import FIRST_USER_OID

_RELATION = re.compile(r":relid ([1-9]\d{0,9})\b")
_FUNCTION = re.compile(r":(?:funcid|opfuncid|aggfnoid|winfnoid) ([1-9]\d{0,9})\b")
_TYPE = re.compile(r":(?:resulttype|paramtype) ([1-9]\d{4,9})\b")


class RelationCatalog:
    """Reads what a tree names on first use and remembers it."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn
        self._relations: dict[int, Relation] = {}
        self._functions: dict[int, Function] = {}
        self._domains: set[int] = set()
        self._unread = Unread()
        self._visible: list[str] | None = None

    def facts(self, tree: str) -> Facts:
        """Return what the catalog says of everything that *tree* names, views and their tables included."""
        texts = [tree]
        while texts:
            text = " ".join(texts)
            texts = self._read_relations(self._unread.new("relation", _RELATION.findall(text)))
            if functions := self._unread.new("function", _FUNCTION.findall(text)):
                for row in list_functions(self._conn, oids=functions):
                    self._functions[row.oid] = Function(row.is_strict, row.volatility)
            self._read_domains(_TYPE.findall(text))
        return Facts(self._relations, self._functions, self._domains)

    def read(self, oids: Iterable[int]) -> None:
        """Read relations that no tree names."""
        self._read_relations(self._unread.new("relation", oids))

    def _read_domains(self, oids: Iterable[str | int]) -> None:
        if domains := self._unread.new("domain", oids):
            for row in list_domains(self._conn, oids=domains):
                checks = expressions(row.checks or ())
                if row.oid is not None and (row.not_null or any(value_is_not_null(check) for check in checks)):
                    self._domains.add(row.oid)

    def _read_relations(self, oids: list[int]) -> list[str]:
        """Read relations with their children; return the trees of their views, checks and expressions."""
        if not oids:
            return []
        pairs = list_families(self._conn, oids=oids)
        if members := self._unread.new("relation", {pair.member for pair in pairs if pair.member is not None}):
            pairs += list_families(self._conn, oids=members)
        oids = sorted({*oids, *members})
        families: dict[int, list[int]] = defaultdict(list)
        for pair in pairs:
            if pair.root is not None and pair.member is not None:
                families[pair.root].append(pair.member)
        columns: dict[int, dict[int, TableColumn]] = defaultdict(dict)
        checks: dict[int, list[Node]] = defaultdict(list)
        new_checks: dict[int, list[Node]] = defaultdict(list)
        texts: list[str] = []
        rows = list_columns(self._conn, oids=oids)
        self._read_domains(row.type for row in rows if row.type >= FIRST_USER_OID)
        for column in rows:
            texts.append(column.expression or "")
            columns[column.relation][column.attnum] = _column(column, column.type in self._domains)
        for check in list_checks(self._conn, oids=oids):
            texts.append(check.expression or "")
            found = expressions([check.expression])
            new_checks[check.relation] += found
            checks[check.relation] += found if check.validated else []
        for row in list_relation_facts(self._conn, oids=oids):
            texts.append(row.view_query or "")
            self._relations[row.oid] = Relation(
                oid=row.oid,
                name=row.name if row.schema == "public" else f"{row.schema}.{row.name}",
                kind=row.kind,
                has_rules=bool(row.has_rules),
                triggers=tuple(kind for kind in row.row_triggers or () if kind is not None),
                columns=columns[row.oid],
                family=tuple(sorted({row.oid, *families[row.oid]})),
                checks=tuple(checks[row.oid]),
                new_checks=tuple(new_checks[row.oid]),
                view_query=_view_query(row.view_query),
            )
        return [text for text in texts if text]

    def suggest(self, word: str) -> str | None:
        """Return the relation that *word*, which names none, was probably meant to be."""
        if self._visible is None:
            rows = list_visible_relations(self._conn)
            self._visible = [f"{row.prefix}.{row.name}" if row.prefix else str(row.name) for row in rows]
        return closest(word, self._visible)


def _column(row: ListColumnsRow, domain_refuses_null: bool) -> TableColumn:
    return TableColumn(
        name=row.name,
        type=row.type,
        refuses_null=row.not_null or domain_refuses_null,
        not_null=row.not_null,
        proved=row.proved is True,
        generated=row.generated,
        expression=expression(row.expression),
    )


def _view_query(text: str | None) -> Node | None:
    try:
        return read_query(text) if text else None
    except PlainSQLError:
        return None
