"""Async twins of the hooks that are given a transaction; shop.hooks has the others."""

from __future__ import annotations

from collections.abc import Sequence

from plainsql import Change
from plainsql.aio.hooks import Transaction
from shop.hooks import HasId, masked, written_ids
from shop.queries import users
from shop.queries.aio import sessions


async def drop_sessions(tx: Transaction, rows: Sequence[HasId | Change[HasId]]) -> None:
    """End the sessions of users who were deleted, or have another password."""
    await sessions.revoke_for_users(tx, user_ids=written_ids(rows))


async def log_access(tx: Transaction, rows: Sequence[HasId]) -> None:
    """Log that users' data was read: one INSERT for all of them, none for nobody."""
    if rows:
        await sessions.log_access(tx, user_ids=[row.id for row in rows])


async def mask_user(tx: Transaction, rows: Sequence[users.UsersForSupportRow]) -> list[users.UsersForSupportRow]:
    """Return the rows with masked addresses."""
    return masked(rows)
