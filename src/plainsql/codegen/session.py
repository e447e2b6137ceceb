"""Described query files, with a memory: a query whose text hasn't changed isn't asked about again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import psycopg

from plainsql.catalog import Catalog, load_catalog
from plainsql.codegen import layout
from plainsql.codegen.collisions import class_collisions, collisions
from plainsql.codegen.hook_problems import hook_problems
from plainsql.config import Config
from plainsql.describe.arcs import Arc
from plainsql.describe.custom import custom_types
from plainsql.describe.declared import DeclaredColumns
from plainsql.describe.describer import Describer
from plainsql.describe.model import Description
from plainsql.describe.tenants import TenantReach, tenant_reach
from plainsql.hook_plans.project import Hooks
from plainsql.query.model import Query, QueryFile
from plainsql.query.problem import Problem
from plainsql.scratch import scratch_database
from plainsql.target import describe_conninfo

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Described:
    """A catalog with what the server says of each query, file by file, of what is tenants', and of exclusive arcs."""

    catalog: Catalog
    descriptions: dict[str, list[Description]]
    hooks: Hooks = field(default_factory=lambda: Hooks(None, None))
    package: str = ""
    tenants: TenantReach | None = None
    arcs: Mapping[int, Sequence[Arc]] = field(default_factory=dict)

    def problems(self) -> list[Problem]:
        """Return every fault and warning in file order."""
        found = list(self.catalog.problems)
        found += hook_problems(self.hooks, self.catalog, self.package)
        for descriptions in self.descriptions.values():
            for description in descriptions:
                found += [description.problem] if description.problem else []
                found += description.warnings
            found += collisions(descriptions)
        found += class_collisions(item for descriptions in self.descriptions.values() for item in descriptions)
        found += [_takes_types(file) for file in self.types_taken_by()]
        return sorted(found, key=lambda problem: (problem.file, problem.line, problem.column))

    def types_taken_by(self) -> list[QueryFile]:
        """Return the query files whose modules would lie where the composite types need to be, if there are any."""
        values = (value for items in self.descriptions.values() for item in items for value in item.values)
        if not any(value.python.classes for value in values):
            return []
        return [file for file in self.catalog.files if file.stem.split(".")[0] == layout.TYPES]


@dataclass
class Session:
    """
    A connection to a database that has the project's schema, and what was learned on it.

    Attributes:
        config: The project.
        conn: In autocommit.
        is_fixed: Nobody changes the schema of this database; of another one nothing is remembered.
    """

    config: Config
    conn: psycopg.Connection[Any]
    is_fixed: bool
    _known: dict[tuple[object, ...], Description] = field(default_factory=dict)
    _describer: Describer = field(init=False)

    def __post_init__(self) -> None:
        self._describer = self._new_describer()

    def _new_describer(self) -> Describer:
        folders = self.config.import_folders
        declared = DeclaredColumns(self.conn, self.config.columns, folders)
        return Describer(
            self.conn, custom_types(self.conn, self.config.types, folders), folders, declared, self.config.soft_delete
        )

    def describe(self, progress: Progress | None = None) -> Described:
        """Load the query files as they are now and describe what is new."""
        catalog = load_catalog(self.config.queries, root=self.config.root)
        if not self.is_fixed:
            self._known.clear()
            self._describer = self._new_describer()
        total = sum(1 for _ in catalog.queries)
        done = 0
        found: dict[str, list[Description]] = {}
        for file in catalog.files:
            found[file.path] = []
            for query in file.queries:
                found[file.path].append(self._describe(query))
                done += 1
                if progress:
                    progress(done, total)
        return Described(
            catalog,
            found,
            hooks=layout.hooks_of(self.config),
            package=self.config.package,
            tenants=tenant_reach(self.conn, self.config.tenancy),
            arcs=self._describer.arcs,
        )

    def _describe(self, query: Query) -> Description:
        said = tuple(override.meaning for override in query.overrides)
        allowed = tuple(directive.argument for directive in query.directives if directive.name == "allow")
        key = (query.sql, query.kind, query.parameters, query.statements, said, allowed)
        known = self._known.get(key)
        # Faults and warnings carry positions, which move with the text around them.
        if known is not None and known.problem is None and not known.warnings:
            return replace(known, query=query)
        description = self._describer.describe(query)
        self._known[key] = description
        return description


def _takes_types(file: QueryFile) -> Problem:
    message = f"the composite types of the database have their classes in the module {layout.TYPES}"
    return Problem(file.path, 1, 1, message, "rename this file or folder", file.text.split("\n", 1)[0])


@contextmanager
def open_session(config: Config, *, dsn: str | None = None, scratch: str | None = None) -> Iterator[Session]:
    """
    Open a session on *dsn* itself, or on a scratch database with the project's migrations applied.

    Args:
        config: The project.
        dsn: A database that has the schema already; only read, in transactions that are rolled back.
        scratch: A server for scratch databases, instead of the embedded one.
    """
    if dsn is not None:
        describe_conninfo(dsn, "--dsn")  # a fault in it is told without its password
        with psycopg.connect(dsn, autocommit=True) as conn:
            yield Session(config, conn, is_fixed=False)
        return
    migrations = config.migrations if config.migrations.is_dir() else None
    with (
        scratch_database(migrations=migrations, server=scratch, folder=config.root) as conninfo,
        psycopg.connect(conninfo, autocommit=True) as conn,
    ):
        yield Session(config, conn, is_fixed=True)
