"""Why a server takes no scratch databases, in one sentence that says what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.conninfo import conninfo_to_dict

from plainsql.errors import ScratchServerError
from plainsql.target import describe_conninfo

OLDEST = 15

_READ_ONLY = "it is read-only, as a standby is: scratch databases are made on a primary"
_BY_SQLSTATE = {
    "25006": _READ_ONLY,
    "42501": "its role may not make databases and roles: ALTER ROLE {user} CREATEDB CREATEROLE, or give another role",
    "53100": "its disk is full",
    "53300": "it has no connection left",
    "55006": "somebody is connected to template1, which new databases are copied from: disconnect there",
    "57P03": "it is starting or stopping: try again",
}
_BY_MESSAGE = (
    (r"password authentication failed|SCRAM|no password supplied|auth failed", "it refuses the password"),
    (r"no pg_hba\.conf entry|pg_hba\.conf rejects", "its pg_hba.conf lets nobody in from here with this role"),
    (r'role "[^"]*" does not exist|no such user', "it has no role {user}"),
    (r'database "[^"]*" does not exist|no such database', "it has no database {dbname}: name one that is there"),
    (r"unsupported startup parameter|bouncer|pgcat|odyssey", "a connection pooler answers: name PostgreSQL itself"),
    (r"too many (?:clients|connections)|remaining connection slots", "it has no connection left"),
    (r"recovery mode|read-only|hot standby", _READ_ONLY),
    (r"(?:starting up|shutting down)", "it is starting or stopping: try again"),
    (r"[Cc]onnection refused|No such file or directory", "nobody listens there"),
    (r"could not translate host name|Name or service not known|nodename nor servname|resolve", "there is no such host"),
    (r"timeout|timed out", "it doesn't answer"),
    (r"does not support SSL|SSL (?:error|off|connection)|certificate", "TLS fails"),
)  # fmt: skip
_NOISE = re.compile(
    r"^(?:connection failed: )?(?:connection to server .*? failed: )?(?:(?:FATAL|ERROR):\s+)?", re.MULTILINE
)


def refusal(error: psycopg.Error, conninfo: str) -> str:
    """Return the sentence for an error of the server that *conninfo* names."""
    parts = conninfo_to_dict(conninfo)
    names = {key: str(parts.get(key) or f"of this {what}") for key, what in (("user", "name"), ("dbname", "name"))}
    said = " ".join(line.strip() for line in _NOISE.sub("", str(error)).splitlines() if line.strip())
    reason = _BY_SQLSTATE.get(error.sqlstate or "")
    if reason is None:
        reason = next((text for pattern, text in _BY_MESSAGE if re.search(pattern, said)), None)
    return f"{reason.format(**names)} ({said})" if reason else said


@contextmanager
def explained(conninfo: str) -> Iterator[None]:
    """
    Tell errors of the server as one sentence.

    Raises:
        ScratchServerError: In place of psycopg's.
    """
    try:
        yield
    except psycopg.Error as error:
        where = describe_conninfo(conninfo, "the scratch server")
        raise ScratchServerError(f"{where}: {refusal(error, conninfo)}") from error


def check_version(conn: psycopg.Connection[object], conninfo: str) -> None:
    """
    Refuse a server that is too old.

    Raises:
        ScratchServerError: It is.
    """
    major = conn.info.server_version // 10000
    if major < OLDEST:
        where = describe_conninfo(conninfo, "the scratch server")
        raise ScratchServerError(f"{where}: it is PostgreSQL {major}, and plainsql needs {OLDEST} or newer")
