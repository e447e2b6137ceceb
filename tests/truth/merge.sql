-- MERGE: which side of the join is missing depends on the actions written.

-- name: merge_parameters(id, title, note)!
-- Values set and inserted have their columns' rule; the source's row exists whatever it holds.
-- Parameters: id!, title!, note?
MERGE INTO item AS i USING (SELECT :id::integer AS id, :title::text AS title, :note::text AS note) AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET title = s.title, note = s.note
WHEN NOT MATCHED THEN INSERT (id, price, title, note) VALUES (s.id, 1, s.title, s.note);

-- name: merge_condition(floor)!
-- A strict test in WHEN takes actions away, not rows of the source.
-- Parameters: floor! by-rule
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED AND s.quantity > :floor THEN UPDATE SET note = 'x'
WHEN MATCHED THEN DELETE;

-- name: merge_delete(id)!
-- A strict test in ON without an action for the rest.
-- Parameters: id!
MERGE INTO item AS i USING shelf AS s ON i.id = s.item_id AND i.id = :id WHEN MATCHED THEN UPDATE SET note = s.place;

-- name: merge_set_nullable(note, mood)!
-- A nullable column takes None, a NOT NULL column does not.
-- Parameters: note?, mood!
MERGE INTO item AS i USING item AS s ON i.id = s.id WHEN MATCHED THEN UPDATE SET note = :note, mood = :mood;

-- name: matched_only()
-- With WHEN MATCHED alone both sides are there.
-- Columns: id!, quantity!, note?, refund?
-- Requires: 17
MERGE INTO item AS i USING (SELECT DISTINCT ON (id) * FROM sale) AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET price = s.quantity RETURNING i.id, s.quantity, i.note, s.refund;

-- name: insert_or_update()
-- What was inserted or updated is the target; its source is there in both cases.
-- Columns: act!, id!, source_id!, price!, note?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET price = s.quantity
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id, s.quantity, 'new')
RETURNING merge_action() AS act, i.id, s.id AS source_id, i.price, i.note;

-- name: not_matched_by_source()
-- An action for rows that the source lacks makes the source nullable, and the target not.
-- Columns: act!, id!, source_id?, quantity?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET price = s.quantity
WHEN NOT MATCHED BY SOURCE THEN UPDATE SET note = 'gone'
RETURNING merge_action() AS act, i.id, s.id AS source_id, s.quantity;

-- name: delete_unmatched()
-- Also where that action deletes.
-- Columns: id!, title!, source_id?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id WHEN NOT MATCHED BY SOURCE THEN DELETE RETURNING i.id, i.title, s.id AS source_id;

-- name: constant_in_every_action()
-- A nullable column that every action sets to a constant has it; one that one action leaves alone may be NULL.
-- Columns: note!, discount?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET note = 'x'
WHEN NOT MATCHED THEN INSERT (id, price, title, note, discount) VALUES (s.id, 1, 'new', 'y', 2)
RETURNING i.note, i.discount;

-- name: merge_with_parameters(id, note)
-- What a parameter set may be NULL when it is returned.
-- Columns: id!, note?
-- Parameters: id!, note?
-- Requires: 17
MERGE INTO item AS i USING (SELECT :id::integer AS id) AS s ON i.id = s.id
WHEN MATCHED THEN UPDATE SET note = :note
WHEN NOT MATCHED THEN INSERT (id, price, title, note) VALUES (s.id, 1, 'new', :note)
RETURNING i.id, i.note;

-- name: merge_in_with()
-- MERGE inside WITH.
-- Columns: act!, id!, refund?
-- Requires: 17
WITH merged AS (
    MERGE INTO item AS i USING sale AS s ON i.id = s.id WHEN MATCHED THEN DELETE RETURNING merge_action() AS act, i.id, s.refund
)
SELECT act, id, refund FROM merged;

-- name: join_of_inserts()
-- ON narrows only where the row matched: an INSERT is for rows that didn't.
-- Columns: id!, item_id?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.item_id
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id + 100, 1, 'new')
RETURNING i.id, s.item_id;

-- name: join_of_updates()
-- With WHEN MATCHED alone it does.
-- Columns: id!, item_id!, refund?
-- Requires: 17
MERGE INTO item AS i USING (SELECT DISTINCT ON (item_id) * FROM sale) AS s ON i.id = s.item_id
WHEN MATCHED THEN UPDATE SET price = 1 RETURNING i.id, s.item_id, s.refund;

-- name: update_or_delete()
-- A constant set by one action is not there where another deletes.
-- Columns: note?, id!
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED AND s.quantity > 1 THEN DELETE
WHEN MATCHED THEN UPDATE SET note = 'x' RETURNING i.note, i.id;

-- name: insert_without_a_column()
-- An INSERT that leaves a column out leaves it NULL.
-- Columns: note?, mood!
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id + 100
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id + 100, 1, 'new') RETURNING i.note, i.mood;

-- name: condition_of_an_action()
-- A condition of one action narrows nothing that another returns.
-- Columns: refund?, id!
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED AND s.refund > 0 THEN UPDATE SET price = 1
WHEN MATCHED THEN UPDATE SET price = 2 RETURNING s.refund, i.id;

-- name: merge_into_a_table_with_a_trigger()
-- A BEFORE trigger changes what MERGE returns.
-- Columns: note?, title!
-- Requires: 17
MERGE INTO stamped AS t USING sale AS s ON t.id = s.id
WHEN MATCHED THEN UPDATE SET note = 'x'
WHEN NOT MATCHED THEN INSERT VALUES (s.id, 'a', 'x', now()) RETURNING t.note, t.title;

-- name: do_nothing()
-- DO NOTHING returns no row.
-- Columns: id!, source_id!, note?
-- Requires: 17
MERGE INTO item AS i USING sale AS s ON i.id = s.id
WHEN MATCHED THEN DO NOTHING
WHEN NOT MATCHED THEN INSERT (id, price, title) VALUES (s.id, 1, 'new') RETURNING i.id, s.id AS source_id, i.note;
