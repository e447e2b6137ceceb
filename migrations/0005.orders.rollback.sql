-- Drops the orders.
SET LOCAL lock_timeout = '2s';

DROP TABLE orders;

DROP TYPE order_status;
