"""
``[tool.plainsql.types]``: what a project makes of PostgreSQL's types.

The modules that it names are looked for and read, never imported: importing may do anything, and generated modules
may not exist yet.
"""

from __future__ import annotations

import ast
import builtins
import difflib
import importlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path

from plainsql.errors import ConfigError

_KEYS = ("python", "load", "dump")
COLUMNS = "columns"
"""The table in the table: settings of single columns."""


@dataclass(frozen=True, slots=True)
class TypeSetting:
    """
    One line of ``[tool.plainsql.types]``.

    Attributes:
        name: The type, as PostgreSQL prints or takes it: ``money``, ``shop.email``.
        python: ``str``, or a dotted name: ``shop.types.Money``.
        load: Dotted name of a function from text; None: the text is the value.
        dump: Dotted name of a function to text; there if *load* is.
        origin: Where it stands, for messages.
    """

    name: str
    python: str
    load: str | None = None
    dump: str | None = None
    origin: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """
    Something that a project has in a module of its own.

    Attributes:
        module: ``shop.types``; empty for what is built in.
        name: ``Money`` or, of a class, ``Money.parse``.
    """

    module: str
    name: str

    @property
    def imports(self) -> tuple[str, ...]:
        """The import line that it needs, if any."""
        return (f"from {self.module} import {self.name.split('.')[0]}",) if self.module else ()


@dataclass(frozen=True, slots=True)
class CustomType:
    """A TypeSetting whose names were found: what stands for a type, and the functions from and to its text."""

    name: str
    python: Reference
    load: Reference | None = None
    dump: Reference | None = None


def read_settings(table: object, file: Path) -> tuple[TypeSetting, ...]:
    """
    Return what the table says.

    Raises:
        ConfigError: It says something else.
    """
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: [tool.plainsql.types] must be a table of types")
    return tuple(_setting(str(name), value, file) for name, value in table.items() if name != COLUMNS)


def _setting(name: str, value: object, file: Path) -> TypeSetting:
    origin = f"{file}: {name!r} in [tool.plainsql.types]"
    if value == "str":
        return TypeSetting(name, "str", origin=origin)
    if isinstance(value, str):
        raise ConfigError(f'{origin} can only be "str" or a table {{python = …, load = …, dump = …}}, found {value!r}')
    if not isinstance(value, dict):
        raise ConfigError(f'{origin} must be "str" or a table {{python = …, load = …, dump = …}}')
    for key, item in value.items():
        if key not in _KEYS:
            raise ConfigError(f"{origin} has the unknown key {key!r}; there are {', '.join(_KEYS)}")
        if not isinstance(item, str) or not all(part.isidentifier() for part in item.split(".")):
            raise ConfigError(f"{origin}: {key} must be a dotted Python name, found {item!r}")
    if "python" not in value:
        raise ConfigError(f"{origin} has no python: the annotation to use for it")
    if ("load" in value) is not ("dump" in value):
        given, missing = ("load", "dump") if "load" in value else ("dump", "load")
        raise ConfigError(f"{origin} has {given} but no {missing}: name both, or neither for plain text")
    return TypeSetting(name, value["python"], value.get("load"), value.get("dump"), origin)


def found_type(setting: TypeSetting, folders: Sequence[Path]) -> CustomType:
    """
    Return *setting* with each of its names found.

    Args:
        setting: As read.
        folders: Where the project's own packages may lie, before sys.path.

    Raises:
        ConfigError: A name can't be imported from anywhere.
    """

    def find(key: str, name: str | None) -> Reference | None:
        return None if name is None else find_reference(name, f"{setting.origin}: {key}", folders)

    python = find_reference(setting.python, f"{setting.origin}: python", folders)
    return CustomType(setting.name, python, find("load", setting.load), find("dump", setting.dump))


def find_reference(dotted: str, origin: str, folders: Sequence[Path]) -> Reference:
    """
    Return the module and the name in it that *dotted* means.

    Args:
        dotted: ``shop.types.Money``.
        origin: Who names it, for the message.
        folders: Where the project's own packages may lie, before sys.path.

    Raises:
        ConfigError: It can't be imported from anywhere.
    """
    parts = dotted.split(".")
    if hasattr(builtins, parts[0]):
        return Reference("", dotted)
    if len(parts) == 1:
        raise ConfigError(f"{origin} names {dotted!r}, which is not built in: write its module before it")
    spec, depth = find_module(parts, folders)
    if spec is None:
        raise ConfigError(f"{origin} names {dotted!r}, but there is no module {parts[0]!r} to import")
    module, rest = ".".join(parts[:depth]), parts[depth:]
    if not rest:
        raise ConfigError(f"{origin} names {dotted!r}, which is a module: write what to take from it")
    names = _names(spec)
    if names is not None and rest[0] not in names:
        close = difflib.get_close_matches(rest[0], names, 1)
        advice = f"; did you mean {module}.{close[0]}?" if close else ""
        raise ConfigError(f"{origin} names {dotted!r}, but {module} has no {rest[0]!r}{advice}")
    return Reference(module, ".".join(rest))


def find_module(parts: Sequence[str], folders: Sequence[Path]) -> tuple[ModuleSpec | None, int]:
    """
    Return the module that the longest beginning of *parts* names, and how many of them that is.

    Args:
        parts: Of a dotted name.
        folders: Where the project's own packages may lie, before sys.path.
    """
    importlib.invalidate_caches()
    path: Iterable[str] = [*map(str, folders), *sys.path]
    found: ModuleSpec | None = None
    for depth in range(1, len(parts) + 1):
        # By its last part: a folder without __init__ would look for the package around it among those imported.
        spec = PathFinder.find_spec(parts[depth - 1], list(path))
        if spec is None:
            return found, depth - 1
        found = spec
        if spec.submodule_search_locations is None:
            return found, depth
        path = spec.submodule_search_locations
    return found, len(parts)


def _names(spec: ModuleSpec) -> set[str] | None:
    """Return the names that a module has at its top; None: no telling without running it."""
    if spec.origin is None or not spec.origin.endswith(".py"):
        return None
    try:
        tree = ast.parse(Path(spec.origin).read_bytes())
    except (OSError, SyntaxError, ValueError):
        return None
    names = set(_defined(tree.body))
    return None if {"*", "__getattr__"} & names else names


def _defined(body: Iterable[ast.AST]) -> Iterator[str]:
    for node in body:
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                yield node.name
            case ast.Import() | ast.ImportFrom():
                yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                yield from (part.id for part in ast.walk(node) if isinstance(part, ast.Name))
            case _:
                # An `if`, a `try`: whatever stands inside may be what is looked for. Type aliases of 3.12 too.
                name = getattr(node, "name", None)
                if isinstance(name, ast.Name):
                    yield name.id
                yield from _defined(ast.iter_child_nodes(node))
