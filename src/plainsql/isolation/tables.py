"""Tables as the check of tenants needs them: columns, references, and which column names the tenant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from plainsql.describe.types import TypeCatalog
from plainsql.queries.tenancy import list_tenant_tables
from plainsql.queries.tenant_catalog import (
    list_all_tables,
    list_domain_conditions,
    list_fillable_columns,
    list_references,
)
from plainsql.tenancy import Tenancy
from plainsql.typemap import PgType


@dataclass(frozen=True, slots=True)
class Column:
    """A column, with the conditions that name it, its domain's included."""

    number: int
    name: str
    type: PgType
    typmod: int
    not_null: bool
    has_default: bool
    is_generated: bool
    is_identity: bool
    default: str | None
    checks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key; *columns* and *other_columns* are numbers that belong together."""

    name: str
    other_oid: int
    columns: tuple[int, ...]
    other_columns: tuple[int, ...]


@dataclass(slots=True)
class Table:
    """
    A table.

    Attributes:
        tenant: Number of the column that names the tenant; None for what all share.
        is_root: The tenants themselves: other tables' tenant columns refer to this one.
    """

    oid: int
    schema: str
    name: str
    columns: dict[int, Column]
    references: list[Reference] = field(default_factory=list)
    tenant: int | None = None
    is_root: bool = False

    @property
    def shown(self) -> str:
        """The name as descriptions have it."""
        return self.name if self.schema == "public" else f"{self.schema}.{self.name}"

    @property
    def identifier(self) -> sql.Identifier:
        """The name for a statement."""
        return sql.Identifier(self.schema, self.name)

    @property
    def tenant_identifier(self) -> sql.Identifier:
        """The name of the tenant's column for a statement."""
        assert self.tenant is not None
        return sql.Identifier(self.columns[self.tenant].name)


def read_tables(conn: psycopg.Connection[Any], tenancy: Tenancy) -> list[Table]:
    """Return every table, each after those it refers to where that can be."""
    rows = list_all_tables(conn)
    oids = [row.oid for row in rows]
    types = TypeCatalog(conn)
    domains: dict[int, list[str]] = {}
    for condition in list_domain_conditions(conn):
        domains.setdefault(condition.domain, []).append(condition.condition or "")
    found = {row.oid: Table(row.oid, row.schema, row.table_name, {}) for row in rows}
    for row in list_fillable_columns(conn, tables=oids):
        type_ = types[row.type_oid]
        found[row.table_oid].columns[row.number] = Column(
            row.number,
            row.name,
            type_,
            row.typmod,
            row.not_null or type_.not_null,
            row.has_default is True,
            row.is_generated is True,
            row.is_identity is True,
            row.default_expression,
            (*(check for check in row.checks if check), *_domain_checks(type_, domains)),
        )
    for reference in list_references(conn):
        if reference.table_oid in found and reference.other_oid in found:
            found[reference.table_oid].references.append(
                Reference(
                    reference.name,
                    reference.other_oid,
                    tuple(number or 0 for number in reference.columns or ()),
                    tuple(number or 0 for number in reference.other_columns or ()),
                )
            )
    for tenants in list_tenant_tables(conn, tenant_column=tenancy.column, names=tenancy.tables):
        if tenants.oid in found:
            found[tenants.oid].tenant = tenants.tenant_column
    _find_roots(found)
    return _in_order(list(found.values()))


def _domain_checks(type_: PgType, domains: dict[int, list[str]]) -> list[str]:
    checks: list[str] = []
    inner: PgType | None = type_
    while inner is not None and inner.kind == "domain":
        checks += domains.get(inner.oid, [])
        inner = inner.base
    return checks


def _find_roots(tables: dict[int, Table]) -> None:
    for table in list(tables.values()):
        for reference in table.references:
            if reference.columns == (table.tenant,) and (other := tables[reference.other_oid]).tenant is None:
                other.tenant, other.is_root = reference.other_columns[0], True


def _in_order(tables: Sequence[Table]) -> list[Table]:
    left, done, found = list(tables), set[int](), []
    while left:
        # Nothing is missing unless references go round; of those that may be NULL the fewest.
        table = min(left, key=lambda table: (len(_missing(table, done, True)), len(_missing(table, done, False))))
        left.remove(table)
        done.add(table.oid)
        found.append(table)
    return found


def _missing(table: Table, done: set[int], is_needed: bool) -> list[Reference]:
    return [
        reference
        for reference in table.references
        if reference.other_oid not in done | {table.oid}
        and all(table.columns[number].not_null for number in reference.columns) is is_needed
    ]
