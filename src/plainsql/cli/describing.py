"""``describe``: what the server says of every query, as JSON for tools or as tables for people."""

from __future__ import annotations

import json
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg

from plainsql.catalog import load_catalog
from plainsql.cli.output import print_problems, progress
from plainsql.config import Config, find_config
from plainsql.describe import Description, describe_all
from plainsql.describe.custom import custom_types
from plainsql.describe.report import exit_code, report
from plainsql.errors import ConfigError
from plainsql.query.model import Query
from plainsql.scratch import scratch_database
from plainsql.target import describe_conninfo


def run(
    *,
    queries: Path | None,
    schema: list[Path],
    migrations: Path | None,
    dsn: str | None,
    scratch: str | None,
    as_json: bool,
) -> bool:
    """
    Describe every query below *queries* and print the result; return False when a query has an error.

    The schema comes from *dsn* itself, else from *schema* files, else from *migrations*, else from the project.
    """
    config = find_config()
    root = config.root if config else Path.cwd()
    folder = queries or (config.queries if config else None)
    if folder is None:
        raise ConfigError("no project here: say where the queries are with --queries DIR")
    if not folder.is_dir():
        raise ConfigError(f"no folder {folder}: --queries names a folder of .sql files")
    if dsn and (schema or migrations):
        raise ConfigError(
            "--dsn names a database that has its schema; it can't be combined with --schema or --migrations"
        )
    if schema and migrations:
        raise ConfigError("--schema and --migrations each build the database: give one of them")
    own = config.migrations if config else None
    if not (dsn or schema or migrations) and own is not None and own.is_dir():
        migrations = own
    catalog = load_catalog(folder, root=root)
    found = list(catalog.queries)
    if dsn:
        describe_conninfo(dsn, "--dsn")  # a fault in it is told without its password
        descriptions = _describe(dsn, found, config)
    else:
        with ExitStack() as stack:
            with progress("building the database") as show:
                conninfo = stack.enter_context(
                    scratch_database(
                        migrations=migrations,
                        schema_files=schema,
                        server=scratch,
                        folder=root,
                        foreign=migrations is not None and (own is None or migrations.absolute() != own.absolute()),
                        note=_note,
                        progress=show,
                    )
                )
            # Settings of types belong to the project's own schema.
            descriptions = _describe(conninfo, found, config if migrations == own and not schema else None)
    result: dict[str, Any] = report(catalog, descriptions)
    if as_json:
        print(json.dumps(result, indent=2, ensure_ascii=False))
        # Faults that belong to no query (a file that can't be read) have no place in the JSON.
        print_problems(problem for problem in catalog.problems if problem.query is None)
    else:
        _print_tables(result)
        print_problems(catalog.problems)
        for description in descriptions:
            print_problems([*([description.problem] if description.problem else []), *description.warnings])
    return exit_code(catalog, descriptions) == 0


def _describe(conninfo: str, queries: list[Query], config: Config | None) -> list[Description]:
    with progress("describing queries") as show, psycopg.connect(conninfo, autocommit=True) as conn:
        custom = custom_types(conn, config.types, config.import_folders) if config else None
        return describe_all(conn, queries, custom=custom, progress=show)


def _note(text: str) -> None:
    print(f"note: {text}", file=sys.stderr)


def _print_tables(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "120"))
    console = Console(width=width, highlight=False, markup=False)
    for key, entry in result["queries"].items():
        table = Table(title=f"{key}  ({entry['kind']})  {entry['file']}:{entry['line']}", title_justify="left")
        for heading in ("", "name", "PostgreSQL", "Python", "may be NULL"):
            table.add_column(heading)
        for what in ("params", "columns"):
            for item in entry[what]:
                shown = item.get("domain") or item["pg_type"]
                by = f" (@{item['override']})" if "override" in item else ""
                nullable = f"{'yes' if item['nullable'] else 'no'}{by if by != ' (@type)' else ''}"
                python = f"{item['py_type']}{by if by == ' (@type)' else ''}"
                table.add_row(what[:-1], item["name"], shown, python, nullable)
        for verb in ("reads", "writes"):
            if entry[verb]:
                table.add_row(verb, ", ".join(entry[verb]), "", "", "")
        console.print(table)
