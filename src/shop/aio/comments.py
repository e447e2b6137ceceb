"""Comments on products, orders and customers under asyncio."""

from __future__ import annotations

from collections.abc import Sequence

from plainsql.aio.execute import Conn
from shop import threads
from shop.queries.aio import comments
from shop.queries.comments import AddCommentRow
from shop.subjects import Subject, key_of, keys_of
from shop.threads import Threads

__all__ = ["add", "for_subjects"]


async def add(tx: Conn, *, subject: Subject, body: str, author_id: int | None = None) -> AddCommentRow:
    """
    Comment on a subject.

    Args:
        tx: A transaction, a tenant or a connection.
        subject: What it is about.
        body: 1 to 10,000 characters.
        author_id: Who wrote it; None is the shop itself.

    Raises:
        psycopg.errors.ForeignKeyViolation: The tenant has no such subject or no such user.
    """
    return await comments.add_comment(tx, **key_of(subject), author_id=author_id, body=body)


async def for_subjects(db: Conn, *, subjects: Sequence[Subject]) -> Threads:
    """
    Return the comments of these subjects, oldest first, in one round trip.

    Args:
        db: A transaction, a tenant or a connection.
        subjects: Of any kinds; without any, nothing is sent.

    Returns:
        A list for each subject, in the order they were asked for; an empty one where there are no comments.
    """
    if not subjects:
        return {}
    return threads.grouped(subjects, await comments.comments_for_subjects(db, **keys_of(subjects)))
