-- RETURNING old and new, from PostgreSQL 18 on: an INSERT has no old row, a DELETE no new one.

-- name: insert()
-- An INSERT has no old row; plain columns are those of the new one.
-- Columns: was?, became!, plain!, note!
-- Requires: 18
INSERT INTO item (id, price, title, note) VALUES (50, 1, 'a', 'x') RETURNING old.id AS was, new.id AS became, id AS plain, new.note;

-- name: upsert()
-- ON CONFLICT DO UPDATE has an old row only where there was a conflict.
-- Columns: was?, was_title?, became!, note?
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (1, 1, 'b') ON CONFLICT (id) DO UPDATE SET title = 'c' RETURNING old.id AS was, old.title AS was_title, new.id AS became, new.note;

-- name: upsert_was_there()
-- IS NULL of the old key tells an insert from an update.
-- Columns: inserted!, before?
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (1, 1, 'b') ON CONFLICT (id) DO UPDATE SET title = 'c' RETURNING old.id IS NULL AS inserted, old.price AS before;

-- name: do_nothing()
-- ON CONFLICT DO NOTHING never has an old row.
-- Columns: was?, became!
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (50, 1, 'b') ON CONFLICT DO NOTHING RETURNING old.id AS was, new.id AS became;

-- name: update()
-- An UPDATE has both.
-- Columns: was!, became!, was_note?, became_note!, discount?
-- Requires: 18
UPDATE item SET price = price + 1, note = 'x' WHERE id > 0 RETURNING old.price AS was, new.price AS became, old.note AS was_note, new.note AS became_note, new.discount;

-- name: update_of_the_tested_column()
-- WHERE tests the old row.
-- Columns: was!, became?
-- Requires: 18
UPDATE item SET discount = NULL WHERE discount >= 0 RETURNING old.discount AS was, new.discount AS became;

-- name: delete()
-- A DELETE has no new row; plain columns are those of the old one.
-- Columns: was!, became?, plain!, note?
-- Requires: 18
DELETE FROM item WHERE id > 0 RETURNING old.id AS was, new.id AS became, id AS plain, old.note;

-- name: renamed()
-- Other names for old and new.
-- Columns: was!, became!, note?
-- Requires: 18
UPDATE item SET price = 1 WHERE id > 0 RETURNING WITH (OLD AS before, NEW AS after) before.price AS was, after.price AS became, after.note;

-- name: whole_rows()
-- The rows as values: the old one of an INSERT is NULL.
-- Columns: was?, became!
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (50, 1, 'a') RETURNING old AS was, new AS became;

-- name: expression_over_old()
-- A strict expression over an old row that isn't there is NULL, a fallback is not.
-- Columns: change?, known!
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (1, 5, 'b') ON CONFLICT (id) DO UPDATE SET price = excluded.price
RETURNING new.price - old.price AS change, new.price - coalesce(old.price, 0) AS known;

-- name: merge()
-- MERGE has an old row for what was there, a new one for what is.
-- Columns: act!, was?, became?, source_id!
-- Requires: 18
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED AND s.quantity > 1 THEN DELETE
WHEN MATCHED THEN UPDATE SET price = 1
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id, 1, 'new')
RETURNING merge_action() AS act, old.id AS was, new.id AS became, s.id AS source_id;

-- name: merge_without_insert()
-- Without an INSERT every row was there.
-- Columns: was!, became!, note?
-- Requires: 18
MERGE INTO item AS i USING sale AS s ON i.id = s.id WHEN MATCHED THEN UPDATE SET price = 1 RETURNING old.id AS was, new.id AS became, old.note;

-- name: merge_without_delete()
-- Without a DELETE every row is there afterwards.
-- Columns: was?, became!
-- Requires: 18
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET price = 1
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id, 1, 'new')
RETURNING old.id AS was, new.id AS became;

-- name: in_with()
-- Through WITH.
-- Columns: was!, became?
-- Requires: 18
WITH gone AS (DELETE FROM item WHERE id > 0 RETURNING old.id AS was, new.id AS became) SELECT was, became FROM gone;

-- name: with_a_parameter(note)
-- The old value was there before the parameter.
-- Columns: was!, became?
-- Parameters: note?
-- Requires: 18
UPDATE item SET note = :note WHERE note > '' RETURNING old.note AS was, new.note AS became;

-- name: virtual_columns()
-- A virtual column of a row that isn't there.
-- Columns: was?, became!
-- Requires: 18
INSERT INTO virtual (id, width, height) VALUES (50, 1, 1) RETURNING old.label AS was, new.label AS became;

-- name: constant_of_a_view()
-- A constant column of a view, of a row that isn't there.
-- Columns: was?, became!
-- Requires: 18
UPDATE v_const SET id = id + 100 RETURNING nullif(old.one, 1) AS was, new.one AS became;

-- name: deleted_constant_of_a_view()
-- Of a DELETE there is no new one.
-- Columns: was!, became?
-- Requires: 18
DELETE FROM v_const WHERE id > 0 RETURNING old.one AS was, new.one AS became;

-- name: trigger_between_old_and_new()
-- A BEFORE trigger changes the new row; the old one is what WHERE tested.
-- Columns: was!, became?
-- Requires: 18
UPDATE guarded SET note = 'y' WHERE note > '' RETURNING old.note AS was, new.note AS became;

-- name: not_valid_constraint()
-- A constraint that is not valid holds of the new row, not of the old one.
-- Columns: was?, became!
-- Requires: 18
UPDATE unproved SET code = 'b' RETURNING old.code AS was, new.code AS became;

-- name: moved_row()
-- A row that moves between partitions.
-- Columns: was!, became?, k!
-- Requires: 18
UPDATE watched SET k = 1 WHERE note > '' RETURNING old.note AS was, new.note AS became, new.k;

-- name: whole_rows_in_expressions()
-- Rows as values in expressions.
-- Columns: missing!, document?, known!
-- Requires: 18
INSERT INTO item (id, price, title) VALUES (50, 1, 'a') RETURNING old IS NULL AS missing, to_jsonb(old) AS document, to_jsonb(new) AS known;

-- name: merge_not_matched_by_source()
-- All three sorts of action.
-- Columns: was?, became?, source_id?, act!
-- Requires: 18
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id, 1, 'new')
WHEN NOT MATCHED BY SOURCE THEN DELETE
RETURNING old.id AS was, new.id AS became, s.id AS source_id, merge_action() AS act;
