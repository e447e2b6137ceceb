"""Locks: what describe says, and what pg_locks shows while the statement's transaction is open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql.describe import Describer
from tests.fixtures.databases import temporary_database
from tests.fixtures.effects import effects

SCHEMA = """
CREATE TABLE t (id integer PRIMARY KEY, a integer);
CREATE TABLE u (id integer PRIMARY KEY, t_id integer);
INSERT INTO t VALUES (1, 1), (2, 2);
INSERT INTO u VALUES (1, 1);
CREATE VIEW v AS SELECT id, a FROM t;
CREATE VIEW over_v AS SELECT id FROM v;
CREATE VIEW joined AS SELECT t.id, (SELECT max(t_id) FROM u) AS m FROM t;
CREATE VIEW locking AS SELECT id FROM t FOR SHARE NOWAIT;
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE TABLE part (k integer NOT NULL, x integer) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE parent (id integer);
CREATE TABLE child () INHERITS (parent);
CREATE SEQUENCE numbers;
"""
MODES = ("AccessShareLock", "RowShareLock", "RowExclusiveLock")
NAMES = ("ACCESS SHARE", "ROW SHARE", "ROW EXCLUSIVE")
HELD = """
SELECT c.relname, array_agg(l.mode)
FROM pg_locks AS l JOIN pg_class AS c ON c.oid = l.relation
WHERE l.pid = %s AND l.granted AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT c.relispartition
    AND c.relnamespace = 'public'::regnamespace
GROUP BY c.relname
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(SCHEMA)
        yield conn


@pytest.fixture(scope="module")
def watcher(conn: psycopg.Connection[Any]) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(conn.info.dsn, autocommit=True) as other:
        yield other


@pytest.fixture(scope="module")
def describer(conn: psycopg.Connection[Any]) -> Describer:
    return Describer(conn)


def held(conn: psycopg.Connection[Any], watcher: psycopg.Connection[Any], sql: str) -> dict[str, str]:
    """Return the strongest lock on each relation that *sql* holds when it is done."""
    conn.execute("BEGIN")
    try:
        conn.execute(sql)
        rows = watcher.execute(HELD, (conn.info.backend_pid,)).fetchall()
    finally:
        conn.execute("ROLLBACK")
    return {name: NAMES[max(map(MODES.index, modes))] for name, modes in rows}


LOCKS = [
    ("SELECT id FROM t", {}),
    ("SELECT t.id FROM t JOIN u ON u.t_id = t.id", {}),
    ("SELECT id FROM over_v", {}),
    ("SELECT id FROM mv", {}),
    ("SELECT k FROM part", {}),
    ("SELECT id FROM parent", {}),
    ("SELECT id FROM ONLY parent", {}),
    ("SELECT last_value FROM numbers", {}),
    ("SELECT id FROM t WHERE EXISTS (SELECT FROM u WHERE u.t_id = t.id)", {}),
    ("SELECT id FROM t FOR UPDATE", {"t": "FOR UPDATE"}),
    ("SELECT id FROM t FOR NO KEY UPDATE SKIP LOCKED", {"t": "FOR NO KEY UPDATE SKIP LOCKED"}),
    ("SELECT id FROM t FOR SHARE NOWAIT", {"t": "FOR SHARE NOWAIT"}),
    ("SELECT id FROM t FOR KEY SHARE", {"t": "FOR KEY SHARE"}),
    ("SELECT t.id FROM t JOIN u ON true FOR UPDATE OF u", {"u": "FOR UPDATE"}),
    ("SELECT t.id FROM t JOIN u ON true FOR SHARE OF t FOR UPDATE OF u SKIP LOCKED",
     {"t": "FOR SHARE", "u": "FOR UPDATE SKIP LOCKED"}),
    ("SELECT t.id FROM t JOIN u ON true FOR UPDATE", {"t": "FOR UPDATE", "u": "FOR UPDATE"}),
    ("SELECT t.id FROM t JOIN t AS x ON true FOR SHARE OF t FOR KEY SHARE OF x NOWAIT", {"t": "FOR SHARE"}),
    ("SELECT id FROM v FOR UPDATE", {"t": "FOR UPDATE", "v": "FOR UPDATE"}),
    ("SELECT id FROM over_v FOR NO KEY UPDATE",
     {"t": "FOR NO KEY UPDATE", "v": "FOR NO KEY UPDATE", "over_v": "FOR NO KEY UPDATE"}),
    ("SELECT id FROM joined FOR UPDATE", {"t": "FOR UPDATE", "joined": "FOR UPDATE"}),
    ("SELECT id FROM locking", {"t": "FOR SHARE NOWAIT"}),
    ("SELECT x.id FROM (SELECT id FROM t) AS x FOR UPDATE", {"t": "FOR UPDATE"}),
    ("SELECT x.id FROM (SELECT t.id FROM t JOIN u ON true) AS x FOR UPDATE", {"t": "FOR UPDATE", "u": "FOR UPDATE"}),
    ("WITH w AS (SELECT id FROM t FOR UPDATE) SELECT id FROM w", {"t": "FOR UPDATE"}),
    ("WITH w AS (SELECT id FROM t) SELECT u.id FROM w JOIN u ON true FOR UPDATE OF u", {"u": "FOR UPDATE"}),
    ("SELECT u.id FROM u WHERE u.id = (SELECT id FROM t WHERE id = 1 FOR UPDATE)", {"t": "FOR UPDATE"}),
    ("SELECT id FROM parent FOR UPDATE", {"parent": "FOR UPDATE", "child": "FOR UPDATE"}),
    ("SELECT id FROM ONLY parent FOR UPDATE", {"parent": "FOR UPDATE"}),
    ("SELECT k FROM part FOR UPDATE", {"part": "FOR UPDATE"}),
    ("INSERT INTO t VALUES (9, 9)", {}),
    ("INSERT INTO t SELECT id + 10, 1 FROM u", {}),
    ("INSERT INTO t VALUES (1, 9) ON CONFLICT (id) DO UPDATE SET a = 5 RETURNING id", {}),
    ("UPDATE t SET a = 1", {}),
    ("UPDATE t SET a = u.id FROM u WHERE u.id = t.id", {}),
    ("DELETE FROM t USING u WHERE u.id = t.id RETURNING t.id", {}),
    ("MERGE INTO t USING u ON u.id = t.id WHEN MATCHED THEN DELETE WHEN NOT MATCHED THEN INSERT VALUES (8)", {}),
    ("UPDATE v SET a = 1", {}),
    ("INSERT INTO over_v VALUES (7)", {}),
    ("UPDATE parent SET id = 1", {}),
    ("INSERT INTO parent VALUES (1)", {}),
    ("UPDATE part SET x = 1", {}),
    ("INSERT INTO part VALUES (1, 1)", {}),
    ("WITH w AS (SELECT id FROM u FOR UPDATE) UPDATE t SET a = 1 FROM w WHERE w.id = t.id", {"u": "FOR UPDATE"}),
    ("WITH w AS (SELECT id FROM t FOR UPDATE) UPDATE t SET a = 1 FROM w WHERE w.id = t.id", {"t": "FOR UPDATE"}),
    ("WITH w AS (DELETE FROM u RETURNING id) SELECT id FROM w", {}),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "rows"), LOCKS, ids=[sql for sql, _ in LOCKS])
def test_locks_are_those_that_the_server_shows(
    conn: psycopg.Connection[Any],
    watcher: psycopg.Connection[Any],
    describer: Describer,
    sql: str,
    rows: dict[str, str],
) -> None:
    found = effects(describer, sql).locks
    assert {lock.table: lock.mode for lock in found} == held(conn, watcher, sql)
    assert {lock.table: lock.rows for lock in found if lock.rows} == rows


def test_rows_locked_through_a_view_are_those_of_its_table(
    conn: psycopg.Connection[Any], watcher: psycopg.Connection[Any]
) -> None:
    conn.execute("BEGIN")
    conn.execute("SELECT id FROM over_v WHERE id = 1 FOR UPDATE")
    free = watcher.execute("SELECT id FROM t ORDER BY id FOR UPDATE SKIP LOCKED").fetchall()
    conn.execute("ROLLBACK")
    assert free == [(2,)]


def test_advisory_locks_are_named(describer: Describer) -> None:
    found = effects(describer, "SELECT pg_advisory_xact_lock(id), pg_try_advisory_lock_shared(1) AS x FROM t")
    assert found.advisory_locks == ("pg_advisory_xact_lock", "pg_try_advisory_lock_shared")
    assert effects(describer, "SELECT id FROM t FOR UPDATE").advisory_locks == ()


def test_locks_of_policies_are_told(conn: psycopg.Connection[Any], describer: Describer) -> None:
    conn.execute(
        "CREATE TABLE guarded (id integer); ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;"
        "CREATE POLICY members ON guarded USING (EXISTS (SELECT FROM v WHERE v.id = guarded.id))"
    )
    found = effects(describer, "SELECT id FROM guarded")
    assert [(lock.table, lock.mode) for lock in found.locks] == [
        ("guarded", "ACCESS SHARE"),
        ("t", "ACCESS SHARE"),
        ("v", "ACCESS SHARE"),
    ]
