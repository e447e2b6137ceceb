"""Seals: whatever is done to a sealed entry is found and named."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict

from plainsql import audit
from plainsql.audit import AuditKeys
from plainsql.database import Database
from plainsql.errors import AuditError
from tests.fixtures.audited import audit_tables
from tests.fixtures.databases import temporary_database
from tests.fixtures.embedded import wait_for

KEY = AuditKeys((b"k" * 32,))


@pytest.fixture(scope="module")
def audited(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        schema = "CREATE TABLE orders (id int PRIMARY KEY, total numeric, note text)"
        audit_tables(conninfo, tmp_path_factory.mktemp("seals"), schema, "orders")
        yield str(conninfo_to_dict(conninfo)["dbname"])


@pytest.fixture
def database(server: str, audited: str) -> Iterator[str]:
    with temporary_database(server, template=audited) as conninfo:
        yield conninfo


@pytest.fixture
def conn(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


@pytest.fixture
def db(database: str) -> Iterator[Database]:
    with Database.open(database, tenancy=False) as db:
        yield db


@pytest.fixture
def heads(tmp_path: Path) -> Path:
    return tmp_path / "heads.jsonl"


def write(conn: psycopg.Connection[Any], count: int, *, waits: bool = True) -> None:
    for number in range(count):
        conn.execute("INSERT INTO orders VALUES ((SELECT count(*) FROM orders), %s, 'n')", (number,))
    if waits:
        settled(conn)


def settled(conn: psycopg.Connection[Any]) -> None:
    """Wait until no transaction is open, in any database of the server, that is older than the newest entry."""
    horizon = "SELECT coalesce(max(txid) < pg_snapshot_xmin(pg_current_snapshot()), true) FROM audit_logs"
    wait_for(lambda: conn.execute(horizon).fetchone() == (True,), seconds=60)


@contextmanager
def as_intruder(conn: psycopg.Connection[Any]) -> Iterator[None]:
    """A superuser whom no trigger stops."""
    conn.execute("SET session_replication_role = replica")
    yield
    conn.execute("SET session_replication_role = origin")


def sealed(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    """Three seals of four entries each."""
    for _ in range(3):
        write(conn, 4)
        assert audit.seal(db, export=heads, keys=KEY) == audit.Sealed(1, 4, 1)


def test_what_nobody_touched_holds(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    write(conn, 2)
    assert audit.verify(db, heads=heads, keys=KEY) == audit.Verification(3, 12, None)
    assert audit.seal(db, export=heads, keys=KEY, batch=1) == audit.Sealed(2, 2, 2)
    assert audit.seal(db, export=heads, keys=KEY) == audit.Sealed(0, 0, 0)
    assert audit.verify(db, heads=heads, keys=KEY) == audit.Verification(5, 14, None)


@pytest.mark.parametrize(
    ("sql", "kind"),
    [
        ("UPDATE audit_logs SET new = new || '{{\"total\": 999}}' WHERE id = {id}", "altered"),
        ("UPDATE audit_logs SET actor_id = 'nobody' WHERE id = {id}", "altered"),
        ("UPDATE audit_logs SET at = at + interval '1 microsecond' WHERE id = {id}", "altered"),
        ("UPDATE audit_logs SET table_name = 'other' WHERE id = {id}", "altered"),
        ("UPDATE audit_logs SET reason = '' WHERE id = {id}", "altered"),
        ("DELETE FROM audit_logs WHERE id = {id}", "removed"),
    ],
)
def test_an_altered_or_removed_entry_is_named(
    db: Database, conn: psycopg.Connection[Any], heads: Path, sql: str, kind: str
) -> None:
    sealed(db, conn, heads)
    (entry_id,) = conn.execute("SELECT id FROM audit_logs ORDER BY id OFFSET 6 LIMIT 1").fetchone() or ()
    with as_intruder(conn):
        conn.execute(sql.format(id=entry_id))
    found = audit.verify(db, heads=heads, keys=KEY)
    assert found.first is not None
    assert (found.first.kind, found.first.seal, found.first.entry_id) == (kind, 2, entry_id)
    assert f"entry {entry_id}" in found.first.message
    assert (found.seals, found.entries) == (1, 4)


def test_an_entry_put_in_between_is_named(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    with as_intruder(conn):
        conn.execute("""
            INSERT INTO audit_logs (at, table_name, record_pk, action, txid, new)
            SELECT at, table_name, '{"id": 77}', action, txid, new FROM audit_logs ORDER BY id OFFSET 5 LIMIT 1
        """)
    found = audit.verify(db, heads=heads, keys=KEY)
    assert found.first is not None
    assert (found.first.kind, found.first.seal) == ("inserted", 2)


def test_entries_that_changed_places_are_named(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    ids = [row[0] for row in conn.execute("SELECT id FROM audit_logs ORDER BY id OFFSET 5 LIMIT 2")]
    with as_intruder(conn):
        conn.execute(
            """
            UPDATE audit_logs AS a SET new = b.new, record_pk = b.record_pk FROM audit_logs AS b
            WHERE a.id + b.id = %s AND a.id = ANY(%s) AND b.id = ANY(%s)
        """,
            (sum(ids), ids, ids),
        )
    found = audit.verify(db, heads=heads, keys=KEY)
    assert found.first is not None
    assert (found.first.kind, found.first.entry_id) == ("altered", ids[0])


def test_an_intruder_who_mends_the_digest_meets_the_head(
    db: Database, conn: psycopg.Connection[Any], heads: Path
) -> None:
    sealed(db, conn, heads)
    with as_intruder(conn):
        conn.execute("DELETE FROM audit_logs WHERE id = 6")
        conn.execute("DELETE FROM audit.digests WHERE entry_id = 6")
    first = audit.verify(db, heads=heads, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("digests", 2)


def test_an_intruder_who_mends_the_head_meets_the_signature(
    db: Database, conn: psycopg.Connection[Any], heads: Path
) -> None:
    sealed(db, conn, heads)
    with as_intruder(conn):
        conn.execute("UPDATE audit.seals SET head = sha256('x') WHERE number = 2")
    first = audit.verify(db, heads=heads, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("signature", 2)


def test_one_who_has_the_key_meets_the_exported_heads(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    with as_intruder(conn):
        conn.execute("DELETE FROM audit_logs WHERE id = 6")
        conn.execute("TRUNCATE audit.seals, audit.digests")
    audit.seal(db, keys=KEY, batch=4)
    assert audit.verify(db, keys=KEY).first is None
    first = audit.verify(db, heads=heads, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("export", 1)


def test_seals_taken_from_the_end_are_missed(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    with as_intruder(conn):
        conn.execute("DELETE FROM audit_logs WHERE id > 8")
        conn.execute("DELETE FROM audit.digests WHERE entry_id > 8")
        conn.execute("DELETE FROM audit.seals WHERE number = 3")
    assert audit.verify(db, keys=KEY).first is None
    first = audit.verify(db, heads=heads, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("seal", 3)
    with as_intruder(conn):
        conn.execute("DELETE FROM audit.seals WHERE number = 1")
    first = audit.verify(db, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("seal", 1)


def test_a_transaction_that_is_open_and_those_begun_after_it_wait_for_the_next_run(
    db: Database, conn: psycopg.Connection[Any], database: str, heads: Path
) -> None:
    write(conn, 1)
    with psycopg.connect(database) as slow:
        slow.execute("INSERT INTO orders VALUES (100, 1, 'slow')")
        write(conn, 2, waits=False)
        assert audit.seal(db, export=heads, keys=KEY).entries == 1
        slow.commit()
    write(conn, 1)
    assert audit.seal(db, export=heads, keys=KEY).entries == 4
    assert audit.verify(db, heads=heads, keys=KEY) == audit.Verification(2, 5, None)
    order = [row[0] for row in conn.execute("SELECT new ->> 'note' FROM audit_logs ORDER BY txid, id")]
    assert order == ["n", "slow", "n", "n", "n"]


def test_sealing_while_many_write_misses_nothing(db: Database, database: str, heads: Path) -> None:
    stop = threading.Event()

    def work(worker: int) -> None:
        with psycopg.connect(database) as conn:
            for number in range(60):
                conn.execute("INSERT INTO orders VALUES (%s, 1, 'x')", (worker * 1000 + number,))
                conn.execute("UPDATE orders SET total = total + 1 WHERE id = %s", (worker * 1000 + number,))
                conn.rollback() if number % 7 == 0 else conn.commit()

    def sealing() -> None:
        while not stop.is_set():
            audit.seal(db, export=heads, keys=KEY, batch=13)

    writers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    sealer = threading.Thread(target=sealing)
    for thread in (*writers, sealer):
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    sealer.join()
    with psycopg.connect(database, autocommit=True) as conn:
        settled(conn)
    audit.seal(db, export=heads, keys=KEY)
    found = audit.verify(db, heads=heads, keys=KEY)
    assert found.first is None
    assert found.entries == 4 * 51 * 2  # every seventh was rolled back


def test_an_entry_put_in_before_all_others_is_named(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    for number, place in enumerate(("-9", "0")):
        with as_intruder(conn):
            conn.execute(
                "INSERT INTO audit_logs (id, at, table_name, record_pk, action, txid) OVERRIDING SYSTEM VALUE"
                " SELECT %s, at, table_name, record_pk, action, '0' FROM audit_logs WHERE txid > '0' LIMIT 1",
                (place,),
            )
            if number:  # a digest of it doesn't help
                conn.execute("INSERT INTO audit.digests SELECT '0', id, sha256('x') FROM audit_logs WHERE txid = '0'")
        found = audit.verify(db, heads=heads, keys=KEY)
        assert found.first is not None
        assert found.first.seal == 1


def test_two_runs_at_once_export_each_head_once(
    database: str, db: Database, conn: psycopg.Connection[Any], heads: Path
) -> None:
    conn.execute(f"ALTER DATABASE {conn.info.dbname} SET default_transaction_isolation = 'repeatable read'")
    write(conn, 120)
    start = threading.Barrier(4)
    failed: list[BaseException] = []

    def sealing() -> None:
        with Database.open(database, tenancy=False) as own:
            start.wait()
            try:
                audit.seal(own, export=heads, keys=KEY, batch=3)
            except BaseException as error:
                failed.append(error)

    threads = [threading.Thread(target=sealing) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert len(heads.read_text(encoding="utf-8").splitlines()) == 40
    assert audit.verify(db, heads=heads, keys=KEY) == audit.Verification(40, 120, None)


def test_two_runs_at_once_make_one_chain(db: Database, conn: psycopg.Connection[Any]) -> None:
    write(conn, 40)
    start = threading.Barrier(3)
    done = []

    def sealing() -> None:
        start.wait()
        done.append(audit.seal(db, keys=KEY, batch=3).entries)

    threads = [threading.Thread(target=sealing) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 40
    found = audit.verify(db, keys=KEY)
    assert (found.first, found.entries) == (None, 40)


KILLED = """
import os, sys
from pathlib import Path
from plainsql import audit
from plainsql.database import Database
with Database.open(sys.argv[1], tenancy=False) as db:
    audit.seal(db, export=Path(sys.argv[2]), keys=audit.AuditKeys((b"k" * 32,)), batch=5,
        progress=lambda entries: os.kill(os.getpid(), 9) if entries >= 15 else None)
"""


def test_a_run_that_is_killed_is_taken_up_by_the_next(
    db: Database, conn: psycopg.Connection[Any], database: str, heads: Path
) -> None:
    write(conn, 32)
    killed = subprocess.run([sys.executable, "-c", KILLED, database, str(heads)], check=False)
    assert killed.returncode == -9
    assert conn.execute("SELECT count(*), sum(entries) FROM audit.seals").fetchone() == (3, 15)
    assert audit.seal(db, export=heads, keys=KEY, batch=5) == audit.Sealed(4, 17, 7)
    assert audit.verify(db, heads=heads, keys=KEY) == audit.Verification(7, 32, None)


def test_a_line_cut_off_by_a_crash_is_written_again(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    text = heads.read_text()
    heads.write_text(text[:-40])
    assert audit.seal(db, export=heads, keys=KEY).exported == 1
    assert audit.verify(db, heads=heads, keys=KEY).first is None
    assert audit.seal(db, export=heads, keys=KEY).exported == 0
    heads.write_text("garbage\n" + text)
    with pytest.raises(AuditError, match=r"heads.jsonl:1: this is no exported head"):
        audit.verify(db, heads=heads, keys=KEY)


def test_keys_are_exchanged_while_old_seals_hold(db: Database, conn: psycopg.Connection[Any]) -> None:
    write(conn, 1)
    audit.seal(db, keys=KEY)
    write(conn, 1)
    new = AuditKeys((b"n" * 32, *KEY.keys))
    audit.seal(db, keys=new)
    assert audit.verify(db, keys=new).first is None
    first = audit.verify(db, keys=KEY).first
    assert first is not None
    assert (first.kind, first.seal) == ("key", 2)
    assert "kkkk" not in repr(new)


def test_months_that_were_dropped_are_left_out(db: Database, conn: psycopg.Connection[Any], heads: Path) -> None:
    sealed(db, conn, heads)
    (since,) = conn.execute("SELECT sealed_at FROM audit.seals WHERE number = 2").fetchone() or ()
    with as_intruder(conn):
        conn.execute("DELETE FROM audit_logs WHERE id <= 4")
    assert audit.verify(db, heads=heads, keys=KEY).first is not None
    assert audit.verify(db, heads=heads, keys=KEY, since=since) == audit.Verification(2, 8, None)


def test_a_database_restored_into_a_younger_server_is_told(db: Database, conn: psycopg.Connection[Any]) -> None:
    write(conn, 1)
    audit.seal(db, keys=KEY)
    with as_intruder(conn):
        conn.execute("UPDATE audit.seals SET txid = '9000000000000'")
    with pytest.raises(AuditError, match="which this server has not reached"):
        audit.seal(db, keys=KEY)


def test_keys_come_from_the_environment_or_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("PLAINSQL_AUDIT_KEY", raising=False)
    monkeypatch.delenv("PLAINSQL_AUDIT_KEY_FILE", raising=False)
    with pytest.raises(AuditError, match="set PLAINSQL_AUDIT_KEY, or PLAINSQL_AUDIT_KEY_FILE"):
        audit.load_keys()
    file = tmp_path / "key"
    file.write_text("a" * 64 + "\n" + "b" * 64 + "\n")
    monkeypatch.setenv("PLAINSQL_AUDIT_KEY_FILE", str(file))
    assert audit.load_keys().keys == (b"a" * 64, b"b" * 64)
    monkeypatch.setenv("PLAINSQL_AUDIT_KEY", "c" * 32)
    assert audit.load_keys().keys == (b"c" * 32,)
    monkeypatch.setenv("PLAINSQL_AUDIT_KEY", "short")
    with pytest.raises(AuditError, match="32 characters or more"):
        audit.load_keys()


def test_digests_do_not_hang_on_the_session(db: Database, conn: psycopg.Connection[Any], database: str) -> None:
    conn.execute("INSERT INTO orders VALUES (1, 1.10, 'ä€😀')")
    settled(conn)
    audit.seal(db, keys=KEY)
    other = f"{database} options='-c timezone=Asia/Kolkata -c extra_float_digits=-10 -c datestyle=German,DMY'"
    with psycopg.connect(other) as reader:
        reader.execute("SET datestyle = 'ISO, DMY'")
        assert audit.verify(reader, keys=KEY).first is None


def test_the_exported_line_says_everything_that_is_signed(
    db: Database, conn: psycopg.Connection[Any], heads: Path
) -> None:
    sealed(db, conn, heads)
    line = json.loads(heads.read_text().splitlines()[1])
    assert {"number", "sealed_at", "txid", "entry_id", "entries", "previous", "head", "key_id", "signature"} == set(
        line
    )
    assert datetime.fromisoformat(line["sealed_at"]).tzinfo == UTC
