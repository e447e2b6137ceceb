-- Databases of a server.

-- name: database_exists(name)$
-- Whether a server has a database of that name.
SELECT EXISTS (SELECT FROM pg_catalog.pg_database AS d WHERE d.datname = :name);
