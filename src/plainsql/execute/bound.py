"""A query with dumped arguments, in the form that psycopg's cache of prepared statements knows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from psycopg import pq
from psycopg._queries import PostgresQuery
from psycopg.abc import Buffer

Dumped: TypeAlias = Sequence[Buffer | None]


class BoundQuery(PostgresQuery):
    """A statement with dumped arguments; `dump` takes the next row, dumped already."""

    __slots__ = ()

    def __init__(
        self, query: bytes, types: tuple[int, ...], formats: Sequence[pq.Format], params: Dumped | None
    ) -> None:
        self.query = query
        self.types = types
        self.formats = formats
        self.params = params

    def dump(self, vars: Any) -> None:
        """Take the dumped arguments of the next row."""
        self.params = vars
