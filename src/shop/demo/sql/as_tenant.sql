-- Whose the rows are that the transaction is about to load.
SELECT set_config('app.tenant_id', $1, true);
