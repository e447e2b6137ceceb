"""The commands and what each of them accepts."""

from __future__ import annotations

import os
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, NoReturn

try:
    import typer
except ModuleNotFoundError:  # pragma: no cover - a runtime-only install
    sys.exit("plainsql: the command line needs the tools: pip install 'plainsql[tools]'")

from plainsql.__about__ import __version__
from plainsql.errors import PlainSQLError

app = typer.Typer(
    name="plainsql",
    help="Plain .sql files in, typed Python functions out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

migrate = typer.Typer(help="Write migrations, keep partitions.", no_args_is_help=True)
add = typer.Typer(
    help="Write a migration that adds tables of plainsql's to the project, for the DBA to review.", no_args_is_help=True
)
migrate.add_typer(add, name="add")
app.add_typer(migrate, name="migrate")

sealing = typer.Typer(help="Seal the audit, and verify that nobody touched it.", no_args_is_help=True)
app.add_typer(sealing, name="audit")

ring = typer.Typer(help="Make keys of encrypted columns, rotate them, count what has which.", no_args_is_help=True)
app.add_typer(ring, name="keys")

Queries = Annotated[Path | None, typer.Option(help="Folder of .sql files, instead of the configured one.")]
Migrations = Annotated[Path | None, typer.Option(help="Folder of migrations, instead of the configured one.")]
Output = Annotated[Path | None, typer.Option(help="Folder of generated modules, instead of the configured one.")]
Package = Annotated[str | None, typer.Option(help="Dotted package of the generated modules.")]
Dsn = Annotated[str | None, typer.Option(help="Ask this database, which has the schema already; it is only read.")]
Owner = Annotated[str | None, typer.Option("--dsn", help="Work on this database, as its owner, not on the project's.")]
Scratch = Annotated[
    str | None,
    typer.Option(help="Make scratch databases on this server (default: PLAINSQL_SCRATCH_URL, else the embedded one)."),
]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"plainsql {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Plain .sql files in, typed Python functions out."""


@app.command(epilog="Example: plainsql generate --watch")
def generate(
    watch: Annotated[bool, typer.Option("--watch", help="Stay, and generate again after every save.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Ask the server again though no file changed; --dsn always does.")
    ] = False,
    queries: Queries = None,
    migrations: Migrations = None,
    output: Output = None,
    package: Package = None,
    dsn: Dsn = None,
    scratch: Scratch = None,
) -> None:
    """Write the typed modules of every query file."""
    from plainsql.cli import configured

    config = configured.project(queries=queries, migrations=migrations, output=output, package=package)
    if not (watch or force or dsn):  # no file tells whether a database has changed
        from plainsql.codegen.layout import is_all_current

        if is_all_current(config):
            typer.echo(f"{config.shown(config.output)}: up to date")
            return
    from plainsql.cli import generating

    if watch:
        generating.run_watch(config, dsn=dsn, scratch=scratch)
    elif not generating.run_once(config, dsn=dsn, scratch=scratch):
        raise typer.Exit(1)


@app.command(epilog="Example: plainsql check")
def check(
    portable: Annotated[
        bool, typer.Option("--portable", help="Also refuse what stock aiosql would read differently.")
    ] = False,
    tenants: Annotated[
        bool,
        typer.Option("--tenants", help="Also run everything as two tenants, on scratch data, and look for leaks."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="With --tenants: print what was found as JSON.")] = False,
    queries: Queries = None,
    migrations: Migrations = None,
    output: Output = None,
    package: Package = None,
    dsn: Dsn = None,
    scratch: Scratch = None,
) -> None:
    """Say where query files, database and generated modules disagree; exit 1 if they do."""
    from plainsql.cli import configured, generating

    config = configured.project(queries=queries, migrations=migrations, output=output, package=package)
    if tenants:
        from plainsql.cli import tenant_checking

        if not tenant_checking.run(config, dsn=dsn, scratch=scratch, portable=portable, as_json=as_json):
            raise typer.Exit(1)
        return
    if as_json:
        raise typer.BadParameter("--json is for --tenants")
    if not generating.run_check(config, dsn=dsn, scratch=scratch, portable=portable):
        raise typer.Exit(1)


@app.command(epilog="Example: plainsql describe --schema schema.sql --queries queries --json")
def describe(
    queries: Queries = None,
    schema: Annotated[
        list[Path] | None,
        typer.Option(help="Schema file, or folder of them, to build the scratch database from; several in order."),
    ] = None,
    migrations: Migrations = None,
    dsn: Dsn = None,
    scratch: Scratch = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Print what the server says of every query: parameters, columns, nullability, tables."""
    from plainsql.cli import describing

    if not describing.run(
        queries=queries, schema=schema or [], migrations=migrations, dsn=dsn, scratch=scratch, as_json=as_json
    ):
        raise typer.Exit(1)


@add.command(epilog="Example: plainsql migrate add audit --table orders --table payments --redact card_number")
def audit(
    table: Annotated[list[str], typer.Option(help="Audit this table; several times for several.")],
    redact: Annotated[
        list[str] | None,
        typer.Option(help="Keep the values of this column out of the audit, besides those whose names say secret."),
    ] = None,
    plain: Annotated[
        list[str] | None, typer.Option(help="Keep the values of this column, though its name says secret.")
    ] = None,
    quiet: Annotated[
        list[str] | None,
        typer.Option(help="A change of this column alone makes no entry, besides updated_at."),
    ] = None,
    directory: Annotated[
        Path | None, typer.Option("--dir", help="Write to this folder, not to that of the migrations.")
    ] = None,
    migrations: Migrations = None,
    dsn: Dsn = None,
    scratch: Scratch = None,
) -> None:
    """Audit tables: who changed which row when, from what to what. Run it again to redact more."""
    from plainsql.cli import adding, configured

    adding.run_audit(
        configured.project(queries=None, migrations=migrations, needs_queries=False),
        tables=table,
        redact=redact or [],
        plain=plain or [],
        quiet=quiet or [],
        directory=directory,
        dsn=dsn,
        scratch=scratch,
    )


@sealing.command(epilog="Example: plainsql audit seal --export /mnt/worm/shop-heads.jsonl")
def seal(
    export: Annotated[
        Path | None, typer.Option(help="File that takes a line for each head; keep it where nobody can rewrite it.")
    ] = None,
    months: Annotated[int, typer.Option(help="Months of audit_logs to have ready ahead.", min=1)] = 12,
    dsn: Owner = None,
) -> None:
    """Seal what was written since the last time, and make the months ahead. A job for every few minutes."""
    from plainsql.cli import auditing

    auditing.run_seal(export=export, months=months, dsn=dsn)


@sealing.command(epilog="Example: plainsql audit verify --heads /mnt/worm/shop-heads.jsonl --since 2026-01-01")
def verify(
    heads: Annotated[Path | None, typer.Option(help="The file that seal exports to.")] = None,
    since: Annotated[
        datetime | None, typer.Option(help="Leave out seals made before, in UTC: their months may have been dropped.")
    ] = None,
    dsn: Owner = None,
) -> None:
    """Name the first entry or seal that is not as it was sealed; exit 1 if there is one."""
    from plainsql.cli import auditing

    if not auditing.run_verify(heads=heads, since=since, dsn=dsn):
        raise typer.Exit(1)


@migrate.command(epilog="Example: plainsql migrate partitions --dry-run")
def partitions(
    now: Annotated[
        str | None,
        typer.Option(help="Take this moment for now, UTC; it also decides what is past its retention, and dropped."),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be done.")] = False,
    dsn: Annotated[
        str | None, typer.Option(help="Connect to this database as the owner of the tables, instead of DATABASE_URL.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
) -> None:
    """Make partitions that are missing ahead, detach and drop those past their retention; exit 1 if a step failed."""
    from plainsql.cli import partitioning
    from plainsql.config import load_config

    if not partitioning.run(load_config(), now=now, dry_run=dry_run, dsn=dsn, as_json=as_json):
        raise typer.Exit(1)


Columns = Annotated[
    list[str] | None,
    typer.Argument(help="As in [tool.plainsql.types.columns]: users.ssn; without one, every encrypted column."),
]
SeesAll = Annotated[
    str | None,
    typer.Option(
        "--dsn",
        help="Connect to this database, as a role that row-level security hides nothing from "
        "(default: PLAINSQL_ALL_TENANTS_URL, else the project's database, as its owner).",
    ),
]


@ring.command(epilog="Example: plainsql keys new --id 2026-11")
def new(
    key_id: Annotated[
        str | None, typer.Option("--id", help="Id of the key: letters, digits, '.', '-', '_' (default: the month).")
    ] = None,
) -> None:
    """Print the line of a new key; or write the file that PLAINSQL_KEYS_FILE names, where there is none yet."""
    from plainsql.cli import making_keys

    making_keys.run(key_id)


@ring.command(epilog="Example: plainsql keys rotate users.ssn --batch 200 --pause 0.1")
def rotate(
    column: Columns = None,
    batch: Annotated[int, typer.Option(help="Rows read and written at a time.", min=1)] = 500,
    pause: Annotated[float, typer.Option(help="Seconds between two batches.", min=0)] = 0.0,
    normalise: Annotated[
        str | None,
        typer.Option(help="Dotted name of the function that blind indexes are made with, if it isn't the default."),
    ] = None,
    dsn: SeesAll = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Encrypt again what has another key than the current one; exit 1 if something remains. Goes on where it ended."""
    from plainsql.cli import rotating

    if not rotating.run_rotate(column or [], batch=batch, pause=pause, normalise=normalise, dsn=dsn, as_json=as_json):
        raise typer.Exit(1)


@ring.command(epilog="Example: plainsql keys status")
def status(
    column: Columns = None,
    dsn: SeesAll = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Count the values of each column by key; exit 1 if the keys file hasn't the key of one."""
    from plainsql.cli import rotating

    if not rotating.run_status(column or [], dsn=dsn, as_json=as_json):
        raise typer.Exit(1)


@app.command(epilog="Example: plainsql dev")
def dev() -> None:
    """Start PostgreSQL and redis, apply the migrations, print the DSNs and stay until Ctrl-C."""
    from plainsql.config import load_config
    from plainsql.dev import run_dev

    raise typer.Exit(run_dev(load_config().root))


def main() -> NoReturn:
    """Run the command line: exit 0 when all is well, 1 when faults were found, 2 when it could not start."""
    try:
        app(standalone_mode=True)
    except PlainSQLError as error:
        _fail(str(error))
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader (head, less) went away: nothing is wrong, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        if type(error).__module__.split(".")[0] in ("psycopg", "psycopg_pool"):
            _fail(f"{type(error).__name__}: {error}")
        raise
    sys.exit(0)


def _fail(message: str) -> NoReturn:
    print(f"plainsql: {message}", file=sys.stderr)
    sys.exit(2)
