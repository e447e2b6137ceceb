"""A Statement made at run time: what the generator bakes into a module, asked of the server instead."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg

from plainsql.codecs import made, typed
from plainsql.column_types import ColumnSetting
from plainsql.custom_types import TypeSetting
from plainsql.describe.columns import check_columns
from plainsql.describe.custom import custom_types
from plainsql.describe.elements import is_full, made_of_what
from plainsql.describe.inference import prepare_inferring
from plainsql.describe.model import Column, Parameter
from plainsql.describe.overrides import apply_overrides
from plainsql.describe.statement import Refusal
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.describe.versions import Locking
from plainsql.dynamic_rows import form_at_run_time, row_maker
from plainsql.dynamic_secrets import secrets_of, with_declared
from plainsql.errors import QueryFileError
from plainsql.execute import Statement, unless_stale, wire
from plainsql.hook_plans.plan import Plan
from plainsql.hook_plans.project import Hooks
from plainsql.query.model import Query
from plainsql.query.source import problem_at
from plainsql.typemap import Wire, prefer_binary

Settings = tuple[Sequence[TypeSetting], Sequence[Path], Sequence[ColumnSetting]]
"""What a project makes of types, the folders its own packages may lie in, and what it makes of columns."""


def compile_statement(conn: psycopg.Connection[Any], query: Query, settings: Settings = ((), (), ())) -> Statement[Any]:
    """
    Return the statement of *query* for the database behind *conn*.

    Args:
        conn: Asked what the statement takes and returns.
        query: As loaded.
        settings: The project's types.

    Raises:
        QueryFileError: The server refuses it; says where.
    """
    head: dict[str, Any] = {"name": query.key, "file": query.file, "line": query.line, "timeout": query.timeout}
    if query.kind == "script":
        return Statement(sql="", statements=query.statements, **head)
    types = TypeCatalog(conn, custom_types(conn, *settings[:2]))
    try:
        prepared = prepare_inferring(conn, query, types)
    except Refusal as refusal:
        raise QueryFileError([problem_at(query, refusal.offset, refusal.message, hint=refusal.hint)]) from None
    names = [column.name for column in prepared.columns]
    if problem := check_columns(query, names):
        raise QueryFileError([problem])
    made_of = made_of_what(conn, query, prepared, types)
    said = apply_overrides(
        query,
        [
            Parameter(name, base_type(types[oid]), True, declared=types[oid], is_full=number in made_of.full)
            for number, (name, oid) in enumerate(zip(query.parameters, prepared.parameters, strict=True), 1)
        ],
        [
            Column(column.name, base_type(types[column.type_oid]), True, structure=found, is_full=is_full(found))
            for column, found in zip(prepared.columns, made_of.structures, strict=True)
        ],
        refused=(),
        folders=settings[1],
    )
    said = with_declared(conn, query, prepared, types, said, settings)
    if errors := [problem for problem in said.problems if problem.level == "error"]:
        raise QueryFileError(errors)
    in_binary = prefer_binary([column.python for column in said.columns])
    row: Any = None
    if query.kind in ("one", "optional", "many"):
        form = form_at_run_time(conn, query, said.columns, [types[oid] for oid in prepared.parameters])
        row = row_maker(query, said.columns, form)
        head["version"] = form.version if isinstance(form, Locking) else ""
    return Statement(
        sql=query.sql,
        params=query.parameters,
        dump_oids=tuple(_kind(value, value.python.dump_oid) for value in said.parameters),
        bind_oids=tuple(value.python.bind_oid for value in said.parameters),
        row=row,
        load_oids=tuple(
            _kind(value, value.python.wire if in_binary else value.python.load_oid) for value in said.columns
        )
        or None,
        format=wire.BINARY if in_binary else wire.TEXT,
        full=tuple(parameter.name for parameter in said.parameters if parameter.is_full),
        writes=True,  # unless somebody looks: only a generated query says that it reads
        sealed=secrets_of(said.parameters),
        opened=secrets_of(said.columns) if row is not None or query.kind == "value" else (),
        not_null=tuple(promise for value in (*said.parameters, *said.columns) for promise in value.promises),
        **head,
    )


def _kind(value: Parameter | Column, described: Wire) -> Any:
    kind = made(described, value.python)
    return kind if value.annotation is None else typed(kind, value.annotation, value.json_column)


def not_stale(statement: Statement[Any], query: Query, arguments: tuple[Any, ...], found: Any) -> Any:
    """Return what a query found; where ``@optimistic`` says that the row is another by now raise StaleRowError."""
    if not statement.version:
        return found
    return unless_stale(statement, arguments[0][query.parameters.index(statement.version)], found)


def server_key(info: psycopg.ConnectionInfo) -> tuple[object, ...]:
    """Return what tells one database from another, as a key for compiled statements."""
    return (info.host, info.port, info.dbname, info.user)


def signature(query: Query, plan: Plan | None = None) -> inspect.Signature:
    """Return the signature that ``help()`` shows."""
    kind = inspect.Parameter
    found = [kind("conn", kind.POSITIONAL_ONLY)]
    if query.kind == "many_exec":
        found.append(kind("rows", kind.POSITIONAL_ONLY))
    else:
        found += [kind(name, kind.KEYWORD_ONLY) for name in parameter_names(query, plan)]
    return inspect.Signature(found)


def parameter_names(query: Query, plan: Plan | None) -> tuple[str, ...]:
    """Return what the function of *query* takes: the SQL's parameters, or what its hooks make them from."""
    return query.parameters if plan is None else plan.names


class LoadedQueryBase:
    """What loaded queries of both kinds show of themselves, and the statements they have compiled."""

    _kind = "query"

    def __init__(self, query: Query, settings: Settings = ((), (), ()), hooks: Hooks | None = None) -> None:
        self.query = query
        self._settings = settings
        self._hooks = hooks
        self._plan = hooks.plan(query) if hooks else None
        self._statements: dict[object, Statement[Any]] = {}
        self.__name__ = query.name
        self.__qualname__ = query.key
        self.__doc__ = f"{query.doc}\n\nSource: {query.file}:{query.line}".strip()
        self.__signature__ = signature(query, self._plan)

    def __repr__(self) -> str:
        return f"<{self._kind} {self.query.key}{self.__signature__} at {self.query.file}:{self.query.line}>"
