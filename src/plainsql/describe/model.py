"""A query as the server sees it."""

from __future__ import annotations

from dataclasses import dataclass

from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.typemap import PgType, PyType, python_type


@dataclass(frozen=True, slots=True)
class Parameter:
    """
    A named parameter; *nullable* says that None makes sense. *domain* is the domain's name, *declared* the
    domain itself, *type* its base type.
    """

    name: str
    type: PgType
    nullable: bool
    domain: str | None = None
    declared: PgType | None = None

    @property
    def python(self) -> PyType:
        """How it looks in generated code, where a domain has its own name."""
        return python_type(self.declared or self.type)


@dataclass(frozen=True, slots=True)
class Column:
    """
    A result column; *nullable* unless proved otherwise. *domain* is the domain's name, *declared* the
    domain itself, *type* its base type.
    """

    name: str
    type: PgType
    nullable: bool
    domain: str | None = None
    declared: PgType | None = None

    @property
    def python(self) -> PyType:
        """How it looks in generated code, where a domain has its own name."""
        return python_type(self.declared or self.type)


@dataclass(frozen=True, slots=True)
class Description:
    """
    Everything known of one query.

    Attributes:
        query: As in its file.
        parameters: In the order of ``query.parameters``.
        columns: In result order; empty when the statement returns no rows.
        reads: Tables read, ``schema.table`` unless the schema is public, sorted.
        writes: Tables written, the same way.
        problem: Why the server refused it; the other fields are then empty.
        warnings: What could not be found out.
    """

    query: Query
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    problem: Problem | None = None
    warnings: tuple[Problem, ...] = ()

    @property
    def values(self) -> tuple[Parameter | Column, ...]:
        """Everything that has a type."""
        return (*self.parameters, *self.columns)
