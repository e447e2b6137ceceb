"""What a random schema holds, as far as statements and data need to know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal


@dataclass(slots=True)
class Column:
    """
    A column of a table or view.

    Attributes:
        required: Every row that data or a statement writes should have a value.
        default: The server gives a value where none is written.
        generated: Nothing may be written.
        loose: Refuses NULL only since rows with NULL were there: the statement to let them in, and the one to end it.
        stale: NULL was allowed when materialised views were filled.
    """

    name: str
    type: str
    required: bool = False
    default: bool = False
    generated: bool = False
    loose: tuple[str, str] | None = None
    stale: bool = False
    foreign_key: bool = False


@dataclass(slots=True)
class Relation:
    """
    A table or view.

    Attributes:
        key: Columns of the primary key or of a unique constraint.
        grouping_key: Whether *key* is a primary key, on which all other columns depend.
        writes: INSERT, UPDATE, DELETE, MERGE, ON CONFLICT as far as they are allowed.
        children: Tables that inherit from it or are its partitions.
        system_columns: Whether tableoid can be named.
    """

    name: str
    kind: Literal["table", "partitioned", "view", "matview", "foreign"]
    columns: list[Column]
    key: tuple[str, ...] = ()
    grouping_key: bool = False
    writes: frozenset[str] = frozenset()
    children: list[str] = field(default_factory=list)
    system_columns: bool = True

    def column(self, name: str) -> Column:
        """Return the column called *name*."""
        return next(column for column in self.columns if column.name == name)


@dataclass(frozen=True, slots=True)
class SetFunction:
    """A function for FROM: its arguments' types and its columns."""

    name: str
    arguments: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Schema:
    """
    Everything in a random schema.

    Attributes:
        ddl: Statements that make it, in order.
        around_data: Statements before rows are inserted and after it: they may break what is declared NOT VALID.
    """

    seed: int
    ddl: list[str] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)
    functions: list[SetFunction] = field(default_factory=list)
    around_data: list[tuple[str, str]] = field(default_factory=list)

    @property
    def tables(self) -> list[Relation]:
        """Return what rows can be inserted into."""
        return [relation for relation in self.relations if relation.kind in ("table", "partitioned")]

    def relation(self, name: str) -> Relation:
        """Return the relation called *name*."""
        return next(relation for relation in self.relations if relation.name == name)
