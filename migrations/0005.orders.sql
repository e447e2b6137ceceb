-- depends: 0004.products
-- Orders: one row an order, found by customer, by time and by what is still open.
SET LOCAL lock_timeout = '2s';

CREATE TYPE order_status AS ENUM ('pending', 'processing', 'paid', 'shipped', 'delivered', 'cancelled');

CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY,
    public_id uuid NOT NULL DEFAULT gen_random_uuid(),
    customer_id bigint NOT NULL,
    status order_status NOT NULL DEFAULT 'pending',
    total numeric(12, 2) NOT NULL,
    currency text NOT NULL,
    ordered_at timestamptz NOT NULL DEFAULT now(),
    idempotency_key text NOT NULL,
    gift_note text,
    cancel_reason text,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT orders_pkey PRIMARY KEY (id),
    CONSTRAINT orders_public_id_key UNIQUE (public_id),
    CONSTRAINT orders_idempotency_key_key UNIQUE (idempotency_key),
    CONSTRAINT orders_customer_id_fkey FOREIGN KEY (customer_id) REFERENCES customers (id),
    -- NaN compares greater than every number, so >= 0 alone would let it in.
    CONSTRAINT orders_total_is_not_negative CHECK (total >= 0 AND total <> 'NaN'),
    CONSTRAINT orders_currency_is_an_iso_4217_code CHECK (currency ~ '^[A-Z]{3}$'),
    CONSTRAINT orders_idempotency_key_is_1_to_200_characters CHECK (char_length(idempotency_key) BETWEEN 1 AND 200),
    CONSTRAINT orders_gift_note_is_1_to_200_characters CHECK (char_length(gift_note) BETWEEN 1 AND 200),
    CONSTRAINT orders_cancel_reason_is_of_a_cancelled_order CHECK (cancel_reason IS NULL OR status = 'cancelled')
);

CREATE INDEX orders_customer_id_ordered_at_id_idx ON orders (customer_id, ordered_at DESC, id DESC);
CREATE INDEX orders_ordered_at_total_idx ON orders (ordered_at) INCLUDE (total) WHERE status <> 'cancelled';
CREATE INDEX orders_open_ordered_at_id_idx ON orders (ordered_at, id) WHERE status IN ('pending', 'processing');

CREATE TRIGGER orders_set_updated_at
BEFORE UPDATE ON orders
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE orders IS 'One row an order; its lines are order_items.';
COMMENT ON COLUMN orders.public_id IS 'The number that leaves the shop: it tells nobody how many orders there are.';
COMMENT ON COLUMN orders.status IS 'pending, processing (stock reserved, payment started), paid, shipped, delivered; cancelled from the first three.';
COMMENT ON COLUMN orders.total IS 'Sum of the line totals.';
COMMENT ON COLUMN orders.idempotency_key IS 'Chosen by the caller: the same key twice is the same order once.';
