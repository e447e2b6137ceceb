-- Statements made to mislead: names that hide, tests that look strict, rows that look certain.

-- name: names_like_keywords()
-- Names in quotes are names.
-- Columns: select!, order!, user?
SELECT i.id AS "select", i."title" AS "order", i."note" AS "user" FROM "item" AS i;

-- name: comments_and_quotes()
-- Colons, dollars and marks inside literals and comments are text.
-- Columns: colon!, dollar!, tag!, gap?
SELECT ':id' /* :id $1 */ AS colon, '$1' AS dollar, $q$:id 'x'$q$ AS tag, note AS gap -- :note
FROM item;

-- name: alias_hides_a_table()
-- A sub-query under the name of a table is not the table.
-- Columns: id?, title!
SELECT item.id, item.title FROM (SELECT discount AS id, title FROM item) AS item;

-- name: cte_hides_a_table()
-- Nor is a WITH query of that name.
-- Columns: id?, title!
WITH item AS (SELECT discount AS id, title FROM item) SELECT id, title FROM item;

-- name: column_aliases_swapped()
-- Aliases of columns swap their names.
-- Columns: id?, note!
SELECT x.id, x.note FROM (SELECT note, id FROM item) AS x (id, note);

-- name: table_aliases_swapped()
-- Two tables under each other's name.
-- Columns: sale!, item?
SELECT sale.title AS sale, item.buyer AS item FROM item AS sale CROSS JOIN sale AS item;

-- name: volatile_test()
-- A test of something that changes each time proves nothing of the next time.
-- Columns: odd?, id!
SELECT nullif(nextval('ticket') % 2, 0) AS odd, id FROM item WHERE nullif(nextval('ticket') % 2, 0) = 1;

-- name: is_not_null_of_a_fallback()
-- coalesce(x, y) IS NOT NULL holds by y alone, so the left join stays one.
-- Columns: id!, sale_id?
SELECT i.id, s.id AS sale_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE coalesce(s.quantity, i.price) IS NOT NULL;

-- name: tautology()
-- x = x is not true of NULL; x = x OR x IS NULL always is.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount = discount AND (note = note OR note IS NULL);

-- name: strictness_hidden_by_a_case()
-- NULLIF and CASE between column and comparison.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE nullif(discount, 77) > 0 AND CASE WHEN note = 'x' THEN 1 ELSE 1 END = 1;

-- name: not_exists_of_nothing()
-- A condition that looks at the nullable side only inside NOT EXISTS.
-- Columns: id!, sale_id?
SELECT i.id, s.id AS sale_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id
WHERE NOT EXISTS (SELECT FROM shelf AS f WHERE f.id = s.id);

-- name: narrowing_of_the_wrong_reference()
-- A test of one use of a table says nothing of another.
-- Columns: tested!, untested?
SELECT a.note AS tested, b.note AS untested FROM item AS a JOIN item AS b ON b.price <= a.price WHERE a.note IS NOT NULL;

-- name: narrowing_inside_a_union_only()
-- A test on one side of a union.
-- Columns: note?, id!
SELECT note, id FROM item WHERE note IS NOT NULL UNION ALL SELECT note, id FROM item;

-- name: narrowing_under_or_in_on()
-- A strict test under OR in ON of an inner join.
-- Columns: refund?, id!
SELECT s.refund, i.id FROM item AS i JOIN sale AS s ON s.refund = i.discount OR s.item_id = i.id;

-- name: outer_join_made_inner_too_late()
-- The test stands in ON of a second left join, which throws nothing away.
-- Columns: id!, sale_id?, shelf_id?
SELECT i.id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id LEFT JOIN shelf AS f ON f.item_id = i.id AND s.id IS NOT NULL;

-- name: right_join_inside_a_left_join()
-- What the right join keeps, the left join may lose.
-- Columns: sale_id!, item_id?, shelf_id?
SELECT s.id AS sale_id, i.id AS item_id, f.id AS shelf_id
FROM sale AS s LEFT JOIN (item AS i RIGHT JOIN shelf AS f ON f.item_id = i.id AND f.height > 1) ON f.id = s.quantity;

-- name: full_join_using_twice()
-- The merged column of two full joins.
-- Columns: id!, quantity?, place?, title?
SELECT id, quantity, place, title FROM sale FULL JOIN shelf USING (id) FULL JOIN (SELECT id, title FROM item WHERE id > 2) AS i USING (id);

-- name: left_join_using_over_a_full_join()
-- The merged column where the left side was a full join.
-- Columns: id!, price?, place?
SELECT id, price, place FROM sale FULL JOIN shelf USING (id) LEFT JOIN (SELECT id, price FROM item WHERE id > 2) AS i USING (id);

-- name: aggregate_under_left_join()
-- An aggregate of one row is there though its table is empty, unless the join has a condition.
-- Columns: sure!, unsure?
SELECT a.many AS sure, b.many AS unsure
FROM item AS i LEFT JOIN (SELECT count(*) AS many FROM sale) AS a ON true LEFT JOIN (SELECT count(*) AS many FROM sale) AS b ON b.many > i.id;

-- name: group_by_a_nullable_side()
-- A group of NULL has rows; its own key is NULL.
-- Columns: key?, many!, most!
SELECT s.id AS key, count(*) AS many, max(i.price) AS most FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY s.id;

-- name: having_without_a_row()
-- HAVING false leaves nothing of a scalar sub-query over an aggregate.
-- Columns: many?, id!
SELECT (SELECT count(*) FROM sale HAVING max(quantity) > 2) AS many, id FROM item;

-- name: distinct_from_itself()
-- x IS NOT DISTINCT FROM x holds of NULL.
-- Columns: note?, id!
SELECT note, id FROM item WHERE note IS NOT DISTINCT FROM note;

-- name: in_list_with_null()
-- NOT IN a list that holds NULL is never true; OR makes it pass.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE discount NOT IN (1, NULL) OR price > 0;

-- name: minus_infinity()
-- Infinity has no fields, also when a filled column holds it.
-- Columns: year!, day?, clock?
SELECT extract(year FROM created_at) AS year, extract(day FROM created_at) AS day, created_at::time AS clock FROM account;

-- name: empty_ranges()
-- A filled range without bounds.
-- Columns: low?, blank!
SELECT lower(range) AS low, isempty(range) AS blank FROM thing WHERE range IS NOT NULL;

-- name: empty_arrays()
-- A filled array without elements.
-- Columns: first?, length?, number!
SELECT tags[1] AS first, array_length(tags, 1) AS length, cardinality(tags) AS number FROM account WHERE tags IS NOT NULL;

-- name: rows_of_null()
-- A row of NULLs IS NULL and is a value.
-- Columns: home!, street?, empty!
SELECT home, (home).street AS street, home IS NULL AS empty FROM account WHERE home IS NOT DISTINCT FROM ROW (NULL, NULL, NULL)::address;

-- name: case_on_a_row_test()
-- A composite that IS NOT NULL is there; the ELSE arm is not the opposite.
-- Columns: sure!, unsure?
SELECT
    CASE WHEN home IS NOT NULL THEN (home).city ELSE '' END AS sure,
    CASE WHEN home IS NULL THEN '' ELSE (home).city END AS unsure
FROM account;

-- name: user_function_shadows_a_builtin()
-- A function of a user under a built-in's name, found by its own schema.
-- Columns: own?, builtin!
SELECT shadow.lower(title) AS own, lower(title) AS builtin FROM item;

-- name: fields_of_a_whole_row()
-- The fields of a table's row are those of the table.
-- Columns: title!, note?
SELECT (i).title AS title, (i).note AS note FROM item AS i;

-- name: deleted_and_joined()
-- A DELETE in WITH and the same table in an outer join: each sees the table as it was.
-- Columns: id!, gone?
WITH gone AS (DELETE FROM sale WHERE quantity > 2 RETURNING item_id) SELECT i.id, g.item_id AS gone FROM item AS i LEFT JOIN gone AS g ON g.item_id = i.id;

-- name: update_set_swapped()
-- SET sees the old row on its right.
-- Columns: title!, note!, discount?
UPDATE item SET title = coalesce(note, 'none'), note = title WHERE id > 0 RETURNING title, note, discount;

-- name: set_to_a_narrowed_column()
-- What is set from a column that WHERE tested is filled.
-- Columns: note!, last_mood?
UPDATE item SET note = discount::text WHERE discount > 0 RETURNING note, last_mood;

-- name: set_from_a_left_join()
-- What is set from a nullable side may be NULL.
-- Columns: note?, id!
UPDATE item AS i SET note = f.place FROM sale AS s LEFT JOIN shelf AS f ON f.id = s.quantity WHERE s.item_id = i.id RETURNING i.note, i.id;

-- name: recursion_by_two_columns()
-- NULL goes round in a circle of two columns.
-- Columns: a?, b?, k!
WITH RECURSIVE w (a, b, k) AS (SELECT 1, 2, 1 UNION ALL SELECT b, nullif(a, 1), k + 1 FROM w WHERE k < 5) SELECT a, b, k FROM w;

-- name: recursion_that_tests()
-- The recursive part tests what it passes on.
-- Columns: a!, k!, b?
WITH RECURSIVE w (a, k, b) AS (SELECT 1, 1, NULL::integer UNION ALL SELECT a + 1, k + 1, nullif(a, 2) FROM w WHERE a < 3) SELECT a, k, b FROM w;

-- name: many_levels()
-- Five levels down.
-- Columns: a!, b?
SELECT e.a, e.b FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT id AS a, note AS b FROM item) AS a) AS b) AS c) AS e;

-- name: zero_columns()
-- A sub-query without columns still has rows.
-- Columns: id!, note?
SELECT i.id, i.note FROM item AS i, (SELECT FROM sale) AS s;

-- name: parameter_twice_and_named_like_a_column(note)
-- A parameter of a column's name.
-- Columns: note?, id!
-- Parameters: note?
SELECT note, id FROM item WHERE coalesce(note, '') = coalesce(:note, '');

-- name: parameter_in_dead_code(word)
-- A parameter in an arm that is never reached is an argument of CASE all the same.
-- Columns: title!, note?
-- Parameters: word?
SELECT CASE WHEN true THEN title ELSE :word END AS title, note FROM item;

-- name: correlated_exists()
-- EXISTS that compares a column strictly holds only where it is filled.
-- Columns: discount!, note?
SELECT i.discount, i.note FROM item AS i WHERE EXISTS (SELECT FROM sale AS s WHERE s.quantity = i.discount);

-- name: counted_nulls()
-- num_nulls(…) = 0 says that none is missing.
-- Columns: discount!, note!, last_mood?
SELECT discount, note, last_mood FROM item WHERE num_nulls(discount, note) = 0;

-- name: totals_labelled()
-- The label of a ROLLUP over a filled key, told by GROUPING().
-- Columns: label!, level!, bare?
SELECT CASE WHEN grouping(title) = 1 THEN 'all' ELSE title END AS label, grouping(title) AS level, title AS bare FROM item GROUP BY ROLLUP (title);

-- name: unknown_and_false()
-- (x = 1) = false is strict; NOT and = twice.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE ((discount = 77) = false) = true;

-- name: lag_that_never_misses()
-- Tested outside, the neighbour is there.
-- Columns: before!, id!, note?
SELECT x.before, x.id, x.note FROM (SELECT lag(price) OVER (ORDER BY id) AS before, id, note FROM item) AS x WHERE x.before IS NOT NULL;

-- name: intersect_of_columns_crosswise()
-- Each column of an intersection needs one filled side.
-- Columns: a!, b!, c?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a');
SELECT id AS a, discount AS b, note AS c FROM item INTERSECT SELECT discount, price, note FROM item;

-- name: set_returning_in_a_case_of_lateral()
-- A series whose end may be NULL, on both sides of a join.
-- Columns: inner_n!, outer_n?
SELECT a.n AS inner_n, b.n AS outer_n
FROM item AS i CROSS JOIN LATERAL generate_series(1, i.price) AS a (n) LEFT JOIN LATERAL generate_series(1, i.discount) AS b (n) ON true;

-- name: null_from_a_domain_with_a_default()
-- A domain's default fills what was left out, not what was put there.
-- Columns: stars?, depth!
INSERT INTO labelled (id, free, kept, again, seen, depth, stars) VALUES (50, 'f', 'k', 'a', 's', 1, NULL) RETURNING stars, depth;

-- name: view_under_an_alias_of_its_table()
-- A view under the name of the table below it.
-- Columns: id!, quantity?
SELECT sale.id, sale.quantity FROM v_item_sale AS sale;

-- name: three_valued_not()
-- NOT (a AND b) where a is never NULL.
-- Columns: note?, id!
SELECT note, id FROM item WHERE NOT (price > 5 AND note = 'x');

-- name: sum_of_an_empty_filter()
-- COALESCE around FILTER, and without it.
-- Columns: sure!, unsure?
SELECT coalesce(sum(price) FILTER (WHERE price > 1000), 0) AS sure, sum(price) FILTER (WHERE price > 1000) AS unsure FROM item GROUP BY mood;

-- name: window_over_an_outer_join()
-- first_value of the nullable side.
-- Columns: first?, total!, no!
SELECT first_value(s.quantity) OVER w AS first, sum(i.price) OVER w AS total, row_number() OVER w AS no
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WINDOW w AS (ORDER BY i.id);

-- name: full_join_using_under_a_left_join()
-- The merged column of a full join on the nullable side of another.
-- Columns: id!, merged?
SELECT i.id, j.id AS merged FROM item AS i LEFT JOIN (sale FULL JOIN shelf USING (id)) AS j ON j.id = i.id + 1;

-- name: full_join_using_of_two_types()
-- The merged column of two types.
-- Columns: k!, left_only?
SELECT k, a.one AS left_only FROM (SELECT price::bigint AS k, 1 AS one FROM item) AS a FULL JOIN (SELECT quantity AS k FROM sale) AS b USING (k);

-- name: natural_full_join()
-- The merged columns of a natural full join, one of them nullable.
-- Columns: item_id?, place?
SELECT item_id, place FROM (SELECT item_id FROM sale) AS s NATURAL FULL JOIN (SELECT item_id, place FROM shelf) AS f;

-- name: second_name_of_a_tested_column()
-- One column under two names, of which one is tested.
-- Columns: a!, b!, c?
SELECT x.a, x.b, x.c FROM (SELECT discount AS a, discount AS b, note AS c FROM item) AS x WHERE x.a > 0;

-- name: equality_of_different_rows()
-- a = b narrows both, though only one is asked for.
-- Columns: buyer!, refund?
SELECT s.buyer, s.refund FROM sale AS s JOIN item AS i ON i.note = s.buyer;

-- name: narrowed_then_outer_joined()
-- A sub-query that tested its column on the nullable side.
-- Columns: id!, discount?, known!
SELECT s.id, x.discount, x.discount IS NOT NULL AS known FROM sale AS s LEFT JOIN (SELECT id, discount FROM item WHERE discount > 0) AS x ON x.id = s.item_id;

-- name: limit_over_a_group()
-- LIMIT 0 of a group of everything leaves nothing outside either.
-- Columns: id!, many?
SELECT i.id, x.many FROM item AS i LEFT JOIN (SELECT count(*) AS many FROM sale LIMIT 0) AS x ON true;

-- name: offset_over_a_group()
-- So does OFFSET 1.
-- Columns: id!, many?
SELECT i.id, x.many FROM item AS i LEFT JOIN LATERAL (SELECT count(*) AS many FROM sale OFFSET 1) AS x ON true;

-- name: union_of_one_row()
-- A union of one row and of none has a row.
-- Columns: id!, many!, other?
SELECT i.id, x.many, y.many AS other
FROM item AS i
LEFT JOIN (SELECT count(*) AS many FROM sale UNION ALL SELECT 1 WHERE false) AS x ON true
LEFT JOIN (SELECT count(*) AS many FROM sale EXCEPT SELECT count(*) FROM sale) AS y ON true;

-- name: where_over_a_group()
-- A test above a group takes its only row away.
-- Columns: id!, many?
SELECT i.id, x.many FROM item AS i LEFT JOIN (SELECT y.many FROM (SELECT count(*) AS many FROM sale) AS y WHERE y.many > 100) AS x ON true;

-- name: aggregate_of_the_outer_query_in_having()
-- HAVING with a sub-query.
-- Columns: title!, most?
SELECT title, max(discount) AS most FROM item GROUP BY title HAVING count(*) >= (SELECT count(*) FROM sale WHERE quantity > 1000);

-- name: rollup_key_in_a_join()
-- A ROLLUP on one side of an inner join: the join compares its key, and drops the total.
-- Columns: title!, items!, note?
SELECT x.title, x.items, i.note FROM (SELECT title, count(*) AS items FROM item GROUP BY ROLLUP (title)) AS x JOIN item AS i ON i.title = x.title;

-- name: not_of_exists()
-- NOT (x IS NOT NULL OR …) leaves NULL.
-- Columns: note?, price!
SELECT note, price FROM item WHERE NOT (note IS NOT NULL OR price > 1000);

-- name: strict_function_with_a_null_constant()
-- A strict function of a NULL constant is NULL.
-- Columns: gap?, text!
SELECT replace(title, NULL, 'x') AS gap, replace(title, 'x', '') AS text FROM item;

-- name: insert_returning_a_subquery_of_itself()
-- RETURNING reads the table as it was before.
-- Columns: before?, id!
INSERT INTO item AS i (id, price, title) VALUES (50, 1, 'a') RETURNING (SELECT o.title FROM item AS o WHERE o.id = i.id) AS before, id;

-- name: delete_using_itself()
-- The other of two uses of a table.
-- Columns: id!, parent?
DELETE FROM category AS c USING (SELECT a.id, p.name FROM category AS a LEFT JOIN category AS p ON p.id = a.parent_id) AS x
WHERE x.id = c.id AND NOT EXISTS (SELECT FROM category AS k WHERE k.parent_id = c.id) AND NOT EXISTS (SELECT FROM product AS d WHERE d.category_id = c.id)
RETURNING c.id, x.name AS parent;

-- name: cte_with_two_writes(note)
-- Two writes of one statement.
-- Columns: id!, old_note!, new_note?
-- Parameters: note?
WITH a AS (UPDATE item SET note = 'x' WHERE id = 1 RETURNING id, note), b AS (UPDATE item SET note = :note WHERE id = 2 RETURNING id, note)
SELECT a.id, a.note AS old_note, b.note AS new_note FROM a LEFT JOIN b ON true;

-- name: case_around_a_left_join()
-- A test of the nullable side by a column that is NULL itself.
-- Columns: word?, id!
SELECT CASE WHEN s.refund IS NULL THEN 'none' ELSE s.buyer END AS word, i.id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: array_of_rows()
-- Fields of elements of an array that was collected.
-- Columns: first?, every!
SELECT (array_agg(i ORDER BY i.id))[2].title AS first, array_agg(i.title) AS every FROM item AS i GROUP BY i.price;

-- name: jsonb_row_and_back()
-- A row made of a document has no promise of its table.
-- Columns: title?, price!
SELECT (jsonb_populate_record(i, '{"title": null}')).title AS title, (i).price AS price FROM item AS i;

-- name: user_function_in_a_default()
-- A default by a function that may return NULL.
-- Columns: counter?, id!
-- Data: ALTER TABLE defaults ALTER counter SET DEFAULT or_nothing(1);
INSERT INTO defaults (id, counter) VALUES (50, or_nothing(1)) RETURNING counter, id;
