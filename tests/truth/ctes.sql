-- WITH: a name for a query, of which the columns keep what the query proves.

-- name: plain_cte()
-- The columns of a WITH query are those of the query.
-- Columns: id!, note?
WITH w AS (SELECT id, note FROM item) SELECT id, note FROM w;

-- name: renamed_columns()
-- Names in parentheses don't change that.
-- Columns: no!, remark?
WITH w (no, remark) AS (SELECT id, note FROM item) SELECT no, remark FROM w;

-- name: narrowed_inside()
-- A test inside narrows outside.
-- Columns: discount!, note?
WITH w AS (SELECT discount, note FROM item WHERE discount > 0) SELECT discount, note FROM w;

-- name: narrowed_outside()
-- A test outside narrows this reference.
-- Columns: discount!, note?
WITH w AS MATERIALIZED (SELECT discount, note FROM item) SELECT discount, note FROM w WHERE discount > 0;

-- name: two_references()
-- A test of one reference says nothing of another.
-- Columns: tested!, untested?
WITH w AS (SELECT id, discount FROM item) SELECT a.discount AS tested, b.discount AS untested FROM w AS a, w AS b WHERE a.discount > 0;

-- name: on_the_nullable_side()
-- A reference on the nullable side of a join is nullable.
-- Columns: first!, second?
WITH w AS (SELECT id FROM item) SELECT a.id AS first, b.id AS second FROM w AS a LEFT JOIN w AS b ON b.id = a.id + 1;

-- name: chained()
-- One WITH query reads another.
-- Columns: id!, double?
WITH w AS (SELECT id, discount FROM item), x AS (SELECT id, discount * 2 AS double FROM w) SELECT id, double FROM x;

-- name: inner_name_wins()
-- The WITH of a sub-query hides the outer one of the same name.
-- Columns: id?, title!
WITH w AS (SELECT id, title FROM item)
SELECT x.id, w.title FROM w, LATERAL (WITH w AS (SELECT discount AS id FROM item) SELECT w.id FROM w) AS x;

-- name: seen_from_a_subquery()
-- A sub-query may read the WITH of the query around it.
-- Columns: many!, found?
WITH w AS (SELECT id, quantity FROM sale)
SELECT (SELECT count(*) FROM w) AS many, (SELECT w.quantity FROM w WHERE w.id = i.id) AS found FROM item AS i;

-- name: deleting_cte()
-- RETURNING of a DELETE gives what was there.
-- Columns: id!, note?
WITH gone AS (DELETE FROM item WHERE id > 0 RETURNING id, note) SELECT id, note FROM gone;

-- name: inserting_cte(title)
-- RETURNING of an INSERT gives what was put there.
-- Columns: id!, title!, note?
-- Parameters: title!
WITH made AS (INSERT INTO item (id, price, title) VALUES (50, 1, :title) RETURNING id, title, note) SELECT id, title, note FROM made;

-- name: updating_cte(note)
-- A parameter set to a nullable column inside WITH may be None, and so may what is returned.
-- Columns: id!, note?
-- Parameters: note?
WITH changed AS (UPDATE item SET note = :note WHERE id > 0 RETURNING id, note) SELECT id, note FROM changed;

-- name: left_join_to_a_writing_cte()
-- What was written is nullable on the nullable side of a join.
-- Columns: id!, deleted?
WITH gone AS (DELETE FROM sale WHERE quantity > 1 RETURNING id, item_id)
SELECT i.id, g.id AS deleted FROM item AS i LEFT JOIN gone AS g ON g.item_id = i.id;

-- name: insert_from_a_cte(title, note)
-- A parameter reaches a column by way of WITH.
-- Columns: id!, note?
-- Parameters: title!, note?
WITH fresh AS (SELECT :title::text AS title, :note::text AS note)
INSERT INTO item (id, price, title, note) SELECT 50, 1, fresh.title, fresh.note FROM fresh RETURNING id, note;

-- name: values_in_a_cte()
-- Rows of constants: one NULL makes the column nullable.
-- Columns: no!, word?
WITH w (no, word) AS (VALUES (1, 'a'), (2, NULL)) SELECT no, word FROM w;

-- name: aggregate_in_a_cte()
-- An aggregate keeps its verdict.
-- Columns: many!, most?
WITH w AS (SELECT count(*) AS many, max(quantity) AS most FROM sale) SELECT many, most FROM w;

-- name: one_row_cte_as_a_fallback()
-- A scalar sub-query over a WITH query of one row has a row.
-- Columns: many!, dearest?
WITH w AS (SELECT count(*) AS many, max(price) AS dearest FROM item)
SELECT (SELECT w.many FROM w) AS many, (SELECT w.dearest FROM w) AS dearest;

-- name: cte_with_a_parameter(floor)
-- A strict test inside WITH leaves no row of it, and none of a join with it.
-- Columns: id!, note?
-- Parameters: floor!
WITH w AS (SELECT id, note FROM item WHERE price > :floor) SELECT id, note FROM w;

-- name: parameters_as_a_table(floor)
-- A row of parameters compared strictly: None leaves no row.
-- Columns: id!, note?, floor!
-- Parameters: floor!
WITH p AS (SELECT :floor::integer AS floor) SELECT i.id, i.note, p.floor FROM item AS i, p WHERE i.price > p.floor;

-- name: parameter_of_a_with_query_beside_a_count(note)
-- count answers of no rows, so what WHERE says of the parameter is not known of the WITH query.
-- Columns: found!, note?
-- Parameters: note! by-rule
WITH asked AS (SELECT :note::text AS note)
SELECT count(*) AS found, (SELECT note FROM asked) AS note FROM item WHERE item.note = :note;
