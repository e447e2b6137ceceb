"""
Async twin of plainsql.hooks: `Transaction` for annotations, `run_slow` for what would hold up the event loop.

`hooked` and `replaced_by` are called by generated functions.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from contextvars import copy_context
from functools import cache, partial
from typing import Any, ParamSpec, Protocol, TypeVar, cast

import psycopg

from plainsql.aio.execute import Conn, Statement, settings_for
from plainsql.aio.transaction import Transaction, open_transaction
from plainsql.hooks.runtime import checked, deeper, is_at_rest, unknown_commit

__all__ = ["Transaction", "hooked", "replaced_by", "run_slow"]

P = ParamSpec("P")
R = TypeVar("R")


async def run_slow(function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
    """
    Run *function*, which computes for more than a few milliseconds, in a thread and return what it returns.

    All event loops of the process share as many threads as there are cores: more would take the loops' own time, and
    those of `asyncio.to_thread` stay free for what waits, name look-ups among them.
    """
    call = partial(copy_context().run, function, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(_slow_threads(), call)


@cache
def _slow_threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="plainsql-slow")


if hasattr(os, "register_at_fork"):  # not on Windows; the threads are the parent's
    os.register_at_fork(after_in_child=_slow_threads.cache_clear)


@asynccontextmanager
async def hooked(conn: Conn, statement: Statement[Any]) -> AsyncIterator[Transaction]:
    """
    Open the block of a statement and its after-hooks: an exception that leaves it undoes both.

    Of a Database it is a transaction of its own, in a Transaction a savepoint. Of a psycopg connection it is a
    transaction of its own when the connection is idle and in autocommit, else a savepoint in what is open there.

    Raises:
        HookRecursionError: It would be the 9th such block inside another.
        TenantRequiredError: The statement is about tenants' tables and nobody said whose rows are meant.
    """
    settings_for(conn, statement)
    with deeper(statement):
        if isinstance(conn, Transaction):
            async with conn.savepoint() as tx:
                yield tx
        elif not isinstance(conn, psycopg.AsyncConnection):
            async with cast("_Beginning", conn).transaction() as tx:
                yield tx
        elif is_at_rest(conn):
            async with open_transaction(conn, b"BEGIN", slow_ms=None, all_tenants=True) as tx:
                yield tx
            await tx._run_callbacks()
        else:
            async with _Borrowed(conn, all_tenants=True).savepoint() as tx:
                yield tx


class _Beginning(Protocol):
    """A source of connections that begins transactions, as a Database does."""

    def transaction(self) -> AbstractAsyncContextManager[Transaction]:
        """Run the block in a transaction."""


async def replaced_by(
    hook: Callable[[Transaction, list[R]], Awaitable[Sequence[R]]], tx: Transaction, rows: list[R], /
) -> list[R]:
    """
    Return what *hook* makes of *rows*.

    Raises:
        HookResultError: It isn't one row for each.
    """
    given = len(rows)
    return checked(hook, given, await hook(tx, rows))


class _Borrowed(Transaction):
    """A transaction that somebody else began on a psycopg connection, and will end."""

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Raise InterfaceError: nobody here learns of the COMMIT."""
        raise unknown_commit()
