"""What maintenance wants sent, and the form it takes: it yields requests and is given the answers."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, TypeVar

from psycopg.sql import SQL, Composed

from plainsql.execute import Statement


@dataclass(frozen=True, slots=True)
class Ask:
    """A statement of plainsql's own, to be answered with its rows."""

    statement: Statement[Any]
    params: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """Commands to be run, in one transaction or as they are; to be answered with rows affected and row of each."""

    commands: Sequence[Composed | SQL]
    in_transaction: bool = True


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds to let pass."""

    seconds: float


T = TypeVar("T")
Request: TypeAlias = Ask | Run | Pause
Conversation: TypeAlias = Generator[Request, Any, T]
