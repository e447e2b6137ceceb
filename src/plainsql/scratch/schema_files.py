"""Load schema files statement by statement, with file and line for the one that fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from plainsql.errors import SchemaFileError
from plainsql.scratch.psql import Step, split_script
from plainsql.scratch.running import TooLongError, copy_rows, run_statement

log = logging.getLogger(__name__)

_UNKNOWN_OR_DENIED = {"42704", "42501"}
"""undefined_object, insufficient_privilege"""
_SKIPPABLE = re.compile(
    r"\s*(?:GRANT\b|REVOKE\b|ALTER\s+DEFAULT\s+PRIVILEGES\b|COMMENT\s+ON\s+EXTENSION\b|SET\s+\w+\s*=|ALTER\b.*\bOWNER\s+TO\b)",
    re.IGNORECASE | re.DOTALL,
)
"""Who owns and who may use things says nothing about queries; dumps of newer servers SET what older ones don't know."""


@dataclass(frozen=True, slots=True)
class SchemaFile:
    """A file as people type its name, its text, and its statements."""

    name: str
    text: str
    steps: tuple[Step, ...]


def read_schema_files(paths: Sequence[Path]) -> list[SchemaFile]:
    """
    Read and split the files.

    Raises:
        SchemaFileError: A file can't be read, or has a psql command other than \\restrict and \\unrestrict.
    """
    files = []
    for path in paths:
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise SchemaFileError(f"{path}: can't read it: {error.strerror}") from error
        except UnicodeDecodeError as error:
            raise SchemaFileError(f"{path}: is not UTF-8: {error.reason} at byte {error.start}") from error
        files.append(SchemaFile(str(path), text, tuple(split_script(text, str(path)))))
    return files


def load_schema_files(conninfo: str, files: Sequence[SchemaFile], *, seconds: float) -> None:
    """
    Run the files in order, each in a session of its own: a dump empties search_path for its session.

    Args:
        conninfo: Of the role that owns the database.
        files: As read.
        seconds: Longest time for one statement; a file can switch the server's own limit off.

    Raises:
        SchemaFileError: A statement fails or takes too long.
    """
    for file in files:
        with psycopg.connect(conninfo, autocommit=True) as conn:
            for step in file.steps:
                _run(conn, file, step, seconds)


def _run(conn: psycopg.Connection[Any], file: SchemaFile, step: Step, seconds: float) -> None:
    try:
        if step.data is None:
            run_statement(conn, step.sql.encode(), seconds=seconds)
        else:
            copy_rows(conn, step.sql.encode(), step.data, seconds=seconds)
    except TooLongError as error:
        line = file.text.count("\n", 0, step.offset) + 1
        raise SchemaFileError(f"{file.name}:{line}: the statement takes longer than {seconds:g} s") from error
    except psycopg.Error as error:
        message = (error.diag.message_primary or str(error)).strip()
        line = _line(file, step, error)
        if error.sqlstate in _UNKNOWN_OR_DENIED and _SKIPPABLE.match(step.sql) and not conn.broken:
            log.info("%s:%d: skipped: %s", file.name, line, message)
            return
        detail = f" ({error.diag.message_detail})" if error.diag.message_detail else ""
        hint = f"\n    hint: {error.diag.message_hint}" if error.diag.message_hint else ""
        raise SchemaFileError(f"{file.name}:{line}: {message}{detail}{hint}") from error


def _line(file: SchemaFile, step: Step, error: psycopg.Error) -> int:
    position = error.diag.statement_position
    offset = step.offset + (int(position) - 1 if position else 0)
    return file.text.count("\n", 0, offset) + 1
