-- depends: 0005.orders
-- The lines of an order, at the price of the day.
SET LOCAL lock_timeout = '2s';

CREATE TABLE order_items (
    order_id bigint NOT NULL,
    line integer NOT NULL,
    product_id bigint NOT NULL,
    quantity integer NOT NULL,
    price numeric(12, 2) NOT NULL,
    line_total numeric(12, 2) NOT NULL GENERATED ALWAYS AS (quantity * price) STORED,
    CONSTRAINT order_items_pkey PRIMARY KEY (order_id, line),
    CONSTRAINT order_items_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE CASCADE,
    CONSTRAINT order_items_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT order_items_line_counts_from_1 CHECK (line >= 1),
    CONSTRAINT order_items_quantity_is_positive CHECK (quantity > 0),
    -- NaN compares greater than every number, so >= 0 alone would let it in.
    CONSTRAINT order_items_price_is_not_negative CHECK (price >= 0 AND price <> 'NaN')
);

CREATE INDEX order_items_product_id_idx ON order_items (product_id) INCLUDE (quantity, price);

COMMENT ON TABLE order_items IS 'The lines of an order. Never updated: a changed order is cancelled and placed again.';
COMMENT ON COLUMN order_items.price IS 'Of one piece, on the day of the order; products.price may have moved since.';
