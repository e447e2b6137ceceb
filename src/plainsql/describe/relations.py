"""Relations of one database by OID, read once: their names and what their columns refuse."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from plainsql.nullability import Facts, NotNull, Relation
from plainsql.queries.catalog import list_not_null_columns, list_relations, list_visible_relations
from plainsql.query.source import closest


class RelationCatalog:
    """Reads relations on first use and remembers them."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn
        self._relations: dict[int, Relation] = {}

    def facts(self, oids: Iterable[int]) -> Facts:
        """Return the relations with these OIDs, among others."""
        missing = sorted({oid for oid in oids if oid not in self._relations})
        if missing:
            columns: dict[int, dict[int, NotNull]] = {}
            for column in list_not_null_columns(self._conn, oids=missing):
                proof = NotNull(proved=column.proved is True, in_children=column.proved_in_children is True)
                columns.setdefault(column.relation, {})[column.attnum] = proof
            for row in list_relations(self._conn, oids=missing):
                name = row.name if row.schema == "public" else f"{row.schema}.{row.name}"
                self._relations[row.oid] = Relation(name, row.kind, row.has_rules, columns.get(row.oid, {}))
        return self._relations

    def suggest(self, word: str) -> str | None:
        """Return the relation that *word*, which names none, was probably meant to be."""
        rows = list_visible_relations(self._conn)
        return closest(word, [f"{row.prefix}.{row.name}" if row.prefix else str(row.name) for row in rows])

    def names(self, oids: Iterable[int]) -> tuple[str, ...]:
        """Return the names of relations, sorted."""
        facts = self.facts(oids := list(oids))
        return tuple(sorted(facts[oid].name for oid in oids if oid in facts))
