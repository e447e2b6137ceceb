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
from plainsql.dynamic import LoadedQueryBase, Settings, compile_statement, not_stale, parameter_names, server_key
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
from plainsql.hook_plans import loaded
from plainsql.hook_plans.plan import Plan
from plainsql.hook_plans.project import Hooks
from plainsql.hooks import hooked, replaced_by
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
    settings, hooks = settings_of(directory), hooks_of(directory)
    catalog = checked_catalog(directory, hooks)
    return Queries({query.key: LoadedQuery(query, settings, hooks) for query in catalog.queries})


def hooks_of(directory: str | Path) -> Hooks:
    """Return the hooks of the project around *directory*, if there is one."""
    config = find_config(Path(directory))
    return Hooks(config.hooks, config.aio_hooks, config.import_folders, config.root) if config else Hooks(None, None)


def settings_of(directory: str | Path) -> Settings:
    """Return what the project around *directory*, if there is one, makes of types."""
    config = find_config(Path(directory))
    return (config.types, config.import_folders, config.columns) if config else ((), (), ())


def checked_catalog(directory: str | Path, hooks: Hooks) -> Catalog:
    """Return the catalog of *directory*; any fault, of the hooks that it names too, is a QueryFileError."""
    catalog = load_catalog(Path(directory))
    problems = [*catalog.problems, *(problem for query in catalog.queries for problem in hooks.problems(query))]
    if errors := [problem for problem in problems if problem.level == "error"]:
        raise QueryFileError(errors)
    return catalog


class LoadedQuery(LoadedQueryBase):
    """A query that is described on its first call, with the connection it is given."""

    def __call__(self, conn: Conn, /, *rows: Any, **parameters: Any) -> Any:
        """Run the query; parameters go by keyword, the rows of a ``*!`` query follow the connection."""
        arguments = bound(self.query, rows, parameters, self._plan)
        if self._plan is not None:
            return self._hooked(conn, self._plan, dict(zip(self._plan.names, *arguments, strict=True)))
        statement = self._statement(conn)
        return not_stale(statement, self.query, arguments, _RUN[self.query.kind](conn, statement, *arguments))

    def _hooked(self, conn: Conn, plan: Plan, values: dict[str, Any]) -> Any:
        assert self._hooks is not None
        assert self._hooks.module is not None
        module = loaded.hooks_module(self._hooks.module)
        for step in plan.before:
            given, named = loaded.arguments(step, values)
            loaded.store(step, getattr(module, step.hook.name)(*given, **named), values)
        run, kind, statement = _RUN[self.query.kind], self.query.kind, self._statement(conn)
        params = tuple(values[name] for name in self.query.parameters)
        if not plan.after:
            return not_stale(statement, self.query, (params,), run(conn, statement, params))
        with hooked(conn, statement) as tx:
            found = not_stale(statement, self.query, (params,), run(tx, statement, params))
            rows = loaded.rows_of(kind, found)
            for after in plan.after:
                function = getattr(module, after.hook.name)
                if after.replaces:
                    rows = replaced_by(function, tx, rows)
                else:
                    function(tx, rows)
        return loaded.result_of(kind, rows)

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


def bound(query: Query, rows: tuple[Any, ...], parameters: dict[str, Any], plan: Plan | None = None) -> tuple[Any, ...]:
    """Return what follows the statement in a call; wrong names or numbers of arguments are a ParameterError."""
    where = f"{query.file}:{query.line}: query '{query.key}'"
    if query.kind == "many_exec":
        rows += (parameters.pop("rows"),) if "rows" in parameters else ()
        if len(rows) != 1 or parameters:
            raise ParameterError(f"{where} takes the rows as its one argument after the connection")
        return rows
    names = parameter_names(query, plan)
    if rows:
        raise ParameterError(f"{where} takes its parameters by keyword")
    if missing := [name for name in names if name not in parameters]:
        raise ParameterError(f"{where} misses {', '.join(missing)}")
    if unknown := [name for name in parameters if name not in names]:
        close = difflib.get_close_matches(unknown[0], names, 1)
        hint = f"; did you mean {close[0]}?" if close else f"; it takes {', '.join(names) or 'none'}"
        raise ParameterError(f"{where} has no parameter {unknown[0]}{hint}")
    return () if query.kind == "script" else (tuple(parameters[name] for name in names),)


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
