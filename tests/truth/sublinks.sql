-- Sub-queries as expressions: a scalar one without a row is NULL.

-- name: scalar_without_a_row()
-- A scalar sub-query that may find no row may be NULL, though its column is not.
-- Columns: id!, title?
SELECT s.id, (SELECT i.title FROM item AS i WHERE i.id = s.item_id) AS title FROM sale AS s;

-- name: scalar_count()
-- An aggregate without GROUP BY has exactly one row.
-- Columns: sales!, most?
SELECT (SELECT count(*) FROM sale) AS sales, (SELECT max(quantity) FROM sale) AS most;

-- name: scalar_count_with_having()
-- HAVING may take that row away.
-- Columns: sales?, plain!
SELECT (SELECT count(*) FROM sale HAVING count(*) > 2) AS sales, (SELECT count(*) FROM sale) AS plain;

-- name: scalar_count_with_group_by()
-- GROUP BY has no row where there is none.
-- Columns: sales?, plain!
SELECT
    (SELECT count(*) FROM sale GROUP BY gift ORDER BY gift LIMIT 1) AS sales,
    (SELECT count(*) FROM sale) AS plain;

-- name: scalar_count_with_an_offset(skipped)
-- OFFSET skips the row, LIMIT 0 has none.
-- Columns: skipped?, none?, kept!
-- Parameters: skipped! by-rule
SELECT
    (SELECT count(*) FROM sale OFFSET :skipped) AS skipped,
    (SELECT count(*) FROM sale LIMIT 0) AS none,
    (SELECT count(*) FROM sale) AS kept;

-- name: scalar_without_from()
-- A sub-query without FROM has one row, unless WHERE takes it away.
-- Columns: one!, gone?
SELECT (SELECT price + 1) AS one, (SELECT price + 1 WHERE price > 10) AS gone FROM item;

-- name: scalar_of_an_outer_column()
-- What a sub-query passes through is as nullable as it is outside.
-- Columns: price!, discount?
SELECT (SELECT item.price) AS price, (SELECT item.discount) AS discount FROM item;

-- name: scalar_values()
-- VALUES of one row has one row.
-- Columns: one!, gap?
SELECT (VALUES (1)) AS one, (VALUES (NULL::integer)) AS gap FROM item;

-- name: scalar_coalesced_aggregate()
-- One row, and in it never NULL.
-- Columns: total!, bare?
SELECT
    (SELECT coalesce(sum(s.quantity), 0) FROM sale AS s WHERE s.item_id = i.id) AS total,
    (SELECT sum(s.quantity) FROM sale AS s WHERE s.item_id = i.id) AS bare
FROM item AS i;

-- name: scalar_union()
-- A set operation of one-row queries may have more rows, none or one.
-- Columns: less?, same!
SELECT (SELECT price EXCEPT SELECT 10) AS less, (SELECT price UNION ALL SELECT 1 WHERE false) AS same FROM item;

-- name: exists_is_known()
-- EXISTS is true or false.
-- Columns: sold!, unsold!, note?
SELECT
    EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id) AS sold,
    NOT EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id) AS unsold,
    note
FROM item AS i;

-- name: exists_under_a_parameter(buyer)
-- EXISTS is known even where its own test is not.
-- Columns: sold!, note?
-- Parameters: buyer! by-rule
SELECT EXISTS (SELECT FROM sale AS s WHERE s.buyer = :buyer) AS sold, note FROM item AS i;

-- name: in_subquery_of_filled_columns()
-- IN is known where both sides are filled.
-- Columns: sold!, note?
SELECT price IN (SELECT quantity FROM sale) AS sold, note FROM item;

-- name: in_subquery_of_nullable_columns()
-- IN is unknown when no row is equal and one is NULL, or when the left side is.
-- Columns: left_null?, right_null?
SELECT discount IN (SELECT quantity FROM sale) AS left_null, price IN (SELECT refund FROM sale) AS right_null FROM item;

-- name: not_in_subquery()
-- So is NOT IN.
-- Columns: unsold?, known!
SELECT id NOT IN (SELECT item_id FROM sale) AS unsold, id NOT IN (SELECT item_id FROM sale WHERE item_id IS NOT NULL) AS known FROM item;

-- name: all_of_a_subquery()
-- ALL and ANY are known where both sides are filled.
-- Columns: over_all!, over_any!, loose?
SELECT
    price > ALL (SELECT quantity FROM sale) AS over_all,
    price > ANY (SELECT quantity FROM sale) AS over_any,
    price > ALL (SELECT refund FROM sale) AS loose
FROM item;

-- name: row_in_subquery()
-- Rows compare column by column; one NULL is enough.
-- Columns: known!, loose?
SELECT
    (id, price) IN (SELECT s.id, s.quantity FROM sale AS s) AS known,
    (id, discount) IN (SELECT s.id, s.quantity FROM sale AS s) AS loose
FROM item;

-- name: array_of_a_subquery()
-- ARRAY(SELECT …) of no row is an empty array.
-- Columns: buyers!, first?
SELECT
    ARRAY(SELECT s.quantity FROM sale AS s WHERE s.item_id = i.id) AS buyers,
    (ARRAY(SELECT s.quantity FROM sale AS s WHERE s.item_id = i.id))[1] AS first
FROM item AS i;

-- name: subquery_in_where()
-- A comparison with a sub-query is strict in both.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount >= (SELECT min(quantity) FROM sale);

-- name: subquery_under_a_strict_operator()
-- What may be NULL below makes NULL above.
-- Columns: over?, by!
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a');
SELECT price > (SELECT max(quantity) FROM sale) AS over, price - (SELECT count(*) FROM sale) AS by FROM item;

-- name: nested_subqueries()
-- One row within one row.
-- Columns: many!, found?
SELECT (SELECT (SELECT count(*) FROM sale)) AS many, (SELECT (SELECT s.id FROM sale AS s WHERE s.id = i.id)) AS found FROM item AS i;

-- name: scalar_from_a_one_row_subquery()
-- A sub-query over a query of exactly one row has that row.
-- Columns: sales!, dearer?
SELECT
    (SELECT x.sales FROM (SELECT count(*) AS sales FROM sale) AS x) AS sales,
    (SELECT x.sales FROM (SELECT count(*) AS sales FROM sale) AS x WHERE x.sales > 2) AS dearer;

-- name: subquery_with_a_parameter(buyer)
-- A strict test inside a sub-query of the select list takes no row away.
-- Columns: bought!, last?
-- Parameters: buyer! by-rule
SELECT
    (SELECT count(*) FROM sale AS s WHERE s.buyer = :buyer) AS bought,
    (SELECT max(s.quantity) FROM sale AS s WHERE s.buyer = :buyer) AS last
FROM item AS i;

-- name: in_subquery_with_a_parameter(buyer)
-- In WHERE … IN (SELECT …) None leaves no row.
-- Columns: id!, note?
-- Parameters: buyer!
SELECT id, note FROM item WHERE id IN (SELECT item_id FROM sale WHERE buyer = :buyer);

-- name: not_exists_with_a_parameter(buyer)
-- In WHERE NOT EXISTS (SELECT …) None leaves every row, as an unknown buyer does.
-- Columns: id!, note?
-- Parameters: buyer! by-rule
SELECT id, note FROM item AS i WHERE NOT EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id AND s.buyer = :buyer);

-- name: scalar_window()
-- A window function doesn't make a row where there is none.
-- Columns: many?, one!
SELECT (SELECT count(*) OVER () FROM sale LIMIT 1) AS many, (SELECT row_number() OVER ()) AS one;

-- name: scalar_set_returning()
-- A set-returning function may return nothing.
-- Columns: first?, one!
SELECT (SELECT generate_series(1, price - 10) LIMIT 1) AS first, (SELECT DISTINCT count(*) FROM sale) AS one FROM item;

-- name: scalar_of_an_outer_aggregate()
-- An aggregate of the outer query's columns is the outer query's, even inside a sub-query.
-- Columns: most?, items!
SELECT (SELECT max(i.price)) AS most, (SELECT count(i.price)) AS items FROM item AS i;

-- name: scalar_with_fetch_first()
-- FETCH FIRST 0 ROWS and LIMIT NULL.
-- Columns: none?, every!
SELECT (SELECT count(*) FROM sale FETCH FIRST 0 ROWS ONLY) AS none, (SELECT count(*) FROM sale LIMIT NULL) AS every;

-- name: scalar_having_false()
-- HAVING without an aggregate.
-- Columns: gone?, group!
SELECT (SELECT 1 HAVING price > 10) AS gone, (SELECT 1 GROUP BY ()) AS group FROM item;

-- name: scalar_over_a_join()
-- A query of one row beside one that may have none.
-- Columns: joined?, alone!
SELECT
    (SELECT x.many FROM (SELECT count(*) AS many FROM sale) AS x, LATERAL generate_series(1, i.price - 10) AS s (n) LIMIT 1) AS joined,
    (SELECT x.many FROM (SELECT count(*) AS many FROM sale) AS x, (SELECT count(*) AS other FROM shelf) AS y) AS alone
FROM item AS i;

-- name: scalar_with_a_limit_that_falls_back(most)
-- LIMIT takes COALESCE, and 0 is a limit.
-- Columns: many?, id!
-- Parameters: most?
SELECT (SELECT count(*) FROM sale LIMIT coalesce(:most, 1)) AS many, id FROM item;

-- name: scalar_composite()
-- A field of a row that may be missing.
-- Columns: title?, known!
SELECT (SELECT i FROM item AS i WHERE i.id = s.item_id).title AS title, (SELECT s).quantity AS known FROM sale AS s;

-- name: scalar_count_with_a_limit()
-- LIMIT 1 leaves the one row that there is, OFFSET 0 skips none, OFFSET 1 does.
-- Columns: one!, two!, here!, small?, skipped?, none?
SELECT
    (SELECT count(*) FROM sale LIMIT 1) AS one,
    (SELECT count(*) FROM sale LIMIT 2 OFFSET 0) AS two,
    (SELECT count(*) FROM sale WHERE buyer IS NULL FETCH FIRST ROW ONLY) AS here,
    (SELECT max(quantity) FROM sale WHERE false LIMIT 1) AS small,
    (SELECT count(*) FROM sale LIMIT 1 OFFSET 1) AS skipped,
    (SELECT count(*) FROM sale LIMIT 0 OFFSET 0) AS none;

-- name: same_aggregate_of_another_query()
-- max(1) and count(*) of the sub-select are not those of the query around it.
-- Columns: most?, many?
SELECT (SELECT max(1) FROM shelf WHERE false) AS most,
    (SELECT CASE WHEN count(*) > 0 THEN 1 END FROM shelf WHERE false) AS many
FROM item HAVING max(1) > 0 AND count(*) > 0;
