"""The schema of a database as text that is the same for the same schema."""

from __future__ import annotations

import os
import re
import subprocess

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plainsql.errors import MigrationError

YOYO_TABLES = ("_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock")
VARIES = re.compile(r"^(\\(un)?restrict .*|-- Dumped (from|by) .*)\n", re.MULTILINE)
BLANKS = re.compile(r"\n{3,}")


def schema_dump(conninfo: str) -> str:
    """
    Return what pg_dump says of a schema, without data, yoyo's tables, versions and random tokens.

    Args:
        conninfo: Of a role that may read every table.

    Raises:
        MigrationError: pg_dump failed.
        EmbeddedServerError: There is no pg_dump for that server.
    """
    from plainsql.embedded.binaries import find_pg_dump

    with psycopg.connect(conninfo) as conn:
        major = conn.info.server_version // 10000
        tls = conn.pgconn.ssl_in_use
    parts = conninfo_to_dict(conninfo)
    password = parts.pop("password", None)
    environment = dict(os.environ)
    if password is not None:
        environment["PGPASSWORD"] = str(password)  # not on the command line, where other users see it
    command = [str(find_pg_dump(major, tls=tls)), "--schema-only", "--dbname", make_conninfo("", **parts)]
    command += [f"--exclude-table=*.{table}" for table in YOYO_TABLES]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, encoding="utf-8", check=False)
    if done.returncode:
        raise MigrationError(f"pg_dump failed: {done.stderr.strip()}")
    return BLANKS.sub("\n\n", VARIES.sub("", done.stdout)).strip() + "\n"
