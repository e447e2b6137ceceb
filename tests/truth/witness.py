"""Runs a statement on every set of rows with many arguments, and says where rows refute what is written of it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg.pq import DiagnosticField, ExecStatus

from tests.truth.arguments import Arguments, full_arguments, values_of, without
from tests.truth.databases import EMPTY, Databases
from tests.truth.made import Anything, below
from tests.truth.statements import Mark, Truth
from tests.truth.texts import MISSING, NotSoError, array_elements, make_of, walk

_GOOD = (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK)
_FAULTS = ("25", "26", "08", "57")
"""Classes of errors that are the test's own: a transaction or prepared statement that isn't there, a lost server."""


_NULL = re.compile(r"\bNULL\b")
"""In the text of an array: an element that is NULL."""


@dataclass(slots=True)
class Evidence:
    """
    What was seen of one statement.

    Attributes:
        values: The texts of each column, None for NULL, each with a run that shows it.
        with_none: Parameters for which None was accepted and returned or changed a row.
        contrasts: Parameters for which None took away the rows that another value gave.
        elements: Parameters for which None among the elements gave rows that the other elements don't.
        errors: Messages of runs that failed.
        rows: Whether any run returned or changed a row.
    """

    values: list[dict[str | None, str]]
    with_none: dict[int, str] = field(default_factory=dict)
    contrasts: set[int] = field(default_factory=set)
    elements: dict[int, str] = field(default_factory=dict)
    errors: set[str] = field(default_factory=set)
    rows: bool = False


def gather(databases: Databases, truth: Truth) -> Evidence | str:
    """Return what runs of a statement on every set of rows show, or why it can't run."""
    for conn in databases.conns.values():
        if fault := _check_shape(conn, truth):
            return fault
    evidence = Evidence([{} for _ in truth.columns])
    for name, conn in databases.conns.items():
        _gather(conn, truth, (), name, evidence)
    if truth.data:
        _gather(databases.conns[EMPTY], truth, truth.data, "data of its own", evidence)
    return evidence


def refute_columns(evidence: Evidence, columns: Sequence[Mark]) -> list[str]:
    """Return a sentence for every column of which more is said than the runs of a statement allow."""
    return [
        found
        for column, values in zip(columns, evidence.values, strict=True)
        for found in _judge_value(column, values)
        if not found.endswith(_NEVER_SEEN)
    ]


_NEVER_SEEN = "was never seen"


def judge(truth: Truth, evidence: Evidence) -> Iterator[str]:
    """Yield a sentence for everything that *evidence* says against a statement, or doesn't show of it."""
    if not evidence.rows:
        yield f"no run returned or changed a row; errors: {sorted(evidence.errors)[:3]}"
    for column, values in zip(truth.columns, evidence.values, strict=True):
        yield from _judge_value(column, values)
    for place, parameter in enumerate(truth.parameters):
        if parameter.is_full is not None and f"{parameter.name}[]" not in truth.promised:
            yield from _judge_elements(parameter, evidence.elements.get(place))
        if parameter.name in truth.promised:
            continue
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


def _judge_elements(parameter: Mark, seen: str | None) -> Iterator[str]:
    mark = f"elements of {parameter.name}{parameter.value}"
    if parameter.elements_by_rule and bool(seen) is not parameter.is_full:
        yield f"{mark}: rows show it, so by-rule is too much"
    if not parameter.elements_by_rule:
        if parameter.is_full and seen:
            yield f"{mark}: None among them gave rows of its own: {seen}"
        if not parameter.is_full and not seen:
            yield f"{mark}: None among them gave nothing"


def _judge_value(column: Mark, values: Mapping[str | None, str]) -> Iterator[str]:
    """Hold what is said of a column and of everything inside of it against the values that were seen."""
    said = {"": column.value, **dict(below(column.value))}
    null: dict[str, str] = {"": values[None]} if None in values else {}
    missing: dict[str, str] = {}
    makes: dict[str, set[str]] = {}
    seen = set()
    for text, run in values.items():
        try:
            for path, value, found in (("", column.value, text), *walk(column.value, text)):
                seen.add(path)
                if found is None:
                    null.setdefault(path, run)
                elif found is MISSING:
                    missing.setdefault(path, run)
                elif isinstance(value.inside, Anything):
                    makes.setdefault(path, set()).add(make_of(found))
        except NotSoError as error:
            yield f"column {column.name}{column.value} is of another make: {error}; {run}"
            return
    for path, value in said.items():
        what = f"column {column.name}{path}{value.mark}"
        if value.mark == "!" and path in null:
            yield f"{what} was NULL: {null[path]}"
        if value.mark != "~" and path in missing:
            yield f"{what} was missing: {missing[path]}"
        if path not in seen or (value.mark == "?" and path not in null) or (value.mark == "~" and path not in missing):
            yield f"{what} {_NEVER_SEEN}"
        if isinstance(value.inside, Anything) and len(makes.get(path, ())) < 2:
            yield f"{what}: values of more than one make: {_NEVER_SEEN}"


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
    given = [
        (*truth.tries.get(parameter.name, ()), *values_of(conn, described.param_type(place)))
        for place, parameter in enumerate(truth.parameters)
    ]
    full = {
        place
        for place, parameter in enumerate(truth.parameters)
        if parameter.is_full or f"{parameter.name}[]" in truth.promised
    }
    pools = [
        tuple(value for value in values if place not in full or not _NULL.search(value))
        for place, values in enumerate(given)
    ]
    never_none = {place for place, parameter in enumerate(truth.parameters) if parameter.name in truth.promised}
    with _rolled_back(conn):
        for statement in data:
            conn.execute(statement.encode())
        bare: dict[Arguments, int] = {}
        for arguments in full_arguments(pools):
            had_rows = _run(conn, arguments, rows_of, evidence)[0]
            for gone, fewer in without(arguments):
                if gone & never_none:
                    continue
                if fewer not in bare:
                    bare[fewer] = _run(conn, fewer, rows_of, evidence)[0]
                if bare[fewer]:
                    for place in gone:
                        evidence.with_none.setdefault(place, f"{rows_of}, {fewer}")
                elif had_rows and len(gone) == 1:
                    evidence.contrasts |= gone
        for place, parameter in enumerate(truth.parameters):
            if parameter.is_full is not None:
                holed = [value for value in given[place] if _NULL.search(value)]
                for arguments in full_arguments([*pools[:place], tuple(holed), *pools[place + 1 :]]):
                    _try_elements(conn, place, arguments, rows_of, evidence)


def _try_elements(
    conn: psycopg.Connection[Any], place: int, arguments: Arguments, rows_of: str, evidence: Evidence
) -> None:
    """Note whether NULL among the elements of one array gives rows that the array without it doesn't."""
    rows, result = _run(conn, arguments, rows_of, None)
    if rows and _run(conn, _without_null(arguments, place), rows_of, None)[1] != result:
        evidence.elements.setdefault(place, f"{rows_of}, {arguments}")


def _without_null(arguments: Arguments, place: int) -> Arguments:
    """Take the elements that are NULL out of one array, and what stands beside them out of the others."""
    text = arguments[place] or ""
    kept = [element is not None for element in array_elements(text)]
    others = [argument if argument is not None and argument.startswith("{") else None for argument in arguments]
    return tuple(
        array
        if array is None or array.startswith('{"')
        else _array_of(itertools.compress(array_elements(array), kept))
        if others[number] is not None
        else array
        for number, array in enumerate(arguments)
    )


def _array_of(elements: Iterable[str | None]) -> str:
    return f"{{{','.join('NULL' if element is None else element for element in elements)}}}"


def _run(
    conn: psycopg.Connection[Any], arguments: Arguments, rows_of: str, evidence: Evidence | None
) -> tuple[int, list[tuple[bytes | None, ...]]]:
    """Run the prepared statement and undo it; return how many rows it returned or changed, and which it returned."""
    pgconn = conn.pgconn
    pgconn.exec_(b"SAVEPOINT run")
    values: list[Any] = [None if value is None else value.encode() for value in arguments]
    result = pgconn.exec_prepared(b"truth", values)
    rows, returned = 0, []
    if result.status in _GOOD:
        rows = max(result.ntuples, result.command_tuples or 0)
        returned = [
            tuple(result.get_value(row, column) for column in range(result.nfields)) for row in range(result.ntuples)
        ]
    else:
        sqlstate = (result.error_field(DiagnosticField.SQLSTATE) or b"").decode()
        assert sqlstate[:2] not in _FAULTS, result.error_message.decode()
    if evidence is not None:
        if result.status not in _GOOD:
            evidence.errors.add(result.error_message.decode().split("\n")[0])
        for row in returned:
            for column, value in enumerate(row):
                text = None if value is None else value.decode()
                evidence.values[column].setdefault(text, f"{rows_of}, {arguments}")
        evidence.rows |= rows > 0
    pgconn.exec_(b"ROLLBACK TO run")
    pgconn.exec_(b"RELEASE run")
    return rows, sorted(returned, key=repr) if returned else [(str(rows).encode(),)]


@contextmanager
def _rolled_back(conn: psycopg.Connection[Any]) -> Iterator[None]:
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.execute("ROLLBACK")
