-- Inventory: what each warehouse holds, and the claims of orders on it.
-- Tables: inventory (about 40,000 rows in the demo), reservations (open orders only), warehouses (a few), products.
--
-- Every statement here locks inventory rows in the order of the key (product_id, warehouse_id): no deadlocks.

-- name: create_warehouse(name)<!
-- Create a warehouse.
INSERT INTO warehouses (name)
VALUES (:name)
RETURNING id, name;

-- name: restock(product_id, warehouse_id, quantity)<!
-- Put pieces on the shelf, on a new one if the warehouse did not hold the product.
INSERT INTO inventory AS i (product_id, warehouse_id, on_hand)
VALUES (:product_id, :warehouse_id, :quantity)
ON CONFLICT (tenant_id, product_id, warehouse_id) DO UPDATE
    SET
        on_hand = i.on_hand + excluded.on_hand,
        version = i.version + 1
RETURNING i.product_id, i.warehouse_id, i.on_hand, i.reserved;

-- name: reserve(order_id, product_id, quantity)^
-- Reserve pieces of one product for an order, from the first warehouse that has them all; no row if none has.
-- @why The guard stands in the row lock and again in the UPDATE, so it is true of the row as it is, not as it was read.
WITH found AS (
    SELECT
        i.product_id,
        i.warehouse_id
    FROM inventory AS i
    WHERE
        i.product_id = :product_id
        AND i.on_hand - i.reserved >= :quantity
    ORDER BY i.warehouse_id
    LIMIT 1
    FOR UPDATE
),

taken AS (
    UPDATE inventory AS i
    SET
        reserved = i.reserved + :quantity,
        version = i.version + 1
    FROM found
    WHERE
        i.tenant_id = app.tenant_id()
        AND i.product_id = found.product_id
        AND i.warehouse_id = found.warehouse_id
        AND i.on_hand - i.reserved >= :quantity
    RETURNING i.product_id, i.warehouse_id, i.on_hand - i.reserved AS remaining
),

noted AS (
    INSERT INTO reservations AS r (order_id, product_id, warehouse_id, quantity)
    SELECT
        :order_id AS order_id,
        taken.product_id,
        taken.warehouse_id,
        :quantity AS quantity
    FROM taken
    ON CONFLICT (tenant_id, order_id, product_id, warehouse_id) DO UPDATE
        SET quantity = r.quantity + excluded.quantity
    RETURNING r.product_id
)

SELECT
    taken.product_id,
    taken.warehouse_id,
    taken.remaining
FROM taken;

-- name: reserve_many(order_id, product_ids, quantities)
-- Reserve several products for an order: all of them, or nothing.
-- One row a product: what was asked, the most that one warehouse had to give, and whether all was reserved.
-- A product that comes twice is asked for once, with the sum.
-- The guard looks at the locked rows: two orders of the same products in opposite order wait for each other.
-- @notnull :product_ids[], :quantities[]
-- @why All rows are locked first, in the order of the key, so that no two callers can deadlock.
WITH wanted AS (
    SELECT
        item.product_id,
        sum(item.quantity)::integer AS quantity
    FROM unnest(:product_ids::bigint[], :quantities::integer[]) AS item (product_id, quantity)
    GROUP BY item.product_id
),

locked AS (
    SELECT
        i.product_id,
        i.warehouse_id,
        i.on_hand - i.reserved AS available
    FROM inventory AS i
    WHERE i.product_id = ANY(:product_ids::bigint[])
    ORDER BY i.product_id, i.warehouse_id
    FOR UPDATE
),

chosen AS (
    SELECT DISTINCT ON (locked.product_id)
        locked.product_id,
        locked.warehouse_id,
        wanted.quantity
    FROM locked
    JOIN wanted ON wanted.product_id = locked.product_id
    WHERE locked.available >= wanted.quantity
    ORDER BY locked.product_id, locked.warehouse_id
),

complete AS (
    SELECT (SELECT count(*) FROM chosen) = (SELECT count(*) FROM wanted) AS reserved
),

taken AS (
    UPDATE inventory AS i
    SET
        reserved = i.reserved + chosen.quantity,
        version = i.version + 1
    FROM chosen
    CROSS JOIN complete
    WHERE
        i.product_id = chosen.product_id
        AND i.warehouse_id = chosen.warehouse_id
        AND complete.reserved
    RETURNING i.product_id, i.warehouse_id, chosen.quantity
),

noted AS (
    INSERT INTO reservations AS r (order_id, product_id, warehouse_id, quantity)
    SELECT
        :order_id AS order_id,
        taken.product_id,
        taken.warehouse_id,
        taken.quantity
    FROM taken
    ON CONFLICT (tenant_id, order_id, product_id, warehouse_id) DO UPDATE
        SET quantity = r.quantity + excluded.quantity
    RETURNING r.product_id
)

SELECT
    wanted.product_id,
    wanted.quantity AS requested,
    coalesce(
        (
            SELECT max(locked.available)
            FROM locked
            WHERE locked.product_id = wanted.product_id
        ),
        0
    ) AS available,
    complete.reserved
FROM wanted
CROSS JOIN complete
ORDER BY wanted.product_id;

-- name: release(order_id)!
-- Give back all that an order had reserved; a second call finds nothing and counts 0.
WITH gone AS (
    DELETE FROM reservations AS r
    WHERE r.order_id = :order_id
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
)

UPDATE inventory AS i
SET
    reserved = i.reserved - locked.quantity,
    version = i.version + 1
FROM locked
WHERE
    i.product_id = locked.product_id
    AND i.warehouse_id = locked.warehouse_id;

-- name: commit_reservation(order_id)!
-- Take what an order had reserved off the shelf, when it ships; a second call finds nothing and counts 0.
WITH gone AS (
    DELETE FROM reservations AS r
    WHERE r.order_id = :order_id
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
)

UPDATE inventory AS i
SET
    on_hand = i.on_hand - locked.quantity,
    reserved = i.reserved - locked.quantity,
    version = i.version + 1
FROM locked
WHERE
    i.product_id = locked.product_id
    AND i.warehouse_id = locked.warehouse_id;

-- name: reservations_of_order(order_id)
-- What an order has reserved, and where.
SELECT
    r.product_id,
    r.warehouse_id,
    r.quantity,
    r.created_at
FROM reservations AS r
WHERE r.order_id = :order_id
ORDER BY r.product_id, r.warehouse_id;

-- name: stock_levels(warehouse_id)
-- All that a warehouse holds.
SELECT
    i.product_id,
    p.sku,
    p.name,
    i.on_hand,
    i.reserved,
    i.on_hand - i.reserved AS available
FROM inventory AS i
JOIN products AS p ON p.id = i.product_id
WHERE i.warehouse_id = :warehouse_id
ORDER BY i.product_id;

-- name: stock_of_products(product_ids)
-- What all warehouses together hold of these products; a product that none holds is left out.
SELECT
    i.product_id,
    p.name,
    sum(i.on_hand) AS on_hand,
    sum(i.reserved) AS reserved,
    sum(i.on_hand - i.reserved) AS available
FROM inventory AS i
JOIN products AS p ON p.id = i.product_id
WHERE i.product_id = ANY(:product_ids::bigint[])
GROUP BY i.product_id, p.name
ORDER BY i.product_id;

-- name: lowest_available()$
-- The smallest number of pieces that any shelf has to sell: never below zero. Null without inventory.
SELECT min(i.on_hand - i.reserved) AS available
FROM inventory AS i;
