"""Elements of array parameters, members of columns: what an analysis tells of them, and what the query says itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import psycopg

from plainsql.describe.relations import RelationCatalog
from plainsql.describe.statement import Prepared
from plainsql.describe.structures import structures
from plainsql.describe.tree import TreeUnavailableError, analysed_tree
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.nullability import Analysis, AnalysisError, Facts, RecordColumns, analyse
from plainsql.query.model import Query
from plainsql.query.overrides import Verdict
from plainsql.typemap import PgType, Structure, python_type
from plainsql.typemap.builtin import RECORD
from plainsql.typemap.json_types import JSON
from plainsql.typemap.structure import ListOf


class Analysed(NamedTuple):
    """*full* are the numbers of the array parameters that take no None among their elements, if the query lets them."""

    analysis: Analysis
    full: frozenset[int]


def analysed(
    query: Query,
    tree: str,
    facts_of: Callable[[str], Facts],
    given: Sequence[PgType],
    records: Sequence[RecordColumns] = (),
) -> Analysed:
    """
    Return what *tree* proves of *query*.

    Args:
        query: As loaded.
        tree: pg_proc.prosqlbody of it.
        facts_of: Returns what the catalog says of everything that a tree names.
        given: Types of the parameters.
        records: Columns that stand together.

    Raises:
        AnalysisError: The tree is not understood.
    """
    any_elements = _spoken_of(query, "type") | _json_arrays(given)
    promises = _Promises(_refused(query) - _custom(given), _spoken_of(query, "notnull") - any_elements - _custom(given))
    analysis = analyse(tree, facts_of, any_elements=any_elements, records=records, **promises._asdict())
    full = analysis.full_arrays
    if lifted := full & _spoken_of(query, "null"):
        analysis = analyse(tree, facts_of, any_elements=any_elements | lifted, records=records, **promises._asdict())
    return Analysed(analysis, full)


class _Promises(NamedTuple):
    """Numbers of the parameters that ``@notnull`` keeps None out of before anything is sent (execute/promises.py)."""

    promised: frozenset[int]
    promised_elements: frozenset[int]


class MadeOf(NamedTuple):
    """*structures* of the columns; *full* like that of Analysed."""

    structures: tuple[Structure | None, ...]
    full: frozenset[int]


def made_of_what(conn: psycopg.Connection[Any], query: Query, prepared: Prepared, types: TypeCatalog) -> MadeOf:
    """
    Return what the values of a statement are made of, and nothing else of it.

    A server that gives no tree tells nothing: a standby, a role that may not make temporary objects.

    Args:
        conn: In autocommit, or inside of a transaction, which goes on.
        query: As loaded.
        prepared: What the server says of it.
        types: Of the database.
    """
    types.read((*prepared.parameters, *(column.type_oid for column in prepared.columns)))
    given = [types[oid] for oid in prepared.parameters]
    columns = [types[column.type_oid] for column in prepared.columns]
    nothing = MadeOf((None,) * len(columns), frozenset())
    if not any(base_type(type).kind == "array" for type in given) and not any(map(_may_tell_more, columns)):
        return nothing
    try:
        tree = analysed_tree(conn, query.sql, given)
        analysis, full = analysed(query, tree, RelationCatalog(conn).facts, given)
    except (TreeUnavailableError, AnalysisError):
        return nothing
    return MadeOf(column_structures(query, prepared, analysis, given, types), full)


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
        case Structure(type=PgType(kind="array"), inside=ListOf(Structure(type=PgType() as element, nullable=False))):
            return element.kind != "array"
        case _:
            return False


def _may_tell_more(type: PgType) -> bool:
    """Tell whether values of a type may be known to be made of more than the type tells."""
    return type.kind in ("array", "composite") or type.oid in (*JSON, RECORD)


def _spoken_of(query: Query, verdict: Verdict) -> frozenset[int]:
    """Return the numbers of the parameters whose elements the query speaks of: ``@null :notes[]``, ``@type :ids …``."""
    said = [override for override in query.overrides if override.is_parameter and override.verdict == verdict]
    names = {override.name for override in said if override.of_elements or verdict == "type"}
    return frozenset(number for number, name in enumerate(query.parameters, 1) if name in names)


def _refused(query: Query) -> frozenset[int]:
    """Return the numbers of the parameters that take no None by the query's own word: ``@notnull :id``."""
    said = [override for override in query.overrides if override.is_parameter and not override.of_elements]
    names = {override.name for override in said if override.verdict == "notnull"}
    return frozenset(number for number, name in enumerate(query.parameters, 1) if name in names)


def _custom(types: Sequence[PgType]) -> frozenset[int]:
    """Return the numbers of the parameters of types of the project's own, whose values may become anything."""
    return frozenset(number for number, type in enumerate(types, 1) if type.custom or base_type(type).custom)


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
