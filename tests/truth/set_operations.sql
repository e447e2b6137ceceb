-- UNION, INTERSECT, EXCEPT: each has its own rule of NULL.

-- name: union_of_filled()
-- A union is filled where both sides are.
-- Columns: no!, word!
SELECT id AS no, title AS word FROM item UNION SELECT id, place FROM shelf;

-- name: union_with_a_nullable_side()
-- One nullable side makes it nullable, whichever it is.
-- Columns: no!, first?, second?
SELECT id AS no, note AS first, title AS second FROM item UNION ALL SELECT id, 'x', buyer FROM sale;

-- name: union_of_three()
-- The last of three is enough.
-- Columns: no!, word?
SELECT id AS no, title AS word FROM item UNION ALL SELECT id, place FROM shelf UNION ALL SELECT id, buyer FROM sale;

-- name: union_with_null()
-- A NULL written as one of the sides.
-- Columns: no!, word?
SELECT id AS no, title AS word FROM item UNION ALL SELECT 0, NULL;

-- name: union_narrowed()
-- A side that tested its column is filled.
-- Columns: word!, no?
SELECT title AS word, id AS no FROM item UNION ALL SELECT buyer, item_id FROM sale WHERE buyer IS NOT NULL;

-- name: intersection()
-- What both sides have is filled where one side is.
-- Columns: first!, second!, third?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a'), (2, 2, NULL, 'b'); INSERT INTO sale (id, quantity, refund) VALUES (1, 1, NULL);
SELECT discount AS first, id AS second, note AS third FROM item INTERSECT SELECT quantity, id, buyer FROM sale;

-- name: intersection_all()
-- INTERSECT ALL has the same rule.
-- Columns: value!, word?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a'); INSERT INTO sale (id, quantity) VALUES (1, 1);
SELECT discount AS value, note AS word FROM item INTERSECT ALL SELECT quantity, buyer FROM sale;

-- name: exception()
-- EXCEPT has rows of its left side only.
-- Columns: no!, word?
SELECT id AS no, note AS word FROM item EXCEPT SELECT item_id, buyer FROM sale;

-- name: exception_keeps_null()
-- A nullable left side stays so, though the right side is filled.
-- Columns: value?, no!
SELECT discount AS value, id AS no FROM item EXCEPT SELECT quantity, id FROM sale;

-- name: mixed()
-- INTERSECT binds before UNION.
-- Columns: value!, word?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a'); INSERT INTO sale (id, quantity) VALUES (1, 1);
SELECT id AS value, title AS word FROM item UNION (SELECT discount, note FROM item INTERSECT SELECT quantity, buyer FROM sale);

-- name: nested_exception()
-- The right side of an inner EXCEPT doesn't count.
-- Columns: no!, word?
SELECT id AS no, buyer AS word FROM sale UNION ALL (SELECT price, title FROM item EXCEPT SELECT discount, note FROM item);

-- name: in_from()
-- A set operation in FROM, tested outside.
-- Columns: word!, no?
SELECT x.word, x.no FROM (SELECT note AS word, discount AS no FROM item UNION ALL SELECT buyer, item_id FROM sale) AS x WHERE x.word > '';

-- name: in_from_on_the_nullable_side()
-- On the nullable side of a join it is nullable.
-- Columns: id!, word?
SELECT i.id, x.word FROM item AS i LEFT JOIN (SELECT id, title AS word FROM item WHERE id > 2 UNION SELECT id, place FROM shelf WHERE id > 2) AS x USING (id);

-- name: different_types()
-- Sides of different types are cast, which keeps the verdict.
-- Columns: value!, loose?
SELECT id AS value, discount AS loose FROM item UNION ALL SELECT total, total FROM purchase;

-- name: aggregates_on_the_sides()
-- Each side has its own grouping.
-- Columns: many!, most?
SELECT count(*) AS many, max(price) AS most FROM item UNION ALL SELECT count(*), max(quantity) FROM sale GROUP BY gift;

-- name: with_parameters(word)
-- A parameter as the column of a side may be NULL; compared strictly on its side it isn't.
-- Columns: word?, no!
-- Parameters: word! by-rule
SELECT title AS word, id AS no FROM item UNION ALL SELECT lower(:word::text), 0;

-- name: limit_with_parameter(max_rows)
-- LIMIT of None is no limit; it makes no sense by rule.
-- Columns: id!, word?
-- Parameters: max_rows! by-rule
SELECT id, note AS word FROM item UNION ALL SELECT id, buyer FROM sale ORDER BY id LIMIT :max_rows;
