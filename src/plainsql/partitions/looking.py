"""What the catalog says of a table and its partitions, and whether they can be maintained."""

from __future__ import annotations

from datetime import UTC, datetime

from plainsql.errors import PartitionError
from plainsql.partition_settings import PartitionSetting
from plainsql.partitions import ddl
from plainsql.partitions.model import Partition, State, Strays
from plainsql.partitions.requests import Ask, Conversation, Run
from plainsql.queries.partitions import LIST_PARTITIONS, PARTITIONED_TABLE, ListPartitionsRow, PartitionedTableRow


def look(setting: PartitionSetting) -> Conversation[State]:
    """
    Read the catalog, and what the default partition holds.

    Raises:
        PartitionError: There is no such table, or it isn't partitioned by time.
    """
    tables: list[PartitionedTableRow] = yield Ask(PARTITIONED_TABLE, (setting.table,))
    if not tables:
        raise PartitionError(f"there is no table {setting.table}")
    state = State(tables[0], ())
    _check_key(setting, state)
    state = State(state.table, (yield from _partitions(state)))
    if state.default is None:
        return state
    rows, first, last = (yield Run(ddl.count_strays(state, state.default)))[-1][1]
    return State(state.table, state.partitions, Strays(rows, _utc(first), _utc(last)))


def _check_key(setting: PartitionSetting, state: State) -> None:
    table = state.table
    if table.kind != "p" or table.strategy != "r":
        raise PartitionError(f"{state.name} is not partitioned by range: CREATE TABLE … PARTITION BY RANGE (at)")
    if table.key_type not in {*ddl.FORMATS, "date"} or table.key_column is None:
        raise PartitionError(
            f"{state.name} must be partitioned by one column of type timestamptz, timestamp or date, "
            f"found {table.key_column or 'an expression or several columns'}"
            + (f" of type {table.key_type}" if table.key_column else "")
        )
    if setting.key is not None and table.key_column != setting.key:
        raise PartitionError(f"{state.name} is partitioned by {table.key_column}, not by {setting.key}")
    if table.key_type == "date" and setting.interval.unit in {"minute", "hour"}:
        raise PartitionError(f"{state.name} is partitioned by a date: an interval of {setting.interval} can't be")


def check_rights(state: State) -> None:
    """Raise PartitionError unless this role may do all that its owner may."""
    if not state.table.may_maintain:
        raise PartitionError(
            f"role {state.table.role} can't maintain {state.name}, whose owner is {state.table.owner}: "
            "connect as the owner, in Python by Database.open(owner=True)"
        )


def find(state: State, row: Partition) -> Conversation[Partition | None]:
    """Read what has become of a partition; None: it is gone, or a table like any other."""
    return next((found for found in (yield from _partitions(state)) if found.name == row.name), None)


def _partitions(state: State) -> Conversation[list[Partition]]:
    rows: list[ListPartitionsRow] = yield Ask(LIST_PARTITIONS, (state.table.oid, state.name))
    return [
        Partition(
            schema_name=row.schema_name,
            table_name=row.table_name,
            kind=row.kind,
            is_attached=row.is_attached,
            is_pending=row.is_pending,
            is_default=row.is_default,
            has_row_security=row.has_row_security,
            forces_row_security=row.forces_row_security,
            description=row.description,
            lower=_utc(row.lower),
            upper=_utc(row.upper),
        )
        for row in rows
    ]


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)
