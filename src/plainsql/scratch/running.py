"""Run statements that nobody vouches for: each gets a time limit of ours, and its rows are not kept."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import TracebackType
from typing import Any, Self

import psycopg
from psycopg import generators
from psycopg.errors import error_from_result
from psycopg.pq import ExecStatus

_FAILED = (ExecStatus.FATAL_ERROR, ExecStatus.COPY_IN, ExecStatus.COPY_OUT, ExecStatus.COPY_BOTH)
_LOOK = 0.1
"""Seconds between two looks at the clock."""


class TooLongError(Exception):
    """The statement took longer than it may; the connection is closed."""


class Runner:
    """
    Runs statements on one connection, and hangs up when one takes too long.

    SQL can switch the server's own limit off, and it can ignore a cancel; it can't keep a socket open.
    """

    def __init__(self, conn: psycopg.Connection[Any], *, seconds: float) -> None:
        self._conn = conn
        self._seconds = seconds
        self._line = socket.socket(fileno=os.dup(conn.fileno()))
        self._lock = threading.Lock()
        self._deadline: float | None = None
        self._expired = False
        self._over = threading.Event()
        self._watch = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._watch.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._watch.join()
        self._line.close()

    def run(self, sql: bytes) -> None:
        """
        Run *sql* and forget its rows one by one: nobody knows how many it returns.

        Raises:
            TooLongError: It takes too long.
            psycopg.Error: It fails.
        """
        conn = self._conn
        with self._limited():
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

    def copy(self, sql: bytes, data: str) -> None:
        """Run a COPY FROM STDIN with its data; raises as run does."""
        with self._limited(), self._conn.cursor() as cur, cur.copy(sql) as copy:
            copy.write(data)

    @contextmanager
    def _limited(self) -> Iterator[None]:
        with self._lock:
            self._deadline = time.monotonic() + self._seconds
        try:
            yield
        except psycopg.Error as error:
            if self._expired:
                raise TooLongError from error
            raise
        finally:
            with self._lock:
                self._deadline = None

    def _look(self) -> None:
        while not self._over.wait(_LOOK):
            with self._lock:
                if self._deadline is not None and time.monotonic() > self._deadline:
                    self._expired = True
                    with suppress(OSError):
                        self._line.shutdown(socket.SHUT_RDWR)
                    return
