"""``describe``: what the server says of every query, as JSON for tools or as tables for people."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from plainsql.cli.output import print_notes, print_problems
from plainsql.cli.remembering import Outcome, cache_folder, fingerprint, remembered, server_version
from plainsql.config import Config, find_config
from plainsql.errors import ConfigError

_ROWS = {
    (0, 0): "no rows",
    (1, 1): "exactly one row",
    (0, 1): "at most one row",
    (1, None): "one row or more",
    (0, None): "any number of rows",
}


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
    if dsn:
        from plainsql.cli.described import describe_database
        from plainsql.target import describe_conninfo

        describe_conninfo(dsn, "--dsn")  # a fault in it is told without its password
        outcome = describe_database(folder, root, dsn, config)
    else:
        own_schema = config is not None and not schema and migrations == own
        source = _Source(folder, root, tuple(schema), migrations, scratch, config if own_schema else None)
        foreign = migrations is not None and (own is None or migrations.absolute() != own.absolute())
        outcome = remembered(_cache(source, config), source.name, lambda: _describe(source, foreign=foreign))
    print_notes(outcome.notes)
    if as_json:
        print(json.dumps(outcome.result, indent=2, ensure_ascii=False))
        # Faults that belong to no query (a file that can't be read) have no place in the JSON.
        print_problems(problem for problem in outcome.file_problems if problem.query is None)
    else:
        _print_tables(outcome.result)
        print_problems(outcome.file_problems)
        print_problems(outcome.query_problems)
    return not outcome.failed


@dataclass(frozen=True, slots=True)
class _Source:
    """
    What is described, and against what; *config* only where the schema is the project's own.

    Settings of types belong to that schema.
    """

    folder: Path
    root: Path
    schema: tuple[Path, ...]
    migrations: Path | None
    scratch: str | None
    config: Config | None

    def name(self) -> str | None:
        """Return the fingerprint of all of it, None while the server isn't there."""
        if (server := server_version(self.scratch)) is None:
            return None
        files = [(self.folder, "*.sql"), *((path, "*.sql") for path in self.schema)]
        if self.migrations is not None:
            files += [(self.migrations, pattern) for pattern in ("*.sql", "*.py", "sqitch.plan")]
        options = [str(path) for path in (self.root, self.folder, self.migrations)]
        try:
            return fingerprint(files=files, server=server, settings=[*options, repr(self.config)])
        except OSError:  # whoever loads the file says what is wrong with it
            return None


def _cache(source: _Source, config: Config | None) -> Path | None:
    """Return where the outcome is kept; not where it depends on the project's Python as well."""
    if source.config is not None and (source.config.types or source.config.columns):
        return None
    try:
        texts = [path.read_bytes() for path in source.folder.rglob("*.sql")]
    except OSError:
        return None
    return None if any(b"@type" in text for text in texts) else cache_folder(config)


def _describe(source: _Source, *, foreign: bool) -> Outcome:
    # What takes time to import is not needed for what is remembered.
    from plainsql.cli.described import describe_scratch

    return describe_scratch(
        source.folder,
        source.root,
        schema=source.schema,
        migrations=source.migrations,
        foreign=foreign,
        scratch=source.scratch,
        config=source.config,
    )


def _print_tables(result: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    width = None if sys.stdout.isatty() else int(os.environ.get("COLUMNS", "120"))
    console = Console(width=width, highlight=False, markup=False)
    for key, entry in result["queries"].items():
        title = f"{key}  ({entry['kind']})  {entry['file']}:{entry['line']}"
        table = Table(title=title, title_justify="left", caption=_summary(entry), caption_justify="left")
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


def _summary(entry: dict[str, Any]) -> str | None:
    """Return what a statement does in a line; what it merely reads is in the table."""
    if entry["access"] is None:
        return None
    reasons = "; ".join(entry["access_reasons"])
    parts = [f"write: {reasons}" if reasons else "read", _ROWS[entry["min_rows"], entry["max_rows"]]]
    if entry["volatile_functions"]:
        parts.append(f"{entry['volatility']}: {', '.join(entry['volatile_functions'])}")
    locks = [lock for lock in entry["locks"] if lock["mode"] != "ACCESS SHARE"]
    clauses = [" ".join(filter(None, (lock["table"], lock["mode"], lock["rows"]))) for lock in locks]
    if held := [*clauses, *entry["advisory_locks"]]:
        parts.append(f"locks: {', '.join(held)}")
    return " | ".join(parts)
