-- depends: 0012.sessions
-- Comments on products, orders and customers: one table, and a real foreign key for each kind of subject.
SET LOCAL lock_timeout = '2s';

CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    product_id bigint,
    order_id bigint,
    customer_id bigint,
    -- Stored, because PostgreSQL has virtual columns from 18 on. '' and its constraint find a kind that CASE forgets.
    subject_type text NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN product_id IS NOT NULL THEN 'product'
            WHEN order_id IS NOT NULL THEN 'order'
            WHEN customer_id IS NOT NULL THEN 'customer'
            ELSE ''
        END
    ) STORED,
    author_id bigint,
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT comments_pkey PRIMARY KEY (id),
    CONSTRAINT comments_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT comments_product_id_fkey
    FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_order_id_fkey
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_customer_id_fkey
    FOREIGN KEY (tenant_id, customer_id) REFERENCES customers (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT comments_author_id_fkey
    FOREIGN KEY (tenant_id, author_id) REFERENCES users (tenant_id, id) ON DELETE SET NULL (author_id),
    CONSTRAINT comments_have_one_subject CHECK (num_nonnulls(product_id, order_id, customer_id) = 1),
    CONSTRAINT comments_subject_type_is_known CHECK (subject_type <> ''),
    CONSTRAINT comments_body_is_1_to_10000_characters CHECK (char_length(body) BETWEEN 1 AND 10000)
);

CREATE INDEX comments_product_id_idx ON comments (tenant_id, product_id) WHERE product_id IS NOT NULL;
CREATE INDEX comments_order_id_idx ON comments (tenant_id, order_id) WHERE order_id IS NOT NULL;
CREATE INDEX comments_customer_id_idx ON comments (tenant_id, customer_id) WHERE customer_id IS NOT NULL;
CREATE INDEX comments_author_id_idx ON comments (tenant_id, author_id) WHERE author_id IS NOT NULL;

ALTER TABLE comments ENABLE ROW LEVEL SECURITY;
ALTER TABLE comments FORCE ROW LEVEL SECURITY;
CREATE POLICY comments_are_the_tenants ON comments
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

COMMENT ON TABLE comments IS 'What was said of a product, an order or a customer; it goes with its subject.';
COMMENT ON COLUMN comments.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN comments.subject_type IS 'Which of the three keys is set: product, order or customer.';
COMMENT ON COLUMN comments.author_id IS 'Null: the shop itself wrote it, or a user who was purged since.';
