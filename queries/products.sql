-- Products: what is sold, found by key, name, category, price and words.
-- Tables: products (about 10,000 rows in the demo), categories (a few dozen), inventory.

-- name: create_category(parent_id, name)<!
-- Create a category below another, or a root where parent_id is null.
INSERT INTO categories (parent_id, name)
VALUES (:parent_id, :name)
RETURNING id, parent_id, name;

-- name: category_tree(category_id)
-- One category and everything below it, parents before children.
-- @why CYCLE ends the recursion if the rows make a ring: each category comes once.
WITH RECURSIVE tree AS (
    SELECT
        c.id,
        c.parent_id,
        c.name,
        0 AS depth,
        ARRAY[c.name] AS path
    FROM categories AS c
    WHERE c.id = :category_id
    UNION ALL
    SELECT
        c.id,
        c.parent_id,
        c.name,
        t.depth + 1 AS depth,
        t.path || c.name AS path
    FROM tree AS t
    JOIN categories AS c ON c.parent_id = t.id
) CYCLE id SET is_cycle USING visited
SELECT
    t.id,
    t.parent_id,
    t.name,
    t.depth,
    t.path
FROM tree AS t
WHERE NOT t.is_cycle
ORDER BY t.path, t.id;

-- name: create_product(sku, name, description, category_id, price)<!
-- Create a product with no stock; a negative price or NaN is 23514 on products_price_is_not_negative.
INSERT INTO products (sku, name, description, category_id, price)
VALUES (:sku, :name, :description, :category_id, :price)
RETURNING id, sku, name, category_id, price, stock, is_active, version, created_at;

-- name: get_product(product_id)^
-- One product with the name of its category.
SELECT
    p.id,
    p.sku,
    p.name,
    p.description,
    p.category_id,
    c.name AS category_name,
    p.price,
    p.stock,
    p.is_active,
    p.version,
    p.created_at
FROM products AS p
JOIN categories AS c ON c.id = p.category_id
WHERE p.id = :product_id;

-- name: products_by_ids(product_ids)
-- Several products in the order of the argument; unknown keys are left out, a key given twice comes twice.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price,
    p.stock,
    p.is_active
FROM unnest(:product_ids::bigint[]) WITH ORDINALITY AS wanted (product_id, position)
JOIN products AS p ON p.id = wanted.product_id
ORDER BY wanted.position;

-- name: product_named(name, category_id)
-- Products of exactly this name in one category; names are not unique.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price
FROM products AS p
WHERE
    p.name = :name
    AND p.category_id = :category_id
ORDER BY p.id;

-- name: products_called(name)
-- Products of this name in any category, whatever the case.
-- @why products_lower_name_idx holds lower_name; row-level security would keep lower(name) and ILIKE from an index.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price
FROM products AS p
WHERE p.lower_name = lower(:name)
ORDER BY p.id;

-- name: products_in_category(category_id, max_rows)
-- Active products of one category, cheapest first.
-- @why The partial index holds only active rows and is already in this order: no sort, no dead weight.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price,
    p.stock
FROM products AS p
WHERE
    p.category_id = :category_id
    AND p.is_active
ORDER BY p.price, p.id
LIMIT :max_rows;

-- name: category_price_range(category_id)^
-- How many products a category has, active or not, and between which prices; a category without products is one row of 0 and nulls.
-- @rows 1
SELECT
    count(*) AS products,
    min(p.price) AS lowest_price,
    max(p.price) AS highest_price
FROM products AS p
WHERE p.category_id = :category_id;

-- name: products_in_stock(min_price, max_price, max_rows)
-- Products between two prices, both included, of which some are left; cheapest first.
-- @why Row-level security keeps a range of price, a numeric, from the index; whole cents, a bigint, it lets through.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price,
    p.stock
FROM products AS p
WHERE
    p.price BETWEEN :min_price AND :max_price
    AND p.price_cents BETWEEN greatest(least(ceil(:min_price::numeric * 100), 1e12), 0)::bigint
    AND greatest(least(floor(:max_price::numeric * 100), 1e12), -1)::bigint
    AND p.stock > 0
ORDER BY p.price_cents, p.stock, p.id
LIMIT :max_rows;

-- name: newest_products(max_rows)
-- Active products, newest first.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price,
    p.created_at
FROM products AS p
WHERE p.is_active
ORDER BY p.created_at DESC, p.id DESC
LIMIT :max_rows;

-- name: search_products(terms, max_rows)
-- Active products that match words as people type them ("red -wine", "or", quotes), best first.
-- A word in the name counts more than one in the description. The headline marks the words with <b>.
-- @why ts_headline parses the whole text again, so it runs on the rows of the result only.
-- @why app.products_matching finds the keys by index, from which row-level security would keep @@ here.
SELECT
    best.id,
    best.sku,
    best.name,
    best.price,
    best.rank,
    ts_headline('english', best.name || ' - ' || best.description, best.query) AS headline
FROM (
    SELECT
        p.id,
        p.sku,
        p.name,
        p.description,
        p.price,
        q.query,
        ts_rank(p.search_vector, q.query) AS rank
    FROM websearch_to_tsquery('english', :terms) AS q (query)
    CROSS JOIN LATERAL app.products_matching(q.query) AS found (product_id)
    JOIN products AS p ON p.id = found.product_id
    WHERE
        p.search_vector @@ q.query
        AND p.is_active
    ORDER BY rank DESC, p.id
    LIMIT :max_rows
) AS best
ORDER BY best.rank DESC, best.id;

-- name: fuzzy_products(name, max_rows)
-- Active products whose name looks like this one, spelling mistakes included, most similar first.
-- The threshold is pg_trgm.similarity_threshold, 0.3 unless the session says otherwise.
-- @why app.products_named_like finds the keys by index, from which row-level security would keep % here.
SELECT
    p.id,
    p.sku,
    p.name,
    p.price,
    similarity(p.name, :name) AS similarity
FROM app.products_named_like(:name) AS found (product_id)
JOIN products AS p ON p.id = found.product_id
WHERE
    p.name % :name
    AND p.is_active
ORDER BY similarity DESC, p.id
LIMIT :max_rows;

-- name: change_price(product_id, version, price)^
-- Set the price; whoever read an older version is told with the price as it stands.
-- @optimistic version
WITH current AS (
    SELECT
        p.id,
        p.version,
        p.price
    FROM products AS p
    WHERE p.id = :product_id
    FOR NO KEY UPDATE
),

written AS (
    UPDATE products AS p
    SET
        price = :price,
        version = p.version + 1
    FROM current AS c
    WHERE
        p.id = c.id
        AND c.version = :version
    RETURNING p.id, p.price, p.version
)

SELECT
    w.id,
    w.price,
    w.version,
    c.version AS "current.version",
    c.price AS "current.price"
FROM current AS c
LEFT JOIN written AS w ON w.id = c.id;

-- name: bulk_update_prices(product_ids, prices, versions)
-- Set the price of each product whose version is the one given, and tell what became of each id: updated, stale with
-- the price as it stands, or missing. An id that comes twice is written once, and stale the second time.
-- @optimistic version
-- @notnull :product_ids[], :prices[], :versions[], product_id
-- @why Rows are locked in the order of the key, so two callers can't deadlock.
WITH given AS (
    SELECT
        g.product_id,
        g.price,
        g.version,
        g.position,
        row_number() OVER (PARTITION BY g.product_id ORDER BY g.position) AS turn
    FROM
        unnest(:product_ids::bigint[], :prices::numeric[], :versions::integer[])
        WITH ORDINALITY AS g (product_id, price, version, position)
),

locked AS (
    SELECT
        p.id,
        p.version,
        p.price
    FROM products AS p
    WHERE p.id = ANY(:product_ids::bigint[])
    ORDER BY p.id
    FOR NO KEY UPDATE
),

written AS (
    UPDATE products AS p
    SET
        price = g.price,
        version = p.version + 1
    FROM given AS g
    JOIN locked AS l ON l.id = g.product_id
    WHERE
        p.id = l.id
        AND l.version = g.version
        AND g.turn = 1
    RETURNING p.id, p.price, p.version, g.position
)

SELECT
    g.product_id,
    CASE WHEN w.id IS NOT NULL THEN 'updated' WHEN l.id IS NOT NULL THEN 'stale' ELSE 'missing' END AS outcome,
    coalesce(w.version, now_written.version, l.version) AS version,
    coalesce(w.price, now_written.price, l.price) AS price
FROM given AS g
LEFT JOIN locked AS l ON l.id = g.product_id
LEFT JOIN written AS w ON w.position = g.position
LEFT JOIN written AS now_written ON now_written.id = g.product_id
ORDER BY g.position;

-- name: reprice(product_ids, percent)
-- Raise prices by so many percent, or lower them by a negative number, rounded to cents.
-- @changes
-- @why Below PostgreSQL 18 RETURNING has new values only, so the old ones are read first, under the lock.
WITH before AS (
    SELECT
        p.id,
        p.price,
        p.version
    FROM products AS p
    WHERE p.id = ANY(:product_ids::bigint[])
    ORDER BY p.id
    FOR NO KEY UPDATE
)

UPDATE products AS p
SET
    price = round(p.price * (1 + :percent::numeric / 100), 2),
    version = p.version + 1
FROM before AS b
WHERE p.id = b.id
RETURNING
    b.id AS "old.id",
    b.price AS "old.price",
    b.version AS "old.version",
    p.id AS "new.id",
    p.price AS "new.price",
    p.version AS "new.version";

-- name: deactivate_products(product_ids)!
-- Take products out of sale; those that are out already don't count.
-- @why Rows are locked in the order of the key, so two callers can't deadlock.
WITH locked AS (
    SELECT p.id
    FROM products AS p
    WHERE
        p.id = ANY(:product_ids::bigint[])
        AND p.is_active
    ORDER BY p.id
    FOR NO KEY UPDATE
)

UPDATE products AS p
SET
    is_active = false,
    version = p.version + 1
FROM locked
WHERE p.id = locked.id;

-- name: refresh_stock(product_ids)!
-- Copy what inventory has to sell into products.stock; products that are right already are not written.
WITH wanted AS (
    SELECT
        p.id,
        (
            SELECT coalesce(sum(i.on_hand - i.reserved), 0)::integer
            FROM inventory AS i
            WHERE i.product_id = p.id
        ) AS stock
    FROM products AS p
    WHERE p.id = ANY(:product_ids::bigint[])
    ORDER BY p.id
    FOR NO KEY UPDATE OF p
)

UPDATE products AS p
SET stock = wanted.stock
FROM wanted
WHERE
    p.id = wanted.id
    AND p.stock <> wanted.stock;
