-- depends: 0011.users
-- Sessions of users who have logged in, and the log of who was looked at.
SET LOCAL lock_timeout = '2s';

CREATE TABLE sessions (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    user_id bigint NOT NULL,
    token_hash bytea NOT NULL,
    lifetime interval NOT NULL,
    expires_at timestamptz NOT NULL,
    ip inet,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz,
    CONSTRAINT sessions_pkey PRIMARY KEY (id),
    CONSTRAINT sessions_token_hash_key UNIQUE (tenant_id, token_hash),
    CONSTRAINT sessions_user_id_fkey
    FOREIGN KEY (tenant_id, user_id) REFERENCES users (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT sessions_token_hash_is_32_bytes CHECK (octet_length(token_hash) = 32),
    CONSTRAINT sessions_lifetime_is_positive CHECK (lifetime > INTERVAL '0')
);

CREATE INDEX sessions_user_id_idx ON sessions (tenant_id, user_id);
CREATE INDEX sessions_expires_at_idx ON sessions (tenant_id, expires_at) WHERE revoked_at IS NULL;

ALTER TABLE sessions ENABLE ROW LEVEL SECURITY;
ALTER TABLE sessions FORCE ROW LEVEL SECURITY;
CREATE POLICY sessions_are_the_tenants ON sessions
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

COMMENT ON TABLE sessions IS 'Who is logged in: one row for each token that was given out.';
COMMENT ON COLUMN sessions.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN sessions.token_hash IS 'SHA-256 of the token: whoever reads this table can''t log in with it.';
COMMENT ON COLUMN sessions.lifetime IS 'How long the session lives after it was last used.';

CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    at timestamptz NOT NULL DEFAULT now(),
    actor_id text DEFAULT nullif(current_setting('app.actor_id', true), ''),
    user_id bigint NOT NULL,
    CONSTRAINT access_log_pkey PRIMARY KEY (id),
    CONSTRAINT access_log_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id)
);

CREATE INDEX access_log_user_id_at_idx ON access_log (tenant_id, user_id, at);
CREATE INDEX access_log_at_idx ON access_log USING brin (at);

ALTER TABLE access_log ENABLE ROW LEVEL SECURITY;
ALTER TABLE access_log FORCE ROW LEVEL SECURITY;
CREATE POLICY access_log_is_the_tenants ON access_log
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

COMMENT ON TABLE access_log IS 'Whose data was read, one row for each user and statement; it outlives the users.';
COMMENT ON COLUMN access_log.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN access_log.actor_id IS 'Who read it: the setting app.actor_id of the transaction, null without one.';
COMMENT ON COLUMN access_log.user_id IS 'Key in users, without a constraint: a purged user''s log stays.';
