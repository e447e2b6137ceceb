-- One row, unless somebody has written another value since it was read, or has it locked: nobody waits for anybody, so
-- that no transaction of the application ends in a deadlock.
UPDATE {table}
SET {assigned}
WHERE
    {column} = %(old)s
    AND ({key}) IN (SELECT {key} FROM {table} WHERE {found} FOR NO KEY UPDATE SKIP LOCKED);
