-- Attachments: the files of products and orders.
-- Tables: attachments (about 500,000 rows).

-- name: attach(product_id, order_id, storage_key, sha256, bytes)<!
-- Note a file that is in the store already; two subjects or none are 23514, one that isn't the tenant's is 23503.
INSERT INTO attachments (product_id, order_id, storage_key, sha256, bytes)
VALUES (:product_id, :order_id, :storage_key, :sha256, :bytes)
RETURNING id, subject_type, storage_key, sha256, bytes, created_at;

-- name: attachments_of(order_id)
-- The files of an order, oldest first.
SELECT
    a.id,
    a.storage_key,
    a.sha256,
    a.bytes,
    a.created_at
FROM attachments AS a
WHERE a.order_id = :order_id
ORDER BY
    a.created_at,
    a.id;
