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
        files: Schema files in order; none when there are migrations.
        migrations: Folder of the migrations, or None.
        tables: How many tables it has at least.
    """

    name: str
    files: Sequence[Path] = ()
    migrations: Path | None = None
    tables: int = 15

    @property
    def queries(self) -> Path:
        """Folder of the queries."""
        return FOLDER / self.name / "queries"

    @property
    def data(self) -> Path:
        """File with rows."""
        return FOLDER / self.name / "data.sql"

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


SCHEMAS = (
    ForeignSchema("rental", files=(FOLDER / "rental/schema.sql",), tables=16),
    ForeignSchema("manual", files=(FOLDER / "manual/schema.sql",), tables=30),
)
