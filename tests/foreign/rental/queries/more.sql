-- Further questions, each with a way to be wrong.

-- name: balance(customer_id)$
-- What a user's function returns is nobody's promise.
-- Columns: balance?
-- Parameters: customer_id?
SELECT nullif(get_customer_balance(:customer_id, now()), 0) AS balance;

-- name: in_stock(film_id)
-- A function that returns a set, joined sideways.
-- Columns: store_id!, inventory_id?
-- Parameters: film_id?
SELECT s.store_id, stock.inventory_id
FROM store AS s
LEFT JOIN LATERAL film_in_stock(:film_id, s.store_id) AS stock (inventory_id) ON true;

-- name: holders()
-- Who holds a copy: nobody, often.
-- Columns: inventory_id!, holder?, is_in!
SELECT
    i.inventory_id,
    inventory_held_by_customer(i.inventory_id) AS holder,
    NOT EXISTS (SELECT FROM rental AS r WHERE r.inventory_id = i.inventory_id AND r.return_date IS NULL) AS is_in
FROM inventory AS i;

-- name: longest_film_of_each_rating()
-- DISTINCT ON keeps a row of each.
-- Columns: rating?, title!, length?
SELECT DISTINCT ON (rating) rating, title, length FROM film ORDER BY rating, length DESC;

-- name: ratings_in_words()
-- CASE without ELSE is NULL in the end.
-- Columns: title!, audience?, audience_or_all!, long!
SELECT
    title,
    CASE rating WHEN 'PG' THEN 'children' WHEN 'R' THEN 'adults' END AS audience,
    CASE WHEN rating IS NULL THEN 'all' ELSE rating::text END AS audience_or_all,
    coalesce(length > 95, false) AS long
FROM film;

-- name: update_film(film_id, description, rating, length)
-- Three that may be taken away, and a trigger that writes others.
-- Columns: film_id!, title!, description?, rating?, length?
-- Parameters: film_id!, description?, rating?, length?
UPDATE film
SET description = :description, rating = :rating, length = coalesce(:length, length)
WHERE film_id = :film_id
RETURNING film_id, title, description, rating, length;

-- name: package_names()
-- A member of a document is missing, or null, or the document is.
-- Columns: aptid!, name?, tags!, has_name?, keys?
SELECT
    p.aptid,
    p.aptdata ->> 'name' AS name,
    coalesce(p.aptdata -> 'tags', '[]') AS tags,
    p.aptdata ? 'name' AS has_name,
    (SELECT array_agg(k) FROM jsonb_object_keys(p.aptdata) AS k) AS keys
FROM packages AS p;

-- name: sales()
-- A materialised view has what its query had when it was filled.
-- Columns: category!, total_sales!
SELECT category, total_sales FROM rental_by_category;

-- name: remove_unused_inventory(store_id)
-- What is deleted was there, and so was what it was joined to.
-- Columns: inventory_id!, title!, original_language_id?
-- Parameters: store_id!
DELETE FROM inventory AS i
USING film AS f
WHERE
    f.film_id = i.film_id
    AND i.store_id = :store_id
    AND NOT EXISTS (SELECT FROM rental AS r WHERE r.inventory_id = i.inventory_id)
RETURNING i.inventory_id, f.title, f.original_language_id;

-- name: last_days(since, only_open)
-- A filter that None switches off, and one that it doesn't.
-- Columns: day!, rentals!, returned!, mean_days?
-- Parameters: since?, only_open!
-- Try: since = 2022-01-01
SELECT
    last_day(r.rental_date) AS day,
    count(*) AS rentals,
    count(r.return_date) AS returned,
    avg(extract(day FROM r.return_date - r.rental_date)) AS mean_days
FROM rental AS r
WHERE (:since::timestamptz IS NULL OR r.rental_date >= :since) AND (r.return_date IS NULL) = :only_open
GROUP BY 1;
