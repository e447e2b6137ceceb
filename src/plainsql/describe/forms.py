"""What the rows of a query are: plain, with records in them, changes, or versions of one row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, TypeAlias

from plainsql.describe.changes import Changes, changes_of
from plainsql.describe.model import Column
from plainsql.describe.records import Members, judged, layout, questions, records_of
from plainsql.describe.versions import Locking, bulk_fault, locking_of
from plainsql.nullability import Analysis, Node, RecordColumns
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

Form: TypeAlias = "Members | Changes | Locking"

_INSERT: Final = 3  # nodes/nodes.h, CmdType
_DO_UPDATE: Final = 2  # nodes/nodes.h, OnConflictAction


def fields_of_rows(query: Query, names: Sequence[str]) -> Members:
    """Return the fields of a row that holds records; nothing for other rows."""
    if query.kind not in ("one", "optional", "many") or not any("." in name for name in names):
        return ()
    return layout(query.name, names)


def asked(query: Query, fields: Members) -> list[RecordColumns]:
    """Return what the proofs are asked of records, and of the columns beside them."""
    found = list(questions(fields))
    if query.directive("optimistic") and fields:
        found.append(RecordColumns(tuple(member + 1 for _, member in fields if isinstance(member, int))))
    return found


def form_of(query: Query, columns: tuple[Column, ...], fields: Members, analysis: Analysis) -> Form | Problem:
    """
    Return what the rows of *query* are, or why they can't be that.

    Args:
        query: As loaded.
        columns: As described.
        fields: Its records.
        analysis: With the answers to what was `asked`; without any nothing is proved.
    """
    verdicts = iter(analysis.records)
    fields = judged(fields, verdicts) if analysis.records else fields
    if query.directive("changes"):
        return changes_of(query, columns, fields, _command(analysis.statement))
    if (optimistic := query.directive("optimistic")) is None:
        return fields
    if query.kind == "many":
        return bulk_fault(query, optimistic.argument, columns, analysis.statement) or fields
    written = next(verdicts) if analysis.records else None
    return locking_of(query, optimistic.argument, columns, fields, written, analysis.statement)


def warnings_of(query: Query, form: Form) -> list[Problem]:
    """Return what is to be said of records that can't be told from rows of NULLs."""
    if not isinstance(form, tuple):
        return []
    return [
        problem_at(
            query,
            None,
            f"'{record.path}' is None also for a row whose every '{record.path}.…' is NULL",
            hint=f'return its key too: AS "{record.path}.id"',
            level="warning",
        )
        for record in records_of(form)
        if record.nullable and record.key is None
    ]


def _command(statement: Node | None) -> int | None:
    """Return what a statement does to its table, None where that may be more than one thing, or isn't known."""
    if statement is None:
        return None
    command, conflict = statement.number("commandType"), statement.node("onConflict")
    does_more = command == _INSERT and conflict is not None and conflict.number("action") == _DO_UPDATE
    return None if does_more else command
