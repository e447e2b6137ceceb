"""Where an expression stands: its query, the queries around it, and what is known there beyond the query itself."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TypeAlias

from plainsql.nullability.node import Node

Key: TypeAlias = Hashable
"""Names a value: two expressions with one key are equal or both NULL in every row."""


@dataclass(frozen=True, eq=False)
class Scope:
    """
    One level of a query, and the context that it stands in.

    Attributes:
        query: The level.
        parent: None for a whole statement, and for a view.
        via: Identity of the FROM item that reads a view or WITH entry: each that does has rows of its own.
    """

    query: Node
    parent: Context | None = None
    via: int = 0

    @cached_property
    def relations(self) -> list[Node]:
        """The range table: ``relations[varno - 1]``."""
        return self.query.nodes("rtable")

    def relation(self, number: int) -> Node | None:
        """Return an entry of the range table, None if there is no such."""
        return self.relations[number - 1] if 0 < number <= len(self.relations) else None

    @cached_property
    def path(self) -> tuple[int, ...]:
        """The FROM items through which this level is read, outermost first."""
        above = self.parent.scope.path if self.parent is not None else ()
        return (*above, self.via) if self.via else above

    @cached_property
    def id(self) -> Key:
        """Identity of this level: names of values hold it."""
        return (id(self.query), self.path)


@dataclass(frozen=True)
class Context:
    """
    A place in a Scope.

    Attributes:
        scope: The level.
        claims: Values that aren't NULL here, beyond what FROM, WHERE and HAVING say: inside an arm of CASE.
        matched: Sides of outer joins that are taken for matched here: ``(scope, join, is_left)``.
        is_grouped: Above GROUP BY: the select list and HAVING.
        is_returning: In RETURNING, where the written table's columns are those of its new row.
        is_of_one_row: What is known here and further out is known of one row of a level inside, not of those beside it.
    """

    scope: Scope
    claims: frozenset[Key] = frozenset()
    matched: frozenset[tuple[Key, int, bool]] = frozenset()
    is_grouped: bool = False
    is_returning: bool = False
    is_of_one_row: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether nothing is taken for granted here, nor in any context around it."""
        if self.claims or self.matched or self.is_of_one_row:
            return False
        return self.scope.parent is None or self.scope.parent.is_plain

    def up(self, levels: int) -> Context:
        """Return the context *levels* further out."""
        context = self
        for _ in range(levels):
            if context.scope.parent is None:
                raise LookupError("a reference leaves the outermost query")
            context = context.scope.parent
        return context

    def claiming(self, claims: frozenset[Key]) -> Context:
        """Return this context with more values known not to be NULL."""
        return replace(self, claims=self.claims | claims) if claims else self

    def below(self) -> Context:
        """Return the context of FROM and WHERE on the same level: rows before they are grouped."""
        return replace(self, is_grouped=False, is_returning=False)

    def of_any_row(self) -> Context:
        """
        Return the context of what a window function reads: other rows of the level too.

        Of them holds what the level itself says. What CASE, or a query further out, has found out is of one row alone.
        """
        scope, parent = self.scope, self.scope.parent
        if parent is not None:
            scope = Scope(scope.query, replace(parent, is_of_one_row=True), scope.via)
        return replace(self, scope=scope, claims=frozenset(), matched=frozenset())
