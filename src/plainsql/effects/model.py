"""The verdicts on a whole statement."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Access = Literal["read", "write"]
Volatility = Literal["immutable", "stable", "volatile"]


@dataclass(frozen=True, slots=True)
class Rows:
    """
    How many rows a statement returns.

    Attributes:
        at_least: 0 or 1.
        at_most: 0, 1, or None when there may be more.
    """

    at_least: Literal[0, 1]
    at_most: Literal[0, 1] | None


NO_ROWS = Rows(0, 0)
ONE_ROW = Rows(1, 1)
ANY_ROWS = Rows(0, None)


@dataclass(frozen=True, slots=True)
class TableLock:
    """
    The strongest lock that a statement takes on a table or view until its transaction ends.

    Attributes:
        table: Name.
        mode: As the manual calls it: ``ACCESS SHARE``, ``ROW SHARE`` or ``ROW EXCLUSIVE``.
        rows: The locking clause for the rows that are read, ``FOR UPDATE SKIP LOCKED``, if there is one.
    """

    table: str
    mode: str
    rows: str | None = None


@dataclass(frozen=True, slots=True)
class Uncompared:
    """
    Why several rows may come.

    Attributes:
        source: Name of the table, sub-select or function that may give several; None if it is not about one of them.
        keys: For each unique key of the table, the names of its columns that nothing fixes, the shortest list first.
        may_limit: The statement takes LIMIT.
    """

    source: str | None
    keys: tuple[tuple[str, ...], ...] = ()
    may_limit: bool = True


@dataclass(frozen=True, slots=True)
class Effects:
    """
    What a statement does, in every sub-select, WITH and view.

    Attributes:
        access: ``read`` when it changes nothing and a read-only server takes it.
        reasons: Why it is ``write``.
        volatility: The worst of the functions that it calls, operators and casts among them.
        volatile: Names of those functions; empty when all are immutable.
        rows: How many it returns.
        locks: By table, sorted.
        advisory_locks: Names of the functions that take or give back advisory locks.
        reads: Names of tables and views, sorted.
        writes: Names of tables and views, sorted.
        uncompared: Why several rows may come, when they may and rewrite rules have no say in it.
        functions: Names of the functions it calls that neither PostgreSQL nor an extension brought.
        is_analysed: False: everything here is taken for the worst, and nothing is known of tables and functions.
    """

    access: Access
    reasons: tuple[str, ...]
    volatility: Volatility
    volatile: tuple[str, ...]
    rows: Rows
    locks: tuple[TableLock, ...] = ()
    advisory_locks: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    uncompared: Uncompared | None = None
    functions: tuple[str, ...] = ()
    is_analysed: bool = True
