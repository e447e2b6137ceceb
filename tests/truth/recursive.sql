-- WITH RECURSIVE: a NULL of any round shows, also of a late one.

-- name: numbers()
-- A sum of what is never NULL never is.
-- Columns: n!, m?
WITH RECURSIVE w (n, m) AS (SELECT 1, NULL::integer UNION ALL SELECT n + 1, 1 FROM w WHERE n < 3) SELECT n, m FROM w;

-- name: null_in_the_second_round()
-- The recursive part brings NULL.
-- Columns: n?, k!
WITH RECURSIVE w (n, k) AS (SELECT 1, 1 UNION ALL SELECT NULL::integer, k + 1 FROM w WHERE k < 3) SELECT n, k FROM w;

-- name: null_in_the_third_round()
-- A NULL moves from column to column and shows two rounds later.
-- Columns: a?, b?, c?, k!
WITH RECURSIVE w (a, b, c, k) AS (
    SELECT 1, 1, 1, 1
    UNION ALL
    SELECT b, c, NULL::integer, k + 1 FROM w WHERE k < 5
)
SELECT a, b, c, k FROM w;

-- name: tree()
-- A tree down from its roots: the keys are filled, the root's parent is not.
-- Columns: id!, parent_id?, depth!, path!
WITH RECURSIVE tree (id, parent_id, depth, path) AS (
    SELECT id, parent_id, 0, ARRAY[id] FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, c.parent_id, t.depth + 1, t.path || c.id FROM category AS c JOIN tree AS t ON t.id = c.parent_id
)
SELECT id, parent_id, depth, path FROM tree;

-- name: ancestors(category_id)
-- Up from a key: None finds nothing.
-- Columns: id!, name!, parent_id?
-- Parameters: category_id!
WITH RECURSIVE up AS (
    SELECT id, name, parent_id FROM category WHERE id = :category_id
    UNION ALL
    SELECT c.id, c.name, c.parent_id FROM category AS c JOIN up ON up.parent_id = c.id
)
SELECT id, name, parent_id FROM up;

-- name: left_join_in_the_recursion()
-- An outer join inside the recursion makes NULL in the second round.
-- Columns: id?, k!
WITH RECURSIVE w (id, k) AS (
    SELECT id, 1 FROM category
    UNION ALL
    SELECT c.id, w.k + 1 FROM w LEFT JOIN category AS c ON c.parent_id = w.id WHERE w.k < 3
)
SELECT id, k FROM w;

-- name: narrowed_in_the_recursion()
-- The recursive part passes on only what its join compared.
-- Columns: up!, name!
WITH RECURSIVE w (up, name) AS (
    SELECT parent_id, name FROM category WHERE parent_id IS NOT NULL
    UNION
    SELECT c.parent_id, c.name FROM category AS c JOIN w ON w.up = c.id WHERE c.parent_id IS NOT NULL
)
SELECT up, name FROM w;

-- name: not_narrowed_in_the_recursion()
-- Only the first part tests the column.
-- Columns: up?, name!
WITH RECURSIVE w (up, name) AS (
    SELECT parent_id, name FROM category WHERE parent_id IS NOT NULL
    UNION
    SELECT c.parent_id, c.name FROM category AS c JOIN w ON w.up = c.id
)
SELECT up, name FROM w;

-- name: search_breadth_first()
-- SEARCH adds a column that is filled.
-- Columns: id!, parent_id?, place!
WITH RECURSIVE tree AS (
    SELECT id, parent_id FROM category WHERE parent_id IS NULL
    UNION ALL
    SELECT c.id, c.parent_id FROM category AS c JOIN tree AS t ON t.id = c.parent_id
) SEARCH BREADTH FIRST BY id SET place
SELECT id, parent_id, place FROM tree ORDER BY place;

-- name: cycle_marks()
-- CYCLE adds a mark and a path that are filled.
-- Columns: id!, parent_id?, again!, trail!
WITH RECURSIVE tree AS (
    SELECT id, parent_id FROM category
    UNION ALL
    SELECT c.id, c.parent_id FROM category AS c JOIN tree AS t ON t.id = c.parent_id
) CYCLE id SET again USING trail
SELECT id, parent_id, again, trail FROM tree;

-- name: recursive_but_not()
-- WITH RECURSIVE over a query that doesn't refer to itself is a plain WITH.
-- Columns: id!, note?
WITH RECURSIVE w AS (SELECT id, note FROM item) SELECT id, note FROM w;

-- name: reporting_line()
-- A chain of managers: the first has none, and every row has its depth.
-- Columns: id!, name!, boss?, depth!
WITH RECURSIVE line (id, name, boss, depth) AS (
    SELECT id, name, NULL::text, 1 FROM account WHERE manager_id IS NULL
    UNION ALL
    SELECT a.id, a.name, line.name, line.depth + 1 FROM account AS a JOIN line ON line.id = a.manager_id
)
SELECT id, name, boss, depth FROM line;

-- name: forward_reference()
-- In WITH RECURSIVE a query may read one that comes later.
-- Columns: id!, note?
WITH RECURSIVE a AS (SELECT id, note FROM b), b AS (SELECT id, note FROM item) SELECT id, note FROM a;

-- name: inner_with_in_the_recursion()
-- A WITH inside the recursive part.
-- Columns: a?, k!
WITH RECURSIVE w (a, k) AS (
    SELECT 1, 1
    UNION ALL
    (WITH z AS (SELECT nullif(a, 1) AS a, k + 1 AS k FROM w WHERE k < 4) SELECT z.a, z.k FROM z)
)
SELECT a, k FROM w;

-- name: recursion_over_a_tables_name()
-- A recursion under the name of a table.
-- Columns: id?, k!
WITH RECURSIVE item (id, k) AS (SELECT 1, 1 UNION ALL SELECT NULL::integer, k + 1 FROM item WHERE k < 3) SELECT id, k FROM item;

-- name: recursion_by_a_lateral_subquery()
-- NULL by way of a sub-query in the recursive part.
-- Columns: a?, k!
WITH RECURSIVE w (a, k) AS (
    SELECT 1, 1 UNION ALL SELECT x.a, w.k + 1 FROM w CROSS JOIN LATERAL (SELECT nullif(w.a, 1) AS a) AS x WHERE w.k < 3
)
SELECT a, k FROM w;

-- name: cycle_by_words()
-- The mark of a CYCLE in words.
-- Columns: id!, mark!, parent_id?
WITH RECURSIVE tree AS (
    SELECT id, parent_id FROM category UNION ALL SELECT c.id, c.parent_id FROM category AS c JOIN tree AS t ON t.id = c.parent_id
) CYCLE id SET mark TO 'again' DEFAULT 'first' USING trail
SELECT id, mark, parent_id FROM tree;

-- name: search_depth_first()
-- SEARCH DEPTH FIRST over what may be NULL.
-- Columns: id!, place!, parent_id?
WITH RECURSIVE tree AS (
    SELECT id, parent_id FROM category UNION ALL SELECT c.id, c.parent_id FROM category AS c JOIN tree AS t ON t.id = c.parent_id
) SEARCH DEPTH FIRST BY parent_id SET place
SELECT id, place, parent_id FROM tree;
