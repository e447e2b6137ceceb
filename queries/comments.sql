-- Comments: what was said of products, orders and customers.
-- Tables: comments (about 2 million rows).

-- name: add_comment(product_id, order_id, customer_id, author_id, body)<!
-- Comment on one product, order or customer: two subjects or none are 23514, one that isn't the tenant's is 23503.
INSERT INTO comments (product_id, order_id, customer_id, author_id, body)
VALUES (:product_id, :order_id, :customer_id, :author_id, :body)
RETURNING id, subject_type, author_id, body, created_at;

-- name: comments_for_subjects(product_ids, order_ids, customer_ids)
-- The comments of all these subjects, whatever their kinds, oldest first.
-- @why One arm for each kind reads that kind's partial index; together they are one round trip.
SELECT
    c.subject_type,
    c.product_id AS subject_id,
    c.id,
    c.author_id,
    c.body,
    c.created_at
FROM comments AS c
WHERE c.product_id = ANY(:product_ids)
UNION ALL
SELECT
    c.subject_type,
    c.order_id AS subject_id,
    c.id,
    c.author_id,
    c.body,
    c.created_at
FROM comments AS c
WHERE c.order_id = ANY(:order_ids)
UNION ALL
SELECT
    c.subject_type,
    c.customer_id AS subject_id,
    c.id,
    c.author_id,
    c.body,
    c.created_at
FROM comments AS c
WHERE c.customer_id = ANY(:customer_ids)
ORDER BY created_at, id;

-- name: delete_comment(comment_id, author_id)!
-- Delete a comment, if this author wrote it.
DELETE FROM comments
WHERE
    id = :comment_id
    AND author_id = :author_id;

-- name: comment_counts(product_ids)
-- How many comments each of these products has; one without any has no row.
SELECT
    c.product_id,
    count(*) AS n
FROM comments AS c
WHERE c.product_id = ANY(:product_ids)
GROUP BY c.product_id
ORDER BY c.product_id;
