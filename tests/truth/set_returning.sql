-- Functions that return rows: what they return, and how two of them side by side are filled up with NULL.

-- name: series()
-- generate_series returns numbers.
-- Columns: n!, m?
SELECT s.n, nullif(s.n, 2) AS m FROM generate_series(1, 3) AS s (n);

-- name: series_of_a_nullable_bound()
-- A bound of NULL gives no row, not a row of NULL.
-- Columns: id!, n!, discount?
SELECT i.id, s.n, i.discount FROM item AS i CROSS JOIN LATERAL generate_series(1, i.price) AS s (n);

-- name: series_on_the_nullable_side()
-- A left join gives that row.
-- Columns: id!, n?
SELECT i.id, s.n FROM item AS i LEFT JOIN LATERAL generate_series(1, i.discount) AS s (n) ON true;

-- name: series_of_days()
-- So with days.
-- Columns: day!, sales!, last?
SELECT d.day, count(s.id) AS sales, max(s.id) AS last
FROM generate_series('2024-01-01'::timestamptz, '2024-01-03', '1 day') AS d (day) LEFT JOIN sale AS s ON s.sold_at = d.day GROUP BY d.day;

-- name: unnested()
-- An array may hold NULL though the column doesn't; the number of the element is known.
-- Columns: word?, no!
SELECT t.word, t.no FROM account AS a CROSS JOIN LATERAL unnest(a.tags) WITH ORDINALITY AS t (word, no);

-- name: unnested_constants()
-- An array written out holds what is written.
-- Columns: n!, m?
SELECT a.n, b.m FROM unnest(ARRAY[1, 2]) AS a (n), unnest(ARRAY[1, NULL]) AS b (m);

-- name: unnested_together()
-- Of two arrays the shorter one is filled up.
-- Columns: n?, m?, no!
SELECT u.n, u.m, u.no FROM unnest(ARRAY[1, 2], ARRAY['a']) WITH ORDINALITY AS u (n, m, no), (VALUES (1)) AS one (x)
UNION ALL SELECT u.n, u.m, u.no FROM unnest(ARRAY[1], ARRAY['a', 'b']) WITH ORDINALITY AS u (n, m, no);

-- name: unnested_parameter(ids)
-- None gives no element; an element that is NULL goes back to the caller.
-- Columns: id?, no!
-- Parameters: ids[?]!
SELECT t.id, t.no FROM unnest(:ids::integer[]) WITH ORDINALITY AS t (id, no);

-- name: unnested_parameter_joined(ids)
-- The join throws elements away that are NULL.
-- Columns: wanted!, title!, note?
-- Parameters: ids[!]!
SELECT t.id AS wanted, i.title, i.note FROM unnest(:ids::integer[]) AS t (id) JOIN item AS i ON i.id = t.id;

-- name: rows_from()
-- ROWS FROM fills up the shorter of its functions.
-- Columns: short?, long?, no!
SELECT x.short, x.long, x.no FROM ROWS FROM (generate_series(1, 2), generate_series(1, 3)) WITH ORDINALITY AS x (short, long, no)
UNION ALL SELECT x.short, x.long, x.no FROM ROWS FROM (generate_series(1, 4), generate_series(1, 3)) WITH ORDINALITY AS x (short, long, no);

-- name: in_the_select_list()
-- One set-returning function in the select list repeats the row.
-- Columns: id!, n!, note?
SELECT id, generate_series(1, 2) AS n, note FROM item;

-- name: two_in_the_select_list()
-- Of two the shorter one is filled up.
-- Columns: id!, few?, many?
SELECT id, generate_series(1, 1) AS few, generate_series(1, price) AS many FROM item WHERE price IN (0, 2);

-- name: expression_over_a_series()
-- An expression over a series.
-- Columns: double!, gap?
SELECT s.n * 2 AS double, nullif(s.n, 1) AS gap FROM generate_series(1, 3) AS s (n);

-- name: split()
-- The parts of a text are texts.
-- Columns: part!, other!, blank?
SELECT p.part, r.other, b.blank
FROM string_to_table('a,b', ',') AS p (part), regexp_split_to_table('a b', ' ') AS r (other), string_to_table('a,b', ',', 'b') AS b (blank);

-- name: array_elements()
-- An element of a JSON array is a value, if only null; as text it is NULL then.
-- Columns: element!, word?
SELECT e.element, w.word
FROM jsonb_array_elements('[1, null]') AS e (element), jsonb_array_elements_text('[1, null]') AS w (word);

-- name: object_members()
-- Keys are never NULL, nor are values, but for those taken as text.
-- Columns: key!, value!, word?, name!
SELECT e.key, e.value, t.value AS word, k.name
FROM jsonb_each('{"a": null}') AS e, jsonb_each_text('{"a": null}') AS t, jsonb_object_keys('{"a": 1}') AS k (name);

-- name: record_set()
-- What is read out of JSON may be missing.
-- Columns: a?, b?, one!
SELECT r.a, r.b, 1 AS one FROM jsonb_to_recordset('[{"a": 1}, {"b": "x"}]') AS r (a integer, b text);

-- name: populated()
-- So is a row populated out of JSON, also of a table that refuses NULL.
-- Columns: id?, title?, one!
SELECT r.id, r.title, 1 AS one FROM jsonb_populate_record(NULL::item, '{"id": null}') AS r;

-- name: user_set()
-- A user's function may return anything, also in columns of a table's row.
-- Columns: id?, title?, one!
SELECT h.id, h.title, 1 AS one FROM hollow_items() AS h;

-- name: user_table()
-- RETURNS TABLE promises nothing.
-- Columns: id?, title?, no!
SELECT p.id, p.title, p.no FROM pairs() WITH ORDINALITY AS p (id, title, no);

-- name: user_table_tested()
-- A test outside proves what the function doesn't.
-- Columns: id!, title?
SELECT p.id, p.title FROM pairs() AS p WHERE p.id > 0;

-- name: user_row()
-- A function that returns one row returns one of NULL when it finds none.
-- Columns: id?, price!
SELECT x.id, i.price FROM item AS i CROSS JOIN LATERAL one_item(i.id + 1) AS x;

-- name: matches()
-- Each match is an array; its elements may be missing.
-- Columns: found!, first?
SELECT m.found, m.found[1] AS first FROM regexp_matches('ab', '(x)?b', 'g') AS m (found);

-- name: subscripts()
-- generate_subscripts returns numbers.
-- Columns: no!, word?
SELECT s.no, a.tags[s.no] AS word FROM account AS a CROSS JOIN LATERAL generate_subscripts(a.tags, 1) AS s (no);

-- name: series_with_parameters(first, last)
-- A bound of None gives no row.
-- Columns: n!, gap?
-- Parameters: first!, last!
SELECT s.n, nullif(s.n, 1) AS gap FROM generate_series(:first::integer, :last::integer) AS s (n);

-- name: json_table()
-- Columns of JSON_TABLE may be missing; its number of rows is counted, and EXISTS answered.
-- Columns: no!, a?, has!
-- Requires: 17
SELECT t.no, t.a, t.has
FROM JSON_TABLE('[{"a": 1}, {"b": 2}]'::jsonb, '$[*]' COLUMNS (no FOR ORDINALITY, a integer PATH '$.a', has boolean EXISTS PATH '$.b')) AS t;

-- name: hidden_in_order_by()
-- A second function in ORDER BY fills the first one up.
-- Columns: n?, id!
SELECT generate_series(1, 1) AS n, id FROM item ORDER BY generate_series(1, 2);

-- name: two_in_one_expression()
-- Two functions in one expression go side by side.
-- Columns: sum?, id!
SELECT generate_series(1, 2) + generate_series(1, 3) AS sum, id FROM item;

-- name: elements_in_the_select_list()
-- unnest in the select list.
-- Columns: tag?, id!
SELECT unnest(tags) AS tag, id FROM account;

-- name: ordinality_on_the_nullable_side()
-- Even the number of the row is NULL where there is none.
-- Columns: id!, word?, no?
SELECT a.id, t.word, t.no FROM account AS a LEFT JOIN LATERAL unnest(a.tags) WITH ORDINALITY AS t (word, no) ON true;

-- name: rows_of_a_table_type()
-- Elements of an array of rows have what they were given, not what the table asks for.
-- Columns: id?, title?, one!
SELECT u.id, u.title, 1 AS one FROM unnest(ARRAY[ROW (NULL, 1, NULL, NULL, NULL, NULL, NULL)::item]) AS u;

-- name: values_of_a_table_type()
-- So has a value of that type.
-- Columns: id?, one!
SELECT (v.row).id AS id, 1 AS one FROM (VALUES (NULL::item)) AS v (row);

-- name: whole_row_and_back()
-- The row of a table is as filled as the table.
-- Columns: id!, note?
SELECT (x.row).id AS id, (x.row).note AS note FROM (SELECT i AS row FROM item AS i) AS x;

-- name: user_function_on_the_nullable_side()
-- An outer join over a user's function, and a test of it.
-- Columns: id!, found?, tested?
SELECT i.id, p.id AS found, p.title AS tested FROM item AS i LEFT JOIN pairs() AS p ON p.id = i.id;

-- name: written_elements_in_the_select_list()
-- unnest of an array that is written out gives what is written.
-- Columns: title!, word?, id!
SELECT unnest(ARRAY[title, mood::text]) AS title, NULL::text AS word, id FROM item
UNION ALL SELECT title, unnest(ARRAY[title, note]), id FROM item;

-- name: written_elements_beside_a_longer_set()
-- Two sets in a select list: the shorter is filled up with NULLs.
-- Columns: title?, number?
SELECT unnest(ARRAY[title]) AS title, generate_series(1, 2) AS number FROM item UNION ALL SELECT title, NULL FROM item;

-- name: time_zones()
-- A view of the catalog over a function.
-- Columns: name!, abbrev!, utc_offset!, is_dst!
SELECT name, abbrev, utc_offset, is_dst FROM pg_timezone_names;

-- name: rows_of_an_array_that_is_there()
-- Where unnest has given a row the array wasn't NULL; with an outer join it may have been.
-- Columns: flags!, loose?
SELECT a.flags, NULL::text[] AS loose FROM account AS a, unnest(a.flags) AS f (flag)
UNION ALL SELECT a.tags, a.flags FROM account AS a LEFT JOIN LATERAL unnest(a.flags) AS f (flag) ON true;

-- name: rows_of_one_of_several_sets()
-- Of two sets side by side either may have given the row.
-- Columns: discount?, n?, m?
SELECT i.discount, t.n, t.m FROM item AS i, ROWS FROM (generate_series(1, i.discount), generate_series(1, 2)) AS t (n, m);

-- name: row_of_a_function_that_returns_no_set()
-- A function of one value gives a row of NULL too.
-- Columns: note?, loud?
SELECT i.note, l.loud FROM item AS i, upper(i.note) AS l (loud);

-- name: rows_of_a_function_that_takes_null()
-- string_to_table takes NULL for what to split at.
-- Columns: note?, word!
SELECT i.note, t.word FROM item AS i, string_to_table(i.title, i.note) AS t (word);

-- name: series_up_to(last, other)
-- A series has no row where its end is NULL, so there it isn't; beside an aggregate it may be.
-- Columns: last!, shown!, many!
-- Parameters: last!, other! by-rule
SELECT :last::integer AS last, CASE WHEN n = 1 THEN :last::integer ELSE n END AS shown, (SELECT count(*) FROM generate_series(1, :other::integer)) AS many
FROM generate_series(1, :last::integer) AS n;
