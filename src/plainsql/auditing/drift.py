"""What has drifted: triggers of audited tables that are not what would be written for the tables as they are."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Set
from pathlib import Path

import psycopg

from plainsql.auditing import render
from plainsql.auditing.render import Audit
from plainsql.auditing.secret_columns import is_secret
from plainsql.auditing.table import read_table
from plainsql.describe.model import Description
from plainsql.errors import AuditError
from plainsql.migrations.places import problem_in_migrations
from plainsql.queries.audit_tables import ListAuditedRow, has_audit, list_audited, list_missing_triggers
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at


def audit_problems(
    conn: psycopg.Connection[object],
    migrations: Path,
    shown: Path,
    *,
    encrypted: Set[str] = frozenset(),
) -> list[Problem]:
    """
    Return what is wrong with the triggers of audited tables, each at the migration that made them.

    Args:
        conn: To a database with the schema of the migrations.
        migrations: Their folder.
        shown: The folder as people type it.
        encrypted: Types and columns that are secret, see `secret_columns.encrypted`.
    """
    if not has_audit(conn):
        return []
    found: list[Problem] = []
    for row in list_audited(conn):
        for message, hint in _faults(conn, row, encrypted):
            found.append(_at(migrations, shown, row, message, hint))
    return found


def audited_tables(conn: psycopg.Connection[object]) -> frozenset[str]:
    """Return the names of the tables that have the triggers."""
    return frozenset(row.table_name for row in list_audited(conn)) if has_audit(conn) else frozenset()


def recorded_twice(descriptions: Iterable[Description], audited: Collection[str]) -> Iterator[Problem]:
    """
    Yield a fault for each query whose audit hook records what the triggers of its table record already.

    Args:
        descriptions: Of the queries; a hook that records is called audit or audit_….
        audited: Names of the tables that have the triggers.
    """
    for description in descriptions:
        query = description.query
        hooks = [word.text for word in query.after if word.text == "audit" or word.text.startswith("audit_")]
        for table in sorted({*description.writes} & {*audited}) if hooks else ():
            message = f"{hooks[0]} records what the triggers of {table} record: every change would stand there twice"
            yield problem_at(query, None, message, hint=f"take @after {hooks[0]} out, or the triggers")


def _faults(conn: psycopg.Connection[object], row: ListAuditedRow, encrypted: Set[str]) -> Iterable[tuple[str, str]]:
    again = f"run `plainsql migrate add audit --table '{row.table_name}'`, which writes the migration"
    if row.oid is None:
        yield f"{row.table_name} is audited and there is no such table", "DELETE FROM audit.tables in a migration"
        return
    missing = list_missing_triggers(conn, relation=row.oid)
    for member in dict.fromkeys(trigger.member for trigger in missing):
        triggers = [trigger for trigger in missing if trigger.member == member]
        names = ", ".join(trigger.name for trigger in triggers)
        if triggers[0].is_off:
            yield f"the triggers {names} of {member} are switched off", f"ALTER TABLE {member} ENABLE TRIGGER …"
        else:
            hint = f"SELECT audit.cover('{row.table_name}') in the migration that makes the partition"
            yield f"{member} lacks the triggers {names}: writes to it are not recorded", hint
    try:
        table = read_table(conn, row.relation)
    except AuditError as error:
        yield str(error), "audit it no longer, or change the table back"
        return
    redacted, plain, quiet = (tuple(name for name in names if name) for names in (row.redacted, row.plain, row.quiet))
    audit = Audit(table, redacted, plain, quiet)
    if row.body is not None and row.body != render.body(audit):
        written = row.body.replace('"', "")
        new = [column.name for column in table.columns if not re.search(rf"\b{re.escape(column.name)}\b", written)]
        what = f"the column {new[0]} came later" if new else "the trigger is not what would be written now"
        yield f"the audit of {row.table_name} has drifted: {what}", again
    elif row.body is not None and not row.is_safe:
        what = "its function has lost SECURITY DEFINER or its search_path"
        yield f"the audit of {row.table_name} has drifted: {what}", again
    for column in table.columns:
        is_key = any(key.name == column.name for key in table.key)
        if is_secret(table.bare_name, column, encrypted) and not is_key and column.name not in (*redacted, *plain):
            hint = f"{again}; --plain {column.name} if it is no secret"
            yield f"the audit of {row.table_name} would keep the values of {column.name}, which seems secret", hint


def _at(migrations: Path, shown: Path, row: ListAuditedRow, message: str, hint: str) -> Problem:
    """Place a fault at the newest migration that writes the table's function."""
    mark = f"VALUES ({render.literal(row.table_name)}, "
    changed = f"WHERE table_name = {render.literal(row.table_name)};"

    def find(line: str) -> tuple[int, int] | None:
        return (1, len(line)) if line.startswith((mark, changed)) else None

    return problem_in_migrations(migrations, shown, find, message, hint)
