-- Drops the audit and every entry of it.
SET LOCAL lock_timeout = '2s';

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
