-- Composite values, arrays, ranges, documents, rules.

-- name: stock()
-- A field of a composite that is NULL, and of one whose fields are.
-- Columns: name?, price?, doubled?, missing!, count?
SELECT (item).name, (item).price, double_price(item) AS doubled, item IS NULL AS missing, count FROM on_hand;

-- name: quarters()
-- Elements by place, slices, and sizes of what has none.
-- Columns: name?, second?, sum?, sizes?, members!, meetings?
SELECT
    name,
    pay_by_quarter[2] AS second,
    (SELECT sum(q) FROM unnest(pay_by_quarter) AS q) AS sum,
    array_dims(schedule) AS sizes,
    coalesce(cardinality(schedule), 0) AS members,
    schedule[1:1] AS meetings
FROM sal_emp;

-- name: rooms(moment)
-- Ranges: their ends may be open. None for the moment leads to the fallback.
-- Columns: room?, starts?, ends?, free!
-- Parameters: moment?
SELECT
    room,
    lower(during) AS starts,
    upper(during) AS ends,
    coalesce(NOT during @> :moment::timestamp, true) AS free
FROM reservation;

-- name: documents(part)
-- A member of a document, and the kinds of what there is.
-- Columns: name?, kind!, active?, tags!, source?
-- Parameters: part!
-- Try: part = {"name": null}
-- Try: part = {"tags": ["x"]}
SELECT
    jdoc ->> 'name' AS name,
    jsonb_typeof(jdoc) AS kind,
    (jdoc ->> 'is_active')::boolean AS active,
    jsonb_path_query_array(jdoc, '$.tags[*]') AS tags,
    source
FROM api
WHERE jdoc @> :part;

-- name: two_functions()
-- Functions side by side: the shorter one is filled up.
-- Columns: child?, f1?, f2?, n!
SELECT c.child, c.f1, c.f2, c.n
FROM ROWS FROM (listchildren('Top'), dup(1)) WITH ORDINALITY AS c (child, f1, f2, n);

-- name: readings_of(what, step)$
-- A STRICT function of a user.
-- Columns: reading?
-- Parameters: what! by-rule, step! by-rule
SELECT next_reading(:what, :step) AS reading;

-- name: new_shoelace(color, length)<!
-- INSTEAD of the view its table: the rule says what is returned.
-- Columns: sl_name!, sl_color?, sl_len_cm?
-- Parameters: color?, length?
INSERT INTO shoelace (sl_name, sl_color, sl_len) VALUES ('sl9', :color, :length) RETURNING sl_name, sl_color, sl_len_cm;

-- name: sold()
-- Groups of a materialised view: what is filtered is there, what is not may be NULL.
-- Columns: seller_no?, invoice_date!, sales_amt?
SELECT seller_no, invoice_date, sales_amt FROM sales_summary;

-- name: films_of(kinds)
-- Two schemas, an outer join, a list.
-- Columns: title!, distributor?, kind!, minutes?, released?
-- Parameters: kinds!
-- Try: kinds = {Comedy,x}
-- Data: INSERT INTO hollywood.films VALUES ('a', 'a', 1, NULL, 'a', NULL);
SELECT
    f.title,
    d.name AS distributor,
    f.kind,
    extract(epoch FROM f.len) / 60 AS minutes,
    w.release AS released
FROM hollywood.films AS f
LEFT JOIN hollywood.distributors AS d ON d.did = f.did
LEFT JOIN hollywood.winners AS w ON w.winner = f.title
WHERE f.kind = ANY(:kinds);

-- name: clear_orders(before)
-- What was deleted is told, with what belonged to it.
-- Columns: order_id!, shipping_address?, lines!, first_product?
-- Parameters: before!
-- Try: before = 2999-01-01
WITH gone AS (
    DELETE FROM orders WHERE placed < :before RETURNING order_id, shipping_address
)
SELECT g.order_id, g.shipping_address, count(i.product_no) AS lines, min(i.product_no) AS first_product
FROM gone AS g
LEFT JOIN order_items AS i ON i.order_id = g.order_id AND i.quantity IS NOT NULL
GROUP BY g.order_id, g.shipping_address;
