-- What a music encyclopaedia looks up.

-- name: artist(gid)^
-- An artist with what it may lack: a type, an area, a gender, a date.
-- Columns: id!, name!, comment!, type?, area?, country_code?, begin_date_year?, ended!
-- Parameters: gid!
-- Data: INSERT INTO artist (id, gid, name, sort_name) VALUES (2, '00000000-0000-0000-0000-000000000001', 'a', 'a');
SELECT a.id, a.name, a.comment, t.name AS type, area.name AS area, iso.code AS country_code, a.begin_date_year, a.ended
FROM artist AS a
LEFT JOIN artist_type AS t ON t.id = a.type
LEFT JOIN area ON area.id = a.area
LEFT JOIN iso_3166_1 AS iso ON iso.area = area.id
WHERE a.gid = :gid;

-- name: aliases(artist_id)
-- The names of a language first.
-- Columns: name!, locale?, primary_for_locale!, type?
-- Parameters: artist_id!
-- Data: INSERT INTO artist (id, gid, name, sort_name) VALUES (2, gen_random_uuid(), 'a', 'a');
-- Data: INSERT INTO artist_alias (artist, name, sort_name) VALUES (2, 'x', 'x');
SELECT name, locale, primary_for_locale, type FROM artist_alias WHERE artist = :artist_id ORDER BY locale, sort_name;

-- name: releases_of_group(release_group)
-- Releases with their day, which may be known in part.
-- Columns: id!, name!, barcode?, language?, released?
-- Parameters: release_group!
SELECT
    r.id,
    r.name,
    r.barcode,
    l.name AS language,
    make_date(e.date_year, coalesce(e.date_month, 1::smallint), coalesce(e.date_day, 1::smallint)) AS released
FROM release AS r
LEFT JOIN language AS l ON l.id = r.language
LEFT JOIN release_event AS e ON e.release = r.id
WHERE r.release_group = :release_group;

-- name: tracks(release)
-- Media, tracks and what was recorded.
-- Columns: medium!, number!, title!, artists!, length?, recorded!, format?
-- Parameters: release!
-- Data: INSERT INTO artist_credit (id, name, artist_count, gid) VALUES (1, 'x', 1, gen_random_uuid());
-- Data: INSERT INTO release_group (id, gid, name, artist_credit) VALUES (1, gen_random_uuid(), 'x', 1);
-- Data: INSERT INTO release (id, gid, name, artist_credit, release_group) VALUES (1, gen_random_uuid(), 'x', 1, 1);
-- Data: INSERT INTO medium (id, release, position, gid) VALUES (1, 1, 1, gen_random_uuid());
-- Data: INSERT INTO recording (id, gid, name, artist_credit) VALUES (1, gen_random_uuid(), 'x', 1);
-- Data: INSERT INTO track (gid, recording, medium, position, number, name, artist_credit) VALUES (gen_random_uuid(), 1, 1, 1, '1', 'x', 1);
SELECT
    m.position AS medium,
    t.number,
    t.name AS title,
    ac.name AS artists,
    coalesce(t.length, r.length) AS length,
    r.name AS recorded,
    f.name AS format
FROM medium AS m
JOIN track AS t ON t.medium = m.id
JOIN recording AS r ON r.id = t.recording
JOIN artist_credit AS ac ON ac.id = t.artist_credit
LEFT JOIN medium_format AS f ON f.id = m.format
WHERE m.release = :release
ORDER BY m.position, t.position;

-- name: labels_of(releases)
-- A label with a number, a number without a label, a label without a number.
-- Columns: release!, label?, catalog_number?, label_code?
-- Parameters: releases!
-- Try: releases = {1,2,3}
SELECT rl.release, l.name AS label, rl.catalog_number, l.label_code
FROM release_label AS rl
LEFT JOIN label AS l ON l.id = rl.label
WHERE rl.release = ANY(:releases);

-- name: open_edits(editor, max_rows)
-- What was not closed yet.
-- Columns: id!, type!, open_time?, close_time?, language?
-- Parameters: editor!, max_rows! by-rule
SELECT id, type, open_time, close_time, language
FROM edit
WHERE editor = :editor AND close_time IS NULL
ORDER BY id
LIMIT :max_rows;

-- name: add_label(name, label_code, area)<!
-- A label of now; the trigger that follows changes nothing of it.
-- Columns: id!, gid!, comment!, label_code?, ended!, last_updated!
-- Parameters: name!, label_code?, area?
INSERT INTO label (gid, name, label_code, area)
VALUES (gen_random_uuid(), :name, :label_code, :area)
RETURNING id, gid, comment, label_code, ended, last_updated;

-- name: tag_counts()
-- Tags by use, those without use among them.
-- Columns: name!, artists!, votes?, best?
SELECT t.name, count(at.artist) AS artists, sum(at.count) AS votes, max(at.count) AS best
FROM tag AS t
LEFT JOIN artist_tag AS at ON at.tag = t.id
GROUP BY t.id
ORDER BY artists DESC;

-- name: statistic(name)
-- Days with the change from the day before.
-- Columns: day!, value!, change?
-- Parameters: name!
-- Try: name = count.artist
SELECT date_collected AS day, value, value - lag(value) OVER (ORDER BY date_collected) AS change
FROM statistics.statistic
WHERE name = :name;

-- name: languages()
-- One of two codes is there, says a constraint.
-- Columns: name!, code_2t?, code_3?, one_of_them!
SELECT name, iso_code_2t AS code_2t, iso_code_3 AS code_3, coalesce(iso_code_2t, iso_code_3) AS one_of_them FROM language;
