"""The demo's own database: made new for each run, never one that somebody else made."""

from __future__ import annotations

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from plainsql.embedded.postgres import APP_ROLE
from plainsql.queries.app_grants import grant_app_role
from plainsql.queries.roles import create_app_role
from plainsql.target import Target
from shop.demo.errors import DemoError
from shop.demo.texts import sql_text

MARK = "Made by python -m shop.demo, which drops it at its next run."


def app_conninfo(target: Target, name: str) -> str:
    """Return the conninfo of the runtime role for the database *name*: PLAINSQL_APP_URL's, else app_user."""
    if target.app_conninfo:
        return make_conninfo(target.app_conninfo, dbname=name)
    return make_conninfo(target.conninfo, dbname=name, user=APP_ROLE)


def make_database(server: str, name: str) -> str:
    """
    Make the database *name* on a server, in place of the one that an earlier run made.

    Returns:
        Its conninfo.

    Raises:
        DemoError: There is a database of that name that no demo made, or another demo is using it.
    """
    database = sql.Identifier(name)
    with psycopg.connect(server, autocommit=True) as conn:
        found = psycopg.RawCursor(conn).execute(sql_text("database_comment"), (name,)).fetchone()
        if found is not None:
            if found[0] != MARK:
                raise DemoError(f"the database {name} was not made by the demo: choose another with --database NAME")
            try:
                conn.execute(sql.SQL("DROP DATABASE {}").format(database))
            except psycopg.errors.ObjectInUse:
                raise DemoError(f"somebody is using the database {name}: close it, or use --database NAME") from None
        try:
            conn.execute(sql.SQL("CREATE DATABASE {}").format(database))
        except (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation):
            raise DemoError(f"another demo is just making the database {name}: use --database NAME") from None
        conn.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(database, sql.Literal(MARK)))
    conninfo = make_conninfo(server, dbname=name)
    with psycopg.connect(conninfo, autocommit=True) as conn:
        create_app_role(conn)
        grant_app_role(conn)
    return conninfo
