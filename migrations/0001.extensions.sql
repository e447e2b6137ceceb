-- Trigram matching for misspelt product names, and the function that keeps updated_at true.
SET LOCAL lock_timeout = '2s';

-- The comment marks the extension as ours: the rollback drops it only then.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'pg_trgm') THEN
        CREATE EXTENSION pg_trgm;
        COMMENT ON EXTENSION pg_trgm IS 'Trigram matching; created by the migration 0001.extensions.';
    END IF;
END
$$;

CREATE FUNCTION set_updated_at() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

COMMENT ON FUNCTION set_updated_at() IS 'Row trigger: whoever updates a row, by whatever path, moves its updated_at.';
