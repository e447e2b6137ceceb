-- How far the server has come with the index that is being built in this database, between 0 and 1.
SELECT coalesce(max(p.blocks_done::float8 / nullif(p.blocks_total, 0)), 0) AS done
FROM pg_catalog.pg_stat_progress_create_index AS p
WHERE p.datname = current_database();
