-- Triggers that run before a row is written, and rules, decide what RETURNING gives.

-- name: before_insert()
-- A BEFORE trigger may clear what was just put there; it can't clear what is NOT NULL.
-- Columns: title!, note?
INSERT INTO stamped VALUES (50, 'a', 'x', now()) RETURNING title, note;

-- name: before_update()
-- Also on UPDATE.
-- Columns: title!, note?
UPDATE stamped SET note = 'x' RETURNING title, note;

-- name: before_update_after_a_test()
-- Also where WHERE tested the column.
-- Columns: note?, id!
UPDATE guarded SET id = id + 50 WHERE note > '' RETURNING note, id;

-- name: before_update_only()
-- A trigger for UPDATE leaves an INSERT alone.
-- Columns: note!, other?
INSERT INTO guarded VALUES (50, 'x') RETURNING note, nullif(id, 50) AS other;

-- name: upsert_with_a_trigger_for_update()
-- An upsert may turn into an UPDATE.
-- Columns: note?, id!
INSERT INTO guarded VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET note = 'y' RETURNING note, id;

-- name: delete_with_a_trigger()
-- A DELETE gives the row that was, which WHERE tested.
-- Columns: note!, other?
DELETE FROM guarded WHERE note > '' RETURNING note, nullif(id, 1) AS other;

-- name: after_and_statement_triggers()
-- Triggers that run afterwards, or once a statement, change no row.
-- Columns: note!, other?
INSERT INTO logged VALUES (50, 'x') RETURNING note, nullif(id, 50) AS other;

-- name: update_after_and_statement_triggers()
-- So with UPDATE.
-- Columns: note!, other?
UPDATE logged SET note = 'x' RETURNING note, nullif(id, 1) AS other;

-- name: trigger_fills_in(made_at)
-- A trigger may fill in what a NOT NULL column needs; the rule goes by the column.
-- Columns: made_at!, note?
-- Parameters: made_at! by-rule
INSERT INTO stamped VALUES (50, 'a', 'x', :made_at) RETURNING made_at, note;

-- name: trigger_and_nullable_parameter(note)
-- A nullable column of such a table takes None.
-- Columns: id!, note?
-- Parameters: note?
INSERT INTO stamped VALUES (50, 'a', :note, now()) RETURNING id, note;

-- name: rule_instead_of_insert()
-- A rule returns what it likes.
-- Columns: id?, note?
INSERT INTO ruled VALUES (1, NULL) RETURNING id, note;

-- name: rule_instead_of_delete()
-- Also instead of a DELETE.
-- Columns: id?, note?
-- Data: INSERT INTO logged VALUES (1, NULL); ALTER TABLE ruled DISABLE RULE ruled_insert; INSERT INTO ruled VALUES (1, 'a');
DELETE FROM ruled RETURNING id, note;

-- name: select_from_ruled()
-- Reading such a table is reading a table.
-- Columns: id!, note?
-- Data: ALTER TABLE ruled DISABLE RULE ruled_insert; INSERT INTO ruled VALUES (1, NULL);
SELECT id, note FROM ruled;
