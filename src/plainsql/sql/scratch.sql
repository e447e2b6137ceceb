-- Scratch: databases that plainsql builds to ask PostgreSQL about queries, and drops again.
-- Tables: pg_database, pg_shdescription, pg_roles, pg_prepared_xacts, pg_available_extensions.

-- name: lock_scratch(key)$
-- Wait until nobody else builds a scratch database of this key; the session keeps the lock.
SELECT pg_catalog.pg_advisory_lock(pg_catalog.hashtextextended(:key, 0)) IS NOT NULL AS locked;

-- name: list_scratch_databases(prefix, description)
-- List scratch databases whose names begin with a prefix and that carry a description, newest first.
SELECT d.datname AS name
FROM pg_catalog.pg_database AS d
WHERE
    pg_catalog.starts_with(d.datname::text, :prefix)
    AND (
        :description::text IS NULL
        OR pg_catalog.shobj_description(d.oid, 'pg_database') = :description
    )
ORDER BY d.oid DESC;

-- name: list_scratch_roles(prefix)
-- List roles whose names begin with a prefix.
SELECT r.rolname AS name
FROM pg_catalog.pg_roles AS r
WHERE pg_catalog.starts_with(r.rolname::text, :prefix)
ORDER BY r.rolname;

-- name: list_prepared_transactions(name)
-- List the transactions of a database that were prepared and not ended: they keep their locks and the database.
SELECT x.gid
FROM pg_catalog.pg_prepared_xacts AS x
WHERE x.database = :name;

-- name: list_extensions(names)
-- List those of some extensions that the server has, and whether only a superuser may make them.
SELECT
    e.name,
    COALESCE(v.superuser AND NOT v.trusted, TRUE) AS needs_superuser
FROM pg_catalog.pg_available_extensions AS e
LEFT JOIN pg_catalog.pg_available_extension_versions AS v
    ON v.name OPERATOR(pg_catalog.=) e.name AND v.version OPERATOR(pg_catalog.=) e.default_version
WHERE e.name::pg_catalog.text OPERATOR(pg_catalog.=) ANY(:names::pg_catalog.text[]);
