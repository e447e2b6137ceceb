-- Drops the sessions and the log.
SET LOCAL lock_timeout = '2s';

DROP TABLE access_log;

DROP TABLE sessions;
