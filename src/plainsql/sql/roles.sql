-- Roles of an embedded server. Roles belong to the whole server, so every statement may run again.

-- name: create_app_role()#
-- The runtime role: reads and writes rows, owns nothing, stays under row-level security.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_user') THEN
        CREATE ROLE app_user LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody else made it at the same moment
END
$$;

-- name: create_all_tenants_role()#
-- The role behind db.all_tenants(): it has the rights of the runtime role, and row-level security passes it by.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_all_tenants') THEN
        CREATE ROLE app_all_tenants LOGIN NOSUPERUSER BYPASSRLS NOCREATEDB NOCREATEROLE IN ROLE app_user;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody else made it at the same moment
END
$$;
