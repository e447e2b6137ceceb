-- Catalog: what PostgreSQL's system tables say of the types and relations that a query uses.
-- Tables: pg_type, pg_enum, pg_range, pg_class, pg_attribute, pg_proc.
-- Operators, functions and types name their schema: the search path is the database's own, and whoever may make an
-- operator in it would otherwise answer for the catalog, with the rights of who asks.

-- name: list_types(oids)
-- List types by OID, with everything they are made of: elements of arrays, bases of domains, bounds of ranges, members
-- of composite types. Those with a cast to JSON of their own are in JSON what it makes of them.
WITH RECURSIVE wanted AS (
    SELECT given.oid
    FROM pg_catalog.unnest(:oids::pg_catalog.oid[]) AS given (oid)
    UNION
    SELECT part.oid
    FROM wanted
    JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) wanted.oid
    CROSS JOIN LATERAL (
        VALUES (t.typelem), (t.typbasetype)
        UNION ALL
        SELECT r.rngsubtype
        FROM pg_catalog.pg_range AS r
        WHERE
            r.rngtypid OPERATOR(pg_catalog.=) t.oid
            OR r.rngmultitypid OPERATOR(pg_catalog.=) t.oid
        UNION ALL
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute AS a
        WHERE
            a.attrelid OPERATOR(pg_catalog.=) t.typrelid
            AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
            AND NOT a.attisdropped
    ) AS part (oid)
    WHERE part.oid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
)
SELECT
    t.oid,
    n.nspname AS schema,
    t.typname,
    t.typtype,
    pg_catalog.format_type(t.oid, NULL) AS name,
    element.oid AS element,
    base.oid AS base,
    (
        SELECT r.rngsubtype
        FROM pg_catalog.pg_range AS r
        WHERE
            r.rngtypid OPERATOR(pg_catalog.=) t.oid
            OR r.rngmultitypid OPERATOR(pg_catalog.=) t.oid
    ) AS subtype,
    t.typnotnull AS not_null,
    t.typdelim AS delimiter,
    ARRAY(
        SELECT e.enumlabel::pg_catalog.text
        FROM pg_catalog.pg_enum AS e
        WHERE e.enumtypid OPERATOR(pg_catalog.=) t.oid
        ORDER BY e.enumsortorder
    ) AS labels,
    ARRAY(
        SELECT a.attname::pg_catalog.text
        FROM pg_catalog.pg_attribute AS a
        WHERE
            a.attrelid OPERATOR(pg_catalog.=) t.typrelid
            AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
            AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS member_names,
    ARRAY(
        SELECT a.atttypid
        FROM pg_catalog.pg_attribute AS a
        WHERE
            a.attrelid OPERATOR(pg_catalog.=) t.typrelid
            AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
            AND NOT a.attisdropped
        ORDER BY a.attnum
    ) AS member_types,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_cast AS c
        WHERE
            c.castsource OPERATOR(pg_catalog.=) t.oid
            AND c.casttarget OPERATOR(pg_catalog.=) ANY(
                ARRAY['pg_catalog.json', 'pg_catalog.jsonb']::pg_catalog.regtype[]::pg_catalog.oid[]
            )
            AND c.castmethod OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
    ) AS casts_to_json
FROM wanted
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) wanted.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace
LEFT JOIN pg_catalog.pg_type AS element ON element.typarray OPERATOR(pg_catalog.=) t.oid
LEFT JOIN pg_catalog.pg_type AS base ON base.oid OPERATOR(pg_catalog.=) t.typbasetype;

-- name: find_type(name)$
-- Return the OID of the type that people write so; NULL when the search path leads to none.
SELECT pg_catalog.to_regtype(:name::pg_catalog.text)::pg_catalog.oid;

-- name: list_type_names()
-- List the types that are no arrays, as a statement has to write them.
SELECT pg_catalog.format_type(t.oid, NULL) AS name
FROM pg_catalog.pg_type AS t
WHERE
    t.typelem OPERATOR(pg_catalog.=) 0::pg_catalog.oid
    AND t.typtype OPERATOR(pg_catalog.<>) 'p'::pg_catalog."char";

-- name: get_function_body(name)$
-- Return the analysed tree of a temporary function written with BEGIN ATOMIC.
SELECT p.prosqlbody::pg_catalog.text
FROM pg_catalog.pg_proc AS p
WHERE
    p.pronamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()
    AND p.proname OPERATOR(pg_catalog.=) :name::pg_catalog.name
ORDER BY p.oid
LIMIT 1;

-- name: list_visible_relations()
-- List tables and views that a statement may name, with their schema where it has to be written.
SELECT
    CASE WHEN pg_catalog.pg_table_is_visible(c.oid) THEN '' ELSE n.nspname::pg_catalog.text END AS prefix,
    c.relname::pg_catalog.text AS name
FROM pg_catalog.pg_class AS c
INNER JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE
    c.relkind OPERATOR(pg_catalog.=) ANY('{r,p,v,m,f}'::pg_catalog."char"[])
    AND n.nspname OPERATOR(pg_catalog.<>) ALL('{pg_catalog,information_schema,pg_toast}'::pg_catalog.name[]);
