"""What was not asked of the catalog yet, and the trees that it tells."""

from __future__ import annotations

from collections.abc import Iterable

from plainsql.describe.types import MAX_OID
from plainsql.errors import PlainSQLError
from plainsql.nullability import Node, read_tree


class Unread:
    """Remembers what was asked; numbers that are no OID are never asked about."""

    def __init__(self) -> None:
        self._asked: set[tuple[str, int]] = set()

    def new(self, what: str, oids: Iterable[str | int]) -> list[int]:
        """Return those of *oids*, sorted, that were not asked about as *what*; from now on they were."""
        found = sorted({oid for oid in map(int, oids) if (what, oid) not in self._asked and oid <= MAX_OID})
        self._asked.update((what, oid) for oid in found)
        return found


def expression(text: str | None) -> Node | None:
    """Return the expression that *text* holds; one that can't be read proves nothing."""
    try:
        tree = read_tree(text) if text else None
    except PlainSQLError:
        return None
    return tree if isinstance(tree, Node) else None


def expressions(texts: Iterable[str | None]) -> tuple[Node, ...]:
    """Return the expressions among *texts* that can be read."""
    return tuple(tree for text in texts if (tree := expression(text)) is not None)
