"""A node of PostgreSQL's parse tree, as read from its text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias, Union

Value: TypeAlias = Union["Node", list["Value"], bytes, str, None]


class Node:
    """
    ``{TAG :field value …}``. Fields that a server version lacks read as absent, so callers name the safe default.

    Attributes:
        tag: ``QUERY``, ``VAR``, …; see nodes/primnodes.h and nodes/parsenodes.h.
        fields: Tokens as text, lists as lists, ``<>`` as None.
    """

    __slots__ = ("fields", "tag")

    def __init__(self, tag: str) -> None:
        self.tag = tag
        self.fields: dict[str, Value] = {}

    def __repr__(self) -> str:
        return f"<{self.tag} {', '.join(self.fields)}>"

    def replacing(self, **fields: Value) -> Node:
        """Return this node with other values in some fields."""
        other = Node(self.tag)
        other.fields = {**self.fields, **fields}
        return other

    def number(self, name: str, default: int = 0) -> int:
        """Return a field that is an integer, a character-free enum or an OID."""
        value = self.fields.get(name)
        return int(value) if isinstance(value, str) else default

    def text(self, name: str) -> str:
        """Return a field that is a string or a character; empty when it is absent."""
        value = self.fields.get(name)
        return value if isinstance(value, str) else ""

    def flag(self, name: str, default: bool = False) -> bool:
        """Return a field that is a boolean."""
        value = self.fields.get(name)
        return value == "true" if isinstance(value, str) else default

    def node(self, name: str) -> Node | None:
        """Return a field that is a node."""
        value = self.fields.get(name)
        return value if isinstance(value, Node) else None

    def nodes(self, name: str) -> list[Node]:
        """Return the nodes of a field that is a list; empty when it is absent."""
        value = self.fields.get(name)
        return [item for item in value if isinstance(item, Node)] if isinstance(value, list) else []

    def items(self, name: str) -> list[Value]:
        """Return a field that is a list, as it is; empty when it is absent."""
        value = self.fields.get(name)
        return value if isinstance(value, list) else []

    def numbers(self, name: str) -> list[int]:
        """Return the members of a bitmap set or of a list of integers or OIDs."""
        return [int(item) for item in self.items(name)[1:] if isinstance(item, str)]

    def children(self, *, but: str = "") -> Iterator[Node]:
        """Yield the nodes right below this one, in no promised order, without those of the field *but*."""
        pending = [value for name, value in self.fields.items() if name != but]
        while pending:
            value = pending.pop()
            if isinstance(value, Node):
                yield value
            elif isinstance(value, list):
                pending.extend(value)

    def walk(self) -> Iterator[Node]:
        """Yield this node and every node below it, in no promised order."""
        pending: list[Node | list[Value]] = [self]
        while pending:
            value = pending.pop()
            if isinstance(value, Node):
                yield value
                below: Iterable[Value] = value.fields.values()
            else:
                below = value
            pending += [item for item in below if isinstance(item, (Node, list))]
