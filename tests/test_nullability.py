"""Each rule with what it proves and what it must not prove; then random statements against random data."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from plainsql.describe import Describer
from plainsql.describe.model import Description
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import bare_query

SCHEMA = """
CREATE TYPE mood AS ENUM ('sad', 'ok');
CREATE DOMAIN posint AS integer CHECK (value > 0);
CREATE DOMAIN filled AS text NOT NULL;
CREATE TABLE t (id integer PRIMARY KEY, a integer NOT NULL, n integer, s text NOT NULL, m mood NOT NULL,
    p posint NOT NULL);
CREATE TABLE u (id bigint PRIMARY KEY, t_id integer REFERENCES t, b integer NOT NULL, f filled, g posint,
    d integer NOT NULL DEFAULT 1);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
CREATE TABLE parent (a integer NOT NULL, b integer NOT NULL, c integer);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE loose_parent (a integer);
CREATE TABLE strict_child (a integer NOT NULL) INHERITS (loose_parent);
CREATE TABLE part (k integer NOT NULL, x integer) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
ALTER TABLE part_1 ALTER x SET NOT NULL;
CREATE TABLE ruled (a integer NOT NULL);
CREATE RULE r AS ON INSERT TO ruled DO INSTEAD SELECT NULL::integer AS a;
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE FOREIGN TABLE remote (a integer NOT NULL) SERVER files OPTIONS (filename '/dev/null');
CREATE TABLE half_remote (k integer NOT NULL) PARTITION BY LIST (k);
CREATE FOREIGN TABLE half_remote_1 PARTITION OF half_remote FOR VALUES IN (1)
    SERVER files OPTIONS (filename '/dev/null');
CREATE FUNCTION strict_null(integer) RETURNS integer STRICT IMMUTABLE LANGUAGE sql AS 'SELECT NULL::integer';
CREATE FUNCTION set_of_t() RETURNS SETOF t LANGUAGE sql
    AS 'SELECT NULL::integer, NULL::integer, NULL::integer, NULL::text, NULL::mood, NULL::posint';
"""
SCHEMA_18 = """
CREATE TABLE nv (a integer, b integer NOT NULL);
INSERT INTO nv VALUES (NULL, 1);
ALTER TABLE nv ADD CONSTRAINT nv_a NOT NULL a NOT VALID;
CREATE TABLE ni (a integer CONSTRAINT ni_a NOT NULL NO INHERIT);
CREATE TABLE ni_child () INHERITS (ni);
CREATE TABLE gen (a integer NOT NULL, v integer GENERATED ALWAYS AS (a + 1) VIRTUAL NOT NULL);
"""
BEFORE_18 = "ALTER TABLE child ALTER b DROP NOT NULL;"


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA + (SCHEMA_18 if conn.info.server_version >= 180000 else BEFORE_18))
        yield conn


@pytest.fixture(scope="module")
def describer(conn: psycopg.Connection[Any]) -> Describer:
    return Describer(conn)


def describe(describer: Describer, sql: str) -> Description:
    parameters = max((number for number in range(10) if f"${number}" in sql), default=0)
    description = describer.describe(bare_query(sql, parameters))
    assert description.problem is None, description.problem
    return description


def verdict(describer: Describer, sql: str) -> str:
    """Return a letter for each column: ! when it can't be NULL, ? when it may."""
    description = describe(describer, sql)
    assert not description.warnings, description.warnings
    return "".join("?" if column.nullable else "!" for column in description.columns)


COLUMNS = [
    # columns of tables
    ("SELECT id, a, n, s, m, p FROM t", "!!?!!!"),
    ("SELECT x.id FROM (SELECT id FROM t) AS x", "!"),
    ("SELECT x.n FROM (SELECT n FROM t) AS x", "?"),
    ("SELECT f, g FROM u", "??"),
    ("SELECT id, a FROM v", "!!"),
    ("SELECT id FROM mv", "!"),
    ("SELECT a FROM remote", "?"),
    ("SELECT k FROM half_remote", "?"),
    ("SELECT k, x FROM part", "!?"),
    ("SELECT k, x FROM part_1", "!!"),
    ("SELECT a FROM loose_parent", "?"),
    ("SELECT a FROM strict_child", "!"),
    ("SELECT id FROM set_of_t()", "?"),
    ("SELECT x.i FROM unnest(ARRAY[1, NULL]) AS x (i)", "?"),
    ("SELECT x.i FROM (VALUES (1), (NULL)) AS x (i)", "?"),
    # joins
    ("SELECT t.id, u.id AS uid FROM t JOIN u ON u.t_id = t.id", "!!"),
    ("SELECT t.id, u.id AS uid FROM t, u", "!!"),
    ("SELECT t.id, u.id AS uid FROM t LEFT JOIN u ON u.t_id = t.id", "!?"),
    ("SELECT t.id, u.id AS uid FROM t RIGHT JOIN u ON u.t_id = t.id", "?!"),
    ("SELECT t.id, u.id AS uid FROM t FULL JOIN u ON u.t_id = t.id", "??"),
    ("SELECT t.id, u.id AS uid, x.a FROM t LEFT JOIN u ON u.t_id = t.id JOIN t AS x ON true", "!?!"),
    ("SELECT t.id, u.id AS uid, x.a FROM t LEFT JOIN (u JOIN t AS x ON x.id = u.b) ON u.t_id = t.id", "!??"),
    ("SELECT t.id, u.id AS uid, x.a FROM (t JOIN u ON true) RIGHT JOIN t AS x ON x.id = t.id", "??!"),
    ("SELECT t.id, u.id AS uid, x.a FROM t LEFT JOIN u ON true FULL JOIN t AS x ON x.id = t.id", "???"),
    ("SELECT id FROM t JOIN u USING (id)", "!"),
    ("SELECT id FROM t LEFT JOIN u USING (id)", "!"),
    ("SELECT id FROM u RIGHT JOIN t USING (id)", "!"),
    ("SELECT id FROM t FULL JOIN u USING (id)", "!"),
    ("SELECT j.id, j.b FROM (t LEFT JOIN u USING (id)) AS j", "!?"),
    ("SELECT j.id FROM u AS o LEFT JOIN (t JOIN u USING (id)) AS j ON true", "?"),
    ("SELECT x.c FROM t LEFT JOIN (SELECT 1 AS c) AS x ON false", "?"),
    ("SELECT x.c FROM t LEFT JOIN (SELECT count(*) AS c FROM u) AS x ON false", "?"),
    ("SELECT x.id FROM t LEFT JOIN u ON u.t_id = t.id CROSS JOIN LATERAL (SELECT u.id) AS x", "?"),
    ("SELECT x.id FROM t CROSS JOIN LATERAL (SELECT t.id) AS x", "!"),
    ("SELECT x.id FROM t LEFT JOIN LATERAL (SELECT t.id) AS x ON false", "?"),
    ("SELECT (SELECT t.id) AS x FROM t", "!"),
    # WITH
    ("WITH w AS (SELECT id, n FROM t) SELECT id, n FROM w", "!?"),
    ("WITH w AS (SELECT id FROM t), z AS (SELECT w.id FROM w) SELECT z.id FROM z", "!"),
    ("WITH w (x) AS (SELECT id FROM t) SELECT a.x, b.x AS y FROM w AS a LEFT JOIN w AS b ON false", "!?"),
    ("WITH w AS (SELECT id FROM t) SELECT x.id FROM (SELECT id FROM w) AS x", "!"),
    ("WITH w AS (SELECT n AS id FROM t) SELECT x.id FROM (WITH w AS (SELECT id FROM t) SELECT id FROM w) AS x", "!"),
    ("WITH w AS (SELECT id FROM t) SELECT x.id FROM (WITH w AS (SELECT n AS id FROM t) SELECT id FROM w) AS x", "?"),
    ("WITH RECURSIVE w (x) AS (SELECT 1 UNION ALL SELECT NULL::integer FROM w) SELECT x FROM w", "?"),
    ("WITH w AS (DELETE FROM t RETURNING id, n) SELECT id, n FROM w", "!?"),
    ("WITH w AS (INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) RETURNING a) SELECT a FROM w", "!"),
    # grouping
    ("SELECT a, n, count(*) AS c, sum(a) AS s FROM t GROUP BY a, n", "!?!!"),
    ("SELECT id, s FROM t GROUP BY id", "!!"),
    ("SELECT a, count(*) AS c FROM t GROUP BY ROLLUP (a)", "?!"),
    ("SELECT a, s FROM t GROUP BY GROUPING SETS ((a), (s))", "??"),
    ("SELECT a, s FROM t GROUP BY CUBE (a, s)", "??"),
    ("SELECT a FROM t GROUP BY GROUPING SETS ((a), ())", "?"),
    ("SELECT coalesce(n, 0) AS x FROM t GROUP BY ROLLUP (coalesce(n, 0))", "?"),
    ("SELECT n IS NULL AS x FROM t GROUP BY ROLLUP (n IS NULL)", "?"),
    ("SELECT 1 AS x FROM t GROUP BY ROLLUP (x)", "?"),
    ("SELECT a::bigint AS x FROM t GROUP BY ROLLUP (a::bigint)", "?"),
    ("SELECT x.id FROM t CROSS JOIN LATERAL (SELECT t.id FROM u GROUP BY ROLLUP (t.id)) AS x", "?"),
    ("SELECT x.a FROM (SELECT a FROM t GROUP BY ROLLUP (a)) AS x", "?"),
    ("SELECT x.a FROM (SELECT a FROM t GROUP BY a) AS x", "!"),
    ("SELECT a + 1 AS x FROM t GROUP BY a + 1", "!"),
    ("SELECT max(a) AS x FROM t", "?"),
    ("SELECT DISTINCT a, n FROM t", "!?"),
    ("SELECT DISTINCT ON (a) a, n FROM t ORDER BY a LIMIT 1", "!?"),
    # counts and numbers of rows
    ("SELECT count(*) AS a, count(n) AS b, count(DISTINCT n) AS c, count(*) FILTER (WHERE n > 1) AS d FROM t", "!!!!"),
    ("SELECT count(*)::integer AS x FROM t", "!"),
    (
        "SELECT row_number() OVER () AS a, rank() OVER (ORDER BY n) AS b, dense_rank() OVER (ORDER BY n) AS c FROM t",
        "!!!",
    ),
    ("SELECT count(*) OVER () AS a, lag(a) OVER () AS b, ntile(n) OVER () AS c, sum(a) OVER () AS d FROM t", "!??!"),
    ("SELECT rank(1) WITHIN GROUP (ORDER BY a) AS x FROM t", "!"),
    # constants and expressions
    ("SELECT 1 AS a, 'x' AS b, NULL AS c, NULL::integer AS d, true AS e", "!!??!"),
    ("SELECT coalesce(n, 0) AS a, coalesce(n, n) AS b, coalesce(n, a) AS c FROM t", "!?!"),
    ("SELECT coalesce(u.b, 0) AS x FROM t LEFT JOIN u ON false", "!"),
    ("SELECT n IS NULL AS a, n IS DISTINCT FROM a AS b, n = a AS c, (n = a) IS TRUE AS d FROM t", "!!?!"),
    ("SELECT EXISTS (SELECT FROM u) AS a, n IN (SELECT b FROM u) AS b FROM t", "!?"),
    ("SELECT n IS NULL AND a IS NULL AS a, n IS NULL OR n = 1 AS b, NOT (n IS NULL) AS c FROM t", "!?!"),
    ("SELECT a::bigint AS a, n::bigint AS b, s::varchar AS c, p::integer AS d, 1::posint AS e FROM t", "!?!!!"),
    ("SELECT strict_null(a) AS x FROM t", "?"),
    ("SELECT y.c FROM (SELECT 1 AS c) AS x LEFT JOIN (SELECT 1 AS c FROM t) AS y ON false WHERE x.c = x.c", "?"),
    ("SELECT y.c FROM t LEFT JOIN LATERAL (SELECT t.n AS c) AS y ON false WHERE t.n > 1", "?"),
    (
        "SELECT CASE a WHEN 1 THEN 'x' ELSE 'y' END AS kind, CASE a WHEN 1 THEN 'x' ELSE 'y' END AS also FROM t "
        "GROUP BY CUBE (kind, a)",
        "??",
    ),
    (  # a sample, and the first row that happens to be there, may be another when it is asked for again
        "SELECT x.c, x.d, x.e FROM (SELECT (SELECT max(a) FROM t TABLESAMPLE SYSTEM (9)) AS c, "
        "(SELECT n FROM t LIMIT 1) AS d, (SELECT n FROM t ORDER BY id LIMIT 1) AS e FROM t) AS x "
        "WHERE x.c > 0 AND x.d > 0 AND x.e > 0",
        "??!",
    ),
    ("SELECT 1 = ANY (ARRAY (SELECT a FROM t)) AS x, 1 = ANY (ARRAY (SELECT ARRAY[1, n] FROM t)) AS y", "!?"),
    ("SELECT nullif(a, a) AS x, a / a AS y, s || s AS z FROM t", "?!!"),
    ("SELECT CASE WHEN a = 1 THEN 1 END AS x FROM t", "?"),
    ("SELECT $1::integer AS x, coalesce($2::integer, 1) AS y", "?!"),
    # set operations
    ("SELECT id FROM t UNION SELECT b FROM u", "!"),
    ("SELECT id FROM t UNION ALL SELECT n FROM t", "?"),
    ("SELECT n FROM t UNION ALL SELECT id FROM t", "?"),
    ("SELECT id FROM t UNION ALL SELECT id FROM u", "!"),
    ("SELECT id FROM t UNION ALL SELECT a FROM t UNION ALL SELECT NULL", "?"),
    ("SELECT id FROM t UNION ALL (SELECT a FROM t EXCEPT SELECT n FROM t)", "!"),
    ("SELECT n FROM t INTERSECT SELECT id FROM t", "!"),
    ("SELECT n FROM t EXCEPT SELECT id FROM t", "?"),
    ("SELECT x.id FROM (SELECT id FROM t UNION SELECT n FROM t) AS x", "?"),
    ("SELECT x.id FROM (SELECT id FROM t UNION SELECT a FROM t) AS x", "!"),
    ("WITH w AS (SELECT id FROM t UNION SELECT n FROM t) SELECT id FROM w", "?"),
    # writes
    ("INSERT INTO t VALUES (1, 1, NULL, '', 'ok', 1) RETURNING id, a, n, s", "!!?!"),
    ("INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) ON CONFLICT (id) DO UPDATE SET n = excluded.n RETURNING id, n", "!!"),
    ("UPDATE t SET n = 1 RETURNING id, n", "!!"),
    (
        "UPDATE t SET n = u.b FROM u LEFT JOIN u AS w ON false WHERE u.id = t.id RETURNING t.id, u.id AS x, w.id AS y",
        "!!?",
    ),
    ("DELETE FROM t USING u WHERE u.id = t.id RETURNING t.id, t.n, u.b", "!?!"),
    ("UPDATE v SET a = 1 RETURNING id, a", "!!"),
    ("INSERT INTO part VALUES (1, 1) RETURNING k, x", "!!"),
    ("INSERT INTO half_remote VALUES (1) RETURNING k", "?"),
    ("UPDATE parent SET c = 1 RETURNING a, c", "!!"),
]


@pytest.mark.parametrize(("sql", "expected"), COLUMNS, ids=[sql for sql, _ in COLUMNS])
def test_columns(describer: Describer, sql: str, expected: str) -> None:
    assert verdict(describer, sql) == expected


# Each of them returns NULL from a table t with one row (1, 1, NULL, …): the fault was to call it never NULL.
SEEN_NULL = [
    # An aggregate of an outer level: its argument is a column as seen from where it stands, not from that level.
    "SELECT x.m FROM u AS z, LATERAL (SELECT (SELECT max(o.n)) AS m FROM t AS o GROUP BY o.id) AS x",
    "SELECT x.m FROM u AS z, LATERAL (SELECT (SELECT min(o.n + 1)) AS m FROM t AS o GROUP BY o.id) AS x",
    # The only member of a row isn't the row: elements that aren't NULL say nothing of it.
    "SELECT x.a FROM unnest(ARRAY[ROW (NULL)::ruled]) AS x",
    "SELECT x.a FROM unnest(ARRAY[ROW (NULL)::ruled, ROW (1)::ruled]) WITH ORDINALITY AS x",
]


@pytest.mark.parametrize("sql", SEEN_NULL)
def test_what_is_seen_null_is_nullable(conn: psycopg.Connection[Any], describer: Describer, sql: str) -> None:
    conn.execute("BEGIN")
    try:
        conn.execute("INSERT INTO t VALUES (1, 1, NULL, 's', 'ok', 1)")
        conn.execute("INSERT INTO u VALUES (1, 1, 1, 'f', 1)")
        assert None in [value for (value,) in conn.execute(sql.encode())]
    finally:
        conn.execute("ROLLBACK")
    assert verdict(describer, sql) == "?"


def test_what_stands_beside_them_is_proved(describer: Describer) -> None:
    of_its_level = "SELECT x.m FROM u AS z, LATERAL (SELECT max(o.a) AS m FROM t AS o GROUP BY o.id) AS x"
    assert verdict(describer, of_its_level) == "!"
    counted = "SELECT x.m FROM u AS z, LATERAL (SELECT (SELECT count(o.n)) AS m FROM t AS o GROUP BY o.id) AS x"
    assert verdict(describer, counted) == "!"
    assert verdict(describer, "SELECT x.a FROM unnest(ARRAY[1, 2]) AS x (a)") == "!"


def test_rules_that_replace_a_write_prove_nothing(describer: Describer) -> None:
    assert verdict(describer, "DELETE FROM ruled RETURNING a") == "?"
    assert verdict(describer, "SELECT a FROM ruled") == "!"


def test_columns_of_children_count_unless_only_is_written(conn: psycopg.Connection[Any], describer: Describer) -> None:
    whole = "!!" if conn.info.server_version >= 180000 else "!?"
    assert verdict(describer, "SELECT a, b FROM parent") == whole
    assert verdict(describer, "SELECT a, b FROM ONLY parent") == "!!"
    assert verdict(describer, "UPDATE parent SET a = 1 RETURNING a, b") == whole


COLUMNS_18 = [
    ("SELECT a, b FROM nv", "?!"),
    ("SELECT a FROM ni", "?"),
    ("SELECT a FROM ONLY ni", "!"),
    ("SELECT a, v FROM gen", "!!"),
    ("SELECT gen.v FROM t LEFT JOIN gen ON false", "?"),
    ("INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) RETURNING old.id AS a, new.id AS b, id AS c, new.n AS d", "?!!!"),
    (
        "INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) ON CONFLICT (id) DO UPDATE SET n = 1 "
        "RETURNING old.id AS a, new.id AS b",
        "?!",
    ),
    ("UPDATE t SET n = 1 RETURNING old.id AS a, new.id AS b, old.n AS c", "!!?"),
    ("DELETE FROM t RETURNING old.id AS a, new.id AS b, id AS c", "!?!"),
    ("UPDATE t SET n = 1 RETURNING WITH (OLD AS o) o.id", "!"),
    (
        "MERGE INTO t USING u ON u.id = t.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED BY SOURCE THEN UPDATE SET n = 1 "
        "RETURNING t.id, u.id AS x, old.id AS y, new.id AS z",
        "!?!?",
    ),
    ("WITH w AS (DELETE FROM t RETURNING new.id) SELECT id FROM w", "?"),
]


@pytest.mark.parametrize(("sql", "expected"), COLUMNS_18, ids=[sql for sql, _ in COLUMNS_18])
def test_columns_of_postgresql_18(conn: psycopg.Connection[Any], describer: Describer, sql: str, expected: str) -> None:
    if conn.info.server_version < 180000:
        pytest.skip("needs PostgreSQL 18")
    assert verdict(describer, sql) == expected


PARAMETERS = [
    ("INSERT INTO t VALUES ($1, 1, $2, $3, 'ok', 1)", "!?!"),
    ("INSERT INTO t (n, id, a, s, m, p) VALUES ($1, 1, 1, '', $2, $3)", "?!!"),
    ("INSERT INTO t VALUES ($1, 1, $2, '', 'ok', 1), ($3, 1, $4, '', 'ok', 1)", "!?!?"),
    ("INSERT INTO t (id, a, n, s, m, p) SELECT $1, $2::integer, $3::bigint, s, m, p FROM t", "!!?"),
    ("INSERT INTO u (id, b, f, g) VALUES (1, 1, $1, $2)", "!?"),
    ("UPDATE t SET n = $1, a = $2 WHERE id = $3", "?!!"),
    ("UPDATE t SET n = $1 + 1 WHERE id = $2", "?!"),
    ("UPDATE t SET (n, a) = ($1, $2)", "?!"),
    ("WITH w AS (UPDATE t SET n = $1 RETURNING id) SELECT 1 AS x WHERE $1 = 1", "?"),
    ("WITH w AS (UPDATE t SET n = $1 WHERE n < $1 RETURNING id) SELECT 1 AS x WHERE $1 = 1", "!"),
    ("INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) ON CONFLICT (id) DO UPDATE SET n = $1, s = $2", "?!"),
    ("SELECT id FROM t WHERE n = $1", "!"),
    ("SELECT id FROM t WHERE n = $1 OR $1 IS NULL", "?"),
    ("SELECT id FROM t WHERE n IS DISTINCT FROM $1", "?"),
    ("SELECT id FROM t WHERE n = coalesce($1, n)", "?"),
    ("UPDATE t SET a = $1 WHERE n = $1 OR $1 IS NULL", "!"),
    ("UPDATE t SET a = coalesce($1, a)", "?"),
    ("WITH w AS (UPDATE t SET n = $1 RETURNING id) SELECT id FROM w WHERE id = $2", "?!"),
    ("WITH w AS (SELECT $1::integer AS x) INSERT INTO t (n) SELECT x FROM w", "?"),
    ("UPDATE remote SET a = $1", "!"),
]


@pytest.mark.parametrize(("sql", "expected"), PARAMETERS, ids=[sql for sql, _ in PARAMETERS])
def test_parameters(describer: Describer, sql: str, expected: str) -> None:
    query = bare_query(sql, len(expected))
    found = describer.describe(replace(query, kind="exec" if not sql.startswith("SELECT") else "many"))
    assert "".join("?" if parameter.nullable else "!" for parameter in found.parameters) == expected


TABLES = [
    ("SELECT t.id FROM t JOIN v ON true", ("t", "v"), ()),
    ("SELECT 1 AS x", (), ()),
    ("WITH w AS (SELECT id FROM u) SELECT id FROM w WHERE EXISTS (SELECT FROM t)", ("t", "u"), ()),
    ("INSERT INTO t SELECT t.* FROM t JOIN u ON true ON CONFLICT DO NOTHING RETURNING id", ("t", "u"), ("t",)),
    ("INSERT INTO t VALUES (1, 1, 1, '', 'ok', 1) ON CONFLICT (id) DO UPDATE SET n = 1 RETURNING id", (), ("t",)),
    ("UPDATE t SET n = 1 RETURNING id", (), ("t",)),
    ("WITH w AS (DELETE FROM u RETURNING id) UPDATE t SET n = 1 FROM w RETURNING t.id", (), ("t", "u")),
    ("SELECT oid FROM pg_catalog.pg_class", ("pg_catalog.pg_class",), ()),
    ("SELECT id FROM t UNION SELECT id FROM u", ("t", "u"), ()),
]


@pytest.mark.parametrize(("sql", "reads", "writes"), TABLES, ids=[sql for sql, _, _ in TABLES])
def test_tables_read_and_written(
    describer: Describer, sql: str, reads: tuple[str, ...], writes: tuple[str, ...]
) -> None:
    found = describe(describer, sql)
    assert (found.reads, found.writes) == (reads, writes)


def test_domains_keep_their_names(describer: Describer) -> None:
    found = describe(describer, "SELECT p, p::integer AS q, m, 1::posint AS r FROM t")
    assert [column.domain for column in found.columns] == ["posint", None, None, "posint"]
    assert [column.type.name for column in found.columns] == ["integer", "integer", "mood", "integer"]
    union = describe(describer, "SELECT p FROM t UNION SELECT g FROM u")
    assert [column.domain for column in union.columns] == ["posint"]


class Maker:
    """Makes random SELECTs over t and u out of everything that the rules know."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.names = 0

    def name(self) -> str:
        self.names += 1
        return f"x{self.names}"

    def source(self, depth: int) -> tuple[str, list[str]]:
        """Return a FROM item and references to its integer columns."""
        pick = self.random.randrange(7 if depth else 3)
        name = self.name()
        if pick < 2:
            return f"t AS {name}", [f"{name}.id", f"{name}.a", f"{name}.n"]
        if pick == 2:
            return f"u AS {name}", [f"{name}.b", f"{name}.t_id"]
        if pick == 3:
            query, columns = self.query(depth - 1)
            return f"({query}) AS {name}", [f"{name}.{column}" for column in columns]
        if pick == 4:
            query, columns = self.query(depth - 1)
            inner = self.name()
            return (
                f"(WITH {inner} AS ({query}) SELECT * FROM {inner}) AS {name}",
                [f"{name}.{column}" for column in columns],
            )
        left, lefts = self.source(depth - 1)
        right, rights = self.source(depth - 1)
        kind = self.random.choice(["JOIN", "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"])
        on = f"{self.random.choice(lefts)} = {self.random.choice(rights)}"
        return f"({left} {kind} {right} ON {on})", [*lefts, *rights]

    def expression(self, columns: list[str]) -> str:
        column = self.random.choice(columns)
        other = self.random.choice(columns)
        return self.random.choice(
            [
                column,
                column,
                column,
                f"coalesce({column}, {other})",
                f"coalesce({column}, 7)",
                f"({column} IS NULL)::integer",
                f"{column}::bigint::integer",
                f"nullif({column}, {other})",
                f"{column} + {other}",
                "3",
                "NULL::integer",
                f"(SELECT {column})",
                "count(*) OVER ()::integer",
                "(row_number() OVER ())::integer",
            ]
        ).replace("count(*) OVER ()::integer", "(count(*) OVER ())::integer")

    def query(self, depth: int) -> tuple[str, list[str]]:
        """Return a query of two integer columns and their names."""
        source, columns = self.source(depth)
        names = [self.name(), self.name()]
        pick = self.random.randrange(10)
        if pick == 0 and depth:
            left, _ = self.query(depth - 1)
            right, _ = self.query(depth - 1)
            kind = self.random.choice(["UNION", "UNION ALL", "INTERSECT", "EXCEPT"])
            aliases = ", ".join(names)
            inner = self.name()
            return f"SELECT * FROM (({left}) {kind} ({right})) AS {inner} ({aliases})", names
        if pick in (1, 2):
            keys = self.random.sample(columns, 2) if len(columns) > 1 else columns * 2
            how = self.random.choice(
                ["{0}, {1}", "ROLLUP ({0}, {1})", "GROUPING SETS (({0}), ({1}))", "CUBE ({0}, {1})"]
            )
            first = self.random.choice([keys[0], f"coalesce({keys[0]}, 5)", "2"])
            second = self.random.choice([keys[1], "count(*)::integer", f"sum({columns[0]})::integer"])
            items = f"{first} AS {names[0]}, {second} AS {names[1]}"
            return f"SELECT {items} FROM {source} GROUP BY {how.format(*keys)}", names
        items = ", ".join(f"{self.expression(columns)} AS {name}" for name in names)
        where = f" WHERE {self.random.choice(columns)} = 1" if pick == 3 else ""
        return f"SELECT {items} FROM {source}{where}", names


DATA = [
    "",
    "INSERT INTO t VALUES (1, 1, NULL, '', 'ok', 1)",
    "INSERT INTO t VALUES (1, 2, 1, '', 'ok', 1), (2, 1, NULL, '', 'ok', 2), (3, 3, 3, '', 'sad', 3);"
    "INSERT INTO u VALUES (1, 1, 2, 'x', NULL), (2, NULL, 9, 'x', 1)",
    "INSERT INTO t VALUES (5, 5, NULL, '', 'ok', 1); INSERT INTO u VALUES (7, NULL, 7, 'x', NULL)",
]


def test_no_proof_is_refuted_by_random_statements_and_data(conn: psycopg.Connection[Any], describer: Describer) -> None:
    statements = [Maker(seed).query(3)[0] for seed in range(500)]
    proved = [[index for index, letter in enumerate(verdict(describer, sql)) if letter == "!"] for sql in statements]
    assert sum(map(len, proved)) > 200
    for data in DATA:
        conn.execute("BEGIN")
        try:
            if data:
                conn.execute(data)  # type: ignore[arg-type]  # a test's own statements
            for sql, columns in zip(statements, proved, strict=True):
                conn.execute("SAVEPOINT s")
                rows = conn.execute(sql + " LIMIT 300").fetchall()  # type: ignore[arg-type]  # made above
                for column in columns:
                    assert all(row[column] is not None for row in rows), (column, sql, data)
        finally:
            conn.execute("ROLLBACK")
