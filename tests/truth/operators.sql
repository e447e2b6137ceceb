-- Operators: most give a value for values; a few don't, and arrays and rows may hide a NULL.

-- name: arithmetic()
-- Arithmetic of filled numbers is filled, or fails.
-- Columns: sum!, product!, power!, rest!, gap?
SELECT small + big AS sum, num * 2 AS product, small ^ 2 AS power, big % 7 AS rest, num_n - 1 AS gap FROM thing;

-- name: division()
-- Division by zero is an error, not NULL.
-- Columns: ratio!, safe?
SELECT price / 5 AS ratio, 5 / nullif(price, 0) AS safe FROM item;

-- name: comparisons()
-- Comparisons of filled values.
-- Columns: less!, same!, other!, gap?
SELECT small < big AS less, num = 1 AS same, txt <> 'x' AS other, int_n >= 1 AS gap FROM thing;

-- name: not_a_number()
-- NaN and infinity are values.
-- Columns: more!, sum!, gap?
SELECT num > 0 AS more, float + 1 AS sum, num_n + 1 AS gap FROM thing;

-- name: logic()
-- AND and OR of known values are known; with an unknown one the other may decide, but need not.
-- Columns: both!, some!, weak_and?, weak_or?, opposite!
SELECT
    flag AND small > 0 AS both, flag OR small > 0 AS some, flag AND flag_n AS weak_and, flag OR flag_n AS weak_or, NOT flag AS opposite
FROM thing;

-- name: tests_of_null()
-- IS NULL, IS DISTINCT FROM and IS TRUE always know.
-- Columns: missing!, present!, differs!, same!, truth!, unknown!, gap?
SELECT
    int_n IS NULL AS missing, int_n IS NOT NULL AS present, int_n IS DISTINCT FROM id AS differs,
    int_n IS NOT DISTINCT FROM id AS same, (int_n = 1) IS TRUE AS truth, flag_n IS UNKNOWN AS unknown, int_n = 1 AS gap
FROM thing;

-- name: concatenation()
-- || of texts is NULL when one of them is.
-- Columns: word!, mixed!, gap?
SELECT txt || short AS word, txt || id AS mixed, txt || txt_n AS gap FROM thing;

-- name: patterns()
-- LIKE, SIMILAR TO and regular expressions.
-- Columns: by_like!, by_similar!, by_regex!, by_ilike!, gap?
SELECT txt LIKE '%t' AS by_like, txt SIMILAR TO '%t' AS by_similar, txt ~ 't$' AS by_regex, txt NOT ILIKE 'T%' AS by_ilike, txt_n LIKE '%' AS gap FROM thing;

-- name: ranges_of_values()
-- BETWEEN and IN.
-- Columns: inside!, listed!, loose?, part?
SELECT small BETWEEN 1 AND 5 AS inside, small IN (1, 2) AS listed, small IN (77, int_n) AS loose, small BETWEEN 0 AND int_n AS part FROM thing;

-- name: in_with_null()
-- NULL in a list makes what is not found unknown.
-- Columns: listed?, safe!
SELECT price IN (1, NULL) AS listed, price IN (1, 2) AS safe FROM item;

-- name: any_of_an_array_column()
-- = ANY of an array that may hold NULL.
-- Columns: found?, constant!, every?
SELECT 'q' = ANY (words) AS found, id = ANY ('{1,2}') AS constant, 'q' <> ALL (words) AS every FROM thing;

-- name: any_with_null_inside()
-- The same of a constant that holds NULL.
-- Columns: found?, sure!
SELECT id = ANY ('{77,NULL}') AS found, id = ANY (ARRAY[77, 78]) AS sure FROM thing;

-- name: row_comparisons()
-- Comparisons of rows.
-- Columns: less!, same!, gap?
SELECT (small, big) < (1, 2) AS less, (small, txt) = (1, 'x') AS same, (small, int_n) = (1, 1) AS gap FROM thing;

-- name: row_null_tests()
-- Tests of a row for NULL are known.
-- Columns: all_null!, none_null!, differs!, gap?
SELECT (int_n, txt_n) IS NULL AS all_null, (int_n, txt_n) IS NOT NULL AS none_null, (id, int_n) IS DISTINCT FROM (1, 1) AS differs, (id, int_n) = (id, 1) AS gap FROM thing;

-- name: dates()
-- Sums and differences of dates and times.
-- Columns: next!, days!, later!, age!, gap?
SELECT day + 1 AS next, '2024-01-01'::date - '2023-01-01'::date AS days, instant + interval '1 day' AS later, clock + span AS age, day_n + 1 AS gap FROM thing;

-- name: time_zones()
-- AT TIME ZONE.
-- Columns: there!, back!, gap?
SELECT instant AT TIME ZONE 'UTC' AS there, stamp AT TIME ZONE 'UTC' AS back, instant_n AT TIME ZONE 'UTC' AS gap FROM thing;

-- name: overlaps()
-- OVERLAPS of known ends is known.
-- Columns: known!, gap?
SELECT
    (instant, instant) OVERLAPS ('2024-01-01'::timestamptz, '2025-01-01'::timestamptz) AS known,
    (instant, instant_n) OVERLAPS ('2031-01-01'::timestamptz, '2032-01-01'::timestamptz) AS gap
FROM thing;

-- name: ranges()
-- Operators of ranges; an empty or unbounded range has no bound.
-- Columns: holds!, overlap!, common!, low?, high?, blank!
SELECT range @> 3 AS holds, range && int4range(1, 3) AS overlap, range * int4range(1, 3) AS common, lower(range) AS low, upper(range) AS high, isempty(range) AS blank FROM thing;

-- name: multiranges()
-- Operators of multiranges.
-- Columns: holds!, more!, span!, low?
SELECT ranges @> 3 AS holds, ranges + '{[7,9)}'::int4multirange AS more, range_merge(ranges) AS span, lower(ranges) AS low FROM thing;

-- name: shapes()
-- Two segments or boxes may have nothing in common.
-- Columns: cross?, common?, middle!, meet!
SELECT seg # lseg '[(0,2),(2,0)]' AS cross, area # box '((1,1),(3,3))' AS common, @@ seg AS middle, area && box '((1,1),(3,3))' AS meet FROM thing;

-- name: arrays()
-- Operators of arrays.
-- Columns: holds!, overlap!, joined!, pushed!, gap?
SELECT ints @> '{1}' AS holds, words && '{a}' AS overlap, ints || ints AS joined, ints || 1 AS pushed, ints_n @> '{1}' AS gap FROM thing;

-- name: joined_arrays()
-- || of arrays takes NULL for an empty one, if the other is there.
-- Columns: left!, right!, gap?
SELECT ints || ints_n AS left, ints_n || ints AS right, ints_n || ints_n AS gap FROM thing;

-- name: pushed_onto_null()
-- An element pushed onto a NULL array makes an array; NULL can be pushed.
-- Columns: pushed!, null_pushed!, gap?
SELECT array_append(ints_n, 1) AS pushed, array_append(ints, int_n) AS null_pushed, nullif(ints, ints) AS gap FROM thing;

-- name: networks()
-- Addresses.
-- Columns: inside!, bits!, next!, gap?
SELECT ip <<= '10.0.0.0/8' AS inside, ip & '255.0.0.0' AS bits, host(ip) AS next, nullif(host(ip), '10.0.0.1') AS gap FROM thing;

-- name: full_text()
-- Full text search.
-- Columns: found!, query!, both!, gap?
SELECT to_tsvector('simple', txt) @@ 'cat'::tsquery AS found, plainto_tsquery('simple', txt) AS query, lexemes || to_tsvector('simple', txt) AS both, to_tsvector('simple', txt_n) AS gap FROM thing;

-- name: user_operator()
-- An operator of a user promises nothing.
-- Columns: own?, builtin!
SELECT price <+> 10 AS own, price + 10 AS builtin FROM item;

-- name: unary()
-- Signs, roots and absolute values.
-- Columns: minus!, root!, size!, gap?
SELECT -small AS minus, |/ abs(small) AS root, @ num AS size, -int_n AS gap FROM thing;

-- name: byte_strings()
-- Operators of byte strings.
-- Columns: more!, longer!, gap?
SELECT raw > '\x00' AS more, raw || raw AS longer, raw > NULL AS gap FROM thing;

-- name: composite_equality()
-- Composite values are compared as a whole, in which NULL equals NULL.
-- Columns: same!, gap?
SELECT place = place AS same, place_n = place AS gap FROM thing;

-- name: symmetric()
-- BETWEEN SYMMETRIC with one bound unknown.
-- Columns: inside!, loose?
SELECT small BETWEEN SYMMETRIC 5 AND 1 AS inside, small BETWEEN SYMMETRIC 5 AND int_n AS loose FROM thing;
