"""A named query as it stands in its file, before any server has seen it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from plainsql.query.hooks import Before, Word
    from plainsql.query.overrides import Override

Kind = Literal["one", "optional", "many", "value", "exec", "many_exec", "script"]
"""What a call returns; DESIGN's table of aiosql suffixes."""


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a file; both numbers are 1-based, columns count characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Directive:
    """One ``-- @name argument`` line."""

    name: str
    argument: str
    position: Position


@dataclass(frozen=True, slots=True)
class SourceMap:
    """
    Where each piece of a query's SQL stands in its file.

    Attributes:
        offsets: Ascending character offsets into ``Query.sql`` at which a piece begins, from 0 to its end.
        origins: For each piece, the character offset in the file at which it begins.
        text: The whole file, without a byte order mark and with ``\\n`` at line ends.
    """

    offsets: tuple[int, ...]
    origins: tuple[int, ...]
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Query:
    """
    One named query.

    Attributes:
        name: As in the header: ``get_order``.
        key: Path below the query folder without suffix, ``/`` as ``.``, then the name: ``orders.get_order``.
        file: Path as people type it, with forward slashes.
        line: Line of the ``-- name:`` header.
        kind: What a call returns.
        doc: The comment under the header, without directives.
        directives: In file order.
        parameters: ``parameters[n - 1]`` is the name behind ``$n``.
        sql: The body with ``$n`` for ``:name``, no closing semicolon, comments of the body kept.
        statements: Scripts: one entry a statement; every other kind: ``(sql,)``.
        source_map: From a character of ``sql`` to its place in the file.
        timeout: Seconds, from ``@timeout``.
        statement_starts: For each of *statements*, the character offset in *sql* at which it begins.
        overrides: What ``@null``, ``@notnull`` and ``@type`` say, in file order.
        before: What ``@before`` says, in file order.
        after: The hooks that ``@after`` names, in file order.
    """

    name: str
    key: str
    file: str
    line: int
    kind: Kind
    doc: str
    directives: tuple[Directive, ...]
    parameters: tuple[str, ...]
    sql: str
    statements: tuple[str, ...]
    source_map: SourceMap
    timeout: float | None = None
    statement_starts: tuple[int, ...] = (0,)
    overrides: tuple[Override, ...] = ()
    before: tuple[Before, ...] = ()
    after: tuple[Word, ...] = ()

    def directive(self, name: str) -> Directive | None:
        """Return the first directive of a name."""
        return next((directive for directive in self.directives if directive.name == name), None)


@dataclass(frozen=True, slots=True)
class QueryFile:
    """
    One ``.sql`` file.

    Attributes:
        path: As people type it, with forward slashes.
        stem: Path below the query folder without suffix, ``/`` as ``.``: ``orders``, ``pg18.orders``.
        doc: The comment at the head of the file.
        queries: In file order.
        text: The whole file.
    """

    path: str
    stem: str
    doc: str
    queries: tuple[Query, ...]
    text: str = field(repr=False)
