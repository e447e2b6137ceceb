"""Which relations a statement reads and writes, in every sub-select and WITH."""

from __future__ import annotations

from plainsql.nullability.node import Node

_COMPOSITE = "c"
"""relkind under which ON CONFLICT's ``excluded`` stands in the range table."""


def relations_used(query: Node) -> tuple[frozenset[int], frozenset[int]]:
    """Return the OIDs of the relations read and written; the target of a write is read only if it is named again."""
    reads: set[int] = set()
    writes: set[int] = set()
    for level in query.walk():
        if level.tag != "QUERY":
            continue
        target = level.number("resultRelation")
        for number, rte in enumerate(level.nodes("rtable"), 1):
            oid = rte.number("relid")
            if rte.number("rtekind", -1) != 0 or not oid or rte.text("relkind") == _COMPOSITE:
                continue
            (writes if number == target else reads).add(oid)
    return frozenset(reads), frozenset(writes)
