-- Audit: who changed which row when, from what to what. Written by triggers, read by auditors, changed by nobody.
SET LOCAL lock_timeout = '2s';

CREATE SCHEMA audit;

CREATE TABLE public.audit_logs (
    id bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL,
    table_name text NOT NULL,
    record_pk jsonb,
    action text NOT NULL,
    actor_id text,
    request_id text,
    reason text,
    db_role text NOT NULL DEFAULT session_user,
    txid xid8 NOT NULL,
    old jsonb,
    new jsonb,
    CONSTRAINT audit_logs_pkey PRIMARY KEY (txid, id, at),
    CONSTRAINT audit_logs_action_is_known CHECK (action IN ('INSERT', 'UPDATE', 'DELETE', 'TRUNCATE')),
    CONSTRAINT audit_logs_names_its_row CHECK ((record_pk IS NULL) = (action = 'TRUNCATE'))
) PARTITION BY RANGE (at);

CREATE INDEX audit_logs_table_name_record_pk_idx ON public.audit_logs (table_name, record_pk);
CREATE INDEX audit_logs_actor_id_at_idx ON public.audit_logs (actor_id, at) WHERE actor_id IS NOT NULL;
CREATE INDEX audit_logs_at_idx ON public.audit_logs USING brin (at);

CREATE TABLE audit.tables (
    table_name text NOT NULL,
    relation text NOT NULL,
    key_columns text [] NOT NULL,
    redacted text [] NOT NULL,
    plain text [] NOT NULL,
    quiet text [] NOT NULL,
    CONSTRAINT tables_pkey PRIMARY KEY (table_name)
);

CREATE TABLE audit.seals (
    number bigint NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT pg_catalog.now(),
    txid xid8 NOT NULL,
    entry_id bigint NOT NULL,
    entries bigint NOT NULL,
    head bytea NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT seals_pkey PRIMARY KEY (number),
    CONSTRAINT seals_number_is_positive CHECK (number > 0)
);

CREATE TABLE audit.digests (
    txid xid8 NOT NULL,
    entry_id bigint NOT NULL,
    digest bytea NOT NULL,
    CONSTRAINT digests_pkey PRIMARY KEY (txid, entry_id)
);

-- Default privileges may have given the application rights on what was just made: nobody but the owner keeps any.
CREATE FUNCTION audit.revoke_all(relation regclass) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    grantee text;
BEGIN
    FOR grantee IN
        SELECT DISTINCT CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
        FROM pg_class AS c
        CROSS JOIN LATERAL aclexplode(c.relacl) AS a
        WHERE c.oid = revoke_all.relation AND a.grantee <> c.relowner
    LOOP
        EXECUTE format('REVOKE ALL ON TABLE %s FROM %s', revoke_all.relation, grantee);
    END LOOP;
END
$$;

CREATE FUNCTION audit.revoke_functions() RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    granted record;
BEGIN
    FOR granted IN
        SELECT DISTINCT
            p.oid::regprocedure AS function,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
        FROM pg_proc AS p
        CROSS JOIN LATERAL aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS a
        WHERE
            p.pronamespace = 'audit'::regnamespace
            AND a.grantee <> p.proowner
            -- What an auditor was given stays; what would write entries is nobody's.
            AND (
                a.grantee = 0
                OR p.prorettype = 'trigger'::regtype
                OR (p.proname = 'record' AND NOT EXISTS (SELECT FROM audit.tables))
            )
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', granted.function, granted.grantee);
    END LOOP;
END
$$;

CREATE FUNCTION audit.refuse() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION '% on % is refused: the audit is only appended to', TG_OP, TG_RELID::regclass
    USING ERRCODE = 'insufficient_privilege', HINT = 'Old months go by DETACH PARTITION and DROP TABLE.';
END
$$;

CREATE FUNCTION audit.refuse_key_change(table_name text, old_key jsonb, new_key jsonb) RETURNS jsonb
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    RAISE EXCEPTION 'the primary key of a row of % was to change from % to %', table_name, old_key, new_key
    USING
        ERRCODE = 'restrict_violation',
        HINT = 'The history of an audited row hangs on its key: delete the row and insert another.';
END
$$;

-- Makes the months that are missing, this one and so many ahead; returns the names of those it made. Writers go on.
CREATE FUNCTION audit.make_partitions(months integer DEFAULT 12) RETURNS SETOF text
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
AS $$
DECLARE
    starts timestamptz;
    name text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit.make_partitions', 0));
    FOR starts IN
        SELECT date_trunc('month', now()) + make_interval(months => ahead)
        FROM generate_series(0, make_partitions.months) AS ahead
    LOOP
        name := 'logs_' || to_char(starts, 'YYYY_MM');
        CONTINUE WHEN to_regclass('audit.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE audit.%I (LIKE public.audit_logs INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
        EXECUTE format('COMMENT ON TABLE audit.%I IS %L', name, 'audit_logs of ' || to_char(starts, 'YYYY-MM, UTC.'));
        -- ATTACH, unlike CREATE TABLE … PARTITION OF, doesn't wait for those who are writing entries.
        EXECUTE format(
            'ALTER TABLE public.audit_logs ATTACH PARTITION audit.%I FOR VALUES FROM (%L) TO (%L)',
            name, starts, starts + interval '1 month'
        );
        EXECUTE format(
            'CREATE TRIGGER logs_are_not_truncated BEFORE TRUNCATE ON audit.%I '
            'FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse()', name
        );
        PERFORM audit.revoke_all(format('audit.%I', name)::regclass);
        RETURN NEXT name;
    END LOOP;
END
$$;

-- Gives partitions of an audited table its triggers: call it after CREATE TABLE … PARTITION OF and after ATTACH.
CREATE FUNCTION audit.cover(table_name text) RETURNS SETOF regclass
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    root regclass := (SELECT t.relation::regclass FROM audit.tables AS t WHERE t.table_name = cover.table_name);
    member regclass;
    made record;
    is_covered boolean;
BEGIN
    IF root IS NULL THEN
        RAISE EXCEPTION 'no table % is audited', cover.table_name USING ERRCODE = 'undefined_table';
    END IF;
    FOR member IN SELECT p.relid FROM pg_partition_tree(root) AS p WHERE p.relid <> root LOOP
        is_covered := true;
        FOR made IN
            SELECT
                t.tgname,
                pg_get_triggerdef(t.oid) AS definition
            FROM pg_trigger AS t
            JOIN pg_proc AS p ON p.oid = t.tgfoid
            WHERE t.tgrelid = root AND p.pronamespace = 'audit'::regnamespace
        LOOP
            CONTINUE WHEN EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = member AND t.tgname = made.tgname);
            is_covered := false;
            EXECUTE replace(made.definition, format(' ON %s ', root), format(' ON %s ', member));
        END LOOP;
        IF NOT is_covered THEN
            RETURN NEXT member;
        END IF;
    END LOOP;
END
$$;

-- Returns the row as it stands, in the form that entries have; no row: NULL. It reads with the rights of who asks.
CREATE FUNCTION audit.current_row(table_name text, record_pk jsonb) RETURNS jsonb
LANGUAGE plpgsql
STABLE
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
AS $$
DECLARE
    audited audit.tables := (SELECT t FROM audit.tables AS t WHERE t.table_name = current_row.table_name);
    present jsonb;
BEGIN
    IF audited.relation IS NULL THEN
        RAISE EXCEPTION 'no table % is audited', current_row.table_name USING ERRCODE = 'undefined_table';
    END IF;
    EXECUTE format(
        'SELECT to_jsonb(r) FROM (SELECT %s FROM %s AS t JOIN jsonb_populate_record(NULL::%s, $1) AS k ON %s) AS r',
        (
            SELECT
                string_agg(
                    CASE
                        WHEN a.attname = ANY(audited.redacted) THEN format('%L AS %I', '[redacted]', a.attname)
                        ELSE format('t.%I', a.attname)
                    END,
                    ', ' ORDER BY a.attnum
                )
            FROM pg_attribute AS a
            WHERE
                a.attrelid = audited.relation::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
        ),
        audited.relation,
        audited.relation,
        (SELECT string_agg(format('t.%1$I = k.%1$I', key), ' AND ') FROM unnest(audited.key_columns) AS key)
    ) INTO present USING record_pk;
    RETURN present;
END
$$;

-- Lets a role read the audit, of all tables and tenants, and verify its seals.
CREATE FUNCTION audit.let_read(reader text) RETURNS void
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    EXECUTE format('GRANT USAGE ON SCHEMA audit TO %I', reader);
    EXECUTE format('GRANT SELECT ON public.audit_logs, audit.tables, audit.seals, audit.digests TO %I', reader);
    EXECUTE format('GRANT EXECUTE ON FUNCTION audit.current_row(text, jsonb) TO %I', reader);
END
$$;

-- Writes entries for a table without triggers, for hooks of the application: grant it to the role that may.
CREATE FUNCTION audit.record(table_name text, entries jsonb) RETURNS bigint
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    written bigint;
BEGIN
    IF EXISTS (SELECT FROM audit.tables AS t WHERE t.table_name = record.table_name) THEN
        RAISE EXCEPTION '% has the triggers of the audit: an entry of a hook would be one too many', record.table_name
        USING ERRCODE = 'object_in_use';
    END IF;
    INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
    SELECT
        clock_timestamp(),
        record.table_name,
        e.value -> 'record_pk',
        e.value ->> 'action',
        nullif(current_setting('app.actor_id', true), ''),
        nullif(current_setting('app.request_id', true), ''),
        nullif(current_setting('app.reason', true), ''),
        pg_current_xact_id(),
        nullif(e.value -> 'old', 'null'),
        nullif(e.value -> 'new', 'null')
    FROM jsonb_array_elements(record.entries) WITH ORDINALITY AS e (value, place)
    ORDER BY e.place;
    GET DIAGNOSTICS written = ROW_COUNT;
    RETURN written;
END
$$;

CREATE TRIGGER audit_logs_are_not_changed
BEFORE UPDATE OR DELETE ON public.audit_logs
FOR EACH ROW EXECUTE FUNCTION audit.refuse();

CREATE TRIGGER audit_logs_are_not_truncated
BEFORE TRUNCATE ON public.audit_logs
FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

CREATE TRIGGER seals_are_not_changed
BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.seals
FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

CREATE TRIGGER digests_are_not_changed
BEFORE UPDATE OR DELETE OR TRUNCATE ON audit.digests
FOR EACH STATEMENT EXECUTE FUNCTION audit.refuse();

-- A trigger function with the owner's rights, on a table of one's own, would write any entry.
DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

-- Who may read is for the DBA to say: GRANT SELECT ON audit_logs TO …; entries of all tenants stand side by side.
DO $$
BEGIN
    PERFORM audit.revoke_all(c.oid::regclass)
    FROM pg_catalog.pg_class AS c
    WHERE
        c.relkind IN ('r', 'p', 'S')
        AND (
            c.relnamespace = 'audit'::regnamespace
            OR c.oid = 'public.audit_logs'::regclass
            OR c.oid = pg_catalog.pg_get_serial_sequence('public.audit_logs', 'id')::regclass
        );
    PERFORM audit.make_partitions();
END
$$;

COMMENT ON SCHEMA audit IS 'What writes and seals public.audit_logs.';
COMMENT ON TABLE public.audit_logs IS 'One entry for each changed row of an audited table. Inserted by triggers only; update, delete and truncate are refused.';
COMMENT ON COLUMN public.audit_logs.at IS 'When the statement ended, by the clock, before the commit. For one row, id and at rise together.';
COMMENT ON COLUMN public.audit_logs.table_name IS 'As SQL writes it: orders, or sales.orders outside of public.';
COMMENT ON COLUMN public.audit_logs.actor_id IS 'Setting app.actor_id of the transaction; null: nobody said.';
COMMENT ON COLUMN public.audit_logs.db_role IS 'The role that had logged in.';
COMMENT ON COLUMN public.audit_logs.old IS 'Changed columns before, with DELETE all; [redacted] in the place of what is secret.';
COMMENT ON COLUMN public.audit_logs.new IS 'Changed columns after, with INSERT all; [redacted] in the place of what is secret.';
COMMENT ON TABLE audit.tables IS 'What is audited, and which of its columns how.';
COMMENT ON COLUMN audit.tables.plain IS 'Columns that hold no secret though their names say so.';
COMMENT ON COLUMN audit.tables.quiet IS 'Columns whose change alone makes no entry, such as updated_at.';
COMMENT ON TABLE audit.seals IS 'Heads of the hash chain, each signed with a key that the server does not know.';
COMMENT ON TABLE audit.digests IS 'sha256 of each sealed entry.';
COMMENT ON FUNCTION audit.make_partitions(integer) IS 'Makes the missing months of audit_logs, this one and so many ahead. Without a month its writes fail.';
COMMENT ON FUNCTION audit.cover(text) IS 'Gives partitions of an audited table its triggers; for after CREATE TABLE … PARTITION OF and ATTACH.';
COMMENT ON FUNCTION audit.let_read(text) IS 'Lets a role read the audit and verify it.';
COMMENT ON FUNCTION audit.record(text, jsonb) IS 'Writes entries of a hook, for a table without the triggers; granted to nobody at first.';
COMMENT ON FUNCTION audit.current_row(text, jsonb) IS 'The row of an audited table as entries would have it.';
