"""Deleted users: brought back if nobody has their names, removed for good when their time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from psycopg.errors import UniqueViolation

from plainsql.database import Database
from plainsql.tenants import Tenant
from shop.errors import RestoreConflictError
from shop.queries import users
from shop.queries.users import RestoreUserRow

__all__ = ["RETENTION", "Progress", "check_purge", "is_retaken", "purge_users", "restore_user"]

RETENTION = dt.timedelta(days=30)
"""How long a deleted user can be restored."""

Progress = Callable[[int, int], None]
"""Is told after each batch how many users were removed, and how many there were to remove at the start."""

TRIES = 5
"""How often a user who could not come back is tried again, if nobody has his names any more."""
_UNIQUE_WHILE_LIVE = ("users_lower_email_key", "users_lower_username_key")


def restore_user(db: Database | Tenant, *, user_id: int) -> RestoreUserRow | None:
    """
    Bring a deleted user back; None if no deleted user has that key.

    The unique indexes of live users decide, so it holds for users who register at this moment, too.

    Raises:
        RestoreConflictError: Live users have his address, his name, or both.
    """
    for _ in range(TRIES):
        try:
            return users.restore_user(db, user_id=user_id)
        except UniqueViolation as error:
            if not is_retaken(error):
                raise
            if taken := {row.field: row.user_id for row in users.restore_conflicts(db, user_id=user_id)}:
                raise RestoreConflictError(user_id, taken) from error
            # Whoever had it is gone again: once more.
    return users.restore_user(db, user_id=user_id)


def purge_users(
    db: Database | Tenant, *, older_than: dt.timedelta = RETENTION, batch: int = 500, progress: Progress | None = None
) -> int:
    """
    Remove users who were deleted longer ago than *older_than*, with their sessions, and return how many.

    Each batch is a transaction: stopped in the middle it has removed whole batches, and the next run goes on. Rows that
    somebody else has locked are left to the next run, so several may run at once.

    Raises:
        ValueError: *older_than* or *batch* isn't positive; nothing was sent.
    """
    check_purge(older_than, batch)
    expected = users.count_purgeable(db, older_than=older_than)
    removed = 0
    while count := users.purge_deleted(db, older_than=older_than, max_rows=batch):
        removed += count
        if progress is not None:
            progress(removed, expected)
    return removed


def is_retaken(error: UniqueViolation) -> bool:
    """Tell whether the name or the address of a user is a live one's."""
    return error.diag.constraint_name in _UNIQUE_WHILE_LIVE


def check_purge(older_than: dt.timedelta, batch: int) -> None:
    """Raise ValueError if that would remove users who were just deleted, or none in a batch."""
    if older_than <= dt.timedelta(0):
        raise ValueError(f"older_than must be longer than 0, found {older_than}")
    if batch < 1:
        raise ValueError(f"batch must be 1 or more, found {batch}")
