"""Elements of array parameters, members of columns: what an analysis tells of them, and what the query says itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from plainsql.describe.statement import Prepared
from plainsql.describe.structures import structures
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.nullability import Analysis, Facts, analyse
from plainsql.query.model import Query
from plainsql.query.overrides import Verdict
from plainsql.typemap import PgType, Structure, python_type
from plainsql.typemap.json_types import JSON
from plainsql.typemap.structure import ListOf


class Analysed(NamedTuple):
    """*full* are the numbers of the array parameters that take no None among their elements, if the query lets them."""

    analysis: Analysis
    full: frozenset[int]


def analysed(query: Query, tree: str, facts_of: Callable[[str], Facts], given: Sequence[PgType]) -> Analysed:
    """
    Return what *tree* proves of *query*.

    Args:
        query: As loaded.
        tree: pg_proc.prosqlbody of it.
        facts_of: Returns what the catalog says of everything that a tree names.
        given: Types of the parameters.

    Raises:
        AnalysisError: The tree is not understood.
    """
    any_elements = _spoken_of(query, "type") | _json_arrays(given)
    analysis = analyse(tree, facts_of, any_elements=any_elements)
    full = analysis.full_arrays
    if lifted := full & _spoken_of(query, "null"):
        analysis = analyse(tree, facts_of, any_elements=any_elements | lifted)
    return Analysed(analysis, full)


def column_structures(
    query: Query, prepared: Prepared, analysis: Analysis, given: Sequence[PgType], types: TypeCatalog
) -> tuple[Structure | None, ...]:
    """Return what is known of each column beyond its type, None where that is nothing."""
    columns = [(column.name, types[column.type_oid]) for column in prepared.columns]
    taken = _names((*given, *(type for _, type in columns)))
    return structures(query, columns, analysis.shapes, types, taken)


def is_full(structure: Structure | None) -> bool:
    """Tell whether the elements of an array are never NULL."""
    match structure:
        case Structure(type=PgType(kind="array"), inside=ListOf(Structure(nullable=False))):
            return True
        case _:
            return False


def _spoken_of(query: Query, verdict: Verdict) -> frozenset[int]:
    """Return the numbers of the parameters whose elements the query speaks of: ``@null :notes[]``, ``@type :ids …``."""
    said = [override for override in query.overrides if override.is_parameter and override.verdict == verdict]
    names = {override.name for override in said if override.of_elements or verdict == "type"}
    return frozenset(number for number, name in enumerate(query.parameters, 1) if name in names)


def _json_arrays(types: Sequence[PgType]) -> frozenset[int]:
    """Return the numbers of the parameters that are arrays of JSON, whose null is a value."""
    elements = [base_type(type).element for type in types]
    return frozenset(n for n, element in enumerate(elements, 1) if element and base_type(element).oid in JSON)


def _names(types: Iterable[PgType]) -> set[str]:
    """Return the names that a module needs for types."""
    found = [python_type(type) for type in types]
    return {name for python in found for name, _ in python.aliases} | {
        composite.name for python in found for composite in python.classes
    }
