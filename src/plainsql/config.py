"""The project's settings: `[tool.plainsql]` of the nearest pyproject.toml that has it."""

from __future__ import annotations

import difflib
import keyword
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from plainsql.column_types import ColumnSetting, read_column_settings
from plainsql.custom_types import TypeSetting, read_settings
from plainsql.errors import ConfigError
from plainsql.partition_settings import PartitionSetting, read_partitions
from plainsql.tenancy import Tenancy, read_tenancy

KEYS = ("database", "queries", "migrations", "package", "output", "rows", "hooks", "aio_hooks", "soft_delete")
TABLES = ("partitions", "tenancy", "types")
"""Keys that are tables."""
PLANNED = ("query",)
"""Keys of a later version: named apart, so that nobody looks for a typing error."""
EMBEDDED_FOLDER = ".plainsql"
"""Where a project keeps what can be made again: servers, what was described."""
SCRATCH_URL = "PLAINSQL_SCRATCH_URL"
"""The variable that names a server for scratch databases."""


@dataclass(frozen=True, slots=True)
class Config:
    """
    What `[tool.plainsql]` says; every path is absolute.

    Attributes:
        root: Folder of the pyproject.toml.
        database: ``"embedded"``, or None: only DATABASE_URL counts.
        queries: Folder of the .sql files.
        migrations: Folder of the migrations.
        package: Dotted name of the package of generated modules.
        output: Folder the generated modules are written to.
        rows: What a row is in generated code.
        types: What the project makes of PostgreSQL's types.
        hooks: Module of the functions that ``@before`` and ``@after`` name: ``shop.hooks``.
        aio_hooks: Module of their async twins: ``shop.aio.hooks`` unless the project says otherwise.
        soft_delete: Column that is set in deleted rows, of which ``check`` warns where they are read; None: it doesn't.
        tenancy: How it tells tenants apart; None: it has none.
        partitions: Tables with partitions by time.
        columns: What it makes of single columns.
    """

    root: Path
    database: str | None
    queries: Path
    migrations: Path
    package: str
    output: Path
    rows: Literal["struct", "dataclass"]
    types: tuple[TypeSetting, ...] = ()
    hooks: str | None = None
    aio_hooks: str | None = None
    soft_delete: str | None = None
    tenancy: Tenancy | None = None
    partitions: tuple[PartitionSetting, ...] = ()
    columns: tuple[ColumnSetting, ...] = ()

    def shown(self, path: Path) -> str:
        """Return *path* as people type it: relative to the project where it lies below it."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    @property
    def import_folders(self) -> list[Path]:
        """Folders that the project's own packages may be imported from."""
        below = self.output.parents[len(self.package.split(".")) - 1]
        return list(dict.fromkeys((below, self.root / "src", self.root)))

    @property
    def database_name(self) -> str:
        """The project's database on an embedded server: the first part of *package*."""
        name = self.package.split(".")[0]
        return f"{name}_app" if name in {"postgres", "template0", "template1"} else name


def find_config(start: Path | None = None) -> Config | None:
    """
    Return the settings that apply in a folder.

    Args:
        start: Folder to look from, upwards; the current one by default.

    Returns:
        The settings of the first pyproject.toml with `[tool.plainsql]`, or None when there is no such file.

    Raises:
        ConfigError: The file can't be read, or holds a setting that can't be used.
    """
    folder = (start or Path.cwd()).absolute()
    for candidate in (folder, *folder.parents):
        file = candidate / "pyproject.toml"
        if file.is_file() and (table := _tool_table(file)) is not None:
            return _config(file, table)
    return None


def load_config(start: Path | None = None) -> Config:
    """
    Return the settings that apply in a folder, like find_config.

    Raises:
        ConfigError: Also when no pyproject.toml has `[tool.plainsql]`.
    """
    config = find_config(start)
    if config is None:
        where = (start or Path.cwd()).absolute()
        raise ConfigError(f"no pyproject.toml with [tool.plainsql] in {where} or above")
    return config


def _tool_table(file: Path) -> dict[str, object] | None:
    try:
        with file.open("rb") as stream:
            document = tomllib.load(stream)
    except (OSError, ValueError) as error:
        raise ConfigError(f"{file}: {error}") from error
    tools = document.get("tool", {})
    table = tools.get("plainsql") if isinstance(tools, dict) else None
    if table is not None and not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.plainsql] must be a table, found {_toml_type(table)}")
    return table


def _config(file: Path, table: dict[str, object]) -> Config:
    for key, value in table.items():
        if key not in TABLES:
            _check(file, key, value)
    root = file.parent
    types = table.get("types", {})
    columns = types.get("columns", {}) if isinstance(types, dict) else {}
    package = checked_package(str(table.get("package", "app.queries")), str(file))
    below = Path(*package.split("."))
    output = Path(str(table["output"])) if "output" in table else ("src" / below if (root / "src").is_dir() else below)
    return Config(
        root=root,
        database=cast("str | None", table.get("database")),
        queries=root / str(table.get("queries", "queries")),
        migrations=root / str(table.get("migrations", "migrations")),
        package=package,
        output=root / output,
        rows=cast("Literal['struct', 'dataclass']", table.get("rows", "struct")),
        types=read_settings(types, file),
        columns=read_column_settings(columns, file),
        hooks=_module(table, "hooks", file),
        aio_hooks=_module(table, "aio_hooks", file) or _twin(_module(table, "hooks", file)),
        soft_delete=cast("str | None", table.get("soft_delete")),
        tenancy=read_tenancy(table["tenancy"], file) if "tenancy" in table else None,
        partitions=read_partitions(table.get("partitions", {}), file),
    )


def _module(table: dict[str, object], key: str, file: Path) -> str | None:
    return checked_package(str(table[key]), str(file), key) if key in table else None


def _twin(module: str | None) -> str | None:
    """Return ``shop.aio.hooks`` for ``shop.hooks``."""
    if module is None:
        return None
    package, _, name = module.rpartition(".")
    return f"{package}.aio.{name}" if package else f"aio.{name}"


def checked_package(name: str, origin: str, key: str = "package") -> str:
    """
    Return *name*, the value of *key*, if a package can be called so.

    Raises:
        ConfigError: It can't; the text begins with *origin*.
    """
    if not all(part.isidentifier() and not keyword.iskeyword(part) for part in name.split(".")):
        raise ConfigError(f"{origin}: {key} must be a dotted Python name, found {name!r}")
    return name


def _check(file: Path, key: str, value: object) -> None:
    if key in PLANNED or (key == "rows" and isinstance(value, dict)):
        raise ConfigError(f"{file}: [tool.plainsql.{key}] does not exist yet")
    if key not in KEYS:
        close = difflib.get_close_matches(key, (*KEYS, *TABLES), n=1)
        advice = f"did you mean {close[0]!r}?" if close else f"there are {', '.join((*KEYS, *TABLES))}"
        raise ConfigError(f"{file}: unknown key {key!r} in [tool.plainsql]; {advice}")
    if not isinstance(value, str):
        raise ConfigError(f"{file}: {key} in [tool.plainsql] must be a string, found {_toml_type(value)}")
    if not value:
        raise ConfigError(f"{file}: {key} in [tool.plainsql] is empty")
    if key == "rows" and value not in {"struct", "dataclass"}:
        raise ConfigError(f'{file}: rows must be "struct" or "dataclass", found {value!r}')
    if key == "database" and value != "embedded":
        raise ConfigError(f'{file}: database can only be "embedded"; any other server is named by DATABASE_URL')


def _toml_type(value: object) -> str:
    names = {bool: "a boolean", int: "an integer", float: "a float", list: "an array", dict: "a table", str: "a string"}
    return names.get(type(value), "a date or time")
