"""What a query's ``@notnull`` and ``@type`` promise, held to every argument and every row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import psycopg

from plainsql.errors import ParameterError, UnexpectedNullError, UnexpectedTypeError
from plainsql.execute.arguments import is_sequence
from plainsql.execute.records import Maker
from plainsql.execute.secrets import opened_rows
from plainsql.execute.wire.codec import UNREADABLE, MismatchError, path_of

if TYPE_CHECKING:
    from plainsql.execute.cursor import StatementMixin
    from plainsql.execute.statement import Statement

ELEMENTS = "[]"
"""After a name: the elements of the array."""


class NotNull(NamedTuple):
    """A column or parameter by its position; *target* is the name as ``@notnull`` writes it."""

    position: int
    of_elements: bool
    target: str


def not_null_parameters(targets: Sequence[str], names: Sequence[str]) -> tuple[NotNull, ...]:
    """Return the parameters among *targets*, which are named by a colon."""
    return tuple(_found(target, target[1:], names) for target in targets if target.startswith(":"))


def not_null_columns(targets: Sequence[str], fields: Sequence[str] | None) -> tuple[NotNull, ...]:
    """Return the columns among *targets*; without *fields* there is one."""
    return tuple(_found(target, target, fields) for target in targets if not target.startswith(":"))


def _found(target: str, name: str, names: Sequence[str] | None) -> NotNull:
    bare = name.removesuffix(ELEMENTS)
    return NotNull(0 if names is None else list(names).index(bare), bare != name, target)


def refuse_none(statement: Statement[Any], arguments: tuple[Any, ...]) -> None:
    """Raise ParameterError for the first argument that is None, or has None in it, against ``@notnull``."""
    for index, of_elements, target in statement.required:
        value = arguments[index]
        if value is None if not of_elements else is_sequence(value) and _has_none(value):
            found = "None in its sequence" if of_elements else "None"
            raise ParameterError(
                f"{statement.file}:{statement.line}: query '{statement.name}': parameter '{statement.params[index]}' "
                f"takes no None, '@notnull {target}' says; found {found}"
            )


def guarded_rows(
    cur: StatementMixin, statement: Statement[Any], start: int, stop: int, make: type[tuple[Any, ...]]
) -> list[tuple[Any, ...]]:
    """
    Return rows of a result as tuples, like psycopg's ``load_rows``.

    Raises:
        UnexpectedNullError: NULL stands where ``@notnull`` says that it never does.
        DecryptError: An encrypted column can't be read.
        UnexpectedTypeError: A value isn't what ``@type`` says, or JSON not what the statement makes of it.
    """
    try:
        rows = read_rows(cur, start, stop, make)
    except MismatchError as error:
        place = _find_unreadable(cur, start, stop)
        assert place is not None, "a value can be read once, but not twice"
        message = f"{statement.place}: column '{place.column}'{path_of(error)} in row {place.row} {error}"
        raise UnexpectedTypeError(message, column=place.column, row=place.row) from None
    for promise in statement.promised:
        index = promise.position
        if promise.of_elements:
            if any(_has_none(row[index]) for row in rows):
                raise _null(
                    cur, statement, promise, start + next(n for n, row in enumerate(rows) if _has_none(row[index]))
                )
        elif any(row[index] is None for row in rows):
            _refuse_nulls(cur, statement, promise, start, rows)
    if statement.opened:
        return opened_rows(statement, rows, start, [_column(cur, index) for index in range(len(cur._loaders))])
    return rows


def _has_none(value: Any) -> bool:
    """Tell whether an array of any number of dimensions holds None; None itself is no array."""
    return value is not None and any(item is None or (type(item) is list and _has_none(item)) for item in value)


def _refuse_nulls(
    cur: StatementMixin, statement: Statement[Any], promise: NotNull, start: int, rows: Sequence[tuple[Any, ...]]
) -> None:
    """
    Raise for the first NULL.

    The null of a JSON document reads as None too, but is a value; in a record that isn't there every column is NULL.
    """
    result, make = cur._check_result_for_fetch(), statement.row
    for row, values in enumerate(rows, start):
        if isinstance(make, Maker) and not make.has(promise.position, values):
            continue
        if result.get_value(row, promise.position) is None:
            raise _null(cur, statement, promise, row)


def _null(cur: StatementMixin, statement: Statement[Any], promise: NotNull, row: int) -> UnexpectedNullError:
    column = _column(cur, promise.position)
    what = f"column '{column}' {'holds an element that is NULL' if promise.of_elements else 'is NULL'} in row {row + 1}"
    advice = "keep NULL out of it in the SQL, or take the directive out and expect None"
    message = f"{statement.place}: {what}, which '@notnull {promise.target}' rules out: {advice}"
    return UnexpectedNullError(message, column=column, row=row + 1)


def read_rows(cur: StatementMixin, start: int, stop: int, make: type[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Do what psycopg's ``load_rows`` does; the error of a value that Python can't hold says where it is."""
    try:
        return cur._tx.load_rows(start, stop, make)
    except psycopg.DataError as error:
        tell_place(cur, error, start, stop)
        raise


def tell_place(cur: StatementMixin, error: psycopg.DataError, start: int, stop: int) -> None:
    """Note column and row of the value among rows that *error* is about, and where it is inside of the column."""
    if (place := _find_unreadable(cur, start, stop)) is not None:
        error.add_note(f"column '{place.column}'{path_of(error)} in row {place.row}")


class _Place(NamedTuple):
    column: str
    row: int


def _find_unreadable(cur: StatementMixin, start: int, stop: int) -> _Place | None:
    """Return where the first value is that can't be read: they are read one by one until it is found."""
    result, tx = cur._check_result_for_fetch(), cur._tx
    for row in range(start, stop):
        for index, oid in enumerate(cur._loaders):
            data = result.get_value(row, index)
            try:
                if data is not None:
                    tx.get_loader(oid, cur.format).load(data)
            except UNREADABLE:
                return _Place(_column(cur, index), row + 1)
    return None


def _column(cur: StatementMixin, index: int) -> str:
    name = cur._check_result_for_fetch().fname(index) or b"?"
    return name.decode(cur._tx.encoding)
