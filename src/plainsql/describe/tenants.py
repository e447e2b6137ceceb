"""Which queries are about tenants' tables: by the tables that they reach, and by the functions that they call."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import psycopg

from plainsql.describe.model import Description
from plainsql.queries.tenancy import list_tenant_tables
from plainsql.queries.tenant_catalog import list_function_bodies
from plainsql.tenancy import Tenancy

_DYNAMIC = re.compile(r"\bexecute\b", re.IGNORECASE)
_READ = ("sql", "plpgsql")


@dataclass(frozen=True, slots=True)
class TenantReach:
    """
    What belongs to tenants in a database.

    Attributes:
        tables: Names as in `Description.reads`.
        functions: Names of functions whose body names such a table, or a function that does; or that may name any:
            those that build their SQL, or are in a language other than SQL and PL/pgSQL.
    """

    tables: frozenset[str]
    functions: frozenset[str]

    def includes(self, description: Description) -> bool:
        """Return whether the query is about tenants; one that was not analysed is, unless it is a script."""
        effects = description.effects
        if effects is None or not effects.is_analysed:
            return description.query.kind != "script" and description.problem is None
        touched = {*description.reads, *description.writes}
        return bool(touched & self.tables) or any(name in self.functions for name in effects.functions)


def tenant_reach(conn: psycopg.Connection[Any], tenancy: Tenancy | None) -> TenantReach | None:
    """Return what belongs to tenants in the database of *conn*; None when the project has none."""
    if tenancy is None:
        return None
    tables = frozenset(row.name for row in list_tenant_tables(conn, tenant_column=tenancy.column, names=tenancy.tables))
    bodies: dict[str, str] = {}
    opaque: set[str] = set()
    for row in list_function_bodies(conn):
        bodies[row.name] = f"{bodies.get(row.name, '')}\n{row.body or ''}"  # overloads are one
        if row.language not in _READ or (row.language == "plpgsql" and builds_sql(row.body)):
            opaque.add(row.name)
    return TenantReach(tables, naming(bodies, tables, opaque))


def builds_sql(body: str | None) -> bool:
    """Tell whether a function's body may build SQL as it runs."""
    return _DYNAMIC.search(body or "") is not None


def naming(bodies: Mapping[str, str], tables: Iterable[str], opaque: Iterable[str] = ()) -> frozenset[str]:
    """Return the functions whose body names one of *tables* or such a function, and those that are *opaque*."""
    words = {name: set(re.findall(r"\w+", body.lower())) for name, body in bodies.items()}
    found = set(opaque)
    wanted = {_last(table) for table in tables} | {_last(name) for name in found}
    while new := {name for name in words.keys() - found if words[name] & wanted}:
        found |= new
        wanted |= {_last(name) for name in new}
    return frozenset(found)


def _last(name: str) -> str:
    return name.rpartition(".")[2].lower()
