-- depends: 0014.attachments
-- Events: what happened, partitioned by day, and how much of it in each hour.
SET LOCAL lock_timeout = '2s';

-- No reference to tenants: to make or drop a partition would then lock tenants, and with it every new row that refers to one.
CREATE TABLE events (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    at timestamptz NOT NULL DEFAULT now(),
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    kind text NOT NULL,
    entity_id bigint NOT NULL,
    value numeric NOT NULL DEFAULT 1,
    props jsonb NOT NULL DEFAULT '{}',
    CONSTRAINT events_pkey PRIMARY KEY (id, at),
    CONSTRAINT events_at_is_finite CHECK (isfinite(at)),
    CONSTRAINT events_kind_is_1_to_100_characters CHECK (char_length(kind) BETWEEN 1 AND 100),
    CONSTRAINT events_value_is_finite CHECK (value > '-Infinity' AND value < 'Infinity'),
    CONSTRAINT events_props_are_an_object CHECK (jsonb_typeof(props) = 'object')
) PARTITION BY RANGE (at);

CREATE INDEX events_at_brin_idx ON events USING brin (at);
CREATE INDEX events_kind_at_id_idx ON events (tenant_id, kind, at DESC, id DESC);
CREATE INDEX events_kind_entity_id_at_id_idx ON events (tenant_id, kind, entity_id, at DESC, id DESC);

CREATE TABLE events_hourly (
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    kind text NOT NULL,
    bucket timestamptz NOT NULL,
    n bigint NOT NULL,
    total numeric NOT NULL,
    rolled_up_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT events_hourly_pkey PRIMARY KEY (tenant_id, kind, bucket),
    CONSTRAINT events_hourly_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id),
    CONSTRAINT events_hourly_bucket_is_a_full_hour CHECK (bucket = date_trunc('hour', bucket, 'UTC')),
    CONSTRAINT events_hourly_n_is_not_negative CHECK (n >= 0)
);

CREATE TABLE events_changed_hours (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    kind text NOT NULL,
    bucket timestamptz NOT NULL,
    CONSTRAINT events_changed_hours_pkey PRIMARY KEY (id),
    CONSTRAINT events_changed_hours_bucket_is_a_full_hour CHECK (bucket = date_trunc('hour', bucket, 'UTC'))
);

CREATE INDEX events_changed_hours_bucket_idx ON events_changed_hours (tenant_id, bucket);

-- A statement that changes events notes which hours it changed. A moment up to which all is counted would not do: what
-- commits after the count, and began before it, would be counted never.
CREATE FUNCTION events_note_hours() RETURNS trigger
LANGUAGE plpgsql
SET search_path = ''
AS $$
BEGIN
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO public.events_changed_hours (tenant_id, kind, bucket)
        SELECT DISTINCT n.tenant_id, n.kind, pg_catalog.date_trunc('hour', n.at, 'UTC')
        FROM new_rows AS n;
    END IF;
    IF TG_OP <> 'INSERT' THEN
        INSERT INTO public.events_changed_hours (tenant_id, kind, bucket)
        SELECT DISTINCT o.tenant_id, o.kind, pg_catalog.date_trunc('hour', o.at, 'UTC')
        FROM old_rows AS o;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER events_note_inserted_hours
AFTER INSERT ON events
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION events_note_hours();

CREATE TRIGGER events_note_updated_hours
AFTER UPDATE ON events
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION events_note_hours();

CREATE TRIGGER events_note_deleted_hours
AFTER DELETE ON events
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION events_note_hours();

ALTER TABLE events ENABLE ROW LEVEL SECURITY;
ALTER TABLE events FORCE ROW LEVEL SECURITY;
CREATE POLICY events_are_the_tenants ON events
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE events_hourly ENABLE ROW LEVEL SECURITY;
ALTER TABLE events_hourly FORCE ROW LEVEL SECURITY;
CREATE POLICY events_hourly_are_the_tenants ON events_hourly
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE events_changed_hours ENABLE ROW LEVEL SECURITY;
ALTER TABLE events_changed_hours FORCE ROW LEVEL SECURITY;
CREATE POLICY events_changed_hours_are_the_tenants ON events_changed_hours
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

-- A policy holds for those who come through its own table. A partition has none: nobody comes to it from aside.
-- The partitions of today and the week ahead, as `plainsql migrate partitions` names them; it makes those to come.
DO $$
DECLARE
    day timestamptz := date_trunc('day', now(), 'UTC');
BEGIN
    FOR number IN 0..7 LOOP
        EXECUTE format(
            'CREATE TABLE %I PARTITION OF events FOR VALUES FROM (%L) TO (%L)',
            'events_p' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD'), day, day + interval '24 hours'
        );
        EXECUTE format(
            'ALTER TABLE %I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY',
            'events_p' || to_char(day AT TIME ZONE 'UTC', 'YYYYMMDD')
        );
        day := day + interval '24 hours';
    END LOOP;
END
$$;

COMMENT ON TABLE events IS 'What happened, one row each; partitioned by day, without a default partition: a row that no day is there for is 23514.';
COMMENT ON COLUMN events.at IS 'When it happened, not when it was recorded: late ones are welcome as long as their day is kept.';
COMMENT ON COLUMN events.tenant_id IS 'Whose event it is; no other tenant sees it.';
COMMENT ON COLUMN events.entity_id IS 'What it happened to: a product, an order, a sensor; kind says which.';
COMMENT ON TABLE events_hourly IS 'Events by kind and hour; rollup_hour makes it, and makes it again when an hour has changed. Hours outlive the events.';
COMMENT ON COLUMN events_hourly.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN events_hourly.bucket IS 'Start of the hour, UTC.';
COMMENT ON COLUMN events_hourly.n IS 'Zero where the hour had such events and they were deleted.';
COMMENT ON TABLE events_changed_hours IS 'Hours with changes that events_hourly has not seen: how late rows are found. One row for each kind and hour that a statement changed.';
