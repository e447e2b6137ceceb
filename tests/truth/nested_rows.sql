-- Members of rows: composite types, ROW(…), whole rows of everything that FROM may hold.

-- name: row_constructors()
-- ROW(…) is never NULL, whatever is in it; its members are f1, f2, …
-- Columns: pair{f1! f2?}!, nothing{f1?}!, deep{f1{f1! f2?}! f2!}!
SELECT ROW (id, note) AS pair, ROW (NULL::integer) AS nothing, ROW (ROW (id, note), price) AS deep FROM item;

-- name: composite_columns()
-- A composite column may be NULL, and all in it, NOT NULL or not.
-- Columns: place{street? city? zip?}!, place_n{street? city? zip?}?
SELECT place, place_n FROM thing;

-- name: nested_composites()
-- A type of composites and arrays.
-- Columns: tag{net{amount? unit?}? gross{amount? unit?}? notes[?]?}?
SELECT tag FROM listed;

-- name: dropped_attributes()
-- A type that lost one has the others.
-- Columns: fit{kept? last?}?
SELECT fit FROM listed;

-- name: cast_rows()
-- A row that is made is what is written in it.
-- Columns: made{street! city! zip?}!, tag{net{amount! unit!}! gross{amount? unit!}! notes[!]!}!
SELECT ROW (title, 'c', note)::address AS made, ROW (ROW (id, 'eur')::money_of, ROW (discount, 'eur')::money_of, ARRAY[title])::price_tag AS tag FROM item;

-- name: cast_of_lost_attributes()
-- Members stand in the order of the type that is left.
-- Columns: fit{kept! last?}!
SELECT ROW (id, note)::lean AS fit FROM item;

-- name: whole_rows()
-- A row of a table is never NULL; its members are its columns.
-- Columns: item{id! price! discount? title! note? mood! last_mood?}!
SELECT i AS item FROM item AS i;

-- name: whole_rows_of_lost_columns()
-- A table that lost columns has the others.
-- Columns: row{note? id! title!}!
-- Data: INSERT INTO shrunk (note, id, title) VALUES (NULL, 1, 'a'), ('b', 2, 'b');
SELECT s AS row FROM shrunk AS s;

-- name: whole_rows_with_odd_names()
-- Names are what they are.
-- Columns: row{order! "a b"? ÜBER!}!
-- Data: INSERT INTO "Odd name" VALUES (1, NULL, 2), (2, 'b', 3);
SELECT o AS row FROM "Odd name" AS o;

-- name: unmatched_side()
-- The row of the side without a counterpart is NULL as a whole.
-- Columns: item{id! price! discount? title! note? mood! last_mood?}!, shelf{id! item_id! place! height?}?
SELECT i AS item, h AS shelf FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id;

-- name: unmatched_either_side()
-- FULL JOIN: both may be.
-- Columns: item{id! price! discount? title! note? mood! last_mood?}?, sale{id! item_id? quantity! refund? buyer? sold_at! paid? gift!}?
SELECT i AS item, s AS sale FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id;

-- name: matched_by_a_condition()
-- A condition above takes the rows without a counterpart away, and says more of members.
-- Columns: shelf{id! item_id! place! height!}!
SELECT h AS shelf FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id WHERE h.height > 0;

-- name: joined_by_a_member()
-- What the rows are joined by is not NULL in them.
-- Columns: sale{id! item_id! quantity! refund? buyer? sold_at! paid? gift!}!
SELECT s AS sale FROM item AS i JOIN sale AS s ON s.item_id = i.id;

-- name: narrowed_members()
-- WHERE says it of columns, and of the same columns in the row.
-- Columns: item{id! price! discount! title! note! mood! last_mood?}!
SELECT i AS item FROM item AS i WHERE i.note IS NOT NULL AND i.discount > 0;

-- name: row_is_not_null()
-- x IS NOT NULL is true of a row if none of its members is NULL (manual, 9.2).
-- Columns: home{street! city! zip!}!
SELECT home FROM account WHERE home IS NOT NULL;

-- name: row_is_not_wholly_null()
-- NOT (x IS NULL) says that one of them isn't.
-- Columns: home{street? city? zip?}!
SELECT home FROM account WHERE NOT (home IS NULL);

-- name: whole_row_of_a_table_is_not_null()
-- The same of all columns of a row.
-- Columns: item{id! price! discount! title! note! mood! last_mood!}!
SELECT i AS item FROM item AS i WHERE i IS NOT NULL;

-- name: of_a_sub_query()
-- The row of a sub-query has its columns.
-- Columns: found{id! note? least!}!
SELECT x AS found FROM (SELECT id, note, least(id, price) AS least FROM item) AS x;

-- name: of_an_unmatched_sub_query()
-- And is NULL as a whole where it has no row.
-- Columns: found{id! place!}?
SELECT x AS found FROM item AS i LEFT JOIN (SELECT id, item_id, place FROM shelf) AS y ON y.item_id = i.id LEFT JOIN LATERAL (SELECT y.id, y.place WHERE y.id IS NOT NULL) AS x ON true;

-- name: of_with()
-- The row of WITH.
-- Columns: found{id! note?}!
WITH x AS (SELECT id, note FROM item) SELECT x AS found FROM x;

-- name: of_values()
-- The row of VALUES.
-- Columns: found{a! b?}!
SELECT v AS found FROM (VALUES (1, 'a'), (2, NULL)) AS v (a, b);

-- name: of_groups()
-- The row of a sub-query with groups.
-- Columns: found{item_id? sales! refunds?}!
SELECT x AS found FROM (SELECT item_id, count(*) AS sales, sum(refund) AS refunds FROM sale GROUP BY item_id) AS x;

-- name: of_a_view()
-- A view with an outer join.
-- Columns: row{id! title! sale_id? quantity? refund?}!
SELECT v AS row FROM v_item_sale AS v;

-- name: of_a_materialised_view()
-- One that is kept.
-- Columns: row{id! title! note?}!
SELECT m AS row FROM m_item AS m;

-- name: of_a_parent()
-- Rows of a table and its children: what all of them keep.
-- Columns: row{id! wheels? owner?}!, car{id! wheels? owner? doors!}!
SELECT v AS row, c AS car FROM vehicle AS v, car AS c;

-- name: of_partitions()
-- Rows of a partitioned table.
-- Columns: row{k! note? amount? size!}!
SELECT p AS row FROM part AS p;

-- name: of_domains()
-- Members of NOT NULL domains.
-- Columns: row{id! free! kept! again! seen! stars? level? depth!}!
SELECT l AS row FROM labelled AS l WHERE free IS NOT NULL AND again IS NOT NULL AND seen IS NOT NULL;

-- name: of_a_function()
-- A function of yours may return a row of NULLs, or none.
-- Columns: row{id? price? discount? title? note? mood? last_mood?}!
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a', 'a', 'ok', 'ok');
SELECT h AS row FROM (SELECT * FROM hollow_items() UNION ALL SELECT * FROM item) AS h;

-- name: of_a_built_in_function()
-- A set with columns of its own.
-- Columns: pair{key! value!}!
SELECT e AS pair FROM jsonb_each_text('{"a": 1, "b": 2}') AS e WHERE e.value IS NOT NULL;

-- name: of_unnest()
-- Elements and their numbers.
-- Columns: sure{n! place!}!, padded{a? b?}!
SELECT s AS sure, p AS padded FROM unnest(ARRAY[1, 2]) WITH ORDINALITY AS s (n, place), unnest(ARRAY[1], ARRAY[1, NULL]) AS p (a, b) WHERE p.a IS NOT NULL OR p.b IS NULL OR p.b = 1;

-- name: of_an_aliased_join()
-- The row of a join under an alias has the columns of both sides.
-- Columns: both{id! place! sale_id? refund?}!
SELECT j AS both FROM (SELECT h.id, h.place, s.id AS sale_id, s.refund FROM shelf AS h LEFT JOIN sale AS s ON s.item_id = h.item_id) AS j;

-- name: rows_in_rows()
-- Rows inside of rows.
-- Columns: pair{f1{id! item_id! place! height?}! f2{id! item_id! quantity! refund? buyer? sold_at! paid? gift!}?}!
SELECT ROW (h, s) AS pair FROM shelf AS h LEFT JOIN sale AS s ON s.item_id = h.item_id;

-- name: rows_in_rows_of_a_sub_query()
-- And of a sub-query.
-- Columns: found{id! shelf{id! item_id! place! height?}? numbers[!]!}!
SELECT x AS found FROM (SELECT i.id, h AS shelf, ARRAY[i.id, i.price] AS numbers FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id) AS x;

-- name: chosen_rows()
-- COALESCE and CASE over rows.
-- Columns: home{street? city? zip?}!, sure{street! city! zip?}!, maybe{street! city! zip!}?
SELECT coalesce(home, ROW ('a', 'b', 'c')::address) AS home, CASE WHEN active THEN ROW (name, name, nickname)::address ELSE ROW ('a', 'b', 'c')::address END AS sure, CASE WHEN verified THEN ROW (name, 'b', 'c')::address END AS maybe FROM account;

-- name: chosen_whole_rows()
-- A row of either side.
-- Columns: row{id! price! discount? title! note? mood! last_mood?}!
SELECT coalesce(j, i) AS row FROM item AS i LEFT JOIN item AS j ON j.id = i.discount;

-- name: chosen_members()
-- A member of a row that is made is what it is made of.
-- Columns: street!, zip?
SELECT (ROW (title, 'c', note)::address).street AS street, (ROW (title, 'c', note)::address).zip AS zip FROM item;

-- name: united_rows()
-- UNION of rows.
-- Columns: row{street! city? zip?}!
SELECT ROW (title, title, note)::address AS row FROM item
UNION ALL
SELECT ROW ('b', buyer, 'z')::address FROM sale;

-- name: distinct_rows()
-- DISTINCT and GROUP BY hand rows on.
-- Columns: row{id! item_id! place! height?}!, many!
SELECT h AS row, count(*) AS many FROM shelf AS h GROUP BY h;

-- name: selected_rows()
-- A scalar sub-select may have no row.
-- Columns: shelf{id! item_id! place! height?}?, made{f1! f2?}!
SELECT (SELECT h FROM shelf AS h WHERE h.item_id = i.id LIMIT 1) AS shelf, (SELECT ROW (count(*), max(s.refund)) FROM sale AS s WHERE s.item_id = i.id) AS made FROM item AS i;

-- name: lateral_rows()
-- LATERAL rows, with and without an outer join.
-- Columns: sure{n!}!, maybe{id! place!}?
SELECT a AS sure, b AS maybe FROM item AS i CROSS JOIN LATERAL (SELECT count(*) AS n FROM sale AS s WHERE s.item_id = i.id) AS a LEFT JOIN LATERAL (SELECT h.id, h.place FROM shelf AS h WHERE h.item_id = i.id LIMIT 1) AS b ON true;

-- name: recursive_rows()
-- The row of a recursion: the parent of a root is NULL.
-- Columns: node{id! name! parent_id? depth!}!
WITH RECURSIVE tree AS (
    SELECT id, name, parent_id, 1 AS depth FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, c.name, c.parent_id, t.depth + 1 FROM category AS c JOIN tree AS t ON t.id = c.parent_id
)
SELECT tree AS node FROM tree;

-- name: inserted_rows(note)
-- RETURNING the row that was written.
-- Columns: item{id! price! discount? title! note? mood! last_mood?}!
-- Parameters: note?
INSERT INTO item (id, price, discount, title, note, mood, last_mood) SELECT 100 + n, 1, nullif(n, 1), 'a', :note, 'ok', CASE WHEN n = 1 THEN 'ok'::mood END FROM generate_series(1, 2) AS n RETURNING item;

-- name: updated_rows()
-- What SET writes is in the row.
-- Columns: item{id! price! discount? title! note! mood! last_mood?}!
UPDATE item SET note = 'x' RETURNING item;

-- name: deleted_rows()
-- DELETE … USING.
-- Columns: item{id! price! discount? title! note? mood! last_mood?}!, shelf{id! item_id! place! height?}!
DELETE FROM item USING shelf AS h WHERE h.item_id = item.id RETURNING item, h AS shelf;

-- name: old_and_new_rows()
-- Of an UPDATE both are there.
-- Requires: 18
-- Columns: was{id! price! discount? title! note? mood! last_mood?}!, became{id! price! discount? title! note! mood! last_mood?}!
UPDATE item SET note = 'x' RETURNING old AS was, new AS became;

-- name: old_row_of_an_insert()
-- An INSERT has no old row; an upsert may have one.
-- Requires: 18
-- Data: INSERT INTO item VALUES (1, 10, NULL, 'a', NULL, 'ok', NULL), (3, 10, 1, 'a', 'a', 'ok', 'ok');
-- Columns: was{id! price! discount? title! note? mood! last_mood?}?
INSERT INTO item (id, price, title) SELECT n, 1, 'a' FROM generate_series(1, 9) AS n ON CONFLICT (id) DO UPDATE SET price = 5 RETURNING old AS was;
