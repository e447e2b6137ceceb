"""What must hold of a migration's files before any of them runs."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from plainsql.errors import MigrationError

ROLLBACK = ".rollback.sql"
IRREVERSIBLE = re.compile(r"^\s*--\s*irreversible\s*:\s*\S", re.MULTILINE)
DIRECTIVE = re.compile(r"^\s*--\s*(transactional|depends)\s*:\s*(.*?)\s*$")


def check_files(directory: Path) -> None:
    """
    Refuse a folder with a migration that yoyo would run or roll back wrongly without a word.

    Args:
        directory: Folder of ``0001.what.sql`` and ``0001.what.rollback.sql``.

    Raises:
        MigrationError: The folder is missing, a migration has no rollback and doesn't say ``-- irreversible: reason``,
            a rollback has no migration, or a directive stands where yoyo doesn't read it.
    """
    if not directory.is_dir():
        raise MigrationError(f"there is no folder of migrations at {directory}")
    names = {path.name for path in directory.glob("*.sql")}
    faults = []
    for name in sorted(names):
        text = (directory / name).read_text(encoding="utf-8")
        if name.endswith(ROLLBACK):
            forward = name.removesuffix(ROLLBACK) + ".sql"
            if forward not in names:
                faults.append(f"{directory / name}: there is no {forward} to roll back")
            continue
        faults += [f"{directory / name}:{fault}" for fault in _directive_faults(text)]
        missing = name.removesuffix(".sql") + ROLLBACK
        if not name.startswith("post-apply") and missing not in names and not IRREVERSIBLE.search(text):
            faults.append(f"{directory / name}: no {missing}; write it, or say `-- irreversible: reason` here")
    if faults:
        raise MigrationError("\n".join(faults))


def check_steps(migrations: Iterable[Any]) -> None:
    """
    Refuse what yoyo undoes wrongly when a step outside a transaction fails: it pairs rollbacks with steps by position.

    Raises:
        MigrationError: A migration outside transactions, or its rollback, has more than one statement.
    """
    for migration in migrations:
        migration.load()
        if not migration.use_transactions and len(migration.steps) > 1:
            raise MigrationError(
                f"{migration.path}: a migration outside transactions holds one statement, and so does its rollback"
            )


def check_reversible(migrations: Iterable[Any]) -> None:
    """
    Refuse a rollback that would forget a migration and leave what it made.

    Raises:
        MigrationError: One has no rollback.
    """
    for migration in migrations:
        if not Path(migration.path).with_suffix(ROLLBACK).exists():
            raise MigrationError(f"{migration.path} is irreversible; nothing was rolled back")


def _directive_faults(text: str) -> list[str]:
    """Find directives below the leading comment lines, where yoyo ignores them, and values it doesn't know."""
    faults = []
    leading = True
    for number, line in enumerate(text.splitlines(), start=1):
        found = DIRECTIVE.match(line)
        if found and not leading:
            faults.append(
                f"{number}: yoyo reads `-- {found[1]}:` only above the first statement, in lines that begin with --"
            )
        elif found and found[1] == "transactional" and found[2].lower() not in {"true", "false"}:
            faults.append(f"{number}: transactional is true or false, found {found[2]!r}")
        elif line.strip() and not line.lstrip().startswith("--"):
            leading = False
    return faults
