-- A table stands for its children and partitions as well: what all of them promise is promised.

-- name: parent()
-- NOT NULL of the parent is that of its children; a child's own isn't the parent's.
-- Columns: id!, wheels?, owner?
SELECT id, wheels, owner FROM vehicle;

-- name: children()
-- A child has the NOT NULL of its parent and its own.
-- Columns: id!, doors!, truck_wheels!, owner?
SELECT c.id, c.doors, t.wheels AS truck_wheels, t.owner FROM car AS c, truck AS t;

-- name: only_parent()
-- ONLY leaves the children out.
-- Columns: id!, wheels?
SELECT id, wheels FROM ONLY vehicle;

-- name: check_no_inherit()
-- CHECK … NO INHERIT says nothing of the children; one that is inherited does.
-- Columns: id!, own?, shared!
SELECT id, own, shared FROM guard;

-- name: check_no_inherit_only()
-- Of the parent alone it does.
-- Columns: own!, shared!, gap?
SELECT own, shared, nullif(own, 1) AS gap FROM ONLY guard;

-- name: update_of_a_parent()
-- An UPDATE of the parent returns rows of children.
-- Columns: id!, own?, shared!
UPDATE guard SET id = id + 50 RETURNING id, own, shared;

-- name: partitioned()
-- A partitioned table is what its NOT NULL says, whatever a partition adds.
-- Columns: k!, size!, note?, amount?
SELECT k, size, note, amount FROM part;

-- name: partition()
-- A partition has its own NOT NULL besides.
-- Columns: k!, note!, amount?
SELECT k, note, amount FROM part_1;

-- name: default_partition()
-- The others need not have it.
-- Columns: k!, note?
SELECT k, note FROM part_rest;

-- name: insert_into_a_partitioned_table(k, note, amount)
-- A partition may refuse None that the table takes.
-- Columns: k!, note?, amount?, size!
-- Parameters: k!, note?, amount?
INSERT INTO part (k, note, amount) VALUES (:k, :note, :amount) RETURNING k, note, amount, size;

-- name: insert_into_a_partition(note, amount)
-- Into the partition itself its own NOT NULL counts.
-- Columns: k!, note!, amount?
-- Parameters: note!, amount?
INSERT INTO part_1 (k, note, amount) VALUES (1, :note, :amount) RETURNING k, note, amount;

-- name: trigger_on_a_partition()
-- A trigger of one partition changes what the whole table returns.
-- Columns: k!, note?
INSERT INTO watched VALUES (1, 'x'), (2, 'y') RETURNING k, note;

-- name: trigger_on_no_partition()
-- Where no partition has one, a constant stays.
-- Columns: remark!, worth!, other?
INSERT INTO ranged VALUES ('2024-05-05', 1, 'x') RETURNING remark, worth, nullif(worth, 1) AS other;

-- name: range_partitions()
-- Ranges are like lists.
-- Columns: at!, worth!, remark?
SELECT at, worth, remark FROM ranged WHERE at < '2025-01-01';

-- name: child_lost_its_not_null()
-- Before PostgreSQL 18 a child could drop what its parent has.
-- Columns: id!, a?
-- Until: 17
-- Data: INSERT INTO younger VALUES (1, NULL);
SELECT id, a FROM elder;

-- name: child_lost_its_not_null_only()
-- The parent alone still has it.
-- Columns: a!, gap?
-- Until: 17
-- Data: INSERT INTO elder VALUES (1, 1);
SELECT a, nullif(id, 1) AS gap FROM ONLY elder;

-- name: not_null_no_inherit()
-- From PostgreSQL 18 on NOT NULL may be kept from children.
-- Columns: id!, a?
-- Requires: 18
-- Data: INSERT INTO lone_child VALUES (1, NULL);
SELECT id, a FROM lone;

-- name: not_null_no_inherit_only()
-- Of the parent alone it holds.
-- Columns: a!, gap?
-- Requires: 18
-- Data: INSERT INTO lone VALUES (1, 1);
SELECT a, nullif(id, 1) AS gap FROM ONLY lone;

-- name: where_the_row_is_from()
-- tableoid and the other system columns are filled.
-- Columns: origin!, place!, owner?
SELECT tableoid::regclass AS origin, ctid AS place, owner FROM vehicle;

-- name: row_that_moves()
-- An UPDATE that moves a row to another partition inserts it there, and its trigger is that of an INSERT.
-- Columns: k!, note?
UPDATE watched SET k = 1, note = 'x' RETURNING k, note;

-- name: row_that_moves_after_a_test()
-- Also what WHERE tested may be cleared.
-- Columns: k!, note?
UPDATE watched SET k = 1 WHERE note > '' RETURNING k, note;

-- name: trigger_of_a_child()
-- A trigger of a child changes what an UPDATE of the parent returns.
-- Columns: id!, owner?
-- Data: INSERT INTO boat VALUES (1, 1, 'ann');
UPDATE vehicle SET wheels = 4, owner = 'x' RETURNING id, owner;

-- name: trigger_of_a_child_not_asked_for()
-- ONLY leaves the child and its trigger out.
-- Columns: owner!, wheels?
UPDATE ONLY vehicle SET owner = 'x' RETURNING owner, wheels;

-- name: insert_into_the_parent()
-- An INSERT goes to the parent itself.
-- Columns: owner!, wheels?
INSERT INTO vehicle (id, owner) VALUES (50, 'x') RETURNING owner, wheels;

-- name: dropped_columns()
-- Columns that were dropped leave their places empty.
-- Columns: note?, id!, title!
-- Data: INSERT INTO shrunk VALUES (NULL, 1, 'a');
SELECT note, id, title FROM shrunk;

-- name: insert_beside_dropped_columns(note, id, title)
-- So for values without names.
-- Columns: note?, id!, title!
-- Parameters: note?, id!, title!
INSERT INTO shrunk VALUES (:note, :id, :title) RETURNING note, id, title;

-- name: whole_row_beside_dropped_columns()
-- A row with dropped columns IS NOT NULL by those that are left.
-- Columns: note!, id!, other?
-- Data: INSERT INTO shrunk VALUES ('x', 1, 'a');
SELECT note, id, nullif(id, 1) AS other FROM shrunk AS s WHERE s IS NOT NULL;

-- name: odd_names()
-- Names in quotes, with blanks and capitals.
-- Columns: order!, remark?, over!
-- Data: INSERT INTO "Odd name" VALUES (1, NULL, 2);
SELECT "order", "a b" AS remark, "ÜBER" AS over FROM "Odd name";

-- name: insert_odd_names(a, b)
-- And parameters for them.
-- Columns: order!, remark?
-- Parameters: a!, b?
INSERT INTO "Odd name" ("ÜBER", "order", "a b") VALUES (1, :a, :b) RETURNING "order", "a b" AS remark;
