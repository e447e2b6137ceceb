"""How many rows: each rule with what it proves and what it must not; then random statements on random data."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import psycopg
import pytest

from plainsql.describe import Describer
from tests.fixtures.databases import temporary_database
from tests.fixtures.effects import effects
from tests.fixtures.statements import TABLES, StatementMaker, fill

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN code AS varchar(10);
CREATE TABLE t (id integer PRIMARY KEY, a integer, s text UNIQUE, c code UNIQUE, ch char(5) UNIQUE, m mood UNIQUE,
    x integer NOT NULL, y integer, flag boolean, UNIQUE (x, y), UNIQUE (a, flag));
CREATE TABLE lines (t_id integer REFERENCES t, line bigint, product integer, PRIMARY KEY (t_id, line));
CREATE TABLE loose (id integer, n integer);
CREATE TABLE partly (id integer, mail text, gone date, kind text);
CREATE UNIQUE INDEX ON partly (lower(mail)) WHERE gone IS NULL;
CREATE UNIQUE INDEX ON partly (id) WHERE kind = 'open' AND id IS NOT NULL;
CREATE UNIQUE INDEX ON partly ((id + 1), kind);
CREATE TABLE nulls (parent integer, name text NOT NULL, UNIQUE NULLS NOT DISTINCT (parent, name));
CREATE TABLE single (k integer, v integer, UNIQUE NULLS NOT DISTINCT (k));
CREATE TYPE pair AS (a integer, b integer);
CREATE TABLE pairs (p pair, UNIQUE NULLS NOT DISTINCT (p));
CREATE TABLE late (id integer UNIQUE DEFERRABLE INITIALLY DEFERRED, k integer, EXCLUDE USING btree (k WITH =));
CREATE TABLE parent (id integer PRIMARY KEY);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE part (k integer PRIMARY KEY, x integer) PARTITION BY RANGE (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES FROM (0) TO (10);
CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
CREATE UNIQUE INDEX ON mv (id);
CREATE VIEW v AS SELECT id AS key, a, x FROM t WHERE flag;
CREATE VIEW totals AS SELECT t_id, count(*) AS n FROM lines GROUP BY t_id;
CREATE VIEW moody AS SELECT id, random() AS r FROM t;
CREATE TABLE ruled (id integer PRIMARY KEY);
CREATE RULE twice AS ON UPDATE TO ruled DO INSTEAD SELECT id FROM t;
CREATE VIEW over_ruled AS SELECT id FROM ruled;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TABLE kept (id integer PRIMARY KEY);
CREATE TRIGGER before BEFORE INSERT ON kept FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE VIEW triggered AS SELECT id FROM t;
CREATE TRIGGER instead INSTEAD OF UPDATE OR DELETE ON triggered FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE TABLE half (k integer) PARTITION BY LIST (k);
CREATE TABLE half_1 PARTITION OF half FOR VALUES IN (1);
CREATE TRIGGER before BEFORE INSERT ON half_1 FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE SEQUENCE numbers;
CREATE FUNCTION one_of_them(integer) RETURNS integer VOLATILE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION the_one(integer) RETURNS integer STABLE LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION several() RETURNS SETOF integer LANGUAGE sql AS 'VALUES (1), (2)';
CREATE FUNCTION alike(integer, integer) RETURNS boolean STRICT IMMUTABLE LANGUAGE sql AS 'SELECT true';
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = alike);
CREATE FUNCTION loosely(integer, integer) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1 IS NOT DISTINCT FROM $2';
CREATE FUNCTION strictly(integer, integer) RETURNS boolean STRICT IMMUTABLE LANGUAGE sql AS 'SELECT $1 = $2';
CREATE OPERATOR =? (LEFTARG = integer, RIGHTARG = integer, FUNCTION = loosely);
CREATE OPERATOR =! (LEFTARG = integer, RIGHTARG = integer, FUNCTION = strictly);
CREATE OPERATOR CLASS odd FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =?, OPERATOR 4 >=,
    OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE OPERATOR CLASS even FOR TYPE integer USING btree AS OPERATOR 1 <, OPERATOR 2 <=, OPERATOR 3 =!, OPERATOR 4 >=,
    OPERATOR 5 >, FUNCTION 1 btint4cmp(integer, integer);
CREATE TABLE strange (k integer, l integer);
CREATE UNIQUE INDEX ON strange (k odd);
CREATE UNIQUE INDEX ON strange (l even);
"""
NOCASE = """
CREATE COLLATION nocase (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
CREATE TABLE texts (plain text UNIQUE, loose text COLLATE nocase UNIQUE);
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


@pytest.fixture(scope="module")
def describer(conn: psycopg.Connection[Any]) -> Describer:
    return Describer(conn)


def verdict(describer: Describer, sql: str) -> str:
    """Return ``1`` for exactly one row, ``?`` for one at most, ``+`` for one or more, ``*`` for any number, ``0``."""
    rows = effects(describer, sql).rows
    return {(0, 0): "0", (1, 1): "1", (0, 1): "?", (1, None): "+", (0, None): "*"}[(rows.at_least, rows.at_most)]


ROWS = [
    # comparisons with a key
    ("SELECT id FROM t", "*"),
    ("SELECT id FROM t WHERE id = $1", "?"),
    ("SELECT id FROM t WHERE $1 = id", "?"),
    ("SELECT id FROM t WHERE id = 1 AND s LIKE 'a%'", "?"),
    ("SELECT id FROM t WHERE id = $1::bigint", "?"),
    ("SELECT id FROM t WHERE id = $1::smallint + 1", "?"),
    ("SELECT id FROM t WHERE id = $1::numeric", "*"),  # id is cast, and the cast isn't known to keep keys apart
    ("SELECT id FROM t WHERE id > 1", "*"),
    ("SELECT id FROM t WHERE id = 1 OR id = 2", "*"),
    ("SELECT id FROM t WHERE id = $1 OR $1 IS NULL", "*"),
    ("SELECT id FROM t WHERE id IN (1)", "?"),
    ("SELECT id FROM t WHERE id IN (1, 2)", "*"),
    ("SELECT id FROM t WHERE id = ANY($1::integer[])", "*"),
    ("SELECT id FROM t WHERE id <> 1", "*"),
    ("SELECT id FROM t WHERE NOT id = 1", "*"),
    ("SELECT id FROM t WHERE id === 1", "*"),
    ("SELECT id FROM t WHERE id = id", "*"),
    ("SELECT id FROM t WHERE id = a", "*"),
    ("SELECT id FROM t WHERE id = a AND a = 1", "?"),
    ("SELECT id FROM t WHERE id = random()::integer", "*"),
    ("SELECT id FROM t WHERE id = one_of_them(1)", "*"),
    ("SELECT id FROM t WHERE id = the_one(1)", "?"),
    ("SELECT id FROM t WHERE id = (SELECT max(id) FROM t)", "?"),
    ("SELECT id FROM t WHERE id = (SELECT max(l.line) FROM lines AS l WHERE l.t_id = t.a)", "*"),
    ("SELECT id FROM t WHERE id = (SELECT l.line FROM lines AS l ORDER BY random() LIMIT 1)", "*"),
    ("SELECT id FROM t WHERE s = 'x'", "?"),
    ("SELECT id FROM t WHERE s = $1::varchar", "?"),
    ("SELECT id FROM t WHERE lower(s) = 'x'", "*"),
    ("SELECT id FROM t WHERE c = 'x'", "?"),
    ("SELECT id FROM t WHERE ch = 'x'", "?"),
    ("SELECT id FROM t WHERE ch = 'x'::text", "*"),
    ("SELECT id FROM t WHERE s::bpchar = 'x'", "*"),  # trailing blanks don't count there
    ("SELECT id FROM t WHERE m = 'ok'", "?"),
    ("SELECT id FROM t WHERE x = 1", "*"),
    ("SELECT id FROM t WHERE x = 1 AND y = 1", "?"),
    ("SELECT id FROM t WHERE (x, y) = (1, 2)", "?"),
    ("SELECT id FROM t WHERE (x, y) IN ((1, 2))", "?"),
    ("SELECT id FROM t WHERE x = 1 AND y IS NULL", "*"),
    ("SELECT id FROM t WHERE x IS NOT DISTINCT FROM 1 AND y = 1", "?"),  # x is never NULL
    ("SELECT id FROM t WHERE x = 1 AND y IS NOT DISTINCT FROM 1", "*"),
    ("SELECT id FROM t WHERE a = 1 AND flag", "?"),
    ("SELECT id FROM t WHERE a = 1 AND NOT flag", "?"),
    ("SELECT id FROM t WHERE a = 1 AND flag IS FALSE", "?"),
    ("SELECT id FROM t WHERE a = 1 AND flag IS NOT TRUE", "*"),
    ("SELECT id FROM t WHERE a = 1 AND flag = $1", "?"),
    ("SELECT id FROM loose WHERE id = 1 AND n = 1", "*"),
    ("SELECT parent FROM nulls WHERE parent IS NULL AND name = 'x'", "?"),
    ("SELECT parent FROM nulls WHERE parent IS NOT DISTINCT FROM $1::integer AND name = 'x'", "?"),
    ("SELECT parent FROM nulls WHERE parent IS NULL", "*"),
    ("SELECT (p).a FROM pairs WHERE p = ROW(1, 2)::pair", "?"),
    ("SELECT (p).a FROM pairs WHERE p IS NULL", "*"),  # NULL, and a row of NULLs
    ("SELECT id FROM late WHERE id = 1", "*"),
    ("SELECT id FROM late WHERE k = 1", "*"),
    ("SELECT id FROM partly WHERE lower(mail) = $1 AND gone IS NULL", "?"),
    ("SELECT id FROM partly WHERE lower(mail) = $1", "*"),
    ("SELECT id FROM partly WHERE mail = $1 AND gone IS NULL", "*"),
    ("SELECT id FROM partly WHERE upper(mail) = $1 AND gone IS NULL", "*"),
    ("SELECT p.id FROM t, partly AS p WHERE t.id = 1 AND lower(p.mail) = t.s AND p.gone IS NULL", "?"),
    ("SELECT p.id FROM partly AS o, partly AS p WHERE lower(o.mail) = $1 AND o.gone IS NULL", "*"),
    ("SELECT p.id FROM partly AS o, partly AS p WHERE lower(o.mail) = $1 AND o.gone IS NULL AND p.gone IS NULL "
     "AND lower(p.mail) = lower(o.mail)", "?"),
    ("SELECT id FROM partly WHERE id = 1 AND kind = 'open'", "?"),
    ("SELECT id FROM partly WHERE id = 1 AND kind = 'shut'", "*"),
    ("SELECT id FROM partly WHERE id + 1 = 5 AND kind = 'shut'", "?"),
    ("SELECT id FROM partly WHERE id + 2 = 5 AND kind = 'shut'", "*"),
    ("SELECT k FROM strange WHERE k =? NULL", "*"),
    ("SELECT k FROM strange WHERE k = 1", "*"),
    ("SELECT k FROM strange WHERE l =! 1", "?"),
    ("SELECT k FROM strange WHERE l = 1", "*"),
    ("SELECT id FROM parent WHERE id = 1", "*"),
    ("SELECT id FROM ONLY parent WHERE id = 1", "?"),
    ("SELECT k FROM part WHERE k = 1", "?"),
    ("SELECT k FROM part WHERE x = 1", "*"),
    ("SELECT k FROM part_1 WHERE k = 1", "?"),
    ("SELECT id FROM mv WHERE id = 1", "?"),
    ("SELECT oid FROM pg_class WHERE oid = 't'::regclass", "?"),
    ("SELECT last_value FROM numbers", "1"),
    # joins
    ("SELECT t.id FROM t JOIN lines AS l ON l.t_id = t.id WHERE t.id = 1", "*"),
    ("SELECT t.id FROM lines AS l JOIN t ON t.id = l.t_id WHERE l.t_id = 1 AND l.line = 2", "?"),
    ("SELECT t.id FROM t, lines AS l WHERE t.id = l.t_id AND l.line = 1 AND t.id = 3", "?"),
    ("SELECT t.id FROM t, lines AS l WHERE t.id = l.t_id AND l.line = 1 AND l.t_id = 3", "?"),
    ("SELECT id FROM t JOIN lines AS l (id, line, product) USING (id) WHERE id = 1 AND line = 1", "?"),
    ("SELECT id FROM t FULL JOIN lines AS l (id, line, product) USING (id) WHERE id = 1 AND line = 1", "*"),
    ("SELECT t.id FROM t JOIN t AS o ON o.id = t.a WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t JOIN t AS o ON o.id = t.a WHERE o.id = 1", "*"),
    ("SELECT t.id FROM t JOIN loose ON true WHERE t.id = 1", "*"),
    ("SELECT t.id FROM t LEFT JOIN t AS o ON o.id = t.a WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN lines AS l ON l.t_id = t.id WHERE t.id = 1", "*"),
    ("SELECT t.id FROM t LEFT JOIN lines AS l ON l.t_id = t.id AND l.line = 1 WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN lines AS l ON l.t_id = t.id WHERE t.id = 1 AND l.line = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN t AS o ON o.id = t.a", "*"),
    ("SELECT t.id FROM t LEFT JOIN t AS o ON t.id = 1 AND o.id = 1", "*"),
    ("SELECT t.id FROM t AS o RIGHT JOIN t ON o.id = t.a WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t AS o RIGHT JOIN t ON o.id = t.a WHERE o.id = 1", "*"),
    ("SELECT t.id FROM t FULL JOIN t AS o ON o.id = t.id WHERE t.id = 1", "*"),
    ("SELECT t.id FROM t FULL JOIN t AS o ON o.id = t.id WHERE t.id = 1 AND o.id = 1", "?"),
    ("SELECT t.id FROM (SELECT 1 AS x) AS l FULL JOIN (SELECT 2 AS x) AS t (id) ON t.id = l.x", "+"),
    ("SELECT t.id FROM t LEFT JOIN (t AS o JOIN lines AS l ON l.t_id = o.id AND l.line = 1) ON o.id = t.a "
     "WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN (t AS o JOIN lines AS l ON l.t_id = o.id) ON o.id = t.a WHERE t.id = 1", "*"),
    # a row that an outer join fills with NULLs is another value
    ("SELECT o.id FROM t LEFT JOIN t AS o ON o.id = 5 JOIN lines AS l ON l.t_id = coalesce(o.a, t.a) "
     "WHERE t.s = 'x' AND l.line = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN (SELECT 1 AS c) AS o ON t.flag JOIN lines AS l "
     "ON l.t_id = coalesce(o.c, 2) AND l.line = 1 WHERE t.id = l.product", "*"),
    ("SELECT t.id FROM t LEFT JOIN partly AS o ON o.gone = 'today' WHERE t.id = 1 AND o.id IS NULL", "*"),
    ("SELECT t.id FROM t LEFT JOIN nulls AS o ON false WHERE t.id = 1 AND o.parent IS NULL AND o.name IS NULL", "?"),
    ("SELECT t.id FROM t LEFT JOIN nulls AS o ON o.name = t.s WHERE o.parent IS NULL AND o.name = 'x'", "*"),
    ("SELECT t.id FROM t LEFT JOIN single AS o ON o.v = t.id WHERE o.k IS NULL AND t.id = coalesce(o.v, 5)", "*"),
    ("SELECT t.id FROM single AS o RIGHT JOIN t ON o.v = t.id WHERE o.k IS NULL AND t.id = coalesce(o.v, 5)", "*"),
    ("SELECT t.id FROM single AS o FULL JOIN t ON o.v = t.id WHERE o.k IS NULL AND t.id = coalesce(o.v, 5)", "*"),
    ("SELECT t.id FROM single AS o JOIN t ON o.v = t.id WHERE o.k IS NULL AND t.id = coalesce(o.v, 5)", "?"),
    ("SELECT t.id FROM single AS o JOIN t ON o.k IS NULL AND t.id = o.v", "?"),
    # sub-selects, WITH and views
    ("SELECT x.id FROM (SELECT id FROM t) AS x WHERE x.id = 1", "?"),
    ("SELECT x.id FROM (SELECT id FROM t LIMIT 5) AS x WHERE x.id = 1", "?"),
    ("SELECT x.id FROM (SELECT id + 1 AS id FROM t) AS x WHERE x.id = 1", "*"),
    ("SELECT x.id FROM (SELECT id, generate_series(1, 2) AS g FROM t) AS x WHERE x.id = 1", "*"),
    ("SELECT x.id FROM (SELECT id, row_number() OVER () AS r FROM t) AS x WHERE x.id = 1", "?"),
    ("SELECT x.id FROM (SELECT id, row_number() OVER () AS r FROM t) AS x WHERE x.r = 1", "*"),
    ("SELECT x.n FROM (SELECT t_id, count(*) AS n FROM lines GROUP BY t_id) AS x WHERE x.t_id = 1", "?"),
    ("SELECT x.n FROM (SELECT t_id, count(*) AS n FROM lines GROUP BY t_id, line) AS x WHERE x.t_id = 1", "*"),
    ("SELECT x.n FROM (SELECT t_id, count(*) AS n FROM lines GROUP BY ROLLUP (t_id)) AS x WHERE x.t_id = 1", "*"),
    ("SELECT x.n FROM (SELECT DISTINCT n FROM loose) AS x WHERE x.n = 1", "?"),
    ("SELECT x.n FROM (SELECT DISTINCT n, id FROM loose) AS x WHERE x.n = 1", "*"),
    ("SELECT x.id FROM (SELECT id FROM t UNION ALL SELECT id FROM t) AS x WHERE x.id = 1", "*"),
    ("SELECT key FROM v WHERE key = 1", "?"),
    ("SELECT key FROM v WHERE x = 1", "*"),
    ("SELECT key FROM v WHERE a = 1", "?"),
    ("SELECT n FROM totals WHERE t_id = 1", "?"),
    ("SELECT n FROM totals WHERE n = 1", "*"),
    ("SELECT key FROM v JOIN totals ON t_id = key WHERE key = 1", "?"),
    ("SELECT t.id FROM t LEFT JOIN totals ON totals.t_id = t.id WHERE t.id = 1", "?"),
    ("SELECT id FROM moody WHERE id = 1", "?"),
    ("SELECT t.id FROM t JOIN moody ON t.id = moody.r::integer WHERE moody.id = 1", "*"),
    ("SELECT t.id FROM t JOIN (SELECT random()::integer AS r) AS x ON t.id = x.r", "*"),
    ("SELECT t.id FROM t JOIN (SELECT 1 AS r) AS x ON t.id = x.r", "?"),
    ("WITH w AS (SELECT id FROM t) SELECT id FROM w WHERE id = 1", "?"),
    ("WITH w AS (SELECT id FROM t) SELECT id FROM w", "*"),
    ("WITH w AS (SELECT id FROM t WHERE id = 1) SELECT w.id FROM w JOIN t ON t.id = w.id", "?"),
    ("WITH w AS (SELECT id FROM t ORDER BY id LIMIT 1) SELECT w.id FROM w JOIN t ON t.id = w.id", "?"),
    ("WITH w AS (SELECT random()::integer AS r) SELECT t.id FROM w JOIN t ON t.id = w.r", "?"),  # computed once
    ("WITH w AS (SELECT count(*) AS n FROM t) SELECT n FROM w", "1"),
    ("WITH RECURSIVE w (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM w WHERE n < 3) SELECT n FROM w", "*"),
    ("WITH w AS (UPDATE t SET a = 1 WHERE id = 1 RETURNING id) SELECT id FROM w", "?"),
    ("WITH w AS (UPDATE t SET a = 1 RETURNING id) SELECT id FROM w WHERE id = 1", "*"),
    ("WITH w AS (DELETE FROM t RETURNING id) SELECT count(*) AS n FROM w", "1"),
    ("SELECT t.id FROM t CROSS JOIN LATERAL (SELECT l.line FROM lines AS l WHERE l.t_id = t.id LIMIT 1) AS x "
     "WHERE t.id = 1", "?"),
    ("SELECT t.id FROM t CROSS JOIN LATERAL (SELECT l.line FROM lines AS l WHERE l.t_id = t.id LIMIT 1) AS x", "*"),
    ("SELECT t.id FROM t CROSS JOIN LATERAL (SELECT l.line FROM lines AS l WHERE l.t_id = t.id) AS x "
     "WHERE t.id = 1", "*"),
    ("SELECT x.id FROM t CROSS JOIN LATERAL (SELECT o.id FROM t AS o WHERE o.id = t.a) AS x WHERE t.id = 1", "?"),
    ("SELECT x.c FROM t CROSS JOIN LATERAL (SELECT t.a AS c) AS x WHERE t.id = x.c", "*"),
    ("SELECT x.c FROM t CROSS JOIN LATERAL (VALUES (t.a)) AS x (c) WHERE t.id = x.c", "*"),
    ("SELECT n FROM t CROSS JOIN LATERAL abs(t.a) AS n WHERE t.id = n", "*"),
    ("SELECT n FROM t CROSS JOIN LATERAL abs(t.a) AS n WHERE t.id = 1", "?"),
    ("SELECT l.t_id FROM t, lines AS l WHERE t.id = 1 AND l.line = 1 "
     "AND l.t_id = (SELECT o.id FROM t AS o WHERE o.a = t.a LIMIT 1)", "*"),  # it may choose anew for each row
    # without tables, VALUES and functions
    ("SELECT 1 AS x", "1"),
    ("SELECT 1 AS x WHERE $1 = 1", "?"),
    ("SELECT 1 AS x HAVING false", "?"),
    ("SELECT 1 AS x FROM t HAVING true", "1"),
    ("SELECT EXISTS (SELECT FROM t) AS x", "1"),
    ("SELECT generate_series(1, 2) AS x", "*"),
    ("SELECT unnest(ARRAY[1]) AS x", "*"),
    ("SELECT generate_series(1, 2) AS x LIMIT 1", "?"),
    ("SELECT DISTINCT generate_series(1, 2) AS x", "*"),
    ("VALUES (1)", "1"),
    ("VALUES (1), (2)", "+"),
    ("SELECT x FROM lower('A') AS x", "1"),
    ("SELECT x FROM generate_series(1, 2) AS x", "*"),
    ("SELECT x FROM several() AS x", "*"),
    ("SELECT a FROM ROWS FROM (lower('A'), several()) AS x (a, b)", "*"),
    ("SELECT t.id FROM t JOIN abs($1::integer) AS n ON t.id = n", "?"),
    # aggregates and groups
    ("SELECT count(*) AS n FROM t", "1"),
    ("SELECT max(a) AS n FROM t WHERE false", "1"),
    ("SELECT count(*) AS n FROM t HAVING count(*) > 1", "?"),
    ("SELECT a, count(*) AS n FROM t GROUP BY a", "*"),
    ("SELECT a, count(*) AS n FROM t WHERE a = 1 GROUP BY a", "?"),
    ("SELECT a, count(*) AS n FROM t WHERE a IS NULL GROUP BY a", "?"),
    ("SELECT a, count(*) AS n FROM t WHERE a IS NOT DISTINCT FROM $1 GROUP BY a", "?"),
    ("SELECT a, count(*) AS n FROM t GROUP BY a HAVING a = 1", "?"),
    ("SELECT a, count(*) AS n FROM t GROUP BY a HAVING count(*) = 1", "*"),
    ("SELECT a, count(*) AS n FROM t WHERE a = 1 GROUP BY a, s", "*"),
    ("SELECT a + 1 AS b, count(*) AS n FROM t WHERE a = 1 GROUP BY a + 1", "*"),
    ("SELECT id, count(*) AS n FROM t WHERE id = 1 GROUP BY id", "?"),
    ("SELECT count(*) AS n FROM t GROUP BY ()", "1"),
    ("SELECT count(*) AS n FROM t GROUP BY GROUPING SETS ((), ())", "*"),
    ("SELECT a, count(*) AS n FROM t WHERE a = 1 GROUP BY ROLLUP (a)", "*"),
    ("SELECT a, count(*) AS n FROM t WHERE a = 1 GROUP BY GROUPING SETS ((a))", "?"),
    ("SELECT 5 AS x, count(*) AS n FROM t GROUP BY 1", "?"),
    ("SELECT DISTINCT 1 AS x FROM t", "?"),
    ("SELECT DISTINCT a FROM t WHERE a = 1", "?"),
    ("SELECT DISTINCT a FROM t", "*"),
    ("SELECT DISTINCT ON (a) a, id FROM t WHERE a = 1", "?"),
    ("SELECT DISTINCT ON (a) a, id FROM t WHERE s = 'x' OR a = 1", "*"),
    ("SELECT count(*) OVER () AS n FROM t", "*"),
    ("SELECT DISTINCT a FROM t WHERE a = 1 GROUP BY ROLLUP (a)", "*"),  # 1 and NULL
    ("SELECT x.a FROM (SELECT DISTINCT a FROM t GROUP BY ROLLUP (a)) AS x WHERE x.a = 1", "*"),
    ("SELECT a, s FROM t WHERE a IS NOT DISTINCT FROM x AND x = 1 GROUP BY a, s HAVING s = 'x'", "?"),
    ("SELECT DISTINCT a, count(*) AS n FROM t WHERE a = 1 GROUP BY a, s", "*"),
    # limits
    ("SELECT id FROM t LIMIT 1", "?"),
    ("SELECT id FROM t ORDER BY id FETCH FIRST ROW ONLY", "?"),
    ("SELECT id FROM t ORDER BY id FETCH FIRST ROW WITH TIES", "*"),
    ("SELECT id FROM t LIMIT 2", "*"),
    ("SELECT id FROM t LIMIT $1", "*"),
    ("SELECT id FROM t LIMIT ALL", "*"),
    ("SELECT id FROM t LIMIT 1::bigint", "?"),
    ("SELECT id FROM t LIMIT 0", "0"),
    ("SELECT id FROM t LIMIT 72057594037927936", "*"),
    ("SELECT count(*) AS n FROM t LIMIT 1", "1"),
    ("SELECT count(*) AS n FROM t LIMIT 0", "0"),
    ("SELECT count(*) AS n FROM t LIMIT $1", "?"),
    ("SELECT count(*) AS n FROM t OFFSET 1", "?"),
    ("SELECT id FROM t WHERE id = 1 FOR UPDATE SKIP LOCKED", "?"),
    ("SELECT x.n FROM (SELECT 1 AS n) AS x FOR UPDATE", "?"),
    # set operations
    ("SELECT 1 AS x UNION SELECT 1", "+"),
    ("SELECT id FROM t WHERE id = 1 UNION ALL SELECT id FROM t WHERE id = 1", "*"),
    ("SELECT 1 AS x UNION SELECT 2 LIMIT 1", "1"),
    ("SELECT id FROM t WHERE id = 1 INTERSECT SELECT id FROM t", "?"),
    ("SELECT id FROM t INTERSECT SELECT t_id FROM lines", "*"),
    ("SELECT id FROM t INTERSECT ALL SELECT id FROM t WHERE id = 1", "?"),
    ("SELECT id FROM t WHERE id = 1 EXCEPT SELECT id FROM t", "?"),
    ("SELECT id FROM t EXCEPT SELECT id FROM t WHERE id = 1", "*"),
    ("(SELECT 1 AS x UNION SELECT 2) EXCEPT SELECT 1", "*"),
    # exactly one
    ("SELECT a.n, b.n AS m FROM (SELECT count(*) AS n FROM t) AS a, (SELECT count(*) AS n FROM lines) AS b", "1"),
    ("SELECT a.n FROM (SELECT count(*) AS n FROM t) AS a WHERE a.n = 1", "?"),
    ("SELECT a.n FROM (SELECT count(*) AS n FROM t) AS a LEFT JOIN t ON t.id = a.n", "1"),
    ("SELECT a.n FROM (SELECT count(*) AS n FROM t) AS a JOIN t ON t.id = a.n", "?"),
    ("SELECT a.n FROM (SELECT 1 AS n) AS a JOIN (SELECT count(*) AS n FROM t) AS b ON a.n = b.n", "?"),
    ("SELECT a.n FROM (SELECT 1 AS n) AS a CROSS JOIN (VALUES (1)) AS b (x) WHERE true", "1"),
    # writes
    ("INSERT INTO t (id, x) VALUES (1, 1) RETURNING id", "1"),
    ("INSERT INTO t (id, x) VALUES (1, 1)", "0"),
    ("INSERT INTO t (id, x) VALUES (1, 1), (2, 2) RETURNING id", "+"),
    ("INSERT INTO t (id, x) VALUES (generate_series(1, 2), 1) RETURNING id", "*"),
    ("INSERT INTO t (id, x) VALUES (1, 1) ON CONFLICT DO NOTHING RETURNING id", "?"),
    ("INSERT INTO t (id, x) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET a = 1 RETURNING id", "1"),
    ("INSERT INTO t (id, x) VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET a = 1 WHERE t.flag RETURNING id", "?"),
    ("INSERT INTO t (id, x) SELECT id, 1 FROM loose RETURNING id", "*"),
    ("INSERT INTO t (id, x) SELECT id, 1 FROM loose LIMIT 1 RETURNING id", "?"),
    ("INSERT INTO t (id, x) SELECT count(*), 1 FROM loose RETURNING id", "1"),
    ("INSERT INTO loose DEFAULT VALUES RETURNING id", "1"),
    ("INSERT INTO v (key, x) VALUES (1, 1) RETURNING key", "1"),
    ("INSERT INTO kept VALUES (1) RETURNING id", "?"),
    ("INSERT INTO part VALUES (1) RETURNING k", "1"),
    ("INSERT INTO half VALUES (1) RETURNING k", "?"),
    ("UPDATE t SET a = 1 WHERE id = $1 RETURNING id", "?"),
    ("UPDATE t SET a = 1 WHERE a = 5 RETURNING id", "*"),
    ("UPDATE t SET a = 1 WHERE id = $1", "0"),
    ("UPDATE t SET a = l.line FROM lines AS l WHERE t.id = 1 AND l.t_id = t.id RETURNING t.id", "?"),
    ("UPDATE t SET a = l.line FROM lines AS l WHERE t.id = l.t_id RETURNING t.id", "*"),
    ("UPDATE t SET a = l.line FROM lines AS l WHERE t.id = l.t_id AND l.t_id = 1 RETURNING t.id", "?"),
    ("UPDATE t SET a = 1 FROM partly AS o WHERE t.s = o.mail AND o.mail = 'x' RETURNING t.id", "?"),
    ("UPDATE t SET a = 1 FROM partly AS o WHERE t.s::bpchar = o.mail::bpchar AND o.mail = 'x' RETURNING t.id", "*"),
    ("UPDATE v SET a = 1 WHERE key = 1 RETURNING key", "?"),
    ("UPDATE v SET a = 1 RETURNING key", "*"),
    ("UPDATE triggered SET id = 1 WHERE id = 1 RETURNING id", "?"),
    ("UPDATE triggered SET id = 1 FROM lines AS l WHERE triggered.id = 1 RETURNING l.line", "*"),
    ("UPDATE parent SET id = 1 WHERE id = 1 RETURNING id", "*"),
    ("UPDATE part SET x = 1 WHERE k = 1 RETURNING k", "?"),
    ("UPDATE ruled SET id = 1 WHERE id = 1 RETURNING id", None),
    ("UPDATE ruled SET id = 1 WHERE id = 1", "*"),
    ("UPDATE over_ruled SET id = 1 WHERE id = 1", "*"),
    ("DELETE FROM t WHERE id = 1 RETURNING id", "?"),
    ("DELETE FROM t USING lines AS l WHERE l.t_id = t.id AND t.s = 'x' RETURNING l.line", "?"),
    ("DELETE FROM t USING lines AS l WHERE l.t_id = t.id RETURNING l.line", "*"),
    ("MERGE INTO t USING lines AS l ON l.t_id = t.id WHEN MATCHED THEN DELETE", "0"),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), [case for case in ROWS if case[1]], ids=lambda value: str(value))
def test_rows(describer: Describer, sql: str, expected: str) -> None:
    assert verdict(describer, sql) == expected


MERGES = [
    ("USING (VALUES ($1::integer)) AS s (id) ON s.id = t.id WHEN MATCHED THEN UPDATE SET a = 1 "
     "WHEN NOT MATCHED THEN INSERT (id, x) VALUES (s.id, 1)", "?"),
    ("USING (VALUES ($1::integer)) AS s (a) ON s.a = t.a WHEN MATCHED THEN UPDATE SET a = 1", "*"),
    ("USING loose AS s ON s.id = t.id WHEN MATCHED THEN DELETE", "*"),
    ("USING loose AS s ON t.id = 1 WHEN MATCHED THEN DELETE", "*"),
    ("USING (VALUES ($1::integer)) AS s (id) ON s.id = t.id WHEN MATCHED THEN UPDATE SET a = 1 "
     "WHEN NOT MATCHED BY SOURCE THEN DELETE", "*"),
]  # fmt: skip


@pytest.mark.parametrize(("merge", "expected"), MERGES)
def test_rows_of_merge(conn: psycopg.Connection[Any], describer: Describer, merge: str, expected: str) -> None:
    if conn.info.server_version < 170000:
        pytest.skip("needs PostgreSQL 17")
    assert verdict(describer, f"MERGE INTO t {merge} RETURNING t.id") == expected


COLLATIONS = [
    ("plain = 'x'", "?"),
    ("plain = 'x' COLLATE \"C\"", "?"),
    ("plain = 'x' COLLATE nocase", "*"),
    ("loose = 'x'", "?"),
    ("loose = 'x' COLLATE \"C\"", "?"),
]


@pytest.mark.parametrize(("condition", "expected"), COLLATIONS)
def test_texts_are_compared_by_the_collation_of_the_key(
    conn: psycopg.Connection[Any], condition: str, expected: str
) -> None:
    try:
        conn.execute("BEGIN")
        conn.execute(NOCASE)
    except psycopg.Error:
        conn.execute("ROLLBACK")
        pytest.skip("this server has no ICU")
    else:
        conn.execute("COMMIT")
    try:
        assert verdict(Describer(conn), f"SELECT plain FROM texts WHERE {condition}") == expected
    finally:
        conn.execute("DROP TABLE texts; DROP COLLATION nocase")


def test_an_invalid_unique_index_proves_nothing(conn: psycopg.Connection[Any]) -> None:
    conn.execute("CREATE TABLE doubled (id integer); INSERT INTO doubled VALUES (1), (1)")
    with pytest.raises(psycopg.errors.UniqueViolation):
        conn.execute("CREATE UNIQUE INDEX CONCURRENTLY ON doubled (id)")
    assert verdict(Describer(conn), "SELECT id FROM doubled WHERE id = 1") == "*"


def test_a_table_of_another_server_may_leave_out_rows_and_proves_no_key(conn: psycopg.Connection[Any]) -> None:
    try:
        conn.execute("CREATE EXTENSION file_fdw")
    except psycopg.Error:
        pytest.skip("this server has no file_fdw")
    conn.execute(
        "CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;"
        "CREATE FOREIGN TABLE remote (id integer) SERVER files OPTIONS (filename '/dev/null')"
    )
    describer = Describer(conn)
    assert verdict(describer, "SELECT id FROM remote WHERE id = 1") == "*"
    assert verdict(describer, "INSERT INTO remote VALUES (1) RETURNING id") == "?"


def count(conn: psycopg.Connection[Any], sql: str) -> int | None:
    """Return how many rows *sql* returns, None when it would break a unique key; nothing stays."""
    conn.execute("BEGIN")
    try:
        return len(conn.execute(sql).fetchall())
    except psycopg.errors.UniqueViolation:
        return None
    finally:
        conn.execute("ROLLBACK")


def test_no_count_is_refuted_by_random_statements_and_data(server: str) -> None:
    random = Random(20250)
    statements = [StatementMaker(seed).statement() for seed in range(400)]
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(TABLES)
        describer = Describer(conn)
        counts = [effects(describer, sql).rows for sql in statements]
        proved = sum(rows.at_most == 1 for rows in counts)
        assert proved > 120
        for _ in range(5):
            fill(conn, random)
            for sql, rows in zip(statements, counts, strict=True):
                if (found := count(conn, sql)) is not None:
                    assert rows.at_least <= found, sql
                    assert rows.at_most is None or found <= rows.at_most, sql
