-- What the query itself says of parameters is refused before it is sent, and so it is a proof.

-- name: itself(note)
-- A parameter that is returned.
-- @notnull :note
-- Columns: note!, upper!, gap?
-- Parameters: note!
SELECT coalesce(:note, NULL) AS note, upper(:note::text) AS upper, nullif(:note, 'a') AS gap;

-- name: returned(note)
-- It is written to a column that accepts NULL.
-- @notnull :note
-- Columns: note!, discount?
-- Parameters: note!
UPDATE item SET note = :note RETURNING note, discount;

-- name: one_of_two(note, buyer)
-- Of one parameter it says nothing of another.
-- @notnull :note
-- Columns: note!, buyer?
-- Parameters: note!, buyer?
UPDATE sale SET buyer = :buyer FROM item AS i WHERE i.id = sale.item_id RETURNING coalesce(i.note, :note) AS note, sale.buyer;

-- name: chosen(fallback)
-- The last of COALESCE.
-- @notnull :fallback
-- Columns: id!, discount!
-- Parameters: fallback!
SELECT id, coalesce(discount, :fallback) AS discount FROM item;

-- name: members(note)
-- In arrays, rows and JSON.
-- @notnull :note
-- Columns: notes[!]!, pair{f1! f2!}!, card{id! note!}!
-- Parameters: note!
SELECT ARRAY[title, :note] AS notes, ROW (id, :note::text) AS pair, json_build_object('id', id, 'note', :note::text) AS card FROM item;

-- name: not_needed(note)
-- A trigger may take it away again.
-- @notnull :note
-- Columns: note?
-- Parameters: note!
UPDATE stamped SET note = :note RETURNING note;

-- name: elements(notes)
-- Elements that are promised.
-- @notnull :notes[]
-- Columns: note!, notes[!]!
-- Parameters: notes[!]!
SELECT n AS note, ARRAY(SELECT unnest(:notes::text[])) AS notes FROM unnest(:notes::text[]) AS n;

-- name: elements_and_the_array(notes)
-- The array and its elements.
-- @notnull :notes, :notes[]
-- Columns: flags[!]!
-- Parameters: notes[!]!
UPDATE account SET flags = :notes RETURNING :notes::text[] AS flags;

-- name: by_column(extra)
-- Without a promise None makes sense, and comes back.
-- Columns: extra?
-- Parameters: extra?
UPDATE account SET extra = :extra RETURNING extra;
