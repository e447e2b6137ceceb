"""One query in, its Description out."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

from plainsql.custom_types import CustomType
from plainsql.describe.arcs import incomplete_subjects, read_arcs
from plainsql.describe.columns import check_columns
from plainsql.describe.declared import DeclaredColumns
from plainsql.describe.effects import EffectCatalog
from plainsql.describe.elements import analysed, column_structures, is_full
from plainsql.describe.forms import asked, fields_of_rows, form_of, warnings_of
from plainsql.describe.inference import prepare_inferring
from plainsql.describe.model import Column, Description, Parameter
from plainsql.describe.overrides import apply_overrides
from plainsql.describe.relations import RelationCatalog
from plainsql.describe.soft_delete import warn_of_deleted_rows
from plainsql.describe.statement import Prepared, Refusal, prepare
from plainsql.describe.suffix import warn_of_suffix
from plainsql.describe.tree import TreeUnavailableError, analysed_tree
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.effects import unknown_effects
from plainsql.nullability import Analysis, AnalysisError
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at
from plainsql.typemap import PgType

_WORD = re.compile(r'"(?:[^"]|"")*"|\'(?:[^\']|\'\')*\'|\$\d+|[\w$]+(?:\.[\w$]+)*|[^\w\s]+')
_SYNTAX_ERROR = "42601"
_UNDEFINED_TABLE = "42P01"
_RECORD = 2249
_NOTHING_PROVED = Analysis((), (), frozenset())


class Describer:
    """
    Describes queries over one connection and remembers what it read of the catalog.

    Args:
        conn: In autocommit.
        custom: What the project's settings make of types, by OID.
        folders: Where the project's own packages may lie; None: names of ``@type`` are not looked for.
        declared: Columns that have types of their own.
        soft_delete: Column that is set in deleted rows; None: nobody is warned of reading them.

    Attributes:
        arcs: The exclusive arcs of the database, by the OID of their table.
    """

    def __init__(
        self,
        conn: psycopg.Connection[Any],
        custom: Mapping[int, CustomType] | None = None,
        folders: Sequence[Path] | None = None,
        declared: DeclaredColumns | None = None,
        soft_delete: str | None = None,
    ) -> None:
        if not conn.autocommit:
            raise ValueError("describe needs a connection in autocommit")
        self._conn = conn
        self._types = TypeCatalog(conn, custom)
        self._relations = RelationCatalog(conn)
        self._effects = EffectCatalog(conn, self._relations)
        self._folders = folders
        self._declared = declared
        self._soft_delete = soft_delete
        self.arcs = read_arcs(conn)

    def describe(self, query: Query) -> Description:
        """Return what the server says of *query*; a refusal is its ``problem``."""
        if query.kind == "script":
            return self._describe_script(query)
        try:
            prepared = prepare_inferring(self._conn, query, self._types)
        except Refusal as refusal:
            if refusal.sqlstate == _UNDEFINED_TABLE and refusal.hint is None:
                refusal.hint = self._relation_hint(query, refusal)
            return Description(query, problem=_problem(query, refusal))
        names = [column.name for column in prepared.columns]
        if (problem := check_columns(query, names)) is not None:
            return Description(query, problem=problem)
        return self._describe_prepared(query, prepared)

    def _relation_hint(self, query: Query, refusal: Refusal) -> str | None:
        """PostgreSQL suggests columns; tables it leaves to us."""
        word = _WORD.match(query.sql, refusal.offset) if refusal.offset is not None else None
        meant = self._relations.suggest(word[0].replace('"', "")) if word else None
        return f"did you mean {meant}?" if meant else None

    def _describe_script(self, query: Query) -> Description:
        """Scripts are not described: a statement may need what the one before it makes. Their syntax is checked."""
        for statement in query.statements:
            try:
                prepare(self._conn, statement)
            except Refusal as refusal:
                if refusal.sqlstate == _SYNTAX_ERROR:
                    start = max(query.sql.find(statement), 0)
                    return Description(query, problem=_problem(query, refusal, start))
        if self._declared and (problem := self._declared.in_script(query)) is not None:
            return Description(query, problem=problem)
        return Description(query, effects=unknown_effects("a script is not analysed"))

    def _describe_prepared(self, query: Query, prepared: Prepared) -> Description:
        self._types.read((*prepared.parameters, *(column.type_oid for column in prepared.columns)))
        given = [self._types[oid] for oid in prepared.parameters]
        warnings: list[Problem] = []
        fields = fields_of_rows(query, [column.name for column in prepared.columns])
        full: frozenset[int] = frozenset()
        try:
            tree = analysed_tree(self._conn, query.sql, given)
            analysis, full = analysed(query, tree, self._relations.facts, given, asked(query, fields))
            effects = self._effects.effects(tree, analysis.statement)
        except (TreeUnavailableError, AnalysisError) as error:
            analysis, effects = _NOTHING_PROVED, unknown_effects(f"not analysed: {error}")
            what = "every column is taken for nullable: " if prepared.columns else "tables are not known: "
            warnings.append(problem_at(query, None, f"{what}{error}", level="warning"))
            if self._declared and (problem := self._declared.unfollowed(query, str(error))) is not None:
                return Description(query, problem=problem)
        columns = self._columns(query, prepared, analysis, given)
        parameters = tuple(
            # A domain refuses NULL also by the one it is made of, which no column's own NOT NULL tells.
            Parameter(
                name,
                base_type(type),
                number in analysis.nullable_parameters and not type.not_null,
                *_domain(type),
                is_full=number in full,
            )
            for number, (name, type) in enumerate(zip(query.parameters, given, strict=True), 1)
        )
        refused = {
            name
            for number, (name, type) in enumerate(zip(query.parameters, given, strict=True), 1)
            if number in analysis.refused_parameters or type.not_null
        }
        parameters, columns, problems = apply_overrides(
            query, parameters, columns, refused=refused, folders=self._folders
        )
        if self._declared and analysis.statement is not None:
            facts = self._relations.facts(tree)
            parameters, columns, found = self._declared.applied(query, analysis.statement, facts, parameters, columns)
            problems = (*problems, *found)
        if analysis.statement is not None:
            problems = (*problems, *incomplete_subjects(query, analysis.statement, self.arcs))
        if wrong := [problem for problem in problems if problem.level == "error"]:
            others = [problem for problem in problems if problem is not wrong[0]]
            return Description(query, problem=wrong[0], warnings=(*others, *warnings))
        form = form_of(query, columns, fields, analysis)
        if isinstance(form, Problem):
            return Description(query, problem=form, warnings=(*problems, *warnings))
        return Description(
            query,
            parameters=parameters,
            columns=columns,
            reads=effects.reads,
            writes=effects.writes,
            warnings=(
                *warnings,
                *_unknown_types(query, parameters, columns),
                *problems,
                *warnings_of(query, form),
                *warn_of_suffix(query, effects, [column.name for column in columns]),
                *self._warn_of_deleted_rows(query, analysis),
            ),
            effects=effects,
            form=form,
        )

    def _warn_of_deleted_rows(self, query: Query, analysis: Analysis) -> list[Problem]:
        if self._soft_delete is None or analysis.statement is None:
            return []
        return warn_of_deleted_rows(query, analysis.statement, self._relations.facts("").relations, self._soft_delete)

    def _columns(
        self, query: Query, prepared: Prepared, analysis: Analysis, given: Sequence[PgType]
    ) -> tuple[Column, ...]:
        proved = analysis.not_null
        if len(proved) != len(prepared.columns):  # no tree, or one that disagrees with Describe
            proved = (False,) * len(prepared.columns)
        types = analysis.types if len(analysis.types) == len(proved) else (0,) * len(proved)
        self._types.read(types)
        columns = [(output.name, self._types[output.type_oid]) for output in prepared.columns]
        found = column_structures(query, prepared, analysis, given, self._types)
        return tuple(
            Column(
                name,
                type,
                not is_proved,
                *(_domain(self._types[oid]) if oid else (None, None)),
                structure=structure,
                is_full=is_full(structure),
            )
            for (name, type), is_proved, oid, structure in zip(columns, proved, types, found, strict=True)
        )


def describe_query(conn: psycopg.Connection[Any], query: Query) -> Description:
    """
    Return what the server says of *query*: types, nullability, tables.

    Nothing is executed: the statement goes through Parse, and into a temporary function that is rolled back.

    Args:
        conn: In autocommit, on a scratch or development database.
        query: As the loader made it.
    """
    return Describer(conn).describe(query)


def describe_all(
    conn: psycopg.Connection[Any],
    queries: Iterable[Query],
    *,
    custom: Mapping[int, CustomType] | None = None,
    declared: DeclaredColumns | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Description]:
    """
    Return a Description for each of *queries*, in order; a bad one never hides the others.

    Args:
        conn: In autocommit, on a scratch or development database.
        queries: As the loader made them.
        custom: What the project's settings make of types, by OID.
        declared: Columns that have types of their own.
        progress: Called after each query with how many are done and how many there are.
    """
    describer = Describer(conn, custom, declared=declared)
    descriptions: list[Description] = []
    queries = list(queries)
    for query in queries:
        descriptions.append(describer.describe(query))
        if progress is not None:
            progress(len(descriptions), len(queries))
    return descriptions


def _domain(type: PgType | None) -> tuple[str | None, PgType | None]:
    return (type.name, type) if type is not None and type.kind == "domain" else (None, None)


def _problem(query: Query, refusal: Refusal, start: int = 0) -> Problem:
    if refusal.offset is None:
        return problem_at(query, None, refusal.message, hint=refusal.hint)
    offset = start + refusal.offset
    word = _WORD.match(query.sql, offset)
    return problem_at(query, offset, refusal.message, hint=refusal.hint, length=len(word[0]) if word else 1)


def _unknown_types(query: Query, parameters: Iterable[Parameter], columns: Iterable[Column]) -> list[Problem]:
    found: list[tuple[str, str]] = []
    values: list[Parameter | Column] = [*parameters, *columns]
    for value in values:
        what = f"parameter :{value.name}" if isinstance(value, Parameter) else f"column '{value.name}'"
        if isinstance(value, Parameter) and value.type.oid == _RECORD:  # compared with a composite value
            found.append((f"{what} has type record, which can't be sent", f"write :{value.name}::type"))
        elif not value.python.known:
            whose = "with members that are" if value.python.classes else "which is"
            message = f"{what} has type {value.type.name}, {whose} read and written as text (str)"
            found.append((message, "name a Python type for it under [tool.plainsql.types]"))
    return [problem_at(query, None, message, hint=hint, level="warning") for message, hint in found]
