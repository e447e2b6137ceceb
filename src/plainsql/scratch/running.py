"""Run one statement that nobody vouches for: it gets a time limit of ours, and its rows are not kept."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import psycopg
from psycopg import generators
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH)


class TooLongError(Exception):
    """The statement took longer than it may; the connection is closed."""


def run_statement(conn: psycopg.Connection[Any], sql: bytes, *, seconds: float) -> None:
    """
    Run *sql* and forget its rows one by one: nobody knows how many it returns.

    Raises:
        TooLongError: It takes longer than *seconds*.
        psycopg.Error: It fails.
    """
    with _limited(conn, seconds):
        conn.pgconn.send_query(sql)
        conn.pgconn.set_single_row_mode()
        conn.wait(generators.send(conn.pgconn))
        while (result := conn.wait(generators.fetch(conn.pgconn))) is not None:
            if result.status in _FAILED:
                if result.status != ExecStatus.FATAL_ERROR:
                    conn.close()
                    raise psycopg.ProgrammingError("COPY needs its data in the file, or a place the server may use")
                while conn.wait(generators.fetch(conn.pgconn)) is not None:
                    pass
                raise error_from_result(result, encoding=conn.info.encoding)


def copy_rows(conn: psycopg.Connection[Any], sql: bytes, data: str, *, seconds: float) -> None:
    """Run a COPY FROM STDIN with its data; raises as run_statement does."""
    with _limited(conn, seconds), conn.cursor() as cur, cur.copy(sql) as copy:
        copy.write(data)


@contextmanager
def _limited(conn: psycopg.Connection[Any], seconds: float) -> Iterator[None]:
    """Hang up after *seconds*: SQL can switch the server's limit off, and it can ignore a cancel."""
    line = socket.socket(fileno=os.dup(conn.fileno()))
    expired = threading.Event()

    def hang_up() -> None:
        expired.set()
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, hang_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    except psycopg.Error as error:
        if expired.is_set():
            raise TooLongError from error
        raise
    finally:
        timer.cancel()
        timer.join()
        line.close()
