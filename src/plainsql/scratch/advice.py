"""What to do about a statement that the server refuses, where we know more than it says."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus

from plainsql.errors import SchemaFileError
from plainsql.queries.scratch import list_extensions
from plainsql.scratch import extensions
from plainsql.scratch.psql import Step, fault
from plainsql.scratch.reading import SchemaFile
from plainsql.scratch.skipping import DENIED

_SYNTAX_ERROR = "42601"
_UNAVAILABLE = "0A000"
_UNDEFINED = {"42704", "42883", "42P01"}
_DUMPED_FROM = re.compile(r"^-- Dumped from database version (\d+)", re.MULTILINE)
_ROLES = re.compile(r"\s*(?:CREATE|ALTER|DROP)\s+(?:ROLE|USER|GROUP)\b(?!\s+MAPPING\b)", re.IGNORECASE)
_DATABASES = re.compile(r"\s*(?:CREATE|ALTER|DROP)\s+DATABASE\b", re.IGNORECASE)
_ELSEWHERE = (
    ("`", "PostgreSQL quotes names with double quotes; this looks like MySQL"),
    ("${", "this looks like a placeholder: put its value there"),
    ("\\", "this looks like a command of psql, which only psql runs"),
    (":", "this looks like a variable of psql: put its value there"),
)


def explained_fault(
    conn: psycopg.Connection[Any], file: SchemaFile, step: Step, error: psycopg.Error
) -> SchemaFileError:
    """Return the error of a statement: file and line, what the server says, and what to do."""
    message = (error.diag.message_primary or str(error)).strip()
    position = error.diag.statement_position
    offset = step.offset + (int(position) - 1 if position else 0)
    advice = _advice(conn, file, step, error, message)
    detail = f" ({error.diag.message_detail})" if error.diag.message_detail and not advice else ""
    hint = advice or error.diag.message_hint
    return fault(file.text, offset, file.name, f"{message}{detail}" + (f"\n    hint: {hint}" if hint else ""))


def _advice(
    conn: psycopg.Connection[Any], file: SchemaFile, step: Step, error: psycopg.Error, message: str
) -> str | None:
    """Return what to do about an error where we know more than the server."""
    if conn.broken or conn.closed:
        return None
    wanted = extensions.created_extension(step.sql)
    if wanted and error.sqlstate not in (_UNAVAILABLE, DENIED):
        return None
    if wanted := wanted or extensions.missing_extension(message):
        return _extension_advice(conn, wanted, error)
    if error.sqlstate in _UNDEFINED and (name := extensions.origin(message)):
        return _extension_advice(conn, name, error)
    if _ROLES.match(step.sql):
        return "roles belong to the whole server: take the statement out; grants to roles that are missing are skipped"
    if _DATABASES.match(step.sql):
        return "a schema file is one database: dump it without --create, or take the statement out"
    return _other_advice(conn, file, step, error, message)


def _other_advice(
    conn: psycopg.Connection[Any], file: SchemaFile, step: Step, error: psycopg.Error, message: str
) -> str | None:
    server = conn.info.server_version // 10000
    dumped = _DUMPED_FROM.search(file.text, 0, 4000)
    if dumped and int(dumped[1]) > server:
        newer = f"the dump is of PostgreSQL {dumped[1]}, the scratch server is {server}"
        return f"{newer}: name a newer one with --scratch DSN or PLAINSQL_SCRATCH_URL"
    if error.sqlstate == _SYNTAX_ERROR:
        position = int(error.diag.statement_position or 0)
        near = step.sql[max(position - 1, 0) :]
        return next((advice for sign, advice in _ELSEWHERE if near.startswith(sign)), None)
    if "tablespace" in message and error.sqlstate == "42704":
        return "dump it with pg_dump --no-tablespaces"
    if "ICU" in message or ("collation" in message and error.sqlstate == "42704"):
        return "name a server that has this collation with --scratch DSN or PLAINSQL_SCRATCH_URL"
    return None


def _extension_advice(conn: psycopg.Connection[Any], name: str, error: psycopg.Error) -> str:
    """Return what to do about an extension that can't be made, or whose parts are missing."""
    with suppress(psycopg.Error):
        if conn.info.transaction_status != TransactionStatus.IDLE:
            conn.pgconn.exec_(b"ROLLBACK")
        found = list_extensions(conn, names=[name])
        if found and error.sqlstate == DENIED:
            if extensions.is_safe(name):
                return f"only a superuser may make extension {name}: give --scratch the DSN of one"
            return (
                f"extension {name} reaches outside of its database, so it isn't made for a schema file: take the "
                "statement out, or make it in template1 of a server of your own and name that with --scratch DSN"
            )
        if found:
            return f"it comes with extension {name}: put CREATE EXTENSION {name}; above it"
    return f"the scratch server doesn't have extension {name}: {extensions.WAYS_OUT}"
