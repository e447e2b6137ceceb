"""Scratch databases of migrations are built once and used again."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plainsql.errors import MigrationError, ScratchServerError
from plainsql.scratch import scratch_database
from plainsql.scratch.migrated import KEPT, NEW, PREFIX, content_hash
from plainsql.scratch.refusals import refusal


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


@contextmanager
def role(server: str, *options: str) -> Iterator[str]:
    """Yield the conninfo of a role without rights, or with some; a password is asked for where the server asks."""
    name = f"plainsql_test_refused_{secrets.token_hex(4)}"
    password = secrets.token_hex(8)
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}").format(sql.Identifier(name), sql.Literal(password)))
        for option in options:
            conn.execute(sql.SQL("ALTER ROLE {} {}").format(sql.Identifier(name), sql.SQL(option)))
    try:
        yield make_conninfo(server, user=name, password=password)
    finally:
        with psycopg.connect(server, autocommit=True) as conn:
            conn.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(name)))


def refused(server: str, folder: Path, sentence: str) -> str:
    """Check that a server is refused with a sentence, for schema files and for migrations; return all that is said."""
    schema = folder / "schema.sql"
    schema.write_text("CREATE TABLE t (a int);")
    migrations = folder / "fresh"
    migrations.mkdir()
    change(migrations, f"a_{secrets.token_hex(4)} int")
    said = []
    for files, folder_of in (([schema], None), ([], migrations)):
        with (
            pytest.raises(ScratchServerError) as caught,
            scratch_database(server=server, schema_files=files, migrations=folder_of),
        ):
            pass
        said.append(str(caught.value))
        assert said[-1].startswith("the scratch server: ")
        assert sentence in said[-1]
    return "".join(said)


def test_a_role_that_may_not_make_databases_is_told_so(server: str, tmp_path: Path) -> None:
    with role(server) as conninfo:
        refused(conninfo, tmp_path, "its role may not make databases and roles: ALTER ROLE plainsql_test_")


def test_a_read_only_server_is_told_so(server: str, tmp_path: Path) -> None:
    with role(server, "CREATEDB", "CREATEROLE", "SET default_transaction_read_only = on") as conninfo:
        refused(conninfo, tmp_path, "it is read-only, as a standby is: scratch databases are made on a primary")


def test_a_wrong_password_is_told_without_it(server: str, tmp_path: Path) -> None:
    with role(server) as conninfo:
        wrong = make_conninfo(conninfo, password="hunter2")
        try:
            psycopg.connect(wrong).close()
        except psycopg.OperationalError:
            assert "hunter2" not in refused(wrong, tmp_path, "it refuses the password")
        else:
            pytest.skip("the server trusts everybody")


def test_a_missing_database_is_told_so(server: str, tmp_path: Path) -> None:
    missing = make_conninfo(server, dbname="plainsql_nowhere")
    refused(missing, tmp_path, "it has no database plainsql_nowhere: name one that is there")


def test_a_server_that_is_not_there_is_told_so(tmp_path: Path) -> None:
    refused("host=127.0.0.1 port=1", tmp_path, "nobody listens there")


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("FATAL:  unsupported startup parameter in options: statement_timeout", "a connection pooler answers"),
        ("FATAL:  no such database: postgres", "it has no database postgres"),
        ("FATAL:  no such user: ada", "it has no role ada"),
        ('FATAL:  no pg_hba.conf entry for host "10.0.0.1", user "ada"', "its pg_hba.conf lets nobody in from here"),
        ('FATAL:  password authentication failed for user "ada"', "it refuses the password"),
        ("FATAL:  sorry, too many clients already", "it has no connection left"),
        ("FATAL:  the database system is starting up", "it is starting or stopping: try again"),
        ('could not translate host name "db" to address: Name or service not known', "there is no such host"),
        ("server does not support SSL, but SSL was required", "TLS fails"),
        ("connection timeout expired", "it doesn't answer"),
        ("something else", "something else"),
    ],
)
def test_what_servers_and_poolers_say_becomes_one_sentence(said: str, told: str) -> None:
    error = psycopg.OperationalError(f'connection failed: connection to server at "db", port 5432 failed: {said}')
    sentence = refusal(error, "postgresql://ada:hunter2@db/postgres")
    assert sentence.startswith(told)
    assert "\n" not in sentence
    assert "hunter2" not in sentence
