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
