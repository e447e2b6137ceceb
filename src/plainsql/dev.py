"""What `plainsql dev` does: both servers, the migrations, the addresses, and then nothing until Ctrl-C."""

from __future__ import annotations

import signal
import sys
import time
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import quote, urlencode

from psycopg.conninfo import conninfo_to_dict

from plainsql import migrations
from plainsql.config import EMBEDDED_FOLDER, load_config
from plainsql.embedded import EmbeddedPostgres, EmbeddedRedis
from plainsql.embedded.guard import guard_is_alive
from plainsql.target import LINGER, resolve_target


def run_dev(root: Path) -> int:
    """
    Start or join the project's servers, apply its migrations, print the addresses, stay until Ctrl-C or SIGTERM.

    Args:
        root: A folder of the project.

    Returns:
        Exit code.

    Raises:
        ConfigError: There is no project here.
        NoDatabaseError: The project has no database.
        EmbeddedServerError: A server can't start.
        MigrationError: A migration's files have a fault.
    """
    previous = {number: signal.signal(number, signal.default_int_handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        config = load_config(root)
        with (
            resolve_target(start=config.root) as target,
            EmbeddedRedis.start(config.root / EMBEDDED_FOLDER / "redis", linger=LINGER) as redis,
        ):
            print(f"plainsql: target {target.description}", file=sys.stderr)
            applied = migrations.apply(target.conninfo, config.migrations) if config.migrations.is_dir() else []
            rows = [("owner", shown_url(target.conninfo))]
            if target.app_conninfo:
                rows.append(("application", shown_url(target.app_conninfo)))
            rows.append(("redis", redis.url))
            _print_table(rows, applied)
            homes = {"redis": redis.home, **({"postgres": target.home} if target.home else {})}
            return _keep(config.root / EMBEDDED_FOLDER, homes)
    except KeyboardInterrupt:
        return 0
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _keep(folder: Path, homes: dict[str, Path]) -> int:
    """Start again what was killed, at the same address, until Ctrl-C; return 1 when the files are gone."""
    classes: dict[str, type[EmbeddedRedis | EmbeddedPostgres]] = {"redis": EmbeddedRedis, "postgres": EmbeddedPostgres}
    with ExitStack() as held:
        while True:
            time.sleep(1)  # not signal.pause(), which sleeps on when the signal came just before it
            for name, home in homes.items():
                if not home.exists():
                    print(f"plainsql: {home} was removed under its server; run plainsql dev again", file=sys.stderr)
                    return 1
                if not guard_is_alive(home):
                    print(f"plainsql: {name} was stopped by somebody else; starting it again", file=sys.stderr)
                    held.enter_context(classes[name].start(folder / name, linger=LINGER))


def shown_url(conninfo: str) -> str:
    """Return a conninfo as a URL that psql takes, without its password."""
    parts = {key: str(value) for key, value in conninfo_to_dict(conninfo).items() if key != "password" and value}
    user, host, port, dbname = (parts.pop(key, "") for key in ("user", "host", "port", "dbname"))
    if host.startswith("/"):
        parts["host"], host = host, ""
    place = f"{host}:{port}" if host and port else host
    if port and not host and port != "5432":
        parts["port"] = port
    query = f"?{urlencode(parts, quote_via=quote, safe='/')}" if parts else ""
    return f"postgresql://{quote(user, safe='') + '@' if user else ''}{place}/{quote(dbname, safe='')}{query}"


def _print_table(rows: list[tuple[str, str]], applied: list[str]) -> None:
    """Print a line for each address: short enough for 80 columns, and to be copied whole from narrower ones."""
    print(f"applied {', '.join(applied)}" if applied else "no migration to apply")
    width = max(len(name) for name, _ in rows)
    for name, address in rows:
        print(f"{name:<{width}}  {address}")
    print("Ctrl-C ends it", flush=True)
