-- Drops the extension only if the migration created it and nothing else has come to need it.
SET LOCAL lock_timeout = '2s';

DROP FUNCTION set_updated_at();

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_extension AS e
        WHERE
            e.extname = 'pg_trgm'
            AND pg_catalog.obj_description(e.oid, 'pg_extension') LIKE '%created by the migration 0001.extensions.'
    ) THEN
        DROP EXTENSION pg_trgm;
    END IF;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'pg_trgm stays: other objects of this database use it';
END
$$;
