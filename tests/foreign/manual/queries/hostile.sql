-- Where a guess goes wrong.

-- name: cities_and_weather()
-- Both sides of a full join may be missing.
-- Columns: name?, city?, temp_hi?
SELECT c.name, w.city, w.temp_hi FROM cities AS c FULL JOIN weather AS w ON w.city = c.name;

-- name: all_towns()
-- The children of a table come with it, and their columns don't.
-- Columns: name?, elevation!, state?
SELECT t.name, t.elevation, c.state FROM towns AS t LEFT JOIN capitals AS c ON c.name = t.name;

-- name: only_towns()
-- The table by itself.
-- Columns: kind!, population?, elevation!
SELECT t.tableoid::regclass::text AS kind, population, elevation FROM ONLY towns AS t;

-- name: salaries()
-- Windows with frames of their own.
-- Columns: depname?, salary?, average?, place!, before?, total?
SELECT
    depname,
    salary,
    avg(salary) OVER (PARTITION BY depname) AS average,
    rank() OVER (PARTITION BY depname ORDER BY salary DESC) AS place,
    sum(salary) OVER (ORDER BY empno ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS before,
    sum(coalesce(salary, 0)) OVER (ORDER BY empno ROWS 1 PRECEDING EXCLUDE CURRENT ROW) AS total
FROM empsalary;

-- name: readings()
-- Partitions within partitions keep what their parent promises.
-- Columns: city_id!, logdate!, peaktemp?, highest!
SELECT m.city_id, m.logdate, m.peaktemp, max(m.logdate) OVER () AS highest FROM measurement AS m;

-- name: explode(part)
-- Parts of parts, counted.
-- Columns: sub_part!, total!
-- Parameters: part!
-- Try: part = car
WITH RECURSIVE included (sub_part, part, quantity) AS (
    SELECT sub_part, part, quantity FROM parts WHERE part = :part
    UNION ALL
    SELECT p.sub_part, p.part, p.quantity * pr.quantity
    FROM included AS pr, parts AS p
    WHERE p.part = pr.sub_part
)
SELECT sub_part, sum(quantity) AS total FROM included GROUP BY sub_part;

-- name: path_up(id)
-- The root has no link, and the path ends there.
-- Columns: id!, link?, depth!, path!
-- Parameters: id!
WITH RECURSIVE up AS (
    SELECT id, link, 0 AS depth, ARRAY[id] AS path FROM tree WHERE id = :id
    UNION ALL
    SELECT t.id, t.link, up.depth + 1, up.path || t.id FROM up JOIN tree AS t ON t.id = up.link
)
SELECT id, link, depth, path FROM up;

-- name: merge_accounts(name, branch, amount)
-- An upsert: the column of the account that was there stays.
-- Columns: name!, branch_name?, balance!
-- Parameters: name!, branch?, amount!
-- Try: branch = north
INSERT INTO accounts AS a (name, branch_name, balance)
VALUES (:name, :branch, :amount)
ON CONFLICT (name) DO UPDATE SET balance = a.balance + excluded.balance
RETURNING a.name, a.branch_name, a.balance;

-- name: hire(name, salary)
-- A trigger writes over what was given: None for the pay is fine, and a pay that was given may be gone.
-- Columns: empname!, salary?, last_user?
-- Parameters: name!, salary?
-- Data: CREATE OR REPLACE FUNCTION emp_stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.salary := NULL; RETURN NEW; END';
INSERT INTO emp (empname, salary) VALUES (:name, coalesce(:salary, 1)) RETURNING empname, salary, last_user;

-- name: laces_for_shoes()
-- A view of views of joins; a user's function of two numbers, and tests that take what is NULL away.
-- Columns: shoename!, sh_avail?, sl_name!, total_avail?
SELECT shoename, sh_avail, sl_name, total_avail FROM shoe_ready WHERE shoename <> '';
