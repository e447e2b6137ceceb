"""
Rows inside of a row: columns that are there together or not at all, such as those of a LEFT JOIN's right side.

A record is there where any of its columns isn't NULL. What that says of outer joins, and of the rows that RETURNING
may lack, makes other columns of it certain: the reasoning of CASE WHEN a IS NOT NULL THEN b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce

from plainsql.nullability.narrowing import NOTHING, Claims, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_context, output_entry
from plainsql.nullability.prover import Prover
from plainsql.nullability.scope import Context, Scope


@dataclass(frozen=True, slots=True)
class RecordColumns:
    """
    Output columns that make a record, by their numbers from 1.

    Attributes:
        columns: Its own and those of the records in it.
        around: The columns of each record that it stands in.
    """

    columns: tuple[int, ...]
    around: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class RecordVerdict:
    """
    What is proved of a record.

    Attributes:
        nullable: It may be absent where what it stands in is there.
        not_null: For each of its columns, whether it can't be NULL where the record is there.
    """

    nullable: bool
    not_null: tuple[bool, ...]


def judge_record(query: Node, record: RecordColumns, prover: Prover) -> RecordVerdict:
    """Return what is proved of a record in the rows of *query*."""
    if query.node("setOperations") is not None:  # an arm of its own may have given the row
        sure = tuple(prover.output_is_not_null(query, column, None) for column in record.columns)
        return RecordVerdict(not any(sure), sure)
    context = output_context(Scope(query))
    around = NOTHING.union(*(_said_by_presence(query, columns, context, prover) for columns in record.around))
    outside = context.claiming(around)
    inside = context.claiming(around | _said_by_presence(query, record.columns, context, prover))
    return RecordVerdict(
        nullable=not any(_is_not_null(query, column, outside, prover) for column in record.columns),
        not_null=tuple(_is_not_null(query, column, inside, prover) for column in record.columns),
    )


def _said_by_presence(query: Node, columns: Sequence[int], context: Context, prover: Prover) -> Claims:
    """One of the columns isn't NULL, nobody knows which: what each of them would say."""
    said = [not_null(_expression(query, column), context, prover) for column in columns]
    return reduce(frozenset.intersection, said) if said else NOTHING


def _is_not_null(query: Node, column: int, context: Context, prover: Prover) -> bool:
    return prover.expression_is_not_null(_expression(query, column), context)


def _expression(query: Node, column: int) -> Node | None:
    entry = output_entry(query, column)
    return entry.node("expr") if entry is not None else None
