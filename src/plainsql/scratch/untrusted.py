"""
A database for SQL that nobody vouches for.

The file's session logs in as a role made for it, which owns its database and has no other right on the server. It
really logs in: SET ROLE and SET SESSION AUTHORIZATION lead nowhere, and neither do triggers that run at COMMIT.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.errors import SchemaFileError
from plainsql.queries.scratch import (
    list_extensions,
    list_prepared_transactions,
    list_scratch_databases,
    list_scratch_roles,
)
from plainsql.scratch.extensions import Wanted, is_safe
from plainsql.scratch.names import is_abandoned, passing_name
from plainsql.scratch.refusals import check_version, explained, refusal

PREFIX = "plainsql_untrusted_"
STATEMENT_SECONDS = 120
PUBLIC = "public"

_ROLE = sql.SQL(
    "CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 20"
)


@dataclass(frozen=True, slots=True)
class UntrustedDatabase:
    """
    A database and its role of the same name.

    Attributes:
        conninfo: Of the role.
        name: Of both.
        server: Conninfo of who made them.
        admin: A session of who made them.
        hashed_password: Of the role.
    """

    conninfo: str = field(repr=False)
    name: str
    server: str = field(repr=False)
    admin: psycopg.Connection[Any] = field(repr=False)
    hashed_password: str = field(repr=False)

    def connect(self) -> psycopg.Connection[Any]:
        """Open a session of the role, in autocommit."""
        try:
            return psycopg.connect(self.conninfo, autocommit=True, client_encoding="utf8")
        except psycopg.OperationalError:
            self.readmit()
            return psycopg.connect(self.conninfo, autocommit=True, client_encoding="utf8")

    def readmit(self) -> None:
        """Let the role in again, whatever it did to its own database and its own password."""
        name = sql.Identifier(self.name)
        with explained(self.server):
            _reopen(self.admin, self.name)
            self.admin.execute(sql.SQL("GRANT ALL ON DATABASE {} TO {}").format(name, name))
            self.admin.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(name, sql.Literal(self.hashed_password)))

    def end_prepared_transactions(self) -> None:
        """Roll back what a file prepared: it keeps its locks."""
        _end_prepared_transactions(self.admin, self.server, self.name)

    def make_extensions(self, wanted: Sequence[Wanted]) -> set[str]:
        """
        Make the extensions that only a superuser may make, if they are harmless, and those before them.

        Nothing of the file has run yet, so nothing in the database can answer for what their scripts call.

        Returns:
            Schemas that were made for them.
        """
        with explained(self.server), psycopg.connect(self.server, autocommit=True, dbname=self.name) as admin:
            found = {row.name: row for row in list_extensions(admin, names=[each.name for each in wanted])}
            privileged = {name for name, row in found.items() if row.needs_superuser}
            makable = [each for each in wanted if each.name in found and is_safe(each.name)]
            if not any(each.name in privileged for each in makable) or not _is_superuser(admin):
                return set()
            schemas: set[str] = set()
            for each in makable:
                schema = each.schema or PUBLIC
                if schema != PUBLIC and not schema.startswith("pg_") and schema not in schemas:
                    create_schema = sql.SQL("CREATE SCHEMA {} AUTHORIZATION {}")
                    admin.execute(create_schema.format(sql.Identifier(schema), sql.Identifier(self.name)))
                    schemas.add(schema)
                create = sql.SQL("CREATE EXTENSION IF NOT EXISTS {} WITH SCHEMA {} CASCADE")
                with suppress(
                    psycopg.errors.FeatureNotSupported
                ):  # the file's own statement then tells it, with its line
                    admin.execute(create.format(sql.Identifier(each.name), sql.Identifier(schema)))
            return schemas


@contextmanager
def untrusted_database(server: str) -> Iterator[UntrustedDatabase]:
    """
    Yield a new role in a new database; both are dropped at the end, whoever is connected.

    Args:
        server: Conninfo of a role that may make databases and roles.

    Raises:
        ScratchServerError: The server refuses to make them.
        SchemaFileError: The server doesn't let the new role in.
    """
    name = passing_name(PREFIX)
    password = secrets.token_urlsafe(24)
    with explained(server):
        admin = psycopg.connect(server, autocommit=True)
    with admin:
        with explained(server):
            check_version(admin, server)
            _drop_abandoned(admin, server)
            # Hashed here, so that no log of the server has it in clear.
            hashed = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
            admin.execute(_ROLE.format(sql.Identifier(name), sql.Literal(hashed)))
        try:
            with explained(server):
                # Who is no superuser must be a member of a role to give it a database, and to drop that again.
                admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))
                create = sql.SQL("CREATE DATABASE {} OWNER {}")
                admin.execute(create.format(sql.Identifier(name), sql.Identifier(name)))
            conninfo = make_conninfo(
                server,
                dbname=name,
                user=name,
                password=password,
                options=f"-c statement_timeout={STATEMENT_SECONDS}s -c synchronous_commit=off "
                "-c default_transaction_read_only=off",
            )
            _try_login(conninfo, name)
            yield UntrustedDatabase(conninfo, name, server, admin, hashed)
        finally:
            with explained(server):
                _drop(admin, name, server=server, force=True)


def _try_login(conninfo: str, role: str) -> None:
    try:
        with psycopg.connect(conninfo) as conn:
            user = conn.info.user
    except psycopg.OperationalError as error:
        raise SchemaFileError(
            "the scratch server doesn't let a new role log in, as it must for schema files to be loaded safely: "
            f"{refusal(error, conninfo)}"
        ) from error
    if user != role:
        raise SchemaFileError(f"the scratch server logs role {role} in as {user}: schema files can't be loaded safely")


def _is_superuser(admin: psycopg.Connection[Any]) -> bool:
    return admin.info.parameter_status("is_superuser") == "on"


def _drop_abandoned(admin: psycopg.Connection[Any], server: str) -> None:
    """Drop what processes that were killed left behind."""
    names = {row.name for row in list_scratch_databases(admin, prefix=PREFIX, description=None)}
    names.update(row.name for row in list_scratch_roles(admin, prefix=PREFIX) if row.name)
    for name in names:
        if is_abandoned(name, PREFIX):
            with suppress(psycopg.Error):
                _drop(admin, name, server=server, force=False)


def _drop(admin: psycopg.Connection[Any], name: str, *, server: str, force: bool) -> None:
    if any(row.name == name for row in list_scratch_databases(admin, prefix=name, description=None)):
        _reopen(admin, name)  # its owner may have made it a template, which can't be dropped, and closed it
        _end_prepared_transactions(admin, server, name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)") if force else sql.SQL("DROP DATABASE IF EXISTS {}")
    admin.execute(drop.format(sql.Identifier(name)))
    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def _reopen(admin: psycopg.Connection[Any], name: str) -> None:
    options = sql.SQL("ALTER DATABASE {} IS_TEMPLATE false ALLOW_CONNECTIONS true CONNECTION LIMIT -1")
    admin.execute(options.format(sql.Identifier(name)))


def _end_prepared_transactions(admin: psycopg.Connection[Any], server: str, name: str) -> None:
    """Roll back what was prepared in database *name* by its role of the same name: only from inside it can that be."""
    found = [row.gid for row in list_prepared_transactions(admin, name=name) if row.gid is not None]
    if found:
        with psycopg.connect(make_conninfo(server, dbname=name), autocommit=True) as conn:
            conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))
            for gid in found:
                conn.execute(sql.SQL("ROLLBACK PREPARED {}").format(sql.Literal(gid)))
