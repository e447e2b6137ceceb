"""Reading or writing: each statement with its verdict, and what a READ ONLY transaction says to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.describe import Describer
from plainsql.effects import Routine
from plainsql.effects.side_effects import may_write
from tests.fixtures.databases import temporary_database
from tests.fixtures.effects import effects

SCHEMA = """
CREATE TABLE t (id integer PRIMARY KEY, a integer, s text);
CREATE TABLE u (id integer PRIMARY KEY, t_id integer);
INSERT INTO t VALUES (1, 1, 'x');
INSERT INTO u VALUES (1, 1);
CREATE SEQUENCE numbers;
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW joined AS SELECT t.id, u.t_id FROM t JOIN u ON u.t_id = t.id;
CREATE VIEW counting AS SELECT nextval('numbers') AS n;
CREATE VIEW locking AS SELECT id FROM t FOR UPDATE;
CREATE MATERIALIZED VIEW mv AS SELECT id, a FROM t;
CREATE TABLE part (k integer NOT NULL, x integer) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1) PARTITION BY LIST (x);
CREATE TABLE part_1_1 PARTITION OF part_1 FOR VALUES IN (1);
CREATE TABLE parent (id integer);
CREATE TABLE child () INHERITS (parent);
CREATE TABLE ruled (a integer);
CREATE RULE also AS ON INSERT TO ruled DO ALSO INSERT INTO u VALUES (NEW.a, NEW.a);
CREATE VIEW triggered AS SELECT id FROM t;
CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER instead INSTEAD OF UPDATE ON triggered FOR EACH ROW EXECUTE FUNCTION nothing();
CREATE FUNCTION writes() RETURNS integer LANGUAGE sql AS 'INSERT INTO u VALUES (2, 2) RETURNING id';
CREATE FUNCTION looks() RETURNS integer STABLE LANGUAGE sql AS 'SELECT max(id) FROM t';
CREATE FUNCTION twice(integer) RETURNS integer IMMUTABLE LANGUAGE sql AS 'SELECT $1 * 2';
CREATE FUNCTION compare(integer, text) RETURNS boolean LANGUAGE sql AS 'SELECT writes() = $1';
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = text, FUNCTION = compare);
CREATE FUNCTION add_and_write(integer, integer) RETURNS integer LANGUAGE sql AS 'SELECT writes() + $1';
CREATE AGGREGATE adding (integer) (SFUNC = add_and_write, STYPE = integer, INITCOND = '0');
CREATE FUNCTION is_fine(integer) RETURNS boolean LANGUAGE sql AS 'SELECT writes() > 0';
CREATE DOMAIN checked AS integer CHECK (is_fine(value));
CREATE DOMAIN rechecked AS checked;
CREATE TABLE guarded (id integer, owner text);
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY members ON guarded USING (EXISTS (SELECT FROM u WHERE u.id = guarded.id));
CREATE TABLE watched (id integer);
ALTER TABLE watched ENABLE ROW LEVEL SECURITY;
CREATE POLICY watching ON watched USING (writes() > 0);
CREATE VIEW over_guarded AS SELECT id FROM guarded;
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


@pytest.fixture(scope="module")
def describer(conn: psycopg.Connection[Any]) -> Describer:
    return Describer(conn)


READS = [
    "SELECT id FROM t",
    "SELECT id, a FROM v WHERE id = 1",
    "SELECT id FROM joined",
    "SELECT id FROM mv",
    "SELECT k FROM part",
    "SELECT id FROM parent",
    "SELECT count(*) AS c, max(a) AS m FROM t GROUP BY s HAVING count(*) > 1",
    "SELECT 1 AS x UNION SELECT id FROM t",
    "WITH w AS MATERIALIZED (SELECT id FROM t) SELECT id FROM w",
    "WITH RECURSIVE w (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM w WHERE n < 3) SELECT n FROM w",
    "SELECT random() AS a, clock_timestamp() AS b, gen_random_uuid() AS c, timeofday() AS d",
    "SELECT now() AS a, current_date AS b, current_user AS c, txid_current_snapshot() AS d",
    "SELECT pg_sleep(0)",
    "SELECT looks() AS a, twice(1) AS b",
    "SELECT current_setting('search_path') AS x",
    "SELECT last_value FROM numbers",
    "SELECT pg_sequence_last_value('numbers'::regclass) AS x",
    "SELECT id FROM t TABLESAMPLE BERNOULLI (50)",
    "SELECT id FROM t TABLESAMPLE SYSTEM (50) REPEATABLE (1)",
    "SELECT count(*) AS c FROM pg_locks",
    "SELECT count(*) AS c FROM pg_stat_activity",
    "SELECT count(*) AS c FROM pg_sequences",
    "SELECT count(*) AS c FROM pg_prepared_statements",
    "SELECT count(*) AS c FROM pg_timezone_names",
    "SELECT count(*) AS c FROM pg_stat_user_tables",
    "SELECT count(*) AS c FROM information_schema.columns",
    "SELECT count(*) AS c FROM pg_settings",
    "SELECT count(*) AS c FROM pg_stat_database",
    "SELECT pg_size_pretty(pg_total_relation_size('t')) AS x",
    "SELECT pg_is_in_recovery() AS x",
    "SELECT pg_get_viewdef('v'::regclass) AS x",
    "SELECT count(*) AS c FROM pg_ls_dir('.')",
    "SELECT string_agg(s, ',' ORDER BY id) AS x, json_agg(t) AS y FROM t",
    "SELECT row_number() OVER (ORDER BY id) AS x FROM t",
    "SELECT x FROM generate_series(1, 3) AS x",
    "SELECT DISTINCT ON (a) a, id FROM t ORDER BY a, id",
    "SELECT to_char(now(), 'YYYY') AS x, '1'::text::integer AS y",
    "VALUES (1), (2)",
    "SELECT id FROM guarded",
    "SELECT id FROM over_guarded",
    "TABLE t",
    "SELECT FROM t",
]

WRITES = [
    ("INSERT INTO t VALUES (5, 5, '')", "writes t", True),
    ("UPDATE t SET a = 1 RETURNING id", "writes t", True),
    ("DELETE FROM t", "writes t", True),
    ("MERGE INTO t USING u ON u.id = t.id WHEN MATCHED THEN DELETE", "writes t", True),
    ("WITH w AS (DELETE FROM t RETURNING id) SELECT id FROM w", "writes t", True),
    ("WITH w AS (DELETE FROM t) SELECT 1 AS x", "writes t", True),
    ("WITH w AS (INSERT INTO u VALUES (7, 7)) UPDATE t SET a = 1", "writes t, u", True),
    ("UPDATE v SET a = 1", "writes t, v", True),
    ("INSERT INTO v VALUES (9, 9)", "writes t, v", True),
    ("DELETE FROM v WHERE id = 1", "writes t, v", True),
    ("UPDATE triggered SET id = 1", "writes triggered", True),
    ("INSERT INTO part VALUES (1, 1)", "writes part", True),
    ("INSERT INTO part_1_1 VALUES (1, 1)", "writes part, part_1_1", True),
    ("UPDATE parent SET id = 1", "writes child, parent", True),
    ("UPDATE ONLY parent SET id = 1", "writes parent", True),
    ("INSERT INTO parent VALUES (1)", "writes parent", True),
    ("INSERT INTO ruled VALUES (9)", "rewrite rules of ruled may do something else", True),
    ("SELECT id FROM t FOR UPDATE", "locks rows of t", True),
    ("SELECT id FROM t FOR NO KEY UPDATE", "locks rows of t", True),
    ("SELECT id FROM t FOR SHARE", "locks rows of t", True),
    ("SELECT id FROM t FOR KEY SHARE SKIP LOCKED", "locks rows of t", True),
    ("SELECT x.id FROM (SELECT id FROM t FOR UPDATE) AS x", "locks rows of t", True),
    ("WITH w AS (SELECT id FROM t FOR UPDATE) SELECT id FROM w", "locks rows of t", True),
    ("SELECT (SELECT id FROM t FOR UPDATE) AS x", "locks rows of t", True),
    ("SELECT id FROM locking", "locks rows of t", True),
    ("SELECT id FROM v FOR UPDATE", "locks rows of t, v", True),
    ("SELECT nextval('numbers') AS x", "calls nextval", True),
    ("SELECT setval('numbers', 5) AS x", "calls setval", True),
    ("SELECT n FROM counting", "calls nextval", True),
    ("SELECT id FROM t WHERE id = nextval('numbers')", "calls nextval", True),
    ("SELECT id FROM t ORDER BY nextval('numbers')", "calls nextval", True),
    ("SELECT id FROM t LIMIT nextval('numbers')", "calls nextval", True),
    ("SELECT x FROM nextval('numbers') AS x", "calls nextval", True),
    ("SELECT sum(nextval('numbers')) AS x", "calls nextval", True),
    ("SELECT writes() AS x", "calls writes: volatile, may write", True),
    ("SELECT x FROM writes() AS x", "calls writes: volatile, may write", True),
    ("SELECT id FROM t WHERE id === s", "calls compare: volatile, may write", True),
    ("SELECT adding(id) AS x FROM t", "calls adding: volatile, may write", True),
    ("SELECT 1::checked AS x", "calls is_fine: volatile, may write", True),
    ("SELECT a::rechecked AS x FROM t", "calls is_fine: volatile, may write", True),
    ("SELECT id FROM watched", "calls writes: volatile, may write", False),  # a superuser is above policies
    ("SELECT lo_create(4711) AS x", "calls lo_create", None),
    ("SELECT lo_from_bytea(0, 'x') AS x", "calls lo_from_bytea", None),
    ("SELECT set_config('work_mem', '4MB', true) AS x", "calls set_config", False),
    ("SELECT pg_advisory_xact_lock(1)", "calls pg_advisory_xact_lock", False),
    ("SELECT pg_try_advisory_lock_shared(1) AS x", "calls pg_try_advisory_lock_shared", False),
    ("SELECT pg_notify('channel', 'x')", "calls pg_notify", False),
    ("SELECT txid_current() AS x, pg_current_xact_id() AS y", "calls pg_current_xact_id, txid_current", False),
    ("SELECT query_to_xml('SELECT 1', true, true, '') AS x", "calls query_to_xml", False),
    ("SELECT pg_terminate_backend(0, 0) AS x", "calls pg_terminate_backend", False),
    ("SELECT setseed(0.5)", "calls setseed", False),
    ("SELECT pg_stat_clear_snapshot()", "calls pg_stat_clear_snapshot", False),
    ("SHOW work_mem", "not analysed", False),
    ("SELECT 1 AS x INTO fresh", "not analysed", True),
    ("CREATE TABLE fresh AS SELECT 1 AS x", "not analysed", True),
    ("NOTIFY channel", "not analysed", False),
    ("CREATE TABLE fresh (a integer)", "not analysed", True),
    ("TRUNCATE u", "not analysed", True),
    ("LOCK TABLE u IN EXCLUSIVE MODE", "not analysed", False),
    ("DO 'BEGIN PERFORM writes(); END'", "not analysed", True),
]


def refusal(conn: psycopg.Connection[Any], sql: str) -> str | None:
    """Return the SQLSTATE with which a READ ONLY transaction answers, None if it takes the statement."""
    conn.execute("BEGIN READ ONLY")
    try:
        conn.execute(sql)
    except psycopg.Error as error:
        return error.sqlstate
    finally:
        conn.execute("ROLLBACK")
    return None


@pytest.mark.parametrize("sql", READS)
def test_what_is_called_reading_is_taken_by_a_read_only_transaction(
    conn: psycopg.Connection[Any], describer: Describer, sql: str
) -> None:
    found = effects(describer, sql)
    assert (found.access, found.reasons) == ("read", ())
    assert refusal(conn, sql) is None


@pytest.mark.parametrize(("sql", "reason", "is_refused"), WRITES, ids=[sql for sql, _, _ in WRITES])
def test_what_writes_says_why(
    conn: psycopg.Connection[Any], describer: Describer, sql: str, reason: str, is_refused: bool | None
) -> None:
    found = effects(describer, sql)
    assert found.access == "write"
    assert any(told == reason or told.startswith(f"{reason}: ") for told in found.reasons), found.reasons
    if is_refused is not None:  # None: it depends on the version
        assert (refusal(conn, sql) == "25006") is is_refused


def test_every_volatile_function_of_the_server_that_is_called_harmless_is_taken_by_a_read_only_transaction(
    conn: psycopg.Connection[Any], describer: Describer
) -> None:
    functions = conn.execute(
        "SELECT proname, proretset FROM pg_proc WHERE provolatile = 'v' AND prokind = 'f' AND pronargs = 0 "
        "AND pronamespace = 'pg_catalog'::regnamespace AND oid < 16384 "
        "AND prorettype NOT IN ('trigger'::regtype, 'event_trigger'::regtype)"
    ).fetchall()
    harmless = [name for name, _ in functions if not may_write(Routine(name, "v", is_builtin=True))]
    assert len(harmless) > 15
    for name in harmless:
        sql = f"SELECT count(*) AS c FROM pg_catalog.{name}() AS f"
        assert effects(describer, sql).access == "read"
        # Some want another state of the server or of the session; none wants to write.
        assert refusal(conn, sql) != "25006", name


def test_functions_of_extensions_that_only_answer_anew_are_no_writes() -> None:
    assert not may_write(Routine("uuid_generate_v4", "v", is_builtin=False, extension="uuid-ossp"))
    assert not may_write(Routine("tools.gen_random_bytes", "v", is_builtin=False, extension="pgcrypto"))
    assert may_write(Routine("uuid_generate_v4", "v", is_builtin=False))
    assert may_write(Routine("dblink_exec", "v", is_builtin=False, extension="dblink"))


TABLES = [
    ("SELECT id FROM v", ("t", "v"), ()),
    ("SELECT id FROM joined", ("joined", "t", "u"), ()),
    ("SELECT id FROM mv", ("mv",), ()),  # its rows are those of the last REFRESH
    ("SELECT k FROM part", ("part",), ()),
    ("SELECT k FROM part_1", ("part", "part_1"), ()),
    ("SELECT k FROM part_1_1", ("part", "part_1_1"), ()),
    ("SELECT id FROM parent", ("child", "parent"), ()),
    ("SELECT id FROM ONLY parent", ("parent",), ()),
    ("SELECT id FROM guarded", ("guarded", "u"), ()),
    ("SELECT id FROM over_guarded", ("guarded", "over_guarded", "u"), ()),
    ("UPDATE v SET a = 1", (), ("t", "v")),
    ("UPDATE v SET a = u.id FROM u WHERE u.id = v.id", ("u",), ("t", "v")),
    ("UPDATE triggered SET id = 1", ("t",), ("triggered",)),
    ("UPDATE guarded SET owner = ''", ("u",), ("guarded",)),
    ("INSERT INTO t SELECT id, t_id, '' FROM u ON CONFLICT (id) DO UPDATE SET a = 1", ("u",), ("t",)),
    ("DELETE FROM parent USING u", ("u",), ("child", "parent")),
    ("WITH w AS (DELETE FROM u RETURNING id) SELECT t.id FROM t JOIN w ON w.id = t.id", ("t",), ("u",)),
    ("SELECT (SELECT max(t_id) FROM u) AS x", ("u",), ()),
]


@pytest.mark.parametrize(("sql", "reads", "writes"), TABLES, ids=[sql for sql, _, _ in TABLES])
def test_tables_are_found_behind_views_partitions_children_and_policies(
    describer: Describer, sql: str, reads: tuple[str, ...], writes: tuple[str, ...]
) -> None:
    found = effects(describer, sql)
    assert (found.reads, found.writes) == (reads, writes)


VOLATILITY = [
    ("SELECT id + 1 AS x FROM t WHERE s = 'x'", "immutable", ()),
    ("SELECT 1 AS x", "immutable", ()),
    ("SELECT twice(id) AS x FROM t", "immutable", ()),
    ("SELECT sum(id) AS x FROM t", "immutable", ()),
    ("SELECT id::text AS x, '5'::text::integer AS y FROM t", "immutable", ()),
    ("SELECT now() AS x", "stable", ("now",)),
    ("SELECT current_date AS x, current_user AS y", "stable", ("CURRENT_DATE", "CURRENT_USER")),
    ("SELECT looks() AS x, now() AS y", "stable", ("looks", "now")),
    ("SELECT $1::timestamptz + interval '1 day' AS x", "stable", ("timestamptz_pl_interval",)),
    ("SELECT $1::text::date AS x", "stable", ("date_in",)),
    ("SELECT id FROM t ORDER BY now()", "stable", ("now",)),
    ("SELECT random() AS x, now() AS y", "volatile", ("random",)),
    ("SELECT id FROM t WHERE id === s", "volatile", ("compare",)),
    ("SELECT adding(id) AS x FROM t", "volatile", ("adding",)),
    ("SELECT n FROM counting", "volatile", ("nextval",)),
    ("SELECT id FROM t TABLESAMPLE BERNOULLI (50)", "volatile", ("TABLESAMPLE",)),
    ("SELECT id FROM t TABLESAMPLE BERNOULLI (50) REPEATABLE (1)", "immutable", ()),
    ("SELECT 1::checked AS x", "volatile", ("is_fine",)),
    ("INSERT INTO t VALUES (1)", "immutable", ()),
]


@pytest.mark.parametrize(("sql", "level", "names"), VOLATILITY, ids=[sql for sql, _, _ in VOLATILITY])
def test_a_statement_is_as_volatile_as_the_worst_function_that_it_calls(
    describer: Describer, sql: str, level: str, names: tuple[str, ...]
) -> None:
    found = effects(describer, sql)
    assert (found.volatility, found.volatile) == (level, names)
