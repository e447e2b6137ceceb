"""SQL text that remembers what it is made of, so that a failing statement can be made smaller."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

Role = Literal["plain", "expression", "optional", "list", "query", "source"]


@dataclass(frozen=True, slots=True)
class Piece:
    """
    A part of a statement.

    Attributes:
        parts: Text and smaller pieces.
        role: How it may be made smaller: an expression becomes one of its own parts or NULL, an optional piece goes,
            a list loses elements, a query or a FROM item becomes one that it contains.
        type: SQL type of an expression; those of all columns of a query.
        label: What made it, for reports.
        separator: Between the elements of a list.
        least: Elements that a list keeps.
    """

    parts: tuple[str | Piece, ...]
    role: Role = "plain"
    type: str = ""
    label: str = ""
    separator: str = ""
    least: int = 1

    def __repr__(self) -> str:
        return repr(str(self))

    def __str__(self) -> str:
        return self.separator.join(str(part) for part in self.parts)


def join(*parts: str | Piece) -> Piece:
    """Return *parts* one after the other."""
    return Piece(parts)


def optional(*parts: str | Piece) -> Piece:
    """Return *parts*, without which the statement would still be one."""
    return Piece(parts, "optional")


def listed(parts: Sequence[str | Piece], separator: str = ", ", least: int = 1) -> Piece:
    """Return *parts* as a list, each of which can be left out while *least* stay."""
    return Piece(tuple(parts), "list", separator=separator, least=least)


NOTHING = Piece(())


def fill(template: str, *parts: Piece) -> Piece:
    """Return *template* with each ``{}`` replaced by the next of *parts*."""
    if not parts:  # a constant may be '{}'
        return Piece((template,))
    texts = template.split("{}")
    filled: list[str | Piece] = [texts[0]]
    for part, text in zip(parts, texts[1:], strict=True):
        filled += [part, text]
    return Piece(tuple(filled))


def expression(type: str, label: str, template: str, *parts: Piece) -> Piece:
    """Return an expression of *type*; *template* has a ``{}`` for each of *parts*."""
    return replace(fill(template, *parts), role="expression", type=type, label=label)


def pieces(piece: Piece) -> Iterator[Piece]:
    """Yield *piece* and everything in it, outermost first."""
    yield piece
    for part in piece.parts:
        if isinstance(part, Piece):
            yield from pieces(part)


def size(piece: Piece) -> int:
    """Return how long the text is."""
    return len(str(piece))


def smaller(piece: Piece) -> Iterator[Piece]:
    """Yield every statement that differs from *piece* by one step towards less, the largest steps first."""
    yield from _own(piece)
    for index, part in enumerate(piece.parts):
        if isinstance(part, Piece):
            for less in smaller(part):
                yield replace(piece, parts=(*piece.parts[:index], less, *piece.parts[index + 1 :]))


def _own(piece: Piece) -> Iterator[Piece]:
    if not piece.parts:
        return
    if piece.role == "optional":
        yield NOTHING
    elif piece.role == "list":
        if piece.least <= 1 < len(piece.parts):
            for part in piece.parts:
                yield replace(piece, parts=(part,))
        if len(piece.parts) > piece.least:
            for index in range(len(piece.parts)):
                yield replace(piece, parts=piece.parts[:index] + piece.parts[index + 1 :])
    elif piece.role in ("expression", "query", "source"):
        yield from _inside(piece, piece.role, piece.type)
        simplest = f"NULL::{piece.type}"
        if piece.role == "expression" and piece.type and size(piece) > len(simplest):
            yield Piece((simplest,), "expression", piece.type)


def _inside(piece: Piece, role: Role, type: str) -> Iterator[Piece]:
    """Yield the outermost pieces below *piece* that could stand in its place."""
    for part in piece.parts:
        if isinstance(part, Piece):
            if part.role == role and part.type == type:
                yield part
            else:
                yield from _inside(part, role, type)
