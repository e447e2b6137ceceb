-- Drops the products.
SET LOCAL lock_timeout = '2s';

DROP TABLE products;
