-- LATERAL: sub-queries that look to their left.

-- name: cross_lateral()
-- What passes a lateral sub-query is filled as it was.
-- Columns: id!, double!, cut?
SELECT i.id, x.double, x.cut FROM item AS i CROSS JOIN LATERAL (SELECT i.price * 2 AS double, i.discount AS cut) AS x;

-- name: left_lateral()
-- A left join to a lateral sub-query that may have no row.
-- Columns: id!, sale_id?, quantity?
SELECT i.id, x.id AS sale_id, x.quantity FROM item AS i LEFT JOIN LATERAL (SELECT s.id, s.quantity FROM sale AS s WHERE s.item_id = i.id ORDER BY s.id LIMIT 1) AS x ON true;

-- name: left_lateral_aggregate()
-- One that has exactly one row joins with each; what it finds may be NULL all the same.
-- Columns: id!, sales!, most?
SELECT i.id, x.sales, x.most FROM item AS i LEFT JOIN LATERAL (SELECT count(*) AS sales, max(s.quantity) AS most FROM sale AS s WHERE s.item_id = i.id) AS x ON true;

-- name: left_lateral_aggregate_with_a_condition()
-- A condition may refuse that row.
-- Columns: id!, sales?
SELECT i.id, x.sales FROM item AS i LEFT JOIN LATERAL (SELECT count(*) AS sales FROM sale AS s WHERE s.item_id = i.id) AS x ON x.sales > 1;

-- name: left_lateral_values()
-- So with VALUES of a row, or a SELECT without FROM.
-- Columns: id!, double!, gone?
SELECT i.id, x.double, y.gone
FROM item AS i LEFT JOIN LATERAL (SELECT i.price * 2 AS double) AS x ON true LEFT JOIN LATERAL (SELECT i.price AS gone WHERE i.price > 5) AS y ON true;

-- name: lateral_over_the_nullable_side()
-- A column of the nullable side stays nullable inside.
-- Columns: id!, quantity?, at_least!
SELECT i.id, x.quantity, x.at_least
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id CROSS JOIN LATERAL (SELECT s.quantity, coalesce(s.quantity, 0) AS at_least) AS x;

-- name: lateral_narrows_the_outside()
-- A test inside a cross-joined sub-query holds of the columns outside.
-- Columns: discount!, note?
SELECT i.discount, i.note FROM item AS i CROSS JOIN LATERAL (SELECT 1 AS one WHERE i.discount > 0) AS x;

-- name: left_lateral_narrows_nothing()
-- Inside a left-joined one it doesn't.
-- Columns: discount?, one?
SELECT i.discount, x.one FROM item AS i LEFT JOIN LATERAL (SELECT 1 AS one WHERE i.discount > 0) AS x ON true;

-- name: top_of_each(most)
-- The latest few of each; a limit takes no row away by rule.
-- Columns: id!, sale_id!, buyer?
-- Parameters: most! by-rule
SELECT i.id, x.id AS sale_id, x.buyer FROM item AS i CROSS JOIN LATERAL (SELECT s.id, s.buyer FROM sale AS s WHERE s.item_id = i.id ORDER BY s.sold_at DESC LIMIT :most) AS x;

-- name: chain()
-- One lateral sub-query after another.
-- Columns: net!, cut!, loose?
SELECT y.net, x.cut, y.loose
FROM item AS i CROSS JOIN LATERAL (SELECT coalesce(i.discount, 0) AS cut) AS x CROSS JOIN LATERAL (SELECT i.price - x.cut AS net, i.discount + x.cut AS loose) AS y;

-- name: lateral_function()
-- A function in FROM looks to its left without the word.
-- Columns: id!, tag?, length?
SELECT a.id, t.tag, length(t.tag) AS length FROM account AS a, unnest(a.tags) AS t (tag);

-- name: lateral_in_an_outer_join_of_two()
-- A lateral sub-query within the nullable side.
-- Columns: id!, double?, sure!
SELECT f.id, j.double, coalesce(j.double, 0) AS sure
FROM shelf AS f LEFT JOIN (sale AS s CROSS JOIN LATERAL (SELECT s.quantity * 2 AS double) AS x) AS j ON j.id = f.id;

-- name: left_lateral_groups()
-- With GROUP BY there may be no row to join with.
-- Columns: id!, sales?
SELECT i.id, x.sales FROM item AS i LEFT JOIN LATERAL (SELECT count(*) AS sales FROM sale AS s WHERE s.item_id = i.id GROUP BY s.gift) AS x ON true;

-- name: left_lateral_having()
-- With HAVING neither.
-- Columns: id!, sales?
SELECT i.id, x.sales FROM item AS i LEFT JOIN LATERAL (SELECT count(*) AS sales FROM sale AS s WHERE s.item_id = i.id HAVING count(*) > 1) AS x ON true;

-- name: one_row_on_the_nullable_side_of_another_join()
-- A row that is always there is missing where what it is joined to is.
-- Columns: id!, sales?
SELECT f.id, j.sales
FROM shelf AS f LEFT JOIN (SELECT s.id, x.sales FROM sale AS s CROSS JOIN LATERAL (SELECT count(*) AS sales FROM item AS i WHERE i.id = s.item_id) AS x) AS j ON j.id = f.id;

-- name: left_lateral_on_equal_constants()
-- ON 1 = 1 is as true as true.
-- Columns: id!, sales!, other?
SELECT i.id, x.sales, y.sales AS other
FROM item AS i
LEFT JOIN LATERAL (SELECT count(*) AS sales FROM sale AS s WHERE s.item_id = i.id) AS x ON 1 = 1
LEFT JOIN LATERAL (SELECT count(*) AS sales FROM sale AS s WHERE s.item_id = i.id) AS y ON 1 = 2;
