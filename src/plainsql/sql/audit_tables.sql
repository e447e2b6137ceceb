-- Audit tables: what the trigger of an audited table is made from, and what is there of it.
-- Tables: pg_class, pg_attribute, pg_type, pg_index, pg_inherits, pg_trigger, pg_proc, audit.tables.
-- Operators, functions and types name their schema, as in effects.sql.

-- name: has_audit()$
-- Whether the database has the tables and functions of the audit.
SELECT
    pg_catalog.to_regclass('public.audit_logs') IS NOT NULL
    AND pg_catalog.to_regclass('audit.tables') IS NOT NULL AS has_audit;

-- name: find_tables(name)
-- Tables of a name, written with or without quotes, with its schema or, in public, without; of none: every name.
-- Function, name and relation are as SQL writes them.
SELECT
    c.oid,
    CASE n.nspname WHEN 'public'::pg_catalog.name THEN '' ELSE pg_catalog.concat(pg_catalog.quote_ident(n.nspname::pg_catalog.text), '.') END
    OPERATOR(pg_catalog.||) pg_catalog.quote_ident(c.relname::pg_catalog.text) AS name,
    pg_catalog.format('%I.%I', n.nspname, c.relname) AS relation,
    CASE n.nspname WHEN 'public'::pg_catalog.name THEN '' ELSE pg_catalog.concat(n.nspname, '.') END
    OPERATOR(pg_catalog.||) c.relname::pg_catalog.text AS bare_name,
    c.relkind AS kind,
    c.relpersistence AS persistence,
    c.relispartition AS is_partition,
    CASE WHEN c.relispartition THEN pg_catalog.pg_partition_root(c.oid::pg_catalog.regclass)::pg_catalog.text END AS root,
    ARRAY(
        SELECT i.inhrelid::pg_catalog.regclass::pg_catalog.text
        FROM pg_catalog.pg_inherits AS i
        WHERE i.inhparent OPERATOR(pg_catalog.=) c.oid AND c.relkind OPERATOR(pg_catalog.=) 'r'::pg_catalog."char"
        ORDER BY 1
    ) AS children,
    ARRAY(
        SELECT i.inhparent::pg_catalog.regclass::pg_catalog.text
        FROM pg_catalog.pg_inherits AS i
        WHERE i.inhrelid OPERATOR(pg_catalog.=) c.oid AND NOT c.relispartition
        ORDER BY 1
    ) AS parents,
    ARRAY(
        SELECT t.tgname::pg_catalog.text
        FROM pg_catalog.pg_trigger AS t
        WHERE
            t.tgrelid OPERATOR(pg_catalog.=) c.oid
            AND t.tgname OPERATOR(pg_catalog.=) ANY(
                '{audit_insert,audit_update,audit_delete,audit_truncate}'::pg_catalog.name[]
            )
        ORDER BY t.tgname
    ) AS triggers
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE
    c.relkind OPERATOR(pg_catalog.=) ANY('{r,p,v,m,f}'::pg_catalog."char"[])
    AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'::pg_catalog.name
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND (
        :name::pg_catalog.text IS NULL
        OR pg_catalog.concat(n.nspname, '.', c.relname) OPERATOR(pg_catalog.=) :name
        OR pg_catalog.format('%I.%I', n.nspname, c.relname) OPERATOR(pg_catalog.=) :name
        OR (
            n.nspname OPERATOR(pg_catalog.=) 'public'::pg_catalog.name
            AND :name OPERATOR(pg_catalog.=) ANY(
                ARRAY[c.relname::pg_catalog.text, pg_catalog.quote_ident(c.relname::pg_catalog.text)]
            )
        )
    )
ORDER BY n.nspname, c.relname;

-- name: list_table_columns(relation)
-- Columns of a table in their order. compares_exactly: two values that are equal look equal too, so IS DISTINCT FROM
-- sees every change; it would miss 1.0 -> 1.00 of a numeric without scale, or 'a' -> 'A' of citext.
SELECT
    a.attname AS name,
    pg_catalog.quote_ident(a.attname::pg_catalog.text) AS quoted,
    pg_catalog.format_type(a.atttypid, a.atttypmod) AS type,
    a.attgenerated OPERATOR(pg_catalog.<>) ''::pg_catalog."char" AS is_generated,
    k.place AS key_place,
    (b.typtype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    OR b.oid OPERATOR(pg_catalog.=) ANY(
        '{bool,bytea,int2,int4,int8,oid,date,time,timestamp,timestamptz,uuid}'::pg_catalog.regtype[]
    )
    OR (
        b.oid OPERATOR(pg_catalog.=) ANY('{text,varchar,name}'::pg_catalog.regtype[])
        AND (o.collisdeterministic OR o.oid IS NULL)
    )
    OR (
        b.oid OPERATOR(pg_catalog.=) 'pg_catalog.numeric'::pg_catalog.regtype
        AND a.atttypmod OPERATOR(pg_catalog.>=) 0
    )) IS TRUE AS compares_exactly
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_type AS b ON b.oid OPERATOR(pg_catalog.=) a.atttypid
LEFT JOIN pg_catalog.pg_collation AS o ON o.oid OPERATOR(pg_catalog.=) a.attcollation
LEFT JOIN (
    SELECT
        i.indrelid,
        keys.attnum,
        keys.place
    FROM pg_catalog.pg_index AS i
    CROSS JOIN LATERAL pg_catalog.unnest(i.indkey::pg_catalog.int2[]) WITH ORDINALITY AS keys (attnum, place)
    WHERE i.indisprimary AND keys.place OPERATOR(pg_catalog.<=) i.indnkeyatts
) AS k ON k.indrelid OPERATOR(pg_catalog.=) a.attrelid AND k.attnum OPERATOR(pg_catalog.=) a.attnum
WHERE
    a.attrelid OPERATOR(pg_catalog.=) :relation::pg_catalog.oid
    AND a.attnum OPERATOR(pg_catalog.>) 0
    AND NOT a.attisdropped
ORDER BY a.attnum;

-- name: list_audited()
-- What is audited, by audit.tables, with the function's text and definition; where the table is gone its oid is NULL.
SELECT
    t.table_name,
    t.relation,
    t.redacted,
    t.plain,
    t.quiet,
    pg_catalog.to_regclass(t.relation)::pg_catalog.oid AS oid,
    p.prosrc AS body,
    p.prosecdef AND 'search_path=pg_catalog, pg_temp'::pg_catalog.text OPERATOR(pg_catalog.=) ANY(p.proconfig) AS is_safe,
    pg_catalog.pg_get_functiondef(p.oid) AS definition
FROM audit.tables AS t
LEFT JOIN pg_catalog.pg_trigger AS g
    ON
        g.tgrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass(t.relation)
        AND g.tgname OPERATOR(pg_catalog.=) 'audit_update'::pg_catalog.name
LEFT JOIN pg_catalog.pg_proc AS p ON p.oid OPERATOR(pg_catalog.=) g.tgfoid
ORDER BY t.table_name;

-- name: list_missing_triggers(relation)
-- Triggers of the audit that a table or one of its partitions lacks, or that are switched off there.
SELECT
    m.relid::pg_catalog.regclass::pg_catalog.text AS member,
    wanted.name,
    g.oid IS NOT NULL AS is_off
FROM pg_catalog.unnest(
    ARRAY[:relation::pg_catalog.oid]
    OPERATOR(pg_catalog.||) ARRAY(
        SELECT p.relid::pg_catalog.oid
        FROM pg_catalog.pg_partition_tree(:relation::pg_catalog.oid::pg_catalog.regclass) AS p
        WHERE p.relid OPERATOR(pg_catalog.<>) :relation::pg_catalog.oid
    )
) AS m (relid)
CROSS JOIN pg_catalog.unnest('{audit_insert,audit_update,audit_delete,audit_truncate}'::pg_catalog.text[]) AS wanted (name)
LEFT JOIN pg_catalog.pg_trigger AS g
    ON
        g.tgrelid OPERATOR(pg_catalog.=) m.relid
        AND g.tgname OPERATOR(pg_catalog.=) wanted.name::pg_catalog.name
WHERE g.oid IS NULL OR g.tgenabled OPERATOR(pg_catalog.=) ANY('{D,R}'::pg_catalog."char"[])
ORDER BY m.relid, wanted.name;

-- name: revoke_audit()$
-- Take the rights on the tables of the audit from everybody but their owners; return how many tables those are.
SELECT pg_catalog.count(audit.revoke_all(c.oid::pg_catalog.regclass)) AS tables
FROM pg_catalog.pg_class AS c
WHERE
    c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
    AND (
        c.relnamespace OPERATOR(pg_catalog.=) 'audit'::pg_catalog.regnamespace
        OR c.oid OPERATOR(pg_catalog.=) 'public.audit_logs'::pg_catalog.regclass
    );
