-- Drops the tax numbers and preferences.
SET LOCAL lock_timeout = '2s';

ALTER TABLE customers
DROP CONSTRAINT customers_tax_number_has_an_index,
DROP CONSTRAINT customers_tax_number_is_encrypted,
DROP COLUMN preferences,
DROP COLUMN tax_number_bidx,
DROP COLUMN tax_number;
