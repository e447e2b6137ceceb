-- Drops the lines of the orders.
SET LOCAL lock_timeout = '2s';

DROP TABLE order_items;
