"""From a finished cursor to what a query's function returns."""

from __future__ import annotations

from functools import partial
from itertools import starmap
from typing import Any, TypeVar

import psycopg

from plainsql.errors import NoRowError, TooManyRowsError
from plainsql.execute.cursor import StatementMixin
from plainsql.execute.promises import guarded_rows, read_rows, tell_place
from plainsql.execute.statement import Statement

R = TypeVar("R")

CHUNK = 500
"""Rows made at a time: the tuples between stay few, which is faster and smaller than one pass over a long result."""


def _single(cur: StatementMixin, statement: Statement[R]) -> Any:
    """Return the only row as a tuple, or None when there is none."""
    count: int = cur._check_result_for_fetch().ntuples
    if count == 1:
        if statement.is_guarded:
            return guarded_rows(cur, statement, 0, 1, tuple)[0]
        try:
            return cur._tx.load_row(0, tuple)
        except psycopg.DataError as error:
            tell_place(cur, error, 0, 1)
            raise
    if count:
        raise TooManyRowsError(f"{statement.place} promised at most one row and returned {count}")
    return None


def _no_row(statement: Statement[Any]) -> NoRowError:
    return NoRowError(f"{statement.place} promised a row and returned none")


def _make(statement: Statement[R]) -> Any:
    return statement.row or (lambda *values: values[0])


def read_all(cur: StatementMixin, statement: Statement[R]) -> list[R]:
    """Return every row."""
    count = cur._check_result_for_fetch().ntuples
    load: Any = partial(guarded_rows, cur, statement) if statement.is_guarded else partial(read_rows, cur)
    make = _make(statement)
    if count <= CHUNK:
        return list(starmap(make, load(0, count, tuple)))
    rows: list[R] = []
    for start in range(0, count, CHUNK):
        rows.extend(starmap(make, load(start, min(start + CHUNK, count), tuple)))
    return rows


def read_optional(cur: StatementMixin, statement: Statement[R]) -> R | None:
    """Return the row, None when there is none."""
    values = _single(cur, statement)
    if values is None:
        return None
    row: R = _make(statement)(*values)
    return row


def read_one(cur: StatementMixin, statement: Statement[R]) -> R:
    """Return the row; none raises NoRowError."""
    values = _single(cur, statement)
    if values is None:
        raise _no_row(statement)
    row: R = _make(statement)(*values)
    return row


def read_value(cur: StatementMixin, statement: Statement[R]) -> R:
    """Return the only column of the only row."""
    values = _single(cur, statement)
    if values is None:
        raise _no_row(statement)
    value: R = values[0]
    return value


def read_count(cur: StatementMixin, statement: Statement[Any]) -> int:
    """Return how many rows the statement touched; 0 for statements that don't count."""
    return cur.touched
