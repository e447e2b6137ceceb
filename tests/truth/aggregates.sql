-- Aggregates: only counts are known of no row; the others need a group, filled arguments and no FILTER.

-- name: counts()
-- count is a number whatever it counts.
-- Columns: items!, notes!, different!, few!, most?
SELECT count(*) AS items, count(note) AS notes, count(DISTINCT note) AS different, count(*) FILTER (WHERE price > 5) AS few, max(price) AS most FROM item;

-- name: without_group_by()
-- Without GROUP BY there is a row though there is nothing to aggregate.
-- Columns: total?, average?, most?, words?, list?, document?, items!
SELECT sum(price) AS total, avg(price) AS average, max(price) AS most, string_agg(title, ',') AS words, array_agg(id) AS list, jsonb_agg(id) AS document, count(*) AS items FROM item;

-- name: with_group_by()
-- In a group there is a row, so the aggregate of filled values is filled.
-- Columns: total!, average!, most!, least!, words!
SELECT sum(price) AS total, avg(price) AS average, max(price) AS most, min(price) AS least, string_agg(title, ',') AS words FROM item GROUP BY mood;

-- name: of_nullable_values()
-- An aggregate of values that may all be NULL may be NULL.
-- Columns: total?, average?, most?, words?
SELECT sum(discount) AS total, avg(discount) AS average, max(discount) AS most, string_agg(note, ',') AS words FROM item GROUP BY title;

-- name: collected()
-- Arrays and documents collect NULL as well: in a group they are never NULL themselves.
-- Columns: list!, document!, plain!, object!, words?
SELECT array_agg(note) AS list, jsonb_agg(note) AS document, json_agg(discount) AS plain, jsonb_object_agg(id, note) AS object, string_agg(note, ',') AS words FROM item GROUP BY title;

-- name: collected_rows()
-- json_agg of whole rows.
-- Columns: item_id!, sales!, wrong?
SELECT s.item_id, json_agg(s) AS sales, json_agg(s) FILTER (WHERE s.paid) AS wrong FROM sale AS s WHERE s.item_id IS NOT NULL GROUP BY s.item_id;

-- name: filtered()
-- FILTER may leave nothing, except to count.
-- Columns: total?, many!, all_of_it!
SELECT sum(price) FILTER (WHERE discount > 0) AS total, count(*) FILTER (WHERE discount > 0) AS many, sum(price) AS all_of_it FROM item GROUP BY title;

-- name: filtered_with_parameter(floor)
-- A parameter in FILTER takes no row away.
-- Columns: many!, total?
-- Parameters: floor! by-rule
SELECT count(*) FILTER (WHERE price > :floor) AS many, sum(price) FILTER (WHERE price > :floor) AS total FROM item;

-- name: where_with_parameter(floor)
-- A strict test before an aggregate without GROUP BY still gives a row.
-- Columns: many!, total?
-- Parameters: floor! by-rule
SELECT count(*) AS many, sum(price) AS total FROM item WHERE price > :floor;

-- name: narrowed_argument()
-- WHERE makes the argument filled.
-- Columns: total!, notes?
SELECT sum(discount) AS total, max(note) AS notes FROM item WHERE discount >= 0 GROUP BY title;

-- name: argument_with_a_fallback()
-- So does a fallback.
-- Columns: total!, bare?
SELECT sum(coalesce(discount, 0)) AS total, sum(discount) AS bare FROM item GROUP BY title;

-- name: deviations()
-- A sample deviation needs two rows, that of the population one.
-- Columns: sample?, variance?, population!, spread!
SELECT stddev(price) AS sample, var_samp(price) AS variance, stddev_pop(price) AS population, var_pop(price) AS spread FROM item GROUP BY id;

-- name: correlations()
-- Correlation and regression need more than one row; their counts don't.
-- Columns: correlation?, slope?, pairs!, covariance?
SELECT corr(price, id) AS correlation, regr_slope(price, id) AS slope, regr_count(price, id) AS pairs, covar_samp(price, id) AS covariance FROM item GROUP BY id;

-- name: truth_values()
-- bool_and, bool_or and every.
-- Columns: all_gifts!, any_gift!, all_paid?
SELECT bool_and(gift) AS all_gifts, bool_or(gift) AS any_gift, every(paid) AS all_paid FROM sale GROUP BY quantity;

-- name: bits()
-- bit_and, bit_or and bit_xor.
-- Columns: common!, any!, odd?
SELECT bit_and(price) AS common, bit_or(price) AS any, bit_xor(discount) AS odd FROM item GROUP BY title;

-- name: median()
-- An ordered-set aggregate of filled values in a group.
-- Columns: median!, usual!, loose?
SELECT
    percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median,
    mode() WITHIN GROUP (ORDER BY mood) AS usual,
    percentile_disc(0.5) WITHIN GROUP (ORDER BY discount) AS loose
FROM item GROUP BY title;

-- name: median_of_everything()
-- Without GROUP BY there may be nothing to find the middle of.
-- Columns: median?, items!
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY price) AS median, count(*) AS items FROM item;

-- name: percentile_with_parameter(fraction)
-- The fraction may be NULL, and the percentile then.
-- Columns: at?, items!
-- Parameters: fraction! by-rule
SELECT percentile_cont(:fraction) WITHIN GROUP (ORDER BY price) AS at, count(*) AS items FROM item GROUP BY mood;

-- name: ordered_and_distinct()
-- DISTINCT and ORDER BY inside an aggregate change nothing.
-- Columns: words!, notes?
SELECT string_agg(DISTINCT title, ',' ORDER BY title) AS words, string_agg(note, ',' ORDER BY id) AS notes FROM item GROUP BY mood;

-- name: string_agg_with_a_nullable_delimiter()
-- The delimiter may be NULL.
-- Columns: words!, notes?
SELECT string_agg(title, note) AS words, string_agg(note, title) AS notes FROM item GROUP BY id;

-- name: on_the_nullable_side()
-- In the group of a row without counterpart there is only NULL to add up.
-- Columns: id!, sold?, sales!
SELECT i.id, sum(s.quantity) AS sold, count(s.id) AS sales FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY i.id;

-- name: strict_expression_over_an_aggregate()
-- An expression over a filled aggregate is filled.
-- Columns: rounded!, share!, loose?
SELECT round(avg(price), 2) AS rounded, sum(price) * 100.0 / count(*) AS share, round(avg(discount)) AS loose FROM item GROUP BY mood;

-- name: user_aggregate()
-- An aggregate of a user promises nothing.
-- Columns: last?, items!
SELECT last_of(discount) AS last, count(*) AS items FROM item GROUP BY title;

-- name: of_times()
-- Least and greatest of instants.
-- Columns: first!, last!, paid?
SELECT min(sold_at) AS first, max(sold_at) AS last, max(CASE WHEN paid THEN sold_at END) AS paid FROM sale GROUP BY gift;

-- name: in_a_lateral_subquery()
-- One row for each row: the count is filled, the maximum not.
-- Columns: id!, sales!, most?
SELECT i.id, x.sales, x.most
FROM item AS i CROSS JOIN LATERAL (SELECT count(*) AS sales, max(s.quantity) AS most FROM sale AS s WHERE s.item_id = i.id) AS x;

-- name: any_value()
-- any_value picks a filled value if there is one.
-- Columns: one!, other?
-- Requires: 16
SELECT any_value(title) AS one, any_value(note) AS other FROM item GROUP BY price;

-- name: strict_collections()
-- json_agg_strict leaves NULL out, and of NULL alone it makes an empty array.
-- Columns: words!, notes!, note?
-- Requires: 16
SELECT json_agg_strict(title) AS words, json_agg_strict(note) AS notes, max(note) AS note FROM item GROUP BY id;

-- name: sql_json_aggregates()
-- JSON_ARRAYAGG and JSON_OBJECTAGG of no row are NULL.
-- Columns: list?, items!
-- Requires: 16
SELECT JSON_ARRAYAGG(id) AS list, count(*) AS items FROM item;

-- name: ranges()
-- range_agg of filled ranges.
-- Columns: spans!, common!, loose?
SELECT range_agg(range) AS spans, range_intersect_agg(range) AS common, range_agg(range_n) AS loose FROM thing GROUP BY id;

-- name: hypothetical()
-- rank of a made-up row among no rows is 1.
-- Columns: place!, most?
SELECT rank(10) WITHIN GROUP (ORDER BY price) AS place, max(price) AS most FROM item;
