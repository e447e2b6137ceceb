-- depends: 0002.customers
-- Categories, a tree by parent_id.
SET LOCAL lock_timeout = '2s';

CREATE TABLE categories (
    id bigint GENERATED ALWAYS AS IDENTITY,
    parent_id bigint,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT categories_pkey PRIMARY KEY (id),
    CONSTRAINT categories_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES categories (id),
    CONSTRAINT categories_name_is_unique_below_parent UNIQUE NULLS NOT DISTINCT (parent_id, name),
    CONSTRAINT categories_are_not_their_own_parent CHECK (parent_id <> id),
    CONSTRAINT categories_name_is_1_to_100_characters CHECK (char_length(name) BETWEEN 1 AND 100)
);

CREATE TRIGGER categories_set_updated_at
BEFORE UPDATE ON categories
FOR EACH ROW EXECUTE FUNCTION set_updated_at();

COMMENT ON TABLE categories IS 'Kinds of product. A longer cycle than a row that is its own parent is not refused: readers of the tree use CYCLE.';
COMMENT ON COLUMN categories.parent_id IS 'Null for a root.';
