-- GROUP BY: keys are as nullable as their columns, aggregates have a row to work on.

-- name: keys()
-- A key is as nullable as its column.
-- Columns: title!, note?, items!
SELECT title, note, count(*) AS items FROM item GROUP BY title, note;

-- name: expression_key()
-- A key that is an expression follows the expression.
-- Columns: half!, cut?, word!
SELECT price / 2 AS half, discount * 2 AS cut, lower(title) AS word FROM item GROUP BY price / 2, discount * 2, lower(title);

-- name: key_by_position()
-- A key by its position or alias is the same.
-- Columns: half!, remark?
SELECT price / 2 AS half, note AS remark FROM item GROUP BY 1, remark;

-- name: key_in_an_expression()
-- An expression over a key.
-- Columns: next!, cut?, kept!
SELECT price + 1 AS next, discount + 1 AS cut, coalesce(discount, 0) AS kept FROM item GROUP BY price, discount;

-- name: functionally_dependent()
-- Other columns of a table grouped by its primary key.
-- Columns: id!, title!, note?, sales!
SELECT i.id, i.title, i.note, count(s.id) AS sales FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY i.id;

-- name: dependent_on_the_nullable_side()
-- A key of the nullable side is NULL in one group, and all that depends on it.
-- Columns: sale_id?, quantity?, items!
SELECT s.id AS sale_id, s.quantity, count(*) AS items FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY s.id;

-- name: grouped_subquery()
-- Keys and aggregates of a sub-query.
-- Columns: title!, most!, least?
SELECT x.title, x.most, x.least
FROM (SELECT title, max(price) AS most, min(discount) AS least FROM item GROUP BY title) AS x;

-- name: distinct()
-- DISTINCT changes nothing.
-- Columns: title!, note?
SELECT DISTINCT title, note FROM item;

-- name: distinct_on()
-- DISTINCT ON keeps one row of each key.
-- Columns: title!, note?, price!
SELECT DISTINCT ON (title) title, note, price FROM item ORDER BY title, price;

-- name: where_narrows_keys()
-- WHERE comes before GROUP BY.
-- Columns: note!, most!, least?
SELECT note, max(discount) AS most, min(last_mood) AS least FROM item WHERE note > '' AND discount >= 0 GROUP BY note;

-- name: group_by_nothing()
-- GROUP BY () is one group, also of no row.
-- Columns: items!, most?
SELECT count(*) AS items, max(price) AS most FROM item GROUP BY ();

-- name: having_without_group_by()
-- HAVING alone makes one group.
-- Columns: items!, least?
SELECT count(*) AS items, min(discount) AS least FROM item HAVING count(*) >= 0;

-- name: key_with_a_parameter(size)
-- A parameter in a key: strict, so by rule not None.
-- Columns: bucket?, items!
-- Parameters: size! by-rule
SELECT price / :size AS bucket, count(*) AS items FROM item GROUP BY 1;

-- name: having_with_a_parameter(least)
-- Compared strictly in HAVING, None leaves no group.
-- Columns: title!, most!, note?
-- Parameters: least!
SELECT title, max(price) AS most, max(note) AS note FROM item GROUP BY title HAVING count(*) >= :least;

-- name: grouped_on_both_sides_of_a_union()
-- Grouping on each side.
-- Columns: word!, most?
SELECT title AS word, max(discount) AS most FROM item GROUP BY title UNION ALL SELECT place, max(id) FROM shelf GROUP BY place;

-- name: constant_beside_groups()
-- Constants and grouped columns side by side.
-- Columns: kind!, word?, many!
SELECT 'item' AS kind, note AS word, count(*)::integer AS many FROM item GROUP BY note;
