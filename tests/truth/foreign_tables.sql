-- Foreign tables: their NOT NULL is somebody else's promise.

-- name: foreign_table()
-- Nobody checks NOT NULL of a foreign table.
-- Columns: id?, code?, one!
-- Extension: file_fdw
SELECT id, code, 1 AS one FROM remote;

-- name: foreign_partition()
-- One foreign partition is enough.
-- Columns: id?, code?
-- Extension: file_fdw
SELECT id, code FROM half_remote;

-- name: local_partition()
-- A partition that is here is a table.
-- Columns: id!, code?
-- Extension: file_fdw
-- Data: INSERT INTO half_remote_1 VALUES (1, NULL);
SELECT id, code FROM half_remote_1;

-- name: view_on_a_foreign_table()
-- A view on one proves no more.
-- Columns: id?, code?
-- Extension: file_fdw
SELECT id, code FROM v_remote;

-- name: tested_foreign_table()
-- A test proves it, wherever it is made.
-- Columns: id!, other?
-- Extension: file_fdw
SELECT id, nullif(id, 1) AS other FROM remote WHERE id > 0;
