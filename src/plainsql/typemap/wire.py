"""What generated code says of a type that it reads or writes: an OID, or a codec of plainsql.execute.wire."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

_WORD = re.compile(r"(?<![\w.])[A-Za-z_]\w*")


@dataclass(frozen=True, slots=True)
class Name:
    """A name of the generated module: the class of a composite type, or what a project's settings name."""

    text: str


@dataclass(frozen=True, slots=True)
class Made:
    """
    A codec.

    Attributes:
        codec: Its name in plainsql.execute.wire; one in capitals is there already.
        parts: Its arguments.
        delimiter: Of an array whose elements are not parted by commas.
    """

    codec: str
    parts: tuple[Wire, ...] = ()
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class Lazy:
    """A Python type of the generated module, which may define or import parts of it later: ``lambda: list[Item]``."""

    annotation: str


Wire: TypeAlias = "int | Made | Name | Lazy"


def spelled(wire: Wire) -> str:
    """Return *wire* as Python source: ``wire.Array(wire.Range(23))``."""
    if isinstance(wire, Made):
        if wire.codec.isupper():
            return f"wire.{wire.codec}"
        parts = [spelled(part) for part in wire.parts]
        parts += [f'delimiter="{wire.delimiter}"'] if wire.delimiter != "," else []
        return f"wire.{wire.codec}({', '.join(parts)})"
    if isinstance(wire, Lazy):
        return f"lambda: {wire.annotation}"
    return wire.text if isinstance(wire, Name) else str(wire)


def names_in(wire: Wire) -> set[str]:
    """Return the names of the module that *wire* mentions: ``wire``, ``Address``."""
    if isinstance(wire, Made):
        return {"wire"}.union(*(names_in(part) for part in wire.parts))
    if isinstance(wire, Lazy):
        return set(_WORD.findall(wire.annotation))
    return {wire.text.split(".")[0]} if isinstance(wire, Name) else set()
