"""A generated query: everything about it that is known before it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, LiteralString, TypeVar

from psycopg.pq import Format

from plainsql.errors import ParameterError
from plainsql.execute.arguments import Fits, accepts, refusal, without_none
from plainsql.execute.binding import bind_argument, bind_column, codec_of_argument
from plainsql.execute.columns import FIRST_USER_OID, to_check
from plainsql.execute.promises import NotNull, not_null_columns, not_null_parameters, refuse_none
from plainsql.execute.wire.codec import TEXT, Codec, Kind, may_mismatch
from plainsql.execute.wire.fields import fields_of
from plainsql.execute.wire.secrets import Secret

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
        dump_oids: What writes the arguments: a built-in type by its OID, the class of a composite type, a codec.
        bind_oids: OIDs sent in Parse: the same, or 0 where the server infers a type of the database.
        row: Called with the columns in order; None where no row is made: a value, a count, a script.
        load_oids: What reads the columns, like *dump_oids*; None: the types of the result.
        timeout: Seconds; None: no limit of its own.
        statements: Of a script: each statement.
        format: In which columns come; BINARY only if each can be read so.
        send: In which arguments go; those that have no binary form go as text.
        full: Parameters whose arrays hold no None, because NULL among their elements does nothing but harm.
        not_null: What the query says is never NULL, as ``@notnull`` writes it: ``total``, ``tags[]``, ``:status``.
        version: Column that ``@optimistic`` names.
        tenant: It reads or writes tables of tenants: without a tenant it is refused before it is sent.
        writes: It may change rows: who is at work is told with it.
        sealed: Arguments that are encrypted before they are sent, and blind indexes.
        opened: Columns that are decrypted when they are read.
    """

    name: str
    file: str
    line: int
    sql: LiteralString
    params: tuple[str, ...] = ()
    dump_oids: tuple[Kind, ...] = ()
    bind_oids: tuple[int, ...] = ()
    row: Callable[..., R] | None = None
    load_oids: tuple[Kind, ...] | None = None
    timeout: float | None = None
    statements: tuple[LiteralString, ...] = ()
    format: Format = TEXT
    send: Format = TEXT
    full: tuple[str, ...] = ()
    not_null: tuple[str, ...] = ()
    version: str = ""
    tenant: bool = False
    writes: bool = False
    sealed: tuple[Secret, ...] = ()
    opened: tuple[Secret, ...] = ()
    query: bytes = field(init=False, repr=False)
    is_ascii: bool = field(init=False, repr=False)
    fits: tuple[Fits | None, ...] = field(init=False, repr=False)
    formats: list[Format] = field(init=False, repr=False)
    columns: int | None = field(init=False, repr=False)
    checked: tuple[tuple[int, object], ...] = field(init=False, repr=False)
    codecs: tuple[Codec | None, ...] = field(init=False, repr=False)
    dumpers: tuple[int, ...] = field(init=False, repr=False)
    loaders: tuple[int, ...] = field(init=False, repr=False)
    private: tuple[int, ...] = field(init=False, repr=False)
    required: tuple[NotNull, ...] = field(init=False, repr=False)
    promised: tuple[NotNull, ...] = field(init=False, repr=False)
    is_guarded: bool = field(init=False, repr=False)

    def __post_init__(self) -> None:
        put = object.__setattr__
        kinds = self.load_oids or ()
        codecs = tuple([codec_of_argument(kind, self.send) for kind in self.dump_oids])
        bound = [bind_argument(*given, self.send) for given in zip(self.dump_oids, self.bind_oids, strict=True)]
        dumpers = tuple([oid for oid, _ in bound])
        fields = fields_of(self.row)
        loaders = tuple([bind_column(kind, self.format) for kind in kinds])
        put(self, "query", self.sql.encode())
        put(self, "is_ascii", self.sql.isascii())
        put(self, "fits", tuple(map(_fits, self.dump_oids, codecs, [name in self.full for name in self.params])))
        put(self, "formats", [format for _, format in bound])
        put(self, "columns", (fields and len(fields)) if self.load_oids is None else len(kinds))
        put(self, "checked", to_check(kinds))
        put(self, "codecs", codecs)
        put(self, "dumpers", dumpers)
        put(self, "loaders", loaders)
        put(self, "required", not_null_parameters(self.not_null, self.params))
        put(self, "promised", promised := not_null_columns(self.not_null, fields))
        put(self, "is_guarded", bool(promised or self.opened) or any(map(may_mismatch, kinds)))
        put(self, "private", tuple(dict.fromkeys(oid for oid in (*dumpers, *loaders) if oid >= FIRST_USER_OID)))

    @property
    def place(self) -> str:
        """``query orders.get_order at queries/orders.sql:12``."""
        return f"query {self.name} at {self.file}:{self.line}"

    def check(self, arguments: tuple[Any, ...]) -> None:
        """Raise ParameterError for the first of *arguments* that doesn't fit its parameter."""
        if self.required:
            refuse_none(self, arguments)
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


def _fits(kind: Kind, codec: Codec | None, is_full: bool) -> Fits | None:
    if codec is not None:
        return without_none(codec.fits) if is_full else codec.fits
    takes = accepts(kind) if isinstance(kind, int) else None
    if takes is None:
        return None
    return takes.fits_full if is_full else takes.fits
