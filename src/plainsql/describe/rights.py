"""Which columns of a table a statement names: those on which it needs a right, as the analysed tree has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from plainsql.nullability import Node

SELECT: Final = ("selectedCols",)
ANY: Final = ("selectedCols", "insertedCols", "updatedCols")
WHOLE_ROW: Final = 0
"""Stands among the numbers where a statement names the row itself."""
_FIRST_BIT: Final = 7  # access/sysattr.h: columns are bits from -FirstLowInvalidHeapAttributeNumber on


def columns_named(query: Node, item: Node, rights: Iterable[str] = SELECT) -> set[int]:
    """
    Return the numbers of the columns on which a statement needs one of *rights*.

    Args:
        query: The Query that *item* stands in.
        item: A table in its rtable.
        rights: SELECT, or ANY.
    """
    infos = query.nodes("rteperminfos")  # from PostgreSQL 16 on; before, the item has them itself
    number = item.number("perminfoindex")
    holder = infos[number - 1] if 0 < number <= len(infos) else item
    return {bit - _FIRST_BIT for right in rights for bit in holder.numbers(right)}
