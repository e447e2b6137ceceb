"""Deleted users under asyncio: brought back if nobody has their names, removed when their time is over."""

from __future__ import annotations

import datetime as dt

from psycopg.errors import UniqueViolation

from plainsql.aio.database import Database
from plainsql.aio.tenants import Tenant
from shop.deletion import RETENTION, TRIES, Progress, check_purge, is_retaken
from shop.errors import RestoreConflictError
from shop.queries.aio import users
from shop.queries.users import RestoreUserRow

__all__ = ["RETENTION", "Progress", "check_purge", "is_retaken", "purge_users", "restore_user"]


async def restore_user(db: Database | Tenant, *, user_id: int) -> RestoreUserRow | None:
    """
    Bring a deleted user back; None if no deleted user has that key.

    The unique indexes of live users decide, so it holds for users who register at this moment, too.

    Raises:
        RestoreConflictError: Live users have his address, his name, or both.
    """
    for _ in range(TRIES):
        try:
            return await users.restore_user(db, user_id=user_id)
        except UniqueViolation as error:
            if not is_retaken(error):
                raise
            if taken := {row.field: row.user_id for row in await users.restore_conflicts(db, user_id=user_id)}:
                raise RestoreConflictError(user_id, taken) from error
            # Whoever had it is gone again: once more.
    return await users.restore_user(db, user_id=user_id)


async def purge_users(
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
    expected = await users.count_purgeable(db, older_than=older_than)
    removed = 0
    while count := await users.purge_deleted(db, older_than=older_than, max_rows=batch):
        removed += count
        if progress is not None:
            progress(removed, expected)
    return removed
