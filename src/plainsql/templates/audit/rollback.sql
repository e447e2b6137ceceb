DROP TRIGGER audit_truncate ON {relation};
DROP TRIGGER audit_delete ON {relation};
DROP TRIGGER audit_update ON {relation};
DROP TRIGGER audit_insert ON {relation};
DROP FUNCTION {function}();
DELETE FROM audit.tables WHERE table_name = {name};
