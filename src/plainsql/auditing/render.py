"""Render the trigger of an audited table from src/plainsql/templates/audit: text in, text out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

from plainsql.auditing.table import AuditedTable, Column

REDACTED = "[redacted]"
"""Stands in entries for what is secret."""
_MAX_NAME = 63
_SCHEMA = "audit"
_LINE = 80
_INDENT = " " * 20


@dataclass(frozen=True, slots=True)
class Audit:
    """
    A table and how it is audited.

    Attributes:
        table: The table.
        redacted: Names of columns whose values entries don't hold.
        plain: Names of columns that aren't secret though they seem so.
        quiet: Names of columns whose change alone makes no entry.
    """

    table: AuditedTable
    redacted: tuple[str, ...]
    plain: tuple[str, ...]
    quiet: tuple[str, ...]

    @property
    def function(self) -> str:
        """The trigger function as SQL writes it."""
        name = f"log_{self.table.bare_name}"
        if len(name.encode()) > _MAX_NAME:
            name = f"log_{self.table.oid}"
        return f"{_SCHEMA}.{name if name.isidentifier() and name.isascii() and name.islower() else quoted(name)}"


@cache
def template(path: str) -> str:
    """Return a file of src/plainsql/templates."""
    return resources.files("plainsql").joinpath("templates", *path.split("/")).read_text(encoding="utf-8")


def quoted(name: str) -> str:
    """Return *name* as a quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Return *text* as a string of SQL, whatever standard_conforming_strings says."""
    doubled = text.replace("'", "''")
    return f"E'{doubled.replace(chr(92), chr(92) * 2)}'" if "\\" in text else f"'{doubled}'"


def array(names: Iterable[str]) -> str:
    """Return *names* as an array of SQL."""
    items = ", ".join(map(literal, names))
    return f"ARRAY[{items}]" if items else "'{}'"


def render_function(audit: Audit, create: Literal["CREATE", "CREATE OR REPLACE"] = "CREATE") -> str:
    """Return the statement that makes the trigger function."""
    table = audit.table
    place = "place"
    while table.column(place) or place in table.generated:
        place += "_"
    quiet = [name for name in audit.quiet if table.column(name)]
    seen = f"c.old - {array(quiet)}" if quiet else "c.old"
    empty = "'{}'"
    return template("audit/function.sql").format(
        create=create,
        tag=_tag(table),
        function=audit.function,
        name=literal(table.name),
        new_key=_object(table.key, "n"),
        old_key=_object(table.key, "o"),
        is_other_key=" OR ".join(map(_changed, table.key)),
        new_columns=_columns(audit, "n"),
        old_columns=_columns(audit, "o"),
        old_changes=_changes(audit, "o"),
        new_changes=_changes(audit, "n"),
        is_change=f"{seen} <> {empty}",
        place=place,
    )


def body(audit: Audit) -> str:
    """Return the text between the dollar quotes, as pg_proc.prosrc has it."""
    return render_function(audit).split(_tag(audit.table))[1]


def _tag(table: AuditedTable) -> str:
    """Return dollar quotes that no name ends."""
    names = "".join([table.name, *(column.name for column in (*table.columns, *table.key))])
    tag = "$audit$"
    while tag in names:
        tag = f"{tag[:-1]}_$"
    return tag


def render_table(audit: Audit) -> str:
    """Return the statements that make a table audited."""
    table = audit.table
    text = f"-- {table.name}\n" + render_function(audit)
    text += "\n" + template("audit/triggers.sql").format(
        function=audit.function,
        relation=table.relation,
        comment=literal(f"Writes the entries of {table.name}; made by plainsql migrate add audit."),
        name=literal(table.name),
        relation_text=literal(table.relation),
        keys=array(column.name for column in table.key),
        redacted=array(audit.redacted),
        plain=array(audit.plain),
        quiet=array(audit.quiet),
    )
    if table.is_partitioned:
        text += (
            "\n-- A write to a partition itself runs the partition's triggers only.\n"
            f"DO $$ BEGIN PERFORM audit.cover({literal(table.name)}); END $$;\n"
        )
    return text


def render_changed(audit: Audit) -> str:
    """Return the statements that audit a table in another way than before."""
    return f"-- {audit.table.name}\n" + render_function(audit, "CREATE OR REPLACE") + "\n" + render_row(audit)


def render_row(audit: Audit) -> str:
    """Return the statement that keeps in audit.tables how a table is audited."""
    return (
        f"UPDATE audit.tables\nSET\n    redacted = {array(audit.redacted)},\n"
        f"    plain = {array(audit.plain)},\n    quiet = {array(audit.quiet)}\n"
        f"WHERE table_name = {literal(audit.table.name)};\n"
    )


def _columns(audit: Audit, alias: str) -> str:
    return _wrapped(
        f"{literal(REDACTED)} AS {column.quoted}" if column.name in audit.redacted else f"{alias}.{column.quoted}"
        for column in audit.table.columns
    )


def _wrapped(items: Iterable[str]) -> str:
    """Return *items* with commas, a few on each line."""
    lines = [""]
    for item in items:
        if lines[-1] and len(lines[-1]) + len(item) > _LINE:
            lines.append("")
        lines[-1] += f"{item}, "
    return f"\n{_INDENT}".join(line.rstrip() for line in lines).removesuffix(",")


def _object(columns: Sequence[Column], alias: str) -> str:
    pairs = ", ".join(f"{literal(column.name)}, {alias}.{column.quoted}" for column in columns)
    return f"jsonb_build_object({pairs})"


def _changes(audit: Audit, alias: str) -> str:
    """Return the columns that changed, as one object: what is unchanged is never turned into text."""
    parts = [
        f"CASE WHEN {_changed(column)}\n{_INDENT}    THEN {_single(audit, column, alias)} ELSE '{{}}' END"
        for column in audit.table.columns
    ]
    return f"\n{_INDENT}|| ".join(["'{}'::jsonb", *parts])


def _single(audit: Audit, column: Column, alias: str) -> str:
    value = f"{literal(REDACTED)}::text" if column.name in audit.redacted else f"{alias}.{column.quoted}"
    return f"jsonb_build_object({literal(column.name)}, {value})"


def _changed(column: Column) -> str:
    """Return the condition that a column changed; where equal values may differ to the eye, bytes are compared."""
    if column.compares_exactly:
        return f"o.{column.quoted} IS DISTINCT FROM n.{column.quoted}"
    return f"NOT record_image_eq(ROW(o.{column.quoted}), ROW(n.{column.quoted}))"
