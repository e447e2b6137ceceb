-- Tenant catalog: the functions of a database and what their bodies say, for what no analysis looks into.
-- Tables: pg_proc, pg_namespace, pg_language, pg_depend, pg_attribute, pg_type, pg_class, pg_constraint, pg_index, pg_policy.
-- Operators, functions and types name their schema, as in effects.sql.

-- name: list_function_bodies()
-- Functions and procedures that neither PostgreSQL nor an extension brought, by name. body: its text, or its standard SQL.
SELECT
    p.oid,
    CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'public' THEN p.proname::pg_catalog.text
    ELSE pg_catalog.concat(n.nspname, '.', p.proname)
    END AS name,
    l.lanname AS language,
    p.prosecdef AS is_definer,
    coalesce(
        pg_catalog.array_to_string(p.proconfig, pg_catalog.chr(10)) OPERATOR(pg_catalog.~) '(?n)^search_path=', false
    ) AS has_search_path,
    p.prorettype OPERATOR(pg_catalog.=) 'pg_catalog.trigger'::pg_catalog.regtype AS is_trigger,
    coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) AS body
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
JOIN pg_catalog.pg_language AS l ON l.oid OPERATOR(pg_catalog.=) p.prolang
WHERE
    n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE
            d.classid OPERATOR(pg_catalog.=) 1255::pg_catalog.oid -- pg_proc
            AND d.objid OPERATOR(pg_catalog.=) p.oid
            AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    )
ORDER BY n.nspname, p.proname, p.oid;

-- name: list_fillable_columns(tables)
-- Columns of tables, and what may stand in them. checks: conditions of the table that name the column.
SELECT
    a.attrelid AS table_oid,
    a.attnum AS number,
    a.attname AS name,
    a.atttypid AS type_oid,
    a.atttypmod AS typmod,
    a.attnotnull AS not_null,
    a.atthasdef OR a.attidentity OPERATOR(pg_catalog.<>) ''::pg_catalog."char" AS has_default,
    a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char"
    OR a.attidentity OPERATOR(pg_catalog.=) 'a'::pg_catalog."char" AS is_generated,
    a.attidentity OPERATOR(pg_catalog.<>) ''::pg_catalog."char" AS is_identity,
    pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS default_expression,
    ARRAY(
        SELECT pg_catalog.pg_get_constraintdef(k.oid)
        FROM pg_catalog.pg_constraint AS k
        WHERE
            k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
            AND k.conrelid OPERATOR(pg_catalog.=) a.attrelid
            AND a.attnum OPERATOR(pg_catalog.=) ANY(k.conkey)
        ORDER BY k.conname
    ) AS checks
FROM pg_catalog.pg_attribute AS a
LEFT JOIN pg_catalog.pg_attrdef AS d
    ON
        d.adrelid OPERATOR(pg_catalog.=) a.attrelid
        AND d.adnum OPERATOR(pg_catalog.=) a.attnum
WHERE
    a.attrelid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
    AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
    AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum;

-- name: list_domain_conditions()
-- The CHECK constraints of domains.
SELECT
    k.contypid AS domain,
    pg_catalog.pg_get_constraintdef(k.oid) AS condition
FROM pg_catalog.pg_constraint AS k
WHERE
    k.contypid OPERATOR(pg_catalog.<>) 0::pg_catalog.oid
    AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
ORDER BY k.contypid, k.conname;

-- name: list_all_tables()
-- Every table that people made, partitions apart: their rows come by the table above them.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS table_name,
    c.relkind AS kind
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE
    c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
    AND NOT c.relispartition
    AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND NOT pg_catalog.starts_with(c.relname::pg_catalog.text, '_yoyo')
    AND NOT pg_catalog.starts_with(c.relname::pg_catalog.text, 'yoyo_')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE
            d.classid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid -- pg_class
            AND d.objid OPERATOR(pg_catalog.=) c.oid
            AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    )
ORDER BY n.nspname, c.relname;

-- name: list_references()
-- Foreign keys that are not inherited, with the numbers of their columns on both sides.
SELECT
    k.conname AS name,
    k.conrelid AS table_oid,
    k.confrelid AS other_oid,
    k.conkey AS columns,
    k.confkey AS other_columns
FROM pg_catalog.pg_constraint AS k
WHERE
    k.contype OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
    AND k.conparentid OPERATOR(pg_catalog.=) 0::pg_catalog.oid
ORDER BY k.conrelid, k.conname;

-- name: list_keys(tables)
-- Indexes of tables: unique or not, the numbers of their key columns (0 is an expression), and whether rows are left out.
SELECT
    i.indrelid AS table_oid,
    c.relname AS name,
    i.indisunique OR i.indisexclusion AS is_unique,
    i.indpred IS NOT NULL AS is_partial,
    ARRAY(
        SELECT k.number
        FROM pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS k (number, place)
        WHERE k.place OPERATOR(pg_catalog.<=) i.indnkeyatts
        ORDER BY k.place
    ) AS columns
FROM pg_catalog.pg_index AS i
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) i.indexrelid
WHERE
    i.indrelid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
    AND i.indisvalid
ORDER BY i.indrelid, c.relname;

-- name: list_row_policies(tables)
-- Policies of tables. roles: names, public for everybody. command: r, a, w, d or * for all.
SELECT
    p.polrelid AS table_oid,
    p.polname AS name,
    p.polcmd AS command,
    p.polpermissive AS is_permissive,
    ARRAY(
        SELECT coalesce(r.rolname::pg_catalog.text, 'public')
        FROM pg_catalog.unnest(p.polroles) AS member (oid)
        LEFT JOIN pg_catalog.pg_roles AS r ON r.oid OPERATOR(pg_catalog.=) member.oid
    ) AS roles,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid) AS reading,
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) AS writing
FROM pg_catalog.pg_policy AS p
WHERE p.polrelid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
ORDER BY p.polrelid, p.polname;

-- name: list_open_partitions(tables, role)
-- Partitions, at any depth, that a role may reach by their own name and that have no row-level security themselves: the
-- policies of the table above hold for those who come through it.
SELECT
    CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'public' THEN c.relname::pg_catalog.text
    ELSE pg_catalog.concat(n.nspname, '.', c.relname)
    END AS name,
    root.oid AS table_oid
FROM pg_catalog.unnest(:tables::pg_catalog.oid[]) AS root (oid)
CROSS JOIN LATERAL pg_catalog.pg_partition_tree(root.oid::pg_catalog.regclass) AS p
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) p.relid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE
    c.oid OPERATOR(pg_catalog.<>) root.oid
    AND NOT c.relrowsecurity
    AND (
        pg_catalog.has_any_column_privilege(:role::pg_catalog.name, c.oid, 'SELECT, INSERT, UPDATE')
        OR pg_catalog.has_table_privilege(:role::pg_catalog.name, c.oid, 'DELETE')
    )
ORDER BY n.nspname, c.relname;

-- name: list_truncatable(tables, role)
-- Tables, and partitions of them, that a role may empty: TRUNCATE is under no policy (manual: Row Security Policies).
SELECT DISTINCT
    n.nspname AS schema,
    c.relname AS table_name
FROM pg_catalog.unnest(:tables::pg_catalog.oid[]) AS root (oid)
CROSS JOIN LATERAL (
    SELECT root.oid
    UNION ALL
    SELECT p.relid FROM pg_catalog.pg_partition_tree(root.oid::pg_catalog.regclass) AS p
) AS m (oid)
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) m.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE pg_catalog.has_table_privilege(:role::pg_catalog.name, c.oid, 'TRUNCATE')
ORDER BY n.nspname, c.relname;

-- name: list_unprotected(tables, role)
-- Those of these tables that have no row-level security and that a role may read.
SELECT c.oid
FROM pg_catalog.pg_class AS c
WHERE
    c.oid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
    AND NOT c.relrowsecurity
    AND pg_catalog.has_any_column_privilege(:role::pg_catalog.name, c.oid, 'SELECT')
ORDER BY c.oid;

-- name: list_views_over(tables, role)
-- Views and materialised views that read these tables, themselves (is_direct) or through other views only.
-- A view with security_invoker asks for the caller's rights also below a view without (manual: CREATE VIEW).
WITH RECURSIVE over AS (
    SELECT
        r.ev_class AS oid,
        true AS is_direct
    FROM pg_catalog.pg_depend AS d
    JOIN pg_catalog.pg_rewrite AS r ON r.oid OPERATOR(pg_catalog.=) d.objid
    WHERE
        d.classid OPERATOR(pg_catalog.=) 2618::pg_catalog.oid -- pg_rewrite
        AND d.refclassid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid -- pg_class
        AND d.refobjid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
        AND r.ev_class OPERATOR(pg_catalog.<>) d.refobjid
    UNION
    SELECT
        r.ev_class AS oid,
        false AS is_direct
    FROM over AS o
    JOIN pg_catalog.pg_depend AS d
        ON
            d.refobjid OPERATOR(pg_catalog.=) o.oid
            AND d.refclassid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid
            AND d.classid OPERATOR(pg_catalog.=) 2618::pg_catalog.oid
    JOIN pg_catalog.pg_rewrite AS r ON r.oid OPERATOR(pg_catalog.=) d.objid
    WHERE r.ev_class OPERATOR(pg_catalog.<>) o.oid
)

SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS view_name,
    c.relkind AS kind,
    coalesce('security_invoker=true' OPERATOR(pg_catalog.=) ANY(c.reloptions), false)
    OR coalesce('security_invoker=on' OPERATOR(pg_catalog.=) ANY(c.reloptions), false) AS is_invoker,
    pg_catalog.has_table_privilege(:role::pg_catalog.name, c.oid, 'SELECT') AS is_readable,
    o.is_direct
FROM (
    SELECT
        v.oid,
        pg_catalog.bool_or(v.is_direct) AS is_direct
    FROM over AS v
    GROUP BY v.oid
) AS o
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) o.oid
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.relkind OPERATOR(pg_catalog.=) ANY('{v,m}'::pg_catalog."char"[])
ORDER BY n.nspname, c.relname;

-- name: list_callable_functions(role)
-- Functions that neither PostgreSQL nor an extension brought, that a role may call by itself: no triggers, no aggregates.
-- names: of the arguments, '' for one without a name.
SELECT
    p.oid,
    n.nspname AS schema,
    p.proname AS function_name,
    p.proargtypes::pg_catalog.oid[] AS arguments,
    ARRAY(
        SELECT coalesce(p.proargnames[place.number], '')
        FROM pg_catalog.generate_subscripts(
            coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[]), 1
        ) AS place (number)
        WHERE
            p.proargmodes IS NULL
            OR p.proargmodes[place.number] OPERATOR(pg_catalog.=) ANY('{i,b,v}'::pg_catalog."char"[])
        ORDER BY place.number
    ) AS names,
    coalesce(pg_catalog.pg_get_function_sqlbody(p.oid), p.prosrc) AS body
FROM pg_catalog.pg_proc AS p
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) p.pronamespace
WHERE
    p.prokind OPERATOR(pg_catalog.=) 'f'::pg_catalog."char"
    AND p.prorettype OPERATOR(pg_catalog.<>) ALL('{trigger,event_trigger}'::pg_catalog.regtype[])
    AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND pg_catalog.has_function_privilege(:role::pg_catalog.name, p.oid, 'EXECUTE')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE
            d.classid OPERATOR(pg_catalog.=) 1255::pg_catalog.oid -- pg_proc
            AND d.objid OPERATOR(pg_catalog.=) p.oid
            AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    )
ORDER BY n.nspname, p.proname, p.oid;

-- name: set_sequences(value)$
-- Put every sequence of a table back to one place, so that two runs of a statement draw the same keys.
SELECT pg_catalog.count(pg_catalog.setval(c.oid::pg_catalog.regclass, :value)) AS sequences
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_sequence AS s ON s.seqrelid OPERATOR(pg_catalog.=) c.oid
WHERE
    c.relkind OPERATOR(pg_catalog.=) 'S'::pg_catalog."char"
    AND s.seqmax OPERATOR(pg_catalog.>=) :value;

-- name: role_flags(role)^
-- Whether row-level security passes a role by; no row: there is no such role.
SELECT
    r.rolsuper AS is_superuser,
    r.rolbypassrls AS bypasses
FROM pg_catalog.pg_roles AS r
WHERE r.rolname OPERATOR(pg_catalog.=) :role::pg_catalog.name;

-- name: may_read_any(role, tables)$
-- Whether somebody gave a role the right to read any of these tables.
SELECT EXISTS (
    SELECT FROM pg_catalog.pg_class AS c
    WHERE
        c.oid OPERATOR(pg_catalog.=) ANY(:tables::pg_catalog.oid[])
        AND pg_catalog.has_any_column_privilege(:role::pg_catalog.name, c.oid, 'SELECT')
) AS may_read;

-- name: list_schemas()
-- Schemas that hold tables, views or functions of people.
SELECT n.nspname AS name
FROM pg_catalog.pg_namespace AS n
WHERE
    n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
ORDER BY n.nspname;
