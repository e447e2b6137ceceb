-- DELETE … RETURNING gives the row that was.

-- name: plain_delete()
-- What the table promises.
-- Columns: id!, title!, note?
DELETE FROM item WHERE id > 0 RETURNING id, title, note;

-- name: delete_by_key(id)
-- Compared strictly, None deletes nothing.
-- Columns: id!, note?
-- Parameters: id!
DELETE FROM item WHERE id = :id RETURNING id, note;

-- name: delete_using()
-- Columns of other tables come along.
-- Columns: id!, quantity!, refund?
DELETE FROM item AS i USING sale AS s WHERE s.item_id = i.id RETURNING i.id, s.quantity, s.refund;

-- name: delete_using_a_left_join()
-- As the join has them.
-- Columns: id!, place?
DELETE FROM item AS i USING sale AS s LEFT JOIN shelf AS f ON f.id = s.quantity WHERE s.item_id = i.id RETURNING i.id, f.place;

-- name: delete_unless(note)
-- IS DISTINCT FROM takes None for a value.
-- Columns: id!, note?
-- Parameters: note?
DELETE FROM item WHERE note IS DISTINCT FROM :note RETURNING id, note;

-- name: delete_where_null(state, days)
-- A strict test of an expression.
-- Columns: id!, paid_at?
-- Parameters: state!, days!
-- Try: days = -9999
DELETE FROM purchase WHERE state = :state AND ordered_at < now() - :days * interval '1 day' RETURNING id, paid_at;

-- name: delete_without_returning(ids)!
-- Without RETURNING.
-- Parameters: ids[!]!
DELETE FROM item WHERE id = ANY (:ids);

-- name: delete_computed()
-- Expressions over the row that was.
-- Columns: label!, cut?
DELETE FROM item WHERE id > 0 RETURNING coalesce(note, title) AS label, discount + 1 AS cut;

-- name: delete_of_rows_kept(ids)
-- <> ALL of None is unknown.
-- Columns: id!, note?
-- Parameters: ids[!]!
DELETE FROM item WHERE id <> ALL (:ids::integer[]) RETURNING id, note;
