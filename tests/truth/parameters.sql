-- Parameters: when does None change what a statement does to something other than nothing?

-- name: compared(price)
-- Compared strictly in WHERE, None finds nothing.
-- Columns: id!, note?
-- Parameters: price!
SELECT id, note FROM item WHERE price > :price;

-- name: compared_with_a_pattern(pattern)
-- So with LIKE.
-- Columns: id!, note?
-- Parameters: pattern!
-- Try: pattern = %
SELECT id, note FROM item WHERE title LIKE :pattern;

-- name: compared_through_an_expression(word)
-- So through strict functions and operators.
-- Columns: id!, note?
-- Parameters: word!
-- Try: word = A
SELECT id, note FROM item WHERE title = lower(:word::text);

-- name: pattern_around_a_parameter(word)
-- '%' || :x || '%' is NULL with None.
-- Columns: id!, note?
-- Parameters: word!
SELECT id, note FROM item WHERE title ILIKE '%' || :word::text || '%';

-- name: pattern_by_concat(word)
-- concat('%', :x, '%') is not: None finds everything.
-- Columns: id!, note?
-- Parameters: word?
SELECT id, note FROM item WHERE title ILIKE concat('%', :word::text, '%');

-- name: between(low, high)
-- Both ends of BETWEEN.
-- Columns: id!, note?
-- Parameters: low!, high!
SELECT id, note FROM item WHERE price BETWEEN :low AND :high;

-- name: not_between(low, high)
-- NOT BETWEEN is one test or the other: by rule neither takes None.
-- Columns: id!, note?
-- Parameters: low! by-rule, high! by-rule
SELECT id, note FROM item WHERE price NOT BETWEEN :low AND :high;

-- name: optional_filter(note)
-- :x IS NULL OR … is the filter that None switches off.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE :note::text IS NULL OR note = :note;

-- name: optional_filter_turned_round(note)
-- In any order.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE note = :note::text OR :note::text IS NULL;

-- name: two_optional_filters(note, floor)
-- Each for itself.
-- Columns: id!, note?
-- Parameters: note?, floor?
SELECT id, note FROM item WHERE (:note::text IS NULL OR note = :note) AND (:floor::integer IS NULL OR price >= :floor);

-- name: optional_and_needed(note, floor)
-- One optional, one needed.
-- Columns: id!, note?
-- Parameters: note?, floor!
SELECT id, note FROM item WHERE (:note::text IS NULL OR note = :note) AND price >= :floor;

-- name: optional_but_needed(floor)
-- A parameter that is compared strictly beside is needed all the same.
-- Columns: id!, note?
-- Parameters: floor!
SELECT id, note FROM item WHERE (:floor::integer IS NULL OR price > 0) AND price >= :floor;

-- name: optional_by_coalesce(note)
-- x = coalesce(:x, x) is the other way to write it.
-- Columns: id!, note!
-- Parameters: note?
SELECT id, note FROM item WHERE note = coalesce(:note, note);

-- name: optional_list(ids)
-- Of a list.
-- Columns: id!, note?
-- Parameters: ids[!]?
SELECT id, note FROM item WHERE :ids::integer[] IS NULL OR id = ANY (:ids);

-- name: optional_by_case(note)
-- By CASE.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE CASE WHEN :note::text IS NULL THEN true ELSE note = :note END;

-- name: is_not_null(note)
-- :x IS NOT NULL as a condition: None finds nothing.
-- Columns: id!, note?
-- Parameters: note!
SELECT id, note FROM item WHERE :note::text IS NOT NULL;

-- name: is_not_null_or(note)
-- In one arm of OR the other arm remains, but the test is a test of None.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE :note::text IS NOT NULL OR price > 5;

-- name: is_null_of_a_column(note)
-- IS NOT DISTINCT FROM finds the rows of NULL by None.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE note IS NOT DISTINCT FROM :note;

-- name: is_distinct_from(note)
-- IS DISTINCT FROM those of a value.
-- Columns: id!, note?
-- Parameters: note?
SELECT id, note FROM item WHERE note IS DISTINCT FROM :note;

-- name: is_distinct_from_through_an_expression(cut)
-- Through a strict expression, too.
-- Columns: id!, discount?
-- Parameters: cut?
SELECT id, discount FROM item WHERE discount IS DISTINCT FROM :cut + 1;

-- name: is_true_of_a_comparison(floor)
-- (x > :x) IS TRUE is false of None.
-- Columns: id!, note?
-- Parameters: floor!
SELECT id, note FROM item WHERE (price > :floor) IS TRUE;

-- name: is_not_true_of_a_comparison(floor)
-- IS NOT TRUE is true of None.
-- Columns: id!, note?
-- Parameters: floor?
SELECT id, note FROM item WHERE (price > :floor) IS NOT TRUE;

-- name: is_unknown_of_a_comparison(floor)
-- IS NOT FALSE holds where the comparison is unknown.
-- Columns: id!, note?
-- Parameters: floor?
SELECT id, note FROM item WHERE (price > :floor) IS NOT FALSE;

-- name: one_arm_of_or(floor)
-- In one arm of OR a strict comparison leaves the other arm: by rule that's no use of None.
-- Columns: id!, note?
-- Parameters: floor! by-rule
SELECT id, note FROM item WHERE price > :floor OR note = 'x';

-- name: every_arm_of_or(word)
-- In every arm None finds nothing.
-- Columns: id!, note?
-- Parameters: word!
SELECT id, note FROM item WHERE title = :word OR note = :word;

-- name: limit(max_rows, skipped)
-- LIMIT and OFFSET of None are none; by rule they take numbers.
-- Columns: id!, note?
-- Parameters: max_rows! by-rule, skipped! by-rule
SELECT id, note FROM item ORDER BY id LIMIT :max_rows OFFSET :skipped;

-- name: strict_in_the_select_list(factor)
-- A strict expression in the select list is NULL with None; so is its column.
-- Columns: id!, more?, price!
-- Parameters: factor! by-rule
SELECT id, price * :factor AS more, price FROM item;

-- name: strict_and_compared(factor)
-- Compared strictly as well, it is there where a row is.
-- Columns: id!, more!, note?
-- Parameters: factor!
SELECT id, price * :factor AS more, note FROM item WHERE price > :factor;

-- name: fallback_in_the_select_list(word)
-- An argument of COALESCE may be None.
-- Columns: id!, word!, note?
-- Parameters: word?
SELECT id, coalesce(:word, note, title) AS word, note FROM item;

-- name: fallback_and_compared(word)
-- Compared strictly as well, it may not.
-- Columns: id!, word!, note?
-- Parameters: word!
SELECT id, coalesce(:word, note) AS word, note FROM item WHERE title <> :word;

-- name: argument_of_concat(word)
-- concat takes None for nothing.
-- Columns: label!, note?
-- Parameters: word?
SELECT concat(title, :word::text) AS label, note FROM item;

-- name: argument_of_format(word)
-- So does format.
-- Columns: label!, note?
-- Parameters: word?
SELECT format('%s: %s', title, :word::text) AS label, note FROM item;

-- name: argument_of_a_strict_function(word)
-- A strict function gives NULL for it.
-- Columns: label?, id!
-- Parameters: word! by-rule
SELECT replace(title, :word, '') AS label, id FROM item;

-- name: count_of_nulls(word)
-- num_nulls counts it.
-- Columns: missing!, note?
-- Parameters: word?
SELECT num_nulls(note, :word::text) AS missing, note FROM item;

-- name: in_a_row(word)
-- A field of a row may be NULL.
-- Columns: place!, note?
-- Parameters: word?
SELECT ROW (:word, 'c', 'z')::address AS place, note FROM item;

-- name: tested_in_the_select_list(word)
-- IS NULL is a test anywhere.
-- Columns: given!, note?
-- Parameters: word?
SELECT :word::text IS NOT NULL AS given, note FROM item;

-- name: order_by_a_parameter(column)
-- A CASE that chooses the order.
-- Columns: id!, note?
-- Parameters: column?
SELECT id, note FROM item ORDER BY CASE :column::text WHEN 'price' THEN price ELSE id END;

-- name: assigned(note, title)!
-- Assigned to columns.
-- Parameters: note?, title!
UPDATE item SET note = :note, title = :title WHERE price > 0;

-- name: assigned_strictly(discount, price)!
-- Through a strict expression NULL arrives as well.
-- Parameters: discount?, price!
UPDATE item SET discount = :discount + 1, price = :price * 2 WHERE id > 0;

-- name: assigned_with_a_column(discount)
-- Also through an expression with a column.
-- Columns: id!, discount?
-- Parameters: discount?
UPDATE item SET discount = price - :discount WHERE id > 0 RETURNING id, discount;

-- name: assigned_through_a_function(note, title)!
-- And through functions of text.
-- Parameters: note?, title!
UPDATE item SET note = lower(:note), title = trim(:title) WHERE id > 0;

-- name: assigned_and_compared(note)!
-- Compared strictly as well, None changes no row.
-- Parameters: note!
UPDATE item SET note = :note WHERE title <> :note;

-- name: assigned_and_optional(note)!
-- Tested for None in WHERE and assigned.
-- Parameters: note?
UPDATE item SET note = :note WHERE :note::text IS NULL OR title <> :note;

-- name: assigned_to_both(word)!
-- A NOT NULL column refuses what a nullable one takes.
-- Parameters: word!
INSERT INTO item (id, price, title, note) VALUES (50, 1, :word, :word);

-- name: assigned_by_a_subquery(note)!
-- Through a scalar sub-query.
-- Parameters: note?
UPDATE item SET note = (SELECT :note::text) WHERE id > 0;

-- name: assigned_by_values(note, title)!
-- Through VALUES in FROM.
-- Parameters: note?, title!
UPDATE item SET note = v.note, title = v.title FROM (VALUES (:note::text, :title::text)) AS v (note, title) WHERE item.id > 0;

-- name: keys_and_values(id, note)!
-- Through VALUES in FROM, of which one column is compared.
-- Parameters: id!, note?
UPDATE item SET note = v.note FROM (VALUES (:id::integer, :note::text)) AS v (id, note) WHERE item.id = v.id;

-- name: assigned_by_a_cte(note, id)!
-- Through WITH.
-- Parameters: note?, id!
WITH v AS (SELECT :id::integer AS id, :note::text AS note) UPDATE item SET note = v.note FROM v WHERE item.id = v.id;

-- name: union_of_inserts(first, second)!
-- Through a union.
-- Parameters: first?, second?
INSERT INTO item (id, price, title, note) SELECT 50, 1, 'a', :first UNION ALL SELECT 51, 1, 'b', :second;

-- name: upsert(note, cut)!
-- In both halves of an upsert.
-- Parameters: note?, cut?
INSERT INTO item (id, price, title, note) VALUES (1, 1, 'a', :note) ON CONFLICT (id) DO UPDATE SET note = excluded.note, discount = :cut;

-- name: filter_of_an_aggregate(floor)
-- In FILTER.
-- Columns: items!, most?
-- Parameters: floor! by-rule
SELECT count(*) FILTER (WHERE price >= :floor) AS items, max(price) FILTER (WHERE price >= :floor) AS most FROM item;

-- name: aggregate_of_what_was_found(floor)
-- An aggregate without GROUP BY has its row in any case; by rule its test doesn't take None.
-- Columns: items!, most?
-- Parameters: floor! by-rule
SELECT count(*) AS items, max(price) AS most FROM item WHERE price >= :floor;

-- name: groups_of_what_was_found(floor)
-- With GROUP BY there is no group.
-- Columns: title!, items!, most?
-- Parameters: floor!
SELECT title, count(*) AS items, max(discount) AS most FROM item WHERE price >= :floor GROUP BY title;

-- name: outer_join_condition(buyer)
-- In ON of an outer join.
-- Columns: id!, sale_id?
-- Parameters: buyer! by-rule
SELECT i.id, s.id AS sale_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id AND s.buyer = :buyer;

-- name: outer_join_condition_that_tests(buyer)
-- Tested for None there, it is an option.
-- Columns: id!, sale_id?
-- Parameters: buyer?
SELECT i.id, s.id AS sale_id FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id AND (:buyer::text IS NULL OR s.buyer = :buyer);

-- name: union_sides(word, floor)
-- Each side of a union has its own WHERE: None takes one side's rows away, not the other's.
-- Columns: id!, word?
-- Parameters: word! by-rule, floor! by-rule
SELECT id, note AS word FROM item WHERE title = :word UNION ALL SELECT id, buyer FROM sale WHERE quantity > :floor;

-- name: keyset(after_price, after_id)
-- The page after a key: a comparison of rows.
-- Columns: id!, price!, note?
-- Parameters: after_price!, after_id! by-rule
SELECT id, price, note FROM item WHERE (price, id) > (:after_price, :after_id) ORDER BY price, id;

-- name: optional_keyset(after_id)
-- The first page by None.
-- Columns: id!, note?
-- Parameters: after_id?
SELECT id, note FROM item WHERE :after_id::integer IS NULL OR id > :after_id ORDER BY id LIMIT 3;

-- name: date_range(since, until)
-- Times compared through intervals.
-- Columns: id!, paid_at?
-- Parameters: since!, until!
-- Try: until = 2030-01-01
SELECT id, paid_at FROM purchase WHERE ordered_at >= :since AND ordered_at < :until::date + 1;

-- name: interval_by_number(days)
-- A number of days in the past.
-- Columns: id!, paid_at?
-- Parameters: days!
SELECT id, paid_at FROM purchase WHERE ordered_at < now() - :days * interval '1 day';

-- name: interval_by_function(days)
-- make_interval is strict.
-- Columns: id!, paid_at?
-- Parameters: days!
SELECT id, paid_at FROM purchase WHERE ordered_at < now() - make_interval(days => :days);

-- name: exists_test(buyer)
-- Within EXISTS in WHERE None finds nothing.
-- Columns: id!, note?
-- Parameters: buyer!
SELECT id, note FROM item AS i WHERE EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id AND s.buyer = :buyer);

-- name: having(least)
-- In HAVING.
-- Columns: title!, most?
-- Parameters: least!
SELECT title, max(discount) AS most FROM item GROUP BY title HAVING count(*) >= :least;

-- name: greatest(floor)
-- GREATEST passes over None.
-- Columns: id!, note?
-- Parameters: floor?
SELECT id, note FROM item WHERE price >= greatest(:floor, 1);

-- name: composite(home)
-- A composite parameter assigned to a composite column.
-- Columns: id!, home?
-- Parameters: home?
UPDATE account SET home = :home RETURNING id, home;

-- name: enumeration(mood, last_mood)
-- Enumerations compared and assigned.
-- Columns: id!, last_mood?
-- Parameters: mood!, last_mood?
UPDATE item SET last_mood = :last_mood WHERE mood = :mood RETURNING id, last_mood;

-- name: boolean(paid)
-- A truth value as a condition by itself.
-- Columns: id!, buyer?
-- Parameters: paid!
SELECT id, buyer FROM sale WHERE :paid::boolean;

-- name: boolean_and_column(paid)
-- AND of a parameter and a column in OR.
-- Columns: id!, paid?
-- Parameters: paid! by-rule
SELECT id, paid FROM sale WHERE (:paid::boolean AND gift) OR quantity > 1;

-- name: negated_boolean(paid)
-- NOT is strict.
-- Columns: id!, paid?
-- Parameters: paid!
SELECT id, paid FROM sale WHERE NOT :paid::boolean;

-- name: time_zone(zone)
-- A zone in the select list.
-- Columns: id!, there?
-- Parameters: zone! by-rule
-- Try: zone = UTC
SELECT id, sold_at AT TIME ZONE :zone AS there FROM sale;

-- name: document(note)
-- Inside a document that is built.
-- Columns: document!, note?
-- Parameters: note?
SELECT jsonb_build_object('note', :note::text) AS document, note FROM item;

-- name: notify(message)
-- pg_notify takes None for an empty message.
-- Columns: done!, id!, note?
-- Parameters: message?
SELECT pg_notify('truth', :message) AS done, id, note FROM item;

-- name: limit_with_a_fallback(max_rows, skipped)
-- LIMIT of COALESCE takes None for the fallback.
-- Columns: id!, note?
-- Parameters: max_rows?, skipped?
SELECT id, note FROM item ORDER BY id LIMIT coalesce(:max_rows, 3) OFFSET coalesce(:skipped, 0);

-- name: list_with_a_fallback(ids)
-- = ANY of COALESCE.
-- Columns: id!, note?
-- Parameters: ids[!]?
SELECT id, note FROM item WHERE id = ANY (coalesce(:ids, ARRAY[id]));

-- name: test_inside_exists(buyer)
-- An option inside EXISTS.
-- Columns: id!, note?
-- Parameters: buyer?
SELECT id, note FROM item AS i WHERE EXISTS (SELECT FROM sale AS s WHERE s.item_id = i.id AND (:buyer::text IS NULL OR s.buyer = :buyer));

-- name: test_inside_filter(buyer)
-- An option inside FILTER.
-- Columns: sales!, most?
-- Parameters: buyer?
SELECT count(*) FILTER (WHERE :buyer::text IS NULL OR buyer = :buyer) AS sales, max(refund) AS most FROM sale;

-- name: both_sides_of_a_union(word)
-- Compared strictly on both sides of a union, None finds nothing.
-- Columns: id!, word?
-- Parameters: word!
SELECT id, note AS word FROM item WHERE title = :word UNION ALL SELECT id, NULL FROM sale WHERE buyer = :word;

-- name: right_side_of_except(word)
-- What EXCEPT takes away is nothing with None.
-- Columns: id!, word?
-- Parameters: word! by-rule
SELECT id, note AS word FROM item EXCEPT SELECT id, buyer FROM sale WHERE buyer = :word;

-- name: writing_cte(id)
-- A strict test in a WITH query that writes, of which the result is counted.
-- Columns: changed!, last?
-- Parameters: id! by-rule
WITH w AS (UPDATE item SET note = 'x' WHERE id = :id RETURNING id) SELECT count(*) AS changed, max(id) AS last FROM w;

-- name: cte_on_the_nullable_side(floor)
-- A strict test in a WITH query on the nullable side.
-- Columns: id!, sale_id?
-- Parameters: floor! by-rule
WITH w AS (SELECT id, item_id FROM sale WHERE quantity > :floor) SELECT i.id, w.id AS sale_id FROM item AS i LEFT JOIN w ON w.item_id = i.id;

-- name: itself_as_a_row(number)
-- A parameter without a table, compared.
-- Columns: number!, next!, gap?
-- Parameters: number!
SELECT :number::integer AS number, :number::integer + 1 AS next, nullif(:number::integer, 1) AS gap WHERE :number::integer >= 0;

-- name: itself_under_or(number)
-- Compared in one arm of OR it may be NULL.
-- Columns: number?, id!
-- Parameters: number! by-rule
SELECT :number::integer AS number, id FROM item WHERE price > :number::integer OR price > 0;

-- name: itself_in_an_outer_join(buyer)
-- Compared in ON of an outer join, too.
-- Columns: asked?, id!
-- Parameters: buyer! by-rule
SELECT upper(:buyer::text) AS asked, i.id FROM item AS i LEFT JOIN sale AS s ON s.buyer = :buyer;

-- name: elements_of_an_array(numbers)
-- Elements of a parameter, tested.
-- Columns: number!, gap?
-- Parameters: numbers[!]!
SELECT u.number, nullif(u.number, 1) AS gap FROM unnest(:numbers::integer[]) AS u (number) WHERE u.number > 0;

-- name: assigned_by_a_lateral_subquery(note)!
-- Through a sub-query beside.
-- Parameters: note?
UPDATE item SET note = x.note FROM (SELECT lower(:note::text) AS note) AS x WHERE item.id > 0;

-- name: assigned_in_a_writing_cte(note, title)
-- Inside WITH, beside a query that reads.
-- Columns: id!, note?
-- Parameters: note?, title!
WITH w AS (INSERT INTO item (id, price, title, note) VALUES (50, 1, :title, :note) RETURNING id, note) SELECT w.id, w.note FROM w;

-- name: assigned_through_a_union(note)
-- In rows that are united, and tested nowhere.
-- Columns: id!, note?
-- Parameters: note?
INSERT INTO item (id, price, title, note) SELECT 50, 1, 'a', x.note FROM (SELECT :note::text AS note UNION ALL SELECT 'x') AS x LIMIT 1 RETURNING id, note;

-- name: into_a_document(name)
-- Inside a document that is assigned.
-- Columns: extra!, nickname?
-- Parameters: name?
UPDATE account SET extra = jsonb_build_object('name', :name::text) RETURNING extra, nickname;

-- name: into_a_not_null_document(name, profile)
-- A document with a fallback for a NOT NULL column.
-- Columns: profile!, nickname?
-- Parameters: name?, profile?
UPDATE account SET profile = coalesce(:profile, '{}'::jsonb) || jsonb_build_object('name', :name::text) RETURNING profile, nickname;

-- name: nullif_of_a_blank(note)
-- NULLIF makes NULL of a blank text, as None does.
-- Columns: note?, id!
-- Parameters: note?
UPDATE item SET note = nullif(trim(:note), '') WHERE id > 0 RETURNING note, id;

-- name: concatenated_with_a_column(note)
-- || with None clears the column.
-- Columns: note?, id!
-- Parameters: note?
UPDATE item SET note = note || :note WHERE id > 0 RETURNING note, id;

-- name: number_in_a_date(days)
-- A date computed and assigned.
-- Columns: id!, due_on?
-- Parameters: days?
UPDATE task SET due_on = current_date + :days::integer RETURNING id, due_on;

-- name: time_computed_for_a_not_null_column(seconds)
-- The same for a column that refuses NULL.
-- Columns: id!, run_at!, error?
-- Parameters: seconds!
UPDATE job SET run_at = now() + make_interval(secs => :seconds) RETURNING id, run_at, error;

-- name: strict_inside_a_tested_expression(word)
-- Through strict functions up to IS NULL.
-- Columns: id!, note?
-- Parameters: word?
SELECT id, note FROM item WHERE lower(trim(:word::text)) IS NULL OR note = :word;

-- name: keys_of_a_document(key, value, other)
-- A JSON object takes NULL as a value, as a key it is an error.
-- Columns: document!, note?
-- Parameters: key!, value?, other?
SELECT jsonb_build_object(:key::text, :value::text, 'other', :other::integer) AS document, note FROM item;

-- name: document_of_an_array(key, value)
-- Handed over as an array they are elements of it.
-- Columns: document?, note?
-- Parameters: key?, value?
SELECT nullif(jsonb_build_array(VARIADIC ARRAY[:key::text, :value::text]), '["a", "a"]') AS document, note FROM item;

-- name: several_columns_from_a_sub_select(discount, note, price)
-- SET (a, b) = (SELECT …) assigns each column of the sub-select.
-- Columns: id!
-- Parameters: discount?, note?, price!
UPDATE item SET (discount, note, price) = (SELECT :discount::integer, q.note, :price::integer FROM (SELECT :note::text AS note) AS q)
RETURNING id;

-- name: written_from_a_with_query(note)
-- A write in WITH reads the WITH query beside it.
-- Columns: id!
-- Parameters: note?
WITH asked AS (SELECT :note::text AS note), noted AS (UPDATE item SET note = asked.note FROM asked RETURNING id)
SELECT id FROM noted;
