"""The project a command works on: pyproject.toml, and options on top."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from plainsql.config import Config, checked_package, load_config
from plainsql.errors import ConfigError


def project(
    *,
    queries: Path | None,
    migrations: Path | None,
    output: Path | None = None,
    package: str | None = None,
    needs_queries: bool = True,
) -> Config:
    """Return the configuration with *queries*, *migrations*, *output* and *package* in place of what it says."""
    config = load_config()
    if queries is not None:
        config = replace(config, queries=queries.resolve())
    if migrations is not None:
        # Another schema, to which the project's settings of types, columns and tenants don't belong.
        config = replace(config, migrations=migrations.resolve(), types=(), columns=(), tenancy=None)
    if output is not None:
        config = replace(config, output=output.resolve())
    if package is not None:
        # Other modules than the project's own, which its hooks are not for.
        config = replace(config, package=checked_package(package, "--package"), hooks=None, aio_hooks=None)
    if needs_queries and not config.queries.is_dir():
        raise ConfigError(
            f"no folder {config.shown(config.queries)}: make it and put .sql files there, "
            "or set `queries` under [tool.plainsql] in pyproject.toml"
        )
    return config
