"""Parse and Describe over the extended protocol: what a statement takes and returns, nothing executed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus
from psycopg.pq.abc import PGresult


@dataclass(frozen=True, slots=True)
class Output:
    """A column of the row description: domains are already flattened to their base."""

    name: str
    type_oid: int


@dataclass(frozen=True, slots=True)
class Prepared:
    """Type OIDs of the parameters, and the columns; none when the statement returns no rows."""

    parameters: tuple[int, ...]
    columns: tuple[Output, ...]


class Refusal(Exception):
    """
    The server's error.

    Attributes:
        sqlstate: Its code.
        message: Its primary message.
        hint: What to do next, if the server or we know.
        offset: Character of the text sent, from 0; None when the server names no place.
    """

    def __init__(self, sqlstate: str, message: str, hint: str | None = None, offset: int | None = None) -> None:
        super().__init__(message)
        self.sqlstate = sqlstate
        self.message = message
        self.hint = hint
        self.offset = offset


def prepare(conn: psycopg.Connection[Any], sql: str, types: Sequence[int] = ()) -> Prepared:
    """
    Return what the server makes of *sql*, the one statement of an unnamed prepared statement.

    Args:
        conn: In autocommit; only Parse and Describe are sent.
        sql: With ``$n``.
        types: OID of each parameter, 0 where the server is to infer it.

    Raises:
        Refusal: The server refuses it.
        psycopg.OperationalError: The connection is lost.
    """
    encoding = conn.info.encoding
    try:
        text = sql.encode(encoding)
    except UnicodeEncodeError as error:
        message = f"{sql[error.start]!r} can't be sent: the connection's encoding is {encoding}"
        raise Refusal("22021", message, "use a UTF8 database for describe", error.start) from None
    _check(conn, conn.pgconn.prepare(b"", text, list(types)))
    result = conn.pgconn.describe_prepared(b"")
    _check(conn, result)
    return Prepared(
        tuple(result.param_type(number) for number in range(result.nparams)),
        tuple(
            Output((result.fname(number) or b"").decode(encoding), result.ftype(number))
            for number in range(result.nfields)
        ),
    )


def _check(conn: psycopg.Connection[Any], result: PGresult) -> None:
    encoding = conn.info.encoding
    if result.status == ExecStatus.COMMAND_OK:
        return
    if conn.pgconn.status != ConnStatus.OK:
        raise psycopg.OperationalError(result.get_error_message(encoding).strip())

    def field(name: DiagnosticField) -> str:
        return (result.error_field(name) or b"").decode(encoding, "replace")

    position = field(DiagnosticField.STATEMENT_POSITION)
    raise Refusal(
        sqlstate=field(DiagnosticField.SQLSTATE),
        message=field(DiagnosticField.MESSAGE_PRIMARY) or result.get_error_message(encoding).strip(),
        hint=field(DiagnosticField.MESSAGE_HINT) or None,
        offset=int(position) - 1 if position else None,
    )
