-- From PostgreSQL 16 on a child may have its own expression for a generated column.
CREATE TABLE crate (id integer NOT NULL, width integer NOT NULL, size integer GENERATED ALWAYS AS (width * 2) STORED);
CREATE TABLE crate_child (
    height integer,
    size integer GENERATED ALWAYS AS (width * height) STORED
) INHERITS (crate);
