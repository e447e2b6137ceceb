-- What inference gets wrong: outer joins and views of them, common tables, windows, set operations, RETURNING.

-- name: stores_and_their_rentals()
-- Two outer joins in a row: the second hangs on the first.
-- Columns: store_id!, title?, rental_id?, return_date?
SELECT s.store_id, f.title, r.rental_id, r.return_date
FROM store AS s
LEFT JOIN (inventory AS i JOIN film AS f ON f.film_id = i.film_id) ON i.store_id = s.store_id
LEFT JOIN rental AS r ON r.inventory_id = i.inventory_id;

-- name: categories_and_films()
-- A full join of what may be missing on both sides, narrowed on one.
-- Columns: category?, title!, film_id!
SELECT c.name AS category, f.title, f.film_id
FROM category AS c
FULL JOIN film_category AS fc ON fc.category_id = c.category_id
FULL JOIN film AS f ON f.film_id = fc.film_id
WHERE f.title LIKE '%';

-- name: actors_of_view()
-- A view with outer joins below an aggregate of a user's: what has no film has no info.
-- Columns: actor_id!, first_name!, film_info?
SELECT actor_id, first_name, film_info FROM actor_info;

-- name: customers_of_view(country)
-- A view of inner joins keeps what its tables promise, and quotes a name with a space.
-- Columns: id!, name!, zip?, city!, country!, notes!, sid!
-- Parameters: country!
-- Try: country = Austria
SELECT id, name, "zip code" AS zip, city, country, notes, sid FROM customer_list WHERE country = :country;

-- name: films_of_view_joined()
-- An outer join of a view.
-- Columns: film_id!, title!, category?, actors?, price?
SELECT f.film_id, f.title, l.category, l.actors, l.price FROM film AS f LEFT JOIN film_list AS l ON l.fid = f.film_id;

-- name: rentals_with_neighbours()
-- The first row has none before it; a default fills the gap only where there is no row.
-- Columns: rental_id!, previous?, previous_or_self!, gap?, number!, share!, first_return?
SELECT
    rental_id,
    lag(rental_date) OVER w AS previous,
    lag(rental_date, 1, rental_date) OVER w AS previous_or_self,
    rental_date - lag(rental_date) OVER w AS gap,
    row_number() OVER w AS number,
    cume_dist() OVER w AS share,
    first_value(return_date) OVER w AS first_return
FROM rental
WINDOW w AS (PARTITION BY customer_id ORDER BY rental_date);

-- name: people()
-- A union has what either side has.
-- Columns: kind!, name!, email?, since?
SELECT 'staff' AS kind, first_name || ' ' || last_name AS name, email, NULL::date AS since FROM staff
UNION ALL
SELECT 'customer', first_name || ' ' || last_name, email, create_date FROM customer;

-- name: spread_of_categories()
-- A tree of one level by recursion: what the recursion adds is not what it starts with.
-- Columns: depth!, name!, parent?
WITH RECURSIVE levels AS (
    SELECT 1 AS depth, name, NULL::text AS parent FROM category
    UNION ALL
    SELECT l.depth + 1, f.title, l.name
    FROM levels AS l
    JOIN category AS c ON c.name = l.name
    JOIN film_category AS fc ON fc.category_id = c.category_id
    JOIN film AS f ON f.film_id = fc.film_id
)
SELECT depth, name, parent FROM levels;

-- name: pay_and_tell(customer_id, amount)
-- A write in a common table, joined to what it belongs to.
-- Columns: payment_id!, amount!, name?, email?
-- Parameters: customer_id!, amount!
-- Try: customer_id = 1
WITH paid AS (
    INSERT INTO payment (customer_id, staff_id, rental_id, amount, payment_date)
    SELECT :customer_id, r.staff_id, r.rental_id, :amount, '2022-01-31'
    FROM rental AS r
    RETURNING payment_id, amount, customer_id
)
SELECT p.payment_id, p.amount, c.first_name AS name, c.email
FROM paid AS p
LEFT JOIN customer AS c ON c.customer_id = p.customer_id AND c.activebool;

-- name: sales_cube()
-- A cube has rows for all categories and for all stores.
-- Columns: store_id?, rating?, films!, longest?
SELECT i.store_id, f.rating, count(*) AS films, max(f.length) AS longest
FROM inventory AS i
JOIN film AS f ON f.film_id = i.film_id
GROUP BY CUBE (i.store_id, f.rating);
