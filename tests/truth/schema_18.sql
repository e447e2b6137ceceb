-- What PostgreSQL 18 adds: virtual columns, NOT NULL that is not valid or not inherited, CHECK that is not enforced.
CREATE TABLE virtual (
    id integer PRIMARY KEY,
    width integer NOT NULL,
    height integer,
    doubled integer GENERATED ALWAYS AS (width * 2) VIRTUAL,
    surface integer GENERATED ALWAYS AS (width * height) VIRTUAL,
    label text GENERATED ALWAYS AS (coalesce(height, 0)::text) VIRTUAL
);
CREATE TABLE virtual_bundle (
    id integer PRIMARY KEY,
    height integer,
    must integer GENERATED ALWAYS AS (height + 1) VIRTUAL NOT NULL
);
CREATE TABLE unproved (id integer PRIMARY KEY, code text);
INSERT INTO unproved VALUES (1, NULL), (2, 'a');
ALTER TABLE unproved ADD CONSTRAINT unproved_code NOT NULL code NOT VALID;
CREATE TABLE proved (id integer PRIMARY KEY, code text);
ALTER TABLE proved ADD CONSTRAINT proved_code NOT NULL code NOT VALID;
ALTER TABLE proved VALIDATE CONSTRAINT proved_code;
CREATE TABLE unenforced (id integer PRIMARY KEY, code text, CONSTRAINT code_given CHECK (code IS NOT NULL) NOT ENFORCED);
CREATE TABLE lone (id integer NOT NULL, a integer CONSTRAINT lone_a NOT NULL NO INHERIT);
CREATE TABLE lone_child () INHERITS (lone);
