"""Optimistic locking: the row as it was written, or the error that carries the row as it stands."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from plainsql.errors import StaleRowError
from plainsql.execute.records import Versioned
from plainsql.execute.statement import Statement

R = TypeVar("R")


@overload
def unless_stale(statement: Statement[Versioned[R]], version: Any, found: Versioned[R]) -> R: ...
@overload
def unless_stale(statement: Statement[Versioned[R]], version: Any, found: Versioned[R] | None) -> R | None: ...
def unless_stale(statement: Statement[Versioned[R]], version: Any, found: Versioned[R] | None) -> R | None:
    """
    Return the row as written, None where there is none.

    Args:
        statement: What was carried out.
        version: That the caller had read.
        found: What it returned.

    Raises:
        StaleRowError: Somebody else has written the row since; nothing was changed.
    """
    if found is None:
        return None
    if found.row is not None:
        return found.row
    name = statement.version
    actual = getattr(found.current, name)
    if actual == version:
        message = f"{statement.place} wrote nothing though {name} is {version!r}: its WHERE asks for more than that"
    else:
        message = f"{statement.place}: the row has {name} {actual!r}, expected {version!r}; read it again"
    raise StaleRowError(message, expected=version, actual=actual, current=found.current)
