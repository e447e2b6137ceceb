"""Comments by the subject that they are about, as both twins group them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from shop.queries.comments import CommentsForSubjectsRow
from shop.subjects import Subject

__all__ = ["Threads", "grouped"]

Threads = dict[Subject, list[CommentsForSubjectsRow]]


def grouped(subjects: Sequence[Subject], rows: Iterable[CommentsForSubjectsRow]) -> Threads:
    """Return the rows of each subject in their order, an empty list for one without any."""
    threads: Threads = {subject: [] for subject in subjects}
    by_key = {(subject.kind, subject.id): thread for subject, thread in threads.items()}
    for row in rows:
        by_key[row.subject_type, row.subject_id].append(row)
    return threads
