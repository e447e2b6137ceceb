"""``plainsql generate``: what it writes, when it writes, and what it leaves alone."""

from __future__ import annotations

import ast
import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from plainsql.codegen.generate import _write
from plainsql.errors import PlainSQLError
from tests.fixtures.projects import MIGRATION, Project


def test_generated_functions_run_on_a_database(project: Project, empty_database: str) -> None:
    project.run("generate")
    code = """
        import os, pathlib
        import psycopg
        from app.queries import users
        with psycopg.connect(os.environ["DATABASE"], autocommit=True) as conn:
            conn.execute(pathlib.Path("migrations/0001.users.sql").read_text())
            made = users.create_user(conn, email="Ada@example.org", nickname=None, mood="happy")
            print(made)
            print(users.find_user(conn, email="ada@EXAMPLE.org"))
            print(users.find_user(conn, email="nobody"))
            print(users.add_users(conn, [{"email": "b", "nickname": "B"}, {"email": "c", "nickname": None}]))
            print(users.rename_user(conn, user_id=made.id, nickname="ada"))
            users.create_users_born_idx(conn)
            print(users.count_users(conn), [row.email for row in users.list_users(conn)])
    """
    done = project.python(code, DATABASE=empty_database)
    assert done.stdout.splitlines() == [
        "CreateUserRow(id=1, email='Ada@example.org')",
        "FindUserRow(id=1, email='Ada@example.org', nickname=None, mood='happy', tags=[])",
        "None",
        "2",
        "1",
        "3 ['Ada@example.org', 'b', 'c']",
    ]


def test_aio_functions_run_on_a_database(project: Project, empty_database: str) -> None:
    project.run("generate")
    code = """
        import asyncio, os, pathlib
        import psycopg
        from app.queries import aio
        from app.queries.users import FindUserRow

        async def main():
            conninfo = os.environ["DATABASE"]
            async with await psycopg.AsyncConnection.connect(conninfo, autocommit=True) as conn:
                await conn.execute(pathlib.Path("migrations/0001.users.sql").read_text())
                await aio.users.create_user(conn, email="ada", nickname=None, mood="sad")
                row = await aio.users.find_user(conn, email="ADA")
                assert isinstance(row, FindUserRow), row
                print(row.mood, await aio.users.count_users(conn))

        asyncio.run(main())
    """
    assert project.python(code, DATABASE=empty_database).stdout == "sad 1\n"


def test_a_second_run_writes_nothing(project: Project) -> None:
    assert "wrote app/queries/users.py" in project.run("generate").stdout
    before = {path: path.stat().st_mtime_ns for path in (project.root / "app").rglob("*.py")}
    assert "up to date" in project.run("generate").stdout
    assert "up to date" in project.run("generate", "--force").stdout
    assert before == {path: path.stat().st_mtime_ns for path in (project.root / "app").rglob("*.py")}


def test_a_run_without_changes_imports_no_driver_and_no_parser(project: Project) -> None:
    project.run("generate")
    code = """
        import sys
        from plainsql.cli.main import app
        app(["generate"], standalone_mode=False)
        heavy = {"psycopg", "psycopg_pool", "postgast", "aiosql", "yoyo", "msgspec", "google"}
        print(sorted(heavy & {name.split(".")[0] for name in sys.modules}))
    """
    assert project.python(code).stdout.splitlines()[-1] == "[]"


def test_a_fault_in_one_file_leaves_its_modules_and_writes_the_others(project: Project) -> None:
    project.run("generate")
    before = project.read("app/queries/users.py")
    project.replace("queries/users.sql", "SELECT id, email, nickname", "SELECT id, emial, nickname")
    project.write("queries/moods.sql", "-- name: list_moods\nSELECT DISTINCT mood FROM users;\n")
    done = project.run("generate", code=1)
    assert "queries/users.sql:5:12" in done.stderr
    assert project.read("app/queries/users.py") == before
    assert "class ListMoodsRow" in project.read("app/queries/moods.py")


def test_modules_of_a_removed_file_are_removed(project: Project) -> None:
    project.write("queries/moods.sql", "-- name: list_moods\nSELECT DISTINCT mood FROM users;\n")
    project.run("generate")
    (project.root / "queries/moods.sql").unlink()
    done = project.run("generate")
    assert "removed app/queries/moods.py" in done.stdout
    assert not (project.root / "app/queries/aio/moods.py").exists()
    assert "moods" not in project.read("app/queries/__init__.py")


def test_a_module_that_is_not_ours_is_not_overwritten(project: Project) -> None:
    project.write("app/queries/users.py", "precious = 1\n")
    done = project.run("generate", code=1)
    assert "app/queries/users.py:1:1" in done.stderr
    assert "not generated" in done.stderr
    assert project.read("app/queries/users.py") == "precious = 1\n"


def test_sub_folders_become_sub_packages(project: Project) -> None:
    project.write("queries/reports/moods.sql", "-- name: count_moods()$\nSELECT count(*) AS n FROM users;\n")
    project.run("generate")
    code = """
        from app.queries.reports import moods
        from app.queries.aio.reports import moods as twin
        print(moods.COUNT_MOODS.name, twin.count_moods.__name__)
    """
    assert project.python(code).stdout == "reports.moods.count_moods count_moods\n"


def test_columns_may_be_named_like_the_types_of_their_neighbours(project: Project) -> None:
    project.write(
        "queries/odd.sql",
        """
        -- name: odd(dt)^
        SELECT ''::bytea AS hash, 1 AS bytes, now() AS dt, 1.5 AS str, 'x'::text AS name, '{1}'::int[] AS list
        WHERE :dt::timestamptz > now();
        """,
    )
    project.run("generate")
    project.python(
        "import typing; from app.queries import odd; import msgspec; print(msgspec.structs.fields(odd.OddRow))"
    )
    text = project.read("app/queries/odd.py")
    assert "hash: builtins.bytes" in text
    assert "dt: dt_.datetime" in text


def test_windows_line_ends_are_no_change(project: Project) -> None:
    project.run("generate")
    path = project.root / "queries/users.sql"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert "up to date" in project.run("generate").stdout


def test_generate_works_from_a_sub_folder_and_writes_valid_python(project: Project) -> None:
    project.run("generate", cwd="queries")
    for path in (project.root / "app").rglob("*.py"):
        ast.parse(path.read_text())


def test_dataclass_rows_can_be_chosen(project: Project) -> None:
    project.replace("pyproject.toml", "[tool.plainsql]", '[tool.plainsql]\nrows = "dataclass"')
    project.run("generate")
    assert "@dataclass(frozen=True, slots=True)\nclass FindUserRow:" in project.read("app/queries/users.py")
    code = (
        "from app.queries.users import FindUserRow as R; print(R(1, 'e', None, 'ok', []) == R(1, 'e', None, 'ok', []))"
    )
    assert project.python(code).stdout == "True\n"


def test_a_database_given_by_dsn_is_asked_each_time(project: Project, empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(MIGRATION)
        project.run("generate", "--dsn", empty_database)
        conn.execute("ALTER TABLE users ALTER balance DROP NOT NULL")
        assert "Decimal | None" in project.run("check", "--dsn", empty_database, code=1).stderr
        project.run("generate", "--dsn", empty_database)
        assert "balance: Decimal | None\n" in project.read("app/queries/users.py")
        project.run("check", "--dsn", empty_database)


def test_an_output_that_cannot_be_written_is_one_line(project: Project) -> None:
    project.write("app/queries", "a file, no folder")
    done = project.run("generate", code=2)
    assert done.stderr.startswith("plainsql: ")
    assert "can't write it" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_full_disk_is_one_line_and_leaves_no_half_module(
    project: Project, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "module.py"

    def fail(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fdopen", fail)
    with pytest.raises(PlainSQLError, match=r"module\.py: can't write it: No space left on device"):
        _write(path, "x = 1\n")
    monkeypatch.undo()
    assert not list(tmp_path.glob("*.py")) + list(tmp_path.glob(".plainsql-*"))


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_generates_after_a_save_and_survives_a_fault(project: Project) -> None:
    watcher = _watch(project)
    try:
        _read_until(watcher, "queries generated")
        started = time.perf_counter()
        project.replace("queries/users.sql", "SELECT id, email, balance", "SELECT id, email, balance, born")
        _read_until(watcher, "generated in")
        elapsed = time.perf_counter() - started
        assert "born: dt.date | None" in project.read("app/queries/users.py")
        assert elapsed < 1.5, "the promise is 0.3 s on a quiet machine; make bench measures it"
        project.replace("queries/users.sql", "balance, born", "balance, bron")
        assert "bron" in _read_until(watcher, "1 error")
        project.replace("queries/users.sql", "balance, bron", "balance")
        _read_until(watcher, "queries generated")
        assert "balance: Decimal\n    born" not in project.read("app/queries/users.py")
    finally:
        _end(watcher)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_survives_a_broken_migration_and_a_lost_server(project: Project) -> None:
    watcher = _watch(project, "--scratch", project.server)
    try:
        _read_until(watcher, "queries generated")
        project.write("migrations/0002.more.sql", "-- irreversible: no\nALTER TABEL users ADD x int;\n")
        assert 'migrations/0002.more: syntax error at or near "TABEL"' in _read_until(watcher, "TABEL")
        project.write(
            "migrations/0002.more.sql", "-- irreversible: no\nALTER TABLE users ALTER balance DROP NOT NULL;\n"
        )
        _read_until(watcher, "queries generated")
        assert "balance: Decimal | None" in project.read("app/queries/users.py")
        with psycopg.connect(project.server, autocommit=True) as conn:
            conn.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity AS a "
                "JOIN pg_database AS d ON d.oid = a.datid "
                "WHERE shobj_description(d.oid, 'pg_database') LIKE %s",
                (f"%{project.root}%",),
            )
        project.replace("queries/users.sql", "SELECT id, email, balance", "SELECT id, email")
        _read_until(watcher, "queries generated")
        assert "balance: Decimal" not in project.read("app/queries/users.py")
    finally:
        _end(watcher)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_watch_on_a_database_sees_its_changes(project: Project, empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute(MIGRATION)
        watcher = _watch(project, "--dsn", empty_database)
        try:
            _read_until(watcher, "queries generated")
            assert "balance: Decimal\n" in project.read("app/queries/users.py")
            conn.execute("ALTER TABLE users ALTER balance DROP NOT NULL")
            project.replace("queries/users.sql", "-- Users: accounts.", "-- Users.")
            _read_until(watcher, "queries generated")
            assert "balance: Decimal | None\n" in project.read("app/queries/users.py")
        finally:
            _end(watcher)


def _watch(project: Project, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "plainsql", "generate", "--watch", *arguments],
        cwd=project.root,
        env=project.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def _end(watcher: subprocess.Popen[str]) -> None:
    assert watcher.stdout is not None
    watcher.send_signal(signal.SIGINT)
    watcher.wait(10)
    watcher.stdout.close()
    assert watcher.returncode in (0, 130)


def _read_until(process: subprocess.Popen[str], text: str) -> str:
    assert process.stdout is not None
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"{text!r} never came:\n{seen}")


def test_a_changed_column_type_is_refused_at_run_time_not_misread(project: Project, empty_database: str) -> None:
    project.run("generate")
    code = """
        import os, pathlib
        import psycopg
        import plainsql
        from app.queries import users
        with psycopg.connect(os.environ["DATABASE"], autocommit=True) as conn:
            conn.execute(pathlib.Path("migrations/0001.users.sql").read_text())
            users.create_user(conn, email="ada", nickname=None, mood="ok")
            conn.execute("ALTER TABLE users ALTER balance TYPE text, ALTER id TYPE integer")
            print(users.find_user(conn, email="ada").id)
            try:
                users.list_users(conn)
            except plainsql.StaleModuleError as error:
                print(error)
    """
    lines = project.python(code, DATABASE=empty_database).stdout.splitlines()
    assert lines[0] == "1", "an int column that is another int column now is read as before"
    assert "balance" in lines[1]
    assert "plainsql generate" in lines[1]
