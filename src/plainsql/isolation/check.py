"""The check of tenants on a scratch database: the catalog, then the proof, in one transaction that is rolled back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import psycopg
from psycopg import sql

from plainsql.describe.model import Description
from plainsql.errors import ConfigError, ScratchServerError
from plainsql.isolation.catalog import catalog_findings
from plainsql.isolation.filling import Filled, fill, tenants_for
from plainsql.isolation.proving import prove
from plainsql.isolation.report import Fill, Finding, Report
from plainsql.isolation.tables import Table, read_tables
from plainsql.isolation.worlds import Worlds
from plainsql.queries.audit_tables import has_audit, revoke_audit
from plainsql.queries.tenancy import role_rights
from plainsql.queries.tenant_catalog import list_schemas, may_read_any, role_flags, set_sequences
from plainsql.tenancy import Tenancy


def check_tenants(
    conn: psycopg.Connection[Any],
    tenancy: Tenancy | None,
    descriptions: Sequence[Description],
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """
    Return what keeps tenants apart and what doesn't; the database is left as it was.

    Args:
        conn: To a scratch database with the project's schema, as a superuser.
        tenancy: The project's.
        descriptions: Of its queries.
        progress: Called with what is proved and what there is.

    Raises:
        ConfigError: The project has no tenants, or no table of theirs.
        ScratchServerError: The role isn't a superuser.
    """
    if tenancy is None:
        raise ConfigError("there is no [tool.plainsql.tenancy] in pyproject.toml")
    if not role_rights(conn).is_superuser:
        raise ScratchServerError("a check of tenants needs a scratch server where its role is a superuser")
    report = Report()
    with conn.transaction(force_rollback=True):
        tables = read_tables(conn, tenancy)
        tenants_tables = [table for table in tables if table.tenant is not None]
        if not tenants_tables:
            raise ConfigError(f"no table has the column {tenancy.column}: name it in [tool.plainsql.tenancy]")
        report.findings += _make_role(conn, tenancy, tenants_tables)
        report.findings += catalog_findings(conn, tables, tenancy)
        tenants = tenants_for(tables)
        set_sequences(conn, value=1)  # no rollback puts them back after an earlier check
        filled = fill(conn, tables, tenants, tenancy.setting)
        report.fills += _fills(tables, filled)
        if any(finding.code == "unsafe-role" for finding in report.findings):
            return report
        worlds = Worlds(conn, tables, tenants, tenancy.setting, tenancy.role)
        total = len(tenants_tables) + len(descriptions)
        for proof in prove(worlds, filled, descriptions):
            report.proofs.append(proof)
            if progress:
                progress(min(len(report.proofs), total), total)
    return report


def _make_role(conn: psycopg.Connection[Any], tenancy: Tenancy, tables: Sequence[Table]) -> list[Finding]:
    """Make the runtime role where it is missing, with the rights that an embedded server gives it; all is undone."""
    role = sql.Identifier(tenancy.role)
    flags = role_flags(conn, role=tenancy.role)
    if flags is None:
        conn.execute(sql.SQL("CREATE ROLE {}").format(role))
    elif flags.is_superuser or flags.bypasses:
        message = "row-level security passes it by: it is a superuser or has BYPASSRLS"
        return [Finding("error", "unsafe-role", tenancy.role, message, "ALTER ROLE … NOSUPERUSER NOBYPASSRLS")]
    if not may_read_any(conn, role=tenancy.role, tables=[table.oid for table in tables]):
        for schema in list_schemas(conn):
            name = sql.Identifier(schema.name)
            conn.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(name, role))
            rows = sql.SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {} TO {}")
            conn.execute(rows.format(name, role))
            conn.execute(sql.SQL("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}").format(name, role))
        if has_audit(conn):
            revoke_audit(conn)  # as its migration did, after the embedded server's defaults
    return []


def _fills(tables: Sequence[Table], filled: Filled) -> list[Fill]:
    return [
        Fill(table.shown, sum(len(rows) for key, rows in filled.rows.items() if key[0] == table.oid), problem)
        for table in tables
        for problem in (filled.problems.get(table.oid, ""),)
    ]
