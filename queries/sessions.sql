-- Sessions: who is logged in.
-- Tables: sessions (about 200,000 rows), access_log (30 days).

-- name: open_session(user_id, token_hash, lifetime, ip)<!
-- Open a session; the caller keeps the token and gives its SHA-256 here.
INSERT INTO sessions (user_id, token_hash, lifetime, expires_at, ip)
VALUES (:user_id, :token_hash, :lifetime, now() + :lifetime, :ip)
RETURNING id, user_id, expires_at;

-- name: session_by_token(token_hash)^
-- The session of a token with its user, if both are live.
SELECT
    s.id,
    s.user_id,
    s.expires_at,
    u.username,
    u.email
FROM sessions AS s
JOIN users AS u ON u.id = s.user_id
WHERE
    s.tenant_id = app.tenant_id()
    AND s.token_hash = :token_hash
    AND s.revoked_at IS NULL
    AND s.expires_at > now()
    AND u.is_active
    AND u.deleted_at IS NULL;

-- name: touch_session(token_hash)^
-- Let a session that is used live on, and return until when; no row if it is over.
-- @why A session of which less than a tenth has passed is not written: otherwise every click would be an UPDATE.
WITH live AS (
    SELECT
        s.id,
        s.lifetime,
        s.expires_at
    FROM sessions AS s
    WHERE
        s.tenant_id = app.tenant_id()
        AND s.token_hash = :token_hash
        AND s.revoked_at IS NULL
        AND s.expires_at > now()
),

touched AS (
    UPDATE sessions AS s
    SET expires_at = now() + s.lifetime
    FROM live
    WHERE
        s.id = live.id
        AND live.expires_at < now() + live.lifetime * 0.9
    RETURNING s.id, s.expires_at
)

SELECT coalesce(touched.expires_at, live.expires_at) AS expires_at
FROM live
LEFT JOIN touched ON touched.id = live.id;

-- name: revoke_session(token_hash)!
-- End one session.
UPDATE sessions
SET revoked_at = now()
WHERE
    token_hash = :token_hash
    AND revoked_at IS NULL;

-- name: revoke_for_users(user_ids)!
-- End every session of these users.
UPDATE sessions
SET revoked_at = now()
WHERE
    user_id = ANY(:user_ids)
    AND revoked_at IS NULL;

-- name: expire_sessions(max_rows)!
-- Remove sessions that ran out, the oldest first; call it until it returns 0.
-- @why ARRAY is evaluated once; a sub-select under IN may be evaluated for each row, and each time find as many again.
DELETE FROM sessions
WHERE
    id = ANY(ARRAY(
        SELECT s.id
        FROM sessions AS s
        WHERE
            s.revoked_at IS NULL
            AND s.expires_at < now()
        ORDER BY s.expires_at
        LIMIT :max_rows
        FOR UPDATE SKIP LOCKED
    ));

-- name: log_access(user_ids)!
-- Log that the data of these users was read.
INSERT INTO access_log (user_id)
SELECT user_id FROM unnest(:user_ids::bigint[]) AS seen (user_id);
