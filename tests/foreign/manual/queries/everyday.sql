-- Questions as the manual asks them.

-- name: weather_in(city)
-- A view of a join: what the join compares is there, the rest is as the tables have it.
-- Columns: name!, temp_lo?, date?, location?
-- Parameters: city!
SELECT name, temp_lo, date, location FROM myview WHERE name = :city;

-- name: coldest(min_max)
-- Groups with a bound on them.
-- Columns: city?, days!, coldest!
-- Parameters: min_max!
SELECT city, count(*) AS days, max(temp_lo) AS coldest FROM weather GROUP BY city HAVING max(temp_lo) < :min_max;

-- name: transfer(amount, name)
-- A balance can't be NULL, nor can what is added to it.
-- Columns: name!, branch_name?, balance!
-- Parameters: amount!, name!
UPDATE accounts SET balance = balance + :amount WHERE name = :name RETURNING name, branch_name, balance;

-- name: add_product(product_no, name, price)<!
-- What is written is what is returned; a price may be missing.
-- Columns: product_no!, name!, price?, discounted_price?
-- Parameters: product_no!, name!, price?
INSERT INTO products (product_no, name, price)
VALUES (:product_no, :name, :price)
RETURNING product_no, name, price, discounted_price;

-- name: order_sheet(order_id)
-- The parts of a composite key are there, also from the other table; sums of nothing are zero.
-- Columns: order_id!, product!, quantity?, price?, amount!
-- Parameters: order_id!
SELECT o.order_id, p.name AS product, i.quantity, p.price, coalesce(i.quantity * p.price, 0) AS amount
FROM orders AS o
JOIN order_items AS i USING (order_id)
JOIN products AS p USING (product_no)
WHERE o.order_id = :order_id;

-- name: measure(name, height_cm)<!
-- A stored column is computed of what can't be NULL.
-- Columns: id!, name?, height_cm!, height_in!
-- Parameters: name?, height_cm!
INSERT INTO people (name, height_cm) VALUES (:name, :height_cm) RETURNING id, name, height_cm, height_in;

-- name: happy_people(mood)
-- Enums compare in their order.
-- Columns: name?, current_mood!
-- Parameters: mood!
SELECT name, current_mood FROM person WHERE current_mood > :mood ORDER BY current_mood;

-- name: addresses()
-- A column of a domain that refuses NULL is no promise, as one of a domain that doesn't.
-- Columns: address_id!, street2?, postal?, copies?
SELECT address_id, street2, postal, copies FROM us_snail_addy;

-- name: file_address(street1, street2, city, postal, copies)<!
-- The domain refuses None for the one, and takes it for the other.
-- Columns: address_id!, copies?
-- Parameters: street1!, street2?, city!, postal!, copies?
-- Try: postal = 12345
INSERT INTO us_snail_addy (street1, street2, city, postal, copies)
VALUES (:street1, :street2, :city, :postal, :copies)
RETURNING address_id, copies;

-- name: find_pages(words)
-- A stored column of words, never NULL; a title may be.
-- Columns: title?, rank!, headline?
-- Parameters: words!
-- Try: words = cat
SELECT title, ts_rank(textsearchable, query) AS rank, ts_headline('english', body, query) AS headline
FROM pgweb, to_tsquery('english', :words) AS query
WHERE query @@ textsearchable;
