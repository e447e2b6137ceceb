-- Drops the comments.
SET LOCAL lock_timeout = '2s';

DROP TABLE comments;
