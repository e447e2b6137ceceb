-- Functions: strict ones pass NULL on, some make it, some never do; those of users promise nothing.

-- name: of_text()
-- Functions of text that give a text for a text.
-- Columns: low!, high!, trimmed!, piece!, hash!, gap?
SELECT lower(txt) AS low, upper(txt) AS high, trim(txt) AS trimmed, left(txt, 2) AS piece, md5(txt) AS hash, lower(txt_n) AS gap FROM thing;

-- name: of_text_again()
-- More of them.
-- Columns: swapped!, padded!, repeated!, length!, place!, part!, gap?
SELECT
    replace(txt, 't', 'd') AS swapped, lpad(txt, 9, '.') AS padded, repeat(txt, 2) AS repeated, length(txt) AS length,
    position('t' IN txt) AS place, split_part(txt, 'x', 5) AS part, length(txt_n) AS gap
FROM thing;

-- name: substrings()
-- A piece by position is a text, if only an empty one; a piece by pattern may not be found.
-- Columns: by_place!, by_pattern?, by_regex?
SELECT substring(txt FROM 2 FOR 2) AS by_place, substring(txt FROM 'z.') AS by_pattern, regexp_substr(txt, 'q') AS by_regex FROM thing;

-- name: regular_expressions()
-- Replacing, counting and asking always has an answer, matching has not.
-- Columns: replaced!, counted!, asked!, place!, match?
SELECT regexp_replace(txt, 't', 'd') AS replaced, regexp_count(txt, 't') AS counted, regexp_like(txt, 't') AS asked, regexp_instr(txt, 't') AS place, regexp_match(txt, 'q') AS match FROM thing;

-- name: that_take_null()
-- concat and format pass over NULL, quote_nullable writes it.
-- Columns: joined!, formatted!, quoted!, literal?, commas!
SELECT concat(txt, txt_n) AS joined, format('%s-%s', txt_n, int_n) AS formatted, quote_nullable(txt_n) AS quoted, quote_literal(txt_n) AS literal, concat_ws(',', txt_n, int_n) AS commas FROM thing;

-- name: that_need_their_first_argument()
-- concat_ws without a separator and format without a format are NULL.
-- Columns: commas?, formatted?, one!
SELECT concat_ws(txt_n, 'a', 'b') AS commas, format(txt_n, 'a') AS formatted, concat(txt_n) AS one FROM thing;

-- name: counting_nulls()
-- num_nulls counts them.
-- Columns: missing!, there!, gap?
SELECT num_nulls(int_n, txt_n) AS missing, num_nonnulls(int_n, txt_n) AS there, num_nulls(VARIADIC ints_n) AS gap FROM thing;

-- name: of_numbers()
-- Functions of numbers.
-- Columns: rounded!, size!, sign!, root!, top!, gap?
SELECT round(num, 1) AS rounded, abs(small) AS size, sign(num) AS sign, sqrt(abs(small)) AS root, ceil(float) AS top, round(num_n) AS gap FROM thing;

-- name: scale_of_nan()
-- NaN and infinity have no scale.
-- Columns: scale?, least?, trimmed!
SELECT scale(num) AS scale, min_scale(num) AS least, trim_scale(num) AS trimmed FROM thing;

-- name: fields_of_time()
-- Infinity has no day or hour; an epoch it has.
-- Columns: day?, hour?, part?, seconds!
SELECT extract(day FROM instant) AS day, extract(hour FROM stamp) AS hour, date_part('month', day) AS part, extract(epoch FROM instant) AS seconds FROM thing;

-- name: fields_of_what_is_finite()
-- A time of day has its fields.
-- Columns: hour!, minute!, gap?
SELECT extract(hour FROM clock) AS hour, extract(minute FROM clock) AS minute, extract(hour FROM instant_n) AS gap FROM thing;

-- name: truncated_times()
-- date_trunc and date_bin keep infinity.
-- Columns: day!, zoned!, finite!, gap?
SELECT date_trunc('day', instant) AS day, date_trunc('month', instant, 'UTC') AS zoned, isfinite(day) AS finite, date_trunc('day', instant_n) AS gap FROM thing;

-- name: written_times()
-- to_char of infinity is NULL; of a number it isn't.
-- Columns: written?, number!, day?
SELECT to_char(instant, 'YYYY-MM-DD') AS written, to_char(small, 'FM999') AS number, to_char(stamp, 'DD') AS day FROM thing;

-- name: made_times()
-- Times out of parts and texts.
-- Columns: day!, stamp!, parsed!, from_seconds!, span!, gap?
SELECT make_date(2024, 1, 1) AS day, make_timestamp(2024, 1, 1, 1, 1, 1) AS stamp, to_date('2024', 'YYYY') AS parsed, to_timestamp(small) AS from_seconds, make_interval(days => small) AS span, make_interval(days => int_n) AS gap FROM thing;

-- name: clocks()
-- The clocks.
-- Columns: moment!, clock!, statement!, gap?
SELECT now() AS moment, clock_timestamp() AS clock, statement_timestamp() AS statement, nullif(now(), now()) AS gap;

-- name: random_values()
-- Chance is never NULL, nor is a new key.
-- Columns: chance!, key!, ticket!, gap?
SELECT random() AS chance, gen_random_uuid() AS key, nextval('ticket') AS ticket, nullif(1, 1) AS gap;

-- name: of_the_system()
-- Some functions of the system always know.
-- Columns: process!, version!, base!, transaction!, type!, missing?
SELECT pg_backend_pid() AS process, version() AS version, current_database() AS base, pg_current_xact_id() AS transaction, pg_typeof(1) AS type, to_regtype('nothing') AS missing;

-- name: of_what_may_be_missing()
-- Others don't find what they are asked for.
-- Columns: setting?, known!, comment?, size?, allowed?
SELECT current_setting('truth.nothing', true) AS setting, current_setting('work_mem') AS known, obj_description(1, 'pg_class') AS comment, pg_relation_size(1) AS size, has_table_privilege(1::oid, 'select') AS allowed;

-- name: type_of_null()
-- pg_typeof answers for NULL, pg_column_size doesn't.
-- Columns: type!, size?
SELECT pg_typeof(int_n) AS type, pg_column_size(int_n) AS size FROM thing;

-- name: identifiers()
-- The parts of an identifier that holds no time.
-- Columns: made?, text!
-- Requires: 17
SELECT uuid_extract_timestamp(uid) AS made, uid::text AS text FROM thing;

-- name: of_users()
-- A user's function may return NULL, also when it is STRICT.
-- Columns: strict?, plain?, wrapped!
SELECT twice(price * 50 + 100) AS strict, or_nothing(price) AS plain, coalesce(or_nothing(price), 0) AS wrapped FROM item;

-- name: of_users_with_parameter(word, number)
-- A user's function that isn't STRICT makes something of None; a STRICT one doesn't.
-- Columns: word?, number?, id!
-- Parameters: word?, number! by-rule
-- Data: CREATE OR REPLACE FUNCTION or_default(text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN $1; END $$;
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a');
SELECT or_default(:word) AS word, twice(:number) AS number, id FROM item;

-- name: of_byte_strings()
-- Byte strings.
-- Columns: hex!, hash!, size!, back!, gap?
SELECT encode(raw, 'hex') AS hex, sha256(raw) AS hash, octet_length(raw) AS size, decode(encode(raw, 'hex'), 'hex') AS back, encode(NULLIF(raw, raw), 'hex') AS gap FROM thing;

-- name: of_full_text()
-- Full text search.
-- Columns: rank!, headline!, query!, gap?
SELECT ts_rank(lexemes, 'cat') AS rank, ts_headline('simple', txt, 'cat') AS headline, websearch_to_tsquery('simple', txt) AS query, ts_rank(lexemes, to_tsquery('simple', txt_n)) AS gap FROM thing;

-- name: of_ranges()
-- Ranges made of bounds: a NULL bound is no bound.
-- Columns: made!, open!, merged!, gap?
SELECT int4range(1, 5) AS made, int4range(1, int_n + 100) AS open, range_merge(range, range) AS merged, lower(range_n) AS gap FROM thing WHERE small >= 0 OR int_n IS NULL OR small < 0;

-- name: of_enumerations()
-- The order of an enumeration.
-- Columns: first!, range!, gap?
SELECT enum_first(mood) AS first, enum_range(mood) AS range, nullif(mood, 'ok') AS gap FROM thing;

-- name: buckets()
-- width_bucket and its kind.
-- Columns: bucket!, divided!, common!, gap?
SELECT width_bucket(small, 0, 10, 5) AS bucket, div(big, 3) AS divided, gcd(big, 6) AS common, mod(int_n, 3) AS gap FROM thing;

-- name: locks(key)
-- A lock is taken or not; taking it returns nothing that is NULL, but for a key of None.
-- Columns: tried!, taken?
-- Parameters: key! by-rule
SELECT pg_try_advisory_xact_lock(42) AS tried, pg_advisory_xact_lock(:key) AS taken;

-- name: letters()
-- Letters and their codes.
-- Columns: code!, letter!, backwards!, starts!, gap?
SELECT ascii(txt) AS code, chr(65) AS letter, reverse(txt) AS backwards, starts_with(txt, 'a') AS starts, ascii(txt_n) AS gap FROM thing;

-- name: of_shapes()
-- Open paths have no area, closed ones can't be joined, parallel lines don't meet.
-- Columns: area?, joined?, meet?, length!
SELECT v.area, v.joined, v.meet, v.length
FROM item, LATERAL (SELECT area(path '[(0,0),(1,1)]') AS area, path '((0,0),(1,1))' + path '[(0,0),(1,1)]' AS joined,
    line '{1,0,0}' # line '{1,0,1}' AS meet, length(path '[(0,0),(1,1)]') AS length) AS v;

-- name: of_infinite_spans()
-- From PostgreSQL 17 on intervals may be infinite: they have hours then, but no minutes, and can't be written.
-- Columns: minutes?, written?, seconds!
-- Requires: 17
SELECT extract(minute FROM now() - created_at) AS minutes, to_char(now() - created_at, 'DD') AS written, extract(epoch FROM now() - created_at) AS seconds FROM account;

-- name: of_json_paths()
-- jsonb_path_match of the JSON null is NULL.
-- Columns: match?, values!
SELECT jsonb_path_match('{"b": null}', '$.b') AS match, jsonb_path_query_array(profile, '$.a') AS values FROM account;

-- name: of_the_catalog()
-- What the catalog doesn't find is NULL.
-- Columns: sequence?, expression?, index?, visible?, name!
SELECT pg_get_serial_sequence('item', 'id') AS sequence, pg_get_viewdef(1::oid) AS expression, pg_get_indexdef(1) AS index, pg_table_is_visible(1) AS visible, quote_ident('a b') AS name;

-- name: search_vectors()
-- More of full text search.
-- Columns: weighted!, stripped!, length!, gap?
SELECT setweight(lexemes, 'A') AS weighted, strip(lexemes) AS stripped, length(lexemes) AS length, numnode(to_tsquery('simple', txt_n)) AS gap FROM thing;
