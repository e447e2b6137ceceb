-- Grouping sets: a key is NULL in the rows of a set that leaves it out, and the set () has a row of nothing.

-- name: rollup()
-- ROLLUP leaves every key out somewhere.
-- Columns: title?, mood?, items!
SELECT title, mood, count(*) AS items FROM item GROUP BY ROLLUP (title, mood);

-- name: cube()
-- So does CUBE.
-- Columns: title?, mood?, items!
SELECT title, mood, count(*) AS items FROM item GROUP BY CUBE (title, mood);

-- name: two_sets()
-- So do sets that have different keys; there is no empty set, so each has a row.
-- Columns: title?, mood?, most!, items!
SELECT title, mood, max(price) AS most, count(*) AS items FROM item GROUP BY GROUPING SETS ((title), (mood));

-- name: key_of_every_set()
-- A key of every set is never left out.
-- Columns: title!, mood?, items!
SELECT title, mood, count(*) AS items FROM item GROUP BY GROUPING SETS ((title, mood), (title));

-- name: key_beside_a_rollup()
-- A key beside ROLLUP stands in every set.
-- Columns: title!, mood?, most!
SELECT title, mood, max(price) AS most FROM item GROUP BY title, ROLLUP (mood);

-- name: total_row()
-- The row of the empty set is there without rows: its aggregates may be NULL, counts not.
-- Columns: title?, total?, items!
SELECT title, sum(price) AS total, count(*) AS items FROM item GROUP BY ROLLUP (title);

-- name: empty_set_alone()
-- GROUPING SETS (()) is no grouping.
-- Columns: total?, items!
SELECT sum(price) AS total, count(*) AS items FROM item GROUP BY GROUPING SETS (());

-- name: single_set()
-- One set is a plain GROUP BY.
-- Columns: title!, note?, most!
SELECT title, note, max(price) AS most FROM item GROUP BY GROUPING SETS ((title, note));

-- name: grouping_function()
-- GROUPING() is a number.
-- Columns: title?, level!
SELECT title, grouping(title) AS level FROM item GROUP BY ROLLUP (title);

-- name: key_with_a_fallback()
-- COALESCE above the key makes it filled; an expression that is the key itself is left out as a whole.
-- Columns: label!, raw?
SELECT coalesce(title, 'all') AS label, title AS raw FROM item GROUP BY ROLLUP (title);

-- name: expression_as_key()
-- coalesce(note, '') as a key is NULL where it is left out.
-- Columns: label?, items!
SELECT coalesce(note, '') AS label, count(*) AS items FROM item GROUP BY ROLLUP (coalesce(note, ''));

-- name: constant_as_key()
-- Even a constant is left out when it is a key.
-- Columns: one?, two!
SELECT 1 AS one, 2 AS two FROM item GROUP BY ROLLUP (1);

-- name: is_null_as_key()
-- A test that is the key is NULL where it is left out; the same test above a key is not.
-- Columns: key?, above!
SELECT note IS NULL AS key, title IS NULL AS above FROM item GROUP BY ROLLUP (note IS NULL), title;

-- name: having_takes_the_totals_away()
-- HAVING that tests the key strictly leaves no row that lacks it.
-- Columns: title!, mood?, items!
SELECT title, mood, count(*) AS items FROM item GROUP BY ROLLUP (title, mood) HAVING title > '';

-- name: label_of_the_totals()
-- GROUPING() in a CASE tells totals from keys; of a nullable key NULL remains.
-- Columns: label?, level!
SELECT CASE WHEN grouping(note) = 1 THEN 'all' ELSE note END AS label, grouping(note) AS level FROM item GROUP BY ROLLUP (note);

-- name: rollup_in_a_subquery()
-- Keys of a sub-query's ROLLUP stay nullable outside, unless they are tested.
-- Columns: loose?, tested!
SELECT x.title AS loose, y.title AS tested
FROM (SELECT title FROM item GROUP BY ROLLUP (title)) AS x, (SELECT title FROM item GROUP BY ROLLUP (title)) AS y
WHERE y.title <> '';

-- name: rollup_of_an_outer_column()
-- A column from outside a sub-query is not its key to leave out, unless it says so.
-- Columns: inside?, outside!
SELECT x.inside, i.title AS outside
FROM item AS i CROSS JOIN LATERAL (SELECT i.title AS inside FROM sale GROUP BY ROLLUP (i.title)) AS x;

-- name: narrowed_before_grouping()
-- WHERE fills the column before ROLLUP leaves it out.
-- Columns: note?, items!
SELECT note, count(*) AS items FROM item WHERE note > '' GROUP BY ROLLUP (note);

-- name: expression_above_a_key()
-- An expression above a key sees it left out.
-- Columns: label?, length?, items!
SELECT upper(title) AS label, length(title) + 1 AS length, count(*) AS items FROM item GROUP BY ROLLUP (title);

-- name: key_inside_an_aggregate()
-- An aggregate's argument is the column itself, not the key.
-- Columns: title?, last!, mood?
SELECT title, max(title) AS last, mood FROM item GROUP BY GROUPING SETS ((title), (mood));

-- name: key_seen_from_a_subquery()
-- A sub-query sees the key, left out as it is.
-- Columns: title?, seen!
SELECT (SELECT i.title) AS title, (SELECT grouping(i.title)) AS seen FROM item AS i GROUP BY ROLLUP (i.title);

-- name: key_twice()
-- A key beside a ROLLUP of itself stands in every set.
-- Columns: title!, mood?
SELECT title, mood FROM item GROUP BY title, CUBE (title, mood);

-- name: window_above_the_sets()
-- A window over the rows of a ROLLUP.
-- Columns: running?, no!
SELECT sum(sum(price)) OVER (ORDER BY title) AS running, row_number() OVER (ORDER BY title) AS no FROM item GROUP BY ROLLUP (title);

-- name: distinct_sets()
-- GROUP BY DISTINCT leaves sets out that stand twice, the empty one not.
-- Columns: title?, items!
SELECT title, count(*) AS items FROM item GROUP BY DISTINCT ROLLUP (title), ROLLUP (title);

-- name: joined_groups()
-- Keys of the nullable side.
-- Columns: id?, sale_id?, items!
SELECT i.id, s.id AS sale_id, count(*) AS items FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY GROUPING SETS ((i.id, s.id), (i.id), ());
