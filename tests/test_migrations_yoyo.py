"""yoyo's own commands, from the shell, with nothing in the environment."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from plainsql.errors import NoDatabaseError
from plainsql.target import resolve_target
from tests.fixtures.embedded import everything_gone, folder, wait_for

__all__ = ["folder"]

ROOT = Path(__file__).parents[1]
YOYO = Path(sys.executable).with_name("yoyo")
TARGET = "plainsql: target embedded PostgreSQL 18 in .plainsql/postgres\n"


@pytest.fixture
def project(folder: Path) -> Path:
    """A project with an embedded database, two migrations and a folder below."""
    home = folder / "a project  with [ünï]"
    (home / "migrations").mkdir(parents=True)
    (home / "below" / "deep").mkdir(parents=True)
    (home / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\npackage = "shop.queries"\n')
    shutil.copy(ROOT / "yoyo.ini", home)
    for name, text in {
        "0001.t.sql": "-- A table.\nCREATE TABLE t (id int);",
        "0001.t.rollback.sql": "DROP TABLE t;",
        "0002.u.sql": "CREATE TABLE u (id int);",
        "0002.u.rollback.sql": "DROP TABLE u;",
    }.items():
        (home / "migrations" / name).write_text(text)
    return home


def yoyo(cwd: Path, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run yoyo as `env -i yoyo …` would, without a terminal."""
    command, nothing = [str(YOYO), *words], subprocess.DEVNULL
    return subprocess.run(
        command, cwd=cwd, env=environment, stdin=nothing, capture_output=True, text=True, check=False, timeout=60
    )


def tables(project: Path) -> list[str]:
    with resolve_target(start=project) as target, psycopg.connect(target.conninfo) as conn:
        found = conn.execute("SELECT relname FROM pg_class WHERE relname IN ('t', 'u') ORDER BY 1").fetchall()
    return [str(name) for (name,) in found]


def test_apply_list_and_rollback_work_from_a_folder_below_without_environment(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    below = project / "below" / "deep"
    done = yoyo(below, "apply")
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"{TARGET}plainsql: applied 0001.t\nplainsql: applied 0002.u\n"
    assert tables(project) == ["t", "u"]
    listed = yoyo(below, "list")
    assert listed.returncode == 0
    assert [line.split()[:2] for line in listed.stdout.splitlines()[2:]] == [["A", "0001.t"], ["A", "0002.u"]]
    undone = yoyo(below, "rollback", "--all")
    assert (undone.returncode, undone.stdout) == (0, "")
    assert undone.stderr == f"{TARGET}plainsql: rolled back 0002.u\nplainsql: rolled back 0001.t\n"
    assert tables(project) == []
    wait_for(lambda: everything_gone(project / ".plainsql" / "postgres"))


def test_no_database_ends_with_the_errors_text_and_no_traceback(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.plainsql]\n")
    done = yoyo(project, "apply")
    assert done.returncode == 1
    assert done.stderr == f"plainsql: NoDatabaseError: {NoDatabaseError()}\n"


def test_database_url_wins_and_its_password_is_never_printed(project: Path, empty_database: str) -> None:
    done = yoyo(project, "apply", DATABASE_URL=f"{empty_database} password=hush")
    assert done.returncode == 0, done.stderr
    assert done.stderr.startswith("plainsql: target DATABASE_URL: host=")
    assert "hush" not in done.stdout + done.stderr
    assert not (project / ".plainsql").exists()
    with psycopg.connect(empty_database) as conn:
        assert conn.execute("SELECT to_regclass('t') IS NOT NULL").fetchone() == (True,)


def test_a_server_that_does_not_answer_is_one_message_without_password(project: Path) -> None:
    done = yoyo(project, "apply", DATABASE_URL="postgresql://u:hush@127.0.0.1:1/d")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Connection refused" in done.stderr
    assert "hush" not in done.stderr


def test_migration_without_rollback_is_refused_by_yoyo_itself(project: Path, empty_database: str) -> None:
    (project / "migrations" / "0003.v.sql").write_text("CREATE TABLE v (id int);")
    done = yoyo(project, "apply", DATABASE_URL=empty_database)
    assert done.returncode == 1
    assert "MigrationError" in done.stderr
    assert "no 0003.v.rollback.sql" in done.stderr
    (project / "migrations" / "0003.v.sql").write_text("-- irreversible: only a test\nCREATE TABLE v (id int);")
    assert yoyo(project, "apply", DATABASE_URL=empty_database).returncode == 0
    refused = yoyo(project, "rollback", "--all", DATABASE_URL=empty_database)
    assert refused.returncode == 1
    assert "0003.v.sql is irreversible; nothing was rolled back" in refused.stderr
    assert "yoyo_lock" not in refused.stderr
    assert yoyo(project, "list", DATABASE_URL=empty_database).stdout.count("A  ") == 3, "and the lock is free"


def test_a_failing_migration_is_one_message_with_its_file(project: Path, empty_database: str) -> None:
    bad = project / "migrations" / "0003.bad.sql"
    bad.write_text("CREATE TABLE v (id int);\nSELEC 1;")
    undo = project / "migrations" / "0003.bad.rollback.sql"
    undo.write_text("DROP TABLE nothing;")
    done = yoyo(project, "apply", DATABASE_URL=empty_database)
    assert done.returncode == 1
    assert "plainsql: applied 0002.u\n" in done.stderr
    assert f"plainsql: {bad}: SyntaxError: syntax error at or near" in done.stderr
    assert "Traceback" not in done.stderr
    bad.write_text("SELECT 1;")
    assert yoyo(project, "apply", DATABASE_URL=empty_database).returncode == 0
    done = yoyo(project, "rollback", DATABASE_URL=empty_database)
    assert done.returncode == 1
    assert f'plainsql: {undo}: UndefinedTable: table "nothing" does not exist' in done.stderr
    assert "Traceback" not in done.stderr


def test_a_dependency_that_is_nowhere_is_one_message(project: Path, empty_database: str) -> None:
    (project / "migrations" / "0002.u.sql").write_text("-- depends: nowhere\nCREATE TABLE u (id int);")
    done = yoyo(project, "apply", DATABASE_URL=empty_database)
    assert done.returncode == 1
    assert "Could not resolve dependencies" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_stopped_apply_frees_the_lock_and_its_statement_ends(
    project: Path, empty_database: str, number: signal.Signals
) -> None:
    (project / "migrations" / "0003.wait.sql").write_text("SELECT pg_sleep(60);")
    (project / "migrations" / "0003.wait.rollback.sql").write_text("SELECT 1;")
    asleep = b"SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    with (
        subprocess.Popen(
            [str(YOYO), "apply"],
            cwd=project,
            env={"DATABASE_URL": empty_database},
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),  # this test's parent may ignore it
        ) as stopped,
        psycopg.connect(empty_database, autocommit=True) as conn,
    ):
        try:
            wait_for(lambda: conn.execute(asleep).fetchone() == (1,), seconds=20)
            stopped.send_signal(number)
            _, errors = stopped.communicate(timeout=20)
        finally:
            stopped.kill()
        assert stopped.returncode == 130
        assert errors.endswith("plainsql: applied 0002.u\nplainsql: interrupted\n")
        assert conn.execute("SELECT count(*) FROM yoyo_lock").fetchone() == (0,)
        wait_for(lambda: conn.execute(asleep).fetchone() == (0,), seconds=5)


@pytest.mark.slow
def test_lock_of_a_killed_yoyo_is_broken_by_break_lock(project: Path, empty_database: str) -> None:
    (project / "migrations" / "0003.wait.sql").write_text("SELECT pg_sleep(60);")
    (project / "migrations" / "0003.wait.rollback.sql").write_text("SELECT 1;")
    asleep = "FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database()"
    with (
        subprocess.Popen([str(YOYO), "apply"], cwd=project, env={"DATABASE_URL": empty_database}) as killed,
        psycopg.connect(empty_database, autocommit=True) as conn,
    ):
        try:
            wait_for(lambda: conn.execute(f"SELECT count(*) {asleep}".encode()).fetchone() == (1,), seconds=20)
        finally:
            killed.kill()
        conn.execute(f"SELECT pg_terminate_backend(pid) {asleep}".encode())
    blocked = yoyo(project, "apply", DATABASE_URL=empty_database)
    assert blocked.returncode == 1
    assert "Traceback" not in blocked.stderr
    assert "break-lock" in blocked.stderr
    assert yoyo(project, "break-lock", DATABASE_URL=empty_database).returncode == 0
    assert yoyo(project, "rollback", "--all", DATABASE_URL=empty_database).returncode == 0
