-- The comment on a database: the demo marks what it made. No row: there is no such database.
SELECT shobj_description(d.oid, 'pg_database') AS comment
FROM pg_catalog.pg_database AS d
WHERE d.datname = $1;
