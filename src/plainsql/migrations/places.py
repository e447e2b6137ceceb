"""Where in a folder of migrations a fault of the schema stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from plainsql.migrations.files import ROLLBACK
from plainsql.query.problem import Problem


def problem_in_migrations(
    migrations: Path, shown: Path, find: Callable[[str], tuple[int, int] | None], message: str, hint: str
) -> Problem:
    """
    Return an error at the first fitting line of the newest migration that has one; else at the folder.

    Args:
        migrations: The folder.
        shown: The folder as people type it.
        find: Returns column, from 1, and length of what a line has of it, or None.
        message: What is wrong.
        hint: What to do.
    """
    for path in sorted(migrations.glob("*.sql"), reverse=True):
        if path.name.endswith(ROLLBACK):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if (place := find(line)) is not None:
                column, length = place
                return Problem((shown / path.name).as_posix(), number, column, message, hint, line, length)
    return Problem(shown.as_posix(), 1, 1, message, hint)
