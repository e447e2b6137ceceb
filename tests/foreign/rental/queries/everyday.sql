-- What a rental shop asks every day.

-- name: find_customer(email)^
-- A customer by address: what a test for equality finds has one.
-- Columns: customer_id!, first_name!, email!, active?, create_date!
-- Parameters: email!
SELECT customer_id, first_name, email, active, create_date FROM customer WHERE email = :email;

-- name: film_with_languages(film_id)^
-- The original language is another row, or none.
-- Columns: film_id!, title!, description?, language!, original_language?, release_year?
-- Parameters: film_id!
SELECT f.film_id, f.title, f.description, l.name AS language, o.name AS original_language, f.release_year
FROM film AS f
JOIN language AS l ON l.language_id = f.language_id
LEFT JOIN language AS o ON o.language_id = f.original_language_id
WHERE f.film_id = :film_id;

-- name: overdue_rentals(max_rows)
-- Rentals that are out for longer than they may be.
-- Columns: rental_id!, title!, customer!, phone!, due!, return_date?
-- Parameters: max_rows! by-rule
SELECT
    r.rental_id,
    f.title,
    c.last_name || ', ' || c.first_name AS customer,
    a.phone,
    r.rental_date + make_interval(days => f.rental_duration) AS due,
    r.return_date
FROM rental AS r
JOIN customer AS c ON c.customer_id = r.customer_id
JOIN address AS a ON a.address_id = c.address_id
JOIN inventory AS i ON i.inventory_id = r.inventory_id
JOIN film AS f ON f.film_id = i.film_id
WHERE r.return_date IS NULL
ORDER BY r.rental_date
LIMIT :max_rows;

-- name: rent(inventory_id, customer_id, staff_id)<!
-- A new rental isn't returned yet.
-- Columns: rental_id!, rental_date!, return_date?
-- Parameters: inventory_id!, customer_id!, staff_id!
INSERT INTO rental (rental_date, inventory_id, customer_id, staff_id)
VALUES (now(), :inventory_id, :customer_id, :staff_id)
RETURNING rental_id, rental_date, return_date;

-- name: give_back(rental_id, returned)
-- The day of return may be taken back.
-- Columns: rental_id!, return_date?
-- Parameters: rental_id!, returned?
UPDATE rental SET return_date = :returned WHERE rental_id = :rental_id RETURNING rental_id, return_date;

-- name: register_customer(store_id, first_name, last_name, email, address_id)<!
-- Who gives no address for mail has none; when the row was written is a default.
-- Columns: customer_id!, email?, create_date!, last_update!
-- Parameters: store_id!, first_name!, last_name!, email?, address_id!
INSERT INTO customer (store_id, first_name, last_name, email, address_id)
VALUES (:store_id, :first_name, :last_name, :email, :address_id)
RETURNING customer_id, email, create_date, last_update;

-- name: revenue_by_month()
-- Every group has a payment, and every payment an amount.
-- Columns: month!, payments!, revenue!, largest!
SELECT date_part('month', payment_date) AS month, count(*) AS payments, sum(amount) AS revenue, max(amount) AS largest
FROM payment
GROUP BY 1
ORDER BY 1;

-- name: revenue_of_customer(customer_id)^
-- Without a group there is a row also for nobody, and its sum is NULL.
-- Columns: payments!, revenue?, revenue_or_zero!
-- Parameters: customer_id! by-rule
SELECT count(*) AS payments, sum(amount) AS revenue, coalesce(sum(amount), 0) AS revenue_or_zero
FROM payment
WHERE customer_id = :customer_id;

-- name: search_films(words)
-- Found by words, the best first.
-- Columns: film_id!, title!, rank!, rating?
-- Parameters: words!
-- Try: words = epic
-- Try: words = rent
SELECT film_id, title, ts_rank(fulltext, plainto_tsquery('simple', :words)) AS rank, rating
FROM film
WHERE fulltext @@ plainto_tsquery('simple', :words)
ORDER BY rank DESC;

-- name: films_by_features(features)
-- An array of features, taken apart.
-- Columns: title!, special_features!, how_many?, first?
-- Parameters: features! by-rule
-- Try: features = {Trailers}
SELECT title, special_features, array_length(special_features, 1) AS how_many, special_features[1] AS first
FROM film
WHERE special_features && :features OR special_features = '{}';
