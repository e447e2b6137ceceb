"""The columns that a project has declared a type of its own for, as one database has them."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class DeclaredColumn:
    """
    A column of ``[tool.plainsql.types.columns]``.

    Attributes:
        key: As written there: ``users.ssn``.
        name: Of the column alone.
        is_secret: What stands in it is encrypted.
        aad: Names of the columns of its row that a value is bound to.
        index: Name of its blind index column, if it has one.
    """

    key: str
    name: str
    is_secret: bool = False
    aad: tuple[str, ...] = ()
    index: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """
    A column of a relation that has to do with a declared one.

    Attributes:
        declared: The declared column.
        aad: Numbers of the columns that a value is bound to, in the same relation.
        index: Number of the blind index, 0 without one.
    """

    declared: DeclaredColumn
    aad: tuple[int, ...] = ()
    index: int = 0


@dataclass(frozen=True)
class Declared:
    """
    Declared columns by where they are: in their tables, and in all children and partitions of them.

    Attributes:
        columns: By OID of the relation and number of the column.
        indexes: Blind index columns, in the same way.
        bound: Columns that encrypted values are bound to, with the declared column whose values they are.
        row_types: OIDs of the row types of tables with an encrypted column, and of arrays of them.
        names: Of those tables, as SQL may write them.
    """

    columns: Mapping[tuple[int, int], Place] = field(default_factory=dict)
    indexes: Mapping[tuple[int, int], Place] = field(default_factory=dict)
    bound: Mapping[tuple[int, int], DeclaredColumn] = field(default_factory=dict)
    row_types: Set[int] = frozenset()
    names: Set[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.columns)

    @property
    def has_secrets(self) -> bool:
        """Whether a column is encrypted."""
        return any(place.declared.is_secret for place in self.columns.values())
