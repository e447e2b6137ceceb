"""One level of a query: its range table, its outer joins, and the level around it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from plainsql.nullability.joins import nulled_relations
from plainsql.nullability.node import Node


@dataclass(frozen=True, eq=False)
class Scope:
    """A Query and the Scope that it stands in."""

    query: Node
    parent: Scope | None = None

    @cached_property
    def relations(self) -> list[Node]:
        """The range table: ``relations[varno - 1]``."""
        return self.query.nodes("rtable")

    @cached_property
    def nulled(self) -> frozenset[int]:
        """Range table indexes that an outer join of this level may fill with NULLs."""
        return nulled_relations(self.query)

    def up(self, levels: int) -> Scope:
        """Return the scope *levels* further out."""
        scope = self
        for _ in range(levels):
            if scope.parent is None:
                raise LookupError("a reference leaves the outermost query")
            scope = scope.parent
        return scope
