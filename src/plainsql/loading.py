"""
The functions of a folder of query files without generating modules: for a REPL, a notebook, a script.

The same statements, results and errors as generated functions; what is missing is what a type checker could see.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from plainsql.catalog import Catalog, load_catalog
from plainsql.config import find_config
from plainsql.dynamic import LoadedQueryBase, Settings, compile_statement, server_key
from plainsql.errors import ParameterError, QueryFileError, UnknownQueryError
from plainsql.execute import (
    Conn,
    ConnectionSource,
    Statement,
    execute,
    execute_many,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_value,
    run_script,
)
from plainsql.query.model import Kind, Query

_RUN: dict[Kind, Callable[..., Any]] = {
    "one": fetch_one,
    "optional": fetch_optional,
    "many": fetch_all,
    "value": fetch_value,
    "exec": execute,
    "many_exec": execute_many,
    "script": run_script,
}


def load(directory: str | Path) -> Queries:
    """
    Load the query files below *directory*.

    Returns:
        ``queries.orders.get_order(db, order_id=1)``; ``queries["orders.get_order"]`` is the same function.

    Raises:
        QueryFileError: A file has faults; each is in ``.problems``.
    """
    settings = settings_of(directory)
    return Queries({query.key: LoadedQuery(query, settings) for query in checked_catalog(directory).queries})


def settings_of(directory: str | Path) -> Settings:
    """Return what the project around *directory*, if there is one, makes of types."""
    config = find_config(Path(directory))
    return (config.types, config.import_folders, config.columns) if config else ((), (), ())


def checked_catalog(directory: str | Path) -> Catalog:
    """Return the catalog of *directory*; any fault is a QueryFileError."""
    catalog = load_catalog(Path(directory))
    if errors := [problem for problem in catalog.problems if problem.level == "error"]:
        raise QueryFileError(errors)
    return catalog


class LoadedQuery(LoadedQueryBase):
    """A query that is described on its first call, with the connection it is given."""

    def __call__(self, conn: Conn, /, *rows: Any, **parameters: Any) -> Any:
        """Run the query; parameters go by keyword, the rows of a ``*!`` query follow the connection."""
        arguments = bound(self.query, rows, parameters)
        return _RUN[self.query.kind](conn, self._statement(conn), *arguments)

    def _statement(self, conn: Conn) -> Statement[Any]:
        held = conn.acquire() if isinstance(conn, ConnectionSource) else conn
        try:
            key = server_key(held.info)
            if key not in self._statements:
                self._statements[key] = compile_statement(held, self.query, self._settings)
            return self._statements[key]
        finally:
            if isinstance(conn, ConnectionSource):
                conn.release(held)


def bound(query: Query, rows: tuple[Any, ...], parameters: dict[str, Any]) -> tuple[Any, ...]:
    """Return what follows the statement in a call; wrong names or numbers of arguments are a ParameterError."""
    where = f"{query.file}:{query.line}: query '{query.key}'"
    if query.kind == "many_exec":
        rows += (parameters.pop("rows"),) if "rows" in parameters else ()
        if len(rows) != 1 or parameters:
            raise ParameterError(f"{where} takes the rows as its one argument after the connection")
        return rows
    if rows:
        raise ParameterError(f"{where} takes its parameters by keyword")
    if missing := [name for name in query.parameters if name not in parameters]:
        raise ParameterError(f"{where} misses {', '.join(missing)}")
    if unknown := [name for name in parameters if name not in query.parameters]:
        close = difflib.get_close_matches(unknown[0], query.parameters, 1)
        hint = f"; did you mean {close[0]}?" if close else f"; it takes {', '.join(query.parameters) or 'none'}"
        raise ParameterError(f"{where} has no parameter {unknown[0]}{hint}")
    return () if query.kind == "script" else (tuple(parameters[name] for name in query.parameters),)


class Queries:
    """The query files of a folder; files and sub-folders are attributes, ``[key]`` takes a dotted key."""

    def __init__(self, functions: dict[str, Any], prefix: str = "") -> None:
        self._functions = functions
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        key = f"{self._prefix}{name}"
        if key in self._functions:
            return self._functions[key]
        if any(known.startswith(f"{key}.") for known in self._functions):
            return Queries(self._functions, f"{key}.")
        raise AttributeError(self._unknown(name))

    def __getitem__(self, key: str) -> Any:
        try:
            return self._functions[f"{self._prefix}{key}"]
        except KeyError:
            raise UnknownQueryError(self._unknown(key)) from None

    def __iter__(self) -> Iterator[str]:
        """Iterate over the dotted keys."""
        return (key.removeprefix(self._prefix) for key in self._functions if key.startswith(self._prefix))

    def __dir__(self) -> list[str]:
        return sorted({key.split(".")[0] for key in self})

    def __repr__(self) -> str:
        return f"<queries: {', '.join(dir(self))}>"

    def _unknown(self, name: str) -> str:
        close = difflib.get_close_matches(name, [*self, *dir(self)], 1)
        hint = f"did you mean {close[0]}?" if close else f"there are: {', '.join(dir(self)) or 'none'}"
        return f"no query or query file {name}; {hint}"
