-- Audit: entries of audit_logs, for those whom audit.let_read() lets read it.
-- Tables: audit_logs (one entry for each change of an audited row, by month), audit.tables.

-- name: history(table_name, record_pk)
-- Changes of one row, oldest first. plainsql.audit.history has the same with Python's types.
SELECT
    l.id,
    l.at,
    l.action,
    l.actor_id,
    l.reason,
    l.old,
    l.new
FROM audit_logs AS l
WHERE l.table_name = :table_name AND l.record_pk = :record_pk
ORDER BY l.id;

-- name: as_of(table_name, record_pk, at)$
-- One row as it was, NULL where there was none: what each column was before its first change since, in the row as it
-- stands or as it was deleted first. plainsql.audit.as_of also finds changes that were not recorded.
WITH since AS (
    SELECT
        l.id,
        l.action,
        l.old
    FROM audit_logs AS l
    WHERE l.table_name = :table_name AND l.record_pk = :record_pk AND l.at > :at
),

ends AS (
    SELECT
        s.id,
        s.action,
        s.old
    FROM since AS s
    WHERE s.action IN ('INSERT', 'DELETE')
    ORDER BY s.id
    LIMIT 1
),

changed AS (
    SELECT jsonb_object_agg(c.key, c.value ORDER BY s.id DESC) AS columns
    FROM since AS s
    CROSS JOIN LATERAL jsonb_each(s.old) AS c
    WHERE s.action = 'UPDATE' AND s.id < coalesce((SELECT e.id FROM ends AS e), 9223372036854775807)
)

SELECT
    CASE (SELECT e.action FROM ends AS e)
        WHEN 'INSERT' THEN NULL
        WHEN 'DELETE' THEN (SELECT e.old FROM ends AS e) || coalesce(c.columns, '{}')
        ELSE audit.current_row(:table_name, :record_pk) || coalesce(c.columns, '{}')
    END AS record
FROM changed AS c;

-- name: by_actor(actor_id, since, until)
-- What somebody changed in a time, newest first; only the months of that time are read.
SELECT
    l.id,
    l.at,
    l.table_name,
    l.record_pk,
    l.action,
    l.request_id,
    l.reason,
    l.old,
    l.new
FROM audit_logs AS l
WHERE l.actor_id = :actor_id AND l.at >= :since AND l.at < :until
ORDER BY l.at DESC, l.id DESC;

-- name: changed_columns(table_name, days)
-- How often each column of a table was changed in the last days.
SELECT
    c.name,
    count(*) AS changes
FROM audit_logs AS l
CROSS JOIN LATERAL jsonb_object_keys(l.new) AS c (name)
WHERE
    l.table_name = :table_name
    AND l.action = 'UPDATE'
    AND l.at >= now() - :days * INTERVAL '1 day'
GROUP BY c.name
ORDER BY changes DESC, c.name;
