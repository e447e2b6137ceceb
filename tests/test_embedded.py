"""The embedded PostgreSQL and redis: start, join, stop, and what they are made of."""

from __future__ import annotations

import os
import shlex
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import redis

from plainsql.embedded import EmbeddedPostgres, EmbeddedRedis
from plainsql.embedded.binaries import find_postgres, find_redis, system_postgres, wheel_postgres, wheel_redis
from plainsql.errors import EmbeddedServerError
from tests.fixtures.embedded import everything_gone, folder, server_pids, user_process, wait_for

__all__ = ["folder"]


def value(conninfo: str, statement: str) -> object:
    with psycopg.connect(conninfo) as conn:
        row = conn.execute(statement.encode()).fetchone()
    assert row
    return row[0]


def test_server_has_utf8_unicode_case_and_the_extensions_promised(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert value(server.conninfo(), "SHOW server_encoding") == "UTF8"
        assert value(server.conninfo(), "SELECT upper('äé')") == "ÄÉ"
        assert value(server.conninfo(), "SHOW shared_preload_libraries") == "pg_stat_statements,auto_explain"
        assert int(str(value(server.conninfo(), "SHOW max_prepared_transactions"))) > 0
        assert server.major == 18


def test_server_listens_on_no_port(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert value(server.conninfo(), "SHOW listen_addresses") == ""


def test_settings_of_the_caller_win_and_others_are_refused_while_it_runs(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg", settings={"max_prepared_transactions": "3", "fsync": "off"}) as server:
        assert value(server.conninfo(), "SHOW max_prepared_transactions") == "3"
        with pytest.raises(EmbeddedServerError, match=r"other settings \(fsync\)"):
            EmbeddedPostgres.start(folder / "pg", settings={"max_prepared_transactions": "3"})
        with EmbeddedPostgres.start(folder / "pg") as joined:
            assert joined.conninfo() == server.conninfo()


def test_data_stays_and_close_of_the_last_user_waits_for_the_end(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        with psycopg.connect(server.conninfo()) as conn:
            conn.execute("CREATE TABLE kept (id int)")
        guard, pid = server_pids(folder / "pg")
    assert everything_gone(folder / "pg")
    assert not Path(f"/proc/{pid}").exists()
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert value(server.conninfo(), "SELECT count(*) FROM kept") == 0
        assert server_pids(folder / "pg") != (guard, pid)


def test_two_roles_exist_and_the_runtime_role_is_no_superuser(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert value(server.conninfo(user="app_user"), "SELECT current_user") == "app_user"
        assert value(server.conninfo(), "SELECT count(*) FROM pg_roles WHERE rolsuper AND rolname = 'app_user'") == 0


def test_roles_are_made_again_when_somebody_dropped_them(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server, psycopg.connect(server.conninfo()) as conn:
        conn.execute("DROP ROLE app_user")
    with EmbeddedPostgres.start(folder / "pg") as server:
        assert value(server.conninfo(user="app_user"), "SELECT current_user") == "app_user"


def test_two_processes_at_once_share_one_server(folder: Path) -> None:
    def pids(_: int) -> tuple[int, int]:
        with user_process(folder / "pg", linger=1.0):
            return server_pids(folder / "pg")

    with ThreadPoolExecutor(4) as threads:
        assert len(set(threads.map(pids, range(4)))) == 1
    wait_for(lambda: everything_gone(folder / "pg"))


def test_server_with_linger_stays_a_moment_and_then_goes(folder: Path) -> None:
    EmbeddedPostgres.start(folder / "pg", linger=1.5).close()
    first = server_pids(folder / "pg")
    time.sleep(0.5)
    EmbeddedPostgres.start(folder / "pg").close()
    assert server_pids(folder / "pg") == first
    wait_for(lambda: everything_gone(folder / "pg"), seconds=6)


@pytest.mark.parametrize("name", ["with space", "ünï-çødé-日本語", "x" * 145, "it's $HOME; #%1", "a,b"])
def test_any_project_path_works(folder: Path, name: str) -> None:
    with EmbeddedPostgres.start(folder / name / ".plainsql" / "pg") as server:
        assert value(server.conninfo(), "SELECT 1") == 1
        sockets = psycopg.conninfo.conninfo_to_dict(server.conninfo())["host"]
        assert len(os.fsencode(f"{sockets}/.s.PGSQL.5432.lock")) < 107
    with (
        EmbeddedRedis.start(folder / name / ".plainsql" / "redis") as server,
        redis.Redis.from_url(server.url) as client,
    ):
        assert client.ping()


def test_folders_are_private_and_modes_above_stay_as_they_were(folder: Path) -> None:
    home = folder / "closed" / "open"
    home.mkdir(parents=True)
    home.parent.chmod(0o751)
    home.chmod(0o755)
    before = {path: path.stat().st_mode for path in home.parents if path.exists()}
    with EmbeddedPostgres.start(home / ".plainsql" / "pg") as server:
        sockets = Path(str(psycopg.conninfo.conninfo_to_dict(server.conninfo())["host"]))
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert (home / ".plainsql" / "pg").stat().st_mode & 0o777 == 0o700
        assert (sockets / ".s.PGSQL.5432").stat().st_mode & 0o777 == 0o700
    assert {path: path.stat().st_mode for path in before} == before
    assert not sockets.exists()


def test_nothing_secret_stands_in_the_process_list(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:hush-hush@h/d")
    with EmbeddedPostgres.start(folder / "pg"):
        shown = subprocess.run(["ps", "axww", "-o", "args"], capture_output=True, text=True, check=True).stdout
        assert "guard.py" in shown
        assert "hush-hush" not in shown


def test_data_of_another_major_version_is_refused_with_commands_that_work(folder: Path) -> None:
    home = folder / "it's old"
    EmbeddedPostgres.start(home).close()
    (home / "data" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedServerError, match="made by PostgreSQL 17, this is PostgreSQL 18") as caught:
        EmbeddedPostgres.start(home)
    commands = [line.split(":  ")[1] for line in str(caught.value).splitlines()[1:]]
    data = str(home / "data")
    assert [shlex.split(command) for command in commands] == [["mv", data, f"{data}.17"], ["rm", "-r", data]]
    subprocess.run(["sh", "-c", commands[0]], check=True)
    with EmbeddedPostgres.start(home) as server:
        assert value(server.conninfo(), "SELECT 1") == 1


def test_an_initdb_killed_half_way_leaves_nothing_that_is_taken_for_data(folder: Path) -> None:
    home = folder / "pg"
    EmbeddedPostgres.start(home).close()
    (home / "data").rename(home / "data.new")
    (home / "data.new" / "global" / "pg_control").unlink()
    with EmbeddedPostgres.start(home) as server:
        assert value(server.conninfo(), "SELECT 1") == 1
    assert not (home / "data.new").exists()


def test_a_setting_the_server_refuses_is_told_with_its_log(folder: Path) -> None:
    with pytest.raises(EmbeddedServerError, match='unrecognized configuration parameter "no_such_setting"'):
        EmbeddedPostgres.start(folder / "pg", settings={"no_such_setting": "1"})
    EmbeddedPostgres.start(folder / "pg").close()


def test_a_file_in_the_way_is_told(folder: Path) -> None:
    (folder / "pg").write_text("")
    with pytest.raises(EmbeddedServerError, match="is not a folder"):
        EmbeddedPostgres.start(folder / "pg")


@pytest.mark.skipif(not system_postgres(), reason="no PostgreSQL of the system")
def test_postgresql_of_the_system_serves_as_well(folder: Path) -> None:
    binaries = system_postgres()[-1]
    assert not binaries.wheel
    with EmbeddedPostgres.start(folder / "pg", binaries=binaries) as server:
        assert str(value(server.conninfo(), "SHOW server_version")).startswith(str(binaries.major))
        assert value(server.conninfo(user="app_user"), "SELECT current_user") == "app_user"
        assert value(server.conninfo(), "SHOW server_encoding") == "UTF8"


def test_the_wheel_goes_before_the_system() -> None:
    assert find_postgres() == wheel_postgres()


def test_redis_on_path_goes_before_the_wheel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    wheel = wheel_redis()
    assert wheel
    (folder / "redis-server").symlink_to(wheel)
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    assert find_redis() == folder / "redis-server"
    with EmbeddedRedis.start(folder / "redis") as server, redis.Redis.from_url(server.url) as client:
        assert client.ping()


def test_redis_keeps_nothing_and_is_shared(folder: Path) -> None:
    with EmbeddedRedis.start(folder / "redis") as server:
        with redis.Redis.from_url(server.url) as client:
            client.set("a", 1)
        with EmbeddedRedis.start(folder / "redis") as second, redis.Redis.from_url(second.url) as client:
            assert client.get("a") == b"1"
    with EmbeddedRedis.start(folder / "redis") as server, redis.Redis.from_url(server.url) as client:
        assert client.get("a") is None
        assert client.config_get("port") == {"port": "0"}
