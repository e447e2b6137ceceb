-- Writes, windows, recursion.

-- name: merge_tags(artist, tag, change)
-- An upsert: the sum of what was there and what came.
-- Columns: artist!, tag!, count!
-- Parameters: artist!, tag!, change!
-- Try: artist = 2
INSERT INTO artist_tag AS t (artist, tag, count)
VALUES (:artist, :tag, :change)
ON CONFLICT (artist, tag) DO UPDATE SET count = t.count + excluded.count
RETURNING t.artist, t.tag, t.count;

-- name: close_edit(edit, status)
-- Closed now; its language stays what it was. The BEFORE triggers of the table could change anything, and don't.
-- Columns: id!, close_time?, language?
-- Parameters: edit!, status!
UPDATE edit SET status = :status, close_time = nullif(close_time, close_time) WHERE id = :edit RETURNING id, close_time, language;

-- name: remove_aliases(artist)
-- What was deleted, with the name of whom it was.
-- Columns: id!, name!, locale?, artist!, area?
-- Parameters: artist!
-- Data: INSERT INTO artist (id, gid, name, sort_name) VALUES (2, gen_random_uuid(), 'a', 'a');
-- Data: INSERT INTO artist_alias (artist, name, sort_name) VALUES (2, 'x', 'x');
DELETE FROM artist_alias AS al
USING artist AS a
WHERE a.id = al.artist AND al.artist = :artist
RETURNING al.id, al.name, al.locale, a.name AS artist, a.area;

-- name: median_lengths()
-- An aggregate of a user's over what may be NULL.
-- Columns: artist_credit!, recordings!, median?, mean?, spread?
SELECT
    artist_credit,
    count(*) AS recordings,
    median(length) AS median,
    avg(length) AS mean,
    stddev_samp(length) AS spread
FROM recording
GROUP BY artist_credit;

-- name: unused()
-- An anti-join: the other side is NULL in every row that is left.
-- Columns: id!, name!, track?
SELECT r.id, r.name, t.id AS track FROM recording AS r LEFT JOIN track AS t ON t.recording = r.id WHERE t.id IS NULL;

-- name: first_release_of_each()
-- The first row of each group by a window, filtered outside.
-- Columns: release_group!, name!, year?, place!
SELECT x.release_group, x.name, x.year, x.place
FROM (
    SELECT
        r.release_group,
        r.name,
        e.date_year AS year,
        row_number() OVER (PARTITION BY r.release_group ORDER BY e.date_year NULLS LAST) AS place
    FROM release AS r
    LEFT JOIN release_country AS e ON e.release = r.id
) AS x
WHERE x.place <= 2;

-- name: years(first, last)
-- Years without releases have none: the series is there, what it is joined to is not.
-- Columns: year!, releases!, names?
-- Parameters: first!, last!
-- Try: first = 1998
-- Try: last = 2000
SELECT y.year, count(r.id) AS releases, string_agg(r.name, ', ' ORDER BY r.name) AS names
FROM generate_series(:first::int, :last::int) AS y (year)
LEFT JOIN release_country AS c ON c.date_year = y.year
LEFT JOIN release AS r ON r.id = c.release
GROUP BY y.year;

-- name: codes_of_works(work)
-- CHAR codes, trimmed; one of them isn't known.
-- Columns: work!, iswc?, digits?, kind!
-- Parameters: work?
SELECT
    w.id AS work,
    i.iswc,
    translate(i.iswc, 'T-.', '') AS digits,
    CASE WHEN i.iswc IS NULL THEN 'unknown' ELSE 'known' END AS kind
FROM work AS w
JOIN iswc AS i ON i.work = w.id
WHERE w.id = :work OR :work IS NULL;

-- name: groups_without_dates()
-- What a trigger keeps beside the groups, and what EXCEPT leaves of them.
-- Columns: id!, first_year?
SELECT m.id, m.first_release_date_year AS first_year FROM release_group_meta AS m
EXCEPT
SELECT c.release, c.date_year FROM release_country AS c WHERE c.date_year IS NOT NULL;

-- name: deleted(since)
-- A document of what is gone, its kind, and its name if it is an object.
-- Columns: gid!, kind!, name?, deleted_at!
-- Parameters: since?
SELECT gid, jsonb_typeof(data) AS kind, data ->> 'name' AS name, deleted_at
FROM deleted_entity
WHERE deleted_at >= coalesce(:since, '-infinity'::timestamptz);
