-- None among the elements of an array: nonsense where it is compared, a value where it is kept.

-- name: equal_to_any(ids)
-- = ANY: NULL equals nothing.
-- Columns: id!, title!
-- Parameters: ids[!]!
SELECT id, title FROM item WHERE id = ANY (:ids);

-- name: equal_to_any_of_cast_elements(ids)
-- The cast of an array casts its elements.
-- Columns: id!
-- Parameters: ids[!]!
SELECT id FROM account WHERE id = ANY (:ids::integer[]);

-- name: different_from_all(ids)
-- <> ALL: NULL spoils everything.
-- Columns: id!
-- Parameters: ids[!]!
SELECT id FROM item WHERE id <> ALL (:ids);

-- name: like_any(patterns)
-- LIKE ANY.
-- Columns: id!
-- Parameters: patterns[!]!
SELECT id FROM item WHERE title LIKE ANY (:patterns::text[]);

-- name: greater_than_any(prices)
-- Other operators too.
-- Columns: id!
-- Parameters: prices[!]!
SELECT id FROM item WHERE price > ANY (:prices::integer[]);

-- name: any_and_a_number_of_them(ids)
-- How many there are asks nothing of them.
-- Columns: id!
-- Parameters: ids[!]! elements-by-rule
SELECT id FROM item WHERE id = ANY (:ids) AND cardinality(:ids) > 1;

-- name: any_or_none_given(ids)
-- None as the whole array is another matter.
-- Columns: id!
-- Parameters: ids[!]?
SELECT id FROM item WHERE :ids::integer[] IS NULL OR id = ANY (:ids);

-- name: not_true_of_any(ids)
-- IS NOT TRUE takes unknown for false.
-- Columns: id!
-- Parameters: ids[!]?
SELECT id FROM item WHERE (id = ANY (:ids)) IS NOT TRUE;

-- name: unknown_of_any(ids)
-- IS NULL asks for just what a NULL does.
-- Columns: id!
-- Parameters: ids[?]?
SELECT id FROM item WHERE (id = ANY (:ids)) IS NULL;

-- name: fallback_for_unknown(ids)
-- COALESCE too.
-- Columns: id!
-- Parameters: ids[?]?
SELECT id FROM item WHERE coalesce(id = ANY (:ids), true);

-- name: case_of_any(ids)
-- A condition of CASE takes unknown for false.
-- Columns: id!, what!
-- Parameters: ids[!]?
SELECT id, CASE WHEN id = ANY (:ids) THEN 'in' ELSE 'out' END AS what FROM item;

-- name: unknown_of_a_sub_query(ids)
-- IN (SELECT …) is unknown for it too.
-- Columns: id!
-- Parameters: ids[?]!
SELECT id FROM item WHERE coalesce(id IN (SELECT unnest(:ids::integer[])), true);

-- name: tested_for_unknown(ids)
-- IS UNKNOWN asks for it.
-- Columns: id!
-- Parameters: ids[?]?
SELECT id FROM item WHERE (id = ANY (:ids)) IS UNKNOWN;

-- name: not_false_of_any(ids)
-- IS NOT FALSE takes it for true.
-- Columns: id!
-- Parameters: ids[?]?
SELECT id FROM item WHERE (id = ANY (:ids)) IS NOT FALSE;

-- name: case_of_none(ids)
-- NOT (…) of unknown is unknown, and CASE goes on.
-- Columns: id!, what!
-- Parameters: ids[?]?
SELECT id, CASE WHEN NOT (id = ANY (:ids)) THEN 'out' ELSE 'in' END AS what FROM item;

-- name: all_known_members(ids)
-- bool_and leaves out what is unknown.
-- Columns: all?
-- Parameters: ids[?]! by-rule
SELECT bool_and(id = ANY (:ids)) AS all FROM item;

-- name: members_of_a_sub_query_counted(ids)
-- So does count, of a column of a sub-query.
-- Columns: known!
-- Parameters: ids[?]! by-rule
SELECT count(x.member) AS known FROM (SELECT id = ANY (:ids) AS member FROM item) AS x;

-- name: membership_written(ids)
-- A column that accepts NULL is set to unknown.
-- Columns: id!, paid?
-- Parameters: ids[?]?
UPDATE sale SET paid = (id = ANY (:ids)) RETURNING id, paid;

-- name: member_or_unknown(ids)
-- The caller sees whether it is unknown.
-- Columns: id!, member?
-- Parameters: ids[?]! by-rule
SELECT id, id = ANY (:ids) AS member FROM item;

-- name: overlaps(tags)
-- &&: NULL matches nothing.
-- Columns: id!
-- Parameters: tags[!]!
SELECT id FROM account WHERE tags && :tags;

-- name: overlaps_not(tags)
-- NOT (… && …) neither.
-- Columns: id!
-- Parameters: tags[!]!
SELECT id FROM account WHERE NOT tags && :tags;

-- name: contains(tags)
-- Containing (@>): an array with NULL in it is in none.
-- Columns: id!
-- Parameters: tags[!]!
SELECT id FROM account WHERE tags @> :tags;

-- name: contains_not(tags)
-- NOT (… @> …): it is in none, so everything is found.
-- Columns: id!
-- Parameters: tags[!]! elements-by-rule
SELECT id FROM account WHERE NOT tags @> :tags;

-- name: is_contained(tags)
-- <@: NULL is no more that it may hold.
-- Columns: id!
-- Parameters: tags[!]!
SELECT id FROM account WHERE tags <@ :tags;

-- name: equal_arrays(flags)
-- = of arrays takes NULL for equal to NULL (manual, 9.19).
-- Columns: id!
-- Parameters: flags[?]!
-- Try: flags = {a,NULL}
SELECT id FROM account WHERE flags = :flags;

-- name: has_any_key(keys)
-- ?| leaves NULL out.
-- Columns: id!
-- Parameters: keys[!]!
-- Try: keys = {a,b}
-- Try: keys = {a,NULL}
SELECT id FROM account WHERE profile ?| :keys;

-- name: has_all_keys(keys)
-- ?& too.
-- Columns: id!
-- Parameters: keys[!]!
-- Try: keys = {a,NULL}
SELECT id FROM account WHERE profile ?& :keys;

-- name: in_unnested(ids)
-- IN (SELECT unnest(…)).
-- Columns: id!
-- Parameters: ids[!]!
SELECT id FROM item WHERE id IN (SELECT unnest(:ids::integer[]));

-- name: not_in_unnested(ids)
-- NOT IN: a NULL leaves no row.
-- Columns: id!
-- Parameters: ids[!]! by-rule
SELECT id FROM item WHERE id NOT IN (SELECT unnest(:ids::integer[]));

-- name: joined(ids)
-- A join by = drops NULL.
-- Columns: id!, title!
-- Parameters: ids[!]!
SELECT i.id, i.title FROM unnest(:ids::integer[]) AS u (id) JOIN item AS i ON i.id = u.id;

-- name: joined_by_two(ids, prices)
-- Arrays side by side: each is compared.
-- Columns: id!
-- Parameters: ids[!]!, prices[!]!
-- Try: ids = {1,2}
-- Try: prices = {1,1}
SELECT i.id FROM unnest(:ids::integer[], :prices::integer[]) AS u (id, price) JOIN item AS i ON i.id = u.id AND i.price > u.price;

-- name: joined_and_returned(ids, notes)
-- What isn't compared comes back to the caller.
-- Columns: id!, note?
-- Parameters: ids[!]!, notes[?]! by-rule
SELECT i.id, u.note FROM unnest(:ids::integer[], :notes::text[]) AS u (id, note) JOIN item AS i ON i.id = u.id;

-- name: outer_joined(ids)
-- An outer join keeps the row of NULL.
-- Columns: wanted?, title?
-- Parameters: ids[?]!
SELECT u.id AS wanted, i.title FROM unnest(:ids::integer[]) AS u (id) LEFT JOIN item AS i ON i.id = u.id;

-- name: optional_side_of_a_join(ids)
-- On the side that may be unmatched it never matches.
-- Columns: id!, wanted?
-- Parameters: ids[!]! by-rule
SELECT i.id, u.id AS wanted FROM item AS i LEFT JOIN unnest(:ids::integer[]) AS u (id) ON u.id = i.id;

-- name: existing(ids)
-- EXISTS with =.
-- Columns: id!
-- Parameters: ids[!]!
SELECT id FROM item AS i WHERE EXISTS (SELECT FROM unnest(:ids::integer[]) AS u (id) WHERE u.id = i.id);

-- name: not_existing(ids)
-- NOT EXISTS with =.
-- Columns: id!
-- Parameters: ids[!]! by-rule
SELECT id FROM item AS i WHERE NOT EXISTS (SELECT FROM unnest(:ids::integer[]) AS u (id) WHERE u.id = i.id);

-- name: existing_and_distinct(ids)
-- IS DISTINCT FROM takes NULL for a value.
-- Columns: id!
-- Parameters: ids[?]!
SELECT id FROM item AS i WHERE EXISTS (SELECT FROM unnest(:ids::integer[]) AS u (id) WHERE u.id IS DISTINCT FROM i.id);

-- name: existing_at_all(ids)
-- EXISTS without a condition asks whether there is an element.
-- Columns: id!
-- Parameters: ids[?]!
-- Try: ids = {NULL}
SELECT id FROM item AS i WHERE EXISTS (SELECT FROM unnest(:ids::integer[]) AS u (id));

-- name: counted(ids)
-- count(*) counts NULL.
-- Columns: many!
-- Parameters: ids[?]! by-rule
SELECT count(*) AS many FROM unnest(:ids::integer[]) AS u (id);

-- name: counted_values(ids)
-- count(x) doesn't, nor does sum.
-- Columns: many!, total?
-- Parameters: ids[!]! by-rule
SELECT count(u.id) AS many, sum(u.id) AS total FROM unnest(:ids::integer[]) AS u (id);

-- name: counted_in_a_filter(ids)
-- A strict condition keeps NULL out of count(*).
-- Columns: many!
-- Parameters: ids[!]! by-rule
SELECT count(*) AS many FROM unnest(:ids::integer[]) AS u (id) WHERE u.id > 1;

-- name: gathered(ids)
-- array_agg keeps NULL.
-- Columns: ids[?]?
-- Parameters: ids[?]! by-rule
SELECT array_agg(u.id) AS ids FROM unnest(:ids::integer[]) AS u (id);

-- name: grouped(ids)
-- NULL is a group of its own.
-- Columns: id?, many!
-- Parameters: ids[?]!
SELECT u.id, count(*) AS many FROM unnest(:ids::integer[]) AS u (id) GROUP BY u.id;

-- name: in_the_select_list(ids)
-- unnest in the select list.
-- Columns: id?
-- Parameters: ids[?]!
SELECT unnest(:ids::integer[]) AS id;

-- name: measured(ids)
-- array_length alone.
-- Columns: many?
-- Parameters: ids[?]! by-rule
SELECT array_length(:ids::integer[], 1) AS many;

-- name: by_subscript(ids)
-- One element of it.
-- Columns: first?
-- Parameters: ids[?]! by-rule
SELECT (:ids::integer[])[1] AS first;

-- name: in_order_of_an_array(ids)
-- Where an element stands doesn't change which are found.
-- Columns: id!
-- Parameters: ids[!]!
SELECT id FROM item WHERE id = ANY (:ids::integer[]) ORDER BY array_position(:ids::integer[], id);

-- name: replaced_by_a_value(ids)
-- COALESCE makes a value of NULL.
-- Columns: id!
-- Parameters: ids[?]!
SELECT i.id FROM unnest(:ids::integer[]) AS u (id) JOIN item AS i ON i.id = coalesce(u.id, 2);

-- name: chosen_by_null(ids)
-- CASE does.
-- Columns: id!
-- Parameters: ids[?]!
SELECT i.id FROM unnest(:ids::integer[]) AS u (id) JOIN item AS i ON i.id = CASE WHEN u.id IS NULL THEN 2 ELSE u.id END;

-- name: asked_for(ids)
-- IS NULL asks for it.
-- Columns: id!
-- Parameters: ids[?]!
SELECT i.id FROM unnest(:ids::integer[]) AS u (id) JOIN item AS i ON i.id = u.id OR (u.id IS NULL AND i.discount IS NULL);

-- name: through_a_function_of_users(ids)
-- A function of yours that isn't STRICT may make anything of it.
-- Columns: many!
-- Parameters: ids[?]! by-rule
SELECT count(*) AS many FROM unnest(:ids::integer[]) AS u (id) WHERE is_fine(u.id);

-- name: through_a_strict_function(ids)
-- One that is STRICT makes NULL.
-- Columns: id!
-- Parameters: ids[!]!
SELECT i.id FROM unnest(:ids::integer[]) AS u (id) JOIN item AS i ON i.price = twice(u.id);

-- name: through_lower(names)
-- lower(NULL) is NULL.
-- Columns: id!
-- Parameters: names[!]!
SELECT id FROM item WHERE title = ANY (ARRAY(SELECT lower(n) FROM unnest(:names::text[]) AS n));

-- name: united(ids)
-- UNION keeps NULL.
-- Columns: id?
-- Parameters: ids[?]! by-rule
SELECT id FROM item UNION SELECT unnest(:ids::integer[]);

-- name: except_from_what_is_never_null(ids)
-- EXCEPT takes NULL away from where there is none.
-- Columns: id!
-- Parameters: ids[!]! by-rule
SELECT id FROM item EXCEPT SELECT unnest(:ids::integer[]);

-- name: except_from_what_may_be_null(ids)
-- EXCEPT takes NULL for equal to NULL.
-- Columns: discount?
-- Parameters: ids[?]! by-rule
SELECT discount FROM item EXCEPT SELECT unnest(:ids::integer[]);

-- name: joined_arrays(ids, more)
-- What is put together is compared together.
-- Columns: id!
-- Parameters: ids[!]?, more[!]?
SELECT id FROM item WHERE id = ANY (:ids::integer[] || :more::integer[]);

-- name: inserted_where_null_is_refused(titles)
-- A NOT NULL column refuses it.
-- Columns: title!
-- Parameters: titles[!]!
INSERT INTO item (id, price, title) SELECT 50 + u.no, 1, u.title FROM unnest(:titles::text[]) WITH ORDINALITY AS u (title, no) RETURNING title;

-- name: inserted_where_null_is_kept(notes)
-- Another keeps it.
-- Columns: note?
-- Parameters: notes[?]!
INSERT INTO item (id, price, title, note) SELECT 50 + u.no, 1, 'a', u.note FROM unnest(:notes::text[]) WITH ORDINALITY AS u (note, no) RETURNING note;

-- name: inserted_from_the_select_list(titles)!
-- unnest in the select list.
-- Parameters: titles[!]!
INSERT INTO item (id, price, title) SELECT 50 + length(x.title), 1, x.title FROM (SELECT unnest(:titles::text[]) AS title) AS x;

-- name: upserted(ids, notes)
-- ON CONFLICT writes a note that may be NULL; IS NOT NULL expects that of a key, and leaves it out.
-- Columns: id!, note?
-- Parameters: ids[?]! elements-by-rule, notes[?]! by-rule
-- Try: ids = {1,2}
-- Try: notes = {x,NULL}
INSERT INTO item (id, price, title, note) SELECT u.id, 1, 'a', u.note FROM unnest(:ids::integer[], :notes::text[]) AS u (id, note) WHERE u.id IS NOT NULL ON CONFLICT (id) DO UPDATE SET note = excluded.note RETURNING id, note;

-- name: updated(ids, notes)!
-- UPDATE … FROM unnest: by one array, to the other.
-- Parameters: ids[!]!, notes[?]! by-rule
UPDATE item SET note = u.note FROM unnest(:ids::integer[], :notes::text[]) AS u (id, note) WHERE item.id = u.id;

-- name: updated_where_null_is_refused(ids, titles)
-- To a NOT NULL column.
-- Columns: id!, title!
-- Parameters: ids[!]!, titles[!]!
-- Try: ids = {1,2}
-- Try: titles = {b,c}
UPDATE item SET title = u.title FROM unnest(:ids::integer[], :titles::text[]) AS u (id, title) WHERE item.id = u.id RETURNING item.id, item.title;

-- name: deleted(ids)
-- DELETE … USING unnest.
-- Columns: id!
-- Parameters: ids[!]!
DELETE FROM sale USING unnest(:ids::integer[]) AS u (id) WHERE sale.id = u.id RETURNING sale.id;

-- name: merged(ids, notes)
-- MERGE: the key of its source decides what is done.
-- Requires: 17
-- Columns: id!, note?
-- Parameters: ids[?]! elements-by-rule, notes[?]! by-rule
-- Try: ids = {1,200}
-- Try: notes = {x,NULL}
MERGE INTO item AS t USING unnest(:ids::integer[], :notes::text[]) AS u (id, note) ON t.id = u.id WHEN MATCHED THEN UPDATE SET note = u.note WHEN NOT MATCHED AND u.id IS NOT NULL THEN INSERT (id, price, title, note) VALUES (u.id, 1, 'a', u.note) RETURNING t.id, t.note;

-- name: mended_by_a_trigger(times)
-- A trigger may put something in the place of NULL before the column refuses it.
-- Columns: id!, made_at!
-- Parameters: times[?]!
-- Try: times = {2024-01-01}
-- Try: times = {2024-01-01,NULL}
INSERT INTO stamped (id, title, made_at) SELECT 50 + u.no, 'a', u.at FROM unnest(:times::timestamptz[]) WITH ORDINALITY AS u (at, no) RETURNING id, made_at;

-- name: taken_by_a_rule(notes)!
-- A rule may do anything with it.
-- Parameters: notes[?]!
INSERT INTO ruled (id, note) SELECT 50 + u.no, u.note FROM unnest(:notes::text[]) WITH ORDINALITY AS u (note, no);

-- name: through_a_view(titles, discounts)
-- A view's columns are those of its table; IS NOT NULL says that NULL is expected.
-- Columns: title!, discount?
-- Parameters: titles[?]! elements-by-rule, discounts[?]! by-rule
-- Try: titles = {a,b}
-- Try: discounts = {1,NULL}
INSERT INTO v_item (id, price, discount, title) SELECT 50 + u.no, 1, u.discount, u.title FROM unnest(:titles::text[], :discounts::integer[]) WITH ORDINALITY AS u (title, discount, no) WHERE u.title IS NOT NULL RETURNING title, discount;

-- name: through_a_view_with_a_trigger(titles)!
-- INSTEAD OF: a trigger gets it.
-- Parameters: titles[?]!
INSERT INTO v_trap (id, title) SELECT 50 + u.no, u.title FROM unnest(:titles::text[]) WITH ORDINALITY AS u (title, no);

-- name: stored_whole(flags, tags)
-- An array that is stored may hold NULL.
-- Columns: flags[?]?, tags[?]!
-- Parameters: flags[?]?, tags[?]!
UPDATE account SET flags = :flags, tags = :tags RETURNING flags, tags;

-- name: stored_whole_and_checked(names, words)
-- A CHECK or a domain refuses NULL among elements.
-- Columns: id!
-- Parameters: names[!]!, words[!]!
INSERT INTO listed (id, names, loose, words) VALUES (60, :names, '{a}', :words) RETURNING id;

-- name: added_to_a_stored_array(tags)
-- What is added to an array as well.
-- Columns: tags[?]!
-- Parameters: tags[?]? 
UPDATE account SET tags = tags || :tags::text[] WHERE array_ndims(tags) = 1 RETURNING tags;

-- name: texts_of_an_array(words)
-- array_to_string leaves NULL out.
-- Columns: text!
-- Parameters: words[!]!
SELECT array_to_string(:words::text[], ',') AS text FROM item WHERE title = ANY (:words::text[]);

-- name: let_in_by_the_query(ids)
-- The query lets None in where it makes no sense, by @null.
-- @null :ids[]
-- Columns: id!
-- Parameters: ids[?]! elements-by-rule
SELECT id FROM item WHERE id = ANY (:ids);

-- name: refused_by_the_query(notes)
-- The query refuses None by @notnull, where it makes sense, and then the column holds none.
-- @notnull :notes[]
-- Columns: note!
-- Parameters: notes[!]!
INSERT INTO item (id, price, title, note) SELECT 50 + u.no, 1, 'a', u.note FROM unnest(:notes::text[]) WITH ORDINALITY AS u (note, no) RETURNING note;
