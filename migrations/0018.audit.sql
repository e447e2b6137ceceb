-- depends: 0017.customer-secrets
-- Entries in audit_logs for every change of orders, payments, products, customers, users, sessions.
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

-- orders
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_orders() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'orders',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.public_id, n.customer_id, n.status, n.total, n.currency, n.ordered_at,
                    n.idempotency_key, n.gift_note, n.cancel_reason, n.version, n.created_at,
                    n.updated_at, n.tenant_id
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'orders',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('orders', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.public_id IS DISTINCT FROM n.public_id
                        THEN jsonb_build_object('public_id', o.public_id) ELSE '{}' END
                    || CASE WHEN o.customer_id IS DISTINCT FROM n.customer_id
                        THEN jsonb_build_object('customer_id', o.customer_id) ELSE '{}' END
                    || CASE WHEN o.status IS DISTINCT FROM n.status
                        THEN jsonb_build_object('status', o.status) ELSE '{}' END
                    || CASE WHEN o.total IS DISTINCT FROM n.total
                        THEN jsonb_build_object('total', o.total) ELSE '{}' END
                    || CASE WHEN o.currency IS DISTINCT FROM n.currency
                        THEN jsonb_build_object('currency', o.currency) ELSE '{}' END
                    || CASE WHEN o.ordered_at IS DISTINCT FROM n.ordered_at
                        THEN jsonb_build_object('ordered_at', o.ordered_at) ELSE '{}' END
                    || CASE WHEN o.idempotency_key IS DISTINCT FROM n.idempotency_key
                        THEN jsonb_build_object('idempotency_key', o.idempotency_key) ELSE '{}' END
                    || CASE WHEN o.gift_note IS DISTINCT FROM n.gift_note
                        THEN jsonb_build_object('gift_note', o.gift_note) ELSE '{}' END
                    || CASE WHEN o.cancel_reason IS DISTINCT FROM n.cancel_reason
                        THEN jsonb_build_object('cancel_reason', o.cancel_reason) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', o.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', o.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.public_id IS DISTINCT FROM n.public_id
                        THEN jsonb_build_object('public_id', n.public_id) ELSE '{}' END
                    || CASE WHEN o.customer_id IS DISTINCT FROM n.customer_id
                        THEN jsonb_build_object('customer_id', n.customer_id) ELSE '{}' END
                    || CASE WHEN o.status IS DISTINCT FROM n.status
                        THEN jsonb_build_object('status', n.status) ELSE '{}' END
                    || CASE WHEN o.total IS DISTINCT FROM n.total
                        THEN jsonb_build_object('total', n.total) ELSE '{}' END
                    || CASE WHEN o.currency IS DISTINCT FROM n.currency
                        THEN jsonb_build_object('currency', n.currency) ELSE '{}' END
                    || CASE WHEN o.ordered_at IS DISTINCT FROM n.ordered_at
                        THEN jsonb_build_object('ordered_at', n.ordered_at) ELSE '{}' END
                    || CASE WHEN o.idempotency_key IS DISTINCT FROM n.idempotency_key
                        THEN jsonb_build_object('idempotency_key', n.idempotency_key) ELSE '{}' END
                    || CASE WHEN o.gift_note IS DISTINCT FROM n.gift_note
                        THEN jsonb_build_object('gift_note', n.gift_note) ELSE '{}' END
                    || CASE WHEN o.cancel_reason IS DISTINCT FROM n.cancel_reason
                        THEN jsonb_build_object('cancel_reason', n.cancel_reason) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', n.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', n.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old - ARRAY['updated_at'] <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'orders',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.public_id, o.customer_id, o.status, o.total, o.currency, o.ordered_at,
                    o.idempotency_key, o.gift_note, o.cancel_reason, o.version, o.created_at,
                    o.updated_at, o.tenant_id
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'orders', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_orders() IS 'Writes the entries of orders; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.orders
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_orders();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.orders
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_orders();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.orders
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_orders();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.orders
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_orders();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('orders', 'public.orders', ARRAY['id'], '{}', '{}', ARRAY['updated_at']);

-- payments
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_payments() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'payments',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.order_id, n.amount, n.status, n.provider_ref, n.failure_reason,
                    n.captured_at, n.version, n.created_at, n.updated_at, n.tenant_id
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'payments',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('payments', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.order_id IS DISTINCT FROM n.order_id
                        THEN jsonb_build_object('order_id', o.order_id) ELSE '{}' END
                    || CASE WHEN o.amount IS DISTINCT FROM n.amount
                        THEN jsonb_build_object('amount', o.amount) ELSE '{}' END
                    || CASE WHEN o.status IS DISTINCT FROM n.status
                        THEN jsonb_build_object('status', o.status) ELSE '{}' END
                    || CASE WHEN o.provider_ref IS DISTINCT FROM n.provider_ref
                        THEN jsonb_build_object('provider_ref', o.provider_ref) ELSE '{}' END
                    || CASE WHEN o.failure_reason IS DISTINCT FROM n.failure_reason
                        THEN jsonb_build_object('failure_reason', o.failure_reason) ELSE '{}' END
                    || CASE WHEN o.captured_at IS DISTINCT FROM n.captured_at
                        THEN jsonb_build_object('captured_at', o.captured_at) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', o.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', o.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.order_id IS DISTINCT FROM n.order_id
                        THEN jsonb_build_object('order_id', n.order_id) ELSE '{}' END
                    || CASE WHEN o.amount IS DISTINCT FROM n.amount
                        THEN jsonb_build_object('amount', n.amount) ELSE '{}' END
                    || CASE WHEN o.status IS DISTINCT FROM n.status
                        THEN jsonb_build_object('status', n.status) ELSE '{}' END
                    || CASE WHEN o.provider_ref IS DISTINCT FROM n.provider_ref
                        THEN jsonb_build_object('provider_ref', n.provider_ref) ELSE '{}' END
                    || CASE WHEN o.failure_reason IS DISTINCT FROM n.failure_reason
                        THEN jsonb_build_object('failure_reason', n.failure_reason) ELSE '{}' END
                    || CASE WHEN o.captured_at IS DISTINCT FROM n.captured_at
                        THEN jsonb_build_object('captured_at', n.captured_at) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', n.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', n.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old - ARRAY['updated_at'] <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'payments',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.order_id, o.amount, o.status, o.provider_ref, o.failure_reason,
                    o.captured_at, o.version, o.created_at, o.updated_at, o.tenant_id
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'payments', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_payments() IS 'Writes the entries of payments; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.payments
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_payments();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.payments
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_payments();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.payments
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_payments();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.payments
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_payments();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('payments', 'public.payments', ARRAY['id'], '{}', '{}', ARRAY['updated_at']);

-- products
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_products() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'products',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.sku, n.name, n.description, n.category_id, n.price, n.stock, n.is_active,
                    n.version, n.created_at, n.updated_at, n.tenant_id
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'products',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('products', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.sku IS DISTINCT FROM n.sku
                        THEN jsonb_build_object('sku', o.sku) ELSE '{}' END
                    || CASE WHEN o.name IS DISTINCT FROM n.name
                        THEN jsonb_build_object('name', o.name) ELSE '{}' END
                    || CASE WHEN o.description IS DISTINCT FROM n.description
                        THEN jsonb_build_object('description', o.description) ELSE '{}' END
                    || CASE WHEN o.category_id IS DISTINCT FROM n.category_id
                        THEN jsonb_build_object('category_id', o.category_id) ELSE '{}' END
                    || CASE WHEN o.price IS DISTINCT FROM n.price
                        THEN jsonb_build_object('price', o.price) ELSE '{}' END
                    || CASE WHEN o.stock IS DISTINCT FROM n.stock
                        THEN jsonb_build_object('stock', o.stock) ELSE '{}' END
                    || CASE WHEN o.is_active IS DISTINCT FROM n.is_active
                        THEN jsonb_build_object('is_active', o.is_active) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', o.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', o.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.sku IS DISTINCT FROM n.sku
                        THEN jsonb_build_object('sku', n.sku) ELSE '{}' END
                    || CASE WHEN o.name IS DISTINCT FROM n.name
                        THEN jsonb_build_object('name', n.name) ELSE '{}' END
                    || CASE WHEN o.description IS DISTINCT FROM n.description
                        THEN jsonb_build_object('description', n.description) ELSE '{}' END
                    || CASE WHEN o.category_id IS DISTINCT FROM n.category_id
                        THEN jsonb_build_object('category_id', n.category_id) ELSE '{}' END
                    || CASE WHEN o.price IS DISTINCT FROM n.price
                        THEN jsonb_build_object('price', n.price) ELSE '{}' END
                    || CASE WHEN o.stock IS DISTINCT FROM n.stock
                        THEN jsonb_build_object('stock', n.stock) ELSE '{}' END
                    || CASE WHEN o.is_active IS DISTINCT FROM n.is_active
                        THEN jsonb_build_object('is_active', n.is_active) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', n.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', n.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old - ARRAY['updated_at'] <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'products',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.sku, o.name, o.description, o.category_id, o.price, o.stock, o.is_active,
                    o.version, o.created_at, o.updated_at, o.tenant_id
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'products', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_products() IS 'Writes the entries of products; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.products
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_products();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.products
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_products();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.products
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_products();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.products
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_products();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('products', 'public.products', ARRAY['id'], '{}', '{}', ARRAY['updated_at']);

-- customers
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_customers() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'customers',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.name, n.email, n.loyalty_points, n.version, n.created_at, n.updated_at,
                    n.tenant_id, '[redacted]' AS tax_number, '[redacted]' AS tax_number_bidx,
                    n.preferences
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'customers',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('customers', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.name IS DISTINCT FROM n.name
                        THEN jsonb_build_object('name', o.name) ELSE '{}' END
                    || CASE WHEN o.email IS DISTINCT FROM n.email
                        THEN jsonb_build_object('email', o.email) ELSE '{}' END
                    || CASE WHEN o.loyalty_points IS DISTINCT FROM n.loyalty_points
                        THEN jsonb_build_object('loyalty_points', o.loyalty_points) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', o.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', o.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END
                    || CASE WHEN o.tax_number IS DISTINCT FROM n.tax_number
                        THEN jsonb_build_object('tax_number', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN o.tax_number_bidx IS DISTINCT FROM n.tax_number_bidx
                        THEN jsonb_build_object('tax_number_bidx', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.preferences), ROW(n.preferences))
                        THEN jsonb_build_object('preferences', o.preferences) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.name IS DISTINCT FROM n.name
                        THEN jsonb_build_object('name', n.name) ELSE '{}' END
                    || CASE WHEN o.email IS DISTINCT FROM n.email
                        THEN jsonb_build_object('email', n.email) ELSE '{}' END
                    || CASE WHEN o.loyalty_points IS DISTINCT FROM n.loyalty_points
                        THEN jsonb_build_object('loyalty_points', n.loyalty_points) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', n.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', n.updated_at) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END
                    || CASE WHEN o.tax_number IS DISTINCT FROM n.tax_number
                        THEN jsonb_build_object('tax_number', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN o.tax_number_bidx IS DISTINCT FROM n.tax_number_bidx
                        THEN jsonb_build_object('tax_number_bidx', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.preferences), ROW(n.preferences))
                        THEN jsonb_build_object('preferences', n.preferences) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old - ARRAY['updated_at'] <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'customers',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.name, o.email, o.loyalty_points, o.version, o.created_at, o.updated_at,
                    o.tenant_id, '[redacted]' AS tax_number, '[redacted]' AS tax_number_bidx,
                    o.preferences
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'customers', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_customers() IS 'Writes the entries of customers; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.customers
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_customers();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.customers
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_customers();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.customers
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_customers();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.customers
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_customers();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('customers', 'public.customers', ARRAY['id'], ARRAY['tax_number', 'tax_number_bidx'], '{}', ARRAY['updated_at']);

-- users
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_users() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'users',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.tenant_id, n.username, n.email, '[redacted]' AS password_hash,
                    n.metadata, n.login_count, n.last_login_at, n.is_active, n.version, n.created_at,
                    n.updated_at, n.deleted_at, n.deletion_reason
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'users',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('users', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END
                    || CASE WHEN o.username IS DISTINCT FROM n.username
                        THEN jsonb_build_object('username', o.username) ELSE '{}' END
                    || CASE WHEN o.email IS DISTINCT FROM n.email
                        THEN jsonb_build_object('email', o.email) ELSE '{}' END
                    || CASE WHEN o.password_hash IS DISTINCT FROM n.password_hash
                        THEN jsonb_build_object('password_hash', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.metadata), ROW(n.metadata))
                        THEN jsonb_build_object('metadata', o.metadata) ELSE '{}' END
                    || CASE WHEN o.login_count IS DISTINCT FROM n.login_count
                        THEN jsonb_build_object('login_count', o.login_count) ELSE '{}' END
                    || CASE WHEN o.last_login_at IS DISTINCT FROM n.last_login_at
                        THEN jsonb_build_object('last_login_at', o.last_login_at) ELSE '{}' END
                    || CASE WHEN o.is_active IS DISTINCT FROM n.is_active
                        THEN jsonb_build_object('is_active', o.is_active) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', o.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', o.updated_at) ELSE '{}' END
                    || CASE WHEN o.deleted_at IS DISTINCT FROM n.deleted_at
                        THEN jsonb_build_object('deleted_at', o.deleted_at) ELSE '{}' END
                    || CASE WHEN o.deletion_reason IS DISTINCT FROM n.deletion_reason
                        THEN jsonb_build_object('deletion_reason', o.deletion_reason) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END
                    || CASE WHEN o.username IS DISTINCT FROM n.username
                        THEN jsonb_build_object('username', n.username) ELSE '{}' END
                    || CASE WHEN o.email IS DISTINCT FROM n.email
                        THEN jsonb_build_object('email', n.email) ELSE '{}' END
                    || CASE WHEN o.password_hash IS DISTINCT FROM n.password_hash
                        THEN jsonb_build_object('password_hash', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.metadata), ROW(n.metadata))
                        THEN jsonb_build_object('metadata', n.metadata) ELSE '{}' END
                    || CASE WHEN o.login_count IS DISTINCT FROM n.login_count
                        THEN jsonb_build_object('login_count', n.login_count) ELSE '{}' END
                    || CASE WHEN o.last_login_at IS DISTINCT FROM n.last_login_at
                        THEN jsonb_build_object('last_login_at', n.last_login_at) ELSE '{}' END
                    || CASE WHEN o.is_active IS DISTINCT FROM n.is_active
                        THEN jsonb_build_object('is_active', n.is_active) ELSE '{}' END
                    || CASE WHEN o.version IS DISTINCT FROM n.version
                        THEN jsonb_build_object('version', n.version) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.updated_at IS DISTINCT FROM n.updated_at
                        THEN jsonb_build_object('updated_at', n.updated_at) ELSE '{}' END
                    || CASE WHEN o.deleted_at IS DISTINCT FROM n.deleted_at
                        THEN jsonb_build_object('deleted_at', n.deleted_at) ELSE '{}' END
                    || CASE WHEN o.deletion_reason IS DISTINCT FROM n.deletion_reason
                        THEN jsonb_build_object('deletion_reason', n.deletion_reason) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old - ARRAY['updated_at'] <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'users',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.tenant_id, o.username, o.email, '[redacted]' AS password_hash,
                    o.metadata, o.login_count, o.last_login_at, o.is_active, o.version, o.created_at,
                    o.updated_at, o.deleted_at, o.deletion_reason
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'users', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_users() IS 'Writes the entries of users; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.users
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_users();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.users
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_users();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.users
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_users();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.users
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_users();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('users', 'public.users', ARRAY['id'], ARRAY['password_hash'], '{}', ARRAY['updated_at']);

-- sessions
-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
CREATE FUNCTION audit.log_sessions() RETURNS trigger
LANGUAGE plpgsql
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
SET timezone = 'UTC'
SET datestyle = 'ISO, YMD'
SET intervalstyle = 'iso_8601'
SET bytea_output = 'hex'
SET extra_float_digits = 1
SET enable_nestloop = off
SET jit = off
AS $audit$
<<entry>>
DECLARE
    at CONSTANT timestamptz := clock_timestamp();
    actor_id CONSTANT text := nullif(current_setting('app.actor_id', true), '');
    request_id CONSTANT text := nullif(current_setting('app.request_id', true), '');
    reason CONSTANT text := nullif(current_setting('app.reason', true), '');
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, new)
        SELECT
            entry.at,
            'sessions',
            jsonb_build_object('id', n.id),
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    n.id, n.tenant_id, n.user_id, '[redacted]' AS token_hash, n.lifetime,
                    n.expires_at, n.ip, n.created_at, n.revoked_at
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            'sessions',
            CASE
                WHEN o.id IS DISTINCT FROM n.id
                    THEN audit.refuse_key_change('sessions', jsonb_build_object('id', o.id), jsonb_build_object('id', n.id))
                ELSE jsonb_build_object('id', n.id)
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS place, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS place, r.* FROM new_rows AS r) AS n ON n.place = o.place
        CROSS JOIN LATERAL (
            SELECT
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', o.id) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', o.tenant_id) ELSE '{}' END
                    || CASE WHEN o.user_id IS DISTINCT FROM n.user_id
                        THEN jsonb_build_object('user_id', o.user_id) ELSE '{}' END
                    || CASE WHEN o.token_hash IS DISTINCT FROM n.token_hash
                        THEN jsonb_build_object('token_hash', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.lifetime), ROW(n.lifetime))
                        THEN jsonb_build_object('lifetime', o.lifetime) ELSE '{}' END
                    || CASE WHEN o.expires_at IS DISTINCT FROM n.expires_at
                        THEN jsonb_build_object('expires_at', o.expires_at) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.ip), ROW(n.ip))
                        THEN jsonb_build_object('ip', o.ip) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', o.created_at) ELSE '{}' END
                    || CASE WHEN o.revoked_at IS DISTINCT FROM n.revoked_at
                        THEN jsonb_build_object('revoked_at', o.revoked_at) ELSE '{}' END AS old,
                '{}'::jsonb
                    || CASE WHEN o.id IS DISTINCT FROM n.id
                        THEN jsonb_build_object('id', n.id) ELSE '{}' END
                    || CASE WHEN o.tenant_id IS DISTINCT FROM n.tenant_id
                        THEN jsonb_build_object('tenant_id', n.tenant_id) ELSE '{}' END
                    || CASE WHEN o.user_id IS DISTINCT FROM n.user_id
                        THEN jsonb_build_object('user_id', n.user_id) ELSE '{}' END
                    || CASE WHEN o.token_hash IS DISTINCT FROM n.token_hash
                        THEN jsonb_build_object('token_hash', '[redacted]'::text) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.lifetime), ROW(n.lifetime))
                        THEN jsonb_build_object('lifetime', n.lifetime) ELSE '{}' END
                    || CASE WHEN o.expires_at IS DISTINCT FROM n.expires_at
                        THEN jsonb_build_object('expires_at', n.expires_at) ELSE '{}' END
                    || CASE WHEN NOT record_image_eq(ROW(o.ip), ROW(n.ip))
                        THEN jsonb_build_object('ip', n.ip) ELSE '{}' END
                    || CASE WHEN o.created_at IS DISTINCT FROM n.created_at
                        THEN jsonb_build_object('created_at', n.created_at) ELSE '{}' END
                    || CASE WHEN o.revoked_at IS DISTINCT FROM n.revoked_at
                        THEN jsonb_build_object('revoked_at', n.revoked_at) ELSE '{}' END AS new
            OFFSET 0
        ) AS c
        WHERE c.old <> '{}'
        ORDER BY o.place;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            'sessions',
            jsonb_build_object('id', o.id),
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    o.id, o.tenant_id, o.user_id, '[redacted]' AS token_hash, o.lifetime,
                    o.expires_at, o.ip, o.created_at, o.revoked_at
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, 'sessions', 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
$audit$;

DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION audit.log_sessions() IS 'Writes the entries of sessions; made by plainsql migrate add audit.';

CREATE TRIGGER audit_insert
AFTER INSERT ON public.sessions
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_sessions();

CREATE TRIGGER audit_update
AFTER UPDATE ON public.sessions
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_sessions();

CREATE TRIGGER audit_delete
AFTER DELETE ON public.sessions
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_sessions();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON public.sessions
FOR EACH STATEMENT EXECUTE FUNCTION audit.log_sessions();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ('sessions', 'public.sessions', ARRAY['id'], ARRAY['token_hash'], '{}', '{}');
