"""Write the next migration of a folder: a numbered file, and its rollback."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from plainsql.errors import MigrationError
from plainsql.migrations.files import ROLLBACK

_NUMBERED = re.compile(r"^(\d+)[._-]")


@dataclass(frozen=True, slots=True)
class Added:
    """The two files that were written."""

    forward: Path
    rollback: Path


def add_migration(directory: Path, name: str, *, about: str, forward: str, rollback: str) -> Added:
    """
    Write a migration that comes after all others.

    Args:
        directory: Folder of the migrations; made when it isn't there.
        name: What stands behind the number: ``audit``.
        about: A sentence for the head of the file.
        forward: Statements.
        rollback: Statements that undo them.

    Raises:
        MigrationError: The newest migration can't be told: some have no number, or two have the same.
    """
    directory.mkdir(parents=True, exist_ok=True)
    newest = newest_migration(directory)
    width = len(newest[1]) if newest else 4
    number = str(newest[0] + 1 if newest else 1).zfill(width)
    files = Added(directory / f"{number}.{name}.sql", directory / f"{number}.{name}{ROLLBACK}")
    depends = f"-- depends: {newest[2]}\n" if newest else ""
    head = f"-- {about}\nSET LOCAL lock_timeout = '2s';\n\n"
    files.forward.write_text(depends + head + forward, encoding="utf-8", newline="\n")
    files.rollback.write_text(f"-- Undoes {number}.{name}.\n" + head.partition("\n")[2] + rollback, encoding="utf-8")
    return files


def newest_migration(directory: Path) -> tuple[int, str, str] | None:
    """Return number, its digits and id of the last migration in a folder; None when there is none."""
    ids = [path.name.removesuffix(".sql") for path in directory.glob("*.sql") if not path.name.endswith(ROLLBACK)]
    found = [
        (int(match[1]), match[1], migration) for migration in ids if (match := _NUMBERED.match(migration)) is not None
    ]
    if not found:
        if others := [migration for migration in ids if not migration.startswith("post-apply")]:
            raise MigrationError(f"{directory}: {others[0]} has no number, so the next one isn't known")
        return None
    newest = max(found)
    if len([number for number, _, _ in found if number == newest[0]]) > 1:
        raise MigrationError(f"{directory}: two migrations have the number {newest[1]}: which comes first isn't known")
    return newest
