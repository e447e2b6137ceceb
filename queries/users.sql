-- Users: accounts that log in.
-- Tables: users (about 2 million rows).

-- name: create_user(username, email, password_hash, metadata)<!
-- Create a user; a name or address that a live user has, in whatever case, is 23505 on users_lower_…_key.
-- @before validate_email(email)
-- @before hash_password(password -> password_hash)
INSERT INTO users (username, email, password_hash, metadata)
VALUES (:username, :email, :password_hash, :metadata)
RETURNING id, username, email, metadata, version, created_at;

-- name: get_user(user_id)^
-- One user by key; that somebody looked is logged.
-- @after log_access
SELECT
    u.id,
    u.username,
    u.email,
    u.metadata,
    u.is_active,
    u.login_count,
    u.last_login_at,
    u.version,
    u.created_at
FROM users AS u
WHERE
    u.id = :user_id
    AND u.deleted_at IS NULL;

-- name: find_by_email(email)^
-- One user by e-mail address, whatever its case; that somebody looked is logged.
-- @after log_access
-- @why The unique index is on lower_email of live users, so both have to stand here for it to serve.
SELECT
    u.id,
    u.username,
    u.email,
    u.is_active,
    u.version
FROM users AS u
WHERE
    u.tenant_id = app.tenant_id()
    AND u.lower_email = lower(:email)
    AND u.deleted_at IS NULL;

-- name: users_for_support(user_ids)
-- Users as the help desk sees them, addresses masked; one line in the log for each.
-- @after mask_user
-- @after log_access
SELECT
    u.id,
    u.username,
    u.email,
    u.is_active,
    u.last_login_at
FROM users AS u
WHERE
    u.id = ANY(:user_ids)
    AND u.deleted_at IS NULL
ORDER BY u.id;

-- name: find_active_users(after_user_id, max_rows)
-- Users who may log in, in the order of their keys, behind a given one; the first page stands behind 0.
SELECT
    u.id,
    u.username,
    u.email,
    u.last_login_at
FROM active_users AS u
WHERE
    u.tenant_id = app.tenant_id()
    AND u.id > :after_user_id
ORDER BY u.id
LIMIT :max_rows;

-- name: login_credentials(email)^
-- What a login is checked against; the hash leaves the database for that only.
SELECT
    u.id,
    u.password_hash
FROM users AS u
WHERE
    u.tenant_id = app.tenant_id()
    AND u.lower_email = lower(:email)
    AND u.is_active
    AND u.deleted_at IS NULL;

-- name: record_login(user_id, verified_hash)^
-- Count a login and return when the one before was; no row if the password was changed since it was verified.
WITH previous AS (
    SELECT
        u.id,
        u.last_login_at
    FROM users AS u
    WHERE
        u.id = :user_id
        AND u.password_hash = :verified_hash
        AND u.is_active
        AND u.deleted_at IS NULL
    FOR UPDATE
)

UPDATE users
SET
    login_count = users.login_count + 1,
    last_login_at = now()
FROM previous
WHERE users.id = previous.id
RETURNING
    users.id,
    previous.last_login_at AS previous_login_at,
    users.login_count;

-- name: update_profile(user_id, version, username, metadata)<!
-- Change what a user may change; whoever read an older version is told with the profile as it stands.
-- @optimistic version
WITH current AS (
    SELECT
        u.id,
        u.version,
        u.username,
        u.metadata,
        u.updated_at
    FROM users AS u
    WHERE
        u.id = :user_id
        AND u.deleted_at IS NULL
    FOR NO KEY UPDATE
),

written AS (
    UPDATE users AS u
    SET
        username = :username,
        metadata = :metadata,
        version = u.version + 1
    FROM current AS c
    WHERE
        u.id = c.id
        AND c.version = :version
    RETURNING u.id, u.username, u.metadata, u.version, u.updated_at
)

SELECT
    w.id,
    w.username,
    w.metadata,
    w.version,
    w.updated_at,
    c.version AS "current.version",
    c.username AS "current.username",
    c.metadata AS "current.metadata",
    c.updated_at AS "current.updated_at"
FROM current AS c
LEFT JOIN written AS w ON w.id = c.id;

-- name: change_password(user_id, password_hash)^
-- Set another password; every session of the user ends.
-- @before hash_password(password -> password_hash)
-- @after drop_sessions
UPDATE users
SET password_hash = :password_hash
WHERE
    id = :user_id
    AND deleted_at IS NULL
RETURNING id;

-- name: rehash_password(user_id, verified_hash, password_hash)!
-- Store the same password with the hash of today's cost; sessions stay. 0 if it was changed in the meantime.
-- @before hash_password(password -> password_hash)
UPDATE users
SET password_hash = :password_hash
WHERE
    id = :user_id
    AND password_hash = :verified_hash;

-- name: soft_delete_users(user_ids, reason)
-- Delete users for everybody but the purge; their sessions end in the same transaction.
-- @changes
-- @after drop_sessions
-- @why FOR UPDATE, in the order of the key: nobody adds a session meanwhile, and two callers can't deadlock.
WITH live AS (
    SELECT
        u.id,
        u.username,
        u.email,
        u.deleted_at,
        u.deletion_reason
    FROM users AS u
    WHERE
        u.id = ANY(:user_ids)
        AND u.deleted_at IS NULL
    ORDER BY u.id
    FOR UPDATE
)

UPDATE users AS u
SET
    deleted_at = now(),
    deletion_reason = :reason
FROM live
WHERE u.id = live.id
RETURNING
    live.id AS "old.id",
    live.username AS "old.username",
    live.email AS "old.email",
    live.deleted_at AS "old.deleted_at",
    live.deletion_reason AS "old.deletion_reason",
    u.id AS "new.id",
    u.username AS "new.username",
    u.email AS "new.email",
    u.deleted_at AS "new.deleted_at",
    u.deletion_reason AS "new.deletion_reason";

-- name: restore_user(user_id)^
-- Bring a deleted user back; 23505 if a live user has taken the name or the address in the meantime. Sessions stay ended.
UPDATE users
SET
    deleted_at = NULL,
    deletion_reason = NULL
WHERE
    id = :user_id
    AND deleted_at IS NOT NULL
RETURNING id, username, email;

-- name: restore_conflicts(user_id)
-- Which live users have taken the address and the name of a deleted one: field and key.
SELECT
    'email' AS field,
    u.id AS user_id
FROM users AS gone
JOIN users AS u ON u.tenant_id = gone.tenant_id AND u.lower_email = gone.lower_email
WHERE
    gone.id = :user_id
    AND gone.deleted_at IS NOT NULL
    AND u.deleted_at IS NULL
UNION ALL
SELECT
    'username' AS field,
    u.id AS user_id
FROM users AS gone
JOIN users AS u ON u.tenant_id = gone.tenant_id AND u.lower_username = gone.lower_username
WHERE
    gone.id = :user_id
    AND gone.deleted_at IS NOT NULL
    AND u.deleted_at IS NULL
ORDER BY field;

-- name: count_purgeable(older_than)$
-- How many users were deleted longer ago than this interval.
SELECT count(*) AS users
FROM users AS u
WHERE u.deleted_at < now() - :older_than::interval;

-- name: purge_deleted(older_than, max_rows)!
-- Remove users who were deleted longer ago than this interval, with their sessions; call it until it returns 0.
-- @why Small batches hold few locks, and rows that somebody else has locked wait for the next call. ARRAY is evaluated
-- once; a sub-select under IN may be evaluated for each row, and each time lock and find as many again.
DELETE FROM users
WHERE
    id = ANY(ARRAY(
        SELECT u.id
        FROM users AS u
        WHERE u.deleted_at < now() - :older_than::interval
        ORDER BY u.deleted_at, u.id
        LIMIT :max_rows
        FOR UPDATE SKIP LOCKED
    ));
