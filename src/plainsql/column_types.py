"""``[tool.plainsql.types.columns]``: what a project makes of single columns, declared once for every query."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from plainsql.custom_types import Reference, find_reference
from plainsql.errors import ConfigError

ENCRYPTED: Final = "plainsql.crypto.EncryptedStr"
_KEYS: Final = ("python", "aad", "index", "context", "extra")


@dataclass(frozen=True, slots=True)
class ColumnSetting:
    """
    One line of ``[tool.plainsql.types.columns]``.

    Attributes:
        key: ``users.ssn``, or with its schema: ``hr.users.ssn``.
        python: Dotted name of the class.
        aad: Columns that an encrypted value is bound to; empty: the primary key.
        index: The blind index column; None: ``ssn_bidx`` if there is such a column.
        context: What keys and values are bound to in place of *key*, when the column has got another name since.
        extra: What becomes of keys of JSON that the class doesn't have: ``forbid`` or ``ignore``.
        origin: Where it stands, for messages.
    """

    key: str
    python: str
    aad: tuple[str, ...] = ()
    index: str | None = None
    context: str | None = None
    extra: str = "forbid"
    origin: str = ""

    @property
    def is_secret(self) -> bool:
        """Whether what stands in the column is encrypted."""
        return self.python == ENCRYPTED

    @property
    def blind_index(self) -> str:
        """The name of its blind index column, whether there is one or not."""
        return self.index or blind_index_of(self.column)

    @property
    def table(self) -> str:
        """The table, with its schema if that was written."""
        return self.key.rpartition(".")[0]

    @property
    def column(self) -> str:
        """The column's own name."""
        return self.key.rpartition(".")[2]

    @property
    def name(self) -> str:
        """What its values are bound to."""
        return self.context or self.key

    def found(self, folders: Sequence[Path]) -> Reference:
        """
        Return where its class is.

        Args:
            folders: Where the project's own packages may lie, before sys.path.

        Raises:
            ConfigError: It can't be imported from anywhere.
        """
        return find_reference(self.python, f"{self.origin}: python", folders)


def blind_index_of(column: str) -> str:
    """Return the name that a column's blind index has unless a setting says otherwise."""
    return f"{column}_bidx"


def read_column_settings(table: object, file: Path) -> tuple[ColumnSetting, ...]:
    """
    Return what the table says.

    Raises:
        ConfigError: It says something else.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.plainsql.types.columns] must be a table of columns")
    return tuple(_setting(str(key), value, file) for key, value in table.items())


def _setting(key: str, value: object, file: Path) -> ColumnSetting:
    origin = f"{file}: {key!r} in [tool.plainsql.types.columns]"
    if key.count(".") not in (1, 2) or not all(key.split(".")):
        raise ConfigError(f"{origin} is no column: write table.column or schema.table.column")
    options = {"python": value} if isinstance(value, str) else value
    if not isinstance(options, dict) or not isinstance(options.get("python"), str):
        raise ConfigError(f'{origin} must be a dotted Python name or a table with python = "…"')
    for name in options:
        if name not in _KEYS:
            raise ConfigError(f"{origin} has the unknown key {name!r}; there are {', '.join(_KEYS)}")
    python = options["python"]
    if not all(part.isidentifier() for part in python.split(".")):
        raise ConfigError(f"{origin}: python must be a dotted Python name, found {python!r}")
    aad = options.get("aad", [])
    if not isinstance(aad, list) or not all(isinstance(name, str) for name in aad):
        raise ConfigError(f"{origin}: aad must be a list of columns")
    for name in ("index", "context", "extra"):
        if not isinstance(options.get(name, ""), str):
            raise ConfigError(f"{origin}: {name} must be a string")
    extra = options.get("extra", "forbid")
    if extra not in ("forbid", "ignore"):
        raise ConfigError(f'{origin}: extra must be "forbid" or "ignore", found {extra!r}')
    found = ColumnSetting(
        key, python, tuple(aad), options.get("index"), options.get("context"), extra=extra, origin=origin
    )
    needless = [name for name in ("aad", "index", "context") if name in options and not found.is_secret]
    if found.is_secret and "extra" in options:
        needless.append("extra")
    if needless:
        whom = "columns of JSON" if found.is_secret else f"columns of {ENCRYPTED}"
        raise ConfigError(f"{origin}: {needless[0]} is for {whom}")
    return found
