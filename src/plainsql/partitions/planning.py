"""Which partitions are missing and which are past their retention: pure arithmetic on bounds."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime

from plainsql.errors import PartitionError
from plainsql.partition_settings import PartitionSetting
from plainsql.partitions.model import Cell, Partition, Plan, State
from plainsql.spans import LATEST

MAX_CREATED = 5000
"""More partitions at once than this are a mistake in the interval; planning a query over them would take seconds."""
MAX_NAME = 63
"""Bytes of an identifier. Manual: Identifiers and Key Words."""


def make_plan(setting: PartitionSetting, state: State, now: datetime) -> Plan:
    """
    Return what is to be done.

    Time is covered without gaps from the oldest partition that is kept, or the oldest row in the default partition,
    to *premake* partitions after the one that *now* lies in.

    Raises:
        PartitionError: More than MAX_CREATED partitions would be created.
    """
    cutoff = None if setting.retain is None else setting.retain.before(now)
    attached = [row for row in state.partitions if row.is_attached and not row.is_default]
    expired = [row for row in attached if cutoff is not None and row.upper is not None and row.upper <= cutoff]
    kept = [row for row in attached if row not in expired]
    held = held_cells(attached)
    create = missing_cells(setting, held, now, start=_start(setting, state, held, now, cutoff))
    return Plan(
        create=create,
        retire=[row for row in expired if row.kind != "f"],
        keep=[row for row in kept if state.is_marked(row) and not row.is_pending],
        secure=[row for row in kept if _lacks_security(state, row)],
        notes=list(_notes(setting, state, expired, attached)),
    )


def held_cells(rows: Iterable[Partition]) -> list[Cell]:
    """Return the pieces of time that partitions hold, in order."""
    cells = [Cell(row.lower, row.upper) for row in rows if row.lower is not None and row.upper is not None]
    return sorted(cells, key=lambda cell: (cell.lower, cell.upper))


def missing_cells(setting: PartitionSetting, held: list[Cell], now: datetime, *, start: datetime) -> list[Cell]:
    """Return the pieces of the grid that nothing holds: those of now and later first, then the gaps before."""
    interval = setting.interval
    current = interval.floor(now)
    end = interval.after(current, setting.premake + 1)
    found: list[Cell] = []
    lower = start
    position = 0
    while lower < end:
        upper = interval.after(lower)
        while position < len(held) and held[position].upper <= lower:
            position += 1
        found += _without(Cell(lower, upper), held, position)
        if len(found) > MAX_CREATED:
            raise PartitionError(
                f"{setting.table}: more than {MAX_CREATED} partitions of {interval} would be created "
                f"from {start:%Y-%m-%d} to {end:%Y-%m-%d}: take a longer interval, or create the old ones by hand"
            )
        if upper >= LATEST:
            break
        lower = upper
    return [cell for cell in found if cell.upper > current] + [cell for cell in found if cell.upper <= current]


def partition_name(setting: PartitionSetting, table: str, cell: Cell) -> str:
    """
    Return the name of the partition of a table that holds *cell*: ``events_p20261123``.

    A name that would be too long for PostgreSQL is cut, with a hash of what was cut.
    """
    suffix = f"_p{setting.interval.label(cell.lower)}"
    if len((table + suffix).encode()) <= MAX_NAME:
        return table + suffix
    suffix = f"_{hashlib.sha256(table.encode()).hexdigest()[:8]}{suffix}"
    return table.encode()[: MAX_NAME - len(suffix)].decode(errors="ignore") + suffix


def shown(moment: datetime | None) -> str:
    """Return a bound for people."""
    return "?" if moment is None else f"{moment:%Y-%m-%d %H:%M}".removesuffix(" 00:00")


def _start(
    setting: PartitionSetting, state: State, held: list[Cell], now: datetime, cutoff: datetime | None
) -> datetime:
    """Return the start of the grid's first cell that must be held."""
    oldest = [cell.lower if cell.lower.year > 1 else cell.upper for cell in held[:1]]
    if state.strays is not None and state.strays.first is not None:
        oldest.append(state.strays.first)
    start = min([*oldest, now])
    return setting.interval.floor(start if cutoff is None else max(start, cutoff))


def _without(cell: Cell, held: list[Cell], position: int) -> Iterator[Cell]:
    """Yield the pieces of *cell* that *held*, in order and looked at from *position* on, leave free."""
    lower = cell.lower
    for other in (held[index] for index in range(position, len(held))):
        if other.lower >= cell.upper:
            break
        if lower < other.lower:
            yield Cell(lower, other.lower)
        lower = max(lower, other.upper)
    if lower < cell.upper:
        yield Cell(lower, cell.upper)


def _lacks_security(state: State, row: Partition) -> bool:
    if row.kind not in "rp":
        return False
    enable = state.table.has_row_security and not row.has_row_security
    return enable or (state.table.forces_row_security and not row.forces_row_security)


def _notes(
    setting: PartitionSetting, state: State, expired: list[Partition], attached: list[Partition]
) -> Iterator[str]:
    interval = setting.interval
    for row in expired:
        if row.kind == "f":
            yield f"{row.name} is past its retention and a foreign table: detach it by hand"
    for row in attached:
        if row in expired or row.lower is None or row.upper is None:
            continue
        if row.upper >= LATEST:
            yield (
                f"{row.name} holds all from {shown(row.lower)} on, without end: "
                "no partition can be made there, and its rows are never past their retention"
            )
        elif row.lower != interval.floor(row.lower) or row.upper != interval.after(row.lower):
            yield (
                f"{row.name} holds {shown(row.lower)} to {shown(row.upper)}, which is not one partition "
                f"of {interval}: it stays, others are made around it"
            )
    if state.default is not None:
        name = state.default.name
        yield f"{name} is a default partition: rows out of range go there unseen, and DETACH can't be CONCURRENTLY"
        if state.strays is not None and state.strays.rows:
            first, last = shown(state.strays.first), shown(state.strays.last)
            yield f"{name} holds {state.strays.rows:,} rows, from {first} to {last}"
        if state.table.is_referenced:
            yield f"foreign keys refer to {state.name}: rows are not moved out of {name}"
