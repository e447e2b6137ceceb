-- Relations: what the proofs of nullability, and the tables and locks of a statement, rest on.
-- Tables: pg_class, pg_attribute, pg_attrdef, pg_constraint, pg_inherits, pg_proc, pg_rewrite, pg_trigger, pg_type.
-- Operators, functions and types name their schema: the search path is the database's own, and whoever may make an
-- operator in it would otherwise answer for the catalog, with the rights of who asks.

-- name: list_families(oids)
-- List relations with all their children and partitions, themselves too.
WITH RECURSIVE family AS (
    SELECT
        given.oid AS root,
        given.oid AS member
    FROM pg_catalog.unnest(:oids::pg_catalog.oid[]) AS given (oid)
    UNION
    SELECT
        family.root,
        i.inhrelid
    FROM family
    JOIN pg_catalog.pg_inherits AS i ON i.inhparent OPERATOR(pg_catalog.=) family.member
)
SELECT
    family.root,
    family.member
FROM family;

-- name: list_relation_facts(oids)
-- List relations by OID. Row triggers that run before a write, or instead of it, may change the row; other rules than
-- a view's own may replace what a write returns.
SELECT
    c.oid,
    n.nspname AS schema,
    c.relname AS name,
    c.relkind AS kind,
    EXISTS (
        SELECT
        FROM pg_catalog.pg_rewrite AS w
        WHERE
            w.ev_class OPERATOR(pg_catalog.=) c.oid
            AND w.ev_type OPERATOR(pg_catalog.<>) '1'::pg_catalog."char"
    ) AS has_rules,
    ARRAY(
        SELECT t.tgtype
        FROM pg_catalog.pg_trigger AS t
        WHERE
            t.tgrelid OPERATOR(pg_catalog.=) c.oid
            AND NOT t.tgisinternal
            AND (t.tgtype OPERATOR(pg_catalog.&) 1::pg_catalog.int2) OPERATOR(pg_catalog.<>) 0
            AND (t.tgtype OPERATOR(pg_catalog.&) 66::pg_catalog.int2) OPERATOR(pg_catalog.<>) 0
    ) AS row_triggers,
    (
        SELECT w.ev_action::pg_catalog.text
        FROM pg_catalog.pg_rewrite AS w
        WHERE
            w.ev_class OPERATOR(pg_catalog.=) c.oid
            AND w.ev_type OPERATOR(pg_catalog.=) '1'::pg_catalog."char"
            AND c.relkind OPERATOR(pg_catalog.=) ANY('{v,m}'::pg_catalog."char"[])
    ) AS view_query
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
WHERE c.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[]);

-- name: list_columns(oids)
-- List the columns of relations: which refuse NULL, which are proved by it, and what fills them.
-- A NOT NULL that is not valid yet refuses new NULLs and promises nothing of old rows; foreign tables promise nothing.
SELECT
    a.attrelid AS relation,
    a.attnum,
    a.attname AS name,
    a.atttypid AS type,
    a.attnotnull AS not_null,
    a.attnotnull
    AND c.relkind OPERATOR(pg_catalog.=) ANY('{r,p}'::pg_catalog."char"[])
    AND NOT EXISTS (
        SELECT
        FROM pg_catalog.pg_constraint AS k
        WHERE
            k.conrelid OPERATOR(pg_catalog.=) a.attrelid
            AND k.contype OPERATOR(pg_catalog.=) 'n'::pg_catalog."char"
            AND k.conkey[1] OPERATOR(pg_catalog.=) a.attnum
            AND NOT k.convalidated
    ) AS proved,
    a.attgenerated AS generated,
    coalesce(d.adbin, t.typdefaultbin)::pg_catalog.text AS expression
FROM pg_catalog.pg_attribute AS a
JOIN pg_catalog.pg_class AS c ON c.oid OPERATOR(pg_catalog.=) a.attrelid
JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) a.atttypid
LEFT JOIN pg_catalog.pg_attrdef AS d
    ON
        d.adrelid OPERATOR(pg_catalog.=) a.attrelid
        AND d.adnum OPERATOR(pg_catalog.=) a.attnum
WHERE
    a.attrelid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2
    AND NOT a.attisdropped;

-- name: list_checks(oids)
-- List the CHECK constraints that every new row keeps to, and if they are validated every stored one. Those that are
-- not enforced (PostgreSQL 18) say nothing.
SELECT
    k.conrelid AS relation,
    k.convalidated AS validated,
    k.conbin::pg_catalog.text AS expression
FROM pg_catalog.pg_constraint AS k
WHERE
    k.conrelid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
    AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
    AND coalesce((pg_catalog.to_jsonb(k) OPERATOR(pg_catalog.->>) 'conenforced')::pg_catalog.bool, TRUE)
    AND k.conbin IS NOT NULL;

-- name: list_functions(oids)
-- List functions by OID.
SELECT
    p.oid,
    p.proisstrict AS is_strict,
    p.provolatile AS volatility
FROM pg_catalog.pg_proc AS p
WHERE p.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[]);

-- name: list_domains(oids)
-- List those of the types that are domains: whether they refuse NULL, by themselves or by a domain that they are made
-- of, and their CHECK constraints, which may refuse it too.
WITH RECURSIVE made_of AS (
    SELECT
        t.oid AS root,
        t.oid,
        t.typnotnull,
        t.typbasetype
    FROM pg_catalog.pg_type AS t
    WHERE
        t.oid OPERATOR(pg_catalog.=) ANY(:oids::pg_catalog.oid[])
        AND t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
    UNION
    SELECT
        made_of.root,
        t.oid,
        t.typnotnull,
        t.typbasetype
    FROM made_of
    JOIN pg_catalog.pg_type AS t ON t.oid OPERATOR(pg_catalog.=) made_of.typbasetype
    WHERE t.typtype OPERATOR(pg_catalog.=) 'd'::pg_catalog."char"
)
SELECT
    made_of.root AS oid,
    made_of.typnotnull AS not_null,
    ARRAY(
        SELECT k.conbin::pg_catalog.text
        FROM pg_catalog.pg_constraint AS k
        WHERE
            k.contypid OPERATOR(pg_catalog.=) made_of.oid
            AND k.contype OPERATOR(pg_catalog.=) 'c'::pg_catalog."char"
    ) AS checks
FROM made_of;
