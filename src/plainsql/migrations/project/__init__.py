"""
The project's migrations as a source that yoyo reads: `sources = package:plainsql.migrations.project:migrations`.

yoyo splits `sources` at white space and expands wildcards, so `%(here)s/migrations` finds nothing, and says nothing, in
a project whose path has a space or a bracket. A package's files it takes as they are. This package has the project's
folder for its files, by importlib's protocol for resources.
"""

from __future__ import annotations

import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

from plainsql.config import find_config
from plainsql.errors import ConfigError


def migrations_folder() -> Path:
    """Return the folder of `[tool.plainsql]`; without that, the one beside the nearest yoyo.ini."""
    if config := find_config():
        return config.migrations
    here = Path.cwd()
    root = next((folder for folder in (here, *here.parents) if (folder / "yoyo.ini").is_file()), here)
    return root / "migrations"


class _Files:
    """What importlib.resources.files returns for this package."""

    def joinpath(self, *names: str) -> Path:
        """Return the migrations' folder; yoyo would take a missing one for an empty one."""
        try:
            folder = migrations_folder()
        except ConfigError as error:
            sys.exit(f"plainsql: ConfigError: {error}")
        if not folder.is_dir():
            sys.exit(f"plainsql: MigrationError: there is no folder of migrations at {folder}")
        return folder


class _Reader:
    def files(self) -> _Files:
        return _Files()


class _Loader:
    """The package's own loader, but for its resources."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def get_resource_reader(self, name: str) -> _Reader:
        """Answer importlib.resources.files."""
        return _Reader()


def _install(spec: ModuleSpec) -> None:
    spec.loader = _Loader(spec.loader)  # type: ignore[assignment]  # a loader in all but its base class


if __spec__ is not None:
    _install(__spec__)
