"""
Scratch: databases that plainsql builds to ask PostgreSQL about queries, and drops again.
Tables: pg_database, pg_shdescription, pg_roles.
"""

from __future__ import annotations

from msgspec import Struct

from plainsql.execute import Conn, Statement, fetch_all, fetch_value

LOCK_SCRATCH: Statement[bool] = Statement(
    name="scratch.lock_scratch",
    file="src/plainsql/sql/scratch.sql",
    line=4,
    sql="""
SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended($1, 0)) IS NOT NULL AS locked
""",
    params=("key",),
    dump_oids=(25,),
    bind_oids=(25,),
    row=None,
    load_oids=None,
    timeout=None,
)


def lock_scratch(conn: Conn, /, *, key: str) -> bool:
    """
    Wait until nobody else builds a scratch database of this key; the session keeps the lock.

    Source: src/plainsql/sql/scratch.sql:4
    """
    return fetch_value(conn, LOCK_SCRATCH, (key,))


class ListScratchDatabasesRow(Struct, frozen=True, gc=False):
    """A row of list_scratch_databases."""

    name: str


LIST_SCRATCH_DATABASES: Statement[ListScratchDatabasesRow] = Statement(
    name="scratch.list_scratch_databases",
    file="src/plainsql/sql/scratch.sql",
    line=8,
    sql="""
SELECT d.datname AS name
FROM pg_catalog.pg_database AS d
WHERE
    pg_catalog.starts_with(d.datname::text, $1)
    AND (
        $2::text IS NULL
        OR pg_catalog.shobj_description(d.oid, 'pg_database') = $2
    )
ORDER BY d.oid DESC
""",
    params=("prefix", "description"),
    dump_oids=(25, 25),
    bind_oids=(25, 25),
    row=ListScratchDatabasesRow,
    load_oids=None,
    timeout=None,
)


def list_scratch_databases(conn: Conn, /, *, prefix: str, description: str | None) -> list[ListScratchDatabasesRow]:
    """
    List scratch databases whose names begin with a prefix and that carry a description, newest first.

    Source: src/plainsql/sql/scratch.sql:8
    """
    return fetch_all(conn, LIST_SCRATCH_DATABASES, (prefix, description))


class ListScratchRolesRow(Struct, frozen=True, gc=False):
    """A row of list_scratch_roles."""

    name: str


LIST_SCRATCH_ROLES: Statement[ListScratchRolesRow] = Statement(
    name="scratch.list_scratch_roles",
    file="src/plainsql/sql/scratch.sql",
    line=20,
    sql="""
SELECT r.rolname AS name
FROM pg_catalog.pg_roles AS r
WHERE pg_catalog.starts_with(r.rolname::text, $1)
ORDER BY r.rolname
""",
    params=("prefix",),
    dump_oids=(25,),
    bind_oids=(25,),
    row=ListScratchRolesRow,
    load_oids=None,
    timeout=None,
)


def list_scratch_roles(conn: Conn, /, *, prefix: str) -> list[ListScratchRolesRow]:
    """
    List roles whose names begin with a prefix.

    Source: src/plainsql/sql/scratch.sql:20
    """
    return fetch_all(conn, LIST_SCRATCH_ROLES, (prefix,))
