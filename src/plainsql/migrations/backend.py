"""yoyo's own commands on the project's database: the backend behind `database = plainsql:///` in yoyo.ini."""

from __future__ import annotations

import getpass
import signal
import socket
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend  # type: ignore[import-untyped]  # yoyo has no types
from yoyo.connections import DatabaseURI  # type: ignore[import-untyped]  # yoyo has no types
from yoyo.exceptions import BadMigration, LockTimeout  # type: ignore[import-untyped]  # yoyo has no types

from plainsql.errors import PlainSQLError
from plainsql.migrations.files import ROLLBACK, check_files, check_reversible, check_steps
from plainsql.target import resolve_target

_open = ExitStack()
"""Keeps the embedded server alive until the process ends."""
_resolved: list[str] = []


class PlainSQLBackend(PostgresqlPsycopgBackend):  # type: ignore[misc]  # yoyo has no types
    """
    PostgreSQL by psycopg 3, on the database that plainsql resolves.

    The target is resolved once a process and told on stderr; without one the process exits with NoDatabaseError's text.
    """

    conninfo: str | None = None
    """Set by a subclass: connect there and resolve nothing."""

    def connect(self, dburi: DatabaseURI) -> psycopg.Connection[Any]:
        """Connect; autocommit, since yoyo sends BEGIN itself."""
        if self.conninfo is not None:
            return psycopg.connect(self.conninfo, autocommit=True)
        with self._refusing():
            _end_as_at_ctrl_c()
            return psycopg.connect(_target(), autocommit=True)

    @contextmanager
    def lock(self, timeout: float = 10) -> Iterator[None]:
        """Hold yoyo's lock; whatever ends the block, the lock is free before the process ends."""
        with self._refusing(), super().lock(timeout):
            yield

    def to_apply(self, migrations: Any) -> Any:
        """Return what isn't applied yet, after every file was checked."""
        with self._refusing():
            for directory in sorted({Path(migration.path).parent for migration in migrations}):
                check_files(directory)
            pending = super().to_apply(migrations)
            check_steps(pending)
        return pending

    def rollback_migrations(self, migrations: Any, force: bool = False) -> None:
        """Roll back, unless one of them can't be."""
        with self._refusing():
            if not force:
                check_reversible(migrations)
        super().rollback_migrations(migrations, force=force)

    def apply_one(self, migration: Any, force: bool = False, mark: bool = True) -> None:
        """Apply one migration, and say so in yoyo's own commands, which are silent."""
        with _naming(Path(migration.path)):
            super().apply_one(migration, force=force, mark=mark)
        self._say(f"applied {migration.id}")

    def rollback_one(self, migration: Any, force: bool = False) -> None:
        """Roll one migration back, and say so in yoyo's own commands."""
        with _naming(Path(migration.path).with_suffix(ROLLBACK)):
            super().rollback_one(migration, force=force)
        self._say(f"rolled back {migration.id}")

    def get_log_data(self, migration: Any = None, operation: str = "apply") -> dict[str, object]:
        """Return a row of yoyo's log; the host's own name, since yoyo's look-up takes seconds without a network."""
        return {
            "id": str(uuid.uuid1()),
            "migration_id": migration.id if migration else None,
            "migration_hash": migration.hash if migration else None,
            "username": getpass.getuser(),
            "hostname": socket.gethostname(),
            "created_at_utc": datetime.now(UTC).replace(tzinfo=None),
            "operation": operation,
        }

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """In yoyo's own commands an error of ours or the server's ends the process with its text, not a traceback."""
        try:
            yield
        except (PlainSQLError, psycopg.Error, BadMigration, LockTimeout) as error:
            if self.conninfo is not None:
                raise
            where = "".join(f"{note}: " for note in getattr(error, "__notes__", ()))
            sys.exit(f"plainsql: {where}{type(error).__name__}: {error}")
        except KeyboardInterrupt:
            if self.conninfo is not None:
                raise
            print("plainsql: interrupted", file=sys.stderr)
            sys.exit(130)

    def _say(self, text: str) -> None:
        if self.conninfo is None:
            print(f"plainsql: {text}", file=sys.stderr)


@contextmanager
def _naming(file: Path) -> Iterator[None]:
    """Note on the server's error which file it is about."""
    try:
        yield
    except psycopg.Error as error:
        error.add_note(str(file))
        raise


def _end_as_at_ctrl_c() -> None:
    """Let SIGTERM and a closed terminal cancel the statement and free yoyo's lock, as Ctrl-C does."""
    for number in (signal.SIGTERM, signal.SIGHUP) if sys.platform != "win32" else (signal.SIGTERM,):
        if threading.current_thread() is threading.main_thread() and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def _target() -> str:
    if not _resolved:
        target = _open.enter_context(resolve_target())
        print(f"plainsql: target {target.description}", file=sys.stderr)
        _resolved.append(target.conninfo)
    return _resolved[0]
