"""What an expression may name at one place of a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from tests.soundness.piece import Piece
from tests.soundness.types import BASES, TYPES

RECORD, MADE = "record", "made"
"""In place of a type: a row of no type that has a name; an array of such, or the like."""


@dataclass(frozen=True, slots=True)
class Ref:
    """
    Something that can be written to get a value.

    Attributes:
        text: As to write it.
        type: Of the value.
        name: Bare name of the column.
        source: Alias of the FROM item.
        column: A column, which subqueries may name too; False for a grouping expression.
        version: Of the old or the new row, in RETURNING.
    """

    text: str
    type: str
    name: str = ""
    source: str = ""
    column: bool = True
    version: bool = False


@dataclass(slots=True)
class Scope:
    """
    Attributes:
        refs: What can be named.
        rows: Whole rows and their row types; MADE what is none.
        outer: Of the query around this one.
        ungrouped: Of the arguments of aggregates; None where no aggregate may stand.
        windows: Named windows; None where no window function may stand.
        hot: Refs that conditions were written about: the verdict on them is what matters.
        tables: CTEs that FROM may name: their names and columns.
        sharp: Conditions compare with constants.
    """

    refs: list[Ref] = field(default_factory=list)
    rows: list[tuple[str, str]] = field(default_factory=list)
    outer: Scope | None = None
    ungrouped: Scope | None = None
    windows: list[str] | None = None
    hot: list[Ref] = field(default_factory=list)
    tables: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    sharp: bool = False

    def of_type(self, type: str, *, equal: bool = False) -> list[Ref]:
        """Return the refs of *type* and, unless *equal*, of types that pass for it."""
        return [ref for ref in self.refs if ref.type == type or (not equal and BASES.get(ref.type) == type)]

    @property
    def whole_rows(self) -> list[str]:
        """Return what can be written to get a whole row."""
        return [text for text, tag in self.rows if tag != MADE]

    def for_subquery(self) -> Scope:
        """Return what a subquery sees around it."""
        return Scope(
            refs=[ref for ref in self.refs if ref.column], rows=self.rows, outer=self.outer, tables=self.tables
        )

    def without_aggregates(self) -> Scope:
        """Return the same place where neither aggregates nor window functions may stand."""
        return replace(self, ungrouped=None, windows=None)

    def without_versions(self) -> Scope:
        """
        Return the same place without old and new.

        PostgreSQL 18.6 dies of ``INSERT … RETURNING old.id IN (SELECT …)``: it looks up a row that isn't there.
        """
        versions = {ref.source for ref in self.refs if ref.version}
        refs = [ref for ref in self.refs if not ref.version]
        return replace(self, refs=refs, rows=[row for row in self.rows if row[0] not in versions], hot=[])

    def around(self) -> Iterator[Scope]:
        """Yield the scopes of the queries around this one, the nearest first."""
        scope = self.outer
        while scope is not None:
            yield scope
            scope = scope.outer


@dataclass(frozen=True, slots=True)
class Source:
    """
    A FROM item.

    Attributes:
        piece: Its text.
        columns: What ``*`` gives, in order.
        hidden: Columns that can be named all the same: those that USING merged.
        rows: Whole rows and their row types.
        keys: Primary keys by alias.
    """

    piece: Piece
    columns: tuple[Ref, ...]
    hidden: tuple[Ref, ...] = ()
    rows: tuple[tuple[str, str], ...] = ()
    keys: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def refs(self) -> list[Ref]:
        """Return what can be named; a bare name only when it is the only one."""
        names = [ref.name for ref in self.columns]
        known = [ref for ref in (*self.columns, *self.hidden) if ref.type in TYPES]
        return [ref for ref in known if ref.source or names.count(ref.name) == 1 or ref in self.hidden]


def known_once(refs: Iterable[Ref]) -> list[Ref]:
    """Return the refs whose names are unlike all others."""
    refs = list(refs)
    names = [ref.name for ref in refs]
    return [ref for ref in refs if names.count(ref.name) == 1]
