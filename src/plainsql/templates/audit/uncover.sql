DO $$
DECLARE
    made record;
BEGIN
    FOR made IN
        SELECT
            t.tgname,
            t.tgrelid::regclass AS member
        FROM pg_catalog.pg_partition_tree({relation_text}::regclass) AS p
        JOIN pg_catalog.pg_trigger AS t ON t.tgrelid = p.relid
        WHERE
            p.relid <> {relation_text}::regclass
            AND t.tgname IN ('audit_insert', 'audit_update', 'audit_delete', 'audit_truncate')
    LOOP
        EXECUTE pg_catalog.format('DROP TRIGGER %I ON %s', made.tgname, made.member);
    END LOOP;
END
$$;

