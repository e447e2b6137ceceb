-- How many values are not encrypted, or indexed, with the current key.
SELECT count(*)
FROM {table}
WHERE {column} IS NOT NULL AND ({stale});
