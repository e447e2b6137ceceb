"""
The process that owns one embedded server: it starts the server and stops it when the last user has gone.

Users hold a shared lock on ``users.lock``; the kernel drops it however they end. Runs as a script by its path
(``python -I -S guard.py``, what to do comes on its standard input, unseen by `ps`) on the standard library alone, so it
starts in 20 ms and outlives the package it came from.
Lock order: start.lock, then users.lock. guard.lock is held, from birth to death, by the one guard of a folder.
"""

from __future__ import annotations

import ctypes
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

POLL = 0.1
FAST_STOP = 6.0
"""Seconds a server gets to stop by itself before it is stopped at once."""


class StartError(Exception):
    """The server didn't come up; the text is for the user."""


def open_lock(path: Path) -> int:
    """Open a lock file, made when missing; a link is not followed."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_lock(fd: int) -> bool:
    """Take the exclusive lock if nobody holds any."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def guard_is_alive(home: Path) -> bool:
    """Tell whether a guard holds its lock."""
    try:
        fd = os.open(home / "guard.lock", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(fd, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(fd)
    return False


class Guard:
    """One server from start to stop."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.spec = spec
        self.home = Path(spec["home"])
        self.start_fd = open_lock(self.home / "start.lock")
        self.users_fd = open_lock(self.home / "users.lock")
        self.told_to_stop = False
        self.unused_since: float | None = None
        self.log = self._open_log()
        self.log_start = os.fstat(self.log).st_size

    def run(self) -> None:
        """Start the server, tell how that went in state.json, stay until it isn't needed."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            self.write_state("starting")
            process = start_postgres(self) if self.spec["kind"] == "postgres" else start_redis(self)
        except (StartError, OSError) as error:
            self.write_state("failed", error=str(error))
            self._remove_sockets()
            return
        self.write_state("ready", pid=process.pid)
        while process.poll() is None and not self.stop_now():
            time.sleep(POLL)
        stop(process)
        clear_orphans(self)
        (self.home / "state.json").unlink(missing_ok=True)
        self._remove_sockets()

    def stop_now(self) -> bool:
        """Tell whether the server should stop; then start.lock is held, so that a newcomer waits for the end."""
        if self.told_to_stop or self._folder_gone():
            return True
        if not self._unused():
            self.unused_since = None
            return False
        self.unused_since = self.unused_since or time.monotonic()
        if time.monotonic() - self.unused_since >= float(self.spec["linger"]):
            return True
        fcntl.flock(self.start_fd, fcntl.LOCK_UN)
        return False

    def write_state(self, phase: str, **more: object) -> None:
        """Replace state.json in one step."""
        state = {"phase": phase, "guard": os.getpid(), **self.spec["state"], **more}
        new = self.home / "state.json.new"
        new.write_text(json.dumps(state), encoding="utf-8")
        new.replace(self.home / "state.json")

    def spawn(self, command: list[str], *, death_signal: int) -> subprocess.Popen[bytes]:
        """Start a program that ends when this process does; its output goes to the log."""
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
            cwd="/",
            env=server_environment(),
            start_new_session=True,
            preexec_fn=die_with_parent(death_signal),
        )

    def fail(self, what: str) -> StartError:
        """Make an error that ends with what the server logged."""
        with (self.home / "server.log").open("rb") as stream:
            stream.seek(self.log_start)
            tail = stream.read().decode("utf-8", "replace").strip().splitlines()[-12:]
        return StartError("\n".join([what, *(f"    {line}" for line in tail)]))

    def _unused(self) -> bool:
        if not try_lock(self.start_fd):
            return False
        if try_lock(self.users_fd):
            fcntl.flock(self.users_fd, fcntl.LOCK_UN)
            return True
        fcntl.flock(self.start_fd, fcntl.LOCK_UN)
        return False

    def _folder_gone(self) -> bool:
        try:
            return os.stat(self.home / "users.lock").st_ino != os.fstat(self.users_fd).st_ino
        except OSError:
            return True

    def _remove_sockets(self) -> None:
        shutil.rmtree(self.spec["sockets"], ignore_errors=True)

    def _open_log(self) -> int:
        path = self.home / "server.log"
        if path.exists() and path.stat().st_size > 10_000_000:
            path.replace(self.home / "server.log.1")
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)

    def _on_signal(self, number: int, frame: object) -> None:
        self.told_to_stop = True


def server_environment() -> dict[str, str]:
    """Return the environment for a server: no PG* variable, no preloaded library, plain messages."""
    dropped = ("PG", "LC_", "LD_", "DYLD_")
    kept = {key: value for key, value in os.environ.items() if not key.startswith(dropped)}
    return {"PATH": "/usr/bin:/bin", **kept, "LC_ALL": "C", "LANG": "C"}


def die_with_parent(number: int) -> Callable[[], None]:
    """Return a function for the child, after fork: the kernel sends it *number* when the guard dies."""
    guard = os.getpid()
    if sys.platform != "linux":
        return lambda: None
    prctl = ctypes.CDLL(None).prctl

    def arrange() -> None:
        prctl(1, number)  # PR_SET_PDEATHSIG
        if os.getppid() != guard:
            os._exit(1)

    return arrange


def watch_parent(pid: int) -> None:
    """Where the kernel has no death signal: fork a watcher that stops server *pid* when the guard dies."""
    read, write = os.pipe()  # only the guard keeps the write end; at its death the watcher reads the end of file
    if os.fork():
        os.close(read)
        return
    os.close(write)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    while os.read(read, 1):
        pass
    try:
        os.kill(pid, signal.SIGQUIT)
    finally:
        os._exit(0)


def start_postgres(guard: Guard) -> subprocess.Popen[bytes]:
    """Make the data folder when there is none, start the server, return when it accepts connections."""
    data = guard.home / "data"
    if not (data / "PG_VERSION").exists():
        make_data_folder(guard, data)
    for name, text in guard.spec["files"].items():
        new = data / f"{name}.new"
        new.write_text(text, encoding="utf-8")
        new.replace(data / name)
    deadline = time.monotonic() + 10
    while True:
        clear_orphans(guard)
        process = guard.spawn(guard.spec["command"], death_signal=signal.SIGQUIT)
        if sys.platform != "linux":
            watch_parent(process.pid)
        if wait_for_postgres(guard, process, data):
            return process
        error = guard.fail("PostgreSQL did not start; the end of its log:")
        if "pre-existing shared memory" not in str(error) or time.monotonic() > deadline:
            raise error
        time.sleep(POLL)  # backends of a killed server are still on their way out


def make_data_folder(guard: Guard, data: Path) -> None:
    """Run initdb beside the final place and rename, so that a killed initdb leaves nothing that looks whole."""
    new = guard.home / "data.new"
    shutil.rmtree(new, ignore_errors=True)
    guard.write_state("initdb")
    process = guard.spawn([*guard.spec["initdb"], "-D", str(new)], death_signal=signal.SIGKILL)
    while process.poll() is None:
        if guard.stop_now():
            process.kill()
            process.wait()
        time.sleep(POLL / 10)
    if process.returncode:
        error = guard.fail("initdb failed; the end of its output:")
        shutil.rmtree(new, ignore_errors=True)
        raise error
    if data.exists():
        data.rmdir()
    new.rename(data)


def wait_for_postgres(guard: Guard, process: subprocess.Popen[bytes], data: Path) -> bool:
    """Wait as long as the server is alive and starting up, however long recovery takes; False when it ended."""
    begin = time.monotonic()
    slow = False
    while process.poll() is None:
        status = postmaster_status(data)
        if status == (process.pid, "ready"):
            return True
        if not slow and time.monotonic() - begin > 2:
            slow = True
            guard.write_state("recovering")
        if guard.stop_now():
            stop(process)
            raise StartError("PostgreSQL was stopped while it started up")
        time.sleep(POLL / 10)
    return False


def postmaster_status(data: Path) -> tuple[int, str]:
    """Return pid and status of postmaster.pid; the status is its eighth line. (0, "") without one."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="replace").splitlines()
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError, IndexError):
        return 0, ""


def clear_orphans(guard: Guard) -> None:
    """
    End what a killed guard or server left: postmaster, backends, pid file.

    The folder is this guard's alone, so a server that still works in it can only be left over.
    """
    if guard.spec["kind"] != "postgres":
        return
    data = guard.home / "data"
    pid, _ = postmaster_status(data)
    if os.path.isdir("/proc/self"):
        end_processes(set(processes_in(data)))
        (data / "postmaster.pid").unlink(missing_ok=True)  # its number may live on, as a zombie or another program
    elif pid and is_postgres(pid):
        end_processes({pid})
    elif pid and is_alive(pid):
        (data / "postmaster.pid").unlink(missing_ok=True)
    lock = Path(guard.spec["sockets"]) / ".s.PGSQL.5432.lock"
    lock.unlink(missing_ok=True)
    lock.with_suffix("").unlink(missing_ok=True)


def end_processes(pids: set[int]) -> None:
    """Stop servers at once: SIGQUIT, after 3 s SIGKILL."""
    for number in (signal.SIGQUIT, signal.SIGKILL):
        for pid in list(pids):
            try:
                os.kill(pid, number)
            except OSError:
                pids.discard(pid)
        deadline = time.monotonic() + 3
        while pids and time.monotonic() < deadline:
            time.sleep(POLL / 5)
            pids = {pid for pid in pids if is_alive(pid)}


def processes_in(folder: Path) -> list[int]:
    """Return the processes whose working folder is *folder*, as PostgreSQL's is its data folder; Linux only."""
    try:
        here = os.stat(folder)
    except OSError:
        return []
    found = []
    for entry in os.listdir("/proc") if os.path.isdir("/proc/self") else []:
        if not entry.isdigit():
            continue
        try:
            cwd = os.stat(f"/proc/{entry}/cwd")
        except OSError:
            continue
        if (cwd.st_dev, cwd.st_ino) == (here.st_dev, here.st_ino) and is_postgres(int(entry)):
            found.append(int(entry))
    return found


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie doesn't."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        return True


def is_postgres(pid: int) -> bool:
    """Tell whether a process runs PostgreSQL's program."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() in {"postgres", "postmaster"}
    except OSError:
        if os.path.isdir("/proc/self"):
            return False
    shown = subprocess.run(["ps", "-p", str(pid), "-o", "comm="], capture_output=True, text=True, check=False)
    return os.path.basename(shown.stdout.strip()) in {"postgres", "postmaster"}


def start_redis(guard: Guard) -> subprocess.Popen[bytes]:
    """Start the redis-protocol server, return when it answers."""
    address = guard.spec["state"]["socket"]
    Path(address).unlink(missing_ok=True)
    process = guard.spawn(guard.spec["command"], death_signal=signal.SIGKILL)
    if sys.platform != "linux":
        watch_parent(process.pid)
    while process.poll() is None:
        if redis_answers(address):
            return process
        if guard.stop_now():
            stop(process)
            raise StartError("the redis server was stopped while it started up")
        time.sleep(POLL / 10)
    raise guard.fail("the redis server did not start; the end of its log:")


def redis_answers(address: str) -> bool:
    """Send PING, expect PONG."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as conn:
        conn.settimeout(1)
        try:
            conn.connect(address)
            conn.sendall(b"PING\r\n")
            return conn.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop a server: politely, then at once, then by force."""
    for number, wait in ((signal.SIGINT, FAST_STOP), (signal.SIGQUIT, 2.0), (signal.SIGKILL, 5.0)):
        if process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            continue


def main() -> None:
    """Detach, give up root's rights for good, run."""
    spec = json.load(sys.stdin)
    if os.fork():
        os._exit(0)
    if spec["uid"] is not None:
        os.setgroups([])
        os.setgid(spec["gid"])
        os.setuid(spec["uid"])
    os.umask(0o077)
    os.chdir("/")
    guard = Guard(spec)
    os.dup2(guard.log, 1)
    os.dup2(guard.log, 2)
    guard.run()


if __name__ == "__main__":
    main()
