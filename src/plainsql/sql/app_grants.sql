-- What the runtime role may do in the project's database on an embedded server: rows, not tables.

-- name: grant_app_role()#
-- Schemas, tables and sequences that the owner makes from now on.
ALTER DEFAULT PRIVILEGES GRANT USAGE ON SCHEMAS TO app_user;
ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app_user;
ALTER DEFAULT PRIVILEGES GRANT USAGE, SELECT ON SEQUENCES TO app_user;
