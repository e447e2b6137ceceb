"""
Catalog: what PostgreSQL's system tables say of the types and relations that a query uses.
Tables: pg_type, pg_enum, pg_class, pg_attribute, pg_constraint, pg_inherits, pg_proc.
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from plainsql.execute import Conn, Statement, fetch_all, fetch_value


class ListTypesRow(Struct, frozen=True, gc=False):
    """A row of list_types."""

    oid: int
    schema: str
    typname: str
    typtype: str
    name: str
    element: int | None
    base: int | None
    not_null: bool
    labels: list[str | None] | None


LIST_TYPES: Statement[ListTypesRow] = Statement(
    name="catalog.list_types",
    file="src/plainsql/sql/catalog.sql",
    line=4,
    sql="""
WITH RECURSIVE wanted AS (
    SELECT given.oid
    FROM pg_catalog.unnest($1::oid[]) AS given (oid)
    UNION
    SELECT part.oid
    FROM wanted
    JOIN pg_catalog.pg_type AS t ON t.oid = wanted.oid
    CROSS JOIN LATERAL (VALUES (t.typelem), (t.typbasetype)) AS part (oid)
    WHERE part.oid <> 0
)
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname,
    t.typtype,
    pg_catalog.format_type(t.oid, NULL) AS name,
    element.oid AS element,
    nullif(t.typbasetype, 0) AS base,
    t.typnotnull AS not_null,
    ARRAY(
        SELECT e.enumlabel::text
        FROM pg_catalog.pg_enum AS e
        WHERE e.enumtypid = t.oid
        ORDER BY e.enumsortorder
    ) AS labels
FROM wanted
JOIN pg_catalog.pg_type AS t ON t.oid = wanted.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid = t.typnamespace
LEFT JOIN pg_catalog.pg_type AS element ON element.typarray = t.oid
""",
    params=("oids",),
    dump_oids=(1028,),
    bind_oids=(1028,),
    row=ListTypesRow,
    load_oids=None,
    timeout=None,
)


def list_types(conn: Conn, /, *, oids: Sequence[int | None]) -> list[ListTypesRow]:
    """
    List types by OID, together with the elements of arrays and the bases of domains.

    Source: src/plainsql/sql/catalog.sql:4
    """
    return fetch_all(conn, LIST_TYPES, (oids,))


class ListRelationsRow(Struct, frozen=True, gc=False):
    """A row of list_relations."""

    oid: int
    schema: str
    name: str
    kind: str
    has_rules: bool


LIST_RELATIONS: Statement[ListRelationsRow] = Statement(
    name="catalog.list_relations",
    file="src/plainsql/sql/catalog.sql",
    line=36,
    sql="""
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind AS kind,
    c.relhasrules AS has_rules
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ANY($1::oid[])
""",
    params=("oids",),
    dump_oids=(1028,),
    bind_oids=(1028,),
    row=ListRelationsRow,
    load_oids=None,
    timeout=None,
)


def list_relations(conn: Conn, /, *, oids: Sequence[int | None]) -> list[ListRelationsRow]:
    """
    List relations by OID.

    Source: src/plainsql/sql/catalog.sql:36
    """
    return fetch_all(conn, LIST_RELATIONS, (oids,))


class ListNotNullColumnsRow(Struct, frozen=True, gc=False):
    """A row of list_not_null_columns."""

    relation: int
    attnum: int
    proved: bool | None
    proved_in_children: bool | None


LIST_NOT_NULL_COLUMNS: Statement[ListNotNullColumnsRow] = Statement(
    name="catalog.list_not_null_columns",
    file="src/plainsql/sql/catalog.sql",
    line=48,
    sql="""
WITH RECURSIVE family AS (
    SELECT
        given.oid AS root,
        given.oid AS member
    FROM pg_catalog.unnest($1::oid[]) AS given (oid)
    UNION
    SELECT
        family.root,
        i.inhrelid
    FROM family
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent = family.member
),
refusing AS (
    SELECT
        a.attrelid,
        a.attnum,
        a.attname,
        a.attnotnull
        AND c.relkind IN ('r', 'p')
        AND NOT EXISTS (
            SELECT
            FROM pg_catalog.pg_constraint AS k
            WHERE
                k.conrelid = a.attrelid
                AND k.contype = 'n'
                AND k.conkey[1] = a.attnum
                AND NOT k.convalidated
        ) AS proved
    FROM pg_catalog.pg_attribute AS a
    JOIN pg_catalog.pg_class AS c ON c.oid = a.attrelid
    JOIN pg_catalog.pg_type AS t ON t.oid = a.atttypid
    WHERE
        a.attrelid IN (SELECT family.member FROM family)
        AND a.attnum > 0
        AND NOT a.attisdropped
        AND (a.attnotnull OR t.typnotnull)
)
SELECT
    r.attrelid AS relation,
    r.attnum,
    r.proved,
    r.proved AND NOT EXISTS (
        SELECT
        FROM family AS f
        WHERE
            f.root = r.attrelid
            AND NOT EXISTS (
                SELECT
                FROM refusing AS o
                WHERE o.attrelid = f.member AND o.attname = r.attname AND o.proved
            )
    ) AS proved_in_children
FROM refusing AS r
WHERE r.attrelid = ANY($1::oid[])
""",
    params=("oids",),
    dump_oids=(1028,),
    bind_oids=(1028,),
    row=ListNotNullColumnsRow,
    load_oids=None,
    timeout=None,
)


def list_not_null_columns(conn: Conn, /, *, oids: Sequence[int | None]) -> list[ListNotNullColumnsRow]:
    """
    List the columns that refuse NULL: whether every stored row keeps to it, here and in all children and partitions.

    A NOT NULL that is not valid yet refuses new NULLs and promises nothing of old rows;
    foreign tables promise nothing.

    Source: src/plainsql/sql/catalog.sql:48
    """
    return fetch_all(conn, LIST_NOT_NULL_COLUMNS, (oids,))


GET_FUNCTION_BODY: Statement[str | None] = Statement(
    name="catalog.get_function_body",
    file="src/plainsql/sql/catalog.sql",
    line=106,
    sql="""
SELECT p.prosqlbody::text
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = pg_catalog.pg_my_temp_schema() AND p.proname = $1
""",
    params=("name",),
    dump_oids=(19,),
    bind_oids=(19,),
    row=None,
    load_oids=None,
    timeout=None,
)


def get_function_body(conn: Conn, /, *, name: str) -> str | None:
    """
    Return the analysed tree of a temporary function written with BEGIN ATOMIC.

    Source: src/plainsql/sql/catalog.sql:106
    """
    return fetch_value(conn, GET_FUNCTION_BODY, (name,))
