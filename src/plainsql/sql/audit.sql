-- Audit: what entries say of a row, and the chain of hashes over them.
-- Tables: audit_logs (an entry for each change), audit.tables, audit.seals, audit.digests.
-- Operators, functions and types name their schema, as in effects.sql.

-- name: list_entries(table_name, record_pk)
-- Entries of one row, oldest first, and those of TRUNCATE, which emptied the table. Objects come as text, so that no
-- number loses a digit.
SELECT
    l.id,
    l.at,
    l.action,
    l.actor_id,
    l.request_id,
    l.reason,
    l.db_role,
    l.txid::pg_catalog.text AS txid,
    l.old::pg_catalog.text AS old,
    l.new::pg_catalog.text AS new
FROM public.audit_logs AS l
WHERE
    l.table_name OPERATOR(pg_catalog.=) :table_name
    AND (l.record_pk OPERATOR(pg_catalog.=) :record_pk OR l.record_pk IS NULL)
ORDER BY l.id;

-- name: list_entries_since(table_name, record_pk, since)
-- The row as it stands, and its entries after a time, newest first, all of one snapshot; without entries one row.
SELECT
    c.present::pg_catalog.text AS present,
    t.redacted,
    t.quiet,
    l.id,
    l.at,
    l.action,
    l.old::pg_catalog.text AS old,
    l.new::pg_catalog.text AS new
FROM audit.tables AS t
CROSS JOIN LATERAL (SELECT audit.current_row(t.table_name, :record_pk::pg_catalog.jsonb) AS present OFFSET 0) AS c
LEFT JOIN public.audit_logs AS l
    ON
        l.table_name OPERATOR(pg_catalog.=) t.table_name
        AND (l.record_pk OPERATOR(pg_catalog.=) :record_pk::pg_catalog.jsonb OR l.record_pk IS NULL)
        AND l.at OPERATOR(pg_catalog.>) :since
WHERE t.table_name OPERATOR(pg_catalog.=) :table_name
ORDER BY l.id DESC;

-- name: record_entries(table_name, entries)$
-- Write entries of a table that has no triggers.
SELECT audit.record(:table_name, :entries) AS written;

-- name: make_partitions(months)
-- Make the months of audit_logs that are missing, this one and so many ahead; list those that were made.
SELECT m.name FROM audit.make_partitions(:months) AS m (name);

-- name: lock_seals()$
-- Wait until nobody else seals; until the end of the transaction.
SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('plainsql audit seals', 0)) IS NOT NULL AS locked;

-- name: last_seal()^
-- The newest seal, and whether the server's transactions have gone on since: in a database that was restored from a
-- dump into another server they begin again.
SELECT
    s.number,
    s.txid::pg_catalog.text AS txid,
    s.entry_id,
    s.head,
    s.txid OPERATOR(pg_catalog.<) pg_catalog.pg_snapshot_xmax(pg_catalog.pg_current_snapshot()) AS goes_on
FROM audit.seals AS s
ORDER BY s.number DESC
LIMIT 1;

-- name: add_digests(after_txid, after_entry_id, max_entries)
-- Digest the next entries in order of transaction and id. Only those of transactions that ended before every open one
-- began count: behind them nothing can appear any more.
INSERT INTO audit.digests (txid, entry_id, digest)
SELECT
    l.txid,
    l.id,
    pg_catalog.sha256(pg_catalog.convert_to(
        pg_catalog.jsonb_build_array(
            l.id, pg_catalog.extract('epoch', l.at), l.table_name, l.record_pk, l.action, l.actor_id, l.request_id,
            l.reason, l.db_role, l.txid::pg_catalog.text, l.old, l.new
        )::pg_catalog.text,
        'UTF8'
    ))
FROM public.audit_logs AS l
WHERE
    ROW(l.txid, l.id) OPERATOR(pg_catalog.>) ROW(:after_txid::pg_catalog.text::pg_catalog.xid8, :after_entry_id::pg_catalog.int8)
    AND l.txid OPERATOR(pg_catalog.<) pg_catalog.pg_snapshot_xmin(pg_catalog.pg_current_snapshot())
ORDER BY l.txid, l.id
LIMIT :max_entries
RETURNING txid::pg_catalog.text AS txid, entry_id, digest;

-- name: add_seal(number, sealed_at, txid, entry_id, entries, head, key_id, signature)!
-- Add a seal.
INSERT INTO audit.seals (number, sealed_at, txid, entry_id, entries, head, key_id, signature)
VALUES (
    :number, :sealed_at, :txid::pg_catalog.text::pg_catalog.xid8, :entry_id, :entries, :head, :key_id, :signature
);

-- name: list_seals(after)
-- Seals after a number.
SELECT
    s.number,
    s.sealed_at,
    s.txid::pg_catalog.text AS txid,
    s.entry_id,
    s.entries,
    s.head,
    s.key_id,
    s.signature
FROM audit.seals AS s
WHERE s.number OPERATOR(pg_catalog.>) :after
ORDER BY s.number;

-- name: list_digests(after_txid, after_entry_id, txid, entry_id)
-- Digests of one seal, in order.
SELECT
    d.txid::pg_catalog.text AS txid,
    d.entry_id,
    d.digest
FROM audit.digests AS d
WHERE
    ROW(d.txid, d.entry_id) OPERATOR(pg_catalog.>) ROW(:after_txid::pg_catalog.text::pg_catalog.xid8, :after_entry_id::pg_catalog.int8)
    AND ROW(d.txid, d.entry_id) OPERATOR(pg_catalog.<=) ROW(:txid::pg_catalog.text::pg_catalog.xid8, :entry_id::pg_catalog.int8)
ORDER BY d.txid, d.entry_id;

-- name: find_difference(after_txid, after_entry_id, txid, entry_id)^
-- The first entry of one seal that isn't as it was digested: altered, gone, or there without having been.
WITH entry AS (
    SELECT
        l.txid,
        l.id,
        l.table_name,
        l.record_pk,
        pg_catalog.sha256(pg_catalog.convert_to(
            pg_catalog.jsonb_build_array(
                l.id, pg_catalog.extract('epoch', l.at), l.table_name, l.record_pk, l.action, l.actor_id,
                l.request_id, l.reason, l.db_role, l.txid::pg_catalog.text, l.old, l.new
            )::pg_catalog.text,
            'UTF8'
        )) AS digest
    FROM public.audit_logs AS l
    WHERE
        ROW(l.txid, l.id) OPERATOR(pg_catalog.>) ROW(:after_txid::pg_catalog.text::pg_catalog.xid8, :after_entry_id::pg_catalog.int8)
        AND ROW(l.txid, l.id) OPERATOR(pg_catalog.<=) ROW(:txid::pg_catalog.text::pg_catalog.xid8, :entry_id::pg_catalog.int8)
),

digested AS (
    SELECT
        d.txid,
        d.entry_id,
        d.digest
    FROM audit.digests AS d
    WHERE
        ROW(d.txid, d.entry_id) OPERATOR(pg_catalog.>) ROW(:after_txid::pg_catalog.text::pg_catalog.xid8, :after_entry_id::pg_catalog.int8)
        AND ROW(d.txid, d.entry_id) OPERATOR(pg_catalog.<=) ROW(:txid::pg_catalog.text::pg_catalog.xid8, :entry_id::pg_catalog.int8)
)

SELECT
    coalesce(e.txid, d.txid)::pg_catalog.text AS txid,
    coalesce(e.id, d.entry_id) AS entry_id,
    CASE WHEN e.id IS NULL THEN 'removed' WHEN d.entry_id IS NULL THEN 'inserted' ELSE 'altered' END AS kind,
    e.table_name,
    e.record_pk::pg_catalog.text AS record_pk
FROM entry AS e
FULL JOIN digested AS d
    ON d.txid OPERATOR(pg_catalog.=) e.txid AND d.entry_id OPERATOR(pg_catalog.=) e.id
WHERE (e.digest OPERATOR(pg_catalog.=) d.digest) IS NOT TRUE
ORDER BY coalesce(e.txid, d.txid), coalesce(e.id, d.entry_id)
LIMIT 1;
