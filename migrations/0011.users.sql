-- depends: 0010.tenancy
-- Users: accounts that log in. A deleted one keeps its row until it is purged; its names are free at once.
SET LOCAL lock_timeout = '2s';

CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    username text NOT NULL,
    email text NOT NULL,
    password_hash text NOT NULL,
    metadata jsonb NOT NULL DEFAULT '{}',
    login_count integer NOT NULL DEFAULT 0,
    last_login_at timestamptz,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    deleted_at timestamptz,
    deletion_reason text,
    -- Row-level security lets equality of text reach an index, but not lower().
    lower_username text GENERATED ALWAYS AS (lower(username)) STORED,
    lower_email text GENERATED ALWAYS AS (lower(email)) STORED,
    CONSTRAINT users_pkey PRIMARY KEY (id),
    CONSTRAINT users_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT users_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT users_username_is_1_to_50_characters CHECK (char_length(username) BETWEEN 1 AND 50),
    CONSTRAINT users_email_has_an_at_sign CHECK (email LIKE '_%@_%' AND char_length(email) <= 100),
    -- Whoever forgets to hash is stopped here: a password is never stored as it was typed.
    CONSTRAINT users_password_hash_is_of_bcrypt
    CHECK (password_hash ~ '^\$2[aby]\$(0[4-9]|[12][0-9]|3[01])\$[./A-Za-z0-9]{53}$'),
    CONSTRAINT users_metadata_is_an_object CHECK (jsonb_typeof(metadata) = 'object'),
    CONSTRAINT users_login_count_is_not_negative CHECK (login_count >= 0),
    CONSTRAINT users_deletion_reason_is_of_a_deleted_user CHECK (deletion_reason IS NULL OR deleted_at IS NOT NULL)
);

CREATE UNIQUE INDEX users_lower_email_key ON users (tenant_id, lower_email) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX users_lower_username_key ON users (tenant_id, lower_username) WHERE deleted_at IS NULL;
CREATE INDEX users_last_login_at_idx ON users (tenant_id, last_login_at);
CREATE INDEX users_deleted_at_idx ON users (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

ALTER TABLE users ENABLE ROW LEVEL SECURITY;
ALTER TABLE users FORCE ROW LEVEL SECURITY;
CREATE POLICY users_are_the_tenants ON users
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

CREATE TRIGGER users_set_updated_at
BEFORE UPDATE ON users
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE users IS 'Accounts that log in.';
COMMENT ON COLUMN users.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN users.lower_username IS 'For lookups by index; row-level security keeps lower(username) from one.';
COMMENT ON COLUMN users.lower_email IS 'For lookups by index; row-level security keeps lower(email) from one.';
COMMENT ON COLUMN users.password_hash IS 'bcrypt''s own form, with its cost and salt; anything else is refused.';
COMMENT ON COLUMN users.metadata IS 'What the application keeps about a user, as an object.';
COMMENT ON COLUMN users.version IS 'Counts changes of the profile: whoever writes says which one was read.';
COMMENT ON COLUMN users.deleted_at IS 'Set: the user is gone for everybody, the row waits for the purge.';
