-- depends: 0001.extensions
-- Customers, found by e-mail address whatever its case.
SET LOCAL lock_timeout = '2s';

CREATE TABLE customers (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    email text NOT NULL,
    loyalty_points bigint NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT customers_pkey PRIMARY KEY (id),
    CONSTRAINT customers_name_is_1_to_200_characters CHECK (char_length(name) BETWEEN 1 AND 200),
    CONSTRAINT customers_email_has_an_at_sign CHECK (email LIKE '_%@_%' AND char_length(email) <= 254),
    CONSTRAINT customers_loyalty_points_are_not_negative CHECK (loyalty_points >= 0)
);

CREATE UNIQUE INDEX customers_lower_email_key ON customers (lower(email));

CREATE TRIGGER customers_set_updated_at
BEFORE UPDATE ON customers
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE customers IS 'Who buys.';
COMMENT ON COLUMN customers.loyalty_points IS 'One point for each whole unit of currency ordered; an order never fails for want of points.';
