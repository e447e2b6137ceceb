"""Rows of records, changes and versions at run time: what the generator writes into a module, made of the proofs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
import psycopg

from plainsql.describe.changes import Changes, Side
from plainsql.describe.elements import analysed
from plainsql.describe.forms import Form, asked, fields_of_rows, form_of
from plainsql.describe.model import Column
from plainsql.describe.records import Members, RowRecord
from plainsql.describe.relations import RelationCatalog
from plainsql.describe.tree import TreeUnavailableError, analysed_tree
from plainsql.describe.versions import Locking
from plainsql.errors import QueryFileError
from plainsql.execute import Record, change_of, row_of, versioned
from plainsql.nullability import Analysis, AnalysisError
from plainsql.query.model import Query
from plainsql.query.module_names import row_class
from plainsql.query.problem import Problem
from plainsql.typemap import PgType

_NOTHING_PROVED = Analysis((), (), frozenset())


def form_at_run_time(
    conn: psycopg.Connection[Any], query: Query, columns: tuple[Column, ...], given: Sequence[PgType]
) -> Form:
    """
    Return what the rows of *query* are.

    Args:
        conn: In autocommit, or inside of a transaction, which goes on.
        query: As loaded.
        columns: As described.
        given: Types of the parameters.

    Raises:
        QueryFileError: They can't be what its directives say; a server that gives no tree proves nothing of them.
    """
    fields = fields_of_rows(query, [column.name for column in columns])
    if not fields and not query.directive("changes") and not query.directive("optimistic"):
        return ()
    try:
        tree = analysed_tree(conn, query.sql, given)
        analysis, _ = analysed(query, tree, RelationCatalog(conn).facts, given, asked(query, fields))
    except (TreeUnavailableError, AnalysisError):
        analysis = _NOTHING_PROVED
    form = form_of(query, columns, fields, analysis)
    if isinstance(form, Problem):
        raise QueryFileError([form])
    return form


def row_maker(query: Query, columns: Sequence[Column], form: Form) -> Callable[..., Any]:
    """Return what makes a row of the columns."""
    name = row_class(query.name)
    names = [column.name for column in columns]
    match form:
        case Changes(columns=shared, old=old, new=new):
            row = _class(name, [column.name for column in shared])
            return change_of(row, old=_side(row, old), new=_side(row, new), names=names)
        case Locking(columns=written, written=indexes, key=key, current=current):
            row = _class(name, [column.name for column in written])
            return versioned(Record(row, *indexes, key=key), _record(current, always=True), names=names)
        case ():
            return _class(name, names)
        case fields:
            row = _class(name, [field for field, _ in fields])
            return row_of(row, *_parts(fields), names=names)


def _class(name: str, fields: Sequence[str]) -> type[Any]:
    return msgspec.defstruct(name, [(field, Any) for field in fields], frozen=True, gc=False)


def _side(row: type[Any], side: Side | None) -> Record[Any] | None:
    return None if side is None else Record(row, *side.columns, key=side.key, always=side.key is None)


def _parts(members: Members) -> list[int | Record[Any]]:
    return [
        _record(member, always=not member.nullable) if isinstance(member, RowRecord) else member
        for _, member in members
    ]


def _record(record: RowRecord, *, always: bool) -> Record[Any]:
    made = _class(record.name, [field for field, _ in record.members])
    return Record(made, *_parts(record.members), key=record.key, always=always)
