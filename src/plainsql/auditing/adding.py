"""`plainsql migrate add audit`: what a migration has to say so that tables are audited as asked for."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path

from plainsql.auditing import render
from plainsql.auditing.render import Audit
from plainsql.auditing.secret_columns import is_secret
from plainsql.auditing.table import AuditedTable, read_table
from plainsql.errors import AuditError
from plainsql.execute import Conn
from plainsql.migrations.adding import Added, add_migration
from plainsql.queries.audit_tables import ListAuditedRow, find_tables, has_audit, list_audited

QUIET = ("updated_at",)
"""Columns that move with every write: alone they are no change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """
    What was asked for; a column is named alone or as ``table.column``.

    Attributes:
        tables: Names, in order.
        redact: Columns that are secret.
        plain: Columns that aren't, though their names say so.
        quiet: Columns whose change alone makes no entry.
        encrypted: Types and columns that are secret, see `secret_columns.encrypted`.
    """

    tables: Sequence[str]
    redact: Sequence[str] = ()
    plain: Sequence[str] = ()
    quiet: Sequence[str] = ()
    encrypted: Set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What came of it.

    Attributes:
        files: The migration; None: everything is so already.
        new: Tables that will be audited.
        changed: Tables that will be audited otherwise.
        same: Tables that are audited just so.
    """

    files: Added | None
    new: tuple[Audit, ...]
    changed: tuple[Audit, ...]
    same: tuple[Audit, ...]


def add_audit(conn: Conn, directory: Path, wishes: Wishes) -> Outcome:
    """
    Write the migration that audits tables as asked for, unless they are audited so already.

    Args:
        conn: To a database with the schema of the migrations.
        directory: Folder that the migration is written to.
        wishes: What is asked for.

    Raises:
        AuditError: A table can't be audited, or a column isn't there; nothing was written.
    """
    is_first = not has_audit(conn)
    known = {} if is_first else {row.table_name: row for row in list_audited(conn)}
    tables = {table.name: table for table in (read_table(conn, name) for name in wishes.tables)}
    _check_columns(wishes, tuple(tables.values()))
    new, changed, same = [], [], []
    for table in tables.values():
        audit = _audit(table, wishes, known.get(table.name))
        if table.name not in known:
            _refuse_foreign_triggers(conn, table)
            new.append(audit)
        elif _is_current(audit, known[table.name]):
            same.append(audit)
        else:
            changed.append(audit)
    files = None
    if new or changed:
        files = _write(directory, is_first, new, [(audit, known[audit.table.name]) for audit in changed])
    return Outcome(files, tuple(new), tuple(changed), tuple(same))


def _write(
    directory: Path, is_first: bool, new: Sequence[Audit], changed: Sequence[tuple[Audit, ListAuditedRow]]
) -> Added:
    forward = [_statements("tables/audit.sql")] if is_first else []
    forward += [render.render_table(audit) for audit in new]
    forward += [render.render_changed(audit) for audit, _ in changed]
    backward = [_restored(audit, row) for audit, row in reversed(changed)]
    backward += [_dropped(audit) for audit in reversed(new)]
    backward += [_statements("tables/audit.rollback.sql")] if is_first else []
    names = [audit.table.name for audit in (*new, *(audit for audit, _ in changed))]
    first = (new or [audit for audit, _ in changed])[0].table.bare_name
    slug = "".join(char if char.isalnum() and char.isascii() else "-" for char in first.lower())
    return add_migration(
        directory,
        "audit" if is_first else f"audit-{slug}",
        about=f"Entries in audit_logs for every change of {', '.join(' '.join(name.split()) for name in names)}.",
        forward="\n".join(forward),
        rollback="\n".join(backward),
    )


def _statements(path: str) -> str:
    """Return a template without its own head: a migration has one."""
    return render.template(path).partition("SET LOCAL lock_timeout = '2s';\n\n")[2]


def _audit(table: AuditedTable, wishes: Wishes, known: ListAuditedRow | None) -> Audit:
    asked = _named(table, wishes.redact)
    plain = ({*_said(known)[1]} if known else set()) - asked | _named(table, wishes.plain)
    if keys := [column.name for column in table.key if column.name in asked]:
        raise AuditError(f"{table.name}: {', '.join(keys)} can't be redacted: each entry names its row by the key")
    before = {*_said(known)[0]} if known else set()
    key = {column.name for column in table.key}
    secret = {column.name for column in table.columns if is_secret(table.bare_name, column, wishes.encrypted)}
    if known is None and (keys := sorted(secret & key - plain)):
        raise AuditError(
            f"{table.name}: {', '.join(keys)} looks like a secret and belongs to the primary key, by which each entry "
            f"names its row: give the table another key, or say --plain {keys[0]} if it is none"
        )
    redacted = (before | secret - key | asked) - plain
    quiet = {*(_said(known)[2] if known else QUIET), *_named(table, wishes.quiet)} - key
    return Audit(
        table,
        tuple(column.name for column in table.columns if column.name in redacted),
        tuple(column.name for column in table.columns if column.name in plain),
        tuple(column.name for column in table.columns if column.name in quiet),
    )


def _named(table: AuditedTable, names: Sequence[str]) -> set[str]:
    """Return those columns of *table* that *names* mean."""
    return {
        column.name
        for column in table.columns
        if column.name in names or f"{table.name}.{column.name}" in names or f"{table.bare_name}.{column.name}" in names
    }


def _check_columns(wishes: Wishes, tables: Sequence[AuditedTable]) -> None:
    for option, names in (("--redact", wishes.redact), ("--plain", wishes.plain), ("--quiet", wishes.quiet)):
        for name in names:
            if not any(_named(table, [name]) for table in tables):
                columns = ", ".join(column.name for table in tables for column in table.columns)
                raise AuditError(f"{option} {name}: no such column of {_listed(tables)}; there are {columns}")
    if both := set(wishes.redact) & set(wishes.plain):
        raise AuditError(f"{', '.join(sorted(both))}: either --redact or --plain")


def _listed(tables: Sequence[AuditedTable]) -> str:
    return ", ".join(table.name for table in tables)


def _refuse_foreign_triggers(conn: Conn, table: AuditedTable) -> None:
    taken = [row.triggers for row in find_tables(conn, name=table.relation) if row.oid == table.oid]
    if taken and taken[0]:
        raise AuditError(f"{table.name} has triggers of the names that the audit uses: {', '.join(taken[0])}")


def _is_current(audit: Audit, row: ListAuditedRow) -> bool:
    return (
        bool(row.is_safe)
        and row.body == render.body(audit)
        and _said(row) == (audit.redacted, audit.plain, audit.quiet)
    )


def _said(row: ListAuditedRow) -> tuple[tuple[str, ...], ...]:
    """Return what audit.tables has of a table: redacted, plain and quiet columns."""
    return tuple(tuple(name for name in names if name) for names in (row.redacted, row.plain, row.quiet))


def _dropped(audit: Audit) -> str:
    cover = ""
    if audit.table.is_partitioned:
        cover = render.template("audit/uncover.sql").format(relation_text=render.literal(audit.table.relation))
    return cover + render.template("audit/rollback.sql").format(
        relation=audit.table.relation, function=audit.function, name=render.literal(audit.table.name)
    )


def _restored(audit: Audit, row: ListAuditedRow) -> str:
    redacted, plain, quiet = _said(row)
    before = replace(audit, redacted=redacted, plain=plain, quiet=quiet)
    return f"{(row.definition or '').strip()};\n\n{render.render_row(before)}"


def summary(audit: Audit) -> str:
    """Return what an entry of a table holds and what not, for whoever reviews the migration."""
    table = audit.table
    parts = [
        f"{table.name}: key {', '.join(column.name for column in table.key)}, {len(table.columns)} columns",
        f"redacted: {', '.join(audit.redacted) or 'none'}",
    ]
    if audit.quiet:
        parts.append(f"no entry for {', '.join(audit.quiet)} alone")
    if table.generated:
        parts.append(f"left out, being generated: {', '.join(table.generated)}")
    return "; ".join(parts)
