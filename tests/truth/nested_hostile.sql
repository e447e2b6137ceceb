-- Structures that look simpler than they are.

-- name: casts_of_the_users_own()
-- A type with a cast to json becomes whatever that cast makes.
-- Columns: card{id! coin?}!, composite{id! coins{f1!}!}!
SELECT json_build_object('id', id, 'coin', CASE WHEN price > 5 THEN 'cent' ELSE 'dime' END::coin) AS card, json_build_object('id', id, 'coins', ROW (id)) AS composite FROM item;

-- name: casts_of_the_users_own_among_elements()
-- Also as an element.
-- Columns: coins[?]!
SELECT json_agg(CASE WHEN price > 5 THEN 'cent' ELSE 'dime' END::coin) AS coins FROM item GROUP BY mood;

-- name: casts_of_the_users_own_in_a_row()
-- And as a member of a row.
-- Columns: row{id! coin?}!
SELECT to_jsonb(x) AS row FROM (SELECT id, CASE WHEN price > 5 THEN 'cent' ELSE 'dime' END::coin AS coin FROM item) AS x;

-- name: functions_beside_the_built_in_ones()
-- json_agg of another schema is somebody else's.
-- Columns: card*?
SELECT shadow.json_build_object(title, id) AS card FROM item;

-- name: null_row_or_row_of_nulls()
-- A NULL composite and one of NULLs are both IS NULL, and only one is NULL.
-- Columns: home{street? city? zip?}?
SELECT home FROM account WHERE home IS NULL;

-- name: unmatched_row_in_a_constructor()
-- The row that isn't there is a member that is NULL.
-- Columns: pair{f1! f2{id! item_id! place! height?}?}!
SELECT ROW (i.id, h) AS pair FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id;

-- name: row_of_an_unmatched_join()
-- A sub-query's row is NULL, whatever constants are in it.
-- Columns: row{id! one!}?
SELECT x AS row FROM item AS i LEFT JOIN (SELECT id, item_id, 1 AS one FROM shelf) AS y ON y.item_id = i.id LEFT JOIN LATERAL (SELECT y.id, y.one WHERE y.one = 1) AS x ON true;

-- name: removed_from_a_row_variable()
-- array_agg of a member of the row that isn't there.
-- Columns: places[?]!
SELECT array_agg((h).place) AS places FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: filter_on_another_row()
-- A FILTER speaks of other columns than those that are NULL.
-- Columns: shelves[{id! item_id! place! height?}?]?
SELECT json_agg(h) FILTER (WHERE i.price > 1) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: filter_that_null_passes()
-- So does one that NULL passes.
-- Columns: shelves[{id! item_id! place! height?}?]?
SELECT json_agg(h) FILTER (WHERE h.id IS DISTINCT FROM 1) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: filter_by_a_row()
-- h IS NOT NULL asks for every member; NOT (h IS NULL) for one.
-- Columns: whole[{id! item_id! place! height!}!]?, some[{id! item_id! place! height?}!]?
SELECT json_agg(h) FILTER (WHERE h IS NOT NULL) AS whole, json_agg(h) FILTER (WHERE NOT (h IS NULL)) AS some FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: coalesce_of_json_null()
-- 'null'::json is no NULL, and COALESCE keeps it.
-- Columns: payload!, kept!
SELECT coalesce(jb_n, 'null') AS payload, coalesce('null'::jsonb, '[]') AS kept FROM thing;

-- name: element_that_is_json_null()
-- A list that is NULL may become the document null.
-- Columns: list*!
SELECT coalesce((SELECT json_agg(s.id) FROM sale AS s WHERE s.item_id = i.id), 'null'::json) AS list FROM item AS i;

-- name: object_or_list()
-- COALESCE of an object and a list.
-- Columns: one*!
SELECT coalesce(CASE WHEN price > 5 THEN jsonb_build_object('a', 1) END, '[]') AS one FROM item;

-- name: object_or_array_joined()
-- || of an object and an array makes the object an element.
-- Columns: list!
SELECT jsonb_build_object('a', id) || to_jsonb(ARRAY[id]) AS list FROM item;

-- name: joined_with_a_stored_document()
-- || with a document that is stored may be anything.
-- Columns: both*!
SELECT jsonb_build_object('a', id) || profile AS both FROM account WHERE jsonb_typeof(profile) IN ('object', 'array');

-- name: stripped_of_what_is_asked_for()
-- What may be missing after strip_nulls is NULL in what -> asks for.
-- Columns: note?, card{id! note~}!
SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'note', note)) -> 'note' AS note, jsonb_strip_nulls(jsonb_build_object('id', id, 'note', note)) AS card FROM item;

-- name: stripped_documents()
-- A stored document in an object that is stripped may be null too.
-- Columns: card{id! payload~}!
SELECT jsonb_strip_nulls(jsonb_build_object('id', id, 'payload', jb)) AS card FROM thing;

-- name: grouping_sets_of_rows()
-- A key that isn't of the set is NULL, in the object as elsewhere.
-- Columns: card{gift? many!}!
SELECT jsonb_build_object('gift', gift, 'many', count(*)) AS card FROM sale GROUP BY ROLLUP (gift);

-- name: whole_row_of_a_grouped_join()
-- The row of a key that an outer join left out.
-- Columns: shelf{id! item_id! place! height?}?, many!
SELECT h AS shelf, count(*) AS many FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY h;

-- name: array_of_a_set()
-- Sets of different length in one select list are filled up.
-- Columns: pair[?]!
SELECT ARRAY[x.a, x.b] AS pair FROM (SELECT unnest(ARRAY[1, 2]) AS a, unnest(ARRAY[1]) AS b) AS x;

-- name: rows_of_two_sets()
-- ROWS FROM too.
-- Columns: row{a? b?}!
SELECT ROW (x.a, x.b)::pair_of AS row FROM ROWS FROM (generate_series(1, 2), generate_series(1, item_count())) AS x (a, b);

-- name: nested_domains()
-- Arrays of a domain over an array, a domain over that, a NOT NULL domain in a row.
-- Data: INSERT INTO listed VALUES (1, '{a}', '{a}', '{a}', '{a}'), (2, '{a}', '{a}', '{a}', '{a}');
-- Columns: lists[?]?, row{level? label?}?
SELECT (SELECT array_agg(l.level) FROM labelled AS l HAVING count(*) >= 0) AS lists, CASE WHEN id > 1 THEN ROW (nullif(id, 2), (SELECT 'a'::filled WHERE id > 2))::domained END AS row FROM listed;

-- name: trigger_in_a_returned_row()
-- What a trigger puts in is in the row as well.
-- Columns: row{id! title! note? made_at!}!
UPDATE stamped SET note = 'x' RETURNING stamped AS row;

-- name: rule_in_a_returned_row()
-- A rule returns whatever it likes.
-- Columns: card{id? note?}!
INSERT INTO ruled SELECT i, n FROM (VALUES (1, 'a'), (2, NULL)) AS v (i, n) RETURNING json_build_object('id', id, 'note', note) AS card;

-- name: view_with_a_trigger_in_a_returned_row()
-- So does an INSTEAD OF trigger.
-- Columns: card{id? title?}!
UPDATE v_trap SET title = 'x' RETURNING json_build_object('id', id, 'title', title) AS card;

-- name: function_in_an_object()
-- A function of yours in an object, STRICT or not.
-- Columns: card{sure! twice?}!
SELECT json_build_object('sure', id, 'twice', twice(id * 40)) AS card FROM item;

-- name: element_by_subscript()
-- An element of an array in an object may not be there.
-- Columns: card{first? all[!]!}!
SELECT json_build_object('first', (ARRAY[id])[id], 'all', ARRAY[id]) AS card FROM item;

-- name: infinite_times()
-- A time in JSON is a text, infinite or not, and parts of it may be NULL.
-- Columns: card{at! day?}!
SELECT jsonb_build_object('at', sold_at, 'day', extract(day FROM sold_at)) AS card FROM sale;

-- name: numbers_that_are_none()
-- NaN becomes a text in JSON, not null.
-- Columns: card{num! float!}!
SELECT jsonb_build_object('num', num, 'float', float) AS card FROM thing;

-- name: lateral_lists_of_nothing()
-- A LATERAL list under WHERE false.
-- Columns: list[!]?
SELECT x.list FROM item AS i LEFT JOIN LATERAL (SELECT json_agg(s.id) AS list FROM sale AS s WHERE s.item_id = i.id HAVING count(*) > 0) AS x ON true;

-- name: full_join_rows()
-- USING merges columns, the rows of the sides stay apart.
-- Columns: id!, a{id! name! parent_id?}?, b{id! item_id! place! height?}?
SELECT id, a, b FROM category AS a FULL JOIN shelf AS b USING (id);

-- name: merged_rows()
-- MERGE returns rows of the table and of its source, which may not be there.
-- Requires: 17
-- Columns: shelf{id! item_id! place! height?}!, item{id! price! discount? title! note? mood! last_mood?}?
MERGE INTO shelf AS h USING item AS i ON i.id = h.id WHEN MATCHED THEN UPDATE SET place = 'x' WHEN NOT MATCHED BY SOURCE THEN UPDATE SET place = 'y' RETURNING h AS shelf, i AS item;

-- name: rows_with_the_same_key()
-- || of two rows: members of the right one count, if it is there.
-- Columns: both{id! item_id! place! height! title! price! discount? note? mood! last_mood?}?
SELECT to_jsonb(h) || to_jsonb(i) AS both FROM shelf AS h LEFT JOIN item AS i ON i.id = h.height;

-- name: text_of_json()
-- JSON that was a text again is any document.
-- Columns: card!
SELECT json_build_object('id', id)::text::json AS card FROM item;

-- name: unnested_and_aggregated()
-- Elements of a stored array may be NULL in JSON too.
-- Columns: words[?]!
SELECT json_agg(w) AS words FROM thing AS t CROSS JOIN LATERAL unnest(t.words) AS w GROUP BY t.flag;

-- name: row_of_a_join_of_sub_queries()
-- The narrower condition of a sub-query holds in its row.
-- Columns: row{id! discount! note?}!
SELECT x AS row FROM (SELECT id, discount, note FROM item WHERE discount IS NOT NULL) AS x JOIN shelf AS h ON h.item_id = x.id;

-- name: distinct_on_rows()
-- DISTINCT ON hands the first on.
-- Columns: title!, row{id! price! discount? title! note? mood! last_mood?}!
SELECT DISTINCT ON (title) title, i AS row FROM item AS i ORDER BY title, id;

-- name: merged_rows_of_virtual_columns()
-- With a virtual column beside it the row that isn't there may be one of NULLs.
-- Requires: 18
-- Data: INSERT INTO item VALUES (1, 10, 1, 'a', 'a', 'ok', 'ok'), (2, 10, NULL, 'a', NULL, 'ok', NULL); INSERT INTO virtual VALUES (1, 1, 1), (2, 2, NULL); INSERT INTO shelf VALUES (1, 1, 'a', 1), (2, 1, 'a', 1), (3, 1, 'b', 2);
-- Columns: id!, place!, sku?, width?
MERGE INTO shelf AS h USING (item AS i JOIN virtual AS v ON v.id = i.id) ON i.id = h.id WHEN MATCHED THEN UPDATE SET place = 'x' WHEN NOT MATCHED BY SOURCE THEN UPDATE SET place = 'y' RETURNING h.id, h.place, (i).title AS sku, (v).width AS width;

-- name: merged_rows_of_a_join()
-- Rows of a source that is a join, and isn't there.
-- Requires: 17
-- Columns: item{id! price! discount? title! note? mood! last_mood?}?, sale{id! item_id? quantity! refund? buyer? sold_at! paid? gift!}?
MERGE INTO shelf AS h USING (item AS i JOIN sale AS s ON s.id = i.id) ON i.id = h.id WHEN MATCHED THEN UPDATE SET place = 'x' WHEN NOT MATCHED BY SOURCE THEN UPDATE SET place = 'y' RETURNING i AS item, s AS sale;

-- name: merged_rows_of_a_view()
-- Rows of a view that isn't there.
-- Requires: 17
-- Columns: row{id! price! discount? title!}?
MERGE INTO shelf AS h USING v_item AS v ON v.id = h.id WHEN MATCHED THEN UPDATE SET place = 'x' WHEN NOT MATCHED BY SOURCE THEN UPDATE SET place = 'y' RETURNING v AS row;

-- name: old_row_of_virtual_columns()
-- The old row of an upsert, where there was one.
-- Requires: 18
-- Data: INSERT INTO virtual VALUES (1, 1, 1), (2, 2, NULL);
-- Columns: was{id! width! height? doubled! surface? label!}?
INSERT INTO virtual (id, width) SELECT n, 1 FROM generate_series(1, 3) AS n ON CONFLICT (id) DO UPDATE SET width = 5 RETURNING old AS was;

-- name: old_row_of_a_table_with_a_trigger()
-- What a trigger puts into the new row is not in the old one.
-- Requires: 18
-- Data: INSERT INTO stamped VALUES (1, 'a', NULL, now()), (2, 'b', 'b', now());
-- Columns: was{id! title! note? made_at!}?
INSERT INTO stamped (id, title) SELECT n, 'a' FROM generate_series(1, 3) AS n ON CONFLICT (id) DO UPDATE SET title = 'c' RETURNING old AS was;

-- name: new_row_of_a_delete()
-- A DELETE has no new row.
-- Requires: 18
-- Columns: was{id! item_id! place! height?}!, became?
DELETE FROM shelf RETURNING old AS was, new AS became;
