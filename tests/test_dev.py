"""`plainsql dev`: both servers, migrated, until it is told to stop."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import redis

from plainsql.dev import shown_url
from tests.fixtures.embedded import everything_gone, folder, wait_for

__all__ = ["folder"]

DEV = "import sys; from pathlib import Path; from plainsql.dev import run_dev; sys.exit(run_dev(Path.cwd()))"


@contextmanager
def start(project: Path) -> Iterator[subprocess.Popen[str]]:
    """Run it, with Ctrl-C as a terminal's programs know it even where this test's parent ignores it."""
    environment = {key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "PLAINSQL_APP_URL"}}
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, "-c", DEV], cwd=project, env=environment, stdout=pipe, stderr=pipe, text=True
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def addresses(process: subprocess.Popen[str]) -> list[str]:
    """Read its output up to its last line; an address stands on one line whole, whatever the terminal."""
    assert process.stdout
    found: list[str] = []
    for line in process.stdout:
        found += re.findall(r"(?:postgresql|unix)://\S+", line)
        if "Ctrl-C" in line:
            break
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_two_at_once_share_the_servers_and_the_last_one_ends_them(folder: Path, number: signal.Signals) -> None:
    (folder / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\npackage = "shop.queries"\n')
    (folder / "migrations").mkdir()
    (folder / "migrations" / "0001.t.sql").write_text("CREATE TABLE t (id int);")
    (folder / "migrations" / "0001.t.rollback.sql").write_text("DROP TABLE t;")
    with start(folder) as first, start(folder) as second:
        shown = addresses(first)
        assert all(len(f"application  {address}") <= 80 for address in shown), "a line of an 80 column terminal"
        assert shown == addresses(second)
        first.send_signal(number)
        assert first.wait(10) == 0
        owner, application, cache = shown
        with psycopg.connect(application) as conn:
            assert conn.execute("SELECT current_user, count(*) FROM t").fetchone() == ("app_user", 0)
        with psycopg.connect(owner) as conn:
            assert conn.execute("SELECT current_user, current_database()").fetchone() == ("postgres", "shop")
        with redis.Redis.from_url(cache) as client:
            assert client.ping()
        second.send_signal(number)
        _, errors = second.communicate(timeout=10)
        assert second.returncode == 0
        assert errors == "plainsql: target embedded PostgreSQL 18 in .plainsql/postgres\n"
    for name in ("postgres", "redis"):
        wait_for(lambda name=name: not (folder / ".plainsql" / name / "state.json").exists())
    assert everything_gone(folder / ".plainsql" / "postgres")


def test_a_killed_server_comes_back_at_the_same_address(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\n')
    data = folder / ".plainsql" / "postgres" / "data"
    with start(folder) as dev:
        owner, _, cache = addresses(dev)
        pids = [int((data / "postmaster.pid").read_text().split()[0])]
        pids.append(json.loads((folder / ".plainsql" / "redis" / "state.json").read_text())["pid"])
        for pid in pids:
            os.kill(pid, signal.SIGKILL)

        def answers() -> bool:
            try:
                with psycopg.connect(owner) as conn, redis.Redis.from_url(cache) as client:
                    return conn.execute("SELECT current_database()").fetchone() == ("app",) and bool(client.ping())
            except (psycopg.OperationalError, redis.ConnectionError):
                return False

        wait_for(answers, seconds=15)
        dev.send_signal(signal.SIGTERM)
        _, errors = dev.communicate(timeout=10)
        assert dev.returncode == 0
        assert "plainsql: postgres was stopped by somebody else; starting it again\n" in errors
    wait_for(lambda: everything_gone(folder / ".plainsql" / "postgres"))


def test_a_removed_folder_ends_it_with_a_sentence(folder: Path) -> None:
    (folder / "pyproject.toml").write_text('[tool.plainsql]\ndatabase = "embedded"\n')
    with start(folder) as dev:
        addresses(dev)
        shutil.rmtree(folder / ".plainsql", ignore_errors=True)
        shutil.rmtree(folder / ".plainsql", ignore_errors=True)
        _, errors = dev.communicate(timeout=20)
        assert dev.returncode == 1
        assert "was removed under its server; run plainsql dev again" in errors


@pytest.mark.parametrize(
    ("conninfo", "url"),
    [
        ("host=/tmp/x port=5432 dbname=shop user=app", "postgresql://app@/shop?host=/tmp/x"),
        ("host=/tmp/x port=6000 dbname=shop user=app", "postgresql://app@/shop?host=/tmp/x&port=6000"),
        ("host=db port=6000 dbname='a b' user='x@y' password=hush", "postgresql://x%40y@db:6000/a%20b"),
        ("postgresql://u:hush@db/shop?sslmode=require", "postgresql://u@db/shop?sslmode=require"),
    ],
)
def test_an_address_is_one_that_psql_takes_without_its_password(conninfo: str, url: str) -> None:
    assert shown_url(conninfo) == url
    parts = psycopg.conninfo.conninfo_to_dict(conninfo)
    parts.pop("password", None)
    if str(parts.get("port")) == "5432":
        del parts["port"]
    assert psycopg.conninfo.conninfo_to_dict(url) == parts
