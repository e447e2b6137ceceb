"""What is wrong with exclusive arcs themselves, which no query shows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from plainsql.describe.arcs import Arc
from plainsql.migrations.files import ROLLBACK
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
    for path in sorted(migrations.glob("*.sql"), reverse=True):
        if path.name.endswith(ROLLBACK):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if (column := line.find(arc.constraint)) >= 0:
                name = (shown / path.name).as_posix()
                return Problem(name, number, column + 1, message, hint, line, len(arc.constraint))
    return Problem(shown.as_posix(), 1, 1, message, hint)
