-- depends: 0006.order-items
-- What each warehouse holds of each product, and which order has a claim on it.
SET LOCAL lock_timeout = '2s';

CREATE TABLE warehouses (
    id bigint GENERATED ALWAYS AS IDENTITY,
    name text NOT NULL,
    CONSTRAINT warehouses_pkey PRIMARY KEY (id),
    CONSTRAINT warehouses_name_key UNIQUE (name)
);

CREATE TABLE inventory (
    product_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    on_hand integer NOT NULL,
    reserved integer NOT NULL DEFAULT 0,
    version integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT inventory_pkey PRIMARY KEY (product_id, warehouse_id),
    CONSTRAINT inventory_product_id_fkey FOREIGN KEY (product_id) REFERENCES products (id),
    CONSTRAINT inventory_warehouse_id_fkey FOREIGN KEY (warehouse_id) REFERENCES warehouses (id),
    CONSTRAINT inventory_on_hand_is_not_negative CHECK (on_hand >= 0),
    CONSTRAINT inventory_reserved_is_not_negative CHECK (reserved >= 0),
    CONSTRAINT inventory_reserved_is_within_on_hand CHECK (reserved <= on_hand)
);

CREATE INDEX inventory_warehouse_id_product_id_idx ON inventory (warehouse_id, product_id);

CREATE TRIGGER inventory_set_updated_at
BEFORE UPDATE ON inventory
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

CREATE TABLE reservations (
    order_id bigint NOT NULL,
    product_id bigint NOT NULL,
    warehouse_id bigint NOT NULL,
    quantity integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT reservations_pkey PRIMARY KEY (order_id, product_id, warehouse_id),
    CONSTRAINT reservations_order_id_fkey FOREIGN KEY (order_id) REFERENCES orders (id) ON DELETE RESTRICT,
    CONSTRAINT reservations_inventory_fkey
    FOREIGN KEY (product_id, warehouse_id) REFERENCES inventory (product_id, warehouse_id),
    CONSTRAINT reservations_quantity_is_positive CHECK (quantity > 0)
);

CREATE INDEX reservations_product_id_warehouse_id_idx ON reservations (product_id, warehouse_id);

COMMENT ON TABLE warehouses IS 'Where goods lie.';
COMMENT ON TABLE inventory IS 'What a warehouse holds of a product. Lock rows in the order of the key, or two orders can deadlock.';
COMMENT ON COLUMN inventory.on_hand IS 'Pieces on the shelf, the reserved ones included.';
COMMENT ON COLUMN inventory.reserved IS 'Pieces promised to orders: the sum of the reservations.';
COMMENT ON TABLE reservations IS 'Pieces an order has a claim on until it ships (inventory.commit_reservation) or gives up (inventory.release).';
