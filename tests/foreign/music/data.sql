-- Rows that witness what may be NULL: entities with and without dates, places, formats, codes and partners.

BEGIN;
INSERT INTO language (id, iso_code_2t, iso_code_1, name, iso_code_3) VALUES (1, 'eng', 'en', 'English', NULL), (2, NULL, NULL, 'Ewondo', 'ewo');
INSERT INTO gender (id, name, gid) VALUES (1, 'Other', gen_random_uuid());
INSERT INTO area (id, gid, name, begin_date_year) VALUES (1, '00000000-0000-0000-0000-000000000001', 'Austria', NULL), (2, gen_random_uuid(), 'Nowhere', 1900);
INSERT INTO country_area (area) VALUES (1);
INSERT INTO iso_3166_1 (area, code) VALUES (1, 'AT');
INSERT INTO artist_type (id, name, gid) VALUES (1, 'Person', gen_random_uuid());
INSERT INTO artist (id, gid, name, sort_name, begin_date_year, begin_date_month, type, area, gender)
VALUES
    (100, '00000000-0000-0000-0000-000000000001', 'ann', 'ann', 1950, 2, 1, 1, 1),
    (2, gen_random_uuid(), 'a', 'a', NULL, NULL, NULL, NULL, NULL),
    (4, gen_random_uuid(), 'silent', 'silent', 1960, NULL, 1, NULL, NULL);
INSERT INTO artist_alias (id, artist, name, sort_name, locale, primary_for_locale)
VALUES (1, 100, 'a', 'a', 'en', true), (2, 100, 'x', 'x', NULL, false), (3, 2, 'a', 'a', NULL, false);
INSERT INTO artist_credit (id, name, artist_count, ref_count, gid)
VALUES (1, 'ann & a', 2, 1, gen_random_uuid()), (2, 'a', 1, NULL, gen_random_uuid());
INSERT INTO artist_credit_name (artist_credit, position, artist, name, join_phrase) VALUES (1, 0, 100, 'ann', ' & '), (1, 1, 2, 'a', ''), (2, 0, 2, 'a', '');
INSERT INTO release_group (id, gid, name, artist_credit, type) VALUES (1, gen_random_uuid(), 'a', 1, NULL), (2, gen_random_uuid(), 'x', 2, NULL), (3, gen_random_uuid(), 'lone', 2, NULL);
INSERT INTO release (id, gid, name, artist_credit, release_group, language, barcode)
VALUES
    (1, '00000000-0000-0000-0000-000000000001', 'a', 1, 1, 1, '123'),
    (2, gen_random_uuid(), 'x', 2, 1, NULL, NULL),
    (3, gen_random_uuid(), 'y', 2, 2, 2, NULL);
INSERT INTO release_country (release, country, date_year, date_month, date_day) VALUES (1, 1, 1999, 1, 2), (2, 1, NULL, NULL, NULL);
INSERT INTO release_unknown_country (release, date_year) VALUES (3, 2001);
INSERT INTO label (id, gid, name, label_code, area) VALUES (1, gen_random_uuid(), 'a', 100, 1), (2, gen_random_uuid(), 'b', NULL, NULL);
INSERT INTO release_label (id, release, label, catalog_number) VALUES (1, 1, 1, 'C1'), (2, 2, NULL, 'C2'), (3, 3, 2, NULL);
INSERT INTO medium_format (id, name, gid) VALUES (1, 'CD', gen_random_uuid());
INSERT INTO medium (id, release, position, format, gid) VALUES (1, 1, 1, 1, gen_random_uuid()), (2, 2, 1, NULL, gen_random_uuid()), (3, 2, 2, NULL, gen_random_uuid());
INSERT INTO recording (id, gid, name, artist_credit, length)
VALUES (1, '00000000-0000-0000-0000-000000000001', 'a', 1, 1000), (2, gen_random_uuid(), 'b', 2, NULL), (3, gen_random_uuid(), 'unheard', 2, NULL);
INSERT INTO track (id, gid, recording, medium, position, number, name, artist_credit, length)
VALUES (1, gen_random_uuid(), 1, 1, 1, '1', 'a', 1, 1000), (2, gen_random_uuid(), 2, 1, 2, '2', 'b', 2, NULL), (3, gen_random_uuid(), 2, 2, 1, 'A1', 'b', 2, NULL);
INSERT INTO track (id, gid, recording, medium, position, number, name, artist_credit, is_data_track)
VALUES (4, gen_random_uuid(), 2, 3, 1, '1', 'data', 2, true);
INSERT INTO isrc (id, recording, isrc) VALUES (1, 1, 'USABC1234567');
INSERT INTO work (id, gid, name) VALUES (1, gen_random_uuid(), 'a'), (2, gen_random_uuid(), 'b');
INSERT INTO iswc (id, work, iswc) VALUES (1, 1, 'T-123.456.789-1'), (2, 2, NULL);
INSERT INTO editor (id, name, privs, email, email_confirm_date, password, ha1, member_since)
VALUES
    (1, 'ann', 0, 'a', now(), 'x', 'y', now()),
    (2, 'old', NULL, NULL, NULL, 'x', 'y', NULL),
    (3, 'a', 1, 'x', now(), 'x', 'y', now());
INSERT INTO edit (id, editor, type, status, open_time, close_time, expire_time, language) VALUES (1, 1, 1, 1, now(), NULL, now(), NULL), (2, 1, 2, 2, NULL, now(), now(), 1), (3, 1, 1, 1, now(), NULL, now(), 2);
UPDATE edit SET open_time = NULL WHERE id = 3;
INSERT INTO edit_data (edit, data) VALUES (1, '{"name": "a", "old": {"name": "b"}}'), (2, '{"entity": 1, "name": null}');
INSERT INTO tag (id, name) VALUES (1, 'a'), (2, 'unused');
INSERT INTO artist_tag (artist, tag, count) VALUES (100, 1, 5), (2, 1, 0);
INSERT INTO release_tag (release, tag, count) VALUES (1, 2, 1);
INSERT INTO series_type (id, name, entity_type, gid) VALUES (1, 'Tour', 'artist', gen_random_uuid());
INSERT INTO series_ordering_type (id, name, gid) VALUES (1, 'Automatic', gen_random_uuid());
INSERT INTO series (id, gid, name, type, ordering_type) VALUES (1, gen_random_uuid(), 'a', 1, 1);
INSERT INTO link_type (id, gid, entity_type0, entity_type1, name, link_phrase, reverse_link_phrase, long_link_phrase)
VALUES (1, 'd1a845d1-8c03-3191-9454-e4e8d37fa5e0', 'artist', 'series', 'part of', 'a', 'b', 'c');
INSERT INTO link (id, link_type) VALUES (1, 1);
INSERT INTO l_artist_series (id, link, entity0, entity1, link_order) VALUES (1, 1, 100, 1, 1);
INSERT INTO deleted_entity (gid, data) VALUES (gen_random_uuid(), '{"name": "gone"}'), (gen_random_uuid(), '[]');
INSERT INTO statistics.statistic (id, name, value, date_collected) VALUES (1, 'count.artist', 10, '2024-01-01'), (2, 'count.artist', 12, '2024-01-02'), (3, 'x', 1, '2024-01-01');
INSERT INTO cover_art_archive.image_type (mime_type, suffix) VALUES ('image/jpeg', 'jpg');
INSERT INTO cover_art_archive.art_type (id, name, gid) VALUES (1, 'Front', gen_random_uuid());
INSERT INTO cover_art_archive.cover_art (id, release, edit, ordering, mime_type, filesize) VALUES (1, 1, 1, 1, 'image/jpeg', 10), (2, 1, 2, 2, 'image/jpeg', NULL);
INSERT INTO cover_art_archive.cover_art_type (id, type_id) VALUES (1, 1);
COMMIT;

INSERT INTO artist_release (is_track_artist, artist, first_release_date, catalog_numbers, country_code, name, release)
VALUES (false, 100, 19990102, '{C1}', 'AT', 'a', 1), (true, 2, NULL, NULL, NULL, 'x', 2);
