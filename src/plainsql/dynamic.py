"""A Statement made at run time: what the generator bakes into a module, asked of the server instead."""

from __future__ import annotations

import inspect
from typing import Any

import msgspec
import psycopg

from plainsql.describe.columns import check_columns
from plainsql.describe.inference import prepare_inferring
from plainsql.describe.statement import Refusal
from plainsql.describe.types import TypeCatalog, base_type
from plainsql.errors import QueryFileError
from plainsql.execute import Statement
from plainsql.query.model import Query
from plainsql.query.module_names import row_class
from plainsql.query.source import problem_at
from plainsql.typemap import python_type


def compile_statement(conn: psycopg.Connection[Any], query: Query) -> Statement[Any]:
    """
    Return the statement of *query* for the database behind *conn*.

    Raises:
        QueryFileError: The server refuses it; says where.
    """
    head: dict[str, Any] = {"name": query.key, "file": query.file, "line": query.line, "timeout": query.timeout}
    if query.kind == "script":
        return Statement(sql="", statements=query.statements, **head)
    types = TypeCatalog(conn)
    try:
        prepared = prepare_inferring(conn, query, types)
    except Refusal as refusal:
        raise QueryFileError([problem_at(query, refusal.offset, refusal.message, hint=refusal.hint)]) from None
    names = [column.name for column in prepared.columns]
    if problem := check_columns(query, names):
        raise QueryFileError([problem])
    parameters = [python_type(base_type(types[oid])) for oid in prepared.parameters]
    columns = [python_type(base_type(types[column.type_oid])) for column in prepared.columns]
    row: Any = None
    if query.kind in ("one", "optional", "many"):
        row = msgspec.defstruct(row_class(query.name), [(column, Any) for column in names], frozen=True, gc=False)
    return Statement(
        sql=query.sql,
        params=query.parameters,
        dump_oids=tuple(found.dump_oid for found in parameters),
        bind_oids=tuple(found.bind_oid for found in parameters),
        row=row,
        load_oids=tuple(found.load_oid for found in columns) or None,
        **head,
    )


def server_key(info: psycopg.ConnectionInfo) -> tuple[object, ...]:
    """Return what tells one database from another, as a key for compiled statements."""
    return (info.host, info.port, info.dbname, info.user)


def signature(query: Query) -> inspect.Signature:
    """Return the signature that ``help()`` shows."""
    kind = inspect.Parameter
    found = [kind("conn", kind.POSITIONAL_ONLY)]
    if query.kind == "many_exec":
        found.append(kind("rows", kind.POSITIONAL_ONLY))
    else:
        found += [kind(name, kind.KEYWORD_ONLY) for name in query.parameters]
    return inspect.Signature(found)


class LoadedQueryBase:
    """What loaded queries of both kinds show of themselves, and the statements they have compiled."""

    _kind = "query"

    def __init__(self, query: Query) -> None:
        self.query = query
        self._statements: dict[object, Statement[Any]] = {}
        self.__name__ = query.name
        self.__qualname__ = query.key
        self.__doc__ = f"{query.doc}\n\nSource: {query.file}:{query.line}".strip()
        self.__signature__ = signature(query)

    def __repr__(self) -> str:
        return f"<{self._kind} {self.query.key}{self.__signature__} at {self.query.file}:{self.query.line}>"
