"""A database for each set of rows, made once for all statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from tests.fixtures.databases import temporary_database
from tests.truth.statements import FOLDER, Truth

EMPTY = "empty"
DATA_SETS = tuple(sorted(path.stem for path in (FOLDER / "data").glob("*.sql")))
EXTENSIONS = ("file_fdw",)


class Databases:
    """
    Connections in autocommit to one database for each set of rows.

    Attributes:
        conns: By name of the set; ``empty`` is the one without rows.
        version: Major version of the server.
        extensions: Those of the schema that the server has.
    """

    def __init__(self, conns: dict[str, psycopg.Connection[Any]], extensions: frozenset[str]) -> None:
        self.conns = conns
        self.version = conns[EMPTY].info.server_version // 10000
        self.extensions = extensions

    def misses(self, truth: Truth) -> str | None:
        """Return why this server can't run a statement, or None."""
        if not truth.requires <= self.version <= truth.until:
            return f"not for PostgreSQL {self.version}"
        if truth.extension is not None and truth.extension not in self.extensions:
            return f"needs {truth.extension}"
        return None


@contextmanager
def truth_databases(server: str) -> Iterator[Databases]:
    """Make the databases, and drop them at the end."""
    with ExitStack() as stack:
        template = stack.enter_context(temporary_database(server))
        with psycopg.connect(template, autocommit=True) as conn:
            extensions = _load_schema(conn)
        name = str(conninfo_to_dict(template)["dbname"])
        conns = {}
        for data_set in (EMPTY, *DATA_SETS):
            conninfo = stack.enter_context(temporary_database(server, template=name))
            # The statement under test is prepared by libpq, behind psycopg's back; psycopg must not deallocate it.
            conn = stack.enter_context(psycopg.connect(conninfo, autocommit=True, prepare_threshold=None))
            if data_set != EMPTY:
                _execute_file(conn, f"data/{data_set}")
            conns[data_set] = conn
        yield Databases(conns, extensions)


def _load_schema(conn: psycopg.Connection[Any]) -> frozenset[str]:
    version = conn.info.server_version // 10000
    _execute_file(conn, "schema")
    for path in sorted(FOLDER.glob("schema_*.sql")):
        kind, _, number = path.stem.removeprefix("schema_").rpartition("_")
        if number.isdigit() and (version <= int(number) if kind == "until" else version >= int(number)):
            _execute_file(conn, path.stem)
    rows = conn.execute("SELECT name FROM pg_available_extensions WHERE name = ANY (%s)", (list(EXTENSIONS),))
    extensions = frozenset(str(name) for (name,) in rows)
    for extension in extensions:
        _execute_file(conn, f"schema_{extension}")
    return extensions


def _execute_file(conn: psycopg.Connection[Any], name: str) -> None:
    conn.execute((FOLDER / f"{name}.sql").read_bytes())
