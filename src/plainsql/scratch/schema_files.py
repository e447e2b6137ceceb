"""Load schema files statement by statement, with file and line for the one that fails."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg.pq import ExecStatus, TransactionStatus

from plainsql.scratch import extensions
from plainsql.scratch.advice import explained_fault
from plainsql.scratch.psql import Step, fault, line_of, split_script
from plainsql.scratch.reading import SchemaFile
from plainsql.scratch.running import Runner, TooLongError
from plainsql.scratch.skipping import CLIENT_ENCODING, Skipped, may_fail, skippable, without_owner

Note = Callable[[str], None]
"""Takes a sentence for people."""
Connect = Callable[[], psycopg.Connection[Any]]
Progress = Callable[[int, int], None]
"""Takes how many characters are done and how many there are."""

DUPLICATE_OBJECT = "42710"
DUPLICATE_SCHEMA = "42P06"
_CREATED_SCHEMA = re.compile(r'\s*CREATE\s+SCHEMA\s+("[^"]+"|\w+)', re.IGNORECASE)


class SchemaLoader:
    """
    Runs the files one by one, each in a session of its own: a dump empties search_path for its session.

    Attributes:
        skipped: What was passed over so far.
    """

    def __init__(self, connect: Connect, *, seconds: float, made_schemas: frozenset[str] = frozenset()) -> None:
        """
        Prepare to load.

        Args:
            connect: Opens a session of the role that owns the database, in autocommit.
            seconds: Longest time for one statement; a file can switch the server's own limit off.
            made_schemas: Those that are there already though the file makes them.
        """
        self._connect = connect
        self._seconds = seconds
        self._made_schemas = made_schemas
        self.skipped = Skipped()

    def load(self, file: SchemaFile, progress: Callable[[int], None] | None = None) -> None:
        """
        Run one file.

        Args:
            file: As read.
            progress: Called with the characters that are done.

        Raises:
            SchemaFileError: A statement fails or takes too long.
        """
        with self._connect() as conn, Runner(conn, seconds=self._seconds) as runner:
            for step in split_script(file.text, file.name):
                if not CLIENT_ENCODING.match(step.sql):
                    self._run(conn, runner, file, step)
                if progress:
                    progress(step.offset + len(step.sql) + len(step.data or ""))
            if conn.info.transaction_status != TransactionStatus.IDLE:
                self._run(conn, runner, file, Step("COMMIT", len(file.text)))
                self.skipped.remark(f"{file.name}: ends inside a transaction, which was committed: add COMMIT;")

    def _run(self, conn: psycopg.Connection[Any], runner: Runner, file: SchemaFile, step: Step) -> None:
        guarded = conn.info.transaction_status == TransactionStatus.INTRANS and may_fail(step.sql)
        if guarded:
            conn.pgconn.exec_(b"SAVEPOINT plainsql")
        try:
            if step.data is None:
                runner.run(step.sql.encode())
            else:
                runner.copy(step.sql.encode(), step.data)
            if guarded:
                conn.pgconn.exec_(b"RELEASE SAVEPOINT plainsql")
        except TooLongError as error:
            raise fault(
                file.text, step.offset, file.name, f"the statement takes longer than {self._seconds:g} s"
            ) from error
        except psycopg.Error as error:
            if guarded and not conn.broken:
                conn.pgconn.exec_(b"ROLLBACK TO SAVEPOINT plainsql")
            if not (conn.broken or conn.closed) and self._may_go_on(conn, file, step, error):
                return
            raise explained_fault(conn, file, step, error) from error

    def _may_go_on(self, conn: psycopg.Connection[Any], file: SchemaFile, step: Step, error: psycopg.Error) -> bool:
        """Return whether the error doesn't matter, after doing what replaces the statement and counting it."""
        message = (error.diag.message_primary or str(error)).strip()
        if error.sqlstate == DUPLICATE_OBJECT and extensions.created_extension(step.sql):
            return True
        if error.sqlstate == DUPLICATE_SCHEMA and (made := _CREATED_SCHEMA.match(step.sql)):
            return extensions.unquoted(made[1]) in self._made_schemas
        kind = skippable(step.sql, error.sqlstate)
        shorter = without_owner(step.sql, error.sqlstate)
        if shorter and conn.pgconn.exec_(shorter.encode()).status == ExecStatus.COMMAND_OK:
            kind = "AUTHORIZATION of CREATE SCHEMA"
        if kind is None:
            return False
        place = "" if self.skipped.knows(kind) else f"{file.name}:{line_of(file.text, step.offset)}"
        self.skipped.add(kind, place, message)
        return True
