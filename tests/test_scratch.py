"""Scratch databases of migrations are built once and used again."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from plainsql.errors import MigrationError
from plainsql.scratch import scratch_database
from plainsql.scratch.migrated import KEPT, NEW, PREFIX, content_hash


@pytest.fixture
def migrations(tmp_path: Path, server: str) -> Iterator[Path]:
    folder = tmp_path / "migrations"
    folder.mkdir()
    change(folder, "a int NOT NULL")
    yield folder
    with psycopg.connect(server, autocommit=True) as conn:
        for name in ours(conn, folder):
            conn.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def change(folder: Path, columns: str) -> None:
    (folder / "0001.first.sql").write_text(f"CREATE TABLE t ({columns});\n")
    (folder / "0001.first.rollback.sql").write_text("DROP TABLE t;\n")


def ours(conn: psycopg.Connection, folder: Path) -> list[str]:
    query = "SELECT datname FROM pg_database WHERE shobj_description(oid, 'pg_database') = %s ORDER BY oid"
    return [row[0] for row in conn.execute(query, [f"plainsql scratch database of {folder}"])]


def name_of(conninfo: str) -> str:
    return str(conninfo_to_dict(conninfo)["dbname"])


def test_same_files_give_the_same_database_and_other_files_another(server: str, migrations: Path) -> None:
    with scratch_database(migrations=migrations, server=server) as first, psycopg.connect(first) as conn:
        assert conn.execute("SELECT a FROM t").fetchall() == []
    with scratch_database(migrations=migrations, server=server) as second:
        assert second == first
    change(migrations, "b int")
    with scratch_database(migrations=migrations, server=server) as third, psycopg.connect(third) as conn:
        assert conn.execute("SELECT b FROM t").fetchall() == []


def test_two_at_once_build_one_database(server: str, migrations: Path) -> None:
    found: list[str] = []

    def use() -> None:
        with scratch_database(migrations=migrations, server=server) as conninfo, psycopg.connect(conninfo) as conn:
            conn.execute("SELECT a FROM t")
            found.append(name_of(conninfo))

    threads = [threading.Thread(target=use) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [PREFIX + content_hash(migrations)] * 3


def test_failed_build_leaves_nothing_and_the_next_one_works(server: str, migrations: Path) -> None:
    change(migrations, "a nosuchtype")
    with (
        pytest.raises(MigrationError, match=r"migrations/0001.*nosuchtype"),
        scratch_database(migrations=migrations, server=server),
    ):
        pass
    with psycopg.connect(server) as conn:
        assert ours(conn, migrations) == []
        rows = conn.execute("SELECT datname FROM pg_database WHERE datname = %s", [PREFIX + content_hash(migrations)])
        assert rows.fetchall() == []
    change(migrations, "a int")
    with scratch_database(migrations=migrations, server=server) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT a FROM t").fetchall() == []


def test_old_databases_of_the_project_are_dropped_but_a_few(server: str, migrations: Path) -> None:
    names = []
    for number in range(KEPT + 2):
        change(migrations, f"a{number} int")
        with scratch_database(migrations=migrations, server=server) as conninfo:
            names.append(name_of(conninfo))
    with psycopg.connect(server) as conn:
        assert ours(conn, migrations) == names[-KEPT:]


def test_what_a_killed_build_left_is_dropped_after_a_day(server: str, migrations: Path) -> None:
    left = f"{NEW}1000000_abcdef"
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(left)))
        with scratch_database(migrations=migrations, server=server):
            pass
        assert conn.execute("SELECT datname FROM pg_database WHERE datname = %s", [left]).fetchall() == []


def test_scratch_server_comes_from_the_environment(
    server: str, migrations: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAINSQL_SCRATCH_URL", server)
    with scratch_database(migrations=migrations) as conninfo, psycopg.connect(conninfo) as conn:
        assert conn.execute("SELECT a FROM t").fetchall() == []
