-- depends: 0013.comments
-- Attachments of products and orders: where a file is stored, and what it has to be.
SET LOCAL lock_timeout = '2s';

CREATE TABLE attachments (
    id bigint GENERATED ALWAYS AS IDENTITY,
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(),
    product_id bigint,
    order_id bigint,
    subject_type text NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN product_id IS NOT NULL THEN 'product'
            WHEN order_id IS NOT NULL THEN 'order'
            ELSE ''
        END
    ) STORED,
    storage_key text NOT NULL,
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT attachments_pkey PRIMARY KEY (id),
    CONSTRAINT attachments_tenant_id_id_key UNIQUE (tenant_id, id),
    CONSTRAINT attachments_storage_key_key UNIQUE (tenant_id, storage_key),
    CONSTRAINT attachments_product_id_fkey
    FOREIGN KEY (tenant_id, product_id) REFERENCES products (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT attachments_order_id_fkey
    FOREIGN KEY (tenant_id, order_id) REFERENCES orders (tenant_id, id) ON DELETE CASCADE,
    CONSTRAINT attachments_have_one_subject CHECK (num_nonnulls(product_id, order_id) = 1),
    CONSTRAINT attachments_subject_type_is_known CHECK (subject_type <> ''),
    CONSTRAINT attachments_storage_key_is_1_to_1024_characters CHECK (char_length(storage_key) BETWEEN 1 AND 1024),
    CONSTRAINT attachments_sha256_is_32_bytes CHECK (octet_length(sha256) = 32),
    CONSTRAINT attachments_bytes_is_not_negative CHECK (bytes >= 0)
);

CREATE INDEX attachments_product_id_idx ON attachments (tenant_id, product_id) WHERE product_id IS NOT NULL;
CREATE INDEX attachments_order_id_idx ON attachments (tenant_id, order_id) WHERE order_id IS NOT NULL;

ALTER TABLE attachments ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachments FORCE ROW LEVEL SECURITY;
CREATE POLICY attachments_are_the_tenants ON attachments
USING (tenant_id = (SELECT app.tenant_id()))
WITH CHECK (tenant_id = (SELECT app.tenant_id()));

COMMENT ON TABLE attachments IS 'Files of a product or an order; the files themselves are in a store.';
COMMENT ON COLUMN attachments.tenant_id IS 'Whose row it is; no other tenant sees it.';
COMMENT ON COLUMN attachments.subject_type IS 'Which of the two keys is set: product or order.';
COMMENT ON COLUMN attachments.storage_key IS 'The name of the file in the store.';
COMMENT ON COLUMN attachments.sha256 IS 'SHA-256 of the file: what is read from the store is held against it.';
