-- depends: 0008.payments
-- Tenants, and the function by which policies and defaults know whose transaction this is.
SET LOCAL lock_timeout = '2s';

CREATE SCHEMA app;

CREATE FUNCTION app.tenant_id() RETURNS uuid
LANGUAGE sql
STABLE
PARALLEL SAFE
-- A pooled connection reads '' where an earlier transaction had set the setting: that is no tenant, not a bad uuid.
RETURN nullif(pg_catalog.current_setting('app.tenant_id', true), '')::uuid;

CREATE TABLE tenants (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    slug text NOT NULL,
    name text NOT NULL,
    plan text NOT NULL DEFAULT 'free',
    settings jsonb NOT NULL DEFAULT '{}',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT tenants_pkey PRIMARY KEY (id),
    CONSTRAINT tenants_slug_key UNIQUE (slug),
    CONSTRAINT tenants_slug_is_a_dns_label CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    CONSTRAINT tenants_name_is_1_to_200_characters CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT tenants_plan_is_known CHECK (plan IN ('free', 'team', 'enterprise')),
    CONSTRAINT tenants_settings_are_an_object CHECK (jsonb_typeof(settings) = 'object')
);

CREATE TRIGGER tenants_set_updated_at
BEFORE UPDATE ON tenants
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

-- What stood before there were tenants belongs to this one.
INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000001', 'main', 'Main');

COMMENT ON SCHEMA app IS 'What policies and defaults ask about the transaction that is running.';
COMMENT ON FUNCTION app.tenant_id() IS 'The tenant of the transaction, null without one: set_config(''app.tenant_id'', …, true).';
COMMENT ON TABLE tenants IS 'Who shares this database without seeing the others.';
COMMENT ON COLUMN tenants.slug IS 'Name in addresses: a DNS label, lower case.';
