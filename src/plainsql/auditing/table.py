"""A table that can be audited, as the catalog has it; one that can't be is refused with the reason."""

from __future__ import annotations

from dataclasses import dataclass

from plainsql.errors import AuditError
from plainsql.execute import Conn
from plainsql.queries.audit_tables import FindTablesRow, find_tables, list_table_columns
from plainsql.query.source import closest

AUDIT_LOGS = "audit_logs"
_KINDS = {"v": "a view: audit the tables behind it", "m": "a materialized view", "f": "a foreign table"}


@dataclass(frozen=True, slots=True)
class Column:
    """
    A column that entries hold.

    Attributes:
        name: As it is.
        quoted: As SQL writes it.
        type: As SQL writes it.
        compares_exactly: Two values that are equal look equal too.
    """

    name: str
    quoted: str
    type: str
    compares_exactly: bool


@dataclass(frozen=True, slots=True)
class AuditedTable:
    """
    A table with a primary key.

    Attributes:
        oid: Of the table.
        name: As SQL writes it; its schema only outside of public.
        bare_name: The same without quotes.
        relation: As SQL writes it, with its schema.
        is_partitioned: Its partitions need the triggers too.
        columns: What entries hold, in order.
        generated: Names of columns that are computed of the others, which entries don't hold.
        key: The primary key.
    """

    oid: int
    name: str
    bare_name: str
    relation: str
    is_partitioned: bool
    columns: tuple[Column, ...]
    generated: tuple[str, ...]
    key: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return a column by its name."""
        return next((column for column in self.columns if column.name == name), None)


def read_table(conn: Conn, name: str) -> AuditedTable:
    """
    Return the table of this name.

    Args:
        conn: To a database with the project's schema.
        name: With or without quotes, with its schema unless that is public.

    Raises:
        AuditError: There is no such table, or it can't be audited.
    """
    found = _find(conn, name)
    _refuse(found)
    rows = list_table_columns(conn, relation=found.oid)
    columns = {
        row.name: Column(row.name, row.quoted, row.type, row.compares_exactly) for row in rows if not row.is_generated
    }
    key = tuple(
        columns[row.name] if row.name in columns else Column(row.name, row.quoted, row.type, row.compares_exactly)
        for row in sorted((row for row in rows if row.key_place is not None), key=lambda row: row.key_place or 0)
    )
    if not key:
        raise AuditError(
            f"{found.name} has no primary key, so an entry couldn't say whose change it is: "
            f"ALTER TABLE {found.name} ADD PRIMARY KEY (…) in a migration before this one"
        )
    return AuditedTable(
        oid=found.oid,
        name=found.name,
        bare_name=found.bare_name,
        relation=found.relation,
        is_partitioned=found.kind == "p",
        columns=tuple(columns.values()),
        generated=tuple(row.name for row in rows if row.is_generated),
        key=key,
    )


def _find(conn: Conn, name: str) -> FindTablesRow:
    found = find_tables(conn, name=name)
    exact = [row for row in found if row.name == name] or found
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise AuditError(f"{name} may be {' or '.join(row.name for row in exact)}: write which")
    names = [row.name for row in find_tables(conn, name=None) if row.kind in "rp"]
    close = closest(name, names)
    hint = f"did you mean {close}?" if close else f"there are {', '.join(names) or 'no tables'}"
    raise AuditError(f"the migrations make no table {name}: {hint}")


def _refuse(found: FindTablesRow) -> None:
    """Raise AuditError for what statement triggers with transition tables can't follow, and for the audit itself."""
    if kind := _KINDS.get(found.kind):
        raise AuditError(f"{found.name} is {kind}; only tables are audited")
    if found.relation.split(".")[0] == "audit" or found.name == AUDIT_LOGS:
        raise AuditError(f"{found.name} is the audit itself")
    if found.is_partition:
        raise AuditError(f"{found.name} is a partition: audit its table, --table {found.root}")
    if found.parents:
        raise AuditError(
            f"{found.name} inherits from {', '.join(found.parents)}, and a write to a parent runs none of its child's "
            "triggers: only tables without INHERITS, and partitioned ones, are audited"
        )
    if found.children:
        raise AuditError(
            f"{found.name} has children that inherit from it ({', '.join(found.children)}): their rows may share a "
            "primary key, so an entry couldn't say whose change it is; partitioned tables are audited"
        )
