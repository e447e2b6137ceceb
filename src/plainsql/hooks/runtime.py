"""The block in which a statement and its after-hooks take effect together, and what its hooks may do to its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Any, Protocol, TypeVar, cast

import psycopg

from plainsql.errors import HookRecursionError, HookResultError
from plainsql.execute import Conn, Statement, settings_for
from plainsql.execute.faults import IDLE
from plainsql.transaction import Transaction, open_transaction

DEEPEST = 8
"""Queries whose hooks may run one inside the other."""

F = TypeVar("F", bound=Callable[..., Any])
R = TypeVar("R")

_running: ContextVar[tuple[str, ...]] = ContextVar("plainsql_hooks", default=())


def slow(function: F) -> F:
    """
    Mark a before-hook that takes more than a few milliseconds of computing: under asyncio it runs in a thread.

    The function itself stays as it is; `plainsql generate` reads the mark from the source.
    """
    function.__plainsql_slow__ = True  # type: ignore[attr-defined]  # for plainsql.load(), which generates nothing
    return function


@contextmanager
def hooked(conn: Conn, statement: Statement[Any]) -> Iterator[Transaction]:
    """
    Open the block of a statement and its after-hooks: an exception that leaves it undoes both.

    Of a Database it is a transaction of its own, in a Transaction a savepoint. Of a psycopg connection it is a
    transaction of its own when the connection is idle and in autocommit, else a savepoint in what is open there.

    Raises:
        HookRecursionError: It would be the 9th such block inside another.
        TenantRequiredError: The statement is about tenants' tables and nobody said whose rows are meant.
    """
    settings_for(conn, statement)  # what is refused without a tenant is refused before BEGIN
    with deeper(statement):
        if isinstance(conn, Transaction):
            with conn.savepoint() as tx:
                yield tx
        elif not isinstance(conn, psycopg.Connection):
            with cast("_Beginning", conn).transaction() as tx:
                yield tx
        elif is_at_rest(conn):
            with open_transaction(conn, b"BEGIN", slow_ms=None, all_tenants=True) as tx:
                yield tx
            tx._run_callbacks()
        else:
            with _Borrowed(conn, all_tenants=True).savepoint() as tx:
                yield tx


class _Beginning(Protocol):
    """A source of connections that begins transactions, as a Database does."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Run the block in a transaction."""


def replaced_by(hook: Callable[[Transaction, list[R]], Sequence[R]], tx: Transaction, rows: list[R], /) -> list[R]:
    """
    Return what *hook* makes of *rows*.

    Raises:
        HookResultError: It isn't one row for each.
    """
    return checked(hook, len(rows), hook(tx, rows))


class _Borrowed(Transaction):
    """A transaction that somebody else began on a psycopg connection, and will end."""

    def after_commit(self, callback: Callable[[], object]) -> None:
        """Raise InterfaceError: nobody here learns of the COMMIT."""
        raise unknown_commit()


def unknown_commit() -> psycopg.InterfaceError:
    """Return the error for after_commit in a transaction that is not plainsql's."""
    return psycopg.InterfaceError(
        "after_commit can't know when a transaction of a psycopg connection commits: pass a plainsql Transaction"
    )


def is_at_rest(conn: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Tell whether a statement on *conn* would be a transaction of its own."""
    return conn.autocommit and conn.pgconn.transaction_status == IDLE


def checked(hook: Callable[..., Any], given: int, found: Sequence[R]) -> list[R]:
    """Return *found* as a list; raise HookResultError if it is none, or not as long as the rows that were *given*."""
    if found is None or not hasattr(found, "__iter__"):
        raise HookResultError(
            f"the hook {hook.__name__} was given {given} rows and gave back {type(found).__name__}: "
            "return a list of as many rows"
        )
    made = list(found)
    if len(made) != given:
        raise HookResultError(
            f"the hook {hook.__name__} was given {given} rows and gave back {len(made)}: it may replace rows, "
            "not add or drop them"
        )
    return made


@contextmanager
def deeper(statement: Statement[Any]) -> Iterator[None]:
    """Count the block of *statement* as running; its place is in the context, so every thread and task has its own."""
    chain = (*_running.get(), statement.name)
    if len(chain) > DEEPEST:
        raise HookRecursionError(
            f"hooks run queries whose hooks run queries, more than {DEEPEST} deep: {' → '.join(chain)}; "
            f"{statement.place}"
        )
    token = _running.set(chain)
    try:
        yield
    finally:
        _running.reset(token)
