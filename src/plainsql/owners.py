"""Which thread or task has a transaction open on a Database."""

from __future__ import annotations

import asyncio
from threading import get_ident
from typing import Any

from plainsql.errors import OutsideTransactionError

Owner = tuple[int, Any]


def current_owner() -> Owner:
    """Return who is running: the thread and, under asyncio, the task. Copied contexts don't inherit it."""
    loop = asyncio._get_running_loop()
    return get_ident(), None if loop is None else asyncio.current_task(loop)


class Owners:
    """Open transactions counted by owner."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[Owner, int] = {}

    def enter(self) -> Owner:
        """Count one more for who is running; return the owner for `leave`, which may be called by another one."""
        owner = current_owner()
        self._open[owner] = self._open.get(owner, 0) + 1
        return owner

    def leave(self, owner: Owner) -> None:
        """Count one less."""
        left = self._open.get(owner, 0) - 1
        if left > 0:
            self._open[owner] = left
        else:
            self._open.pop(owner, None)

    def check(self) -> None:
        """Raise OutsideTransactionError when who is running has a transaction open."""
        if self._open and current_owner() in self._open:
            raise OutsideTransactionError
