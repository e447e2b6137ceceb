-- Partitions: what the catalog says of a table that is partitioned by time.
-- Tables: pg_partitioned_table, pg_inherits, pg_class, pg_attribute, pg_description.

-- name: try_lock_maintenance(key)$
-- Take the lock of a table's maintenance for this session; false: another one has it.
SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended(:key, 0)) AS locked;

-- name: unlock_maintenance(key)$
-- Give the lock back.
SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended(:key, 0)) AS unlocked;

-- name: session_settings()^
-- What this session says of waiting for locks.
-- @rows 1
SELECT
    pg_catalog.current_setting('lock_timeout') AS lock_timeout,
    pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool AS is_read_only;

-- name: set_lock_timeout(value)$
-- Wait this long for a lock from now on, in this session.
SELECT pg_catalog.set_config('lock_timeout', :value, false) AS lock_timeout;

-- name: partitioned_table(name)^
-- A table by its name as in SQL, and what new partitions of it need to know; no row: there is none.
-- Strategy is r for ranges; key_column is null where the key is an expression, or several.
SELECT
    c.oid,
    n.nspname AS schema_name,
    c.relname AS table_name,
    c.relkind::pg_catalog.text AS kind,
    o.rolname AS owner,
    o.rolname OPERATOR(pg_catalog.=) CURRENT_USER AS is_owner,
    pg_catalog.pg_has_role(CURRENT_USER, c.relowner, 'USAGE') AS may_maintain,
    CURRENT_USER::pg_catalog.text AS role,
    c.relrowsecurity AS has_row_security,
    c.relforcerowsecurity AS forces_row_security,
    p.partstrat::pg_catalog.text AS strategy,
    CASE WHEN p.partnatts OPERATOR(pg_catalog.=) 1 THEN a.attname END AS key_column,
    pg_catalog.format_type(a.atttypid, NULL) AS key_type,
    ts.spcname AS tablespace,
    am.amname AS access_method,
    EXISTS (
        SELECT FROM pg_catalog.pg_constraint AS k
        WHERE
            k.confrelid OPERATOR(pg_catalog.=) c.oid
            AND k.contype OPERATOR(pg_catalog.=) 'f'
    ) AS is_referenced,
    ARRAY(
        SELECT w.attname
        FROM pg_catalog.pg_attribute AS w
        WHERE
            w.attrelid OPERATOR(pg_catalog.=) c.oid
            AND w.attnum OPERATOR(pg_catalog.>) 0
            AND NOT w.attisdropped
            AND w.attgenerated OPERATOR(pg_catalog.=) ''
        ORDER BY w.attnum
    ) AS written_columns,
    pg_catalog.statement_timestamp() AS server_now
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
JOIN pg_catalog.pg_roles AS o ON o.oid OPERATOR(pg_catalog.=) c.relowner
LEFT JOIN pg_catalog.pg_partitioned_table AS p ON p.partrelid OPERATOR(pg_catalog.=) c.oid
LEFT JOIN pg_catalog.pg_attribute AS a
    ON
        a.attrelid OPERATOR(pg_catalog.=) c.oid
        AND a.attnum OPERATOR(pg_catalog.=) p.partattrs[0]
        AND a.attnum OPERATOR(pg_catalog.>) 0
LEFT JOIN pg_catalog.pg_tablespace AS ts ON ts.oid OPERATOR(pg_catalog.=) c.reltablespace
LEFT JOIN pg_catalog.pg_am AS am ON am.oid OPERATOR(pg_catalog.=) c.relam
WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(:name);

-- name: list_partitions(parent, parent_name)
-- The partitions of a table and those it had that were marked to be dropped, by their bounds.
-- Bounds are UTC without saying so, and kept to the years 1 to 9999; both are null of the default partition and of one that is detached.
-- @why The bounds are cast back in the statement that printed them, so that no setting of the session can matter.
WITH found AS (
    SELECT
        i.inhrelid AS oid,
        i.inhdetachpending AS is_pending,
        true AS is_attached
    FROM pg_catalog.pg_inherits AS i
    WHERE i.inhparent OPERATOR(pg_catalog.=) :parent::pg_catalog.oid
    UNION ALL
    SELECT
        d.objoid AS oid,
        false AS is_pending,
        false AS is_attached
    FROM pg_catalog.pg_description AS d
    JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) d.objoid
    WHERE
        d.classoid OPERATOR(pg_catalog.=) 'pg_catalog.pg_class'::pg_catalog.regclass
        AND d.objsubid OPERATOR(pg_catalog.=) 0
        AND d.description OPERATOR(pg_catalog.=)
        ('plainsql: past the retention of ' OPERATOR(pg_catalog.||) :parent_name::pg_catalog.text)
        AND NOT c.relispartition
        AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
        AND NOT EXISTS (SELECT FROM pg_catalog.pg_inherits AS i WHERE i.inhrelid OPERATOR(pg_catalog.=) d.objoid)
),

bounds AS (
    SELECT
        f.oid,
        f.is_pending,
        f.is_attached,
        n.nspname AS schema_name,
        c.relname AS table_name,
        c.relkind::pg_catalog.text AS kind,
        c.relrowsecurity AS has_row_security,
        c.relforcerowsecurity AS forces_row_security,
        pg_catalog.obj_description(f.oid, 'pg_class') AS description,
        pg_catalog.pg_get_expr(c.relpartbound, c.oid) OPERATOR(pg_catalog.=) 'DEFAULT' AS is_default,
        pg_catalog.regexp_match(
            pg_catalog.pg_get_expr(c.relpartbound, c.oid),
            '^FOR VALUES FROM \((?:''([^'']*)''|MINVALUE)\) TO \((?:''([^'']*)''|MAXVALUE)\)$'
        ) AS texts
    FROM found AS f
    JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) f.oid
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
),

times AS (
    SELECT
        b.oid,
        CASE
            WHEN b.texts IS NULL THEN NULL
            WHEN b.texts[1] IS NULL THEN '-infinity'
            WHEN k.key_type OPERATOR(pg_catalog.=) 'timestamp with time zone'
                THEN pg_catalog.timezone('UTC', b.texts[1]::pg_catalog.timestamptz)
            ELSE b.texts[1]::pg_catalog.timestamp
        END AS lower,
        CASE
            WHEN b.texts IS NULL THEN NULL
            WHEN b.texts[2] IS NULL THEN 'infinity'
            WHEN k.key_type OPERATOR(pg_catalog.=) 'timestamp with time zone'
                THEN pg_catalog.timezone('UTC', b.texts[2]::pg_catalog.timestamptz)
            ELSE b.texts[2]::pg_catalog.timestamp
        END AS upper
    FROM bounds AS b
    CROSS JOIN (
        SELECT pg_catalog.format_type(a.atttypid, NULL) AS key_type
        FROM pg_catalog.pg_partitioned_table AS p
        JOIN pg_catalog.pg_attribute AS a
            ON a.attrelid OPERATOR(pg_catalog.=) p.partrelid AND a.attnum OPERATOR(pg_catalog.=) p.partattrs[0]
        WHERE p.partrelid OPERATOR(pg_catalog.=) :parent::pg_catalog.oid
    ) AS k
)

SELECT
    b.schema_name,
    b.table_name,
    b.kind,
    b.is_attached,
    b.is_pending,
    coalesce(b.is_default, false) AS is_default,
    b.has_row_security,
    b.forces_row_security,
    b.description,
    CASE
        WHEN t.lower IS NOT NULL THEN least(greatest(t.lower, '0001-01-01 00:00:00'), '9999-12-31 00:00:00')
    END AS lower,
    CASE
        WHEN t.upper IS NOT NULL THEN least(greatest(t.upper, '0001-01-01 00:00:00'), '9999-12-31 00:00:00')
    END AS upper
FROM bounds AS b
JOIN times AS t ON t.oid OPERATOR(pg_catalog.=) b.oid
ORDER BY t.lower NULLS FIRST, b.schema_name, b.table_name;

-- name: relation_exists(schema_name, table_name)$
-- Whether a schema has something of that name already.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
    WHERE
        n.nspname OPERATOR(pg_catalog.=) :schema_name
        AND c.relname OPERATOR(pg_catalog.=) :table_name
) AS is_taken;
