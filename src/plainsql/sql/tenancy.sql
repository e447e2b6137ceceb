-- Tenancy: tenants' tables, and whether row-level security holds for the role that asks.
-- Tables: pg_class, pg_attribute, pg_namespace, pg_roles.
-- Operators, functions and types name their schema, as in effects.sql.

-- name: list_tenant_tables(tenant_column, names)
-- Tables of tenants: those of these names, or, when there are none, all that have the column. Extensions' are left out.
-- is_owned: the role that asks has the rights of the owner, whom row-level security does not concern unless forced.
SELECT
    c.oid,
    CASE WHEN n.nspname OPERATOR(pg_catalog.=) 'public' THEN c.relname::pg_catalog.text
    ELSE pg_catalog.concat(n.nspname, '.', c.relname)
    END AS name,
    c.relkind AS kind,
    a.attnum AS tenant_column,
    c.relrowsecurity AS has_row_security,
    c.relforcerowsecurity AS forces_row_security,
    pg_catalog.pg_has_role(c.relowner, 'USAGE') AS is_owned
FROM pg_catalog.pg_class AS c
JOIN pg_catalog.pg_namespace AS n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace
LEFT JOIN pg_catalog.pg_attribute AS a
    ON
        a.attrelid OPERATOR(pg_catalog.=) c.oid
        AND a.attname OPERATOR(pg_catalog.=) :tenant_column::pg_catalog.name
        AND NOT a.attisdropped
WHERE
    c.relkind OPERATOR(pg_catalog.=) ANY('{r,p,f,m}'::pg_catalog."char"[])
    AND n.nspname OPERATOR(pg_catalog.<>) 'information_schema'
    AND NOT pg_catalog.starts_with(n.nspname::pg_catalog.text, 'pg_')
    AND NOT EXISTS (
        SELECT FROM pg_catalog.pg_depend AS d
        WHERE
            d.classid OPERATOR(pg_catalog.=) 1259::pg_catalog.oid -- pg_class
            AND d.objid OPERATOR(pg_catalog.=) c.oid
            AND d.deptype OPERATOR(pg_catalog.=) 'e'::pg_catalog."char"
    )
    AND CASE
        WHEN pg_catalog.cardinality(:names::pg_catalog.text[]) OPERATOR(pg_catalog.=) 0 THEN a.attnum IS NOT NULL
        WHEN n.nspname OPERATOR(pg_catalog.=) 'public'
            THEN
                c.relname::pg_catalog.text OPERATOR(pg_catalog.=) ANY(:names::pg_catalog.text[])
                OR pg_catalog.concat(n.nspname, '.', c.relname) OPERATOR(pg_catalog.=) ANY(:names::pg_catalog.text[])
        ELSE pg_catalog.concat(n.nspname, '.', c.relname) OPERATOR(pg_catalog.=) ANY(:names::pg_catalog.text[])
    END
ORDER BY n.nspname, c.relname;

-- name: role_rights()^
-- The role that asks, and whether row-level security passes it by.
-- @rows 1
SELECT
    r.rolname AS role,
    r.rolsuper AS is_superuser,
    r.rolbypassrls AS bypasses
FROM pg_catalog.pg_roles AS r
WHERE r.rolname OPERATOR(pg_catalog.=) current_user;
