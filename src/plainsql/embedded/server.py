"""A user's side of an embedded server: start it or join it, hold it, leave it. guard.py is the other side."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from plainsql.embedded.guard import guard_is_alive, open_lock, try_lock
from plainsql.embedded.owner import Owner
from plainsql.embedded.place import socket_folder
from plainsql.errors import EmbeddedServerError

ATTEMPTS = 4
STOP_WAIT = 15.0


class Hold:
    """
    A shared lock on a running server; the server stops when the last one is gone.

    Attributes:
        state: What the guard wrote when the server was ready.
        started: Whether this call started it.
    """

    def __init__(self, home: Path, fd: int, state: dict[str, Any], *, started: bool) -> None:
        self.home = home
        self.state = state
        self.started = started
        self._fd: int | None = fd

    def release(self) -> None:
        """Leave; the last user of a server without linger waits until it is gone."""
        if self._fd is None:
            return
        fd, self._fd = self._fd, None
        last = not self.state["linger"] and try_lock(fd)
        os.close(fd)  # not LOCK_UN: a forked child may still hold the same lock
        if last:
            deadline = time.monotonic() + STOP_WAIT
            while guard_is_alive(self.home) and time.monotonic() < deadline:
                time.sleep(0.02)


def acquire(home: Path, owner: Owner, make_spec: Callable[[Path], dict[str, Any]], *, name: str) -> Hold:
    """
    Join the server of *home*, or start it.

    Args:
        home: Its private folder.
        owner: The user it runs as.
        make_spec: Returns what guard.py needs to start it, given the folder for its socket.
        name: The server in messages.

    Raises:
        EmbeddedServerError: It can't be started.
    """
    for _ in range(ATTEMPTS):
        start_fd = _lock_file(home / "start.lock", owner)
        try:
            fcntl.flock(start_fd, fcntl.LOCK_EX)  # waits for a server that is just stopping
            users_fd = _lock_file(home / "users.lock", owner)
            fcntl.flock(users_fd, fcntl.LOCK_SH)
            started = _start_guard(home, owner, make_spec)
        finally:
            os.close(start_fd)
        try:
            state = _wait_until_ready(home, name)
        except BaseException:
            os.close(users_fd)
            raise
        if state is not None:
            return Hold(home, users_fd, state, started=started)
        os.close(users_fd)
        time.sleep(0.1)
    raise EmbeddedServerError(f"{name} ended {ATTEMPTS} times while it started; its log: {home / 'server.log'}")


def read_state(home: Path) -> dict[str, Any] | None:
    """Return what the guard last wrote, or None."""
    try:
        state: dict[str, Any] = json.loads((home / "state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return state


def _lock_file(path: Path, owner: Owner) -> int:
    try:
        fd = open_lock(path)
        if owner.differs:
            os.fchown(fd, owner.uid, owner.gid)
    except OSError as error:
        raise EmbeddedServerError(f"can't open {path}: {error.strerror}") from error
    return fd


def _start_guard(home: Path, owner: Owner, make_spec: Callable[[Path], dict[str, Any]]) -> bool:
    """Start a guard if there is none; it inherits the lock, so it is seen as alive from its first moment."""
    guard_fd = _lock_file(home / "guard.lock", owner)
    try:
        if not try_lock(guard_fd):
            return False
        (home / "state.json").unlink(missing_ok=True)
        sockets = socket_folder(home, owner)
        identity = {"uid": owner.uid if owner.differs else None, "gid": owner.gid}
        spec = {**make_spec(sockets), **identity, "home": str(home), "sockets": str(sockets)}
        script = Path(__file__).with_name("guard.py")
        subprocess.run(
            [sys.executable, "-I", "-S", str(script)],
            input=json.dumps(spec).encode(),
            stdout=subprocess.DEVNULL,
            pass_fds=(guard_fd,),
            start_new_session=True,
            check=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise EmbeddedServerError(f"can't start the guard of {home}: {error}") from error
    finally:
        os.close(guard_fd)
    return True


def _wait_until_ready(home: Path, name: str) -> dict[str, Any] | None:
    """Return the ready server's state, or None when the guard ended without a word; a long recovery is waited for."""
    noted = False
    while True:
        alive = guard_is_alive(home)
        state = read_state(home)
        phase = state["phase"] if state else ""
        if state and phase == "failed" and not alive:
            raise EmbeddedServerError(f"{name} can't start in {home}: {state['error']}{_disk_note(home)}")
        if state and alive and phase == "ready":
            return state
        if not alive:
            return None
        if phase == "recovering" and not noted:
            noted = True
            print(f"plainsql: {name} is recovering after a crash; waiting for it", file=sys.stderr)
        time.sleep(0.01)


def _disk_note(home: Path) -> str:
    free = os.statvfs(home)
    megabytes = free.f_bavail * free.f_frsize // 1_000_000
    return f"\nThe disk of {home} has only {megabytes} MB left: free 100 MB and try again." if megabytes < 100 else ""
