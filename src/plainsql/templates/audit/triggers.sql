DO $$ BEGIN PERFORM audit.revoke_functions(); END $$;

COMMENT ON FUNCTION {function}() IS {comment};

CREATE TRIGGER audit_insert
AFTER INSERT ON {relation}
REFERENCING NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION {function}();

CREATE TRIGGER audit_update
AFTER UPDATE ON {relation}
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION {function}();

CREATE TRIGGER audit_delete
AFTER DELETE ON {relation}
REFERENCING OLD TABLE AS old_rows
FOR EACH STATEMENT EXECUTE FUNCTION {function}();

CREATE TRIGGER audit_truncate
AFTER TRUNCATE ON {relation}
FOR EACH STATEMENT EXECUTE FUNCTION {function}();

INSERT INTO audit.tables (table_name, relation, key_columns, redacted, plain, quiet)
VALUES ({name}, {relation_text}, {keys}, {redacted}, {plain}, {quiet});
