-- Drops the users.
SET LOCAL lock_timeout = '2s';

DROP TABLE users;
