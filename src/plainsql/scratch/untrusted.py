"""
A database for SQL that nobody vouches for.

The file's session logs in as a role made for it, which owns its database and has no other right on the server. It
really logs in: SET ROLE and SET SESSION AUTHORIZATION lead nowhere, and neither do triggers that run at COMMIT.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.errors import SchemaFileError
from plainsql.queries.scratch import list_prepared_transactions, list_scratch_databases, list_scratch_roles
from plainsql.scratch.names import is_abandoned, passing_name

PREFIX = "plainsql_untrusted_"
STATEMENT_SECONDS = 120

_ROLE = sql.SQL(
    "CREATE ROLE {} LOGIN PASSWORD {} NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS CONNECTION LIMIT 20"
)


@contextmanager
def untrusted_database(server: str) -> Iterator[str]:
    """
    Yield the conninfo of a new role in a new database; both are dropped at the end, whoever is connected.

    Args:
        server: Conninfo of a role that may make databases and roles.

    Raises:
        SchemaFileError: The server doesn't let the new role in.
    """
    name = passing_name(PREFIX)
    password = secrets.token_urlsafe(24)
    with psycopg.connect(server, autocommit=True) as admin:
        _drop_abandoned(admin, server)
        # Hashed here, so that no log of the server has it in clear.
        hashed = admin.pgconn.encrypt_password(password.encode(), name.encode(), b"scram-sha-256").decode()
        admin.execute(_ROLE.format(sql.Identifier(name), sql.Literal(hashed)))
        try:
            # Who is no superuser must be a member of a role to give it a database, and to drop that again.
            admin.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(name)))
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            admin.execute(create.format(sql.Identifier(name), sql.Identifier(name)))
            conninfo = make_conninfo(
                server,
                dbname=name,
                user=name,
                password=password,
                options=f"-c statement_timeout={STATEMENT_SECONDS}s",
            )
            _try_login(conninfo, name)
            yield conninfo
        finally:
            _drop(admin, name, server=server, force=True)


def _try_login(conninfo: str, role: str) -> None:
    try:
        with psycopg.connect(conninfo) as conn:
            user = conn.info.user
    except psycopg.OperationalError as error:
        raise SchemaFileError(
            f"the scratch server doesn't let a new role log in, so schema files can't be loaded safely: {error}"
        ) from error
    if user != role:
        raise SchemaFileError(f"the scratch server logs role {role} in as {user}: schema files can't be loaded safely")


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
        # Its owner may have made it a template, which can't be dropped, and closed it.
        admin.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE false CONNECTION LIMIT -1").format(sql.Identifier(name)))
        end_prepared_transactions(server, name)
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)") if force else sql.SQL("DROP DATABASE IF EXISTS {}")
    admin.execute(drop.format(sql.Identifier(name)))
    admin.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(name)))


def end_prepared_transactions(server: str, name: str) -> None:
    """Roll back what was prepared in database *name* by its role of the same name: only from inside it can that be."""
    with psycopg.connect(server, autocommit=True) as admin:
        found = [row.gid for row in list_prepared_transactions(admin, name=name) if row.gid is not None]
    if found:
        with psycopg.connect(make_conninfo(server, dbname=name), autocommit=True) as conn:
            conn.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(name)))
            for gid in found:
                conn.execute(sql.SQL("ROLLBACK PREPARED {}").format(sql.Literal(gid)))
