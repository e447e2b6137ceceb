"""The project's own database on an embedded server."""

from __future__ import annotations

import fcntl
import os

import psycopg
from psycopg import sql

from plainsql.embedded.guard import open_lock
from plainsql.embedded.postgres import EmbeddedPostgres
from plainsql.queries.app_grants import grant_app_role
from plainsql.queries.databases import database_exists


def make_database(server: EmbeddedPostgres, name: str) -> None:
    """
    Make a database when it is missing, with the runtime role's rights.

    One process at a time: nobody may migrate between the two, or the runtime role had no right to those tables.
    """
    lock = open_lock(server.home / "start.lock")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with psycopg.connect(server.conninfo(), autocommit=True) as conn:
            if database_exists(conn, name=name):
                return
            conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            with psycopg.connect(server.conninfo(name), autocommit=True) as conn:
                grant_app_role(conn)
        except BaseException:
            with psycopg.connect(server.conninfo(), autocommit=True) as conn:
                conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
            raise
    finally:
        os.close(lock)
