"""
The analysed query tree, by way of a temporary SQL function with a BEGIN ATOMIC body that is rolled back.

The text goes by the extended protocol, which takes one command: ``SELECT 1; END; DROP TABLE x; --`` is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.pq import ExecStatus, TransactionStatus

from plainsql.queries.catalog import get_function_body
from plainsql.typemap import PgType

NAME = "plainsql_q"
MAX_PARAMETERS = 100
"""FUNC_MAX_ARGS of the server."""

_CREATE = sql.SQL("CREATE FUNCTION pg_temp.{name}({types}) RETURNS void BEGIN ATOMIC\n")
_END = b"\n; END"


class TreeUnavailableError(Exception):
    """The server gives no tree for this statement; the message says why."""


def analysed_tree(conn: psycopg.Connection[Any], text: str, parameters: Sequence[PgType]) -> str:
    """
    Return the text of the analysed tree of one statement; nothing is executed and nothing stays.

    Args:
        conn: In autocommit, or inside of a transaction, which goes on.
        text: With ``$n``, already accepted by Parse as exactly one statement.
        parameters: The types that Describe gave.

    Raises:
        TreeUnavailableError: A utility statement, too many parameters, a pseudo-type, no TEMP privilege, a read-only
            server.
    """
    if len(parameters) > MAX_PARAMETERS:
        raise TreeUnavailableError(f"PostgreSQL's functions take at most {MAX_PARAMETERS} parameters")
    is_inside = conn.pgconn.transaction_status == TransactionStatus.INTRANS
    # By libpq itself: psycopg forgets its prepared statements at every ROLLBACK, the server doesn't.
    conn.pgconn.exec_(b"SAVEPOINT plainsql_q" if is_inside else b"BEGIN")
    try:
        types = sql.SQL(", ").join(sql.Identifier(type.schema, type.typname) for type in parameters)
        head = _CREATE.format(name=sql.Identifier(NAME), types=types).as_bytes(conn)
        encoding = conn.info.encoding
        result = conn.pgconn.exec_params(head + text.encode(encoding) + _END, None)
        if result.status != ExecStatus.COMMAND_OK:
            raise TreeUnavailableError(result.get_error_message(encoding).partition("\n")[0])
        tree = get_function_body(conn, name=NAME)
    finally:
        conn.pgconn.exec_(b"ROLLBACK TO SAVEPOINT plainsql_q; RELEASE plainsql_q" if is_inside else b"ROLLBACK")
    if tree is None:
        raise TreeUnavailableError("the server stored no analysed body")
    return tree
