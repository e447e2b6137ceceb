-- Before PostgreSQL 18 a child could lose the NOT NULL that its parent has.
CREATE TABLE elder (id integer NOT NULL, a integer NOT NULL);
CREATE TABLE younger () INHERITS (elder);
ALTER TABLE younger ALTER a DROP NOT NULL;
