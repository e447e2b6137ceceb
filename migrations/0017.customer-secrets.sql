-- depends: 0016.soft-delete
-- Tax numbers of customers, encrypted by the application, and preferences.
SET LOCAL lock_timeout = '2s';

ALTER TABLE customers
ADD COLUMN tax_number bytea,
ADD COLUMN tax_number_bidx bytea,
ADD COLUMN preferences jsonb,
-- No text that anybody could read begins so: what isn't encrypted is refused.
ADD CONSTRAINT customers_tax_number_is_encrypted
CHECK (substr(tax_number, 1, 3) = 'v1:'::bytea AND substr(tax_number_bidx, 1, 3) = 'v1:'::bytea),
ADD CONSTRAINT customers_tax_number_has_an_index CHECK ((tax_number IS NULL) = (tax_number_bidx IS NULL));

CREATE INDEX customers_tax_number_bidx_idx ON customers (tenant_id, tax_number_bidx);

COMMENT ON COLUMN customers.tax_number IS
'AES-256-GCM, bound to the id of its row: v1:key id:nonce:ciphertext. Only the application has the keys.';
COMMENT ON COLUMN customers.tax_number_bidx IS
'HMAC of the tax number, by which customers are found: v1:key id:HMAC. Equal numbers have equal ones.';
COMMENT ON COLUMN customers.preferences IS 'What the customer has chosen; shop.types.Preferences says what is in it.';
