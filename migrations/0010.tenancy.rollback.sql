-- Takes the tenants out of the shop's tables. Fails where two tenants have a key in common: an e-mail address, a sku.
SET LOCAL lock_timeout = '2s';

-- The role app_search stays: roles belong to the whole server.

DROP POLICY products_are_searched ON products;

DROP POLICY categories_are_the_tenants ON categories;
ALTER TABLE categories NO FORCE ROW LEVEL SECURITY;
ALTER TABLE categories DISABLE ROW LEVEL SECURITY;
DROP POLICY customers_are_the_tenants ON customers;
ALTER TABLE customers NO FORCE ROW LEVEL SECURITY;
ALTER TABLE customers DISABLE ROW LEVEL SECURITY;
DROP POLICY inventory_are_the_tenants ON inventory;
ALTER TABLE inventory NO FORCE ROW LEVEL SECURITY;
ALTER TABLE inventory DISABLE ROW LEVEL SECURITY;
DROP POLICY order_items_are_the_tenants ON order_items;
ALTER TABLE order_items NO FORCE ROW LEVEL SECURITY;
ALTER TABLE order_items DISABLE ROW LEVEL SECURITY;
DROP POLICY orders_are_the_tenants ON orders;
ALTER TABLE orders NO FORCE ROW LEVEL SECURITY;
ALTER TABLE orders DISABLE ROW LEVEL SECURITY;
DROP POLICY payments_are_the_tenants ON payments;
ALTER TABLE payments NO FORCE ROW LEVEL SECURITY;
ALTER TABLE payments DISABLE ROW LEVEL SECURITY;
DROP POLICY products_are_the_tenants ON products;
ALTER TABLE products NO FORCE ROW LEVEL SECURITY;
ALTER TABLE products DISABLE ROW LEVEL SECURITY;
DROP POLICY reservations_are_the_tenants ON reservations;
ALTER TABLE reservations NO FORCE ROW LEVEL SECURITY;
ALTER TABLE reservations DISABLE ROW LEVEL SECURITY;
DROP POLICY warehouses_are_the_tenants ON warehouses;
ALTER TABLE warehouses NO FORCE ROW LEVEL SECURITY;
ALTER TABLE warehouses DISABLE ROW LEVEL SECURITY;
DROP POLICY tenants_are_the_tenants ON tenants;
ALTER TABLE tenants NO FORCE ROW LEVEL SECURITY;
ALTER TABLE tenants DISABLE ROW LEVEL SECURITY;

DROP FUNCTION app.products_matching(tsquery);
DROP FUNCTION app.products_named_like(text);
REVOKE SELECT (tenant_id, id, name, search_vector) ON products FROM app_search;
REVOKE USAGE ON SCHEMA app FROM app_search;

DROP INDEX
    customers_lower_email_key,
    products_name_category_id_idx,
    products_category_id_price_idx,
    products_price_stock_idx,
    products_is_active_created_at_idx,
    products_search_vector_idx,
    products_active_category_id_price_idx,
    products_lower_name_idx,
    products_name_trgm_idx,
    orders_customer_id_ordered_at_id_idx,
    orders_ordered_at_total_idx,
    orders_open_ordered_at_id_idx,
    order_items_product_id_idx,
    inventory_warehouse_id_product_id_idx,
    reservations_product_id_warehouse_id_idx,
    payments_order_id_idx,
    payments_processing_created_at_idx;

ALTER TABLE reservations
DROP CONSTRAINT reservations_order_id_fkey,
DROP CONSTRAINT reservations_inventory_fkey;
ALTER TABLE inventory
DROP CONSTRAINT inventory_product_id_fkey,
DROP CONSTRAINT inventory_warehouse_id_fkey;
ALTER TABLE order_items
DROP CONSTRAINT order_items_order_id_fkey,
DROP CONSTRAINT order_items_product_id_fkey;
ALTER TABLE payments DROP CONSTRAINT payments_order_id_fkey;
ALTER TABLE orders DROP CONSTRAINT orders_customer_id_fkey;
ALTER TABLE products DROP CONSTRAINT products_category_id_fkey;
ALTER TABLE categories
DROP CONSTRAINT categories_parent_id_fkey,
DROP CONSTRAINT categories_tenant_id_fkey;
ALTER TABLE customers DROP CONSTRAINT customers_tenant_id_fkey;
ALTER TABLE warehouses DROP CONSTRAINT warehouses_tenant_id_fkey;
ALTER TABLE reservations DROP CONSTRAINT reservations_pkey;
ALTER TABLE inventory DROP CONSTRAINT inventory_pkey;
ALTER TABLE order_items DROP CONSTRAINT order_items_pkey;
ALTER TABLE payments DROP CONSTRAINT payments_provider_ref_key;
ALTER TABLE orders
DROP CONSTRAINT orders_tenant_id_id_key,
DROP CONSTRAINT orders_idempotency_key_key;
ALTER TABLE products
DROP CONSTRAINT products_tenant_id_id_key,
DROP CONSTRAINT products_sku_key;
ALTER TABLE categories
DROP CONSTRAINT categories_tenant_id_id_key,
DROP CONSTRAINT categories_name_is_unique_below_parent;
ALTER TABLE customers DROP CONSTRAINT customers_tenant_id_id_key;
ALTER TABLE warehouses
DROP CONSTRAINT warehouses_tenant_id_id_key,
DROP CONSTRAINT warehouses_name_key;

ALTER TABLE categories
ADD CONSTRAINT categories_name_is_unique_below_parent UNIQUE NULLS NOT DISTINCT (parent_id, name),
ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id);
ALTER TABLE warehouses ADD CONSTRAINT warehouses_name_key UNIQUE (name);
ALTER TABLE products
ADD CONSTRAINT products_sku_key UNIQUE (sku),
ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id);
ALTER TABLE orders
ADD CONSTRAINT orders_idempotency_key_key UNIQUE (idempotency_key),
ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id);
ALTER TABLE order_items
ADD CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line),
ADD CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id);
ALTER TABLE inventory
ADD CONSTRAINT inventory_pkey PRIMARY KEY (product_id, warehouse_id),
ADD CONSTRAINT inventory_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
ADD CONSTRAINT inventory_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id);
ALTER TABLE reservations
ADD CONSTRAINT reservations_pkey PRIMARY KEY (order_id, product_id, warehouse_id),
ADD CONSTRAINT reservations_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
ADD CONSTRAINT reservations_inventory_fkey
FOREIGN KEY (product_id, warehouse_id) REFERENCES inventory (product_id, warehouse_id);
ALTER TABLE payments
ADD CONSTRAINT payments_provider_ref_key UNIQUE (provider_ref),
ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id);

ALTER TABLE customers DROP COLUMN lower_email;
ALTER TABLE products
DROP COLUMN lower_name,
DROP COLUMN price_cents;
ALTER TABLE categories DROP COLUMN tenant_id;
ALTER TABLE customers DROP COLUMN tenant_id;
ALTER TABLE inventory DROP COLUMN tenant_id;
ALTER TABLE order_items DROP COLUMN tenant_id;
ALTER TABLE orders DROP COLUMN tenant_id;
ALTER TABLE payments DROP COLUMN tenant_id;
ALTER TABLE products DROP COLUMN tenant_id;
ALTER TABLE reservations DROP COLUMN tenant_id;
ALTER TABLE warehouses DROP COLUMN tenant_id;

CREATE UNIQUE INDEX customers_lower_email_key ON customers (lower(email));
CREATE INDEX products_name_category_id_idx ON products (name, category_id);
CREATE INDEX products_category_id_price_idx ON products (category_id, price);
CREATE INDEX products_price_stock_idx ON products (price, stock);
CREATE INDEX products_is_active_created_at_idx ON products (is_active, created_at);
CREATE INDEX products_search_vector_idx ON products USING gin (search_vector);
CREATE INDEX products_active_category_id_price_idx ON products (category_id, price) WHERE is_active;
CREATE INDEX products_lower_name_idx ON products (lower(name));
CREATE INDEX products_name_trgm_idx ON products USING gin (name gin_trgm_ops);
CREATE INDEX orders_customer_id_ordered_at_id_idx ON orders (customer_id, ordered_at DESC, id DESC);
CREATE INDEX orders_ordered_at_total_idx ON orders (ordered_at) INCLUDE (total) WHERE status <> 'cancelled';
CREATE INDEX orders_open_ordered_at_id_idx ON orders (ordered_at, id) WHERE status IN ('pending', 'processing');
CREATE INDEX order_items_product_id_idx ON order_items (product_id) INCLUDE (quantity, price);
CREATE INDEX inventory_warehouse_id_product_id_idx ON inventory (warehouse_id, product_id);
CREATE INDEX reservations_product_id_warehouse_id_idx ON reservations (product_id, warehouse_id);
CREATE INDEX payments_order_id_idx ON payments (order_id);
CREATE INDEX payments_processing_created_at_idx ON payments (created_at) WHERE status = 'processing';

DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_catalog.pg_extension AS e
        WHERE
            e.extname = 'btree_gin'
            AND pg_catalog.obj_description(e.oid, 'pg_extension') LIKE '%created by the migration 0010.tenancy.'
    ) THEN
        DROP EXTENSION btree_gin;
    END IF;
EXCEPTION
    WHEN dependent_objects_still_exist THEN
        RAISE NOTICE 'btree_gin stays: other objects of this database use it';
END
$$;
