-- Orders: placing them, moving them from state to state, listing them.
-- Tables: orders (about 75,000 rows in the demo), order_items (300,000), customers, payments, reservations, inventory.
--
-- States: pending -> processing -> paid -> shipped -> delivered; cancelled from pending, processing and paid.

-- name: create_order(customer_id, total, currency, idempotency_key)<!
-- Create a pending order, or return the one that has this key already (replayed is true then; nothing is changed).
-- The key of another customer returns no row. xmax is 0 only in a row that this statement inserted.
-- @why DO NOTHING would return no row for an order that committed while this statement ran; DO UPDATE waits and returns it.
INSERT INTO orders AS o (customer_id, total, currency, idempotency_key)
VALUES (:customer_id, :total, :currency, :idempotency_key)
ON CONFLICT (tenant_id, idempotency_key) DO UPDATE
    SET idempotency_key = excluded.idempotency_key
    WHERE o.customer_id = excluded.customer_id
RETURNING
    o.id,
    o.public_id,
    o.customer_id,
    o.status,
    o.total,
    o.currency,
    o.ordered_at,
    o.version,
    (o.xmax <> 0) AS replayed;

-- name: add_items(order_id, product_ids, quantities, prices)
-- Add the lines of an order from three arrays of one length, numbered in their order.
-- @why unnest pads a short array with nulls, and a null is 23502 here: unequal arrays are refused, not cut.
INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT
    :order_id AS order_id,
    item.line,
    item.product_id,
    item.quantity,
    item.price
FROM
    unnest(:product_ids::bigint[], :quantities::integer[], :prices::numeric[])
    WITH ORDINALITY AS item (product_id, quantity, price, line)
ORDER BY item.line
RETURNING line, product_id, quantity, price, line_total;

-- name: set_gift_note(order_id, gift_note)<!
-- Put a note for the receiver on an order; over 200 characters is 23514 on orders_gift_note_is_1_to_200_characters.
UPDATE orders
SET gift_note = :gift_note
WHERE id = :order_id
RETURNING id, gift_note;

-- name: get_order(order_id)^
-- One order with its customer.
SELECT
    o.id,
    o.public_id,
    o.customer_id,
    c.name AS customer_name,
    c.email AS customer_email,
    o.status,
    o.total,
    o.currency,
    o.ordered_at,
    o.gift_note,
    o.cancel_reason,
    o.version
FROM orders AS o
JOIN customers AS c ON c.id = o.customer_id
WHERE o.id = :order_id;

-- name: items_for_order(order_id)
-- The lines of one order with the names of the products.
SELECT
    i.line,
    i.product_id,
    p.name AS product_name,
    i.quantity,
    i.price,
    i.line_total
FROM order_items AS i
JOIN products AS p ON p.id = i.product_id
WHERE i.order_id = :order_id
ORDER BY i.line;

-- name: orders_with_items(order_ids)
-- These orders with all of their lines, in the order of their ids; an order without lines has an empty list.
-- @why One round trip for any number of orders and lines, and each line comes as an object with types.
SELECT
    o.id,
    o.public_id,
    o.status,
    o.total,
    o.currency,
    o.ordered_at,
    COALESCE(
        jsonb_agg(
            jsonb_build_object(
                'line', i.line,
                'product_id', i.product_id,
                'product_name', p.name,
                'quantity', i.quantity,
                'price', i.price,
                'line_total', i.line_total
            )
            ORDER BY i.line
        ) FILTER (WHERE i.order_id IS NOT NULL),
        '[]'
    ) AS items
FROM orders AS o
LEFT JOIN (order_items AS i JOIN products AS p ON p.id = i.product_id) ON i.order_id = o.id
WHERE o.id = ANY(:order_ids::bigint[])
GROUP BY o.id
ORDER BY o.id;

-- name: orders_of_customer(customer_id, before, before_order_id, max_rows)
-- Orders of one customer, newest first, that stand behind a given place: ordered_at and id of the last row seen.
-- The first page stands behind a time to come and the greatest id.
-- @why The row comparison is one range of orders_customer_id_ordered_at_id_idx; OFFSET would read what it skips.
SELECT
    o.id,
    o.public_id,
    o.status,
    o.total,
    o.currency,
    o.ordered_at
FROM orders AS o
WHERE
    o.customer_id = :customer_id
    AND (o.ordered_at, o.id) < (:before, :before_order_id)
ORDER BY o.ordered_at DESC, o.id DESC
LIMIT :max_rows;

-- name: latest_order_per_customer(customer_ids)
-- The newest order of each of these customers; customers without orders are left out.
-- @why LATERAL reads one index entry a customer; DISTINCT ON would read all their orders.
SELECT
    wanted.customer_id,
    latest.id,
    latest.status,
    latest.total,
    latest.currency,
    latest.ordered_at
FROM unnest(:customer_ids::bigint[]) AS wanted (customer_id)
CROSS JOIN
    LATERAL (
        SELECT
            o.id,
            o.status,
            o.total,
            o.currency,
            o.ordered_at
        FROM orders AS o
        WHERE o.customer_id = wanted.customer_id
        ORDER BY o.ordered_at DESC, o.id DESC
        LIMIT 1
    ) AS latest
ORDER BY wanted.customer_id;

-- name: set_status(order_id, version, status)<!
-- Move an order to another state. Whoever read an older version is told with the order as it stands; a step that is not
-- allowed writes nothing either, and its error has the version that was expected. Cancelling is cancel_order: it gives
-- the stock back.
-- @optimistic version
WITH current AS (
    SELECT
        o.id,
        o.version,
        o.status
    FROM orders AS o
    WHERE o.id = :order_id
    FOR NO KEY UPDATE
),

written AS (
    UPDATE orders AS o
    SET
        status = :status::order_status,
        version = o.version + 1
    FROM current AS c
    JOIN (
        VALUES
        ('pending'::order_status, 'processing'::order_status),
        ('processing'::order_status, 'paid'::order_status),
        ('paid'::order_status, 'shipped'::order_status),
        ('shipped'::order_status, 'delivered'::order_status)
    ) AS allowed (old_status, new_status) ON allowed.old_status = c.status
    WHERE
        o.id = c.id
        AND c.version = :version
        AND allowed.new_status = :status::order_status
    RETURNING o.id, o.status, o.version
)

SELECT
    w.id,
    w.status,
    w.version,
    c.version AS "current.version",
    c.status AS "current.status"
FROM current AS c
LEFT JOIN written AS w ON w.id = c.id;

-- name: confirm_order(order_id)<!
-- Move a pending order to processing, when its stock is reserved and its payment has started.
UPDATE orders
SET
    status = 'processing',
    version = version + 1
WHERE
    id = :order_id
    AND status = 'pending'
RETURNING id, public_id, status, total, currency, ordered_at, version;

-- name: cancel_order(order_id, reason)^
-- Cancel an order that was not shipped and give back what it had reserved; no row if it is too late.
-- @why Inventory rows are locked in the order of the key, as a reservation does, so the two can't deadlock.
WITH cancelled AS (
    UPDATE orders AS o
    SET
        status = 'cancelled',
        cancel_reason = :reason,
        version = o.version + 1
    WHERE
        o.id = :order_id
        AND o.status IN ('pending', 'processing', 'paid')
    RETURNING o.id, o.status, o.cancel_reason, o.version
),

gone AS (
    DELETE FROM reservations AS r
    USING cancelled
    WHERE r.order_id = cancelled.id
    RETURNING r.product_id, r.warehouse_id, r.quantity
),

locked AS (
    SELECT
        i.product_id,
        i.warehouse_id,
        gone.quantity
    FROM inventory AS i
    JOIN gone ON gone.product_id = i.product_id AND gone.warehouse_id = i.warehouse_id
    ORDER BY i.product_id, i.warehouse_id
    FOR UPDATE OF i
),

released AS (
    UPDATE inventory AS i
    SET
        reserved = i.reserved - locked.quantity,
        version = i.version + 1
    FROM locked
    WHERE
        i.product_id = locked.product_id
        AND i.warehouse_id = locked.warehouse_id
    RETURNING locked.quantity
)

SELECT
    cancelled.id,
    cancelled.status,
    cancelled.cancel_reason,
    cancelled.version,
    (SELECT coalesce(sum(released.quantity), 0) FROM released) AS released
FROM cancelled;

-- name: pending_orders(max_rows)
-- Take the oldest pending orders for work: they stay locked until the transaction ends, other workers get others.
-- @why SKIP LOCKED makes the table a queue; the partial index holds open orders only, so old ones cost nothing.
SELECT
    o.id,
    o.customer_id,
    o.total,
    o.currency,
    o.ordered_at,
    o.version
FROM orders AS o
WHERE o.status = 'pending'
ORDER BY o.ordered_at, o.id
LIMIT :max_rows
FOR UPDATE SKIP LOCKED;

-- name: orders_without_payment(older_than)
-- Open orders older than this interval with no payment on its way or captured, oldest first.
SELECT
    o.id,
    o.customer_id,
    o.status,
    o.total,
    o.currency,
    o.ordered_at
FROM orders AS o
WHERE
    o.status IN ('pending', 'processing')
    AND o.ordered_at < now() - :older_than::interval
    AND NOT EXISTS (
        SELECT FROM payments AS p
        WHERE
            p.order_id = o.id
            AND p.status IN ('processing', 'captured')
    )
ORDER BY o.ordered_at, o.id;
