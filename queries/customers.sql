-- Customers: who buys.
-- Tables: customers (about 7,500 rows in the demo).

-- name: create_customer(name, email)<!
-- Create a customer; an address that is taken, in whatever case, is 23505 on customers_lower_email_key.
INSERT INTO customers (name, email)
VALUES (:name, :email)
RETURNING id, name, email, loyalty_points, version, created_at;

-- name: get_customer(customer_id)^
-- One customer by key.
SELECT
    c.id,
    c.name,
    c.email,
    c.loyalty_points,
    c.version,
    c.created_at
FROM customers AS c
WHERE c.id = :customer_id;

-- name: customer_by_email(email)^
-- One customer by e-mail address, whatever its case.
-- @why The unique index is on tenant_id and lower_email: row-level security would keep lower(email) from an index.
SELECT
    c.id,
    c.name,
    c.email,
    c.loyalty_points,
    c.version,
    c.created_at
FROM customers AS c
WHERE
    c.tenant_id = app.tenant_id()
    AND c.lower_email = lower(:email);

-- name: add_loyalty_points(customer_id, points)<!
-- Add points, or take them with a negative number; below zero is 23514 on customers_loyalty_points_are_not_negative.
UPDATE customers
SET loyalty_points = loyalty_points + :points
WHERE id = :customer_id
RETURNING id, loyalty_points;

-- name: customers_by_tax_number(tax_number_indexes)
-- Customers with a tax number, by its blind indexes: keys.blinds("customers.tax_number", number).
-- @why = ANY finds what an older key has indexed too, while keys are rotated.
SELECT
    c.id,
    c.name,
    c.tax_number
FROM customers AS c
WHERE c.tax_number_bidx = ANY(:tax_number_indexes)
ORDER BY c.id;

-- name: get_customer_secrets(customer_id)^
-- What of a customer is encrypted, and the preferences.
SELECT
    c.id,
    c.tax_number,
    c.preferences
FROM customers AS c
WHERE c.id = :customer_id;

-- name: set_tax_number(customer_id, tax_number, tax_number_bidx)!
-- Set a customer's tax number with its blind index; None takes both away.
UPDATE customers
SET
    tax_number = :tax_number,
    tax_number_bidx = :tax_number_bidx
WHERE id = :customer_id;

-- name: set_preferences(customer_id, preferences)!
-- Set what a customer has chosen.
UPDATE customers
SET preferences = :preferences
WHERE id = :customer_id;
