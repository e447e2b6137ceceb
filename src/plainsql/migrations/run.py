"""Apply and roll back a folder of migrations, in this process, by yoyo's own reader and bookkeeping."""

from __future__ import annotations

import glob
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from yoyo import default_migration_table, read_migrations  # type: ignore[import-untyped]  # yoyo has no types
from yoyo.connections import parse_uri  # type: ignore[import-untyped]  # yoyo has no types
from yoyo.exceptions import LockTimeout  # type: ignore[import-untyped]  # yoyo has no types

from plainsql.errors import MigrationError
from plainsql.migrations.backend import PlainSQLBackend
from plainsql.migrations.files import check_files, check_reversible

Progress = Callable[[str], None]
"""Called with a migration's id before it runs."""


def apply(conninfo: str, directory: Path, *, progress: Progress | None = None) -> list[str]:
    """
    Apply what isn't applied yet.

    Args:
        conninfo: Of the owner; any form that libpq takes.
        directory: Folder of the migrations.
        progress: Called with each id before it runs.

    Returns:
        Ids of what was applied, in order.

    Raises:
        MigrationError: The folder can't be used, or another process holds yoyo's lock.
    """
    check_files(directory)
    with _backend(conninfo) as backend, _locked(backend):
        pending = backend.to_apply(_read(directory))
        done = []
        for migration in pending:
            if progress:
                progress(migration.id)
            backend.apply_one(migration)
            done.append(migration.id)
        if done:
            backend.run_post_apply(pending)
        return done


def rollback_all(conninfo: str, directory: Path, *, progress: Progress | None = None) -> list[str]:
    """
    Roll back everything that is applied, newest first.

    Args:
        conninfo: Of the owner; any form that libpq takes.
        directory: Folder of the migrations.
        progress: Called with each id before it runs.

    Returns:
        Ids of what was rolled back, in order.

    Raises:
        MigrationError: The folder can't be used, another process holds yoyo's lock, or a migration is irreversible.
    """
    check_files(directory)
    with _backend(conninfo) as backend, _locked(backend):
        applied = backend.to_rollback(_read(directory))
        check_reversible(applied)
        done = []
        for migration in applied:
            if progress:
                progress(migration.id)
            backend.rollback_one(migration)
            done.append(migration.id)
        return done


def _read(directory: Path) -> Any:
    return read_migrations(glob.escape(str(directory.absolute())))  # yoyo expands wildcards


@contextmanager
def _backend(conninfo: str) -> Iterator[Any]:
    """Open yoyo's backend on *conninfo*, which goes to psycopg as it is and never through a URL."""

    class Backend(PlainSQLBackend):
        pass

    Backend.conninfo = conninfo
    backend = Backend(parse_uri("plainsql:///"), default_migration_table)
    try:
        backend.init_database()
        yield backend
    finally:
        backend.connection.close()


@contextmanager
def _locked(backend: Any) -> Iterator[None]:
    try:
        with backend.lock():
            yield
    except LockTimeout as error:
        raise MigrationError(
            f"{error}. A killed process leaves its lock behind: if nobody migrates now, run `yoyo break-lock`"
        ) from None
