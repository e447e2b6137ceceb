"""Describe every query of a folder on a server, for the command line: the part that takes time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg

from plainsql.catalog import Catalog, load_catalog
from plainsql.cli.output import print_notes, progress
from plainsql.cli.remembering import Outcome
from plainsql.config import Config
from plainsql.describe import Description, describe_all
from plainsql.describe.custom import custom_types
from plainsql.describe.declared import DeclaredColumns
from plainsql.describe.report import exit_code, report
from plainsql.errors import PlainSQLError
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.scratch import scratch_database


def describe_database(folder: Path, root: Path, dsn: str, config: Config | None) -> Outcome:
    """Describe against a database that has its schema."""
    catalog = load_catalog(folder, root=root)
    return _outcome(catalog, _describe(dsn, list(catalog.queries), config), [])


def describe_scratch(
    folder: Path,
    root: Path,
    *,
    schema: tuple[Path, ...],
    migrations: Path | None,
    foreign: bool,
    scratch: str | None,
    config: Config | None,
) -> Outcome:
    """Describe against a scratch database; *foreign* migrations are not trusted."""
    catalog = load_catalog(folder, root=root)
    notes: list[str] = []
    with ExitStack() as stack:
        with progress("building the database") as show, _told_when_it_fails(notes):
            conninfo = stack.enter_context(
                scratch_database(
                    migrations=migrations,
                    schema_files=schema,
                    server=scratch,
                    folder=root,
                    foreign=foreign,
                    note=notes.append,
                    progress=show,
                )
            )
        return _outcome(catalog, _describe(conninfo, list(catalog.queries), config), notes)


@contextmanager
def _told_when_it_fails(notes: list[str]) -> Iterator[None]:
    """Print the notes before an error: which tool's migrations these are taken for may explain it."""
    try:
        yield
    except PlainSQLError:
        print_notes(notes)
        raise


def _outcome(catalog: Catalog, descriptions: list[Description], notes: list[str]) -> Outcome:
    problems: list[Problem] = []
    for description in descriptions:
        problems += [*([description.problem] if description.problem else []), *description.warnings]
    return Outcome(
        result=report(catalog, descriptions),
        file_problems=list(catalog.problems),
        query_problems=problems,
        notes=notes,
        failed=exit_code(catalog, descriptions) != 0,
    )


def _describe(conninfo: str, queries: list[Query], config: Config | None) -> list[Description]:
    with progress("describing queries") as show, psycopg.connect(conninfo, autocommit=True) as conn:
        custom = custom_types(conn, config.types, config.import_folders) if config else None
        declared = DeclaredColumns(conn, config.columns, config.import_folders) if config else None
        return describe_all(conn, queries, custom=custom, declared=declared, progress=show)
