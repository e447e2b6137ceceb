-- Payments: one row for each try to be paid.
-- Tables: payments (about 70,000 rows in the demo).

-- name: start_payment(order_id, amount, provider_ref)<!
-- Start a payment; a provider reference that was used before is 23505 on payments_provider_ref_key.
INSERT INTO payments (order_id, amount, provider_ref)
VALUES (:order_id, :amount, :provider_ref)
RETURNING id, order_id, amount, status, provider_ref, created_at;

-- name: settle_payment(payment_id)^
-- The provider has the money: only from processing, no row otherwise.
UPDATE payments
SET
    status = 'captured',
    captured_at = now(),
    version = version + 1
WHERE
    id = :payment_id
    AND status = 'processing'
RETURNING id, order_id, amount, status, captured_at;

-- name: fail_payment(payment_id, reason)^
-- The provider refused: only from processing, no row otherwise.
UPDATE payments
SET
    status = 'failed',
    failure_reason = :reason,
    version = version + 1
WHERE
    id = :payment_id
    AND status = 'processing'
RETURNING id, order_id, amount, status, failure_reason;

-- name: payments_of_order(order_id)
-- All payments of one order, first try first.
SELECT
    p.id,
    p.amount,
    p.status,
    p.provider_ref,
    p.failure_reason,
    p.captured_at,
    p.created_at
FROM payments AS p
WHERE p.order_id = :order_id
ORDER BY p.id;

-- name: stuck_payments(older_than)
-- Payments in processing for longer than this interval, oldest first: ask the provider.
-- @why The partial index holds payments in processing only: a few, whatever the size of the table.
SELECT
    p.id,
    p.order_id,
    p.amount,
    p.provider_ref,
    p.created_at
FROM payments AS p
WHERE
    p.status = 'processing'
    AND p.created_at < now() - :older_than::interval
ORDER BY p.created_at, p.id;
