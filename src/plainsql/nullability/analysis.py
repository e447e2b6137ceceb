"""Everything that the analysed tree of a statement tells."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from plainsql.errors import PlainSQLError
from plainsql.nullability.facts import Facts
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_entries
from plainsql.nullability.parameter_arrays import full_arrays
from plainsql.nullability.parameters import ParameterVerdicts, judge_parameters
from plainsql.nullability.prover import Prover
from plainsql.nullability.reader import read_query
from plainsql.nullability.records import RecordColumns, RecordVerdict, judge_record
from plainsql.nullability.shapes import UNKNOWN, Shape
from plainsql.nullability.types import type_of

log = logging.getLogger(__name__)

_SURPRISES = (PlainSQLError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What a tree of a kind that this version has never seen may lead to."""


class AnalysisError(PlainSQLError):
    """The tree is not understood; nothing is proved."""


@dataclass(frozen=True, slots=True)
class Analysis:
    """
    Verdicts on one statement.

    Attributes:
        not_null: For each column, whether it is proved.
        types: For each column, its type OID with domains kept apart, 0 if unknown.
        nullable_parameters: Numbers of the parameters for which None makes sense.
        refused_parameters: Numbers of the parameters whose NULL the server refuses.
        shapes: For each column, what it is made of.
        full_arrays: Numbers of the array parameters that are to be refused None among their elements.
        records: For each record that was asked for, whether it is there and which of its columns are then certain.
        statement: The tree itself.
    """

    not_null: tuple[bool, ...]
    types: tuple[int, ...]
    nullable_parameters: frozenset[int]
    refused_parameters: frozenset[int] = frozenset()
    shapes: tuple[Shape, ...] = ()
    full_arrays: frozenset[int] = frozenset()
    records: tuple[RecordVerdict, ...] = ()
    statement: Node | None = field(default=None, repr=False, compare=False)


def analyse(
    text: str,
    facts_of: Callable[[str], Facts],
    *,
    any_elements: frozenset[int] = frozenset(),
    promised: frozenset[int] = frozenset(),
    promised_elements: frozenset[int] = frozenset(),
    records: Sequence[RecordColumns] = (),
) -> Analysis:
    """
    Return what the tree in *text* proves; a part of it that isn't understood proves nothing and is told to the log.

    Args:
        text: pg_proc.prosqlbody of one statement.
        facts_of: Returns what the catalog says of everything that a tree names.
        any_elements: Numbers of the array parameters that may hold None whatever it leads to.
        promised: Numbers of the parameters that are never None, if None makes sense for them.
        promised_elements: Numbers of the array parameters that never hold None.
        records: Columns that stand together.

    Raises:
        AnalysisError: *text* is no tree.
    """
    try:
        query = read_query(text)
        entries = output_entries(query)
    except _SURPRISES as error:
        raise AnalysisError(f"the analysed tree can't be read: {error}") from error
    facts = facts_of(text)
    asked, prover = (
        Prover(facts),
        Prover(facts),
    )  # whether None makes sense mustn't rest on the promise that it won't be
    full = asked.full_arrays = _full_arrays(query, asked) - any_elements
    parameters = _parameters(query, asked)
    prover.full_arrays, prover.promised = full | promised_elements, promised & parameters.nullable
    not_null = tuple(_is_not_null(query, entry, prover) for entry in entries)
    return Analysis(
        not_null=not_null,
        types=tuple(_types(query, entries)),
        nullable_parameters=parameters.nullable,
        refused_parameters=parameters.refused,
        shapes=tuple(_shape(query, entry, prover) for entry in entries),
        full_arrays=full,
        records=tuple(_record(query, record, prover) for record in records),
        statement=query,
    )


def _is_not_null(query: Node, entry: Node, prover: Prover) -> bool:
    try:
        return prover.output_is_not_null(query, entry.number("resno"), None)
    except _SURPRISES as error:
        log.warning("column %s is taken for nullable: its tree is not understood: %r", entry.text("resname"), error)
        return False


def _record(query: Node, record: RecordColumns, prover: Prover) -> RecordVerdict:
    try:
        return judge_record(query, record, prover)
    except _SURPRISES as error:
        log.warning("columns %s are taken for nullable: their tree is not understood: %r", record.columns, error)
        nothing = (False,) * len(record.columns)
        return RecordVerdict(nullable=True, not_null=nothing, tells=nothing)


def _full_arrays(query: Node, prover: Prover) -> frozenset[int]:
    try:
        return full_arrays(query, prover)
    except _SURPRISES as error:
        log.warning("None is taken for an element of any array: the tree is not understood: %r", error)
        return frozenset()


def _shape(query: Node, entry: Node, prover: Prover) -> Shape:
    try:
        found = prover.shapes.output(query, entry.number("resno"), None)
    except _SURPRISES as error:
        log.warning("column %s is what its type says: its tree is not understood: %r", entry.text("resname"), error)
        return Shape(UNKNOWN)
    return found or Shape(UNKNOWN)


def _types(query: Node, entries: list[Node]) -> list[int]:
    try:
        operation = query.node("setOperations")
        return operation.numbers("colTypes") if operation else [type_of(entry.node("expr")) for entry in entries]
    except _SURPRISES as error:
        log.warning("the tree of the columns' types is not understood: %r", error)
        return []


def _parameters(query: Node, prover: Prover) -> ParameterVerdicts:
    try:
        return judge_parameters(query, prover)
    except _SURPRISES as error:
        log.warning("parameters are taken for not nullable: the tree is not understood: %r", error)
        return ParameterVerdicts()
