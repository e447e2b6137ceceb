-- Arrays: a filled array may be empty or hold NULL.

-- name: subscripts()
-- An element may be missing or NULL; a slice is an array, if only an empty one.
-- Columns: first?, slice!, open_slice!, gap?
SELECT words[1] AS first, words[1:2] AS slice, words[:2] AS open_slice, words[1:int_n] AS gap FROM thing;

-- name: constructed()
-- ARRAY[…] is an array whatever is in it; so is an empty one.
-- Columns: pair!, nothing!, of_null!, element?
SELECT ARRAY[id, int_n] AS pair, ARRAY[]::integer[] AS nothing, ARRAY[NULL] AS of_null, (ARRAY[id, int_n])[2] AS element FROM thing;

-- name: nested()
-- Arrays of arrays.
-- Columns: table!, row!, cell?
SELECT ARRAY[ARRAY[1, 2], ARRAY[3, 4]] AS table, (ARRAY[ARRAY[1, 2], ARRAY[3, 4]])[1:1] AS row, (ARRAY[ARRAY[1, 2]])[1][3] AS cell FROM thing;

-- name: lengths()
-- array_length of an empty array is NULL, cardinality is 0.
-- Columns: length?, number!, upper?, lower?, dimensions?, shape?
SELECT array_length(ints, 1) AS length, cardinality(ints) AS number, array_upper(ints, 1) AS upper, array_lower(ints, 1) AS lower, array_ndims(ints) AS dimensions, array_dims(ints) AS shape FROM thing;

-- name: positions()
-- array_position may not find it, array_positions finds none then.
-- Columns: place?, places!
SELECT array_position(tags, 'q') AS place, array_positions(tags, 'q') AS places FROM account;

-- name: changes()
-- Adding, removing and replacing.
-- Columns: more!, less!, other!, joined!, gap?
SELECT array_append(ints, 1) AS more, array_remove(words, 'a') AS less, array_replace(ints, 1, 2) AS other, array_cat(ints_n, '{1}') AS joined, array_remove(ints_n, 1) AS gap FROM thing WHERE array_ndims(ints) IS DISTINCT FROM 2;

-- name: texts()
-- Arrays to texts and back.
-- Columns: joined!, with_null!, split!, by_regex!, gap?
SELECT array_to_string(ints, ',') AS joined, array_to_string(ints, ',', '-') AS with_null, string_to_array(txt, ',') AS split, regexp_split_to_array(txt, ',') AS by_regex, array_to_string(ints_n, ',') AS gap FROM thing;

-- name: questions()
-- Containment is known, membership may not be.
-- Columns: holds!, overlap!, member?, nothing!, gap?
SELECT tags @> '{a}' AS holds, tags && '{a}' AS overlap, 'q' = ANY (tags) AS member, tags = '{}' AS nothing, flags && '{a}' AS gap FROM account;

-- name: membership_in_where(tag)
-- = ANY is strict in both.
-- Columns: id!, tags!, flags?
-- Parameters: tag!
SELECT id, tags, flags FROM account WHERE :tag = ANY (tags);

-- name: any_of_a_parameter(ids)
-- None as an array finds nothing.
-- Columns: id!, note?
-- Parameters: ids[!]!
SELECT id, note FROM item WHERE id = ANY (:ids);

-- name: none_of_a_parameter(ids)
-- NOT (x = ANY (NULL)) is unknown.
-- Columns: id!, note?
-- Parameters: ids[!]!
SELECT id, note FROM item WHERE NOT (id = ANY (:ids));

-- name: appended_parameter(tag, flag)
-- array_append takes None for an element; the array stays.
-- Columns: tags!, flags!, birthday?
-- Parameters: tag?, flag?
UPDATE account SET tags = array_append(tags, :tag::text), flags = flags || ARRAY[:flag::text] RETURNING tags, flags, birthday;

-- name: in_a_list_of_parameters(first, second)
-- IN (:a, :b) is one test or the other: None finds what the other finds.
-- Columns: id!, note?
-- Parameters: first! by-rule, second! by-rule
SELECT id, note FROM item WHERE id IN (:first, :second);

-- name: array_of_parameters(first, second)
-- None may be an element of an array.
-- Columns: pair!, element?
-- Parameters: first?, second?
SELECT ARRAY[:first::integer, :second::integer] AS pair, (ARRAY[:first::integer, :second::integer])[2] AS element;

-- name: filled_arrays()
-- array_fill and generate_series make arrays.
-- Columns: filled!, series!, first?
SELECT array_fill(0, ARRAY[2]) AS filled, ARRAY(SELECT generate_series(1, i.price)) AS series, (ARRAY(SELECT generate_series(1, i.price)))[1] AS first FROM item AS i;

-- name: trimmed()
-- trim_array of what is long enough.
-- Columns: shorter!, gap?
SELECT trim_array(ints || ARRAY[1], 1) AS shorter, trim_array(ints_n, 0) AS gap FROM thing WHERE array_ndims(ints) IS DISTINCT FROM 2;

-- name: aggregated()
-- Collected in a group an array is filled; with a fallback always.
-- Columns: ids!, known!, none?
SELECT array_agg(s.id) AS ids, coalesce(array_agg(s.id) FILTER (WHERE s.paid), '{}') AS known, array_agg(s.id) FILTER (WHERE s.paid) AS none FROM sale AS s GROUP BY s.buyer;

-- name: compared_with_all()
-- ALL of a constant array without NULL.
-- Columns: over!, loose?
SELECT price > ALL ('{1,2}') AS over, price > ALL (ARRAY[1, discount]) AS loose FROM item;

-- name: element_of_a_fixed_length()
-- Setting an element makes an array of NULL, but no point and no name.
-- Columns: place?, label?
-- Data: INSERT INTO spot VALUES (1, NULL, NULL), (2, point(1, 2), 'a');
UPDATE spot SET place[0] = 1, label[0] = 'x' RETURNING place, label;
