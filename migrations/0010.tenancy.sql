-- depends: 0009.tenants
-- Every row of the shop belongs to a tenant, by row-level security; what stands becomes the tenant main's.
SET LOCAL lock_timeout = '2s';

-- Lets one GIN index hold tenant_id beside words and trigrams. The comment marks the extension as ours.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'btree_gin') THEN
        CREATE EXTENSION btree_gin;
        COMMENT ON EXTENSION btree_gin IS 'Plain columns in GIN indexes; created by the migration 0010.tenancy.';
    END IF;
END
$$;

-- A constant default fills the rows that stand without writing them; from then on the transaction says whose a row is.

ALTER TABLE categories ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE categories ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN categories.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE customers ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE customers ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN customers.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE inventory ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE inventory ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN inventory.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE order_items ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE order_items ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN order_items.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE orders ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE orders ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN orders.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE payments ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE payments ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN payments.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE products ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE products ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN products.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE reservations ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE reservations ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN reservations.tenant_id IS 'Whose row it is; no other tenant sees it.';

ALTER TABLE warehouses ADD COLUMN tenant_id uuid NOT NULL DEFAULT '00000000-0000-4000-8000-000000000001';
ALTER TABLE warehouses ALTER COLUMN tenant_id SET DEFAULT app.tenant_id();
COMMENT ON COLUMN warehouses.tenant_id IS 'Whose row it is; no other tenant sees it.';

-- lower(), numeric's comparisons and operators of GIN may tell of rows that they are shown, so under row-level security
-- they run after the policy and reach no index. Equality of text and the order of bigint may: hence these columns.
ALTER TABLE customers ADD COLUMN lower_email text GENERATED ALWAYS AS (lower(email)) STORED;
ALTER TABLE products
ADD COLUMN lower_name text GENERATED ALWAYS AS (lower(name)) STORED,
-- NaN has no cents; the check on price refuses it afterwards.
ADD COLUMN price_cents bigint GENERATED ALWAYS AS (CASE WHEN price <> 'NaN' THEN (price * 100)::bigint END) STORED;
COMMENT ON COLUMN customers.lower_email IS 'For lookups by index; row-level security keeps lower(email) from one.';
COMMENT ON COLUMN products.lower_name IS 'For lookups by index; row-level security keeps lower(name) from one.';
COMMENT ON COLUMN products.price_cents IS 'For ranges by index; row-level security keeps those of numeric from one.';

-- Keys and references lead with the tenant: no row can point to another tenant's, no key tells of one.
ALTER TABLE reservations
DROP CONSTRAINT reservations_order_id_fkey,
DROP CONSTRAINT reservations_inventory_fkey,
DROP CONSTRAINT reservations_pkey;
ALTER TABLE inventory
DROP CONSTRAINT inventory_product_id_fkey,
DROP CONSTRAINT inventory_warehouse_id_fkey,
DROP CONSTRAINT inventory_pkey;
ALTER TABLE order_items
DROP CONSTRAINT order_items_order_id_fkey,
DROP CONSTRAINT order_items_product_id_fkey,
DROP CONSTRAINT order_items_pkey;
ALTER TABLE payments
DROP CONSTRAINT payments_order_id_fkey,
DROP CONSTRAINT payments_provider_ref_key;
ALTER TABLE orders
DROP CONSTRAINT orders_customer_id_fkey,
DROP CONSTRAINT orders_idempotency_key_key;
ALTER TABLE products
DROP CONSTRAINT products_category_id_fkey,
DROP CONSTRAINT products_sku_key;
ALTER TABLE categories
DROP CONSTRAINT categories_parent_id_fkey,
DROP CONSTRAINT categories_name_is_unique_below_parent;
ALTER TABLE warehouses DROP CONSTRAINT warehouses_name_key;

ALTER TABLE customers
ADD CONSTRAINT customers_tenant_id_id_key UNIQUE (tenant_id, id),
ADD CONSTRAINT customers_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE categories
ADD CONSTRAINT categories_tenant_id_id_key UNIQUE (tenant_id, id),
ADD CONSTRAINT categories_name_is_unique_below_parent UNIQUE NULLS NOT DISTINCT (tenant_id, parent_id, name),
ADD CONSTRAINT categories_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE warehouses
ADD CONSTRAINT warehouses_tenant_id_id_key UNIQUE (tenant_id, id),
ADD CONSTRAINT warehouses_name_key UNIQUE (tenant_id, name),
ADD CONSTRAINT warehouses_tenant_id_fkey FOREIGN KEY (tenant_id) REFERENCES tenants (id);
ALTER TABLE products
ADD CONSTRAINT products_tenant_id_id_key UNIQUE (tenant_id, id),
ADD CONSTRAINT products_sku_key UNIQUE (tenant_id, sku),
ADD CONSTRAINT products_category_id_fkey FOREIGN KEY (tenant_id, category_id) REFERENCES categories (tenant_id, id);
ALTER TABLE orders
ADD CONSTRAINT orders_tenant_id_id_key UNIQUE (tenant_id, id),
ADD CONSTRAINT orders_idempotency_key_key UNIQUE (tenant_id, idempotency_key),
ADD CONSTRAINT orders_customer_id_fkey FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id);
ALTER TABLE order_items
ADD CONSTRAINT order_items_pkey PRIMARY KEY (tenant_id, order_id, line),
ADD CONSTRAINT order_items_order_id_fkey
FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
ADD CONSTRAINT order_items_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id);
ALTER TABLE inventory
ADD CONSTRAINT inventory_pkey PRIMARY KEY (tenant_id, product_id, warehouse_id),
ADD CONSTRAINT inventory_product_id_fkey FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id),
ADD CONSTRAINT inventory_warehouse_id_fkey FOREIGN KEY (tenant_id, warehouse_id) REFERENCES warehouses (tenant_id, id);
ALTER TABLE reservations
ADD CONSTRAINT reservations_pkey PRIMARY KEY (tenant_id, order_id, product_id, warehouse_id),
ADD CONSTRAINT reservations_order_id_fkey
FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE RESTRICT,
ADD CONSTRAINT reservations_inventory_fkey
FOREIGN KEY (tenant_id, product_id, warehouse_id) REFERENCES inventory (tenant_id, product_id, warehouse_id);
ALTER TABLE payments
ADD CONSTRAINT payments_provider_ref_key UNIQUE (tenant_id, provider_ref),
ADD CONSTRAINT payments_order_id_fkey FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id);

ALTER TABLE categories
ADD CONSTRAINT categories_parent_id_fkey FOREIGN KEY (tenant_id, parent_id) REFERENCES categories (tenant_id, id);

-- Indexes keep their names; every one leads with the tenant, so a scan reads nobody else's entries.
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

-- Without its WHERE, which every row meets, lower_email would be part of a key, and since a trigger may change what it is
-- made of, every UPDATE of a customer would lock him FOR UPDATE: against the references of his new orders, too.
CREATE UNIQUE INDEX customers_lower_email_key ON customers (tenant_id, lower_email) WHERE lower_email IS NOT NULL;
CREATE INDEX products_name_category_id_idx ON products (tenant_id, name, category_id);
CREATE INDEX products_category_id_price_idx ON products (tenant_id, category_id, price);
CREATE INDEX products_price_stock_idx ON products (tenant_id, price_cents, stock);
CREATE INDEX products_is_active_created_at_idx ON products (tenant_id, is_active, created_at);
CREATE INDEX products_search_vector_idx ON products USING gin (tenant_id, search_vector);
CREATE INDEX products_active_category_id_price_idx ON products (tenant_id, category_id, price) WHERE is_active;
CREATE INDEX products_lower_name_idx ON products (tenant_id, lower_name);
CREATE INDEX products_name_trgm_idx ON products USING gin (tenant_id, name gin_trgm_ops);
CREATE INDEX orders_customer_id_ordered_at_id_idx ON orders (tenant_id, customer_id, ordered_at DESC, id DESC);
CREATE INDEX orders_ordered_at_total_idx ON orders (tenant_id, ordered_at) INCLUDE (total) WHERE status <> 'cancelled';
CREATE INDEX orders_open_ordered_at_id_idx
ON orders (tenant_id, ordered_at, id) WHERE status IN ('pending', 'processing');
CREATE INDEX order_items_product_id_idx ON order_items (tenant_id, product_id) INCLUDE (quantity, price);
CREATE INDEX inventory_warehouse_id_product_id_idx ON inventory (tenant_id, warehouse_id, product_id);
CREATE INDEX reservations_product_id_warehouse_id_idx ON reservations (tenant_id, product_id, warehouse_id);
CREATE INDEX payments_order_id_idx ON payments (tenant_id, order_id);
CREATE INDEX payments_processing_created_at_idx ON payments (tenant_id, created_at) WHERE status = 'processing';

-- Words and trigrams are looked up by these functions, as a role that sees this table without a policy, by index. They
-- name the tenant themselves and return keys only; the caller reads the rows, under his own policy. Who migrates is a
-- superuser, or may make a role and give it functions.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'app_search') THEN
        CREATE ROLE app_search NOLOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE;
    END IF;
EXCEPTION
    WHEN duplicate_object OR unique_violation THEN
        NULL;  -- somebody else made it at the same moment
END
$$;

GRANT USAGE ON SCHEMA app TO app_search;
GRANT SELECT (tenant_id, id, name, search_vector) ON products TO app_search;

CREATE FUNCTION app.products_matching(query tsquery) RETURNS SETOF bigint
LANGUAGE sql
STABLE
STRICT
ROWS 50
SECURITY DEFINER
SET search_path = ''
BEGIN ATOMIC
    SELECT p.id
    FROM public.products AS p
    WHERE
        p.tenant_id = app.tenant_id()
        AND p.search_vector @@ query;
END;

CREATE FUNCTION app.products_named_like(name text) RETURNS SETOF bigint
LANGUAGE sql
STABLE
STRICT
ROWS 50
SECURITY DEFINER
SET search_path = ''
BEGIN ATOMIC
    SELECT p.id
    FROM public.products AS p
    WHERE
        p.tenant_id = app.tenant_id()
        AND p.name % products_named_like.name;
END;

ALTER FUNCTION app.products_matching(tsquery) OWNER TO app_search;
ALTER FUNCTION app.products_named_like(text) OWNER TO app_search;
COMMENT ON FUNCTION app.products_matching(tsquery)
IS 'Keys of the tenant''s products that match, by products_search_vector_idx.';
COMMENT ON FUNCTION app.products_named_like(text)
IS 'Keys of the tenant''s products of similar names, by products_name_trgm_idx.';

-- The sub-select is evaluated once a statement, the bare function once a row of a scan.

ALTER TABLE categories ENABLE ROW LEVEL SECURITY;
ALTER TABLE categories FORCE ROW LEVEL SECURITY;
CREATE POLICY categories_are_the_tenants ON categories
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE customers ENABLE ROW LEVEL SECURITY;
ALTER TABLE customers FORCE ROW LEVEL SECURITY;
CREATE POLICY customers_are_the_tenants ON customers
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE inventory ENABLE ROW LEVEL SECURITY;
ALTER TABLE inventory FORCE ROW LEVEL SECURITY;
CREATE POLICY inventory_are_the_tenants ON inventory
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE order_items ENABLE ROW LEVEL SECURITY;
ALTER TABLE order_items FORCE ROW LEVEL SECURITY;
CREATE POLICY order_items_are_the_tenants ON order_items
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
ALTER TABLE orders FORCE ROW LEVEL SECURITY;
CREATE POLICY orders_are_the_tenants ON orders
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE payments ENABLE ROW LEVEL SECURITY;
ALTER TABLE payments FORCE ROW LEVEL SECURITY;
CREATE POLICY payments_are_the_tenants ON payments
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE products ENABLE ROW LEVEL SECURITY;
ALTER TABLE products FORCE ROW LEVEL SECURITY;
CREATE POLICY products_are_the_tenants ON products
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE reservations ENABLE ROW LEVEL SECURITY;
ALTER TABLE reservations FORCE ROW LEVEL SECURITY;
CREATE POLICY reservations_are_the_tenants ON reservations
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE warehouses ENABLE ROW LEVEL SECURITY;
ALTER TABLE warehouses FORCE ROW LEVEL SECURITY;
CREATE POLICY warehouses_are_the_tenants ON warehouses
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

ALTER TABLE tenants ENABLE ROW LEVEL SECURITY;
ALTER TABLE tenants FORCE ROW LEVEL SECURITY;
CREATE POLICY tenants_are_the_tenants ON tenants
USING (id = (SELECT app.tenant_id()))
WITH CHECK (id = (SELECT app.tenant_id()));

CREATE POLICY products_are_searched ON products
FOR SELECT TO app_search
USING (true);
