"""What is wrong with exclusive arcs themselves, which no query shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from plainsql.describe.arcs import Arc
from plainsql.migrations.places import problem_in_migrations
from plainsql.query.problem import Problem


def arc_problems(arcs: Mapping[int, Sequence[Arc]], migrations: Path, shown: Path) -> Iterator[Problem]:
    """
    Yield what is wrong with the arcs themselves, each at the last migration that names its constraint.

    Args:
        arcs: Of the database.
        migrations: The folder of migrations.
        shown: The folder as people type it.
    """
    for arc in (arc for found in arcs.values() for arc in found):
        for column in arc.loose:
            message = f"{arc.table}.{column} is one of the subjects in {arc.constraint} and has no foreign key"
            yield _at(migrations, shown, arc, message, "reference the table that it means, ON DELETE CASCADE")
        for column, unknown in arc.blind:
            message = f"{arc.table}.{column} doesn't know {', '.join(unknown)}, which {arc.constraint} does"
            yield _at(migrations, shown, arc, message, "make the column again with a case for each kind")


def _at(migrations: Path, shown: Path, arc: Arc, message: str, hint: str) -> Problem:
    def find(line: str) -> tuple[int, int] | None:
        start = line.find(arc.constraint)
        return None if start < 0 else (start + 1, len(arc.constraint))

    return problem_in_migrations(migrations, shown, find, message, hint)
