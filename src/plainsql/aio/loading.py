"""The asynchronous twin of ``plainsql.loading``: the same names, with ``await`` at each call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from plainsql.aio.execute import (
    Conn,
    ConnectionSource,
    execute,
    execute_many,
    fetch_all,
    fetch_one,
    fetch_optional,
    fetch_value,
    run_script,
)
from plainsql.aio.hooks import hooked, replaced_by, run_slow
from plainsql.dynamic import LoadedQueryBase, Settings, compile_statement, not_stale, server_key
from plainsql.execute import Statement
from plainsql.hook_plans import loaded
from plainsql.hook_plans.plan import After, Plan, Step
from plainsql.loading import Queries, bound, checked_catalog, hooks_of, settings_of
from plainsql.query.model import Kind, Query

_RUN: dict[Kind, Callable[..., Awaitable[Any]]] = {
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
        ``await queries.orders.get_order(db, order_id=1)``; ``queries["orders.get_order"]`` is the same function.

    Raises:
        QueryFileError: A file has faults; each is in ``.problems``.
    """
    settings, hooks = settings_of(directory), hooks_of(directory)
    catalog = checked_catalog(directory, hooks)
    return Queries({query.key: LoadedQuery(query, settings, hooks) for query in catalog.queries})


class LoadedQuery(LoadedQueryBase):
    """A query that is described on its first call, over a connection of its own to the same database."""

    _kind = "async query"

    async def __call__(self, conn: Conn, /, *rows: Any, **parameters: Any) -> Any:
        """Run the query; parameters go by keyword, the rows of a ``*!`` query follow the connection."""
        arguments = bound(self.query, rows, parameters, self._plan)
        if self._plan is not None:
            return await self._hooked(conn, self._plan, dict(zip(self._plan.names, *arguments, strict=True)))
        statement = await self._statement(conn)
        return not_stale(statement, self.query, arguments, await _RUN[self.query.kind](conn, statement, *arguments))

    async def _hooked(self, conn: Conn, plan: Plan, values: dict[str, Any]) -> Any:
        for step in plan.before:
            given, named = loaded.arguments(step, values)
            function = getattr(self._module(step), step.hook.name)
            if step.twin.is_async:
                result = await function(*given, **named)
            elif step.twin.is_slow:
                result = await run_slow(function, *given, **named)
            else:
                result = function(*given, **named)
            loaded.store(step, result, values)
        run, kind, statement = _RUN[self.query.kind], self.query.kind, await self._statement(conn)
        params = tuple(values[name] for name in self.query.parameters)
        if not plan.after:
            return not_stale(statement, self.query, (params,), await run(conn, statement, params))
        async with hooked(conn, statement) as tx:
            found = not_stale(statement, self.query, (params,), await run(tx, statement, params))
            rows = loaded.rows_of(kind, found)
            for after in plan.after:
                function = getattr(self._module(after), after.hook.name)
                if after.replaces:
                    rows = await replaced_by(function, tx, rows)
                else:
                    await function(tx, rows)
        return loaded.result_of(kind, rows)

    def _module(self, hook: Step | After) -> ModuleType:
        assert self._hooks is not None
        name = self._hooks.module if hook.twin is hook.hook else self._hooks.aio_module
        assert name is not None
        return loaded.hooks_module(name)

    async def _statement(self, conn: Conn) -> Statement[Any]:
        held = await conn.acquire() if isinstance(conn, ConnectionSource) else conn
        try:
            key = server_key(held.info)
            if key not in self._statements:
                self._statements[key] = await asyncio.to_thread(_compile, held.info, self.query, self._settings)
            return self._statements[key]
        finally:
            if isinstance(conn, ConnectionSource):
                await conn.release(held)


def _compile(info: psycopg.ConnectionInfo, query: Query, settings: Settings) -> Statement[Any]:
    conninfo = make_conninfo(info.dsn, password=info.password or None)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        return compile_statement(conn, query, settings)
