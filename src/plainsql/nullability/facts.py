"""What the proofs ask of the catalog."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NotNull:
    """
    A column that refuses NULL.

    Attributes:
        proved: No stored row of this very table holds NULL.
        in_children: The same of the table with all children and partitions.
    """

    proved: bool
    in_children: bool


@dataclass(frozen=True, slots=True)
class Relation:
    """
    A table or view.

    Attributes:
        name: ``schema.table``; without schema when it is public.
        kind: pg_class.relkind.
        has_rules: Rewrite rules may replace what a write returns.
        not_null: By column number; columns that accept NULL are absent.
    """

    name: str
    kind: str
    has_rules: bool
    not_null: Mapping[int, NotNull] = field(default_factory=dict)


Facts = Mapping[int, Relation]
"""Relations by OID."""

TABLES = frozenset({"r", "p"})
"""relkinds whose rows the server itself checks; foreign tables only promise."""
