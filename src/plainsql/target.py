"""Which database: the one that was named, else DATABASE_URL, else the embedded one if the project says so."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg.conninfo import conninfo_to_dict

from plainsql.config import EMBEDDED_FOLDER, Config, find_config
from plainsql.errors import ConfigError, NoDatabaseError

LINGER = 2.0
"""Seconds the embedded server stays after its last user: a script of short commands starts it once."""
SHOWN = ("host", "hostaddr", "port", "dbname", "user", "service")


@dataclass(frozen=True, slots=True)
class Target:
    """
    A database to work on.

    Attributes:
        conninfo: Of the owner, who migrates.
        app_conninfo: Of the runtime role, if there is one.
        description: For people; without passwords.
        home: Where the embedded server's files are, if it is one.
        all_tenants_conninfo: Of the role with BYPASSRLS, on an embedded server.
    """

    conninfo: str = field(repr=False)
    app_conninfo: str | None = field(repr=False)
    description: str
    home: Path | None = None
    all_tenants_conninfo: str | None = field(repr=False, default=None)

    def role_conninfo(self, *, owner: bool) -> str:
        """Return the conninfo of the owner, or of the runtime role if there is one."""
        return self.conninfo if owner else self.app_conninfo or self.conninfo


@contextmanager
def resolve_target(conninfo: str | None = None, *, start: Path | None = None) -> Iterator[Target]:
    """
    Say which database is meant, and keep an embedded one alive while the block runs.

    Args:
        conninfo: Goes before everything else.
        start: Folder whose project counts; the current one by default.

    Raises:
        NoDatabaseError: Neither named, nor in DATABASE_URL, nor embedded.
        ConfigError: What was given is no conninfo, or pyproject.toml has a fault.
        EmbeddedServerError: The embedded server can't start.
    """
    if conninfo:
        yield Target(conninfo, None, describe_conninfo(conninfo, "conninfo"))
    elif url := os.environ.get("DATABASE_URL", "").strip():
        app_url = os.environ.get("PLAINSQL_APP_URL") or None
        if app_url:
            describe_conninfo(app_url, "PLAINSQL_APP_URL")
        yield Target(url, app_url, describe_conninfo(url, "DATABASE_URL"))
    elif (config := find_config(start)) and config.database == "embedded":
        with _embedded(config) as target:
            yield target
    else:
        raise NoDatabaseError


def describe_conninfo(conninfo: str, origin: str) -> str:
    """
    Return where a conninfo leads, without its password: ``DATABASE_URL: host=db dbname=shop user=shop``.

    Raises:
        ConfigError: It is no conninfo; the text doesn't repeat it.
    """
    try:
        parts = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        hint = conninfo.partition("://")[0]
        found = f", found {hint}://" if "://" in conninfo and hint.replace("+", "").isalnum() else ""
        if hint in {"postgresql", "postgres"}:
            found = ": an option's name is misspelt, or a special character of the password is not written as %XX"
        raise ConfigError(f"{origin} must be a conninfo such as postgresql://user@host/dbname{found}") from None
    shown = " ".join(f"{key}={parts[key]}" for key in SHOWN if parts.get(key))
    return f"{origin}: {shown}" if shown else f"{origin}: libpq's defaults"


@contextmanager
def _embedded(config: Config) -> Iterator[Target]:
    from plainsql.embedded import EmbeddedPostgres
    from plainsql.embedded.database import make_database
    from plainsql.embedded.postgres import ALL_TENANTS_ROLE, APP_ROLE

    folder = config.root / EMBEDDED_FOLDER / "postgres"
    with EmbeddedPostgres.start(folder, linger=LINGER) as server:
        name = config.database_name
        make_database(server, name)
        where = folder.relative_to(config.root)
        yield Target(
            server.conninfo(name),
            server.conninfo(name, user=APP_ROLE),
            f"embedded PostgreSQL {server.major} in {where}",
            server.home,
            server.conninfo(name, user=ALL_TENANTS_ROLE),
        )
