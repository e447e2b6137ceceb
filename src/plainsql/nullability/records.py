"""
Rows inside of a row: columns that are there together or not at all, such as those of a LEFT JOIN's right side.

A record is there where any of its columns isn't NULL. What that says of outer joins, and of the rows that RETURNING
may lack, makes other columns of it certain: the reasoning of CASE WHEN a IS NOT NULL THEN b.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

from plainsql.nullability.keys import is_of_rows, relation_key
from plainsql.nullability.narrowing import Claims, not_null
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_context, output_entry
from plainsql.nullability.prover import Prover
from plainsql.nullability.scope import Context, Key, Scope


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
        tells: For each of its columns, whether it is NULL only where there is no row that it could come from.
    """

    nullable: bool
    not_null: tuple[bool, ...]
    tells: tuple[bool, ...]


def judge_record(query: Node, record: RecordColumns, prover: Prover) -> RecordVerdict:
    """Return what is proved of a record in the rows of *query*."""
    if query.node("setOperations") is not None:  # an arm of its own may have given the row
        sure = tuple(prover.output_is_not_null(query, column, None) for column in record.columns)
        return RecordVerdict(not any(sure), sure, sure)
    context = output_context(Scope(query))
    outside = context
    for columns in record.around:
        outside = _where_present(query, columns, outside, prover)
    inside = _where_present(query, record.columns, outside, prover)
    of_rows = replace(inside, claims=outside.claims | {key for key in inside.claims if is_of_rows(key)})
    return RecordVerdict(
        nullable=not any(_is_not_null(query, column, outside, prover) for column in record.columns),
        not_null=tuple(_is_not_null(query, column, inside, prover) for column in record.columns),
        tells=tuple(_is_not_null(query, column, of_rows, prover) for column in record.columns),
    )


def _where_present(query: Node, columns: Sequence[int], context: Context, prover: Prover) -> Context:
    """One of the columns isn't NULL, nobody knows which: what holds is what each of them would say."""
    said = [not_null(_expression(query, column), context, prover) for column in columns]
    if not said:
        return context
    matched = reduce(frozenset.intersection, (_joins_matched(claims, context, prover) for claims in said))
    known = context.claiming(reduce(frozenset.intersection, said))
    return replace(known, matched=known.matched | matched)


def _joins_matched(claims: Claims, context: Context, prover: Prover) -> frozenset[tuple[Key, int, bool]]:
    """Return the sides of outer joins that have found a row where items of FROM have one."""
    level = context.scope.id
    return frozenset(
        (level, join, is_left)
        for number, sides in prover.known(context.scope).nulled_by.items()
        if relation_key(level, number) in claims
        for join, is_left in sides
    )


def _is_not_null(query: Node, column: int, context: Context, prover: Prover) -> bool:
    return prover.expression_is_not_null(_expression(query, column), context)


def _expression(query: Node, column: int) -> Node | None:
    entry = output_entry(query, column)
    return entry.node("expr") if entry is not None else None
