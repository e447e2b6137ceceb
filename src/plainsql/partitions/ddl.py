"""
The statements of maintenance: names and bounds put into DDL, which takes no parameters.

Source: PostgreSQL manual, ALTER TABLE (ATTACH and DETACH PARTITION), CREATE TABLE (LIKE).
"""

from __future__ import annotations

from datetime import datetime

from psycopg import sql
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from plainsql.partitions.model import Cell, Partition, State
from plainsql.queries.partitions import PartitionedTableRow

SEE_ALL_ROWS = SQL("SET LOCAL row_security TO off")
"""A role that row-level security would hide rows from gets an error instead."""
FORMATS = {"timestamp with time zone": "%Y-%m-%d %H:%M:%S.%f+00", "timestamp without time zone": "%Y-%m-%d %H:%M:%S.%f"}
"""How bounds of a key are written; of a date it is the day."""


def name_of(row: Partition | PartitionedTableRow) -> Identifier:
    """Return a table's name as SQL."""
    return Identifier(row.schema_name, row.table_name)


def bound(state: State, moment: datetime) -> Composable:
    """Return a bound as a constant of the key's type, which no setting of the session changes."""
    layout = FORMATS.get(str(state.table.key_type))
    text = f"{moment.year:04}" + moment.strftime((layout or "%Y-%m-%d").removeprefix("%Y"))
    return Literal(text)


def create(state: State, name: str, cell: Cell) -> list[Composed | SQL]:
    """
    Return what makes a partition and attaches it, to be run in one transaction.

    CREATE TABLE … PARTITION OF would lock all readers and writers out of the table; ATTACH lets them work. It gives
    the partition indexes, foreign keys and row triggers of its table; rights and policies of the table hold for all
    that goes through it. What LIKE would not copy is said here: owner, tablespace, access method, row-level security.
    """
    table = state.table
    partition = Identifier(table.schema_name, name)
    like = SQL(
        "CREATE TABLE {} (LIKE {} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED"
        " INCLUDING STORAGE INCLUDING COMPRESSION)"
    ).format(partition, name_of(table))
    if table.access_method is not None:
        like += SQL(" USING {}").format(Identifier(table.access_method))
    if table.tablespace is not None:
        like += SQL(" TABLESPACE {}").format(Identifier(table.tablespace))
    commands: list[Composed | SQL] = [like]
    if not table.is_owner:
        commands.insert(0, SQL("SET LOCAL ROLE {}").format(Identifier(table.owner)))
    commands += move_strays(state, partition, cell)
    commands += row_security(state, partition)
    attach = SQL("ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})")
    commands.append(
        attach.format(name_of(table), partition, bound(state, cell.lower), bound(state, cell.upper)),
    )
    return commands


def move_strays(state: State, partition: Identifier, cell: Cell) -> list[Composed | SQL]:
    """Return what moves the rows of *cell* out of the default partition; nothing where that can't be or needn't."""
    default, strays = state.default, state.strays
    if default is None or strays is None or state.table.is_referenced or strays.first is None or strays.last is None:
        return []
    columns = SQL(", ").join(Identifier(column) for column in state.table.written_columns)
    move = SQL(
        "WITH moved AS (DELETE FROM {default} WHERE {key} >= {lower} AND {key} < {upper} RETURNING {columns})"
        " INSERT INTO {partition} ({columns}) SELECT {columns} FROM moved"
    ).format(
        default=name_of(default),
        key=Identifier(str(state.table.key_column)),
        lower=bound(state, cell.lower),
        upper=bound(state, cell.upper),
        columns=columns,
        partition=partition,
    )
    return [SEE_ALL_ROWS, move]


def count_strays(state: State, default: Partition) -> list[Composed | SQL]:
    """Return what counts the rows of the default partition, with the first and last key as UTC without saying so."""
    key: Composable = Identifier(str(state.table.key_column))
    if state.table.key_type == "timestamp with time zone":
        key = SQL("timezone('UTC', {})").format(key)
    count = SQL(
        "SELECT count(*), least(greatest(min({key}), '0001-01-01 00:00'), '9999-12-31 00:00')::timestamp,"
        " least(greatest(max({key}), '0001-01-01 00:00'), '9999-12-31 00:00')::timestamp FROM {default}"
    ).format(key=key, default=name_of(default))
    return [SEE_ALL_ROWS, count]


def row_security(state: State, partition: Identifier) -> list[Composed | SQL]:
    """
    Return what gives a partition the row-level security of its table, without policies.

    Policies of the table hold for what goes through the table only. Without policies of its own the partition shows
    nothing to a role that names it directly.
    """
    commands: list[Composed | SQL] = []
    if state.table.has_row_security:
        commands.append(SQL("ALTER TABLE {} ENABLE ROW LEVEL SECURITY").format(partition))
    if state.table.forces_row_security:
        commands.append(SQL("ALTER TABLE {} FORCE ROW LEVEL SECURITY").format(partition))
    return commands


def comment(row: Partition, text: str | None) -> list[Composed | SQL]:
    """Return what sets, or with None removes, a partition's comment."""
    return [SQL("COMMENT ON TABLE {} IS {}").format(name_of(row), sql.Literal(text))]


def detach(state: State, row: Partition, how: str = "") -> Composed:
    """Return the DETACH of a partition; *how* is ``CONCURRENTLY``, ``FINALIZE`` or nothing."""
    command = SQL("ALTER TABLE {} DETACH PARTITION {}").format(name_of(state.table), name_of(row))
    return command + SQL(" CONCURRENTLY") if how == "CONCURRENTLY" else command + SQL(" FINALIZE") if how else command


def drop(row: Partition) -> Composed:
    """Return the DROP of a table that was a partition; what depends on it stops it."""
    return SQL("DROP TABLE {}").format(name_of(row))
