-- What MusicBrainz' own set-up does before its files: schemas, the search path that the files count on, and a stand-in
-- for a collation that needs ICU.

CREATE SCHEMA musicbrainz;
CREATE SCHEMA cover_art_archive;
CREATE SCHEMA documentation;
CREATE SCHEMA statistics;
CREATE SCHEMA wikidocs;
ALTER ROLE CURRENT_USER SET search_path = musicbrainz, public;
CREATE COLLATION musicbrainz.musicbrainz (provider = libc, locale = 'C');
