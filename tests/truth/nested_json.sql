-- What JSON is made of: objects, arrays and what is in them.

-- name: objects()
-- json_build_object holds what is written in it.
-- Columns: card{id! note?}!, binary{id! discount?}!, empty!
SELECT json_build_object('id', id, 'note', note) AS card, jsonb_build_object('id', id, 'discount', discount) AS binary, json_build_object() AS empty FROM item;

-- name: arrays_of_known_length()
-- json_build_array too, element by element.
-- Columns: pair(! ?)!, binary(! !)!, empty[]!
SELECT json_build_array(id, note) AS pair, jsonb_build_array(id, title) AS binary, json_build_array() AS empty FROM item;

-- name: nested()
-- Objects in arrays in objects.
-- Columns: card{id! more{note? pair(! ?)!}! tags[!]!}!
SELECT jsonb_build_object('id', id, 'more', jsonb_build_object('note', note, 'pair', jsonb_build_array(id, discount)), 'tags', ARRAY[title]) AS card FROM item;

-- name: odd_keys()
-- Any text may be a key.
-- Columns: card{"a b"! class? "1"!}!, number{*!}!
SELECT json_build_object('a b', id, 'class', note, '1', title) AS card, json_build_object(1, title) AS number FROM item;

-- name: keys_that_are_not_known()
-- A key that isn't a constant may be any; NULL would be an error.
-- Columns: card{*!}!, other{*?}!
SELECT json_build_object(title, id, 'price', price) AS card, jsonb_build_object(title, note) AS other FROM item;

-- name: the_same_key_twice()
-- Of equal keys the last one counts (manual, 8.14).
-- Columns: plain{a?}!, binary{a!}!
SELECT json_build_object('a', id, 'a', note) AS plain, jsonb_build_object('a', note, 'a', id) AS binary FROM item;

-- name: aggregated()
-- json_agg keeps NULLs as null.
-- Columns: ids[!]!, refunds[?]!, known[!]?, binary[?]!
SELECT json_agg(id) AS ids, json_agg(refund) AS refunds, json_agg(refund) FILTER (WHERE refund IS NOT NULL) AS known, jsonb_agg(buyer ORDER BY id) AS binary FROM sale GROUP BY gift;

-- name: aggregated_of_nothing()
-- Without rows it is NULL, not [].
-- Columns: ids[!]?, sure[!]!
SELECT json_agg(id) AS ids, coalesce(jsonb_agg(id), '[]') AS sure FROM sale;

-- name: aggregated_rows()
-- Rows become objects.
-- Columns: sales[{id! item_id? quantity! refund? buyer? sold_at! paid? gift!}!]!
SELECT json_agg(s) AS sales FROM sale AS s GROUP BY gift;

-- name: aggregated_unmatched_rows()
-- Over an outer join the row that isn't there is null: [null].
-- Columns: id!, shelves[{id! item_id! place! height?}?]!
SELECT i.id, json_agg(h) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: aggregated_matched_rows()
-- FILTER takes it away, and may leave nothing.
-- Columns: id!, shelves[{id! item_id! place! height?}!]?, sure[{id! item_id! place! height?}!]!
SELECT i.id, json_agg(h) FILTER (WHERE h.id IS NOT NULL) AS shelves, coalesce(jsonb_agg(h) FILTER (WHERE h.id IS NOT NULL), '[]') AS sure FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: aggregated_objects_over_an_outer_join()
-- An object that is built is there, all null in it.
-- Columns: id!, shelves[{id? place?}!]!
SELECT i.id, json_agg(json_build_object('id', h.id, 'place', h.place)) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: aggregated_objects_with_a_filter()
-- FILTER is a condition of what it lets through.
-- Columns: id!, shelves[{id! place!}!]!
SELECT i.id, coalesce(json_agg(json_build_object('id', h.id, 'place', h.place)) FILTER (WHERE h.id IS NOT NULL), '[]'::json) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.id;

-- name: filtered_to_nothing()
-- A FILTER that no row passes.
-- Columns: none?, sure[]!
SELECT json_agg(id) FILTER (WHERE false) AS none, coalesce(NULL::jsonb, '[]') AS sure FROM item;

-- name: aggregated_keys()
-- json_object_agg: any keys.
-- Columns: prices{*!}!, discounts{*?}!, sure{*!}!
SELECT json_object_agg(title, price) AS prices, jsonb_object_agg(title, discount) AS discounts, coalesce(json_object_agg(title, id) FILTER (WHERE id > 1), '{}') AS sure FROM item GROUP BY mood;

-- name: strict_aggregates()
-- The strict ones leave NULLs out.
-- Requires: 16
-- Columns: refunds[!]!, discounts{*!}!
SELECT json_agg_strict(s.refund) AS refunds, json_object_agg_strict(s.id::text, s.refund) AS discounts FROM sale AS s GROUP BY gift;

-- name: unique_aggregates()
-- The unique ones refuse equal keys.
-- Requires: 16
-- Columns: prices{*!}!, discounts{*?}!
SELECT json_object_agg_unique(id, price) AS prices, jsonb_object_agg_unique(id, discount) AS discounts FROM item GROUP BY mood;

-- name: rows_to_json()
-- A row becomes an object with its columns.
-- Columns: one{id! item_id! place! height?}!, other{id! item_id! place! height?}!
SELECT row_to_json(h) AS one, to_jsonb(h) AS other FROM shelf AS h;

-- name: unmatched_rows_to_json()
-- The row that isn't there becomes NULL.
-- Columns: shelf{id! item_id! place! height?}?
SELECT to_jsonb(h) AS shelf FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id;

-- name: constructed_rows_to_json()
-- ROW(…) has f1, f2, …
-- Columns: row{f1! f2?}!, typed{street! city! zip?}!
SELECT row_to_json(ROW (id, note)) AS row, to_json(ROW (title, 'c', note)::address) AS typed FROM item;

-- name: composites_to_json()
-- A composite column may be NULL in whole or in part.
-- Columns: home{street? city? zip?}?, place{street? city? zip?}!
SELECT to_jsonb(a.home) AS home, to_jsonb(t.place) AS place FROM account AS a, thing AS t;

-- name: arrays_to_json()
-- Arrays become arrays.
-- Columns: sure[!]!, mixed[?]!, rows[{id! item_id! place! height?}!]!
SELECT array_to_json(ARRAY[i.id, i.price]) AS sure, to_jsonb(ARRAY[i.id, i.discount]) AS mixed, to_json(ARRAY[h]) AS rows FROM item AS i JOIN shelf AS h ON h.item_id = i.id;

-- name: members_of_any_dimension()
-- A stored array may have more dimensions than one, and then its elements in JSON are arrays.
-- Columns: words!
SELECT to_json(words) AS words FROM thing;

-- name: json_null_inside()
-- The null of a document is no NULL, and reads as None all the same.
-- Columns: card{id! payload? other?}!, nulls!
SELECT jsonb_build_object('id', id, 'payload', jb, 'other', js) AS card, to_json('null'::jsonb) AS nulls FROM thing;

-- name: aggregated_documents()
-- So are documents among elements.
-- Columns: docs[?]!
SELECT jsonb_agg(jb) AS docs FROM thing GROUP BY flag;

-- name: stripped()
-- json_strip_nulls leaves members out that are null.
-- Columns: card{id! note~}!, binary{id! note~ more{discount~}!}!
SELECT json_strip_nulls(json_build_object('id', id, 'note', note)) AS card, jsonb_strip_nulls(jsonb_build_object('id', id, 'note', note, 'more', jsonb_build_object('discount', discount))) AS binary FROM item;

-- name: stripped_arrays()
-- Elements that are null stay (manual, 9.16), members of elements don't.
-- Columns: card{pair(! ?)! list[?]!}!, lines[{id! refund~}!]!
SELECT jsonb_strip_nulls(jsonb_build_object('pair', jsonb_build_array(i.id, i.note), 'list', ARRAY[i.id, i.discount])) AS card, (SELECT json_strip_nulls(coalesce(json_agg(json_build_object('id', s.id, 'refund', s.refund)), '[]')) FROM sale AS s) AS lines FROM item AS i;

-- name: stripped_arrays_too()
-- Unless told to.
-- Requires: 18
-- Columns: numbers[!]!
SELECT jsonb_strip_nulls(to_jsonb(ARRAY[id, discount]), true) AS numbers FROM item;

-- name: stripped_rows()
-- A row that becomes JSON.
-- Columns: shelf{id! item_id! place! height~}!
SELECT json_strip_nulls(row_to_json(h)) AS shelf FROM shelf AS h;

-- name: joined_objects()
-- || of objects: the right one counts.
-- Columns: card{id! note?}!, same{a?}!, back{a!}!
SELECT jsonb_build_object('id', id) || jsonb_build_object('note', note) AS card, jsonb_build_object('a', id) || jsonb_build_object('a', note) AS same, jsonb_build_object('a', note) || jsonb_build_object('a', id) AS back FROM item;

-- name: joined_with_what_may_lack()
-- A member that may be missing on the right leaves the left one.
-- Columns: card{id! note?}!
SELECT jsonb_build_object('id', id, 'note', note) || jsonb_strip_nulls(jsonb_build_object('note', CASE WHEN price > 5 THEN title END)) AS card FROM item;

-- name: joined_arrays()
-- || of arrays puts one behind the other.
-- Columns: both[?]!, sure[!]!
SELECT to_jsonb(ARRAY[id]) || to_jsonb(ARRAY[discount]) AS both, to_jsonb(ARRAY[id]) || to_jsonb(ARRAY[price]) AS sure FROM item;

-- name: joined_with_a_row()
-- A row and more.
-- Columns: card{id! item_id! place! height? title! note?}!
SELECT to_jsonb(h) || jsonb_build_object('title', i.title, 'note', i.note) AS card FROM shelf AS h JOIN item AS i ON i.id = h.item_id;

-- name: members_taken_away()
-- - takes a member away, or several.
-- Columns: card{id!}!, few{place! height?}!
SELECT jsonb_build_object('id', id, 'note', place) - 'note' AS card, to_jsonb(h) - ARRAY['id', 'item_id'] AS few FROM shelf AS h;

-- name: members_set()
-- jsonb_set changes or adds one.
-- Columns: card!, other!
SELECT jsonb_set(jsonb_build_object('id', id, 'note', note), '{note}', to_jsonb(title)) AS card, jsonb_insert(jsonb_build_object('id', id), '{note}', '1') AS other FROM item;

-- name: chosen_objects()
-- COALESCE and CASE over objects of the same keys: what may be chosen.
-- Columns: card{a?}!, sure{a!}!, maybe{a!}?
SELECT CASE WHEN price > 5 THEN jsonb_build_object('a', id) ELSE jsonb_build_object('a', note) END AS card, coalesce(CASE WHEN price > 5 THEN json_build_object('a', id) END, json_build_object('a', price)) AS sure, CASE WHEN price > 5 THEN jsonb_build_object('a', id) END AS maybe FROM item;

-- name: chosen_objects_of_other_keys()
-- Of different keys: one or the other.
-- Columns: card*!
SELECT CASE WHEN price > 5 THEN jsonb_build_object('a', id) ELSE jsonb_build_object('b', note) END AS card FROM item;

-- name: chosen_by_a_condition()
-- An arm knows its condition.
-- Columns: card{discount! id!}?
SELECT CASE WHEN discount > 0 THEN jsonb_build_object('discount', discount, 'id', id) END AS card FROM item;

-- name: united_objects()
-- UNION ALL of objects.
-- Columns: card{id! text?}!
SELECT jsonb_build_object('id', id, 'text', title) AS card FROM item
UNION ALL
SELECT jsonb_build_object('id', id, 'text', buyer) FROM sale;

-- name: of_sub_queries()
-- The list of a scalar sub-select: NULL without rows.
-- Columns: id!, shelves[{id! place! height?}!]?, sure[{id! place!}!]!
SELECT i.id, (SELECT json_agg(x) FROM (SELECT h.id, h.place, h.height FROM shelf AS h WHERE h.item_id = i.id ORDER BY h.id) AS x) AS shelves, (SELECT coalesce(jsonb_agg(jsonb_build_object('id', h.id, 'place', h.place)), '[]') FROM shelf AS h WHERE h.item_id = i.id) AS sure FROM item AS i;

-- name: of_array_sub_queries()
-- to_json(ARRAY(SELECT …)) is never NULL.
-- Columns: id!, shelves[{id! place!}!]!
SELECT i.id, to_json(ARRAY(SELECT x FROM (SELECT h.id, h.place FROM shelf AS h WHERE h.item_id = i.id) AS x)) AS shelves FROM item AS i;

-- name: of_lateral()
-- LATERAL with an aggregate has always a row.
-- Columns: id!, shelves[{id! place!}!]!
SELECT i.id, x.shelves FROM item AS i LEFT JOIN LATERAL (SELECT coalesce(json_agg(json_build_object('id', h.id, 'place', h.place)), '[]'::json) AS shelves FROM shelf AS h WHERE h.item_id = i.id) AS x ON true;

-- name: of_a_grouped_sub_query()
-- Joined from outside it may not be there.
-- Columns: id!, sales[{id! refund?}!]?
SELECT i.id, x.sales FROM item AS i LEFT JOIN (SELECT item_id, json_agg(json_build_object('id', id, 'refund', refund)) AS sales FROM sale GROUP BY item_id) AS x ON x.item_id = i.id;

-- name: of_with()
-- WITH hands JSON on.
-- Columns: cards[{id! note?}!]!
WITH x AS (SELECT mood, jsonb_build_object('id', id, 'note', note) AS card FROM item) SELECT jsonb_agg(card) AS cards FROM x GROUP BY mood;

-- name: of_a_view()
-- So does a view.
-- Columns: refunds[?]!, card{title! note?}!
SELECT refunds, card FROM v_nested;

-- name: three_levels()
-- Accounts with their orders with their lines.
-- Columns: id!, orders[{id! note? lines[{line! sku! rebate?}!]!}!]!
SELECT a.id, coalesce((
    SELECT jsonb_agg(jsonb_build_object('id', p.id, 'note', p.note, 'lines', (
        SELECT coalesce(jsonb_agg(jsonb_build_object('line', l.line, 'sku', d.sku, 'rebate', l.rebate)), '[]')
        FROM purchase_line AS l JOIN product AS d ON d.id = l.product_id
        WHERE l.purchase_id = p.id
    ))) FROM purchase AS p WHERE p.account_id = a.id
), '[]') AS orders
FROM account AS a;

-- name: many_in_one()
-- Orders with lines by GROUP BY.
-- Columns: id!, state!, lines[{line! price! rebate?}!]!
SELECT p.id, p.state, json_agg(json_build_object('line', l.line, 'price', l.price, 'rebate', l.rebate) ORDER BY l.line) AS lines FROM purchase AS p JOIN purchase_line AS l ON l.purchase_id = p.id GROUP BY p.id;

-- name: many_in_one_with_an_optional_one()
-- The category of a product, where it has one.
-- Columns: sku!, category{id! name!}?, made{id? name?}!
SELECT d.sku, CASE WHEN c.id IS NOT NULL THEN json_build_object('id', c.id, 'name', c.name) END AS category, json_build_object('id', c.id, 'name', c.name) AS made FROM product AS d LEFT JOIN category AS c ON c.id = d.category_id;

-- name: recursive_paths()
-- A recursion that gathers what it passed.
-- Columns: id!, path[!]!
WITH RECURSIVE tree AS (
    SELECT id, parent_id, jsonb_build_array(name) AS path FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, c.parent_id, t.path || jsonb_build_array(c.name) FROM category AS c JOIN tree AS t ON t.id = c.parent_id
)
SELECT id, path FROM tree;

-- name: windows()
-- An aggregate over a window.
-- Columns: ids[!]!, before(! !)?
SELECT json_agg(id) OVER (ORDER BY id) AS ids, lag(jsonb_build_array(id, price)) OVER (ORDER BY id) AS before FROM item;

-- name: returned(note)
-- RETURNING an object of what was written.
-- Columns: card{id! title! note?}!
-- Parameters: note?
INSERT INTO item (id, price, title, note) VALUES (100, 1, 'a', :note) RETURNING jsonb_build_object('id', id, 'title', title, 'note', note) AS card;

-- name: returned_row()
-- RETURNING the row as an object.
-- Columns: card{id! item_id! place! height!}!
UPDATE shelf AS h SET height = 2 RETURNING to_jsonb(h) AS card;

-- name: of_written_rows()
-- An aggregate over what WITH wrote.
-- Columns: gone[{id! place!}!]!
WITH gone AS (DELETE FROM shelf RETURNING id, place) SELECT coalesce(json_agg(gone), '[]') AS gone FROM gone;

-- name: standard_objects()
-- JSON_OBJECT keeps NULLs unless told not to.
-- Requires: 16
-- Columns: card{id! note?}!, absent{id! note~}!, binary{id! note?}!
SELECT JSON_OBJECT('id': id, 'note': note) AS card, JSON_OBJECT('id': id, 'note': note ABSENT ON NULL) AS absent, JSON_OBJECT('id' VALUE id, 'note' VALUE note RETURNING jsonb) AS binary FROM item;

-- name: standard_arrays()
-- JSON_ARRAY leaves NULLs out unless told not to.
-- Requires: 16
-- Columns: some[!]!, all(! ?)!, selected[!]?
SELECT JSON_ARRAY(id, discount) AS some, JSON_ARRAY(id, note NULL ON NULL) AS all, JSON_ARRAY(SELECT s.refund FROM sale AS s WHERE s.item_id = i.id) AS selected FROM item AS i;

-- name: standard_aggregates()
-- JSON_ARRAYAGG leaves NULLs out, JSON_OBJECTAGG keeps them.
-- Requires: 16
-- Columns: some[!]!, all[?]!, keys{*?}!, absent{*!}!
SELECT JSON_ARRAYAGG(refund) AS some, JSON_ARRAYAGG(refund NULL ON NULL) AS all, JSON_OBJECTAGG(id: refund) AS keys, JSON_OBJECTAGG(id: refund ABSENT ON NULL) AS absent FROM sale GROUP BY gift;

-- name: standard_casts()
-- JSON_SCALAR makes a document of a value.
-- Requires: 17
-- Columns: card{id! note?}!, one!
SELECT JSON_OBJECT('id': JSON_SCALAR(id), 'note': JSON_SCALAR(note)) AS card, JSON_SCALAR(id) AS one FROM item;

-- name: objects_of_texts()
-- json_object of arrays of texts.
-- Columns: sure!, mixed!
SELECT json_object(ARRAY['a', title], ARRAY[title, 'b']) AS sure, json_object(ARRAY['a'], ARRAY[note]) AS mixed FROM item;

-- name: taken_out_again()
-- What -> takes out of an object may not be there, and is what it was there.
-- Columns: title?, text?
SELECT card -> 'gone' AS title, card ->> 'note' AS text FROM v_nested;

-- name: cast_between()
-- A cast between json and jsonb changes no value.
-- Columns: binary{id! note?}!, plain(! !)!
SELECT json_build_object('id', id, 'note', note)::jsonb AS binary, jsonb_build_array(id, price)::json AS plain FROM item;

-- name: documents_of_columns()
-- Of a stored document nothing is known.
-- Columns: profile*!, extra*?
SELECT profile, extra FROM account;
