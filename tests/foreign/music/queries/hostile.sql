-- What misleads.

-- name: events()
-- A view of a union: what one half leaves out is NULL, whatever the other half promises.
-- Columns: release!, country?, date_year?
SELECT release, country, date_year FROM release_event;

-- name: durations()
-- A view of aggregates with filters: none of them need have anything.
-- Columns: medium!, pregap_length?, cdtoc_track_lengths?, data_track_lengths?
SELECT medium, pregap_length, cdtoc_track_lengths, data_track_lengths FROM medium_track_durations;

-- name: series_of_artists()
-- A view with an outer join under a COALESCE.
-- Columns: artist!, series!, link_order!, text_value!, name?
SELECT s.artist, s.series, s.link_order, s.text_value, a.name
FROM artist_series AS s
LEFT JOIN artist AS a ON a.id = s.artist AND a.ended;

-- name: cover_art(release)
-- A view of another schema, with a list made of outer joins.
-- Columns: id!, mime_type!, filesize?, approved!, is_front!, types?
-- Parameters: release!
SELECT id, mime_type, filesize, approved, is_front, nullif(types, '{}') AS types
FROM cover_art_archive.index_listing
WHERE release = :release;

-- name: editors()
-- A view of a function of whole rows: nobody's promise.
-- Columns: id?, name?, email?, member_since?
-- Data: INSERT INTO editor (id, name, password, ha1) VALUES (1, 'x', 'x', 'x');
-- Data: CREATE OR REPLACE FUNCTION sanitize_editor(e editor) RETURNS editor LANGUAGE sql STABLE AS 'SELECT NULL::editor';
SELECT id, name, nullif(email, '') AS email, member_since FROM editor_sanitized;

-- name: area_hierarchy(area_id)
-- A function of a set of rows of a table's type.
-- Columns: parent?, depth?
-- Parameters: area_id?
-- Data: CREATE OR REPLACE FUNCTION get_area_parent_hierarchy_rows(descendant_area_ids integer[]) RETURNS SETOF area_containment LANGUAGE sql STABLE AS 'SELECT NULL::area_containment';
SELECT h.parent, h.depth FROM get_area_parent_hierarchy_rows(ARRAY[:area_id::int]) AS h;

-- name: credits_in_words()
-- Names and what stands between them, put together again.
-- Columns: artist_credit!, words!, first!, last_artist?
SELECT
    n.artist_credit,
    string_agg(n.name || n.join_phrase, '' ORDER BY n.position) AS words,
    min(n.position) AS first,
    (SELECT a.area FROM artist AS a WHERE a.id = max(n.artist)) AS last_artist
FROM artist_credit_name AS n
GROUP BY n.artist_credit;

-- name: partitions_of_releases()
-- Partitions by a boolean: the key is there, what sorts them isn't always.
-- Columns: is_track_artist!, artist!, first_release_date?, catalog_numbers?, country_code?
SELECT is_track_artist, artist, first_release_date, catalog_numbers, country_code FROM artist_release;

-- name: changes_of_edits()
-- Documents of edits: members that are missing, and members that are null.
-- Columns: edit!, name?, old_name?, keys!, editor?
SELECT
    d.edit,
    d.data ->> 'name' AS name,
    d.data #>> '{old,name}' AS old_name,
    (SELECT count(*) FROM jsonb_object_keys(d.data)) AS keys,
    e.name AS editor
FROM edit_data AS d
JOIN edit ON edit.id = d.edit
LEFT JOIN editor AS e ON e.id = edit.editor AND edit.close_time IS NULL;

-- name: everything_named(name)
-- Three kinds in one list; a union drops doubles and keeps NULL.
-- Columns: kind!, gid!, name!, comment!, length?
-- Parameters: name!
SELECT 'artist' AS kind, gid, name, comment, NULL::int AS length FROM artist WHERE name = :name
UNION
SELECT 'recording', gid, name, comment, length FROM recording WHERE name = :name
UNION
SELECT 'work', gid, name, comment, NULL FROM work WHERE name = :name;
