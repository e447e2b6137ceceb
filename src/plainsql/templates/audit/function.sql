-- Its settings: values look alike whatever the session has set; the plan of a first call with one row is kept for calls
-- with many, so no nested loops, and no compiling for the cost that this pretends.
{create} FUNCTION {function}() RETURNS trigger
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
AS {tag}
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
            {name},
            {new_key},
            'INSERT', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    {new_columns}
                ) AS r
            )
        FROM new_rows AS n;
    ELSIF TG_OP = 'UPDATE' THEN
        -- Rows are paired by their place: both tables hold them in the order in which they were written.
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old, new)
        SELECT
            entry.at,
            {name},
            CASE
                WHEN {is_other_key}
                    THEN audit.refuse_key_change({name}, {old_key}, {new_key})
                ELSE {new_key}
            END,
            'UPDATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            c.old,
            c.new
        FROM (SELECT row_number() OVER () AS {place}, r.* FROM old_rows AS r) AS o
        LEFT JOIN (SELECT row_number() OVER () AS {place}, r.* FROM new_rows AS r) AS n ON n.{place} = o.{place}
        CROSS JOIN LATERAL (
            SELECT
                {old_changes} AS old,
                {new_changes} AS new
            OFFSET 0
        ) AS c
        WHERE {is_change}
        ORDER BY o.{place};
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO public.audit_logs (at, table_name, record_pk, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at,
            {name},
            {old_key},
            'DELETE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            (
                SELECT to_jsonb(r) FROM (SELECT
                    {old_columns}
                ) AS r
            )
        FROM old_rows AS o;
    ELSE
        INSERT INTO public.audit_logs (at, table_name, action, actor_id, request_id, reason, txid, old)
        SELECT
            entry.at, {name}, 'TRUNCATE', entry.actor_id, entry.request_id, entry.reason,
            pg_current_xact_id(),
            jsonb_build_object('truncated', TG_RELID::regclass::text);
    END IF;
    RETURN NULL;
END
{tag};
