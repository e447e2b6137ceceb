"""What promises of the embedded server hold when processes are killed."""

from __future__ import annotations

import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import psycopg
import pytest

from plainsql.embedded import EmbeddedPostgres, EmbeddedRedis
from plainsql.embedded.guard import is_alive
from plainsql.embedded.server import read_state
from plainsql.errors import EmbeddedServerError
from tests.fixtures.embedded import as_root, everything_gone, folder, server_pids, user_process, wait_for

__all__ = ["folder"]


def test_killed_user_and_left_user_leave_no_server(folder: Path) -> None:
    with user_process(folder / "pg") as killed, user_process(folder / "pg") as left:
        guard, server = server_pids(folder / "pg")
        killed.kill()
        killed.wait()
        time.sleep(0.5)
        assert is_alive(server), "the other user still needs it"
        assert left.stdin
        left.stdin.close()
        left.wait(10)
    wait_for(lambda: everything_gone(folder / "pg") and not is_alive(guard), seconds=10)


def test_killed_only_user_leaves_no_server(folder: Path) -> None:
    with user_process(folder / "pg", linger=2.0) as user:
        guard, _ = server_pids(folder / "pg")
        user.kill()
        user.wait()
        wait_for(lambda: everything_gone(folder / "pg") and not is_alive(guard), seconds=10)


def test_user_killed_while_initdb_runs_leaves_nothing(folder: Path) -> None:
    script = "import sys; from pathlib import Path; from plainsql.embedded import *"
    command = f"{script}; EmbeddedPostgres.start(Path(sys.argv[1]))"
    user = subprocess.Popen([sys.executable, "-c", command, str(folder / "pg")])
    wait_for(lambda: (read_state(folder / "pg") or {}).get("phase") == "initdb")
    state = read_state(folder / "pg")
    assert state
    user.kill()
    user.wait()
    wait_for(lambda: not is_alive(state["guard"]), seconds=10)
    assert not (folder / "pg" / "data").exists()
    EmbeddedPostgres.start(folder / "pg").close()


def test_killed_guard_takes_the_server_with_it_and_the_next_start_works(folder: Path) -> None:
    with user_process(folder / "pg"):
        guard, server = server_pids(folder / "pg")
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not is_alive(server) and everything_gone(folder / "pg"), seconds=10)
        with EmbeddedPostgres.start(folder / "pg") as again, psycopg.connect(again.conninfo()) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)


def test_killed_guard_and_server_at_once_do_not_block_the_next_start(folder: Path) -> None:
    with user_process(folder / "pg"):
        for pid in server_pids(folder / "pg"):
            os.kill(pid, signal.SIGKILL)
        begin = time.monotonic()
        with EmbeddedPostgres.start(folder / "pg") as again, psycopg.connect(again.conninfo()) as conn:
            assert conn.execute("SELECT 1").fetchone() == (1,)
        assert time.monotonic() - begin < 10


def test_killed_postmaster_ends_busy_backends_and_the_next_start_works(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        _, pid = server_pids(folder / "pg")
        with closing(psycopg.connect(server.conninfo(), autocommit=True)) as busy:
            busy.pgconn.send_query(b"DO $$ BEGIN LOOP NULL; END LOOP; END $$")
            time.sleep(0.2)
            os.kill(pid, signal.SIGKILL)
            wait_for(lambda: everything_gone(folder / "pg"), seconds=10)
            with EmbeddedPostgres.start(folder / "pg") as again, psycopg.connect(again.conninfo()) as conn:
                assert conn.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_that_names_another_program_does_not_block(folder: Path) -> None:
    with user_process(folder / "pg"):
        guard, server = server_pids(folder / "pg")
        stale = (folder / "pg" / "data" / "postmaster.pid").read_text()
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not is_alive(server))
    pid_file = folder / "pg" / "data" / "postmaster.pid"
    pid_file.write_text(stale.replace(str(server), str(os.getpid()), 1))
    if os.geteuid() == 0:
        shutil.chown(pid_file, (folder / "pg" / "data").stat().st_uid)
    EmbeddedPostgres.start(folder / "pg").close()


def test_a_server_nobody_guards_is_replaced(folder: Path) -> None:
    """What is left where there is no death signal and the watcher was killed too."""
    with EmbeddedPostgres.start(folder / "pg") as server, psycopg.connect(server.conninfo()) as conn:
        conn.execute("CREATE TABLE kept (id int)")
        _, pid = server_pids(folder / "pg")
        command = Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[:-1]
    owner = (folder / "pg" / "data").stat()
    identity = {"user": owner.st_uid, "group": owner.st_gid, "extra_groups": []} if os.geteuid() == 0 else {}
    sockets = Path(str(psycopg.conninfo.conninfo_to_dict(server.conninfo())["host"]))
    sockets.mkdir(mode=0o700)
    if identity:
        shutil.chown(sockets, owner.st_uid, owner.st_gid)
    orphan = subprocess.Popen(command, stderr=subprocess.DEVNULL, **identity)
    wait_for(lambda: (sockets / ".s.PGSQL.5432").exists())
    with EmbeddedPostgres.start(folder / "pg") as again, psycopg.connect(again.conninfo()) as conn:
        orphan.wait(10)  # ended, with whatever code: it may still have been starting
        assert conn.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_a_guard_that_is_told_to_end_stops_the_server_cleanly(folder: Path) -> None:
    with user_process(folder / "pg"):
        guard, _ = server_pids(folder / "pg")
        os.kill(guard, signal.SIGTERM)
        wait_for(lambda: not is_alive(guard) and everything_gone(folder / "pg"))
    assert "database system is shut down" in (folder / "pg" / "server.log").read_text()


def test_removed_folder_ends_the_server(folder: Path) -> None:
    with user_process(folder / "pg"):
        guard, server = server_pids(folder / "pg")
        shutil.rmtree(folder / "pg")
        wait_for(lambda: not is_alive(guard) and not is_alive(server), seconds=10)
        EmbeddedPostgres.start(folder / "pg").close()


@pytest.mark.slow
def test_recovery_of_more_than_ten_seconds_is_waited_for_with_a_note(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        with psycopg.connect(server.conninfo()) as conn:
            conn.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS id")
        for pid in server_pids(folder / "pg"):
            os.kill(pid, signal.SIGKILL)
    (folder / "pg" / "data" / "recovery.signal").touch()  # the server asks an archive for each next piece of its log
    begin = time.monotonic()
    with EmbeddedPostgres.start(folder / "pg", settings={"restore_command": "sleep 11; false"}) as server:
        assert time.monotonic() - begin > 10
        with psycopg.connect(server.conninfo()) as conn:
            assert conn.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
    assert "is recovering after a crash; waiting for it" in capfd.readouterr().err


def test_server_that_ends_during_recovery_is_told_and_not_waited_for(folder: Path) -> None:
    EmbeddedPostgres.start(folder / "pg").close()
    for segment in (folder / "pg" / "data" / "pg_wal").glob("0*"):
        segment.unlink()
    with pytest.raises(EmbeddedServerError, match="could not locate a valid checkpoint record"):
        EmbeddedPostgres.start(folder / "pg")


def test_full_disk_is_told(folder: Path) -> None:
    """A limit on the size of files stands in for the disk: the server gets an error from write() all the same."""
    script = (
        "import resource, signal, sys; from pathlib import Path; from plainsql.embedded import *\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, resource.RLIM_INFINITY))\n"
        "EmbeddedPostgres.start(Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder / "pg")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "initdb failed; the end of its output" in done.stderr
    assert not (folder / "pg" / "data").exists()
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 1_000_000


@as_root
def test_really_full_disk_is_told(folder: Path) -> None:
    disk = folder / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", str(disk)], check=False).returncode:
        pytest.skip("this machine mounts nothing")
    try:
        with pytest.raises(EmbeddedServerError, match=r"No space left on device[\s\S]*MB left"):
            EmbeddedPostgres.start(disk / "pg")
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_killed_user_of_redis_leaves_no_server_and_killed_server_comes_back(folder: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from plainsql.embedded import *\n"
        "server = EmbeddedRedis.start(Path(sys.argv[1])); print('up', flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(folder / "redis")]
    user = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert user.stdout
    assert user.stdin
    assert user.stdout.readline()
    guard, server = server_pids(folder / "redis")
    os.kill(server, signal.SIGKILL)
    wait_for(lambda: not is_alive(guard))
    with EmbeddedRedis.start(folder / "redis"):
        guard, server = server_pids(folder / "redis")
        os.kill(guard, signal.SIGKILL)
        wait_for(lambda: not is_alive(server))
    EmbeddedRedis.start(folder / "redis").close()
    user.kill()
    user.communicate()
    wait_for(lambda: not (folder / "redis" / "state.json").exists(), seconds=10)
