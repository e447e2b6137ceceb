"""A generated query: everything about it that is known before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, LiteralString, TypeVar

from psycopg.pq import Format

from plainsql.errors import ParameterError
from plainsql.execute.arguments import Fits, accepts, refusal
from plainsql.execute.columns import to_check

R = TypeVar("R")


@dataclass(frozen=True, slots=True, eq=False)
class Statement(Generic[R]):
    """
    One query of a generated module; R is what a row of it becomes.

    Attributes:
        name: File stem and name: ``orders.get_order``.
        file: The .sql file, as people type it.
        line: Line of the query's header.
        sql: Text with ``$1``, ``$2``…
        params: Names behind ``$1``, ``$2``…
        dump_oids: Built-in OIDs whose dumpers turn the arguments into text.
        bind_oids: OIDs sent in Parse: the same, or 0 where the server infers a type of the database.
        row: Called with the columns in order; None where no row is made: a value, a count, a script.
        load_oids: Built-in OIDs whose loaders read the columns; None: those of the result.
        timeout: Seconds; None: no limit of its own.
        statements: Of a script: each statement.
    """

    name: str
    file: str
    line: int
    sql: LiteralString
    params: tuple[str, ...] = ()
    dump_oids: tuple[int, ...] = ()
    bind_oids: tuple[int, ...] = ()
    row: Callable[..., R] | None = None
    load_oids: tuple[int, ...] | None = None
    timeout: float | None = None
    statements: tuple[LiteralString, ...] = ()
    query: bytes = field(init=False, repr=False)
    is_ascii: bool = field(init=False, repr=False)
    fits: tuple[Fits | None, ...] = field(init=False, repr=False)
    formats: list[Format] = field(init=False, repr=False)
    columns: int | None = field(init=False, repr=False)
    checked: tuple[tuple[int, int], ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "query", self.sql.encode())
        put(self, "is_ascii", self.sql.isascii())
        put(self, "fits", tuple([takes.fits if (takes := accepts(oid)) else None for oid in self.dump_oids]))
        put(self, "formats", [Format.TEXT] * len(self.dump_oids))
        put(self, "columns", _columns(self.row) if self.load_oids is None else len(self.load_oids))
        put(self, "checked", () if self.load_oids is None else to_check(self.load_oids))

    @property
    def place(self) -> str:
        """``query orders.get_order at queries/orders.sql:12``."""
        return f"query {self.name} at {self.file}:{self.line}"

    def check(self, arguments: tuple[Any, ...]) -> None:
        """Raise ParameterError for the first of *arguments* that doesn't fit its parameter."""
        for fits, value in zip(self.fits, arguments, strict=True):
            if value is not None and fits is not None and not fits(value):
                raise self.misfit(arguments)

    def misfit(self, arguments: tuple[Any, ...]) -> ParameterError:
        """Return the error for the first of *arguments* that doesn't fit; there is one."""
        pairs = enumerate(zip(self.fits, arguments, strict=True))
        index = next(i for i, (fits, value) in pairs if value is not None and fits is not None and not fits(value))
        return refusal(self, index, arguments[index])

    def arguments(self, row: Mapping[str, object]) -> tuple[object, ...]:
        """Return the arguments of one row of a ``*!`` query in the order of the parameters."""
        if not isinstance(row, Mapping) or row.keys() != set(self.params):
            expected = ", ".join(self.params)
            given = ", ".join(map(str, row)) if isinstance(row, Mapping) else f"a {type(row).__name__}"
            raise ParameterError(f"{self.file}:{self.line}: query '{self.name}' takes {expected}; found {given}")
        return tuple([row[name] for name in self.params])


def _columns(row: Any) -> int | None:
    fields = getattr(row, "__struct_fields__", None) or getattr(row, "__match_args__", None)
    return len(fields) if fields else None
