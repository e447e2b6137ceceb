-- depends: 0015.events
-- Live rows never point to deleted ones: guards that a foreign key, which knows no deleted_at, can't be; a view of live users.
SET LOCAL lock_timeout = '2s';

-- For AFTER INSERT OR UPDATE triggers of children. Arguments: the parent's table, the column that points to it.
-- FOR KEY SHARE is what the foreign key takes as well. Whoever deletes holds FOR UPDATE, so one of the two waits and then
-- sees what the other did.
CREATE FUNCTION app.refuse_deleted_parent() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
DECLARE
    is_deleted boolean;
    parent_id text;
BEGIN
    EXECUTE pg_catalog.format(
        'SELECT p.deleted_at IS NOT NULL, p.id FROM %I.%I AS p'
        ' WHERE p.tenant_id OPERATOR(pg_catalog.=) ($1).tenant_id AND p.id OPERATOR(pg_catalog.=) ($1).%I FOR KEY SHARE',
        TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1]
    ) INTO is_deleted, parent_id USING NEW;
    IF is_deleted THEN
        RAISE EXCEPTION '% of % % is deleted', TG_ARGV[1], TG_TABLE_NAME, parent_id
        USING
            ERRCODE = 'foreign_key_violation',
            SCHEMA = TG_TABLE_SCHEMA,
            TABLE = TG_TABLE_NAME,
            COLUMN = TG_ARGV[1],
            CONSTRAINT = TG_NAME,
            HINT = pg_catalog.format('Restore the row in %I first, or point to a live one.', TG_ARGV[0]);
    END IF;
    RETURN NULL;
END
$$;

-- For BEFORE UPDATE triggers of parents: waits for transactions that add children, and lets no more begin.
CREATE FUNCTION app.lock_for_deletion() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    -- Its snapshot would hide children that were added since it was taken, and nothing tells of them.
    IF pg_catalog.current_setting('transaction_isolation') OPERATOR(pg_catalog.=) 'repeatable read' THEN
        RAISE EXCEPTION 'rows of % are not deleted under REPEATABLE READ: children may have been added unseen', TG_TABLE_NAME
        USING ERRCODE = 'feature_not_supported', HINT = 'Use READ COMMITTED or SERIALIZABLE.';
    END IF;
    EXECUTE pg_catalog.format(
        'SELECT FROM %I.%I AS p'
        ' WHERE p.tenant_id OPERATOR(pg_catalog.=) ($1).tenant_id AND p.id OPERATOR(pg_catalog.=) ($1).id FOR UPDATE',
        TG_TABLE_SCHEMA, TG_TABLE_NAME
    ) USING OLD;
    RETURN NEW;
END
$$;

-- For deferred constraint triggers of parents, so that who deletes may end the children in the same transaction.
-- Arguments: the children's table, the column that points here, the column that says when a child ended, if there is one.
CREATE FUNCTION app.refuse_live_children() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
DECLARE
    still_live constant text := CASE WHEN TG_NARGS OPERATOR(pg_catalog.>) 2
        THEN pg_catalog.format(' AND c.%I IS NULL', TG_ARGV[2]) ELSE '' END;
    has_children boolean;
BEGIN
    EXECUTE pg_catalog.format(
        'SELECT true FROM %I.%I AS p JOIN %I.%I AS c'
        ' ON c.tenant_id OPERATOR(pg_catalog.=) p.tenant_id AND c.%I OPERATOR(pg_catalog.=) p.id'
        ' WHERE p.tenant_id OPERATOR(pg_catalog.=) ($1).tenant_id AND p.id OPERATOR(pg_catalog.=) ($1).id'
        ' AND p.deleted_at IS NOT NULL%s LIMIT 1',
        TG_TABLE_SCHEMA, TG_TABLE_NAME, TG_TABLE_SCHEMA, TG_ARGV[0], TG_ARGV[1], still_live
    ) INTO has_children USING NEW;
    IF has_children THEN
        RAISE EXCEPTION 'row % of % is deleted and still has live rows in %', NEW.id, TG_TABLE_NAME, TG_ARGV[0]
        USING
            ERRCODE = 'foreign_key_violation',
            SCHEMA = TG_TABLE_SCHEMA,
            TABLE = TG_TABLE_NAME,
            CONSTRAINT = TG_NAME,
            HINT = pg_catalog.format('End the rows in %I in the same transaction.', TG_ARGV[0]);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER sessions_opened_for_a_live_user
AFTER INSERT ON sessions
FOR EACH ROW WHEN (new.revoked_at IS NULL)
EXECUTE FUNCTION app.refuse_deleted_parent('users', 'user_id');

CREATE TRIGGER sessions_moved_to_a_live_user
AFTER UPDATE ON sessions
FOR EACH ROW
WHEN (
    new.revoked_at IS NULL
    AND (
        old.revoked_at IS NOT NULL
        OR (old.tenant_id, old.user_id) IS DISTINCT FROM (new.tenant_id, new.user_id)
    )
)
EXECUTE FUNCTION app.refuse_deleted_parent('users', 'user_id');

CREATE TRIGGER users_lock_for_deletion
BEFORE UPDATE ON users
FOR EACH ROW WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL)
EXECUTE FUNCTION app.lock_for_deletion();

CREATE CONSTRAINT TRIGGER users_end_with_their_sessions
AFTER UPDATE ON users
DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW WHEN (old.deleted_at IS NULL AND new.deleted_at IS NOT NULL)
EXECUTE FUNCTION app.refuse_live_children('sessions', 'user_id', 'revoked_at');

-- The caller's own policies apply to it: without security_invoker they would be the owner's.
CREATE VIEW active_users WITH (security_invoker = true) AS
SELECT
    u.id,
    u.tenant_id,
    u.username,
    u.email,
    u.metadata,
    u.login_count,
    u.last_login_at,
    u.version,
    u.created_at,
    u.updated_at,
    u.lower_username,
    u.lower_email
FROM users AS u
WHERE
    u.is_active
    AND u.deleted_at IS NULL;

COMMENT ON FUNCTION app.refuse_deleted_parent()
IS 'Trigger: a child row is not added for a deleted parent, nor moved to one (table, column).';
COMMENT ON FUNCTION app.lock_for_deletion()
IS 'Trigger: who deletes a row waits for transactions that add children to it.';
COMMENT ON FUNCTION app.refuse_live_children()
IS 'Trigger: at COMMIT no deleted row has live children (table, column, column that ends a child).';
COMMENT ON VIEW active_users IS 'Users who may log in: neither deleted nor barred; without their password hash.';
