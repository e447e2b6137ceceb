-- One row, unless somebody has written another value since it was read.
UPDATE {table}
SET {assigned}
WHERE {found} AND {column} = %(old)s;
