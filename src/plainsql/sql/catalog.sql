-- Catalog: what PostgreSQL's system tables say of the types and relations that a query uses.
-- Tables: pg_type, pg_enum, pg_class, pg_attribute, pg_constraint, pg_inherits, pg_proc.

-- name: list_types(oids)
-- List types by OID, together with the elements of arrays and the bases of domains.
WITH RECURSIVE wanted AS (
    SELECT given.oid
    FROM pg_catalog.unnest(:oids::oid[]) AS given (oid)
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
LEFT JOIN pg_catalog.pg_type AS element ON element.typarray = t.oid;

-- name: list_relations(oids)
-- List relations by OID.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind AS kind,
    c.relhasrules AS has_rules
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.oid = ANY(:oids::oid[]);

-- name: list_not_null_columns(oids)
-- List the columns that refuse NULL: whether every stored row keeps to it, here and in all children and partitions.
-- A NOT NULL that is not valid yet refuses new NULLs and promises nothing of old rows; foreign tables promise nothing.
WITH RECURSIVE family AS (
    SELECT
        given.oid AS root,
        given.oid AS member
    FROM pg_catalog.unnest(:oids::oid[]) AS given (oid)
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
WHERE r.attrelid = ANY(:oids::oid[]);

-- name: get_function_body(name)$
-- Return the analysed tree of a temporary function written with BEGIN ATOMIC.
SELECT p.prosqlbody::text
FROM pg_catalog.pg_proc AS p
WHERE p.pronamespace = pg_catalog.pg_my_temp_schema() AND p.proname = :name;
