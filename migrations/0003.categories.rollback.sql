-- Drops the categories.
SET LOCAL lock_timeout = '2s';

DROP TABLE categories;
