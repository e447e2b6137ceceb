-- Drops the tenants, the function and its schema.
SET LOCAL lock_timeout = '2s';

DROP TABLE tenants;

DROP FUNCTION app.tenant_id();

DROP SCHEMA app;
