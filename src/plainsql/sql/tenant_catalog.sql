-- Tenant catalog: the functions of a database and what their bodies say, for what no analysis looks into.
-- Tables: pg_proc, pg_namespace, pg_language, pg_depend.
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
