"""
Who is at work: said once for a context, told to the server with every transaction that writes, kept by audit triggers.

A context variable holds it, so neither another thread nor a task that runs beside this one sees it, and a task that is
started within inherits it. Nothing is set on a connection for longer than a transaction, so nothing of it meets whoever
borrows the connection next, and behind a transaction pooler reads stay plain statements.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from plainsql.errors import ActorError

if TYPE_CHECKING:
    from plainsql.execute.settings import Settings
    from plainsql.execute.statement import Statement

UserId: TypeAlias = UUID | str | int


@dataclass(frozen=True, slots=True)
class Actor:
    """
    Who does what for whom.

    Attributes:
        user_id: Setting app.actor_id.
        request_id: Setting app.request_id.
        reason: Setting app.reason.
    """

    user_id: str | None = None
    request_id: str | None = None
    reason: str | None = None

    @property
    def settings(self) -> Settings:
        """What a transaction sets, those that were said."""
        said = (("app.actor_id", self.user_id), ("app.request_id", self.request_id), ("app.reason", self.reason))
        return tuple((name, value) for name, value in said if value is not None)


_current: ContextVar[Actor | None] = ContextVar("plainsql_actor", default=None)


def current() -> Actor | None:
    """Return who is at work in this context, or None."""
    return _current.get()


@contextmanager
def use(*, user_id: UserId | None = None, request_id: str | None = None, reason: str | None = None) -> Iterator[Actor]:
    """
    Say for the block, and for tasks started in it, who is at work; what isn't given stays as the block around has it.

    It counts for transactions that begin in the block, and for single statements. Not around a `yield` of your own
    generator: until it goes on, its caller would be in the block too.

    Args:
        user_id: Who: a UUID, a str or an int.
        request_id: What ties entries to a request's log lines.
        reason: Why, for who reads the audit.

    Raises:
        ActorError: A value is empty or can't be sent.
    """
    before = _current.get() or Actor()
    actor = Actor(
        _checked("user_id", user_id) or before.user_id,
        _checked("request_id", request_id) or before.request_id,
        _checked("reason", reason) or before.reason,
    )
    outside = _current.get()
    _current.set(actor)
    try:
        yield actor
    finally:
        _current.set(outside)


def _checked(name: str, value: object) -> str | None:
    if value is None:
        return None
    allowed = (UUID, str, int) if name == "user_id" else (str, UUID)
    if isinstance(value, bool) or not isinstance(value, allowed):
        raise ActorError(f"{name} is a {' or '.join(kind.__name__ for kind in allowed)}, found {type(value).__name__}")
    text = str(value)
    if not text.strip() or "\0" in text:
        raise ActorError(f"{name} is not empty, found {text!r}")
    return text


def statement_settings(settings: Settings, statement: Statement[Any]) -> Settings:
    """Return *settings* with the actor's, for a statement that writes outside of a transaction."""
    actor = _current.get()
    return settings if actor is None or not statement.writes else _joined(actor, settings)


def transaction_settings(settings: Settings, begin: bytes) -> Settings:
    """Return *settings* with the actor's, for a transaction that may write."""
    actor = _current.get()
    return settings if actor is None or b" READ ONLY" in begin else _joined(actor, settings)


def refuse_other(began: Actor | None, statement: Statement[Any]) -> None:
    """Raise ActorError when *statement* writes for somebody else than its transaction, whose BEGIN named *began*."""
    actor = _current.get()
    if actor is not None and actor != began and statement.writes:
        raise ActorError(
            f"{statement.place} would be recorded for another actor than the block says: its transaction began "
            "outside of that block. Begin it inside"
        )


def _joined(actor: Actor, settings: Settings) -> Settings:
    """Return both; what a connection's own settings say, such as the reason of all_tenants, goes before the actor's."""
    return tuple((dict(actor.settings) | dict(settings)).items())
