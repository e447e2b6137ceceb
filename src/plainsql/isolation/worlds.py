"""
What a statement tells one tenant, once with the other's rows in the database and once without.

A tenant that is kept apart can't tell the two worlds from each other: not by rows, counts or values, not by an error,
not by what a write touched. Whatever differs is a leak, by whichever way it came. What differs between two runs in the
same world (a clock, a random key) is left out of the comparison.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import pq, sql

from plainsql.isolation.filling import Tenants
from plainsql.isolation.tables import Table
from plainsql.queries.tenant_catalog import set_sequences

FIRST_KEY = 20_000
"""Where sequences go on in each run, so that two runs draw the same keys; above what was filled in."""
MASKED = "…"


@dataclass(frozen=True, slots=True)
class Statement:
    """
    Something to run as a tenant.

    Attributes:
        name: For the report.
        text: SQL with ``$1``, ``$2``…
        types: OIDs of the parameters, 0 where the server infers them.
        writes: Whether it may write.
    """

    name: str
    text: str
    types: tuple[int, ...] = ()
    writes: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """
    What a tenant saw of one run.

    Attributes:
        rows: Text of the columns, sorted; empty after an error.
        touched: Rows that the server counted.
        error: SQLSTATE and constraint, or empty.
        harm: Tables in which rows of the other tenant changed.
    """

    rows: tuple[tuple[str | None, ...], ...]
    touched: int
    error: str = ""
    harm: tuple[str, ...] = ()


@dataclass(slots=True)
class Worlds:
    """
    A database filled with two tenants, in a transaction that is rolled back.

    Attributes:
        conn: Of a superuser.
        tables: All of them, each after those it refers to.
        tenants: Who they are.
        setting: What policies read.
        role: Under which statements run.
    """

    conn: psycopg.Connection[Any]
    tables: Sequence[Table]
    tenants: Tenants
    setting: str
    role: str
    _still: dict[int, dict[str, str | None]] = field(default_factory=dict)

    def leak(self, statement: Statement, arguments: Sequence[str | None], actor: int) -> tuple[Outcome, str]:
        """Run *statement* as a tenant in both worlds; return what he saw beside the other, and the leak, if any."""
        beside = self.run(statement, arguments, actor)
        if beside.harm:
            return beside, f"it wrote rows of the other tenant in {', '.join(beside.harm)}"
        alone = self.run(statement, arguments, actor, alone=True)
        if beside == alone:
            return beside, ""
        again = self.run(statement, arguments, actor, alone=True)
        mask = masks(alone, again)
        one, two = masked(beside, mask), masked(alone, mask)
        return beside, "" if one == two else difference(one, two)

    def run(
        self,
        statement: Statement,
        arguments: Sequence[str | None],
        actor: int,
        *,
        alone: bool = False,
        triggers: bool = True,
    ) -> Outcome:
        """
        Run *statement* as a tenant and undo it.

        Args:
            statement: What to run.
            arguments: Its own.
            actor: Which tenant.
            alone: In a world where the other has no rows.
            triggers: False: without triggers and foreign keys.
        """
        with self.undone():
            if alone:
                self.remove(1 - actor)
            set_sequences(self.conn, value=FIRST_KEY)
            if not triggers:
                self.conn.execute("SET LOCAL session_replication_role = replica")
            self.become(self.tenants.ids[actor])
            outcome = _outcome(self.conn, statement, arguments)
            if not statement.writes or alone or outcome.error:
                return outcome
            self.conn.execute("RESET ROLE")
            left = self.fingerprints(1 - actor)
        if 1 - actor not in self._still:
            self._still[1 - actor] = self.fingerprints(1 - actor)
        harm = tuple(name for name, still in self._still[1 - actor].items() if left[name] != still)
        return Outcome(outcome.rows, outcome.touched, outcome.error, harm)

    def become(self, tenant: str | None) -> None:
        """Go on as the application, for a tenant, until the savepoint is rolled back."""
        self.conn.execute("SELECT pg_catalog.set_config(%s, %s, true)", (self.setting, tenant or ""))
        self.conn.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(self.role)))

    def remove(self, tenant: int) -> None:
        """Take a tenant's rows away, without triggers and references."""
        self.conn.execute("SET LOCAL session_replication_role = replica")
        for table in self.tables:
            if table.tenant is not None:
                command = sql.SQL("DELETE FROM {} WHERE {}::pg_catalog.text = {}")
                self.conn.execute(
                    command.format(table.identifier, table.tenant_identifier, sql.Literal(self.tenants.ids[tenant]))
                )
        self.conn.execute("SET LOCAL session_replication_role = origin")

    def fingerprints(self, tenant: int) -> dict[str, str | None]:
        """Return a hash of all rows of a tenant, by table."""
        found = {}
        for table in self.tables:
            if table.tenant is not None:
                command = sql.SQL(
                    "SELECT md5(string_agg(t::text, ',' ORDER BY t::text)) FROM {} AS t WHERE t.{}::text = {}"
                )
                row = self.conn.execute(
                    command.format(table.identifier, table.tenant_identifier, sql.Literal(self.tenants.ids[tenant]))
                ).fetchone()
                found[table.shown] = row and row[0]
        return found

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Undo at the end what the block did."""
        self.conn.execute("SAVEPOINT run")
        try:
            yield
        finally:
            self.conn.execute("ROLLBACK TO SAVEPOINT run")
            self.conn.execute("RELEASE SAVEPOINT run")


def _outcome(conn: psycopg.Connection[Any], statement: Statement, arguments: Sequence[str | None]) -> Outcome:
    encoded = [None if argument is None else argument.encode() for argument in arguments]
    result = conn.pgconn.exec_params(statement.text.encode(), encoded, statement.types or None)
    if result.status == pq.ExecStatus.FATAL_ERROR:
        return Outcome((), 0, error_of(result))
    deferred = conn.pgconn.exec_params(b"SET CONSTRAINTS ALL IMMEDIATE", None)
    if deferred.status == pq.ExecStatus.FATAL_ERROR:
        return Outcome((), 0, error_of(deferred))
    rows = [
        tuple(_text(result.get_value(row, column)) for column in range(result.nfields)) for row in range(result.ntuples)
    ]
    return Outcome(tuple(sorted(rows, key=_key)), result.command_tuples or 0)


def error_of(result: pq.abc.PGresult) -> str:
    """Return SQLSTATE and the constraint's name."""
    field = pq.DiagnosticField
    state = result.error_field(field.SQLSTATE) or b""
    constraint = result.error_field(field.CONSTRAINT_NAME) or b""
    return b" ".join((state, constraint)).decode().strip()


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode(errors="replace")


def _key(row: Sequence[str | None]) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, value or "") for value in row)


def masks(one: Outcome, two: Outcome) -> frozenset[int]:
    """Return the columns in which two runs in the same world differ."""
    if len(one.rows) != len(two.rows):
        return frozenset()
    width = len(one.rows[0]) if one.rows else 0
    return frozenset(
        column
        for column in range(width)
        if sorted(row[column] or "" for row in one.rows) != sorted(row[column] or "" for row in two.rows)
    )


def masked(outcome: Outcome, columns: frozenset[int]) -> Outcome:
    """Return *outcome* without what these columns hold."""
    rows = [tuple(MASKED if i in columns else value for i, value in enumerate(row)) for row in outcome.rows]
    return Outcome(tuple(sorted(rows, key=_key)), outcome.touched, outcome.error, outcome.harm)


def difference(beside: Outcome, alone: Outcome) -> str:
    """Say in what the worlds differ."""
    if beside.error != alone.error:
        return f"{beside.error or 'no error'} beside the other tenant, {alone.error or 'no error'} without him"
    if len(beside.rows) != len(alone.rows):
        return f"{len(beside.rows)} rows beside the other tenant, {len(alone.rows)} without him"
    if beside.touched != alone.touched:
        return f"{beside.touched} rows written beside the other tenant, {alone.touched} without him"
    pairs = zip(beside.rows, alone.rows, strict=True)
    with_other, without = next((a, b) for a, b in pairs if a != b)
    values = [(x, y) for x, y in zip(with_other, without, strict=True) if x != y]
    return f"the value {values[0][0]!r} beside the other tenant, {values[0][1]!r} without him"
