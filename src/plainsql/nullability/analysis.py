"""Everything that the analysed tree of a statement tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from plainsql.errors import PlainSQLError
from plainsql.nullability.expressions import type_of
from plainsql.nullability.facts import Facts
from plainsql.nullability.node import Node
from plainsql.nullability.parameters import nullable_parameters
from plainsql.nullability.prover import Prover
from plainsql.nullability.reader import read_query
from plainsql.nullability.statements import output_entries
from plainsql.nullability.tables import relations_used


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
        reads: OIDs of relations.
        writes: OIDs of relations.
    """

    not_null: tuple[bool, ...]
    types: tuple[int, ...]
    nullable_parameters: frozenset[int]
    reads: frozenset[int]
    writes: frozenset[int]


def analyse(text: str, facts_of: Callable[[frozenset[int]], Facts]) -> Analysis:
    """
    Return what the tree in *text* proves.

    Args:
        text: pg_proc.prosqlbody of one statement.
        facts_of: Returns what the catalog says of the relations with these OIDs.

    Raises:
        AnalysisError: The tree is not one that this module understands.
    """
    try:
        query = read_query(text)
        reads, writes = relations_used(query)
    except (PlainSQLError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise AnalysisError(f"the analysed tree can't be read: {error}") from error
    return analyse_query(query, facts_of(reads | writes), reads, writes)


def analyse_query(query: Node, facts: Facts, reads: frozenset[int], writes: frozenset[int]) -> Analysis:
    """Return what *query* proves, given what the catalog says of its relations."""
    try:
        entries = output_entries(query)
        prover = Prover(facts)
        operation = query.node("setOperations")
        types = operation.numbers("colTypes") if operation else [type_of(entry.node("expr")) for entry in entries]
        return Analysis(
            not_null=tuple(prover.output_is_not_null(query, entry.number("resno"), None) for entry in entries),
            types=tuple(types),
            nullable_parameters=nullable_parameters(query, facts),
            reads=reads,
            writes=writes,
        )
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise AnalysisError(f"the analysed tree is not understood: {error!r}") from error
