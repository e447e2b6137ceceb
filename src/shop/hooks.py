"""What runs with the shop's queries: named in queries/*.sql by @before and @after. Async twins: shop.aio.hooks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

import msgspec

from plainsql import Change
from plainsql.hooks import Transaction
from plainsql.passwords import hash_password as hash_password  # slow: under asyncio it runs in a thread
from shop.errors import InvalidEmailError
from shop.queries import sessions, users

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+\Z")
_LONGEST_EMAIL = 100


class HasId(Protocol):
    """A row of a user."""

    @property
    def id(self) -> int:
        """The user's key."""


def validate_email(email: str) -> str:
    """
    Return an e-mail address without blanks around it.

    Raises:
        InvalidEmailError: It is none.
    """
    bare = email.strip()
    if len(bare) > _LONGEST_EMAIL or not _EMAIL.match(bare):
        raise InvalidEmailError(email)
    return bare


def drop_sessions(tx: Transaction, rows: Sequence[HasId | Change[HasId]]) -> None:
    """End the sessions of users who were deleted, or have another password."""
    sessions.revoke_for_users(tx, user_ids=written_ids(rows))


def log_access(tx: Transaction, rows: Sequence[HasId]) -> None:
    """Log that users' data was read: one INSERT for all of them, none for nobody."""
    if rows:
        sessions.log_access(tx, user_ids=[row.id for row in rows])


def mask_user(tx: Transaction, rows: Sequence[users.UsersForSupportRow]) -> list[users.UsersForSupportRow]:
    """Return the rows with masked addresses."""
    return masked(rows)


def masked(rows: Sequence[users.UsersForSupportRow]) -> list[users.UsersForSupportRow]:
    """Return the rows with addresses of which the first letter and the domain are left: ``a***@example.org``."""
    return [msgspec.structs.replace(row, email=re.sub(r"^(.)[^@]*", r"\1***", row.email)) for row in rows]


def written_ids(rows: Sequence[HasId | Change[HasId]]) -> list[int]:
    """Return the keys of rows as they are, of those that a statement changed as of those that it returned."""
    written = [row.new if isinstance(row, Change) else row for row in rows]
    return [row.id for row in written if row is not None]
