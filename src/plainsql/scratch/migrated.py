"""A database with the project's migrations applied, built once for the same files."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.errors import MigrationError
from plainsql.queries.scratch import list_scratch_databases, lock_scratch
from plainsql.scratch.names import is_abandoned, passing_name
from plainsql.scratch.refusals import check_version, explained

PREFIX = "plainsql_scratch_"
NEW = "plainsql_scratch_new_"
KEPT = 3
"""Databases of one project that stay: a branch or two besides the current state."""


def migrated_database(server: str, migrations: Path | None, *, project: Path) -> str:
    """
    Return the conninfo of a database with *migrations* applied; whoever comes second waits for the first.

    Args:
        server: Conninfo of a role that may make databases.
        migrations: Folder of the migrations; None for an empty database.
        project: What the database belongs to: older ones of it are dropped.
    """
    name = PREFIX + content_hash(migrations)
    conninfo = make_conninfo(server, dbname=name)
    with explained(server):
        admin = psycopg.connect(server, autocommit=True)
    with admin:
        check_version(admin, server)
        lock_scratch(admin, key=name)
        if not any(row.name == name for row in list_scratch_databases(admin, prefix=name, description=None)):
            _build(admin, server, name, migrations)
            _describe_and_prune(admin, name, f"plainsql scratch database of {project}")
    return conninfo


def content_hash(migrations: Path | None) -> str:
    """Return a hash of the names and contents of all migrations."""
    digest = hashlib.sha256()
    if migrations is not None:
        for path in sorted(path for path in migrations.rglob("*") if path.suffix in (".sql", ".py")):
            content = path.read_bytes()
            digest.update(f"{path.relative_to(migrations).as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:20]


def _build(admin: psycopg.Connection[Any], server: str, name: str, migrations: Path | None) -> None:
    """Build under a passing name, so that a database of the final name is always whole."""
    passing = passing_name(NEW)
    with explained(server):
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(passing)))
    try:
        if migrations is not None:
            from plainsql.migrations import apply

            running: list[str] = []
            try:
                apply(make_conninfo(server, dbname=passing), migrations, progress=running.append)
            except psycopg.Error as error:
                if not running:
                    raise
                raise MigrationError(f"{migrations.name}/{running[-1]}: {str(error).strip()}") from error
        rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
        admin.execute(rename.format(sql.Identifier(passing), sql.Identifier(name)))
    except BaseException:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(passing)))
        raise


def _describe_and_prune(admin: psycopg.Connection[Any], name: str, description: str) -> None:
    comment = sql.SQL("COMMENT ON DATABASE {} IS {}")
    admin.execute(comment.format(sql.Identifier(name), sql.Literal(description)))
    old = [row.name for row in list_scratch_databases(admin, prefix=PREFIX, description=description)[KEPT:]]
    unfinished = [row.name for row in list_scratch_databases(admin, prefix=NEW, description=None)]
    for found in [*old, *(left for left in unfinished if is_abandoned(left, NEW))]:
        with suppress(psycopg.errors.ObjectInUse, psycopg.errors.InvalidCatalogName):
            admin.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(found)))
