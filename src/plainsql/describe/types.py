"""Types of one database by OID, read once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import psycopg

from plainsql.custom_types import CustomType
from plainsql.queries.catalog import ListTypesRow, list_types
from plainsql.typemap import PgType, TypeKind

MAX_OID = 2**32 - 1

_KINDS: dict[str, TypeKind] = {
    "c": "composite",
    "d": "domain",
    "e": "enum",
    "m": "multirange",
    "p": "pseudo",
    "r": "range",
}


class TypeCatalog:
    """
    Reads types on first use and remembers them.

    Args:
        conn: To the database.
        custom: What the project's settings make of types, by OID.
    """

    def __init__(self, conn: psycopg.Connection[Any], custom: Mapping[int, CustomType] | None = None) -> None:
        self._conn = conn
        self._custom = custom or {}
        self._types: dict[int, PgType] = {}

    def read(self, oids: Iterable[int]) -> None:
        """Read the types that are not known yet, in one query."""
        missing = sorted({oid for oid in oids if 0 < oid <= MAX_OID and oid not in self._types})
        if missing:
            rows = {row.oid: row for row in list_types(self._conn, oids=missing)}
            for oid in rows:
                self._build(oid, rows)

    def __getitem__(self, oid: int) -> PgType:
        """Return a type; one that the catalog doesn't have is a pseudo-type named by its OID."""
        if oid not in self._types:
            self.read([oid])
        return self._types.get(oid) or _gone(oid)

    def _build(self, oid: int | None, rows: dict[int, ListTypesRow]) -> PgType | None:
        if oid is None or oid in self._types or oid not in rows:
            return self._types.get(oid or 0)
        row = rows[oid]
        element = self._build(row.element, rows)
        base = self._build(row.base, rows)
        members = zip(row.member_names or (), row.member_types or (), strict=True)
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
            subtype=self._build(row.subtype, rows),
            members=tuple((name or "", self._build(member, rows) or _gone(member or 0)) for name, member in members),
            delimiter=row.delimiter,
            custom=self._custom.get(oid),
            casts_to_json=row.casts_to_json,
        )
        return built


def _gone(oid: int) -> PgType:
    return PgType(oid, str(oid), str(oid), "pseudo")


def base_type(type: PgType) -> PgType:
    """Return what a domain is made of in the end; other types are themselves."""
    while type.kind == "domain" and type.base is not None:
        type = type.base
    return type
