-- How many values there are under which key, by the id that stands at their beginning; NULL: they are not encrypted.
SELECT
    substring(encode(substr({column}, 1, 36), 'escape') FROM '^v1:([A-Za-z0-9_.-]{{1,32}}):') AS key_id,
    count(*) AS values
FROM {table}
WHERE {column} IS NOT NULL
GROUP BY 1
ORDER BY 1;
