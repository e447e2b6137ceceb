-- Constants and casts: a cast of what is filled is filled, with exceptions that PostgreSQL makes.

-- name: constants()
-- A constant is filled; NULL is NULL whatever its type.
-- Columns: number!, word!, truth!, nothing?, typed?
SELECT 1 AS number, 'x' AS word, true AS truth, NULL AS nothing, NULL::integer AS typed;

-- name: typed_constants()
-- A constant of any type.
-- Columns: day!, span!, amount!, document!, list!, gap?
SELECT DATE '2024-01-01' AS day, INTERVAL '1 day' AS span, 1.5::numeric AS amount, '{}'::jsonb AS document, '{1}'::integer[] AS list, '{1}'::integer[] = NULL AS gap;

-- name: numbers()
-- Casts between numbers keep what they are given.
-- Columns: big!, real!, whole!, gap?
SELECT small::bigint AS big, big::double precision AS real, small::numeric(20, 3) AS whole, int_n::bigint AS gap FROM thing;

-- name: to_text()
-- So do casts to text.
-- Columns: number!, day!, flag!, gap?
SELECT id::text AS number, day::text AS day, flag::text AS flag, int_n::text AS gap FROM thing;

-- name: text_types()
-- And casts between kinds of text.
-- Columns: cut!, short!, name!, gap?
SELECT txt::varchar(2) AS cut, short::text AS short, txt::name AS name, txt_n::varchar AS gap FROM thing;

-- name: from_text()
-- A cast from text fails or gives a value.
-- Columns: number!, mood!, gap?
SELECT id::text::integer AS number, mood::text::mood AS mood, int_n::text::integer AS gap FROM thing;

-- name: enums()
-- Casts from and to an enumeration.
-- Columns: word!, mood!, last?
SELECT mood::text AS word, 'ok'::mood AS mood, last_mood::text AS last FROM item;

-- name: dates()
-- Casts between date and timestamp keep infinity.
-- Columns: day!, instant!, stamp!, gap?
SELECT stamp::date AS day, day::timestamptz AS instant, instant::timestamp AS stamp, day_n::timestamp AS gap FROM thing;

-- name: time_of_day()
-- The time of day of infinity is NULL; that of an interval is known.
-- Columns: of_stamp?, of_instant?, of_span!
-- Data: INSERT INTO item VALUES (1, 1, 1, 'a');
SELECT v.stamp::time AS of_stamp, v.instant::time AS of_instant, v.span::time AS of_span
FROM (SELECT 'infinity'::timestamp AS stamp, 'infinity'::timestamptz AS instant, interval '1 day' AS span FROM item) AS v;

-- name: time_of_columns()
-- So it is of columns that are NOT NULL.
-- Columns: of_stamp?, of_instant?, clock!
SELECT stamp::time AS of_stamp, instant::timetz AS of_instant, clock::interval AS clock FROM thing;

-- name: arrays()
-- Casts of arrays, element by element.
-- Columns: big!, words!, gap?
SELECT ints::bigint[] AS big, ints::text[] AS words, ints_n::bigint[] AS gap FROM thing;

-- name: json_and_jsonb()
-- Casts between json, jsonb and text.
-- Columns: binary!, plain!, word!, gap?
SELECT js::jsonb AS binary, jb::json AS plain, jb::text AS word, jb_n::text AS gap FROM thing;

-- name: jsonb_null_to_a_number()
-- From PostgreSQL 18 on the cast of the JSON null to a number is NULL.
-- Columns: number?, flag?, word!
-- Requires: 18
-- Data: INSERT INTO job (kind, payload) VALUES ('a', 'null');
SELECT payload::integer AS number, payload::boolean AS flag, payload::text AS word FROM job;

-- name: domains()
-- A cast to a domain checks its value.
-- Columns: level!, word!, gap?
SELECT 1::posint AS level, 'a'::filled AS word, int_n::posint AS gap FROM thing WHERE int_n IS NULL OR int_n > 0;

-- name: regclass()
-- Names of objects.
-- Columns: table_name!, type_name!, missing?
SELECT 'item'::regclass AS table_name, 'integer'::regtype AS type_name, to_regclass('nothing') AS missing;

-- name: boolean_and_integer()
-- Truth values as numbers.
-- Columns: one!, zero!, gap?
SELECT flag::integer AS one, id::boolean AS zero, flag_n::integer AS gap FROM thing;

-- name: bit_strings()
-- Numbers as bit strings.
-- Columns: bits!, number!, gap?
SELECT id::bit(8) AS bits, B'101'::integer AS number, int_n::bit(8) AS gap FROM thing;

-- name: cast_of_a_row()
-- A row cast to a composite type is there, whatever its fields.
-- Columns: place!, street?, text!
SELECT ROW (NULL, txt, txt)::address AS place, (ROW (NULL, txt, txt)::address).street AS street, place::text AS text FROM thing;

-- name: parameter_as_a_column(word)
-- A parameter by itself is NULL when it is None; in the select list that makes no sense by rule.
-- Columns: word?, one!
-- Parameters: word! by-rule
SELECT :word::text AS word, 1 AS one;

-- name: collation()
-- COLLATE changes nothing.
-- Columns: word!, gap?
SELECT txt COLLATE "C" AS word, txt_n COLLATE "C" AS gap FROM thing;

-- name: keywords()
-- The words that stand for the time, the user and the database.
-- Columns: today!, moment!, who!, session!, base!, schema?
-- Data: SET LOCAL search_path = '';
SELECT CURRENT_DATE AS today, CURRENT_TIMESTAMP AS moment, CURRENT_USER AS who, SESSION_USER AS session, CURRENT_CATALOG AS base, CURRENT_SCHEMA AS schema;

-- name: local_time()
-- The local ones.
-- Columns: clock!, stamp!, gap?
SELECT LOCALTIME AS clock, LOCALTIMESTAMP AS stamp, nullif(LOCALTIME, LOCALTIME) AS gap;
