"""Where the schema comes from decides how the database is built: trusted migrations once, foreign files each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from plainsql.errors import SchemaFileError
from plainsql.scratch.dialects import migrations_tool, read_migration_files
from plainsql.scratch.extensions import wanted_extensions
from plainsql.scratch.migrated import migrated_database
from plainsql.scratch.reading import SchemaFile, read_schema_file, sql_files
from plainsql.scratch.schema_files import Note, Progress, SchemaLoader
from plainsql.scratch.server import scratch_server
from plainsql.scratch.untrusted import STATEMENT_SECONDS, UntrustedDatabase, untrusted_database


def _silent(note: str) -> None:
    """Tell nobody."""


@contextmanager
def scratch_database(
    *,
    migrations: Path | None = None,
    schema_files: Sequence[Path] = (),
    server: str | None = None,
    folder: Path | None = None,
    foreign: bool = False,
    note: Note = _silent,
    progress: Progress | None = None,
) -> Iterator[str]:
    """
    Yield the conninfo of a database that has a schema and no promise to live longer than the block.

    Args:
        migrations: The project's migrations; what was built of the same files before is used again. Those that another
            tool wrote are loaded as schema files are.
        schema_files: SQL files and folders of them that nobody vouches for, in order: loaded by a role of their own
            without rights on the server, into a database of their own, both dropped at the end. The conninfo is of that
            role.
        server: Conninfo of a server where databases (and, for schema files, roles) may be made. Else
            PLAINSQL_SCRATCH_URL, else the embedded server of the project.
        folder: The project, or a folder in it; the current one by default.
        foreign: Whether the migrations are no project's own: plain numbered files are then nobody's word for yoyo.
        note: Told what people should know: what was skipped, which tool's migrations were found.
        progress: Called with the characters of schema files that are done and those that there are.

    Raises:
        SchemaFileError: A statement of a schema file fails; the text names file and line.
        MigrationError: The migrations can't be used.
        ScratchServerError: The server can't be used.
        EmbeddedServerError: The embedded server can't start.
    """
    files = [file for path in schema_files for file in _files_of(path, note)]
    if migrations is not None and not files:
        files = read_migration_files(migrations, foreign=foreign, note=note)
    with scratch_server(server, folder) as admin:
        if files:
            with untrusted_database(admin) as database:
                _load(database, files, note, progress)
                yield database.conninfo
        else:
            yield migrated_database(admin, migrations, project=(migrations or folder or Path.cwd()).absolute())


def _files_of(path: Path, note: Note) -> list[SchemaFile]:
    """Return a file, or those of a folder."""
    if not path.is_dir():
        return [read_schema_file(path)]
    files = [read_schema_file(file) for file in sql_files(path)]
    tool = migrations_tool(path, files)
    if tool is not None:
        raise SchemaFileError(f"{path}: holds migrations of {tool}, with ways down: give it with --migrations")
    note(f"{path}: {len(files)} files in this order: {', '.join(_shown(path, file) for file in files)}")
    return files


def _shown(folder: Path, file: SchemaFile) -> str:
    return Path(file.name).relative_to(folder).as_posix()


def _load(database: UntrustedDatabase, files: Sequence[SchemaFile], note: Note, progress: Progress | None) -> None:
    schemas = database.make_extensions(wanted_extensions(file.text for file in files))
    loader = SchemaLoader(database.connect, seconds=STATEMENT_SECONDS + 5, made_schemas=frozenset(schemas))
    total = sum(len(file.text) for file in files)
    before = 0

    def show(done: int) -> None:
        if progress:
            progress(before + done, total)

    try:
        for file in files:
            loader.load(file, show)
            before += len(file.text)
            database.end_prepared_transactions()
        database.readmit()
    finally:
        for line in loader.skipped.notes():
            note(line)
