-- Undoes 0018.audit.
SET LOCAL lock_timeout = '2s';

DROP TRIGGER audit_truncate ON public.sessions;
DROP TRIGGER audit_delete ON public.sessions;
DROP TRIGGER audit_update ON public.sessions;
DROP TRIGGER audit_insert ON public.sessions;
DROP FUNCTION audit.log_sessions();
DELETE FROM audit.tables WHERE table_name = 'sessions';

DROP TRIGGER audit_truncate ON public.users;
DROP TRIGGER audit_delete ON public.users;
DROP TRIGGER audit_update ON public.users;
DROP TRIGGER audit_insert ON public.users;
DROP FUNCTION audit.log_users();
DELETE FROM audit.tables WHERE table_name = 'users';

DROP TRIGGER audit_truncate ON public.customers;
DROP TRIGGER audit_delete ON public.customers;
DROP TRIGGER audit_update ON public.customers;
DROP TRIGGER audit_insert ON public.customers;
DROP FUNCTION audit.log_customers();
DELETE FROM audit.tables WHERE table_name = 'customers';

DROP TRIGGER audit_truncate ON public.products;
DROP TRIGGER audit_delete ON public.products;
DROP TRIGGER audit_update ON public.products;
DROP TRIGGER audit_insert ON public.products;
DROP FUNCTION audit.log_products();
DELETE FROM audit.tables WHERE table_name = 'products';

DROP TRIGGER audit_truncate ON public.payments;
DROP TRIGGER audit_delete ON public.payments;
DROP TRIGGER audit_update ON public.payments;
DROP TRIGGER audit_insert ON public.payments;
DROP FUNCTION audit.log_payments();
DELETE FROM audit.tables WHERE table_name = 'payments';

DROP TRIGGER audit_truncate ON public.orders;
DROP TRIGGER audit_delete ON public.orders;
DROP TRIGGER audit_update ON public.orders;
DROP TRIGGER audit_insert ON public.orders;
DROP FUNCTION audit.log_orders();
DELETE FROM audit.tables WHERE table_name = 'orders';

DROP TABLE audit.seals, audit.digests, audit.tables;

DROP TABLE public.audit_logs;

DROP FUNCTION audit.record(text, jsonb);
DROP FUNCTION audit.let_read(text);
DROP FUNCTION audit.current_row(text, jsonb);
DROP FUNCTION audit.cover(text);
DROP FUNCTION audit.make_partitions(integer);
DROP FUNCTION audit.refuse_key_change(text, jsonb, jsonb);
DROP FUNCTION audit.refuse();
DROP FUNCTION audit.revoke_functions();
DROP FUNCTION audit.revoke_all(regclass);

DROP SCHEMA audit;
