"""A database where random schemas are made, statements described, and then run on random rows."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import psycopg
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGresult

from plainsql.describe import Describer
from plainsql.describe.model import Description
from plainsql.query.model import Query
from tests.fixtures.queries import bare_query
from tests.soundness import decode, members
from tests.soundness.draw import Draw
from tests.soundness.families import add_families
from tests.soundness.routines import add_prelude, add_row_functions
from tests.soundness.schema import Relation, Schema
from tests.soundness.states import State, make_states
from tests.soundness.tables import add_tables
from tests.soundness.types import TYPES
from tests.soundness.views import default_of, instead_of, query_view, simple_view

_SETTINGS = (
    "SET client_min_messages = error; SET statement_timeout = '1500ms'; SET jit = off; "
    "SET max_parallel_workers_per_gather = 0; SET timezone = 'UTC'; SET lock_timeout = '10s'"
)
_LONG_NAMES = {
    "double precision": "float8",
    "character varying": "varchar",
    "timestamp with time zone": "timestamptz",
    "timestamp without time zone": "timestamp",
    "time without time zone": "time",
}
_MOST_ROWS, _MOST_STRUCTURES = 3000, 200
_EMPTY = "DROP SCHEMA IF EXISTS public CASCADE; CREATE SCHEMA public; DROP SERVER IF EXISTS files CASCADE"

Make = Callable[[psycopg.Connection[Any]], Describer]


@dataclass(frozen=True, slots=True)
class Run:
    """
    What one execution gave.

    Attributes:
        error: SQLSTATE when it failed.
        types: OIDs of the columns.
        nulls: Which columns were NULL in some row.
        misfit: What a value held that its structure rules out.
        is_readable: Python's types hold all of it.
        unread: Why the module that is generated for the statement can't read it.
        visits: How often an element or member was met: column, path, whether it may be NULL, whether it was.
    """

    state: str
    error: str | None = None
    rows: int = 0
    types: tuple[int, ...] = ()
    nulls: tuple[bool, ...] = ()
    misfit: str | None = None
    visits: Counter[tuple[int, str, bool, bool]] = field(default_factory=Counter)
    with_null_parameters: bool = False
    is_readable: bool = False
    unread: str | None = None


def as_query(sql: str) -> Query:
    """Return *sql* as a query with as many parameters as it names."""
    return bare_query(sql, max((int(number) for number in re.findall(r"\$(\d+)", sql)), default=0))


@dataclass(slots=True)
class Workbench:
    """
    One connection of a throw-away database and what stands in it.

    Attributes:
        conn: In autocommit.
        make: Makes the describer under test, anew for each schema.
    """

    conn: psycopg.Connection[Any]
    make: Make = Describer
    version: int = 0
    foreign: bool = False
    schema: Schema = field(default_factory=lambda: Schema(-1))
    states: list[State] = field(default_factory=list)
    describer: Describer | None = None

    def __post_init__(self) -> None:
        self.version = self.conn.info.server_version
        self._send(_SETTINGS)
        wrapper = "CREATE SCHEMA IF NOT EXISTS wrappers; CREATE EXTENSION IF NOT EXISTS file_fdw SCHEMA wrappers"
        self.foreign = self._send(wrapper) is None

    def _send(self, sql: str) -> str | None:
        """Run *sql*, which may be several statements; return the error."""
        result = self.conn.pgconn.exec_(sql.encode())
        if result.status in (ExecStatus.FATAL_ERROR, ExecStatus.BAD_RESPONSE):
            return result.get_error_message()
        return None

    def must(self, sql: str) -> None:
        """Run *sql*, which can't fail."""
        self.conn.execute(sql)

    def build(self, seed: int) -> Schema:
        """Make the schema of *seed* in place of the one that is there."""
        self._send(_EMPTY)
        draw = Draw(random.Random(f"schema {seed}"), Schema(seed), self.version)
        self.schema = schema = draw.schema
        add_prelude(draw)
        add_tables(draw)
        add_families(draw, foreign=self.foreign)
        add_row_functions(draw)
        self._install(schema.ddl)
        draw.with_parameters = False
        for number in range(1, draw.pick((2, 3, 4)) + 1):
            self._add_view(draw, f"view{number}")
        self.states = make_states(schema, self.version)
        self.describer = self.make(self.conn)
        return schema

    def rebuild(self, ddl: list[str]) -> None:
        """Make a schema of *ddl* alone in place of the one that is there."""
        self._send(_EMPTY)
        self._install(ddl)
        self.describer = self.make(self.conn)

    def _install(self, ddl: list[str]) -> None:
        try:
            self.must("; ".join(ddl))
        except psycopg.Error as error:
            error.add_note(";\n".join(ddl))
            raise

    def _add_view(self, draw: Draw, name: str) -> None:
        """Add a view; most that chance makes are accepted."""
        for _ in range(4):
            kind = draw.weighed({"simple": 35, "query": 45, "materialised": 20})
            made = (
                simple_view(draw, name)
                if kind == "simple"
                else query_view(draw, name, materialised=kind == "materialised")
            )
            if made is not None and self._send(made[0]) is None:
                ddl, view = made
                draw.schema.ddl.append(ddl)
                draw.schema.relations.append(view)
                if view.kind == "view" and view.writes and draw.chance(20):
                    default = default_of(draw, view)
                    if self._send(default) is None:
                        draw.schema.ddl.append(default)
                if view.kind == "view" and draw.chance(20) and _can_be_written(view):
                    more = instead_of(draw, view)
                    self._install(more)
                    draw.schema.ddl += more
                return

    def describe(self, sql: str) -> Description:
        """Return what is declared of *sql*."""
        assert self.describer is not None
        query = as_query(sql)
        description = self.describer.describe(query)
        if description.problem is not None and "returns no columns" in description.problem.message:
            description = self.describer.describe(replace(query, kind="exec"))
        return description

    def enter(self, state: State) -> None:
        """Begin a transaction and load *state*; what constraints refuse is left out from now on."""
        self._send("BEGIN")
        for legacy in state.legacy:
            if (error := self._send(legacy.before)) is not None:
                raise AssertionError(f"a constraint can't be taken away: {error}{legacy.before}")
        state.inserts = [sql for sql in state.inserts if self._try(sql)]
        for sql in state.refresh:
            self._try(sql)
        for legacy in state.legacy:
            for sql in legacy.after:
                if not self._try(sql) and not sql.startswith("UPDATE"):
                    raise AssertionError(f"a constraint can't come back: {sql}")
        self._send("SAVEPOINT statement")

    def _try(self, sql: str) -> bool:
        for _ in range(2):  # PostgreSQL 15 may refuse a change of the catalog after another one, once
            error = self._send(f"SAVEPOINT one; {sql}")
            if error is None:
                return True
            self._send("ROLLBACK TO SAVEPOINT one")
            if "unprocessed inval messages" not in error:
                break
        return False

    def leave(self) -> None:
        """Roll back what was loaded."""
        self._send("ROLLBACK")

    def run(self, sql: str, description: Description, state: State, seed: int) -> list[Run]:
        """Run *sql* with NULL for every parameter that may be None, and then with none."""
        chance = random.Random(f"arguments {seed}")
        rounds = [False]
        if any(parameter.nullable for parameter in description.parameters):
            rounds.append(True)
        runs = []
        for with_null in rounds:
            arguments: list[bytes | None] = []
            for parameter in description.parameters:
                known = TYPES.get(_LONG_NAMES.get(parameter.type.name, parameter.type.name), TYPES["integer"])
                value = chance.choice(
                    (known.usual * 3 + known.edges) if not known.edges else (known.usual + known.edges)
                )
                if parameter.is_full:
                    value = chance.choice([text for text in known.usual + known.edges if _is_full(text)])
                arguments.append(None if with_null and parameter.nullable else value.encode())
            types = [parameter.type.oid for parameter in description.parameters]
            run = self._run(sql, arguments, types, description, state.name, with_null)
            if _is_to_be_read(run, description):
                texts = [None if argument is None else argument.decode() for argument in arguments]
                format: Literal["text", "best"] = "text" if seed % 3 else "best"
                run = replace(run, unread=decode.failure(self.conn, sql, description, texts, format))
                self._send("ROLLBACK TO SAVEPOINT statement")
            runs.append(run)
        return runs

    def _run(
        self,
        sql: str,
        arguments: list[bytes | None],
        types: list[int],
        description: Description,
        state: str,
        with_null: bool,
    ) -> Run:
        result = self.conn.pgconn.exec_params(sql.encode(), arguments, types)
        error = None
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            error = (result.error_field(67) or b"?").decode()
            error += " " + (result.error_field(77) or b"").decode()  # PG_DIAG_MESSAGE_PRIMARY
        rows = result.ntuples
        oids = tuple(result.ftype(number) for number in range(result.nfields))
        nulls = tuple(
            any(result.get_value(row, column) is None for row in range(min(rows, _MOST_ROWS)))
            for column in range(result.nfields)
        )
        self._send("ROLLBACK TO SAVEPOINT statement")
        if error is not None or len(oids) != len(description.columns):
            return Run(state, error, rows, oids, nulls, with_null_parameters=with_null)
        misfit, visits = _inside(result, description)
        return Run(state, error, rows, oids, nulls, misfit, visits, with_null, is_readable=_is_readable(result))


def _is_readable(result: PGresult) -> bool:
    """Return whether Python's types hold all that is in a result."""
    if result.ntuples > _MOST_STRUCTURES:
        return False
    values = (result.get_value(row, column) for row in range(result.ntuples) for column in range(result.nfields))
    return not any(value is not None and decode.UNREADABLE.search(value.decode()) for value in values)


def _is_to_be_read(run: Run, description: Description) -> bool:
    """Return whether the module generated for a statement should read its rows again, which takes its time."""
    has_structure = any(column.structure is not None for column in description.columns)
    return has_structure and run.is_readable and run.rows > 0


def _is_full(array: str) -> bool:
    """Return whether the text of an array is one that a caller may give where None is refused."""
    return "NULL" not in array and not array.startswith(("[", "{{"))


def _can_be_written(view: Relation) -> bool:
    return all(column.type in TYPES for column in view.columns)


def _inside(result: PGresult, description: Description) -> tuple[str | None, Counter[tuple[int, str, bool, bool]]]:
    """Return what is wrong with the values in *result*, and how often each part of them was met."""
    met: Counter[tuple[int, str, bool, bool]] = Counter()
    for number, column in enumerate(description.columns):
        for at in range(min(result.ntuples, _MOST_STRUCTURES) if column.structure is not None else 0):
            value = result.get_value(at, number)
            if value is None or column.structure is None:
                continue
            try:
                for visit in members.visits(column.type, column.structure, value.decode()):
                    met[number, visit.path, visit.structure.nullable, visit.is_null] += 1
            except members.MisfitError as error:
                return f"column {number + 1} ({column.name}): {error}", met
    return None, met
