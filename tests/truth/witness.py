"""Runs a statement on every set of rows with many arguments, and says where rows refute what is written of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from tests.truth.arguments import Arguments, full_arguments, values_of, without
from tests.truth.databases import EMPTY, Databases
from tests.truth.statements import Truth

_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_FAULTS = ("25", "26", "08", "57")
"""Classes of errors that are the test's own: a transaction or prepared statement that isn't there, a lost server."""


@dataclass(slots=True)
class Evidence:
    """
    What was seen of one statement.

    Attributes:
        rows: Whether any run returned or changed a row.
        null: Columns that were NULL, each with a run that shows it.
        with_none: Parameters for which None was accepted and returned or changed a row.
        contrasts: Parameters for which None took away the rows that another value gave.
        errors: Messages of runs that failed.
    """

    rows: bool = False
    null: dict[int, str] = field(default_factory=dict)
    with_none: dict[int, str] = field(default_factory=dict)
    contrasts: set[int] = field(default_factory=set)
    errors: set[str] = field(default_factory=set)


def refute(databases: Databases, truth: Truth) -> list[str]:
    """Return a sentence for everything that the runs of a statement say against it; none when it stands."""
    evidence = Evidence()
    for name, conn in databases.conns.items():
        fault = _check_shape(conn, truth)
        if fault:
            return [fault]
        _gather(conn, truth, (), name, evidence)
    if truth.data:
        _gather(databases.conns[EMPTY], truth, truth.data, "data of its own", evidence)
    return list(_judge(truth, evidence))


def _judge(truth: Truth, evidence: Evidence) -> Iterator[str]:
    if not evidence.rows:
        yield f"no run returned or changed a row; errors: {sorted(evidence.errors)[:3]}"
    for place, column in enumerate(truth.columns):
        if column.nullable and place not in evidence.null:
            yield f"column {column.name}? was never NULL"
        if not column.nullable and place in evidence.null:
            yield f"column {column.name}! was NULL: {evidence.null[place]}"
    for place, parameter in enumerate(truth.parameters):
        seen = evidence.with_none.get(place)
        if parameter.nullable and not seen:
            yield f"parameter {parameter.name}? gave no row with None; errors: {sorted(evidence.errors)[:3]}"
        if parameter.by_rule and not seen:
            yield f"parameter {parameter.name}! gave no row with None, so by-rule is too much"
        if not parameter.nullable and not parameter.by_rule:
            if seen:
                yield f"parameter {parameter.name}! gave a row with None: {seen}"
            elif place not in evidence.contrasts:
                yield f"parameter {parameter.name}! was never seen to take a row away"


def _check_shape(conn: psycopg.Connection[Any], truth: Truth) -> str | None:
    """Prepare the statement; return what the server has against it, or which columns it has instead."""
    pgconn = conn.pgconn
    if pgconn.describe_prepared(b"truth").status in _GOOD:
        pgconn.exec_(b"DEALLOCATE truth")
    prepared = pgconn.prepare(b"truth", truth.query.sql.encode())
    if prepared.status not in _GOOD:
        return f"the server refuses it: {prepared.error_message.decode().strip()}"
    described = pgconn.describe_prepared(b"truth")
    names = [(described.fname(place) or b"").decode() for place in range(described.nfields)]
    if names != [column.name for column in truth.columns]:
        return f"its columns are {', '.join(names)}"
    return None


def _gather(
    conn: psycopg.Connection[Any], truth: Truth, data: tuple[str, ...], rows_of: str, evidence: Evidence
) -> None:
    described = conn.pgconn.describe_prepared(b"truth")
    pools = [
        tuple(
            value
            for value in (*truth.tries.get(parameter.name, ()), *values_of(conn, described.param_type(place)))
            if parameter.name not in truth.full or "NULL" not in value
        )
        for place, parameter in enumerate(truth.parameters)
    ]
    with _rolled_back(conn):
        for statement in data:
            conn.execute(statement.encode())
        bare: dict[Arguments, int] = {}
        for arguments in full_arguments(pools):
            had_rows = _run(conn, arguments, rows_of, evidence)
            for gone, fewer in without(arguments):
                if fewer not in bare:
                    bare[fewer] = _run(conn, fewer, rows_of, evidence)
                if bare[fewer]:
                    for place in gone:
                        evidence.with_none.setdefault(place, f"{rows_of}, {fewer}")
                elif had_rows and len(gone) == 1:
                    evidence.contrasts |= gone


def _run(conn: psycopg.Connection[Any], arguments: Arguments, rows_of: str, evidence: Evidence) -> int:
    """Run the prepared statement and undo it; return how many rows it returned or changed."""
    pgconn = conn.pgconn
    pgconn.exec_(b"SAVEPOINT run")
    values: list[Any] = [None if value is None else value.encode() for value in arguments]
    result = pgconn.exec_prepared(b"truth", values)
    rows = 0
    if result.status in _GOOD:
        rows = max(result.ntuples, result.command_tuples or 0)
        for row in range(result.ntuples):
            for column in range(result.nfields):
                if result.get_value(row, column) is None:
                    evidence.null.setdefault(column, f"{rows_of}, {arguments}")
    else:
        sqlstate = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        assert sqlstate[:2] not in _FAULTS, result.error_message.decode()
        evidence.errors.add(result.error_message.decode().split("\n")[0])
    evidence.rows |= rows > 0
    pgconn.exec_(b"ROLLBACK TO run")
    pgconn.exec_(b"RELEASE run")
    return rows


@contextmanager
def _rolled_back(conn: psycopg.Connection[Any]) -> Iterator[None]:
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")
