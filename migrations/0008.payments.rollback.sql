-- Drops the payments.
SET LOCAL lock_timeout = '2s';

DROP TABLE payments;

DROP TYPE payment_status;
