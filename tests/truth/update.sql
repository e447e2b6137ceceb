-- UPDATE … RETURNING gives the new row.

-- name: set_nullable(note)
-- What was set may be None where the column lets it.
-- Columns: id!, note?
-- Parameters: note?
UPDATE item SET note = :note WHERE id > 0 RETURNING id, note;

-- name: set_not_null(title)
-- A NOT NULL column refuses None.
-- Columns: title!, note?
-- Parameters: title!
UPDATE item SET title = :title WHERE id > 0 RETURNING title, note;

-- name: set_constant()
-- A constant that was just set is there.
-- Columns: note!, discount!, last_mood?
UPDATE item SET note = 'x', discount = 5 WHERE id > 0 RETURNING note, discount, last_mood;

-- name: set_null()
-- So is NULL.
-- Columns: note?, title!
UPDATE item SET note = NULL WHERE note IS NOT NULL RETURNING note, title;

-- name: set_default()
-- DEFAULT is NULL where there is none.
-- Columns: note?, mood!
UPDATE item SET note = DEFAULT, mood = DEFAULT WHERE id > 0 RETURNING note, mood;

-- name: set_to_a_default_that_is_never_null()
-- DEFAULT of a column whose default is never NULL.
-- Columns: counter!, plain?
UPDATE defaults SET counter = DEFAULT WHERE id > 0 RETURNING counter, plain;

-- name: set_to_a_column()
-- A filled column set to another.
-- Columns: note!, discount?
UPDATE item SET note = title, discount = discount + 1 WHERE id > 0 RETURNING note, discount;

-- name: set_with_a_fallback(note)
-- COALESCE keeps the old value when None is given.
-- Columns: title!, note?
-- Parameters: note?
UPDATE item SET note = coalesce(:note, note) WHERE id > 0 RETURNING title, note;

-- name: set_not_null_with_a_fallback(title, price)
-- So for a NOT NULL column, where None makes sense then.
-- Columns: title!, price!, note?
-- Parameters: title?, price?
UPDATE item SET title = coalesce(:title, title), price = coalesce(:price, price) WHERE id > 0 RETURNING title, price, note;

-- name: set_row(note, title)
-- A row of values is several columns.
-- Columns: note?, title!
-- Parameters: note?, title!
UPDATE item SET (note, title) = (:note, :title) WHERE id > 0 RETURNING note, title;

-- name: set_from_a_subquery()
-- A sub-query that finds nothing sets NULL.
-- Columns: note?, discount?, id!
UPDATE item SET (note, discount) = (SELECT s.buyer, s.quantity FROM sale AS s WHERE s.id = item.id) WHERE id > 0 RETURNING note, discount, id;

-- name: set_from_a_one_row_subquery()
-- One that has a row always, and what it has is filled.
-- Columns: discount!, note?
UPDATE item SET discount = (SELECT count(*) FROM sale AS s WHERE s.item_id = item.id) WHERE id > 0 RETURNING discount, note;

-- name: update_from()
-- Columns of other tables come along as the join has them.
-- Columns: id!, quantity!, refund?, note!
UPDATE item AS i SET note = 'x' FROM sale AS s WHERE s.item_id = i.id RETURNING i.id, s.quantity, s.refund, i.note;

-- name: update_from_a_left_join()
-- An outer join in FROM.
-- Columns: id!, sale_id!, place?
UPDATE item AS i SET note = 'x' FROM sale AS s LEFT JOIN shelf AS f ON f.id = s.id WHERE s.item_id = i.id RETURNING i.id, s.id AS sale_id, f.place;

-- name: update_where_parameter(id, note)
-- Compared strictly in WHERE, None changes nothing; set, it clears.
-- Columns: id!, note?
-- Parameters: id!, note?
UPDATE item SET note = :note WHERE id = :id RETURNING id, note;

-- name: update_where_it_changes(note)
-- IS DISTINCT FROM compares with None as well.
-- Columns: id!, note?
-- Parameters: note?
UPDATE item SET note = :note WHERE note IS DISTINCT FROM :note RETURNING id, note;

-- name: update_to_the_tested_value(note)
-- A parameter that is compared strictly as well is never None where a row is.
-- Columns: note!, discount?
-- Parameters: note!
UPDATE item SET note = :note WHERE title <> :note RETURNING note, discount;

-- name: narrowed_and_not_set()
-- What WHERE tested and nobody set is filled.
-- Columns: discount!, note?
UPDATE item SET note = NULL WHERE discount >= 0 RETURNING discount, note;

-- name: optimistic(id, version, note)
-- An optimistic lock.
-- Columns: id!, version!, note?
-- Parameters: id!, version!, note?
UPDATE purchase SET note = :note, version = version + 1 WHERE id = :id AND version = :version RETURNING id, version, note;

-- name: set_field(city)
-- A field of a composite column may be set to None, and the composite is there then.
-- Columns: home!, city?
-- Parameters: city?
UPDATE account SET home.city = :city WHERE id > 0 RETURNING home, (home).city AS city;

-- name: set_element(word)
-- So may an element of an array.
-- Columns: tags!, word?
-- Parameters: word?
UPDATE account SET tags[1] = :word WHERE id > 0 RETURNING tags, tags[1] AS word;

-- name: no_returning(note, title)!
-- Without RETURNING.
-- Parameters: note?, title!
UPDATE item SET note = :note, title = :title WHERE id > 0;

-- name: in_a_case(keep)
-- A parameter that chooses in a CASE may be None.
-- Columns: note?, id!
-- Parameters: keep?
UPDATE item SET note = CASE WHEN :keep::boolean THEN note END WHERE id > 0 RETURNING note, id;

-- name: set_by_a_case(note)
-- CASE with a parameter and constants.
-- Columns: note!, discount?
-- Parameters: note?
UPDATE item SET note = CASE WHEN :note::text IS NULL THEN 'none' ELSE 'some' END WHERE id > 0 RETURNING note, discount;

-- name: set_from_values()
-- FROM VALUES of which one is NULL.
-- Columns: note?, discount!
UPDATE item SET note = v.note, discount = v.cut FROM (VALUES (1, 'x', 1), (2, NULL, 2)) AS v (id, note, cut) WHERE item.id = v.id RETURNING item.note, item.discount;

-- name: set_from_a_cte()
-- FROM WITH, grouped.
-- Columns: discount!, note?
WITH sold AS (SELECT item_id, count(*)::integer AS many, max(buyer) AS who FROM sale GROUP BY item_id)
UPDATE item SET discount = sold.many, note = sold.who FROM sold WHERE sold.item_id = item.id RETURNING item.discount, item.note;

-- name: set_to_a_parameter_that_is_compared_in_from(floor)
-- A parameter compared in ON of an inner join in FROM.
-- Columns: discount!, note?
-- Parameters: floor!
UPDATE item SET discount = :floor FROM sale AS s JOIN shelf AS f ON f.id = s.id AND s.quantity > :floor WHERE s.item_id = item.id RETURNING item.discount, item.note;

-- name: set_to_what_the_join_tested()
-- A column of another table that WHERE tested.
-- Columns: note!, discount?
UPDATE item AS i SET note = s.buyer, discount = s.refund FROM sale AS s WHERE s.item_id = i.id AND s.buyer > '' RETURNING i.note, i.discount;
