-- Outer joins make the columns of one side NULL, whatever the tables promise; inner joins don't.

-- name: inner_join()
-- An inner join keeps what both tables promise.
-- Columns: item_id!, title!, note?, sale_id!, quantity!, refund?
SELECT i.id AS item_id, i.title, i.note, s.id AS sale_id, s.quantity, s.refund FROM item AS i JOIN sale AS s ON s.item_id = i.id;

-- name: cross_join()
-- A cross join keeps what both tables promise.
-- Columns: item_id!, sale_id!, refund?
SELECT i.id AS item_id, s.id AS sale_id, s.refund FROM item AS i CROSS JOIN sale AS s;

-- name: comma_join()
-- A comma is a cross join.
-- Columns: item_id!, sale_id!, buyer?
SELECT i.id AS item_id, s.id AS sale_id, s.buyer FROM item AS i, sale AS s WHERE s.quantity > i.price OR s.quantity <= i.price;

-- name: left_join()
-- A left join makes every column of its right side nullable, and none of its left.
-- Columns: item_id!, title!, sale_id?, quantity?, sold_at?
SELECT i.id AS item_id, i.title, s.id AS sale_id, s.quantity, s.sold_at FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: right_join()
-- A right join makes every column of its left side nullable, and none of its right.
-- Columns: item_id?, title?, sale_id!, quantity!
SELECT i.id AS item_id, i.title, s.id AS sale_id, s.quantity FROM item AS i RIGHT JOIN sale AS s ON s.item_id = i.id;

-- name: full_join()
-- A full join makes the columns of both sides nullable.
-- Columns: item_id?, title?, sale_id?, quantity?
SELECT i.id AS item_id, i.title, s.id AS sale_id, s.quantity FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id;

-- name: full_join_with_a_third_table()
-- A table joined after a full join keeps what it promises.
-- Columns: item_id?, sale_id?, third!
SELECT i.id AS item_id, s.id AS sale_id, t.id AS third FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id CROSS JOIN item AS t;

-- name: left_join_then_cross_join()
-- A cross join after a left join doesn't bring its rows back.
-- Columns: item_id!, sale_id?, other_id!
SELECT i.id AS item_id, s.id AS sale_id, o.id AS other_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id CROSS JOIN item AS o;

-- name: left_join_then_inner_join_on_it()
-- An inner join that compares a column of the nullable side strictly throws its NULL rows away.
-- Columns: item_id!, sale_id!, quantity!, other_id!
SELECT i.id AS item_id, s.id AS sale_id, s.quantity, o.id AS other_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id JOIN item AS o ON o.id = s.quantity;

-- name: left_join_then_left_join_on_it()
-- A left join on a column of the nullable side throws nothing away.
-- Columns: item_id!, sale_id?, other_id?
SELECT i.id AS item_id, s.id AS sale_id, o.id AS other_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id LEFT JOIN item AS o ON o.id = s.quantity;

-- name: left_join_of_an_inner_join()
-- Both tables of a join on the nullable side become nullable.
-- Columns: item_id!, sale_id?, shelf_id?, place?
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id, f.place
FROM item AS i LEFT JOIN (sale AS s JOIN shelf AS f ON f.id = s.quantity) ON s.item_id = i.id;

-- name: inner_join_of_a_left_join()
-- Only the right side of the inner left join is nullable.
-- Columns: item_id!, sale_id?, shelf_id!
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM shelf AS f JOIN (item AS i LEFT JOIN sale AS s ON s.item_id = i.id AND s.gift) ON f.item_id = i.id;

-- name: right_join_over_a_chain()
-- A right join makes all that stands to its left nullable.
-- Columns: item_id?, sale_id?, shelf_id!
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id RIGHT JOIN shelf AS f ON f.item_id = s.item_id;

-- name: full_join_over_a_left_join()
-- A full join makes all of both sides nullable.
-- Columns: item_id?, sale_id?, shelf_id?
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id FULL JOIN shelf AS f ON f.item_id = s.quantity;

-- name: left_join_on_true()
-- Even ON true leaves NULL where the right table has no row; a query of exactly one row leaves none.
-- Columns: item_id!, sale_id?, sales!
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a');
SELECT i.id AS item_id, s.id AS sale_id, n.sales
FROM item AS i LEFT JOIN sale AS s ON true LEFT JOIN (SELECT count(*) AS sales FROM sale) AS n ON true;

-- name: left_join_on_false()
-- A constant of the nullable side is NULL where no row matches, though the constant is not.
-- Columns: item_id!, found?, seen!
SELECT i.id AS item_id, x.found, x.found IS NOT NULL AS seen
FROM item AS i LEFT JOIN (SELECT item_id, 1 AS found FROM sale) AS x ON x.item_id = i.id;

-- name: left_join_condition_narrows_nothing()
-- A test in ON of a left join says nothing of the left side's columns; in WHERE it does.
-- Columns: note?, discount!
SELECT i.note, i.discount FROM item AS i LEFT JOIN sale AS s ON i.note = 'x' WHERE i.discount > 0;

-- name: left_join_and_where_on_the_right()
-- A strict test of the nullable side in WHERE makes the outer join an inner one.
-- Columns: item_id!, sale_id!, quantity!, refund?
SELECT i.id AS item_id, s.id AS sale_id, s.quantity, s.refund FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE s.quantity > 0;

-- name: left_join_and_where_is_not_null()
-- IS NOT NULL of any column of the nullable side does so too.
-- Columns: sale_id!, quantity!, buyer!, refund?
SELECT s.id AS sale_id, s.quantity, s.buyer, s.refund FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE s.buyer IS NOT NULL;

-- name: left_join_anti()
-- An anti-join keeps just the rows without a counterpart.
-- Columns: item_id!, sale_id?
SELECT i.id AS item_id, s.id AS sale_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE s.id IS NULL;

-- name: full_join_and_where_on_the_left()
-- A strict test of the left side turns a full join into a left join.
-- Columns: item_id!, title!, sale_id?
SELECT i.id AS item_id, i.title, s.id AS sale_id FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id WHERE i.price > 0;

-- name: full_join_and_where_on_both()
-- Strict tests of both sides turn a full join into an inner join.
-- Columns: item_id!, sale_id!, refund?
SELECT i.id AS item_id, s.id AS sale_id, s.refund
FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id WHERE i.price > 0 AND s.quantity > 0;

-- name: where_in_an_or_proves_nothing()
-- One arm of OR that holds without the nullable side keeps its NULLs.
-- Columns: item_id!, sale_id?
SELECT i.id AS item_id, s.id AS sale_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE s.quantity > 0 OR i.price > 0;

-- name: where_in_every_arm_of_an_or()
-- Where every arm of OR is strict in a column of the nullable side, its row exists.
-- Columns: item_id!, sale_id!, refund?
SELECT i.id AS item_id, s.id AS sale_id, s.refund
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE s.quantity > 1 OR s.gift;

-- name: using_of_an_inner_join()
-- The merged column of an inner join is that of both tables.
-- Columns: id!, quantity!, height?
SELECT id, quantity, height FROM sale JOIN shelf USING (id);

-- name: using_of_a_left_join()
-- The merged column of a left join is that of the left table.
-- Columns: id!, quantity!, place?
SELECT id, quantity, place FROM sale LEFT JOIN shelf USING (id);

-- name: using_of_a_right_join()
-- The merged column of a right join is that of the right table.
-- Columns: id!, quantity?, place!
SELECT id, quantity, place FROM sale RIGHT JOIN shelf USING (id);

-- name: using_of_a_full_join()
-- The merged column of a full join has a value from one side or the other; the columns of each side need not.
-- Columns: id!, quantity?, place?
SELECT id, quantity, place FROM sale FULL JOIN shelf USING (id);

-- name: using_of_nullable_columns()
-- Merged columns that may be NULL themselves stay so in an outer join; in an inner join they were compared.
-- Columns: kept?
SELECT item_id AS kept FROM sale LEFT JOIN shelf USING (item_id);

-- name: using_of_nullable_columns_in_an_inner_join()
-- USING of an inner join compares the columns, so none of them is NULL.
-- Columns: item_id!, buyer?
SELECT item_id, buyer FROM sale JOIN shelf USING (item_id);

-- name: qualified_columns_beside_using()
-- Behind the merged column, each table's own is still nullable as its side is.
-- Columns: merged!, of_sale?, of_shelf?
SELECT id AS merged, sale.id AS of_sale, shelf.id AS of_shelf FROM sale FULL JOIN shelf USING (id);

-- name: natural_join()
-- A natural join compares the columns of the same name.
-- Columns: id!, place!, price!, height?
SELECT id, place, price, height FROM shelf NATURAL JOIN (SELECT id, price FROM item) AS i;

-- name: join_alias()
-- A join under an alias is one side of another join as a whole.
-- Columns: sale_id!, joined?, place?
SELECT o.id AS sale_id, j.id AS joined, j.place
FROM sale AS o LEFT JOIN (item JOIN shelf USING (id)) AS j ON j.id = o.quantity + 1;

-- name: three_sides_of_a_triangle()
-- The last of three tables is joined to the nullable one by OR, which doesn't bring it back.
-- Columns: item_id!, sale_id?, shelf_id!
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id JOIN shelf AS f ON f.item_id = i.id OR f.id = s.id;

-- name: self_join()
-- The same table stands on both sides, nullable on one only.
-- Columns: id!, name!, parent_name?
SELECT c.id, c.name, p.name AS parent_name FROM category AS c LEFT JOIN category AS p ON p.id = c.parent_id;

-- name: strict_expression_over_the_nullable_side()
-- A strict expression is NULL where its argument is; one with a fallback is not.
-- Columns: twice?, at_least!
SELECT s.quantity * 2 AS twice, coalesce(s.quantity, 0) AS at_least FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: whole_row_of_the_nullable_side()
-- The row of a table as one value is NULL where the join found none.
-- Columns: whole!, found?
SELECT i AS whole, s AS found FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: foreign_key_alone()
-- A foreign key can be broken while its check waits or its triggers are off, so a left join over it may find nothing.
-- Columns: promise_id!, item_id!, found?
-- Data: INSERT INTO promise VALUES (1, 5);
SELECT p.id AS promise_id, p.item_id, i.id AS found FROM promise AS p LEFT JOIN item AS i ON i.id = p.item_id;

-- name: foreign_key_checked_at_once()
-- The same of a foreign key that doesn't wait: a replica applies rows without it.
-- Columns: shelf_id!, found?
-- Data: SET LOCAL session_replication_role = replica;
-- Data: INSERT INTO shelf VALUES (1, 5, 'left', 1);
SELECT f.id AS shelf_id, i.id AS found FROM shelf AS f LEFT JOIN item AS i ON i.id = f.item_id;

-- name: subquery_on_the_nullable_side()
-- What a sub-query proves of its columns is lost on the nullable side.
-- Columns: item_id!, many?
SELECT i.id AS item_id, x.many
FROM item AS i LEFT JOIN (SELECT item_id, count(*) AS many FROM sale GROUP BY item_id) AS x ON x.item_id = i.id;

-- name: join_with_parameter(place)
-- A parameter in ON of a left join takes no row of the left side away, though None finds nothing.
-- Columns: item_id!, place?
-- Parameters: place! by-rule
SELECT i.id AS item_id, f.place FROM item AS i LEFT JOIN shelf AS f ON f.item_id = i.id AND f.place = :place;

-- name: inner_join_with_parameter(place)
-- In ON of an inner join None leaves no row.
-- Columns: item_id!, place!, height?
-- Parameters: place!
-- Try: place = left
SELECT i.id AS item_id, f.place, f.height FROM item AS i JOIN shelf AS f ON f.item_id = i.id AND f.place = :place;

-- name: full_join_of_one_row()
-- A full join with exactly one row ON true: that row is always there.
-- Columns: item_id?, sales!
SELECT i.id AS item_id, x.sales FROM item AS i FULL JOIN (SELECT count(*) AS sales FROM sale) AS x ON true;

-- name: right_join_of_one_row()
-- One row to the left of a right join ON true.
-- Columns: item_id!, sales!, most?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a');
SELECT i.id AS item_id, x.sales, x.most FROM (SELECT count(*) AS sales, max(quantity) AS most FROM sale) AS x RIGHT JOIN item AS i ON true;

-- name: where_on_the_last_of_a_chain()
-- A test of the last table of a chain of left joins: it was found by the middle one, which is there.
-- Columns: item_id!, sale_id!, shelf_id!, refund?
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id, s.refund
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id LEFT JOIN shelf AS f ON f.id = s.id WHERE f.place > '';

-- name: where_on_the_middle_of_a_chain()
-- A test of the middle one says nothing of the last.
-- Columns: item_id!, sale_id!, shelf_id?
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id LEFT JOIN shelf AS f ON f.id = s.id WHERE s.quantity > 0;

-- name: where_on_the_last_of_a_loose_chain()
-- The last table was joined to the first: it says nothing of the middle.
-- Columns: item_id!, sale_id?, shelf_id!
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id LEFT JOIN shelf AS f ON f.item_id = i.id WHERE f.place > '';

-- name: where_on_a_full_join_chain()
-- A left join after a full join, tested.
-- Columns: item_id?, sale_id!, shelf_id!
SELECT i.id AS item_id, s.id AS sale_id, f.id AS shelf_id
FROM item AS i FULL JOIN sale AS s ON s.item_id = i.id LEFT JOIN shelf AS f ON f.id = s.id + 9 WHERE f.place > '';

-- name: fallback_inside_and_outside()
-- An unmatched row is NULL where the sub-query has coalesce(x, 0), though the same outside of it is 0.
-- Columns: fallback?, missing?
SELECT s.fallback, s.missing
FROM item AS i LEFT JOIN (SELECT id, refund, coalesce(refund, 0) AS fallback, id IS NULL AS missing FROM sale) AS s
    ON s.id = -i.id
WHERE coalesce(s.refund, 0) >= 0 AND (s.id IS NULL)::integer >= 0;
