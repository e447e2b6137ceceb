-- Constraints: which of them refuse NULL, and since when.

-- name: primary_key()
-- A primary key is filled; a unique column need not be.
-- Columns: id!, uniq?
SELECT id, uniq FROM checked;

-- name: composite_primary_key()
-- So is every column of a key of several.
-- Columns: purchase_id!, line!, rebate?
SELECT purchase_id, line, rebate FROM purchase_line;

-- name: check_is_not_null()
-- CHECK (x IS NOT NULL) refuses NULL; CHECK (x > 0) lets it pass.
-- Columns: sure!, loose?
SELECT sure, loose FROM checked;

-- name: check_of_several()
-- A conjunction that holds IS NOT NULL refuses NULL, a disjunction does not; one CHECK may speak of two columns.
-- Columns: positive!, either?, twin_a!, twin_b!
SELECT positive, either, twin_a, twin_b FROM checked;

-- name: check_not_valid()
-- A constraint that is NOT VALID says nothing of the rows that were there.
-- Columns: id!, code?
SELECT id, code FROM legacy;

-- name: check_validated()
-- Once it is validated, it does.
-- Columns: code!, loose?
SELECT m.code, c.loose FROM mended AS m JOIN checked AS c USING (id);

-- name: insert_under_a_constraint_not_valid(code)
-- New rows are checked, so None is refused and what comes back is filled.
-- Columns: id!, code!
-- Parameters: code!
INSERT INTO legacy VALUES (50, :code) RETURNING id, code;

-- name: insert_under_a_check(sure, loose)
-- CHECK (x IS NOT NULL) refuses None, CHECK (x > 0) doesn't.
-- Columns: sure!, loose?
-- Parameters: sure!, loose?
INSERT INTO checked (id, sure, positive, loose, twin_a, twin_b) VALUES (50, :sure, 1, :loose, 1, 1) RETURNING sure, loose;

-- name: insert_under_a_check_of_several(positive, either, twin_a)
-- So does each conjunct, and no disjunct.
-- Columns: positive!, either?, twin_a!
-- Parameters: positive!, either?, twin_a!
INSERT INTO checked (id, sure, positive, either, twin_a, twin_b) VALUES (50, 1, :positive, :either, :twin_a, 1) RETURNING positive, either, twin_a;

-- name: update_under_a_check(twin_b, uniq)
-- SET follows the same rule.
-- Columns: twin_b!, uniq?
-- Parameters: twin_b!, uniq?
-- Data: INSERT INTO checked VALUES (1, 1, 1, 1, 1, 1, 1, 1);
UPDATE checked SET twin_b = :twin_b, uniq = :uniq RETURNING twin_b, uniq;

-- name: not_null_dropped()
-- A column that lost its NOT NULL.
-- Columns: was?, kept!
SELECT was, kept FROM dropped;

-- name: check_on_the_nullable_side()
-- On the nullable side of a join no constraint helps.
-- Columns: id!, sure?
SELECT i.id, c.sure FROM item AS i LEFT JOIN checked AS c ON c.id = i.id + 1;

-- name: not_null_not_valid()
-- From PostgreSQL 18 on NOT NULL may be not valid as well.
-- Columns: id!, code?
-- Requires: 18
SELECT id, code FROM unproved;

-- name: not_null_validated()
-- Once it is validated, it is a NOT NULL.
-- Columns: code!, other?
-- Requires: 18
-- Data: INSERT INTO proved VALUES (1, 'a');
SELECT code, nullif(code, 'a') AS other FROM proved;

-- name: insert_under_not_null_not_valid(code)
-- New rows are checked.
-- Columns: id!, code!
-- Parameters: code!
-- Requires: 18
INSERT INTO unproved VALUES (50, :code) RETURNING id, code;

-- name: update_under_not_null_not_valid(id)
-- Also a row that is changed elsewhere is checked as a whole.
-- Columns: id!, code!
-- Parameters: id!
-- Requires: 18
UPDATE unproved SET id = id + 100 WHERE id >= :id AND code = 'a' RETURNING id, code;

-- name: delete_under_not_null_not_valid()
-- A row that goes is not.
-- Columns: id!, code?
-- Requires: 18
DELETE FROM unproved RETURNING id, code;

-- name: check_not_enforced()
-- CHECK … NOT ENFORCED is a remark.
-- Columns: id!, code?
-- Requires: 18
-- Data: INSERT INTO unenforced VALUES (1, NULL);
SELECT id, code FROM unenforced;

-- name: insert_under_a_check_not_enforced(code)
-- It refuses nothing.
-- Columns: id!, code?
-- Parameters: code?
-- Requires: 18
INSERT INTO unenforced VALUES (50, :code) RETURNING id, code;

-- name: check_older_than_its_function()
-- A function that has become STRICT since says nothing of the rows that its CHECK has let pass.
-- Columns: id!, size?
SELECT id, size FROM outlived;
