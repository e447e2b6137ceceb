"""Types of one database by OID, read once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import psycopg

from plainsql.queries.catalog import ListTypesRow, list_types
from plainsql.typemap import PgType, TypeKind

_KINDS: dict[str, TypeKind] = {
    "c": "composite",
    "d": "domain",
    "e": "enum",
    "m": "multirange",
    "p": "pseudo",
    "r": "range",
}


class TypeCatalog:
    """Reads types on first use and remembers them."""

    def __init__(self, conn: psycopg.Connection[Any]) -> None:
        self._conn = conn
        self._types: dict[int, PgType] = {}

    def read(self, oids: Iterable[int]) -> None:
        """Read the types that are not known yet, in one query."""
        missing = sorted({oid for oid in oids if oid and oid not in self._types})
        if missing:
            rows = {row.oid: row for row in list_types(self._conn, oids=missing)}
            for oid in rows:
                self._build(oid, rows)

    def __getitem__(self, oid: int) -> PgType:
        """Return a type; one that the catalog doesn't have is a pseudo-type named by its OID."""
        if oid not in self._types:
            self.read([oid])
        return self._types.get(oid) or PgType(oid, str(oid), str(oid), "pseudo")

    def _build(self, oid: int, rows: dict[int, ListTypesRow]) -> PgType | None:
        if oid in self._types or oid not in rows:
            return self._types.get(oid)
        row = rows[oid]
        element = self._build(row.element, rows) if row.element else None
        base = self._build(row.base, rows) if row.base else None
        self._types[oid] = built = PgType(
            oid=oid,
            name=row.name or row.typname,
            typname=row.typname,
            kind="array" if element else _KINDS.get(row.typtype, "base"),
            element=element,
            base=base,
            labels=tuple(label for label in row.labels or () if label is not None),
            schema=row.schema,
            not_null=row.not_null or (base is not None and base.not_null),
        )
        return built


def base_type(type: PgType) -> PgType:
    """Return what a domain is made of in the end; other types are themselves."""
    while type.kind == "domain" and type.base is not None:
        type = type.base
    return type
