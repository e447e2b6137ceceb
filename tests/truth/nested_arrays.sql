-- Elements of arrays: what made them says whether they may be NULL.

-- name: of_columns()
-- ARRAY[…] holds what is written in it.
-- Columns: sure[!]!, mixed[?]!, empty[]!, of_null[?]!, constant[!]!, with_null[?]!
SELECT ARRAY[id, price] AS sure, ARRAY[id, discount] AS mixed, ARRAY[]::integer[] AS empty, ARRAY[NULL] AS of_null, ARRAY[1, 2] AS constant, '{1,NULL}'::integer[] AS with_null FROM item;

-- name: of_a_select()
-- ARRAY(SELECT …) holds what the sub-query returns; without rows it is empty.
-- Columns: ids[!]!, refunds[?]!, known[!]!
SELECT ARRAY(SELECT s.id FROM sale AS s WHERE s.item_id = i.id) AS ids, ARRAY(SELECT s.refund FROM sale AS s) AS refunds, ARRAY(SELECT s.refund FROM sale AS s WHERE s.refund IS NOT NULL) AS known FROM item AS i;

-- name: aggregated()
-- array_agg keeps NULLs (manual, 9.21).
-- Columns: item_id?, ids[!]!, refunds[?]!, known[!]?, positive[!]?
SELECT item_id, array_agg(id) AS ids, array_agg(refund) AS refunds, array_agg(refund) FILTER (WHERE refund IS NOT NULL) AS known, array_agg(refund) FILTER (WHERE refund > 0) AS positive FROM sale GROUP BY item_id;

-- name: aggregated_of_nothing()
-- Without rows array_agg is NULL, its elements are not.
-- Columns: ids[!]?, notes[?]?, sure[!]!
SELECT array_agg(id) AS ids, array_agg(note) AS notes, coalesce(array_agg(id), '{}') AS sure FROM item;

-- name: aggregated_over_an_outer_join()
-- The row without a counterpart is an element that is NULL.
-- Columns: id!, sale_ids[?]!, ids[!]?, sure[!]!
SELECT i.id, array_agg(s.id) AS sale_ids, array_agg(s.id) FILTER (WHERE s.id IS NOT NULL) AS ids, coalesce(array_agg(s.id) FILTER (WHERE s.id IS NOT NULL), '{}') AS sure FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY i.id;

-- name: aggregated_distinct_and_ordered()
-- DISTINCT and ORDER BY change which and where, not what.
-- Columns: quantities[!]!, refunds[?]!
SELECT array_agg(DISTINCT quantity) AS quantities, array_agg(refund ORDER BY id DESC) AS refunds FROM sale GROUP BY gift;

-- name: aggregated_in_a_window()
-- A frame with the current row in it.
-- Columns: ids[!]!, refunds[?]!, before[!]?
SELECT array_agg(id) OVER (ORDER BY id) AS ids, array_agg(refund) OVER (PARTITION BY gift) AS refunds, array_agg(id) OVER (ORDER BY id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM sale;

-- name: aggregated_by_grouping_sets()
-- A key that isn't in the set is NULL, and the row of no set at all has no elements.
-- Columns: gift?, flags[?]!, ids[!]!
SELECT gift, array_agg(paid) AS flags, array_agg(id) AS ids FROM sale GROUP BY GROUPING SETS ((gift), (buyer));

-- name: aggregated_arrays()
-- array_agg of arrays adds a dimension (manual, 9.21).
-- Columns: pairs[[!]!]!, mixed[[?]!]!
SELECT array_agg(ARRAY[id, price]) AS pairs, array_agg(ARRAY[id, discount]) AS mixed FROM item GROUP BY mood;

-- name: sliced()
-- A slice has elements of its array.
-- Columns: some[!]!, others[?]!, gone[!]?
SELECT (ARRAY[id, price, 3])[1:2] AS some, (ARRAY[id, discount])[1:2] AS others, (ARRAY[id, price])[1:discount] AS gone FROM item;

-- name: appended()
-- What is added may be NULL; an array that is NULL adds nothing.
-- Columns: sure[!]!, sure_operator[!]!, more[?]!, first[?]!, joined[!]!, joined_gap[?]!, maybe[!]?
SELECT array_append(ARRAY[id], price) AS sure, ARRAY[id] || price AS sure_operator, array_append(ARRAY[id], discount) AS more, array_prepend(discount, ARRAY[id]) AS first, ARRAY[id] || ARRAY[price] AS joined, array_cat(ARRAY[id], ARRAY[discount]) AS joined_gap, CASE WHEN discount > 1 THEN ARRAY[id] END || CASE WHEN discount > 1 THEN ARRAY[price] END AS maybe FROM item;

-- name: removed()
-- Removing NULL takes those away; removing something else doesn't.
-- Columns: filled[!]!, less[?]!, sure[!]!, from_gap[!]?
SELECT array_remove(words, NULL) AS filled, array_remove(words, 'b') AS less, array_remove(ARRAY[txt, short], 'x') AS sure, array_remove(ints_n, NULL) AS from_gap FROM thing WHERE array_ndims(words) IS DISTINCT FROM 2;

-- name: replaced()
-- Replacing by NULL brings it in, replacing NULL by a value takes it out.
-- Columns: sure[!]!, holed[?]!, mended[!]!
SELECT array_replace(ARRAY[id, price], 1, 2) AS sure, array_replace(ARRAY[id, price], id, NULL) AS holed, array_replace(ARRAY[discount], NULL, 0) AS mended FROM item;

-- name: made_by_functions()
-- Functions that make arrays.
-- Columns: zeros[!]!, gaps[?]!, places[!]!, split[!]!, by_regex[!]!, lexemes[!]!, moods[!]!, schemas[!]!
SELECT array_fill(0, ARRAY[2]) AS zeros, array_fill(int_n, ARRAY[2]) AS gaps, array_positions(ARRAY[id, 1], 1) AS places, string_to_array(txt, 'e') AS split, regexp_split_to_array(txt, 'e') AS by_regex, tsvector_to_array(lexemes) AS lexemes, enum_range(NULL::mood) AS moods, current_schemas(true) AS schemas FROM thing;

-- name: split_with_a_word_for_null()
-- The third argument of string_to_array says which text is NULL (manual, 9.19).
-- Columns: parts[?]!
SELECT string_to_array(txt, 'e', 't') AS parts FROM thing;

-- name: matched()
-- A group that takes no part in a match is NULL (manual, 9.7.3).
-- Columns: found[?]?, each[?]!
SELECT regexp_match(s.buyer, '(a)(n)?') AS found, m.parts AS each FROM sale AS s CROSS JOIN LATERAL regexp_matches(coalesce(s.buyer, 'a') || 'a', '(a)(n)?', 'g') AS m (parts);

-- name: cast()
-- A cast of an array casts every element; of a text it may bring NULL.
-- Columns: longer[!]!, texts[!]!, mixed[?]!, domains[!]!, read[?]!, names[!]!
SELECT ARRAY[id, small]::bigint[] AS longer, ARRAY[id]::text[] AS texts, ARRAY[id, int_n]::numeric[] AS mixed, ARRAY[pos, 1]::posint[] AS domains, words::text::text[] AS read, ARRAY[txt]::name[] AS names FROM thing;

-- name: stored()
-- A column holds any array, NOT NULL or not; a CHECK may say more.
-- Columns: names[!]!, others[!]?, loose[?]!, words[!]!
SELECT names, others, loose, words FROM listed;

-- name: chosen()
-- COALESCE, CASE, GREATEST: what each that may be chosen holds.
-- Columns: first[?]!, sure[!]!, either[?]!, both[!]!, most[!]!, cut[!]?
SELECT coalesce(CASE WHEN price > 1 THEN ARRAY[discount] END, ARRAY[id]) AS first, coalesce(CASE WHEN price > 1 THEN ARRAY[price] END, ARRAY[id]) AS sure, CASE WHEN price > 1 THEN ARRAY[discount] ELSE ARRAY[id] END AS either, CASE WHEN price > 1 THEN ARRAY[price] ELSE ARRAY[id] END AS both, greatest(ARRAY[id], ARRAY[price]) AS most, nullif(ARRAY[id], ARRAY[price]) AS cut FROM item;

-- name: chosen_where_known()
-- An arm of CASE knows its condition.
-- Columns: discounts[!]!
SELECT CASE WHEN discount IS NOT NULL THEN ARRAY[discount, id] ELSE ARRAY[id] END AS discounts FROM item;

-- name: narrowed()
-- A condition of WHERE holds inside of ARRAY[…].
-- Columns: discounts[!]!, notes[?]!
SELECT ARRAY[discount, price] AS discounts, ARRAY[note] AS notes FROM item WHERE discount > 0;

-- name: united()
-- UNION: of either side; EXCEPT: of the left one.
-- Columns: numbers[?]!, others[!]!
SELECT ARRAY[id] AS numbers, ARRAY[price] AS others FROM item
UNION ALL
SELECT ARRAY[refund], ARRAY[quantity] FROM sale;

-- name: left_of_except()
-- EXCEPT returns rows of the left side.
-- Columns: numbers[!]!
SELECT ARRAY[id, price] AS numbers FROM item
EXCEPT
SELECT ARRAY[refund] FROM sale;

-- name: through_values()
-- VALUES: of every row.
-- Columns: sure[!]!, mixed[?]!
SELECT v.sure, v.mixed FROM (VALUES (ARRAY[1], ARRAY[1]), (ARRAY[2, 3], ARRAY[NULL, 2])) AS v (sure, mixed);

-- name: through_sub_queries()
-- A sub-query and WITH hand arrays on.
-- Columns: ids[!]!, discounts[?]!
WITH found AS (SELECT ARRAY[id, price] AS ids, ARRAY[discount] AS discounts FROM item)
SELECT x.ids, x.discounts FROM (SELECT ids, discounts FROM found) AS x;

-- name: through_an_outer_join()
-- The array is NULL, its elements aren't.
-- Columns: ids[!]?
SELECT x.ids FROM item AS i LEFT JOIN (SELECT item_id, array_agg(id) AS ids FROM sale GROUP BY item_id) AS x ON x.item_id = i.id;

-- name: through_a_view()
-- A view's query tells.
-- Columns: id!, sale_ids[?]!
SELECT id, sale_ids FROM v_nested;

-- name: taken_apart_and_made_again()
-- unnest gives the elements of its array.
-- Columns: numbers[!]!, gaps[?]!, series[!]!
SELECT ARRAY(SELECT x FROM unnest(ARRAY[id, price]) AS x) AS numbers, ARRAY(SELECT x FROM unnest(ARRAY[discount]) AS x) AS gaps, ARRAY(SELECT n FROM generate_series(1, 3) AS n) AS series FROM item;

-- name: two_dimensions()
-- Arrays of arrays.
-- Columns: pairs[[!]!]!, mixed[[?]!]!
SELECT ARRAY[ARRAY[id, price], ARRAY[1, 2]] AS pairs, ARRAY[ARRAY[id, discount], ARRAY[1, 2]] AS mixed FROM item;

-- name: of_rows()
-- Arrays of rows: a row is never NULL, a row of the side without a counterpart is.
-- Columns: items[{id! price! discount? title! note? mood! last_mood?}!]!, shelves[{id! item_id! place! height?}?]!
SELECT array_agg(i) AS items, array_agg(h) AS shelves FROM item AS i LEFT JOIN shelf AS h ON h.item_id = i.id GROUP BY i.mood;

-- name: of_selected_rows()
-- ARRAY(SELECT row …).
-- Columns: shelves[{id! item_id! place! height?}!]!, one[{id! item_id! place! height?}!]!
SELECT ARRAY(SELECT h FROM shelf AS h WHERE h.item_id = i.id) AS shelves, ARRAY[h2] AS one FROM item AS i JOIN shelf AS h2 ON h2.item_id = i.id;

-- name: of_composites()
-- A column of a composite type may be NULL, and so may all in it.
-- Columns: homes[{street? city? zip?}?]!, known[{street? city? zip?}!]?
SELECT array_agg(home) AS homes, array_agg(home) FILTER (WHERE NOT (home IS NULL)) AS known FROM account GROUP BY active;

-- name: least_and_last_of_a_window()
-- Windows and aggregates that hand one of several arrays on.
-- Columns: most[!]!, first[!]!, before[!]?, last[?]!
SELECT max(ARRAY[id, price]) OVER () AS most, first_value(ARRAY[id]) OVER (ORDER BY id) AS first, lag(ARRAY[id]) OVER (ORDER BY id) AS before, last_value(ARRAY[discount]) OVER () AS last FROM item;

-- name: percentiles()
-- An array of fractions gives an array of values.
-- Columns: values[!]?
SELECT percentile_disc(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY quantity) AS values FROM sale;

-- name: percentile_of_an_unknown_fraction()
-- A fraction that is NULL gives NULL (manual, 9.21.3).
-- Columns: values[?]!
SELECT percentile_disc(ARRAY[0.5, NULL]) WITHIN GROUP (ORDER BY quantity) AS values FROM sale GROUP BY gift;

-- name: trimmed()
-- trim_array takes elements away.
-- Columns: fewer[!]!, others[?]!
SELECT trim_array(ARRAY[id, price], 1) AS fewer, trim_array(ARRAY[id, discount, 1], 1) AS others FROM item;

-- name: shuffled()
-- array_sample and array_shuffle change the order alone.
-- Requires: 16
-- Columns: mixed[!]!, drawn[?]!
SELECT array_shuffle(ARRAY[id, price]) AS mixed, array_sample(ARRAY[id, discount], 2) AS drawn FROM item;

-- name: sorted()
-- array_sort and array_reverse too.
-- Requires: 18
-- Columns: ordered[!]!, turned[?]!
SELECT array_sort(ARRAY[id, price]) AS ordered, array_reverse(ARRAY[id, discount]) AS turned FROM item;

-- name: set_by_element(name)
-- Setting an element beyond the end fills up with NULL (manual, 8.15.4).
-- Columns: names[?]!
-- Parameters: name?
UPDATE listed SET loose[5] = :name WHERE loose <> '{}' AND array_ndims(loose) = 1 RETURNING loose AS names;

-- name: written()
-- RETURNING knows what was written.
-- Columns: names[!]!, loose[!]!, words[!]!
INSERT INTO listed (id, names, loose, words) VALUES (50, '{a}', ARRAY['a', 'b'], '{a}') RETURNING names, loose, words;

-- name: of_a_parameter(numbers)
-- What a caller sends comes back as it was sent.
-- Columns: sent[?]?
-- Parameters: numbers[?]! by-rule
SELECT :numbers::integer[] AS sent;

-- name: functions_of_users()
-- What a function of yours returns holds anything.
-- Columns: doubled[?]!
SELECT ARRAY[twice(id), twice(price)] AS doubled FROM item;
