-- Copy what stands in one row to another, and show how it begins.
UPDATE customers AS c
SET
    tax_number = s.tax_number,
    tax_number_bidx = s.tax_number_bidx
FROM customers AS s
WHERE c.id = $2 AND s.id = $1
RETURNING encode(substr(c.tax_number, 1, 11), 'escape');
