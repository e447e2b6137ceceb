"""``audit seal`` and ``audit verify``: run on the project's database, then say what happened."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from plainsql.audit import load_keys, seal, verify
from plainsql.cli.output import counted, progress
from plainsql.database import Database
from plainsql.queries.audit import make_partitions
from plainsql.target import resolve_target


def run_seal(*, export: Path | None, months: int, dsn: str | None) -> None:
    """Seal, and make the months ahead."""
    keys = load_keys()
    with _database(dsn) as db:
        made = make_partitions(db, months=months)
        with progress("sealing") as show:
            sealed = seal(db, export=export, keys=keys, progress=lambda entries: show(entries, 0))
    for row in made:
        print(f"made audit.{row.name}")
    print(f"{_entries(sealed.entries)} sealed under {counted(sealed.seals, 'seal')}", end="")
    print(f", {counted(sealed.exported, 'head')} exported to {export}" if export is not None else "")


def run_verify(*, heads: Path | None, since: datetime | None, dsn: str | None) -> bool:
    """Verify; return False when something doesn't hold."""
    keys = load_keys()
    with _database(dsn) as db:
        found = verify(db, heads=heads, keys=keys, since=since.replace(tzinfo=UTC) if since else None)
    held = f"{counted(found.seals, 'seal')} over {_entries(found.entries)} hold"
    if found.first is None and found.seals:
        print(held)
        return True
    if found.first is None:
        print("no seal to look at, so nothing is proved: `plainsql audit seal` makes one")
        return False
    print(f"{found.first.kind}: {found.first.message}")
    print(f"{held} before it", file=sys.stderr)
    return False


def _entries(number: int) -> str:
    return counted(number, "entry")


@contextmanager
def _database(dsn: str | None) -> Iterator[Database]:
    """Open the project's database as its owner."""
    with resolve_target(dsn) as target:
        print(f"database: {target.description}", file=sys.stderr)
        with Database.open(target.conninfo, tenancy=False) as db:
            yield db
