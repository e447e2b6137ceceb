"""What the catalog says of tables, policies, keys, views and functions, before anything is run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import psycopg

from plainsql.describe.tenants import builds_sql, naming
from plainsql.isolation.report import Finding, Level
from plainsql.isolation.tables import Table
from plainsql.queries.tenancy import list_tenant_tables
from plainsql.queries.tenant_catalog import (
    ListFunctionBodiesRow,
    list_function_bodies,
    list_keys,
    list_open_partitions,
    list_row_policies,
    list_truncatable,
    list_unprotected,
    list_views_over,
)
from plainsql.tenancy import Tenancy

_SETTING = re.compile(r"\bcurrent_setting\s*\(", re.IGNORECASE)
_GUARDED = re.compile(r"\bnullif\s*\(\s*(?:pg_catalog\.)?current_setting\s*\([^()]*,\s*true\s*\)", re.IGNORECASE)
_QUOTED = re.compile(r"'(?:[^']|'')*'")
_GENERATORS = re.compile(r"^(?:nextval\(|(?:\w+\.)?(?:gen_random_uuid|uuidv7|uuidv4|uuid_generate_v4)\()")
"""Defaults that nobody chooses: a key of them tells of no other row."""


def catalog_findings(conn: psycopg.Connection[Any], tables: Sequence[Table], tenancy: Tenancy) -> list[Finding]:
    """Return what is wrong with the tenants' tables among *tables*, and with what stands over them."""
    tenants = [table for table in tables if table.tenant is not None]
    functions = list_function_bodies(conn)
    found = list(_tables(conn, tenants, tenancy, functions))
    found += _references(tables)
    found += _without_tenant(conn, tables, tenancy)
    found += _ways_around(conn, tenants, tenancy.role)
    found += _keys(conn, tenants)
    found += _views(conn, tenants, tenancy.role)
    found += _functions(functions, tenants, tenancy)
    return sorted(found, key=lambda finding: (finding.level, finding.code, finding.object))


def _tables(
    conn: psycopg.Connection[Any],
    tables: Sequence[Table],
    tenancy: Tenancy,
    functions: Sequence[ListFunctionBodiesRow],
) -> Iterator[Finding]:
    security = {
        row.oid: row for row in list_tenant_tables(conn, tenant_column=tenancy.column, names=[t.shown for t in tables])
    }
    policies = list_row_policies(conn, tables=[table.oid for table in tables])
    is_guarded = _reader_of_setting(functions)
    for table in tables:
        row = security.get(table.oid)
        own = [policy for policy in policies if policy.table_oid == table.oid]
        if row is not None and not row.has_row_security:
            yield _error(
                "no-row-security", table, "row-level security is off", "ALTER TABLE … ENABLE ROW LEVEL SECURITY"
            )
        elif row is not None and not row.forces_row_security:
            yield _error("not-forced", table, "its owner is under no policy", "ALTER TABLE … FORCE ROW LEVEL SECURITY")
        if not own:
            hint = f"CREATE POLICY … USING ({tenancy.column} = …) WITH CHECK ({tenancy.column} = …)"
            yield _error("no-policy", table, "it has no policy: nobody sees or writes a row", hint)
        for policy in own:
            name = f"{table.shown}: {policy.name}"
            texts = [text for text in (policy.reading, policy.writing) if text]
            if policy.command in "*aw" and policy.writing is None:
                yield Finding(
                    "warning",
                    "no-with-check",
                    name,
                    "it has no WITH CHECK; USING stands in for it",
                    "write WITH CHECK, so that a later change of USING doesn't open it",
                )
            if not all(map(is_guarded, texts)):
                yield Finding(
                    "error",
                    "setting-not-guarded",
                    name,
                    "it reads the setting without nullif(…, ''): on a pooled connection that may be '', nobody",
                    f"nullif(current_setting('{tenancy.setting}', true), '')",
                )
        if table.tenant is not None and not table.columns[table.tenant].not_null:
            column = table.columns[table.tenant].name
            yield _error("tenant-may-be-null", table, f"{column} may be NULL: such a row is nobody's", "SET NOT NULL")


def _reader_of_setting(functions: Sequence[ListFunctionBodiesRow]) -> Callable[[str], bool]:
    """Return what says of a policy's text whether it, and the functions it calls, read settings with a guard."""
    unguarded = {
        function.name.rpartition(".")[2]
        for function in functions
        if len(_SETTING.findall(function.body)) > len(_GUARDED.findall(function.body))
    }

    def is_guarded(text: str) -> bool:
        calls = set(re.findall(r"(\w+)\s*\(", text))
        return len(_SETTING.findall(text)) <= len(_GUARDED.findall(text)) and not calls & unguarded

    return is_guarded


def _references(tables: Sequence[Table]) -> Iterator[Finding]:
    by_oid = {table.oid: table for table in tables}
    for table in tables:
        for reference in table.references:
            other = by_oid[reference.other_oid]
            if table.tenant is None or other.tenant is None:
                continue
            if (table.tenant, other.tenant) not in zip(reference.columns, reference.other_columns, strict=True):
                yield _error(
                    "reference-without-tenant",
                    table,
                    f"{reference.name} doesn't hold the tenant: a row can point to another tenant's of {other.shown}",
                    f"FOREIGN KEY (tenant, …) REFERENCES {other.shown} (tenant, …)",
                )


def _without_tenant(conn: psycopg.Connection[Any], tables: Sequence[Table], tenancy: Tenancy) -> Iterator[Finding]:
    """Yield the tables whose rows hang on tenants' rows, and which nothing keeps from the other tenants."""
    by_oid = {table.oid: table for table in tables}
    loose = [table for table in tables if table.tenant is None]
    unprotected = {row.oid for row in list_unprotected(conn, tables=[t.oid for t in loose], role=tenancy.role)}
    for table in loose:
        others = [by_oid[reference.other_oid] for reference in table.references]
        if table.oid not in unprotected or not (owners := [other for other in others if other.tenant is not None]):
            continue
        # What refers to the tenants alone may be everybody's, such as a list of those who are on call.
        level: Level = "warning" if all(other.is_root for other in owners) else "error"
        yield Finding(
            level,
            "rows-without-tenant",
            table.shown,
            f"its rows refer to {owners[0].shown}, it has no column {tenancy.column} and no row-level security: "
            "every tenant sees and writes them all",
            f"add {tenancy.column} and a policy, or a policy that asks {owners[0].shown}",
        )


def _ways_around(conn: psycopg.Connection[Any], tables: Sequence[Table], role: str) -> Iterator[Finding]:
    """Yield the rights that lead past the policies of tenants' tables."""
    oids = [table.oid for table in tables]
    by_oid = {table.oid: table for table in tables}
    for row in list_open_partitions(conn, tables=oids, role=role):
        yield Finding(
            "error",
            "open-partition",
            row.name,
            f"{role} reaches it by its own name, where the policies of {by_oid[row.table_oid].shown} don't hold",
            "ALTER TABLE … ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY; it needs no policy",
        )
    for found in list_truncatable(conn, tables=oids, role=role):
        name = found.table_name if found.schema == "public" else f"{found.schema}.{found.table_name}"
        message = f"{role} may TRUNCATE it, which no policy holds back: the rows of all tenants"
        yield Finding("error", "may-truncate", name, message, f"REVOKE TRUNCATE ON {name} FROM {role}")


def _keys(conn: psycopg.Connection[Any], tables: Sequence[Table]) -> Iterator[Finding]:
    keys = list_keys(conn, tables=[table.oid for table in tables])
    for table in tables:
        own = [key for key in keys if key.table_oid == table.oid]
        for key in own:
            if (
                key.is_unique
                and not table.is_root
                and table.tenant not in key.columns
                and not _is_drawn(table, key.columns)
            ):
                yield _error(
                    "key-without-tenant",
                    table,
                    f"{key.name} is unique among all tenants: a refused row tells of another tenant's",
                    "lead the key with the tenant's column",
                )
        if not any(key.columns[:1] == [table.tenant] and not key.is_partial for key in own):
            yield Finding(
                "warning",
                "no-index-by-tenant",
                table.shown,
                "no index leads with the tenant's column: every scan reads the rows of all tenants",
                "CREATE INDEX … (tenant, …)",
            )


def _is_drawn(table: Table, columns: Sequence[int | None]) -> bool:
    """Return whether the server draws a column of the key, so that nobody chooses it."""
    return any(
        column.is_identity or _GENERATORS.match(column.default or "")
        for column in (table.columns[number] for number in columns if number)
    )


def _views(conn: psycopg.Connection[Any], tables: Sequence[Table], role: str) -> Iterator[Finding]:
    for view in list_views_over(conn, tables=[table.oid for table in tables], role=role):
        name = view.view_name if view.schema == "public" else f"{view.schema}.{view.view_name}"
        if view.kind == "m":
            level: Level = "error" if view.is_readable else "warning"
            message = "a materialised view holds the rows of all tenants, and policies don't reach it"
            yield Finding(level, "materialised-view", name, message, f"revoke it from {role}; read it as all tenants")
        elif view.is_direct and not view.is_invoker:
            yield Finding(
                "error",
                "view-of-its-owner",
                name,
                "it reads as its owner, whose policies are not the caller's",
                f"ALTER VIEW {name} SET (security_invoker = true)",
            )


def _functions(
    functions: Sequence[ListFunctionBodiesRow], tables: Sequence[Table], tenancy: Tenancy
) -> Iterator[Finding]:
    bodies: dict[str, str] = {}
    for function in functions:
        bodies[function.name] = f"{bodies.get(function.name, '')}\n{_naming_part(function)}"
    reading = naming(bodies, [table.shown for table in tables])
    for function in functions:
        if not function.is_definer:
            continue
        if not function.has_search_path:
            yield Finding(
                "error",
                "definer-without-search-path",
                function.name,
                "SECURITY DEFINER without SET search_path: the caller chooses which tables its names mean",
                "ALTER FUNCTION … SET search_path = ''",
            )
        if function.name in tenancy.definers:
            continue
        if function.name not in reading and builds_sql(function.body) and function.language != "sql":
            yield Finding(
                "error",
                "definer-builds-sql",
                function.name,
                "SECURITY DEFINER, and it builds SQL: whose tables that reads nobody can tell",
                f'review it, then name it: definers = ["{function.name}"] in [tool.plainsql.tenancy]',
            )
        if function.name in reading:
            yield Finding(
                "error",
                "definer-reads-tenants",
                function.name,
                "SECURITY DEFINER, and its body names tenants' tables: it sees what its owner sees",
                f'review it, then name it: definers = ["{function.name}"] in [tool.plainsql.tenancy]',
            )


def _naming_part(function: ListFunctionBodiesRow) -> str:
    """
    Return what of a function's body may name a table.

    What a trigger writes between quotes, such as the name of its table in an entry of the audit, is a value: unless it
    builds SQL of it.
    """
    body = function.body or ""
    return body if not function.is_trigger or builds_sql(body) else _QUOTED.sub("''", body)


def _error(code: str, table: Table, message: str, hint: str) -> Finding:
    return Finding("error", code, table.shown, message, hint)
