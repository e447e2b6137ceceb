"""Run every query, table, view and function as two tenants and say which of them tells one of the other."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

import psycopg
from psycopg import sql

from plainsql.describe.model import Description
from plainsql.describe.types import TypeCatalog
from plainsql.isolation.arguments import Arguments
from plainsql.isolation.filling import Filled
from plainsql.isolation.report import Proof
from plainsql.isolation.tables import Table
from plainsql.isolation.worlds import Outcome, Statement, Worlds
from plainsql.queries.tenant_catalog import ListCallableFunctionsRow, list_callable_functions, list_views_over
from plainsql.typemap import PgType

_REFUSED = "42501"
SCRIPT = "a script: it has no tenant"

Parameters = Sequence[tuple[str, PgType]]


class Prover:
    """Proves one thing after another in filled *worlds*."""

    def __init__(self, worlds: Worlds, filled: Filled) -> None:
        self._worlds = worlds
        self._filled = filled
        self._arguments = Arguments(worlds.tables, filled, worlds.tenants)

    def query(self, description: Description) -> Proof:
        """Prove a query."""
        query, effects = description.query, description.effects
        if description.problem is not None:
            return Proof("query", query.key, "not run", detail=description.problem.message)
        if query.kind == "script":
            return Proof("query", query.key, "not run", detail=SCRIPT)
        statement = Statement(
            query.key,
            query.sql,
            tuple(parameter.type.oid for parameter in description.parameters),
            writes=effects is None or effects.access == "write",
        )
        touched = frozenset((*description.reads, *description.writes))
        parameters = [(parameter.name, parameter.type) for parameter in description.parameters]
        return self._proof("query", statement, parameters, touched)

    def view(self, schema: str, name: str) -> Proof:
        """Prove a view."""
        text = sql.SQL("SELECT * FROM {}").format(sql.Identifier(schema, name)).as_string(self._worlds.conn)
        return self._proof("view", Statement(_shown(schema, name), text), (), frozenset())

    def function(self, row: ListCallableFunctionsRow, arguments: Sequence[PgType]) -> Proof:
        """Prove a function by calling it."""
        schema, name = row.schema, row.function_name
        places = sql.SQL(", ").join(sql.SQL(f"${i}") for i in range(1, len(arguments) + 1))
        text = sql.SQL("SELECT * FROM {}({})").format(sql.Identifier(schema, name), places)
        shown = f"{_shown(schema, name)}({', '.join(argument.name for argument in arguments)})"
        statement = Statement(
            shown, text.as_string(self._worlds.conn), tuple(argument.oid for argument in arguments), writes=True
        )
        if any(argument.kind == "pseudo" for argument in arguments):
            return Proof("function", shown, "not run", detail="it takes a pseudo-type")
        tenants = {table.shown for table in self._worlds.tables if table.tenant is not None}
        words = set(re.findall(r"\w+", (row.body or "").lower()))
        named = {table for table in tenants if table.rpartition(".")[2].lower() in words}
        parameters = list(zip([argument or "" for argument in row.names], arguments, strict=True))
        return self._proof("function", statement, parameters, frozenset(named or tenants))

    def table(self, table: Table) -> Proof:
        """Prove a table: read it, write it, put a row of the other's into it, move one's own to the other."""
        seen = runs = 0
        for actor in (0, 1):
            for statement in self._table_statements(table):
                outcome, leak = self._worlds.leak(statement, (), actor)
                runs, seen = runs + 1, seen + len(outcome.rows) + outcome.touched
                if leak:
                    return Proof("table", table.shown, "LEAK", runs, seen, f"{statement.name}: {leak}")
            for name, outcome in self._trespasses(table, actor):
                runs += 1
                # An UPDATE that no policy lets see a row is refused by finding none.
                if not outcome.error.startswith(_REFUSED) and (outcome.error or outcome.touched):
                    detail = f"{name}: expected {_REFUSED}, found {outcome.error or 'no error'}"
                    return Proof("table", table.shown, "LEAK", runs, seen, detail)
        if leak := self._without_tenant(table):
            return Proof("table", table.shown, "LEAK", runs, seen, leak)
        return Proof("table", table.shown, "kept apart" if seen else "nothing seen", runs, seen)

    def _proof(self, kind: Any, statement: Statement, parameters: Parameters, touched: frozenset[str]) -> Proof:
        seen = runs = 0
        refused: dict[str, int] = {}
        for actor in (0, 1):
            for arguments in self._arguments.sets(parameters, touched, actor):
                outcome, leak = self._worlds.leak(statement, arguments, actor)
                runs, seen = runs + 1, seen + max(len(outcome.rows), outcome.touched)
                if outcome.error:
                    refused[outcome.error] = refused.get(outcome.error, 0) + 1
                if leak:
                    given = ", ".join(
                        f"{name or 'argument'}={value}"
                        for (name, _), value in zip_longest(parameters, arguments, fillvalue=("", None))
                    )
                    who = "AB"[actor]
                    detail = f"as {who}{f' with {given}' if given else ''}: {leak}"
                    return Proof(kind, statement.name, "LEAK", runs, seen, detail)
        detail = ", ".join(f"{count} times {error}" for error, count in sorted(refused.items()))
        return Proof(kind, statement.name, "kept apart" if seen else "nothing seen", runs, seen, detail)

    def _table_statements(self, table: Table) -> Iterator[Statement]:
        conn, name, tenant = self._worlds.conn, table.identifier, table.tenant_identifier
        yield Statement("SELECT", sql.SQL("SELECT * FROM {}").format(name).as_string(conn))
        update = sql.SQL("UPDATE {} SET {tenant} = {tenant}").format(name, tenant=tenant)
        yield Statement("UPDATE", update.as_string(conn), writes=True)
        yield Statement("DELETE", sql.SQL("DELETE FROM {}").format(name).as_string(conn), writes=True)

    def _trespasses(self, table: Table, actor: int) -> Iterator[tuple[str, Outcome]]:
        """Yield what came of writing into the other tenant's rows; each must be refused by a policy or a privilege."""
        conn, other = self._worlds.conn, self._worlds.tenants.ids[1 - actor]
        if rows := self._filled.of(table, 1 - actor):
            row = {n: value for n, value in rows[0].items() if not table.columns[n].is_generated}
            names = sql.SQL(", ").join(sql.Identifier(table.columns[number].name) for number in row)
            values = sql.SQL(", ").join(map(sql.Literal, row.values()))
            insert = sql.SQL("INSERT INTO {} ({}) OVERRIDING SYSTEM VALUE VALUES ({})")
            statement = Statement("", insert.format(table.identifier, names, values).as_string(conn))
            yield "INSERT of a row of the other tenant", self._refusal(statement, actor)
        if self._filled.of(table, actor):
            move = sql.SQL("UPDATE {} SET {} = {}").format(
                table.identifier, table.tenant_identifier, sql.Literal(other)
            )
            statement = Statement("", move.as_string(conn))
            yield "UPDATE that gives rows to the other tenant", self._refusal(statement, actor)

    def _refusal(self, statement: Statement, actor: int) -> Outcome:
        """Return what refuses *statement*; where a trigger was first, what would without it."""
        outcome = self._worlds.run(statement, (), actor)
        if not outcome.error or outcome.error.startswith(_REFUSED):
            return outcome
        return self._worlds.run(statement, (), actor, triggers=False)

    def _without_tenant(self, table: Table) -> str:
        """Say what a connection without a tenant sees: the setting reads '' where an earlier transaction had set it."""
        text = sql.SQL("SELECT * FROM {}").format(table.identifier).as_string(self._worlds.conn)
        with self._worlds.undone():
            self._worlds.become(None)
            result = self._worlds.conn.pgconn.exec_params(text.encode(), None)
            state = (result.error_field(psycopg.pq.DiagnosticField.SQLSTATE) or b"").decode()
            if state and state != _REFUSED:
                return f"without a tenant it is {state}: the policy needs nullif(current_setting(…, true), '')"
            if result.ntuples:
                return f"without a tenant it shows {result.ntuples} rows"
        return ""


def prove(worlds: Worlds, filled: Filled, descriptions: Iterable[Description]) -> Iterator[Proof]:
    """Yield a proof for each tenants' table, view over one, callable function and query."""
    prover = Prover(worlds, filled)
    tables = [table for table in worlds.tables if table.tenant is not None]
    for table in tables:
        yield prover.table(table)
    for view in list_views_over(worlds.conn, tables=[table.oid for table in tables], role=worlds.role):
        if view.is_readable:
            yield prover.view(view.schema, view.view_name)
    types = TypeCatalog(worlds.conn)
    for function in list_callable_functions(worlds.conn, role=worlds.role):
        yield prover.function(function, [types[oid or 0] for oid in function.arguments])
    for description in descriptions:
        yield prover.query(description)


def _shown(schema: str, name: str) -> str:
    return name if schema == "public" else f"{schema}.{name}"
