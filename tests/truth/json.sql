-- JSON: what is looked for may be missing, and the JSON null is a value until it is read as text.

-- name: members()
-- -> and ->> of a filled document may find nothing.
-- Columns: member?, word?, element?, deep?, deep_word?
SELECT jb -> 'a' AS member, jb ->> 'a' AS word, jb -> 0 AS element, jb #> '{b,c}' AS deep, jb #>> '{b,c}' AS deep_word FROM thing;

-- name: plain_members()
-- So with json and with subscripts.
-- Columns: member?, word?, subscript?, whole!
SELECT js -> 'a' AS member, js ->> 'a' AS word, jb['a'] AS subscript, js AS whole FROM thing;

-- name: tested_member()
-- The member that WHERE tested is there; another is not.
-- Columns: word!, other?
SELECT jb ->> 'a' AS word, jb ->> 'zzz' AS other FROM thing WHERE jb ->> 'a' <> 'q';

-- name: questions()
-- Whether a key is there, or a document contained, is known.
-- Columns: has!, has_any!, contains!, equal!, gap?
SELECT jb ? 'a' AS has, jb ?| '{a,b}' AS has_any, jb @> '{"a": 1}' AS contains, jb = '{}' AS equal, jb_n ? 'a' AS gap FROM thing;

-- name: path_questions()
-- Of a path it isn't: the operators keep errors to themselves.
-- Columns: exists?, matches?, found!
SELECT jb @? 'strict $.a' AS exists, jb @@ '$.a' AS matches, jsonb_path_exists(jb, '$.a') AS found FROM thing;

-- name: path_queries()
-- The first match may be missing, the array of all of them not.
-- Columns: first?, every!
SELECT jsonb_path_query_first(jb, '$.a') AS first, jsonb_path_query_array(jb, '$.a') AS every FROM thing;

-- name: changes()
-- Changing a document gives one.
-- Columns: merged!, less!, stripped!, bare!, gap?
SELECT jb || '{"z": 1}' AS merged, jb #- '{a}' AS less, jsonb_strip_nulls(jb) AS stripped, jsonb_pretty(jb) AS bare, jb_n || '{}' AS gap FROM thing;

-- name: setting()
-- jsonb_set is strict: a new value of NULL makes the whole document NULL.
-- Columns: fixed!, lost?
SELECT jsonb_set(profile, '{list}', '1') AS fixed, jsonb_set(profile, '{list}', extra) AS lost FROM account WHERE jsonb_typeof(profile) = 'object';

-- name: building()
-- Documents built of parts are there, whatever the parts.
-- Columns: object!, list!, row!, value?
SELECT jsonb_build_object('a', int_n, 'b', txt) AS object, jsonb_build_array(int_n, txt_n) AS list, row_to_json(thing) AS row, to_jsonb(int_n) AS value FROM thing;

-- name: converting()
-- to_jsonb and to_json of what is filled.
-- Columns: number!, word!, list!, gap?
SELECT to_jsonb(small) AS number, to_json(txt) AS word, array_to_json(ints) AS list, to_json(txt_n) AS gap FROM thing;

-- name: types_and_lengths()
-- The type of a document is known, that of a missing member is not.
-- Columns: kind!, member?, size?
SELECT jsonb_typeof(jb) AS kind, jsonb_typeof(jb -> 'a') AS member, jsonb_array_length(jb -> 'list') AS size FROM thing;

-- name: row_of_the_nullable_side()
-- row_to_json of a row that isn't there.
-- Columns: item!, sale?
SELECT to_jsonb(i) AS item, to_jsonb(s) AS sale FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id;

-- name: building_with_parameters(name, value)
-- The parts may be None, keys may not.
-- Columns: object!, id!, discount?
-- Parameters: name?, value?
SELECT jsonb_build_object('name', :name::text, 'value', :value::integer) AS object, id, discount FROM item;

-- name: containing(part)
-- Compared strictly, a document of None finds nothing.
-- Columns: id!, extra?
-- Parameters: part!
SELECT id, extra FROM account WHERE profile @> :part;

-- name: member_by_parameter(name)
-- Which member may be None, and nothing is found then; by rule that makes no sense.
-- Columns: word?, id!
-- Parameters: name! by-rule
SELECT profile ->> :name::text AS word, id FROM account;

-- name: merging_a_parameter(extra, profile)
-- || with None makes NULL, which a NOT NULL column refuses.
-- Columns: profile!, extra?
-- Parameters: extra?, profile!
-- Try: profile = {"a": 1}
UPDATE account SET extra = extra || :extra, profile = profile || :profile RETURNING profile, extra;

-- name: subscripted_assignment(value)
-- A member may be set to None: it is the JSON null then, and the document stays.
-- Columns: extra!, member?
-- Parameters: value?
UPDATE account SET extra['a'] = :value, profile = profile WHERE jsonb_typeof(coalesce(extra, '{}')) = 'object' RETURNING extra, nickname AS member;

-- name: array_elements()
-- The elements of an array, joined sideways.
-- Columns: id!, element!, word?
SELECT a.id, e.element, w.word
FROM account AS a, jsonb_array_elements(coalesce(a.profile -> 'list', '[]')) AS e (element), jsonb_array_elements_text('[1, null]') AS w (word);

-- name: aggregated_rows()
-- One document a row, with an empty one where there is nothing.
-- Columns: id!, sales!, none?
SELECT
    i.id,
    coalesce(jsonb_agg(jsonb_build_object('id', s.id)) FILTER (WHERE s.id IS NOT NULL), '[]') AS sales,
    jsonb_agg(s.quantity) FILTER (WHERE s.id IS NOT NULL) AS none
FROM item AS i LEFT JOIN sale AS s ON s.item_id = i.id GROUP BY i.id;

-- name: sql_json_constructors()
-- JSON_OBJECT and JSON_ARRAY make documents; IS JSON is strict.
-- Columns: object!, list!, is_one!, gap?
-- Requires: 16
SELECT JSON_OBJECT('a': int_n) AS object, JSON_ARRAY(int_n, txt_n) AS list, txt IS JSON AS is_one, txt_n IS JSON AS gap FROM thing;

-- name: sql_json_queries()
-- JSON_VALUE and JSON_QUERY may find nothing; JSON_EXISTS knows, as long as errors are not UNKNOWN.
-- Columns: value?, query?, exists!, or_default!
-- Requires: 17
SELECT
    JSON_VALUE(jb, '$.a') AS value, JSON_QUERY(jb, '$.b') AS query, JSON_EXISTS(jb, '$.a') AS exists,
    coalesce(JSON_VALUE(jb, '$.a'), '') AS or_default
FROM thing;

-- name: comparison_of_members()
-- A comparison of what may be missing is unknown.
-- Columns: same?, known!
SELECT jb ->> 'a' = '1' AS same, (jb ->> 'a' = '1') IS TRUE AS known FROM thing;
