-- depends: 0003.categories
-- Products with full-text search, and the indexes that their lists and searches need.
SET LOCAL lock_timeout = '2s';

CREATE TABLE products (
    id bigint GENERATED ALWAYS AS IDENTITY,
    sku text NOT NULL,
    name text NOT NULL,
    description text NOT NULL DEFAULT '',
    category_id bigint NOT NULL,
    price numeric(12, 2) NOT NULL,
    stock integer NOT NULL DEFAULT 0,
    is_active boolean NOT NULL DEFAULT true,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    search_vector tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('english', name), 'A') || setweight(to_tsvector('english', description), 'B')
    ) STORED,
    CONSTRAINT products_pkey PRIMARY KEY (id),
    CONSTRAINT products_sku_key UNIQUE (sku),
    CONSTRAINT products_category_id_fkey FOREIGN KEY (category_id) REFERENCES categories (id),
    CONSTRAINT products_sku_is_1_to_50_characters CHECK (char_length(sku) BETWEEN 1 AND 50),
    CONSTRAINT products_name_is_1_to_200_characters CHECK (char_length(name) BETWEEN 1 AND 200),
    -- NaN compares greater than every number, so >= 0 alone would let it in.
    CONSTRAINT products_price_is_not_negative CHECK (price >= 0 AND price <> 'NaN'),
    CONSTRAINT products_stock_is_not_negative CHECK (stock >= 0)
);

CREATE INDEX products_name_category_id_idx ON products (name, category_id);
CREATE INDEX products_category_id_price_idx ON products (category_id, price);
CREATE INDEX products_price_stock_idx ON products (price, stock);
CREATE INDEX products_is_active_created_at_idx ON products (is_active, created_at);
CREATE INDEX products_search_vector_idx ON products USING gin (search_vector);
CREATE INDEX products_active_category_id_price_idx ON products (category_id, price) WHERE is_active;
CREATE INDEX products_lower_name_idx ON products (lower(name));
CREATE INDEX products_name_trgm_idx ON products USING gin (name gin_trgm_ops);

CREATE TRIGGER products_set_updated_at
BEFORE UPDATE ON products
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE products IS 'What is sold. A product that was ever ordered is deactivated, not deleted.';
COMMENT ON COLUMN products.price IS 'In the currency of the shop; an order line keeps the price of its day.';
COMMENT ON COLUMN products.stock IS 'Copy of what inventory has to sell, for lists and filters (products.refresh_stock). Orders look at inventory.';
COMMENT ON COLUMN products.search_vector IS 'English words of name (weight A) and description (weight B).';
