-- Rows that witness what may be NULL: NULLs where they are allowed, and rows without a partner on every side of a join.

INSERT INTO language (name) VALUES ('English'), ('French'), ('Latin');
INSERT INTO category (name) VALUES ('Action'), ('Drama'), ('Empty');
INSERT INTO actor (first_name, last_name) VALUES ('ann', 'A'), ('bob', 'B'), ('idle', 'I');
INSERT INTO film (title, description, release_year, language_id, original_language_id, length, rating, special_features)
VALUES
    ('a', 'an epic', 2006, 1, 2, 90, 'PG', '{Trailers,Commentaries}'),
    ('b', NULL, NULL, 1, NULL, NULL, NULL, NULL),
    ('never rented', 'alone', 2020, 2, NULL, 100, NULL, '{}'),
    ('long', NULL, 2021, 2, 3, 120, 'R', NULL);
INSERT INTO film_actor (actor_id, film_id) VALUES (1, 1), (2, 1), (1, 2);
INSERT INTO film_category (film_id, category_id) VALUES (1, 1), (2, 2);
INSERT INTO country (country) VALUES ('Austria'), ('Nowhere');
INSERT INTO city (city, country_id) VALUES ('Vienna', 1), ('Graz', 1);
INSERT INTO address (address, address2, district, city_id, postal_code, phone)
VALUES ('Street 1', NULL, 'd', 1, NULL, '1'), ('Street 2', 'door 3', '', 2, '8010', '2');
INSERT INTO store (manager_staff_id, address_id) VALUES (1, 1), (2, 2), (3, 2);
INSERT INTO staff (first_name, last_name, address_id, email, store_id, username, password, picture)
VALUES ('sue', 'S', 1, 'sue@x', 1, 'sue', 'x', '\x00'), ('tim', 'T', 2, NULL, 2, 'tim', NULL, NULL);
INSERT INTO customer (store_id, first_name, last_name, email, address_id, activebool, last_update, active)
VALUES
    (1, 'cat', 'C', 'cat@x', 1, true, now(), 1),
    (2, 'dan', 'D', NULL, 2, false, NULL, NULL),
    (1, 'eve', 'E', 'a', 1, true, now(), NULL);
INSERT INTO inventory (film_id, store_id) VALUES (1, 1), (2, 1), (1, 2), (2, 2);
INSERT INTO rental (rental_date, inventory_id, customer_id, return_date, staff_id)
VALUES
    ('2022-01-05', 1, 1, '2022-01-08', 1),
    ('2022-02-05', 2, 1, NULL, 1),
    ('2022-02-06', 3, 2, NULL, 2),
    ('2022-03-01', 1, 2, '2022-03-02', 1);
INSERT INTO payment (customer_id, staff_id, rental_id, amount, payment_date)
VALUES (1, 1, 1, 4.99, '2022-01-05'), (1, 1, 2, 0.99, '2022-02-05'), (2, 2, 3, 2.99, '2022-02-06');
INSERT INTO packages (last_updated, aptdata)
VALUES ('2024-01-01', '{"name": "psql", "tags": ["a"]}'), ('2024-01-02', NULL), ('2024-01-03', '{"name": null}');
REFRESH MATERIALIZED VIEW rental_by_category;
