"""Python modules as they stand on disk: what their names mean, found by reading and never by importing."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from plainsql.custom_types import find_module

Def = ast.FunctionDef | ast.AsyncFunctionDef


class Found(NamedTuple):
    """
    What stands behind a name.

    Attributes:
        module: The module in which it is defined.
        node: The def, the class, or whatever else binds the name.
        is_private: Type checkers don't see it through the module that was asked: ``from x import y`` alone doesn't
            pass *y* on.
    """

    module: Module
    node: ast.AST
    is_private: bool


@dataclass(eq=False)
class Module:
    """
    One module.

    Attributes:
        name: Dotted.
        path: Its file; None: there is no such module, or not in Python.
        fault: Why there is nothing to read.
        names: What each name at its top is bound to: the node that does it.
        stars: Modules from which it imports everything.
    """

    name: str
    path: Path | None
    fault: str = ""
    tree: ast.Module = field(default_factory=lambda: ast.Module([], []))
    names: dict[str, ast.AST] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)

    @property
    def public(self) -> list[str]:
        """The names of its own functions that don't begin with an underscore."""
        return [name for name, node in self.names.items() if isinstance(node, Def) and not name.startswith("_")]

    @property
    def package(self) -> list[str]:
        """The parts of the package that its relative imports start from."""
        parts = self.name.split(".")
        return parts if self.path is not None and self.path.stem == "__init__" else parts[:-1]


class Source:
    """
    Reads modules, each once.

    Args:
        folders: Where the project's own packages may lie, before sys.path.
    """

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = folders
        self._modules: dict[str, Module] = {}

    def module(self, name: str) -> Module:
        """Return the module *name*; one that can't be read has a fault."""
        if name not in self._modules:
            self._modules[name] = self._read(name)
        return self._modules[name]

    def _read(self, name: str) -> Module:
        parts = name.split(".")
        spec, depth = find_module(parts, self._folders)
        if spec is None or depth < len(parts):
            return Module(name, None, f"there is no module {name}")
        if spec.origin is None or not spec.origin.endswith(".py"):
            return Module(name, None, f"{name} is no module in Python")
        path = Path(spec.origin)
        try:
            tree = ast.parse(path.read_bytes())
        except SyntaxError as error:
            return Module(name, path, f"line {error.lineno} of {path.name}: {error.msg}")
        except (OSError, ValueError) as error:
            return Module(name, path, f"{path.name}: {error}")
        module = Module(name, path, "", tree)
        for node in _statements(tree.body):
            if isinstance(node, ast.ImportFrom) and any(alias.name == "*" for alias in node.names):
                module.stars.append(imported_module(module, node))
            else:
                module.names.update((bound, node) for bound in names_bound(node))
        return module

    def depth(self, parts: Sequence[str]) -> int:
        """Return how many of *parts*, from the first, name a module."""
        return find_module(parts, self._folders)[1]

    def find(self, module: Module, name: str) -> Found | None:
        """Return what *name* of *module* is where it is defined; None if there is no such name."""
        is_private, seen = False, set()
        while (module.name, name) not in seen:
            seen.add((module.name, name))
            node = module.names.get(name)
            if node is None:
                through = [found for star in module.stars if (found := self.find(self.module(star), name))]
                return through[0]._replace(is_private=is_private) if through else None
            if not isinstance(node, ast.ImportFrom):
                return Found(module, node, is_private)
            alias = next(alias for alias in node.names if (alias.asname or alias.name) == name)
            is_private |= alias.asname != alias.name and name not in _listed(module)
            module, name = self.module(imported_module(module, node)), alias.name
        return None

    def full_name(self, module: Module, parts: Sequence[str], local: Mapping[str, ast.AST] | None = None) -> str | None:
        """
        Return the dotted name that ``a.b.c`` means in *module*, from its imports.

        Args:
            module: Where it is written.
            parts: ``a``, ``b``, ``c``.
            local: Imports of the function in which it is written.

        Returns:
            None for a name that the module doesn't bind at its top.
        """
        first, *rest = parts
        node = (local or {}).get(first) or module.names.get(first)
        match node:
            case None:
                return None
            case ast.ImportFrom():
                alias = next(alias for alias in node.names if (alias.asname or alias.name) == first)
                return ".".join((imported_module(module, node), alias.name, *rest))
            case ast.Import():
                alias = next(alias for alias in node.names if (alias.asname or alias.name.split(".")[0]) == first)
                return ".".join((alias.name if alias.asname else first, *rest))
            case _:
                return ".".join((module.name, first, *rest))


def imported_module(module: Module, node: ast.ImportFrom) -> str:
    """Return the dotted name of the module that ``from … import`` in *module* means."""
    package = module.package
    start = package[: len(package) - node.level + 1] if node.level else []
    return ".".join([*start, *([node.module] if node.module else [])])


def mentioned(module: Module) -> Iterator[str]:
    """Yield the names that the code of a module uses or imports, attributes among them."""
    for node in ast.walk(module.tree):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name):
                yield name
            case ast.ImportFrom():
                yield from (alias.name for alias in node.names)


def names_bound(node: ast.AST) -> Iterator[str]:
    """Yield the names that a statement binds."""
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            yield node.name
        case ast.Import():
            yield from (alias.asname or alias.name.split(".")[0] for alias in node.names)
        case ast.ImportFrom():
            yield from (alias.asname or alias.name for alias in node.names)
        case ast.Assign(targets=targets):
            yield from (part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name))
        case ast.AnnAssign(target=ast.Name(id=name)):
            yield name
        case _:
            alias: object = getattr(node, "name", None)
            if isinstance(alias, ast.Name):  # type X = … of Python 3.12
                yield alias.id


def _statements(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements at the top of a module, those under ``if``, ``try`` and ``with`` among them."""
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try | ast.With):
            handlers = node.handlers if isinstance(node, ast.Try) else ()
            parts = [node.body, *(handler.body for handler in handlers)]
            for part in (*parts, getattr(node, "orelse", ()), getattr(node, "finalbody", ())):
                yield from _statements(part)


def _listed(module: Module) -> set[str]:
    """Return the names in the module's ``__all__``."""
    node = module.names.get("__all__")
    value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
    found = ast.walk(value) if value is not None else ()
    return {part.value for part in found if isinstance(part, ast.Constant) and isinstance(part.value, str)}
