-- COALESCE, CASE, NULLIF, GREATEST and LEAST.

-- name: coalesce_with_a_constant()
-- COALESCE with a constant is never NULL.
-- Columns: cut!, refund?
SELECT coalesce(i.discount, 0) AS cut, s.refund FROM item AS i, sale AS s;

-- name: coalesce_of_nullable_columns()
-- COALESCE of columns that may all be NULL may be NULL.
-- Columns: either?, surely!
SELECT coalesce(note, last_mood::text) AS either, coalesce(note, last_mood::text, title) AS surely FROM item;

-- name: coalesce_stops_at_the_first()
-- One argument that is never NULL is enough, wherever it stands.
-- Columns: first!, middle!
SELECT coalesce(price, discount) AS first, coalesce(discount, price, NULL) AS middle FROM item;

-- name: coalesce_of_an_aggregate()
-- The sum of no row is NULL; with a fallback it is not.
-- Columns: total!, bare?
SELECT coalesce(sum(quantity), 0) AS total, sum(quantity) AS bare FROM sale;

-- name: coalesce_of_a_subquery()
-- A scalar sub-query without a row is NULL.
-- Columns: buyer!, bare?
SELECT
    coalesce((SELECT s.buyer FROM sale AS s WHERE s.item_id = i.id LIMIT 1), 'nobody') AS buyer,
    (SELECT s.buyer FROM sale AS s WHERE s.item_id = i.id LIMIT 1) AS bare
FROM item AS i;

-- name: coalesce_in_an_expression()
-- A fallback that stands below a strict operator makes the whole filled.
-- Columns: net!, loose?
SELECT price - coalesce(discount, 0) AS net, price - discount AS loose FROM item;

-- name: coalesce_that_can_be_null()
-- A fallback that may be NULL itself is none.
-- Columns: weak?, strong!
SELECT coalesce(discount, nullif(price, 10)) AS weak, coalesce(nullif(price, 10), 0) AS strong FROM item;

-- name: coalesce_with_a_parameter(cut)
-- A parameter in COALESCE may be None, and is no fallback then.
-- Columns: loose?, firm!
-- Parameters: cut?
SELECT coalesce(discount, :cut) AS loose, coalesce(:cut, discount, 0) AS firm FROM item;

-- name: case_without_else()
-- CASE without ELSE is NULL where no test holds.
-- Columns: size?, id!
SELECT CASE WHEN price > 15 THEN 'dear' END AS size, id FROM item;

-- name: case_with_else()
-- CASE is never NULL where no arm is.
-- Columns: size!, note?
SELECT CASE WHEN price > 15 THEN 'dear' WHEN price > 5 THEN 'fair' ELSE 'cheap' END AS size, note FROM item;

-- name: case_with_a_null_arm()
-- One arm that may be NULL is enough.
-- Columns: label?, other?
SELECT
    CASE WHEN price > 15 THEN note ELSE title END AS label,
    CASE WHEN price > 15 THEN title WHEN price > 5 THEN NULL ELSE 'x' END AS other
FROM item;

-- name: case_of_values()
-- The short form is the same.
-- Columns: word?, sure!
SELECT
    CASE mood WHEN 'sad' THEN 'down' WHEN 'ok' THEN 'fine' END AS word,
    CASE mood WHEN 'sad' THEN 'down' ELSE 'fine' END AS sure
FROM item;

-- name: case_narrows_its_arm()
-- Where a test holds, what it tested strictly is filled.
-- Columns: cut!, other?
SELECT
    CASE WHEN discount > 0 THEN discount ELSE 0 END AS cut,
    CASE WHEN discount > 0 THEN last_mood::text ELSE '' END AS other
FROM item;

-- name: case_is_not_null()
-- IS NOT NULL in the test does so too.
-- Columns: label!, wrong?
SELECT
    CASE WHEN note IS NOT NULL THEN note ELSE title END AS label,
    CASE WHEN note IS NOT NULL THEN title ELSE note END AS wrong
FROM item;

-- name: case_is_null()
-- Where x IS NULL fails, x is filled in the arms that follow.
-- Columns: label!, wrong?
SELECT
    CASE WHEN note IS NULL THEN title ELSE note END AS label,
    CASE WHEN note IS NULL THEN note ELSE title END AS wrong
FROM item;

-- name: case_else_after_a_comparison()
-- A comparison that doesn't hold may be unknown, and what it compared NULL.
-- Columns: cut?, id!
SELECT CASE WHEN discount > 1 THEN 1 ELSE discount END AS cut, id FROM item;

-- name: case_with_several_tests()
-- Each arm has what its own test proved, and the tests before it failed.
-- Columns: best!, weak?
SELECT
    CASE WHEN discount IS NULL THEN 0 WHEN note IS NULL THEN discount ELSE discount + length(note) END AS best,
    CASE WHEN discount IS NULL THEN 0 WHEN price > 10 THEN discount ELSE length(note) END AS weak
FROM item;

-- name: case_over_a_left_join()
-- A CASE without NULL arms is filled even on the nullable side of a join.
-- Columns: sold!, how_many!, loose?
SELECT
    CASE WHEN s.id IS NULL THEN 'no' ELSE 'yes' END AS sold,
    CASE WHEN s.id IS NULL THEN 0 ELSE s.quantity END AS how_many,
    CASE WHEN s.gift THEN 0 ELSE s.quantity END AS loose
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: nested_case()
-- CASE inside CASE.
-- Columns: word!, gap?
SELECT
    CASE WHEN price > 15 THEN CASE WHEN discount > 1 THEN 'a' ELSE 'b' END ELSE 'c' END AS word,
    CASE WHEN price > 15 THEN CASE WHEN discount > 1 THEN 'a' END ELSE 'c' END AS gap
FROM item;

-- name: case_with_a_subquery()
-- A sub-query in an arm may have no row.
-- Columns: found?, counted!
SELECT
    CASE WHEN i.price > 0 THEN (SELECT s.quantity FROM sale AS s WHERE s.id = i.id) ELSE 0 END AS found,
    CASE WHEN i.price > 0 THEN (SELECT count(*) FROM sale AS s WHERE s.id = i.id) ELSE 0 END AS counted
FROM item AS i;

-- name: nullif_makes_null()
-- NULLIF of two filled columns is NULL where they are equal.
-- Columns: ratio?, price!
SELECT price / nullif(price - 10, 0) AS ratio, price FROM item;

-- name: greatest_and_least()
-- GREATEST and LEAST pass over NULL; one filled argument is enough.
-- Columns: most!, least!, loose?
SELECT greatest(price, discount) AS most, least(discount, price) AS least, greatest(discount, length(note)) AS loose FROM item;

-- name: greatest_with_a_parameter(floor)
-- A parameter of GREATEST may be None: it is passed over.
-- Columns: most!, loose?
-- Parameters: floor?
SELECT greatest(price, :floor) AS most, greatest(discount, :floor) AS loose FROM item;

-- name: coalesce_in_where()
-- A fallback in a test proves nothing of the column.
-- Columns: discount?, kept!
SELECT discount, coalesce(discount, 1) AS kept FROM item WHERE coalesce(discount, 1) > 0;

-- name: case_with_a_parameter(edge)
-- A parameter in the test of a CASE may be None: the test doesn't hold then.
-- Columns: size!, gap?
-- Parameters: edge?
SELECT CASE WHEN price > :edge THEN 'dear' ELSE 'cheap' END AS size, CASE WHEN price > :edge THEN 1 END AS gap FROM item;

-- name: nullif_with_a_parameter(word)
-- NULLIF is short for a CASE; with None it gives its first argument back.
-- Columns: title?, id!
-- Parameters: word?
SELECT nullif(title, :word) AS title, id FROM item;

-- name: boolean_case()
-- A CASE of truth values is one.
-- Columns: dear!, maybe?
SELECT CASE WHEN price > 15 THEN true ELSE false END AS dear, CASE WHEN price > 15 THEN true ELSE discount > 1 END AS maybe FROM item;

-- name: coalesce_of_composite()
-- COALESCE takes a composite value whose fields are NULL for a value.
-- Columns: home!, city?
SELECT coalesce(home, ROW ('s', 'c', 'z')::address) AS home, (coalesce(home, ROW ('s', 'c', 'z')::address)).city AS city FROM account;

-- name: case_of_a_conjunction_of_nulls()
-- Where (x IS NULL AND y IS NULL) fails, one of them is filled, but which?
-- Columns: weak?, strong!
SELECT
    CASE WHEN discount IS NULL AND note IS NULL THEN 0 ELSE discount END AS weak,
    CASE WHEN discount IS NULL OR note IS NULL THEN 0 ELSE discount + length(note) END AS strong
FROM item;

-- name: case_of_a_disjunction()
-- Where (x IS NOT NULL OR …) holds, x need not be filled.
-- Columns: weak?, strong!
SELECT
    CASE WHEN discount IS NOT NULL OR price > 0 THEN discount ELSE 0 END AS weak,
    CASE WHEN discount IS NOT NULL AND price > 0 THEN discount ELSE 0 END AS strong
FROM item;

-- name: case_of_a_negation()
-- NOT (x > 0) may be unknown in ELSE.
-- Columns: weak?, strong!
SELECT
    CASE WHEN NOT (discount > 1) THEN 1 ELSE discount END AS weak,
    CASE WHEN (discount > 0) IS NOT TRUE THEN 0 ELSE discount END AS strong
FROM item;

-- name: case_of_a_value_narrows()
-- The short form compares: its value is filled where an arm is taken.
-- Columns: known!, other?
SELECT CASE discount WHEN 1 THEN discount WHEN 2 THEN discount ELSE 0 END AS known, CASE discount WHEN 1 THEN 0 ELSE discount END AS other FROM item;

-- name: case_of_an_aggregate()
-- A test of an aggregate.
-- Columns: most!, loose?
SELECT CASE WHEN max(discount) IS NOT NULL THEN max(discount) ELSE 0 END AS most, CASE WHEN max(discount) IS NULL THEN max(discount) ELSE 0 END AS loose FROM item GROUP BY title;

-- name: case_of_something_volatile()
-- What changes each time is not known by a test.
-- Columns: odd?, id!
SELECT CASE WHEN nullif(nextval('ticket') % 2, 0) IS NOT NULL THEN nullif(nextval('ticket') % 2, 0) ELSE 1 END AS odd, id FROM item;

-- name: narrowed_arm_of_coalesce()
-- COALESCE of a CASE without ELSE.
-- Columns: sure!, loose?
SELECT coalesce(CASE WHEN price > 5 THEN title END, 'x') AS sure, coalesce(CASE WHEN price > 5 THEN title END, note) AS loose FROM item;

-- name: case_that_is_sure_of_its_condition()
-- IS NOT NULL of a value that is never NULL is true: no arm after it counts, nor does a missing ELSE.
-- Columns: sure!, negated!, both!, either!, loose?, half?
SELECT
    CASE WHEN id IS NOT NULL THEN title END AS sure,
    CASE WHEN id IS NULL THEN note ELSE title END AS negated,
    CASE WHEN id IS NOT NULL AND NOT (price IS NULL) THEN title END AS both,
    CASE WHEN discount = 1 OR id IS NOT NULL THEN title END AS either,
    CASE WHEN discount IS NOT NULL THEN title END AS loose,
    CASE WHEN id IS NOT NULL AND discount = 1 THEN title END AS half
FROM item;

-- name: case_that_asks_for_a_matched_row()
-- The same test of a joined row is sure behind an inner join, and not behind an outer one.
-- Columns: shown!, left?
SELECT a.shown, b.left
FROM
    (SELECT CASE WHEN s.id IS NOT NULL THEN i.title END AS shown FROM sale AS s JOIN item AS i ON i.id = s.item_id) AS a,
    (SELECT CASE WHEN i.id IS NOT NULL THEN i.title END AS left FROM sale AS s LEFT JOIN item AS i ON i.id = s.item_id) AS b;

-- name: case_of_all_fields()
-- A row IS NOT NULL only when all of its fields are.
-- Columns: all_filled?, id!
SELECT CASE WHEN i IS NOT NULL THEN i.title END AS all_filled, id FROM item AS i;

-- name: case_that_repeats_where()
-- WHERE has said it; another value, or the same of the other row of a join, it hasn't.
-- Columns: same!, other?, turned?
SELECT
    CASE WHEN i.price = 2 THEN i.title END AS same,
    CASE WHEN i.price = 1 THEN i.title END AS other,
    CASE WHEN k.price = 2 THEN i.title END AS turned
FROM item AS i, item AS k
WHERE i.price = 2;

-- name: case_that_repeats_one_of_two_conditions()
-- Of an OR only one need be true.
-- Columns: title?, id!
SELECT CASE WHEN price = 2 THEN title END AS title, id FROM item WHERE price = 2 OR price = 1;

-- name: case_that_repeats_where_of_the_old_row()
-- RETURNING sees the new row.
-- Columns: price!, word?
UPDATE item SET price = price + 1 WHERE price = 2 RETURNING price, CASE WHEN price = 2 THEN title END AS word;

-- name: case_that_repeats_a_volatile_condition()
-- What is asked twice may be answered differently.
-- Columns: word?, one!
SELECT CASE WHEN nextval('ticket') % 2 = 0 THEN 'x' END AS word, 1 AS one FROM generate_series(1, 5) WHERE nextval('ticket') % 2 = 0 OR true;

-- name: case_that_repeats_where_of_no_group(price)
-- An aggregate without GROUP BY answers where WHERE let nothing pass.
-- Columns: word?, many!
-- Parameters: price?
SELECT CASE WHEN :price::integer = 2 THEN 'two' END AS word, count(*) AS many FROM item WHERE :price::integer = 2;

-- name: case_of_what_is_left_over()
-- Not both are NULL; when the first is, the second isn't.
-- Columns: one!, other!, wrong?, weak?
SELECT
    CASE WHEN discount IS NULL AND note IS NULL THEN 'none' WHEN discount IS NULL THEN note ELSE 'some' END AS one,
    CASE WHEN discount IS NULL AND note IS NULL AND price > 1 THEN '' WHEN price > 1 AND note IS NULL THEN discount::text ELSE title END AS other,
    CASE WHEN discount IS NULL AND note IS NULL THEN 'none' WHEN note IS NULL THEN note ELSE 'some' END AS wrong,
    CASE WHEN discount IS NULL AND note IS NULL AND price > 100 THEN '' WHEN discount IS NULL THEN note ELSE title END AS weak
FROM item;

-- name: case_of_equal_constants()
-- 1 = 1 is true of every row, NULL = NULL of none.
-- Columns: yes!, no?, unknown?, id!
SELECT CASE WHEN 1 = 1 THEN title END AS yes, CASE WHEN 1 = 2 THEN title END AS no, CASE WHEN NULL = NULL THEN title END AS unknown, id FROM item;
