"""Import blocks: stdlib, third party, first party, each sorted, as isort and ruff would leave them."""

from __future__ import annotations

import builtins
import re
import sys
from collections.abc import Iterable

_FROM = re.compile(r"from (\S+) import (.+)")
_PLAIN = re.compile(r"import (\S+)(?: as (\S+))?")
_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


class Imports:
    """The imports that one module needs; ``lines()`` renders them."""

    def __init__(self) -> None:
        self._names: dict[str, set[str]] = {}
        self._modules: set[str] = set()

    def add(self, *lines: str) -> None:
        """Add import lines, ``from x import A, B`` or ``import x as y``."""
        for line in lines:
            if match := _FROM.fullmatch(line):
                self._names.setdefault(match[1], set()).update(name.strip() for name in match[2].split(","))
            else:
                self._modules.add(line)

    def lines(self, first_party: str) -> list[str]:
        """Return the block, groups parted by empty lines; *first_party* is the root package of the project."""
        groups: dict[int, list[tuple[bool, str, str]]] = {-1: [], 0: [], 1: [], 2: []}
        for line in self._modules:
            match = _PLAIN.fullmatch(line)
            assert match is not None, line
            groups[_group(match[1], first_party)].append((False, match[1], line))
        for module, names in self._names.items():
            listed = sorted(names, key=_member_key)
            line = f"from {module} import {', '.join(listed)}"
            if len(line) > 100:
                line = "\n".join([f"from {module} import (", *(f"    {name}," for name in listed), ")"])
            groups[_group(module, first_party)].append((True, module, line))
        blocks = ["\n".join(line for *_, line in sorted(group)) for group in groups.values() if group]
        return "\n\n".join(blocks).split("\n") if blocks else []


def unshadowed(annotation: str, taken: Iterable[str], lines: Iterable[str]) -> tuple[str, list[str]]:
    """
    Return *annotation* and its import lines with every name that *taken* shadows spelled another way.

    A class body is a scope: after a field ``bytes: int``, the annotation ``bytes`` means that field.
    """
    shadowed = set(_NAME.findall(annotation)) & set(taken)
    kept: list[str] = []
    for line in lines:
        if (match := _FROM.fullmatch(line)) and (hit := shadowed & {name.strip() for name in match[2].split(",")}):
            kept += [f"from {match[1]} import {name} as {name}_" for name in sorted(hit)]
            rest = sorted({name.strip() for name in match[2].split(",")} - hit)
            kept += [f"from {match[1]} import {', '.join(rest)}"] if rest else []
        elif (match := _PLAIN.fullmatch(line)) and (match[2] or match[1]) in shadowed:
            kept.append(f"import {match[1]} as {match[2] or match[1]}_")
        else:
            kept.append(line)

    def rename(match: re.Match[str]) -> str:
        name = match[0]
        if name not in shadowed:
            return name
        return f"builtins.{name}" if hasattr(builtins, name) else f"{name}_"

    annotation = _NAME.sub(rename, annotation)
    if "builtins." in annotation:
        kept.append("import builtins")
    return annotation, kept


def needed(annotation: str, lines: Iterable[str]) -> list[str]:
    """Return the import lines of *lines* that *annotation* mentions, narrowed to the names it mentions."""
    kept: list[str] = []
    for line in lines:
        if line.startswith("from "):
            module, listed = line.removeprefix("from ").split(" import ")
            mentioned = [name.strip() for name in listed.split(",") if mentions(annotation, name.strip())]
            kept += [f"from {module} import {', '.join(mentioned)}"] if mentioned else []
        elif mentions(annotation, line.split()[-1]):
            kept.append(line)
    return kept


def mentions(annotation: str, name: str) -> bool:
    """Tell whether *name* is a word of *annotation*."""
    padded = "".join(char if char.isalnum() or char == "_" else " " for char in annotation)
    return name in padded.split()


def _group(module: str, first_party: str) -> int:
    root = module.split(".")[0]
    if root == "__future__":
        return -1
    if root in sys.stdlib_module_names:
        return 0
    return 2 if root == first_party else 1


def _member_key(name: str) -> tuple[int, str]:
    return (0 if name.isupper() else 1 if name[:1].isupper() else 2, name)
