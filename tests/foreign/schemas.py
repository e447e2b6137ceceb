"""Where each schema is, and what of it goes to the command line."""

from __future__ import annotations

import importlib.util
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.truth.statements import Truth, load_topic

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ForeignSchema:
    """
    A schema of elsewhere.

    Attributes:
        name: Of its folder here.
        tables: How many tables it has at least.
        before: Files of the folder that come first.
        package: Which has the rest, with the folders below it.
        package_files: Names without suffix, in order; none when the folder holds migrations.
        extensions: Which a server must have.
    """

    name: str
    tables: int
    before: Sequence[str] = ()
    package: Sequence[str] = ()
    package_files: Sequence[str] = ()
    extensions: Sequence[str] = ()

    @property
    def queries(self) -> Path:
        """Folder of the queries."""
        return FOLDER / self.name / "queries"

    @property
    def data(self) -> Path:
        """File with rows."""
        return FOLDER / self.name / "data.sql"

    @property
    def files(self) -> list[Path]:
        """Schema files in order."""
        own = [FOLDER / self.name / name for name in self.before]
        return [*own, *(package_folder(*self.package) / f"{name}.sql" for name in self.package_files)]

    @property
    def migrations(self) -> Path | None:
        """Folder of the migrations, or None."""
        return package_folder(*self.package) if self.package and not self.package_files else None

    @property
    def options(self) -> list[str]:
        """How the command line is told of it."""
        if self.migrations is not None:
            return ["--migrations", str(self.migrations)]
        return [word for file in self.files for word in ("--schema", str(file))]

    def truths(self) -> list[Truth]:
        """Return its queries with what is true of them."""
        return [truth for path in sorted(self.queries.glob("*.sql")) for truth in load_topic(path)]


def package_folder(name: str, *parts: str) -> Path:
    """Return a folder of an installed package, which is not imported."""
    spec = importlib.util.find_spec(name)
    assert spec is not None, f"{name} is not installed: pip install -e '.[dev]'"
    assert spec.submodule_search_locations is not None
    return Path(spec.submodule_search_locations[0], *parts)


MUSIC = """
Extensions CreateSearchConfiguration CreateTypes CreateTables CreatePrimaryKeys CreateFunctions CreateIndexes
CreateFKConstraints CreateConstraints CreateViews CreateTriggers CreateSearchIndexes caa/CreateTables
caa/CreatePrimaryKeys caa/CreateFunctions caa/CreateViews statistics/CreateTables documentation/CreateTables
wikidocs/CreateTables
"""
"""The files of MusicBrainz as its own set-up orders them."""

SCHEMAS = (
    ForeignSchema("rental", 16, before=("schema.sql",)),
    ForeignSchema("manual", 30, before=("schema.sql",)),
    ForeignSchema(
        "music",
        370,
        before=("before.sql",),
        package=("mbdata", "sql"),
        package_files=tuple(MUSIC.split()),
        extensions=("cube", "earthdistance", "unaccent"),
    ),
    ForeignSchema("gateway", 90, package=("litellm_proxy_extras", "migrations")),
)
