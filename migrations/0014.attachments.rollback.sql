-- Drops the attachments; the files stay in the store.
SET LOCAL lock_timeout = '2s';

DROP TABLE attachments;
