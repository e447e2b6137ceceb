-- Columns: what the catalog says of the tables whose columns have types of their own by the project's settings.
-- Tables: pg_attribute, pg_class, pg_collation, pg_constraint, pg_inherits, pg_type.
-- Operators, functions and types name their schema: the search path is the database's own.

-- name: list_declared_relation(name)
-- List the columns of a table with all its children and partitions; nothing if there is no such table.
WITH RECURSIVE family AS (
    SELECT pg_catalog.to_regclass(:name::pg_catalog.text)::pg_catalog.oid AS member
    UNION
    SELECT i.inhrelid
    FROM family
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) family.member
)
SELECT
    c.oid AS relation,
    c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(:name::pg_catalog.text)::pg_catalog.oid AS is_root,
    c.relkind AS kind,
    c.reltype AS row_type,
    y.typarray AS row_array,
    a.attnum,
    a.attname AS name,
    a.atttypid AS type,
    pg_catalog.format_type(a.atttypid, NULL) AS type_name,
    a.attnotnull AS not_null,
    pg_catalog.array_position(k.conkey, a.attnum) AS key_position,
    coalesce(l.collisdeterministic, TRUE) AS is_deterministic
FROM family
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) family.member
JOIN pg_catalog.pg_type AS y ON y.oid OPERATOR(pg_catalog.=) c.reltype
JOIN pg_catalog.pg_attribute AS a ON a.attrelid OPERATOR(pg_catalog.=) c.oid
LEFT JOIN pg_catalog.pg_collation AS l ON l.oid OPERATOR(pg_catalog.=) a.attcollation
LEFT JOIN pg_catalog.pg_constraint AS k
    ON
        k.conrelid OPERATOR(pg_catalog.=) c.oid
        AND k.contype OPERATOR(pg_catalog.=) 'p'::pg_catalog."char"
WHERE
    a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
    AND NOT a.attisdropped
ORDER BY c.oid, a.attnum;
