-- Views: their columns are what the query behind them makes of the tables.

-- name: plain_view()
-- A view on a table keeps what the table promises.
-- Columns: id!, price!, discount?, title!
SELECT id, price, discount, title FROM v_item;

-- name: renamed_view()
-- Its own names change nothing.
-- Columns: no!, label!, remark?
SELECT no, label, remark FROM v_renamed;

-- name: outer_join_inside()
-- An outer join inside makes columns nullable.
-- Columns: id!, title!, sale_id?, quantity?
SELECT id, title, sale_id, quantity FROM v_item_sale;

-- name: view_on_a_view()
-- A view that tests a column of another view makes its outer join an inner one.
-- Columns: id!, sale_id!, quantity!, refund?
SELECT id, sale_id, quantity, refund FROM v_sold;

-- name: three_views_deep()
-- An outer join over such a view makes them nullable again.
-- Columns: id!, price!, sale_id?, sold_title?
SELECT id, price, sale_id, sold_title FROM v_deep;

-- name: tested_outside()
-- A test outside narrows a view's columns.
-- Columns: id!, sale_id!, quantity!, refund?
SELECT id, sale_id, quantity, refund FROM v_item_sale WHERE quantity > 0;

-- name: on_the_nullable_side()
-- A view on the nullable side of a join.
-- Columns: id!, other?, title?
SELECT s.id, v.id AS other, v.title FROM sale AS s LEFT JOIN v_item AS v ON v.id = s.item_id;

-- name: aggregates_in_a_view()
-- Groups and counts in a view, its key tested inside.
-- Columns: item_id!, sales!, sold!, most_refunded?
SELECT item_id, sales, sold, most_refunded FROM v_totals;

-- name: union_in_a_view()
-- A union in a view.
-- Columns: id!, label?
SELECT id, label FROM v_union;

-- name: barrier()
-- A security barrier proves what any view does.
-- Columns: id!, discount!, cut!, note?
SELECT v.id, v.discount, v.cut, i.note FROM v_secure AS v JOIN item AS i USING (id);

-- name: recursive_view()
-- A recursive view.
-- Columns: id!, name!, parent_id?, depth!
SELECT id, name, parent_id, depth FROM v_tree;

-- name: materialised_view()
-- A materialised view has the columns of its query.
-- Columns: id!, title!, note?
SELECT id, title, note FROM m_item;

-- name: materialised_outer_join()
-- Also with an outer join.
-- Columns: id!, sales!, most?
SELECT id, sales, most FROM m_sales;

-- name: view_on_materialised_views()
-- A view on materialised views.
-- Columns: id!, title!, note?, most?
SELECT id, title, note, most FROM v_on_m;

-- name: insert_into_a_view(title)
-- Of a view that is updatable by itself, RETURNING gives the table's columns.
-- Columns: id!, title!, discount?
-- Parameters: title!
INSERT INTO v_item (id, price, title) VALUES (50, 1, :title) RETURNING id, title, discount;

-- name: update_a_view(discount)
-- So with UPDATE.
-- Columns: id!, price!, discount?
-- Parameters: discount?
UPDATE v_item SET discount = :discount WHERE id > 0 RETURNING id, price, discount;

-- name: delete_from_a_view()
-- And with DELETE.
-- Columns: no!, remark?
DELETE FROM v_renamed WHERE no > 0 RETURNING no, remark;

-- name: trigger_instead()
-- An INSTEAD OF trigger returns what it likes.
-- Columns: id?, title?, one!
INSERT INTO v_trap (id, title) VALUES (1, 'a') RETURNING id, title, 1 AS one;

-- name: trigger_instead_of_update()
-- Also for UPDATE.
-- Columns: id?, title?, one!
UPDATE v_trap SET title = 'a' WHERE id > 0 RETURNING id, title, 1 AS one;

-- name: select_from_a_view_with_a_trigger()
-- Reading such a view is reading its query.
-- Columns: id!, title!, note?
SELECT id, title, note FROM v_trap;

-- name: catalog_view()
-- A view of the catalog is a view like any other; pg_class is a table.
-- Columns: oid!, relname!, tablespace?
SELECT c.oid, c.relname, t.tablespace FROM pg_class AS c JOIN pg_tables AS t ON t.tablename = c.relname WHERE c.relkind = 'r';

-- name: view_with_parameter(sale_id)
-- A strict test of a view's nullable column.
-- Columns: id!, sale_id!, refund?
-- Parameters: sale_id!
SELECT id, sale_id, refund FROM v_item_sale WHERE sale_id = :sale_id;

-- name: constant_on_the_nullable_side()
-- A constant in a view is NULL where the view's row is missing.
-- Columns: id!, one?, remark?
SELECT s.id, v.one, v.remark FROM sale AS s LEFT JOIN v_const AS v ON v.id = s.item_id;

-- name: constant_in_a_view()
-- Else it isn't.
-- Columns: one!, remark!, note?
SELECT v.one, v.remark, i.note FROM v_const AS v JOIN item AS i USING (id);

-- name: view_on_a_view_with_a_trigger()
-- A view that is written through to one with an INSTEAD OF trigger returns what that likes.
-- Columns: id?, title?, one!
INSERT INTO v_over_trap (id, title) VALUES (1, 'a') RETURNING id, title, 1 AS one;

-- name: delete_from_a_view_with_a_trigger()
-- A DELETE that the trigger isn't for goes to the table.
-- Columns: id!, title!, note?
DELETE FROM v_trap WHERE id > 0 RETURNING id, title, note;

-- name: view_on_a_table_with_a_trigger()
-- A BEFORE trigger of the table below a view.
-- Columns: note?, title!
INSERT INTO v_stamped VALUES (50, 'a', 'x', now()) RETURNING note, title;

-- name: defaults_of_a_view()
-- A view may have defaults of its own.
-- Columns: counter?, plain!
INSERT INTO v_defaults (id) VALUES (50) RETURNING counter, plain;

-- name: rule_of_a_view()
-- A rule of a view returns what it likes.
-- Columns: id?, title!
INSERT INTO v_ruled VALUES (1, 'a') RETURNING id, coalesce(title, '') AS title;

-- name: update_a_constant_view(note)
-- Columns of a view that are expressions.
-- Columns: id!, one!, remark!, other?
-- Parameters: note?
UPDATE v_const SET id = id + 100 WHERE coalesce(:note, 'x') <> '' RETURNING id, one, remark, nullif(one, 1) AS other;

-- name: view_read_twice_with_conditions_on_one()
-- What is said of one reading of a view is not said of the other, nor of the sub-queries in it.
-- Columns: tag!, other?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a', 'n', 'ok', NULL);
-- Data: INSERT INTO sale VALUES (1, 1, 1, 1, 'b', now(), true, true), (2, 1, 1, 1, NULL, now(), true, true);
SELECT a.tag, b.tag AS other FROM v_pair AS a CROSS JOIN v_pair AS b
WHERE a.note IS NOT NULL AND a.buyer IS NOT NULL AND b.note IS NOT NULL;
