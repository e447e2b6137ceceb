-- A row that passed a test which NULL can't pass has no NULL there.

-- name: comparison()
-- A comparison is never true of NULL.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount > 0;

-- name: comparison_with_parameter(discount)
-- A comparison with a parameter is never true of NULL on either side.
-- Columns: discount!, note?, asked!
-- Parameters: discount!
SELECT discount, note, :discount::integer AS asked FROM item WHERE discount = :discount;

-- name: is_not_null()
-- IS NOT NULL says so itself.
-- Columns: note!, discount?
SELECT note, discount FROM item WHERE note IS NOT NULL;

-- name: not_is_null()
-- NOT (x IS NULL) says the same.
-- Columns: note!, discount?
SELECT note, discount FROM item WHERE NOT note IS NULL;

-- name: two_conjuncts()
-- Both conjuncts hold, so both columns are filled.
-- Columns: note!, discount!, last_mood?
SELECT note, discount, last_mood FROM item WHERE note LIKE '%' AND discount BETWEEN 0 AND 100;

-- name: disjunction_of_two_columns()
-- One of two disjuncts may hold without the other.
-- Columns: note?, discount?
SELECT note, discount FROM item WHERE note > '' OR discount > 0;

-- name: disjunction_of_one_column()
-- Every disjunct tests the same column strictly.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount = 1 OR discount > 2 OR (discount < 0 AND note IS NULL);

-- name: negated_conjunction()
-- NOT (a AND b) may hold by one of them alone.
-- Columns: note?, discount?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', 'b'), (2, 2, 2, 'a', NULL);
SELECT note, discount FROM item WHERE NOT (note = 'x' AND discount = 1);

-- name: negated_disjunction()
-- NOT (a OR b) holds only when both are false, and so known.
-- Columns: note!, discount!, last_mood?
SELECT note, discount, last_mood FROM item WHERE NOT (note = 'q' OR discount = 77);

-- name: negated_comparison()
-- NOT of NULL is NULL, so a negated comparison is as strict as the plain one.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE NOT (discount = 77);

-- name: in_list()
-- IN compares strictly.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount IN (1, 2, 3);

-- name: not_in_list()
-- NOT IN of a list that isn't empty compares strictly, too.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount NOT IN (77, 78);

-- name: equal_to_any_of_an_array(ids)
-- = ANY is true only by an element that is equal.
-- Columns: discount!, note?
-- Parameters: ids[!]!
SELECT discount, note FROM item WHERE discount = ANY (:ids::integer[]);

-- name: different_from_all_of_an_array(ids)
-- <> ALL of an empty array is true of NULL as well.
-- Columns: discount?, id!
-- Parameters: ids[!]!
SELECT discount, id FROM item WHERE discount <> ALL (:ids::integer[]);

-- name: not_equal_to_any_of_an_array(ids)
-- NOT (x = ANY (…)) of an empty array is true of NULL as well.
-- Columns: discount?, id!
-- Parameters: ids[!]!
SELECT discount, id FROM item WHERE NOT (discount = ANY (:ids::integer[]));

-- name: in_subquery()
-- IN (SELECT …) is true only by a row that is equal.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount IN (SELECT quantity FROM sale);

-- name: not_in_subquery()
-- NOT IN (SELECT …) is true of NULL when the sub-query has no row.
-- Columns: discount?, id!
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a');
SELECT discount, id FROM item WHERE discount NOT IN (SELECT quantity FROM sale);

-- name: greater_than_all_of_a_subquery()
-- > ALL of no row is true of NULL; > ANY of no row is false.
-- Columns: discount?, id!
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a');
SELECT discount, id FROM item WHERE discount > ALL (SELECT quantity FROM sale);

-- name: greater_than_any_of_a_subquery()
-- > ANY is true only by a row.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount >= ANY (SELECT quantity FROM sale);

-- name: is_distinct_from_a_constant()
-- NULL is distinct from any constant.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE discount IS DISTINCT FROM 1;

-- name: is_not_distinct_from_a_constant()
-- What is not distinct from a constant is that constant.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount IS NOT DISTINCT FROM 1;

-- name: is_distinct_from_null()
-- What is distinct from NULL isn't NULL.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount IS DISTINCT FROM NULL;

-- name: is_not_distinct_from_a_nullable_column()
-- Two NULLs are not distinct.
-- Columns: note?, title!
SELECT i.note, i.title FROM item AS i JOIN item AS o ON i.note IS NOT DISTINCT FROM o.note;

-- name: is_true_of_a_comparison()
-- IS TRUE is false of NULL.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE (discount > 0) IS TRUE;

-- name: is_not_false_of_a_comparison()
-- IS NOT FALSE is true of NULL.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE (discount > 0) IS NOT FALSE;

-- name: is_false_of_a_comparison()
-- IS FALSE is false of NULL.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE (discount > 77) IS FALSE;

-- name: is_not_unknown_of_a_comparison()
-- IS NOT UNKNOWN is IS NOT NULL of a truth value.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE (discount > 0) IS NOT UNKNOWN;

-- name: is_unknown_of_a_comparison()
-- IS UNKNOWN keeps just the NULLs.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE (discount > 0) IS UNKNOWN;

-- name: bare_boolean()
-- A boolean column as a test is true, not NULL.
-- Columns: paid!, buyer?
SELECT paid, buyer FROM sale WHERE paid;

-- name: negated_boolean()
-- NOT of a boolean column is true only of false.
-- Columns: paid!, buyer?
SELECT paid, buyer FROM sale WHERE NOT paid;

-- name: boolean_is_not_true()
-- IS NOT TRUE keeps NULL.
-- Columns: paid?, gift!
SELECT paid, gift FROM sale WHERE paid IS NOT TRUE;

-- name: strict_operator_below_a_comparison()
-- The sum is NULL when a summand is, so both are filled when the sum is compared.
-- Columns: discount!, refund!, note?, buyer?
SELECT i.discount, s.refund, i.note, s.buyer FROM item AS i, sale AS s WHERE i.discount + s.refund > 0;

-- name: strict_function_below_a_comparison()
-- lower() and length() are strict.
-- Columns: note!, buyer!, discount?
SELECT i.note, s.buyer, i.discount FROM item AS i, sale AS s WHERE lower(i.note) >= '' AND length(s.buyer) >= 0;

-- name: function_that_takes_null_below_a_comparison()
-- concat() isn't strict, nor is coalesce.
-- Columns: note?, discount?
SELECT note, discount FROM item WHERE concat(note, 'x') <> '' AND coalesce(discount, 1) = 1;

-- name: cast_below_a_comparison()
-- A cast of NULL is NULL.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount::text <> 'x';

-- name: array_containment()
-- Operators of arrays are strict in both.
-- Columns: flags!, nickname?
SELECT flags, nickname FROM account WHERE flags @> '{}';

-- name: constant_equal_to_any_of_a_column()
-- x = ANY (array) is true only of an array that is there.
-- Columns: flags!, birthday?
SELECT flags, birthday FROM account WHERE 'a' = ANY (flags) OR 'x' = ANY (flags) OR '{}' = flags;

-- name: like()
-- LIKE and the regular expressions are strict.
-- Columns: note!, buyer!, discount?
SELECT i.note, s.buyer, i.discount FROM item AS i, sale AS s WHERE i.note LIKE '%' AND s.buyer ~ '';

-- name: row_comparison()
-- A comparison of two rows for equality compares every column.
-- Columns: discount!, note!, last_mood?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a', 'x');
SELECT discount, note, last_mood FROM item WHERE (discount, note) = (1, 'x');

-- name: row_order_comparison()
-- Rows are ordered by their first difference; the later columns need not be known, the first must.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE (discount, note) > (0, 'x');

-- name: row_is_not_null()
-- ROW(…) IS NOT NULL says that no field is NULL.
-- Columns: discount!, note!, last_mood?
SELECT discount, note, last_mood FROM item WHERE (discount, note) IS NOT NULL;

-- name: not_row_is_null()
-- NOT (ROW(…) IS NULL) says only that one field is filled.
-- Columns: discount?, note?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', 'b'), (2, 2, 2, 'a', NULL);
SELECT discount, note FROM item WHERE NOT ((discount, note) IS NULL);

-- name: between()
-- BETWEEN is two comparisons; so is NOT BETWEEN, of which one may do.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount NOT BETWEEN 50 AND 60;

-- name: inner_join_condition()
-- ON of an inner join narrows as WHERE does.
-- Columns: refund!, discount!, buyer?
SELECT s.refund, i.discount, s.buyer FROM item AS i JOIN sale AS s ON s.refund = i.discount;

-- name: join_condition_on_a_nullable_key()
-- The nullable foreign key is filled in the rows that an inner join finds.
-- Columns: item_id!, buyer?
SELECT s.item_id, s.buyer FROM sale AS s JOIN item AS i ON i.id = s.item_id;

-- name: outer_join_condition()
-- ON of a left join narrows neither side's own columns.
-- Columns: discount?, refund?
SELECT i.discount, s.refund FROM item AS i LEFT JOIN sale AS s ON s.refund = i.discount;

-- name: having_on_a_key()
-- HAVING narrows the keys.
-- Columns: discount!, items!
SELECT discount, count(*) AS items FROM item GROUP BY discount HAVING discount > 0;

-- name: having_on_an_aggregate()
-- HAVING narrows an aggregate; one that isn't tested stays.
-- Columns: most!, last_note?
SELECT max(discount) AS most, max(note) AS last_note FROM item GROUP BY price HAVING max(discount) > 0;

-- name: having_on_another_column()
-- A test of one column says nothing of another.
-- Columns: title!, most?
SELECT title, max(discount) AS most FROM item GROUP BY title HAVING count(*) > 0;

-- name: subquery_narrows_outwards()
-- What a sub-query tested stays filled outside.
-- Columns: discount!, note?
SELECT x.discount, x.note FROM (SELECT discount, note FROM item WHERE discount > 0) AS x;

-- name: where_narrows_a_subquery()
-- A test outside narrows a column of a sub-query, and what it is computed from strictly.
-- Columns: cut!, discount!, note?
SELECT x.cut, x.discount, x.note FROM (SELECT discount + 1 AS cut, discount, note FROM item) AS x WHERE x.cut > 0;

-- name: where_narrows_a_computed_column()
-- The expression that was tested is filled where it stands again.
-- Columns: cut!, other?
SELECT nullif(price, 10) AS cut, nullif(price, 1) AS other FROM item WHERE nullif(price, 10) > 0;

-- name: expression_of_a_tested_column()
-- A strict expression over a tested column of which the operator never makes NULL is filled.
-- Columns: cut!, deep?
SELECT discount + 1 AS cut, refund + 1 AS deep FROM item, sale WHERE discount > 0;

-- name: limit_and_order_keep_it()
-- ORDER BY, LIMIT and locking change nothing in the columns.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount IS NOT NULL ORDER BY note NULLS FIRST LIMIT 10 FOR UPDATE SKIP LOCKED;

-- name: update_narrows()
-- WHERE of an UPDATE narrows the columns that it doesn't set.
-- Columns: discount!, note?
UPDATE item SET price = price + 1 WHERE discount > 0 RETURNING discount, note;

-- name: update_of_the_tested_column()
-- A column that is set has its new value, whatever was tested.
-- Columns: discount?, price!
UPDATE item SET discount = NULL WHERE discount > 0 RETURNING discount, price;

-- name: update_from_narrows()
-- The join of an UPDATE narrows what both sides compare.
-- Columns: item_id!, refund?
UPDATE item SET price = 1 FROM sale WHERE sale.item_id = item.id RETURNING sale.item_id, sale.refund;

-- name: delete_narrows()
-- WHERE of a DELETE narrows what it returns.
-- Columns: note!, discount?
DELETE FROM item WHERE note IS NOT NULL RETURNING note, discount;

-- name: strict_user_function()
-- A user's STRICT function isn't called with NULL, and NULL is no true test; one that isn't STRICT is called.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE is_even(discount);

-- name: user_function_that_takes_null()
-- A user's function that isn't STRICT may hold of NULL.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE is_fine(discount);

-- name: user_operator_that_takes_null()
-- So may a user's operator.
-- Columns: note?, id!
SELECT note, id FROM item WHERE note ~~~~ 'q';

-- name: case_below_where()
-- A CASE may be true of NULL.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE CASE WHEN discount > 0 THEN true ELSE price > 0 END;

-- name: exists_narrows_nothing_by_itself()
-- EXISTS of a sub-query that doesn't compare the column says nothing of it.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE EXISTS (SELECT FROM sale WHERE sale.item_id = item.id);

-- name: whole_row_is_not_null()
-- A whole row IS NOT NULL when all its columns are filled.
-- Columns: discount!, note!, last_mood!
SELECT discount, note, last_mood FROM item AS i WHERE i IS NOT NULL;

-- name: whole_row_is_null_negated()
-- NOT (row IS NULL) is true of a row with one column filled.
-- Columns: discount?, id!
SELECT discount, id FROM item AS i WHERE NOT i IS NULL;

-- name: composite_is_not_null()
-- A composite column IS NOT NULL when all its fields are filled.
-- Columns: home!, city!, nickname?
-- Data: INSERT INTO account (id, email, name, home) VALUES (1, 'a', 'a', ROW ('s', 'c', 'z'));
SELECT home, (home).city AS city, nickname FROM account WHERE home IS NOT NULL;

-- name: composite_is_distinct_from_null()
-- A composite value whose fields are NULL is distinct from NULL.
-- Columns: home!, city?
SELECT home, (home).city AS city FROM account WHERE home IS DISTINCT FROM NULL;

-- name: equal_columns()
-- Both sides of a comparison are filled.
-- Columns: discount!, refund!, note?
SELECT i.discount, s.refund, i.note FROM item AS i, sale AS s WHERE i.discount <> s.refund;

-- name: xor_of_booleans()
-- <> of two booleans is a comparison like any other.
-- Columns: paid!, refund?
SELECT paid, refund FROM sale WHERE paid <> (quantity > 100);

-- name: tests_of_null()
-- A column that IS NULL is NULL; what stands beside it is not touched.
-- Columns: discount?, note?, id!
SELECT discount, note, id FROM item WHERE discount IS NULL;

-- name: coalesced_boolean()
-- coalesce(test, true) lets NULL pass.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE coalesce(discount > 0, true);

-- name: comparison_with_a_fallback()
-- A comparison is strict in its column, whatever stands on the other side.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE discount > coalesce(price - 77, 0) OR discount <= coalesce(discount, 0);

-- name: deeply_nested()
-- Conjunctions below disjunctions: each arm tests the discount strictly, only one the note.
-- Columns: discount!, note?
SELECT discount, note FROM item
WHERE (discount > 0 AND note > '') OR (NOT (discount > 0 OR note = 'q') AND price > 0) OR (discount = 3 AND (note IS NULL OR price < 0));

-- name: row_inequality()
-- <> of two rows holds by one column alone.
-- Columns: discount?, note?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', 'b'), (2, 2, 2, 'a', NULL);
SELECT discount, note FROM item WHERE (discount, note) <> (1, 'x');

-- name: negated_row_equality()
-- So does NOT of =.
-- Columns: discount?, note?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', 'b'), (2, 2, 2, 'a', NULL);
SELECT discount, note FROM item WHERE NOT ((discount, note) = (1, 'x'));

-- name: row_in_list()
-- IN of rows compares every column.
-- Columns: discount!, note!, last_mood?
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a', 'x');
SELECT discount, note, last_mood FROM item WHERE (discount, note) IN ((1, 'x'), (2, 'y'));

-- name: row_not_in_list()
-- NOT IN of rows compares as far as it must.
-- Columns: discount?, note?
-- Data: INSERT INTO item VALUES (1, 1, NULL, 'a', 'b'), (2, 2, 77, 'a', NULL);
SELECT discount, note FROM item WHERE (discount, note) NOT IN ((1, 'x'), (2, 'y'));

-- name: rows_that_differ()
-- Rows IS DISTINCT FROM by one column.
-- Columns: discount?, note?
SELECT discount, note FROM item WHERE (discount, note) IS DISTINCT FROM (1, 'x');

-- name: row_in_a_row()
-- A row inside a row IS NOT NULL though its fields are.
-- Columns: discount?, note?, price!
SELECT discount, note, price FROM item WHERE ROW (ROW (discount, note), price) IS NOT NULL;

-- name: all_of_an_empty_array()
-- = ALL of an empty array is true of NULL, of one that has elements it is not.
-- Columns: discount?, refund!
SELECT i.discount, s.refund FROM item AS i, sale AS s WHERE i.discount = ALL ('{}') AND s.refund <> ALL ('{77,78}');

-- name: like_all()
-- So with LIKE ALL and LIKE ANY.
-- Columns: note?, buyer!
SELECT i.note, s.buyer FROM item AS i, sale AS s WHERE i.note LIKE ALL ('{}') AND s.buyer LIKE ANY ('{%,x}');

-- name: second_argument_of_nullif()
-- NULLIF is strict in its first argument only.
-- Columns: discount?, refund!
SELECT i.discount, s.refund FROM item AS i, sale AS s WHERE nullif(1, i.discount) = 1 AND nullif(s.refund, 77) > 0;

-- name: greatest_below_a_comparison()
-- GREATEST passes over NULL.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE greatest(discount, 1) > 0;

-- name: range_of_a_nullable_bound()
-- A range without a bound holds values.
-- Columns: discount?, id!
SELECT discount, id FROM item WHERE int4range(discount, 100) @> 50;

-- name: joined_array_below_a_comparison()
-- || of arrays takes NULL for an empty one.
-- Columns: flags?, id!
SELECT flags, id FROM account WHERE flags || ARRAY['a'] @> '{a}';

-- name: overlaps()
-- OVERLAPS may hold though an end is unknown.
-- Columns: paid_at?, id!
SELECT paid_at, id FROM purchase WHERE (ordered_at, paid_at) OVERLAPS ('-infinity'::timestamptz, '2030-01-01'::timestamptz);

-- name: element_in_where()
-- An element that is compared is of an array that is there, and at a place that is known.
-- Columns: flags!, place!, nickname?
SELECT a.flags, s.refund AS place, a.nickname FROM account AS a, sale AS s WHERE a.flags[s.refund] >= '';

-- name: field_in_where()
-- A field that is compared is of a composite that is there.
-- Columns: home!, city!, street?
SELECT home, (home).city AS city, (home).street AS street FROM account WHERE (home).city = 'c';

-- name: member_in_where()
-- A member that is compared is of a document that is there.
-- Columns: extra!, nickname?
SELECT extra, nickname FROM account WHERE extra ->> 'a' >= '';

-- name: comparison_of_comparisons()
-- Truth values compared are known.
-- Columns: discount!, note?
SELECT discount, note FROM item WHERE (discount > 0) = (price > 0);

-- name: grouped_where()
-- WHERE narrows what an aggregate works on, and without GROUP BY there may be nothing.
-- Columns: most?, items!
SELECT max(discount) AS most, count(*) AS items FROM item WHERE discount > 0;

-- name: where_on_an_aggregate_of_a_subquery()
-- A test of a sub-query's aggregate narrows it.
-- Columns: most!, title!, last?
SELECT x.most, x.title, x.last FROM (SELECT title, max(discount) AS most, max(note) AS last FROM item GROUP BY title) AS x WHERE x.most > 0;

-- name: where_on_a_window()
-- So with a window function.
-- Columns: before!, id!, note?
SELECT x.before, x.id, x.note FROM (SELECT lag(discount) OVER (ORDER BY id) AS before, id, note FROM item) AS x WHERE x.before > 0;

-- name: where_on_a_union()
-- A test of a union's column.
-- Columns: word!, id?
SELECT x.word, x.id FROM (SELECT note AS word, id FROM item UNION SELECT buyer, item_id FROM sale) AS x WHERE x.word LIKE '%';

-- name: inner_join_inside_an_outer_one()
-- ON of an inner join narrows inside; the outer join around it makes NULL again.
-- Columns: id!, refund?, discount?
SELECT f.id, s.refund, i.discount FROM shelf AS f LEFT JOIN (sale AS s JOIN item AS i ON i.discount = s.refund) ON s.id = f.id;

-- name: where_on_a_whole_row_of_the_nullable_side()
-- NOT (row IS NULL) says that the row is there.
-- Columns: id!, quantity!, refund?
SELECT s.id, s.quantity, s.refund FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id WHERE NOT (s IS NULL);

-- name: whole_row_with_a_composite()
-- A row IS NOT NULL by its columns, not by the fields of a composite among them.
-- Columns: home!, nickname!, street?
-- Data: INSERT INTO account SELECT 1, 'a', 'b', 'c', NULL, true, true, now(), now(), '2024-01-01', 1, 1, '{}', '{}', '{}', '{}', ROW (NULL, 'c', 'z')::address;
-- Data: UPDATE account SET manager_id = id;
SELECT home, nickname, (home).street AS street FROM account AS a WHERE a IS NOT NULL;

-- name: not_null_by_in_of_truth_values()
-- x IS NULL compared with a constant is no strict test of x.
-- Columns: note?, discount!
SELECT note, discount FROM item WHERE (note IS NULL) IN (true, false) AND (discount IS NULL) IS NOT TRUE;

-- name: whole_row_of_a_join_alias()
-- A join under one name: until PostgreSQL 15 its unmatched row is one of NULLs, from 16 on it is NULL.
-- Columns: quantity?
-- Until: 15
SELECT j.quantity
FROM item AS i LEFT JOIN (sale AS s JOIN item AS k ON k.id = s.item_id) AS j (sale_id, item_id, quantity)
    ON j.sale_id = -i.id
WHERE row_to_json(j) IS NOT NULL;
