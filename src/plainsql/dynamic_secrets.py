"""Declared columns for statements that are made at run time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from plainsql.column_types import ColumnSetting
from plainsql.describe.declared import DeclaredColumns
from plainsql.describe.model import Column, Parameter
from plainsql.describe.overrides import Overridden
from plainsql.describe.relations import RelationCatalog
from plainsql.describe.statement import Prepared
from plainsql.describe.tree import TreeUnavailableError, analysed_tree
from plainsql.describe.types import TypeCatalog
from plainsql.execute.wire import Secret
from plainsql.nullability import ReaderError, read_query
from plainsql.query.model import Query


def with_declared(
    conn: psycopg.Connection[Any],
    query: Query,
    prepared: Prepared,
    types: TypeCatalog,
    said: Overridden,
    settings: tuple[object, Sequence[Path], Sequence[ColumnSetting]],
) -> Overridden:
    """Return what parameters and columns are by the project's declared columns, and what must not be done to those."""
    if not settings[2]:
        return said
    declared = DeclaredColumns(conn, settings[2], settings[1])
    try:
        tree = analysed_tree(conn, query.sql, [types[oid] for oid in prepared.parameters])
        statement = read_query(tree)
    except (TreeUnavailableError, ReaderError) as error:
        problem = declared.unfollowed(query, str(error))
        return said if problem is None else said._replace(problems=(*said.problems, problem))
    facts = RelationCatalog(conn).facts(tree)
    parameters, columns, problems = declared.applied(query, statement, facts, said.parameters, said.columns)
    return Overridden(parameters, columns, (*said.problems, *problems))


def secrets_of(values: Sequence[Parameter] | Sequence[Column]) -> tuple[Secret, ...]:
    """Return which of the parameters, or columns, are encrypted."""
    found = [(number, value.meaning) for number, value in enumerate(values) if value.meaning is not None]
    return tuple(Secret(meaning.column, number, meaning.aad, meaning.is_index) for number, meaning in found)
