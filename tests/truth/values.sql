-- VALUES: a column is as nullable as the worst of its rows.

-- name: plain_values()
-- VALUES alone names its columns itself.
-- Columns: column1!, column2?
VALUES (1, 'a'), (2, NULL);

-- name: values_in_from()
-- In FROM with names.
-- Columns: no!, word?
SELECT v.no, v.word FROM (VALUES (1, 'a'), (2, NULL)) AS v (no, word);

-- name: all_null()
-- A column of NULL alone has a type.
-- Columns: no!, nothing?
SELECT v.no, v.nothing FROM (VALUES (1, NULL::integer), (2, NULL)) AS v (no, nothing);

-- name: expressions_of_columns()
-- Rows of VALUES may be made of columns beside.
-- Columns: kind!, value?, sure!
SELECT v.kind, v.value, v.sure
FROM item AS i CROSS JOIN LATERAL (VALUES ('price', i.price, i.price), ('discount', i.discount, 0)) AS v (kind, value, sure);

-- name: values_with_parameters(first, second)
-- A row of VALUES made of parameters may hold None; tested strictly, the parameter may not.
-- Columns: no!, word?
-- Parameters: first!, second! by-rule
SELECT v.no, v.word FROM (VALUES (:first::integer, lower(:second::text))) AS v (no, word) WHERE v.no > 0;

-- name: values_in_a_list(id)
-- IN (VALUES …) tests strictly.
-- Columns: discount!, note?
-- Parameters: id!
SELECT discount, note FROM item WHERE discount IN (VALUES (1), (2)) AND id >= :id;

-- name: values_on_the_nullable_side()
-- Rows of constants on the nullable side.
-- Columns: id!, word?
SELECT i.id, v.word FROM item AS i LEFT JOIN (VALUES (1, 'one')) AS v (id, word) USING (id);

-- name: values_united()
-- VALUES as the side of a union.
-- Columns: no!, word?
SELECT id AS no, note AS word FROM item UNION ALL VALUES (1, 'a');

-- name: values_tested()
-- A test throws away the row with NULL.
-- Columns: no!, word!, other?
SELECT v.no, v.word, v.other FROM (VALUES (1, 'a', NULL), (2, NULL, 'b')) AS v (no, word, other) WHERE v.word IS NOT NULL;
