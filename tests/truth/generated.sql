-- Generated columns: as nullable as their expression, unless they are NOT NULL themselves.

-- name: stored()
-- A stored column of filled columns is filled, one of a nullable column is not.
-- Columns: doubled!, surface?, label!, tall!
SELECT doubled, surface, label, tall FROM parcel;

-- name: stored_not_null()
-- NOT NULL of a generated column refuses rows that would make it NULL.
-- Columns: must!, height?
-- Data: ALTER TABLE bundle ALTER must SET EXPRESSION AS (coalesce(height, 0)); INSERT INTO bundle VALUES (1, NULL);
-- Requires: 17
SELECT must, height FROM bundle;

-- name: stored_tested()
-- A test of the generated column is a test of it alone as far as rows tell, and it is filled.
-- Columns: surface!, label!, must!
SELECT p.surface, p.label, b.must FROM parcel AS p, bundle AS b WHERE p.surface > 0;

-- name: stored_on_the_nullable_side()
-- On the nullable side of a join also what is never NULL.
-- Columns: id!, doubled?
SELECT i.id, p.doubled FROM item AS i LEFT JOIN parcel AS p ON p.id = i.id + 1;

-- name: insert_returning(width, height)
-- RETURNING has the generated columns as the row makes them.
-- Columns: doubled!, surface?, tall!
-- Parameters: width!, height?
INSERT INTO parcel (id, width, height) VALUES (50, :width, :height) RETURNING doubled, surface, tall;

-- name: insert_into_what_must_not_be_null(height)
-- A parameter that would make a NOT NULL generated column NULL is refused by it.
-- Columns: id!, must!
-- Parameters: height!
INSERT INTO bundle (id, height) VALUES (50, :height) RETURNING id, must;

-- name: update_returning(height)
-- So has an UPDATE.
-- Columns: doubled!, surface?
-- Parameters: height?
UPDATE parcel SET height = :height RETURNING doubled, surface;

-- name: insert_of_constants()
-- A generated column over what was just put there.
-- Columns: doubled!, height!, tall!, surface?
INSERT INTO parcel (id, width, height) VALUES (50, 2, 3) RETURNING doubled, height, tall, nullif(width, 2) AS surface;

-- name: child_has_another_expression()
-- A child may compute the column otherwise, also from what may be NULL.
-- Columns: size?, width!
-- Requires: 16
-- Data: INSERT INTO crate_child (id, width, height) VALUES (1, 1, NULL);
SELECT size, width FROM crate;

-- name: parent_only()
-- The parent alone has its own expression.
-- Columns: size!, other?
-- Requires: 16
-- Data: INSERT INTO crate (id, width) VALUES (1, 1);
SELECT c.size, nullif(c.width, 1) AS other FROM ONLY crate AS c;

-- name: virtual()
-- A virtual column is its expression.
-- Columns: doubled!, surface?, label!
-- Requires: 18
-- Data: INSERT INTO virtual (id, width) VALUES (1, 1);
SELECT doubled, surface, label FROM virtual;

-- name: virtual_not_null()
-- A virtual column may be NOT NULL, too.
-- Columns: must!, height?
-- Requires: 18
-- Data: ALTER TABLE virtual_bundle ALTER must SET EXPRESSION AS (coalesce(height, 0)); INSERT INTO virtual_bundle VALUES (1, NULL);
SELECT must, height FROM virtual_bundle;

-- name: virtual_on_the_nullable_side()
-- A virtual column is NULL where its row is missing, whatever its expression.
-- Columns: id!, label?
-- Requires: 18
SELECT i.id, v.label FROM item AS i LEFT JOIN virtual AS v ON v.id = i.id;

-- name: virtual_returning(width, height)
-- RETURNING computes it of the new row.
-- Columns: doubled!, surface?
-- Parameters: width!, height?
-- Requires: 18
INSERT INTO virtual (id, width, height) VALUES (50, :width, :height) RETURNING doubled, surface;

-- name: virtual_narrowed()
-- A test of a column narrows what is computed from it.
-- Columns: surface!, height!, label!, other?
-- Requires: 18
-- Data: INSERT INTO virtual (id, width, height) VALUES (1, 1, 1);
SELECT surface, height, label, nullif(width, 1) AS other FROM virtual WHERE height > 0;
