"""What maintenance has found, what it did, and what it says about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from plainsql.queries.partitions import PartitionedTableRow

What: TypeAlias = Literal["create", "secure", "keep", "finalize", "detach", "drop"]
Status: TypeAlias = Literal["done", "planned", "failed"]


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of time, UTC, that a partition holds: from *lower* to before *upper*."""

    lower: datetime
    upper: datetime


@dataclass(frozen=True, slots=True)
class Strays:
    """Rows in the default partition, and the first and last moment among them; None where all keys are NULL."""

    rows: int
    first: datetime | None
    last: datetime | None


@dataclass(frozen=True, slots=True)
class Action:
    """
    A step of maintenance.

    Attributes:
        what: ``create``: a partition is made and attached. ``secure``: it gets row-level security as its table has it.
            ``keep``: it is no longer marked to be dropped. ``finalize``: a DETACH that was broken off is brought to
            its end. ``detach``, ``drop``: its rows are past their retention.
        partition: Its name, with its schema.
        status: ``done``, ``planned`` in a dry run, or ``failed``.
        lower: First moment that the partition holds, UTC; None: it is detached, so nobody knows.
        upper: First moment that it no longer holds.
        detail: Rows that were moved; why it failed.
    """

    what: What
    partition: str
    status: Status
    lower: datetime | None = None
    upper: datetime | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """
    What maintenance did with one table.

    Attributes:
        table: Its name, with its schema.
        actions: Steps in their order; none: all was as it should be.
        notes: What somebody should know, and nothing was done about.
    """

    table: str
    actions: Sequence[Action]
    notes: Sequence[str]

    @property
    def failed(self) -> list[Action]:
        """The steps that failed."""
        return [action for action in self.actions if action.status == "failed"]


@dataclass(frozen=True, slots=True)
class Partition:
    """
    A partition, or a table that was one and is to be dropped.

    Attributes:
        schema_name: Its schema.
        table_name: Its name.
        kind: As in pg_class.relkind: ``r``, ``p`` if it has partitions itself, ``f`` for a foreign table.
        lower: First moment it holds, UTC; None: it is the default partition, or detached.
        upper: First moment it no longer holds.
        description: Its comment.
    """

    schema_name: str
    table_name: str
    kind: str
    is_attached: bool
    is_pending: bool
    is_default: bool
    has_row_security: bool
    forces_row_security: bool
    description: str | None
    lower: datetime | None
    upper: datetime | None

    @property
    def name(self) -> str:
        """Its name, with its schema."""
        return f"{self.schema_name}.{self.table_name}"


@dataclass(frozen=True, slots=True)
class State:
    """A table with partitions, as the catalog has it at one moment."""

    table: PartitionedTableRow
    partitions: Sequence[Partition]
    strays: Strays | None = None

    @property
    def name(self) -> str:
        """The table's name, with its schema."""
        return f"{self.table.schema_name}.{self.table.table_name}"

    @property
    def mark(self) -> str:
        """The comment of a partition that is to be dropped; queries/partitions.sql looks for the same."""
        return f"plainsql: past the retention of {self.name}"

    @property
    def default(self) -> Partition | None:
        """The default partition."""
        return next((row for row in self.partitions if row.is_default), None)

    def is_marked(self, row: Partition) -> bool:
        """Return whether an earlier run has begun to drop a partition."""
        return row.description == self.mark


@dataclass(frozen=True, slots=True)
class Plan:
    """
    What is to be done about a state.

    Attributes:
        create: Pieces of time that no partition holds, the current one and those ahead first.
        retire: Partitions past their retention, oldest first.
        keep: Partitions that a run with a shorter retention had marked.
        secure: Partitions without the row-level security of their table.
        notes: What somebody should know.
    """

    create: Sequence[Cell]
    retire: Sequence[Partition]
    keep: Sequence[Partition]
    secure: Sequence[Partition]
    notes: Sequence[str]
