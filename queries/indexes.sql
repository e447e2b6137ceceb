-- Indexes: the secondary indexes of the tables, each to create and to drop while the shop is open.
-- Tables: customers, products, orders, order_items, inventory, reservations, payments, users, sessions,
-- access_log, comments, attachments.
--
-- The migrations create the same indexes; a test holds the two equal. CONCURRENTLY can't run in a transaction.
-- A create that failed leaves an invalid index: drop it, then create it again. So create does not say IF NOT EXISTS,
-- which would be content with the invalid one.

-- name: create_customers_lower_email_key()#
-- An e-mail address is taken once, whatever its case; serves customers.customer_by_email.
CREATE UNIQUE INDEX CONCURRENTLY customers_lower_email_key
ON customers (tenant_id, lower_email) WHERE lower_email IS NOT NULL;

-- name: drop_customers_lower_email_key()#
-- Drop customers_lower_email_key, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS customers_lower_email_key;

-- name: create_customers_tax_number_bidx_idx()#
-- Serves customers.customers_by_tax_number.
CREATE INDEX CONCURRENTLY customers_tax_number_bidx_idx
ON customers (tenant_id, tax_number_bidx);

-- name: drop_customers_tax_number_bidx_idx()#
-- Drop customers_tax_number_bidx_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS customers_tax_number_bidx_idx;

-- name: create_products_name_category_id_idx()#
-- Serves products.product_named.
CREATE INDEX CONCURRENTLY products_name_category_id_idx
ON products (tenant_id, name, category_id);

-- name: drop_products_name_category_id_idx()#
-- Drop products_name_category_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_name_category_id_idx;

-- name: create_products_category_id_price_idx()#
-- Serves products.category_price_range and the foreign key to categories.
CREATE INDEX CONCURRENTLY products_category_id_price_idx
ON products (tenant_id, category_id, price);

-- name: drop_products_category_id_price_idx()#
-- Drop products_category_id_price_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_category_id_price_idx;

-- name: create_products_price_stock_idx()#
-- Serves products.products_in_stock.
CREATE INDEX CONCURRENTLY products_price_stock_idx
ON products (tenant_id, price_cents, stock);

-- name: drop_products_price_stock_idx()#
-- Drop products_price_stock_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_price_stock_idx;

-- name: create_products_is_active_created_at_idx()#
-- Serves products.newest_products.
CREATE INDEX CONCURRENTLY products_is_active_created_at_idx
ON products (tenant_id, is_active, created_at);

-- name: drop_products_is_active_created_at_idx()#
-- Drop products_is_active_created_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_is_active_created_at_idx;

-- name: create_products_search_vector_idx()#
-- Serves products.search_products.
CREATE INDEX CONCURRENTLY products_search_vector_idx
ON products USING gin (tenant_id, search_vector);

-- name: drop_products_search_vector_idx()#
-- Drop products_search_vector_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_search_vector_idx;

-- name: create_products_active_category_id_price_idx()#
-- Serves products.products_in_category; holds active products only.
CREATE INDEX CONCURRENTLY products_active_category_id_price_idx
ON products (tenant_id, category_id, price) WHERE is_active;

-- name: drop_products_active_category_id_price_idx()#
-- Drop products_active_category_id_price_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_active_category_id_price_idx;

-- name: create_products_lower_name_idx()#
-- Serves products.products_called.
CREATE INDEX CONCURRENTLY products_lower_name_idx
ON products (tenant_id, lower_name);

-- name: drop_products_lower_name_idx()#
-- Drop products_lower_name_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_lower_name_idx;

-- name: create_products_name_trgm_idx()#
-- Serves products.fuzzy_products.
CREATE INDEX CONCURRENTLY products_name_trgm_idx
ON products USING gin (tenant_id, name gin_trgm_ops);

-- name: drop_products_name_trgm_idx()#
-- Drop products_name_trgm_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS products_name_trgm_idx;

-- name: create_orders_customer_id_ordered_at_id_idx()#
-- Serves orders.orders_of_customer, orders.latest_order_per_customer and the foreign key to customers.
CREATE INDEX CONCURRENTLY orders_customer_id_ordered_at_id_idx
ON orders (tenant_id, customer_id, ordered_at DESC, id DESC);

-- name: drop_orders_customer_id_ordered_at_id_idx()#
-- Drop orders_customer_id_ordered_at_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS orders_customer_id_ordered_at_id_idx;

-- name: create_orders_ordered_at_total_idx()#
-- Serves analytics.revenue_by_month without reading the table, and analytics.product_ranking.
CREATE INDEX CONCURRENTLY orders_ordered_at_total_idx
ON orders (tenant_id, ordered_at) INCLUDE (total) WHERE status <> 'cancelled';

-- name: drop_orders_ordered_at_total_idx()#
-- Drop orders_ordered_at_total_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS orders_ordered_at_total_idx;

-- name: create_orders_open_ordered_at_id_idx()#
-- Serves orders.pending_orders and orders.orders_without_payment; holds open orders only.
CREATE INDEX CONCURRENTLY orders_open_ordered_at_id_idx
ON orders (tenant_id, ordered_at, id) WHERE status IN ('pending', 'processing');

-- name: drop_orders_open_ordered_at_id_idx()#
-- Drop orders_open_ordered_at_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS orders_open_ordered_at_id_idx;

-- name: create_order_items_product_id_idx()#
-- Serves the foreign key to products and sums over one product without reading the table.
CREATE INDEX CONCURRENTLY order_items_product_id_idx
ON order_items (tenant_id, product_id) INCLUDE (quantity, price);

-- name: drop_order_items_product_id_idx()#
-- Drop order_items_product_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS order_items_product_id_idx;

-- name: create_inventory_warehouse_id_product_id_idx()#
-- Serves inventory.stock_levels and the foreign key to warehouses.
CREATE INDEX CONCURRENTLY inventory_warehouse_id_product_id_idx
ON inventory (tenant_id, warehouse_id, product_id);

-- name: drop_inventory_warehouse_id_product_id_idx()#
-- Drop inventory_warehouse_id_product_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS inventory_warehouse_id_product_id_idx;

-- name: create_reservations_product_id_warehouse_id_idx()#
-- Serves the foreign key to inventory.
CREATE INDEX CONCURRENTLY reservations_product_id_warehouse_id_idx
ON reservations (tenant_id, product_id, warehouse_id);

-- name: drop_reservations_product_id_warehouse_id_idx()#
-- Drop reservations_product_id_warehouse_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS reservations_product_id_warehouse_id_idx;

-- name: create_payments_order_id_idx()#
-- Serves payments.payments_of_order, orders.orders_without_payment and the foreign key to orders.
CREATE INDEX CONCURRENTLY payments_order_id_idx
ON payments (tenant_id, order_id);

-- name: drop_payments_order_id_idx()#
-- Drop payments_order_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS payments_order_id_idx;

-- name: create_payments_processing_created_at_idx()#
-- Serves payments.stuck_payments; holds payments in processing only.
CREATE INDEX CONCURRENTLY payments_processing_created_at_idx
ON payments (tenant_id, created_at) WHERE status = 'processing';

-- name: drop_payments_processing_created_at_idx()#
-- Drop payments_processing_created_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS payments_processing_created_at_idx;

-- name: create_users_lower_email_key()#
-- An e-mail address is taken once among live users, whatever its case; serves users.find_by_email and login_credentials.
CREATE UNIQUE INDEX CONCURRENTLY users_lower_email_key
ON users (tenant_id, lower_email) WHERE deleted_at IS NULL;

-- name: drop_users_lower_email_key()#
-- Drop users_lower_email_key, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS users_lower_email_key;

-- name: create_users_lower_username_key()#
-- A name is taken once among live users, whatever its case.
CREATE UNIQUE INDEX CONCURRENTLY users_lower_username_key
ON users (tenant_id, lower_username) WHERE deleted_at IS NULL;

-- name: drop_users_lower_username_key()#
-- Drop users_lower_username_key, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS users_lower_username_key;

-- name: create_users_last_login_at_idx()#
-- Serves whoever looks for accounts that nobody uses.
CREATE INDEX CONCURRENTLY users_last_login_at_idx
ON users (tenant_id, last_login_at);

-- name: drop_users_last_login_at_idx()#
-- Drop users_last_login_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS users_last_login_at_idx;

-- name: create_users_deleted_at_idx()#
-- Serves users.purge_deleted; holds deleted users only.
CREATE INDEX CONCURRENTLY users_deleted_at_idx
ON users (tenant_id, deleted_at) WHERE deleted_at IS NOT NULL;

-- name: drop_users_deleted_at_idx()#
-- Drop users_deleted_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS users_deleted_at_idx;

-- name: create_sessions_user_id_idx()#
-- Serves sessions.revoke_for_users and the foreign key to users.
CREATE INDEX CONCURRENTLY sessions_user_id_idx
ON sessions (tenant_id, user_id);

-- name: drop_sessions_user_id_idx()#
-- Drop sessions_user_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS sessions_user_id_idx;

-- name: create_sessions_expires_at_idx()#
-- Serves sessions.expire_sessions.
CREATE INDEX CONCURRENTLY sessions_expires_at_idx
ON sessions (tenant_id, expires_at) WHERE revoked_at IS NULL;

-- name: drop_sessions_expires_at_idx()#
-- Drop sessions_expires_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS sessions_expires_at_idx;

-- name: create_access_log_user_id_at_idx()#
-- Serves whoever asks who read the data of a user.
CREATE INDEX CONCURRENTLY access_log_user_id_at_idx
ON access_log (tenant_id, user_id, at);

-- name: drop_access_log_user_id_at_idx()#
-- Drop access_log_user_id_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS access_log_user_id_at_idx;

-- name: create_access_log_at_idx()#
-- Serves the removal of old lines; a few pages, as rows come in order of time.
CREATE INDEX CONCURRENTLY access_log_at_idx
ON access_log USING brin (at);

-- name: drop_access_log_at_idx()#
-- Drop access_log_at_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS access_log_at_idx;

-- name: create_comments_product_id_idx()#
-- Serves comments.comments_for_subjects, comments.comment_counts and the foreign key to products.
CREATE INDEX CONCURRENTLY comments_product_id_idx
ON comments (tenant_id, product_id) WHERE product_id IS NOT NULL;

-- name: drop_comments_product_id_idx()#
-- Drop comments_product_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS comments_product_id_idx;

-- name: create_comments_order_id_idx()#
-- Serves comments.comments_for_subjects and the foreign key to orders.
CREATE INDEX CONCURRENTLY comments_order_id_idx
ON comments (tenant_id, order_id) WHERE order_id IS NOT NULL;

-- name: drop_comments_order_id_idx()#
-- Drop comments_order_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS comments_order_id_idx;

-- name: create_comments_customer_id_idx()#
-- Serves comments.comments_for_subjects and the foreign key to customers.
CREATE INDEX CONCURRENTLY comments_customer_id_idx
ON comments (tenant_id, customer_id) WHERE customer_id IS NOT NULL;

-- name: drop_comments_customer_id_idx()#
-- Drop comments_customer_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS comments_customer_id_idx;

-- name: create_comments_author_id_idx()#
-- Serves the foreign key to users.
CREATE INDEX CONCURRENTLY comments_author_id_idx
ON comments (tenant_id, author_id) WHERE author_id IS NOT NULL;

-- name: drop_comments_author_id_idx()#
-- Drop comments_author_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS comments_author_id_idx;

-- name: create_attachments_product_id_idx()#
-- Serves the foreign key to products.
CREATE INDEX CONCURRENTLY attachments_product_id_idx
ON attachments (tenant_id, product_id) WHERE product_id IS NOT NULL;

-- name: drop_attachments_product_id_idx()#
-- Drop attachments_product_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS attachments_product_id_idx;

-- name: create_attachments_order_id_idx()#
-- Serves attachments.attachments_of and the foreign key to orders.
CREATE INDEX CONCURRENTLY attachments_order_id_idx
ON attachments (tenant_id, order_id) WHERE order_id IS NOT NULL;

-- name: drop_attachments_order_id_idx()#
-- Drop attachments_order_id_idx, a half-built one too.
DROP INDEX CONCURRENTLY IF EXISTS attachments_order_id_idx;
