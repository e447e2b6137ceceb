"""
Scratch databases: the schema that queries are described against, on a server where databases may be made.

A project's own migrations are trusted and built once; schema files are not, and are loaded by a role without rights.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from plainsql.scratch.migrated import migrated_database
from plainsql.scratch.schema_files import load_schema_files, read_schema_files
from plainsql.scratch.server import scratch_server
from plainsql.scratch.untrusted import STATEMENT_SECONDS, end_prepared_transactions, untrusted_database

__all__ = ["scratch_database"]


@contextmanager
def scratch_database(
    *,
    migrations: Path | None = None,
    schema_files: Sequence[Path] = (),
    server: str | None = None,
    folder: Path | None = None,
) -> Iterator[str]:
    """
    Yield the conninfo of a database that has a schema and no promise to live longer than the block.

    Args:
        migrations: The project's migrations; what was built of the same files before is used again.
        schema_files: SQL files that nobody vouches for, in order: loaded by a role of their own without rights on the
            server, into a database of their own, both dropped at the end. The conninfo is of that role.
        server: Conninfo of a server where databases (and, for schema files, roles) may be made. Else
            PLAINSQL_SCRATCH_URL, else the embedded server of the project.
        folder: The project, or a folder in it; the current one by default.

    Raises:
        SchemaFileError: A statement of a schema file fails; the text names file and line.
        MigrationError: The migrations can't be used.
        EmbeddedServerError: The embedded server can't start.
    """
    files = read_schema_files(schema_files)
    with scratch_server(server, folder) as admin:
        if files:
            with untrusted_database(admin) as conninfo:
                load_schema_files(conninfo, files, seconds=STATEMENT_SECONDS + 5)
                end_prepared_transactions(admin, str(conninfo_to_dict(conninfo)["dbname"]))
                yield conninfo
        else:
            yield migrated_database(admin, migrations, project=(migrations or folder or Path.cwd()).absolute())
