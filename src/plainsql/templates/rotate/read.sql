-- The next rows, in the order of the primary key, whose value is not encrypted, or indexed, with the current key.
SELECT {selected}
FROM {table}
WHERE
    {column} IS NOT NULL
    AND ({stale})
    AND (%(is_first)s OR ({key}) > ({after}))
ORDER BY {key}
LIMIT %(batch)s;
