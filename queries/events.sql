-- Events: what happened when, as a time series.
-- Tables: events (partitioned by day, millions of rows a day elsewhere), events_hourly (its rollup),
-- events_changed_hours (hours to roll up again; a few rows).
--
-- Days and hours are those of UTC. A row whose day has no partition is 23514: run `plainsql migrate partitions`.

-- name: record_events(ats, kinds, entity_ids, measures, props)!
-- Record events, one for each place in the arrays; all of them or none.
-- @why One statement for the batch, so that the trigger notes each hour that it changes once.
INSERT INTO events (at, kind, entity_id, value, props)
SELECT
    item.at,
    item.kind,
    item.entity_id,
    item.value,
    item.props
FROM
    unnest(
        :ats::timestamptz[], :kinds::text[], :entity_ids::bigint[], :measures::numeric[], :props::jsonb[]
    ) AS item (at, kind, entity_id, value, props);

-- name: events_between(kind, since, until, after_at, after_id, max_rows)
-- Events of a kind from since to before until, oldest first, beginning after the one that the last page ended with.
-- The first page is after since and the smallest uuid, 00000000-0000-0000-0000-000000000000.
-- @why after_at is compared by itself, too: partitions before it are then not even planned.
SELECT
    e.id,
    e.at,
    e.entity_id,
    e.value,
    e.props
FROM events AS e
WHERE
    e.kind = :kind
    AND e.at >= :since
    AND e.at < :until
    AND e.at >= :after_at
    AND (e.at, e.id) > (:after_at, :after_id)
ORDER BY e.at, e.id
LIMIT :max_rows;

-- name: hours_to_roll_up(before)
-- Hours before a moment with changes that their rollup hasn't seen, oldest first: late rows bring theirs back.
SELECT DISTINCT c.bucket
FROM events_changed_hours AS c
WHERE c.bucket < :before
ORDER BY c.bucket;

-- name: rollup_hour(bucket)!
-- Count again what has changed in an hour, by kind, and return how many kinds that was.
-- Any number of callers may do it at once, and again after late rows: who takes the notes of an hour counts it, and another
-- one, whose snapshot may be older, finds none left and writes nothing. Rows that commit later bring a note of their own.
-- @why Locking the notes in order gives all of them to one caller; a MERGE by itself could write an older count over a newer.
WITH noted AS (
    SELECT c.id
    FROM events_changed_hours AS c
    WHERE c.bucket = :bucket
    ORDER BY c.id
    FOR UPDATE
),

taken AS (
    DELETE FROM events_changed_hours AS c
    USING noted
    WHERE c.id = noted.id
    RETURNING c.tenant_id, c.kind
),

changed AS (
    SELECT DISTINCT
        taken.tenant_id,
        taken.kind
    FROM taken
)

INSERT INTO events_hourly AS h (tenant_id, kind, bucket, n, total)
SELECT
    changed.tenant_id,
    changed.kind,
    :bucket AS bucket,
    count(e.id) AS n,
    coalesce(sum(e.value), 0) AS total
FROM changed
LEFT JOIN events AS e
    ON
        e.tenant_id = changed.tenant_id
        AND e.kind = changed.kind
        AND e.at >= :bucket
        AND e.at < :bucket::timestamptz + interval '1 hour'
GROUP BY changed.tenant_id, changed.kind
ORDER BY changed.tenant_id, changed.kind
ON CONFLICT (tenant_id, kind, bucket) DO UPDATE
    SET
        n = excluded.n,
        total = excluded.total,
        rolled_up_at = now();

-- name: hourly(kind, since, until)
-- Number and sum of a kind's events in every hour from that of since to before until; an hour without events has zero.
-- is_settled says that the rollup has seen all there is of the hour.
-- @why An hour is a length of time here, not of a clock: a day on which the clocks change has 23 or 25 of them.
SELECT
    hours.bucket,
    coalesce(sum(h.n), 0)::bigint AS n,
    coalesce(sum(h.total), 0) AS total,
    NOT EXISTS (SELECT FROM events_changed_hours AS c WHERE c.bucket = hours.bucket AND c.kind = :kind) AS is_settled
FROM
    generate_series(
        date_trunc('hour', :since::timestamptz, 'UTC'), :until::timestamptz - interval '1 microsecond', interval '1 hour'
    ) AS hours (bucket)
LEFT JOIN events_hourly AS h ON h.bucket = hours.bucket AND h.kind = :kind
GROUP BY hours.bucket
ORDER BY hours.bucket;

-- name: hourly_last(kind, since, until)
-- Mean value of a kind's events in every hour from that of since to before until; an hour without events has that of the
-- last one before it that had some. Null before the first event there is.
WITH means AS (
    SELECT
        h.bucket,
        sum(h.total) / sum(h.n) AS mean
    FROM events_hourly AS h
    WHERE
        h.kind = :kind
        AND h.n > 0
    GROUP BY h.bucket
)

SELECT
    hours.bucket,
    latest.mean,
    coalesce(latest.bucket <> hours.bucket, true) AS is_filled
FROM
    generate_series(
        date_trunc('hour', :since::timestamptz, 'UTC'), :until::timestamptz - interval '1 microsecond', interval '1 hour'
    ) AS hours (bucket)
LEFT JOIN LATERAL (
    SELECT
        means.bucket,
        means.mean
    FROM means
    WHERE means.bucket <= hours.bucket
    ORDER BY means.bucket DESC
    LIMIT 1
) AS latest ON true
ORDER BY hours.bucket;

-- name: latest_per_entity(kind, since)
-- The newest event of each entity of a kind that had one since a moment; of two at the same moment the one with the greater id.
-- @why Jumps from entity to entity in the index: as many steps as there are entities, not as there are events.
WITH RECURSIVE entities AS (
    (
        SELECT e.entity_id
        FROM events AS e
        WHERE
            e.kind = :kind
            AND e.at >= :since
        ORDER BY e.entity_id
        LIMIT 1
    )
    UNION ALL
    SELECT next_one.entity_id
    FROM entities
    CROSS JOIN LATERAL (
        SELECT e.entity_id
        FROM events AS e
        WHERE
            e.kind = :kind
            AND e.at >= :since
            AND e.entity_id > entities.entity_id
        ORDER BY e.entity_id
        LIMIT 1
    ) AS next_one
)

SELECT
    entities.entity_id,
    latest.value,
    latest.at,
    latest.id
FROM entities
CROSS JOIN LATERAL (
    SELECT
        e.value,
        e.at,
        e.id
    FROM events AS e
    WHERE
        e.kind = :kind
        AND e.entity_id = entities.entity_id
        AND e.at >= :since
    ORDER BY e.at DESC, e.id DESC
    LIMIT 1
) AS latest
ORDER BY entities.entity_id;

-- name: anomalies(kind, since, until, preceding, threshold)
-- Events whose value is further from the mean of those before them than threshold standard deviations; at most preceding
-- of them count, of the same entity and since the same moment.
-- z is null where all before were equal and this one is not. With fewer than two before it nothing can be said.
WITH scored AS (
    SELECT
        e.id,
        e.at,
        e.entity_id,
        e.value,
        avg(e.value) OVER before AS mean,
        stddev_samp(e.value) OVER before AS deviation
    FROM events AS e
    WHERE
        e.kind = :kind
        AND e.at >= :since
        AND e.at < :until
    WINDOW before AS (
        PARTITION BY e.entity_id
        ORDER BY e.at, e.id
        ROWS BETWEEN :preceding::integer PRECEDING AND 1 PRECEDING
    )
)

SELECT
    s.id,
    s.at,
    s.entity_id,
    s.value,
    s.mean,
    (s.value - s.mean) / nullif(s.deviation, 0) AS z
FROM scored AS s
WHERE
    abs(s.value - s.mean) > :threshold::numeric * s.deviation
ORDER BY s.at, s.id;

-- name: retention_candidates(keep)
-- Partitions of events all of whose rows are older than this interval: about how many rows, and bytes with indexes and TOAST.
-- rows is null where nobody has counted: autovacuum or ANALYZE does.
SELECT
    c.relname::text AS partition,
    bounds.upper,
    nullif(c.reltuples, -1)::bigint AS rows,
    pg_total_relation_size(c.oid) AS bytes
FROM pg_inherits AS i
JOIN pg_class AS c ON c.oid = i.inhrelid
CROSS JOIN LATERAL (
    SELECT substring(pg_get_expr(c.relpartbound, c.oid) FROM 'TO \(''([^'']+)''\)$')::timestamptz AS upper
) AS bounds
WHERE
    i.inhparent = 'events'::regclass
    AND bounds.upper <= now() - :keep::interval
ORDER BY bounds.upper;
