-- Health: one look at a server, for liveness and readiness probes.

-- name: server_health()^
-- What the server says about itself.
-- @rows 1
SELECT
    current_setting('server_version_num')::int AS server_version,
    pg_is_in_recovery() AS in_recovery,
    current_setting('transaction_read_only')::boolean AS read_only,
    (SELECT max(age(d.datfrozenxid)) FROM pg_database AS d) AS wraparound_age;
