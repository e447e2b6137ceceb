-- Drops reservations, inventory and warehouses.
SET LOCAL lock_timeout = '2s';

DROP TABLE reservations;

DROP TABLE inventory;

DROP TABLE warehouses;
