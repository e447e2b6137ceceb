"""A join tree as FROM items, the conditions that hold for all their rows, and what outer joins add to them."""

from __future__ import annotations

from dataclasses import dataclass, field

from plainsql.effects.level import INNER, LEFT, RIGHT, conjuncts
from plainsql.nullability import Node


@dataclass(frozen=True, slots=True)
class Outer:
    """
    An outer join.

    Attributes:
        kept: Numbers of the FROM items on the side whose rows are all kept.
        added: Numbers of those on the other side, which is filled with NULLs where nothing matches.
        side: That side.
        condition: ON; it is true of the matched rows.
    """

    kept: frozenset[int]
    added: frozenset[int]
    side: Node
    condition: Node | None


@dataclass(slots=True)
class Region:
    """
    FROM items whose rows all conditions are true of.

    Attributes:
        conditions: Of WHERE and of ON of inner joins.
        items: By number, whether an outer join may fill the item with NULLs.
        outer: Outer joins of these items, a join before those inside it.
    """

    conditions: list[Node]
    items: dict[int, bool] = field(default_factory=dict)
    outer: list[Outer] = field(default_factory=list)


def region_of(query: Node) -> Region:
    """Return the join tree of a level. What HAVING says of keys of GROUP BY is true of the rows of the groups left."""
    tree = query.node("jointree")
    conditions = [tree.node("quals") if tree is not None else None, query.node("havingQual")]
    region = Region([part for condition in conditions for part in conjuncts(condition)])
    for item in tree.nodes("fromlist") if tree is not None else []:
        _add(item, region, may_be_missing=False)
    return region


def matched(region: Region, join: Outer) -> Region:
    """Return the added side of an outer join of *region*, as far as its rows are matched."""
    inner = Region([*region.conditions, *conjuncts(join.condition)])
    _add(join.side, inner, may_be_missing=False)
    return inner


def _add(item: Node, region: Region, *, may_be_missing: bool) -> frozenset[int]:
    """Add a join tree to *region* and return the numbers of its items."""
    if item.tag == "RANGETBLREF":
        number = item.number("rtindex")
        region.items[number] = may_be_missing
        return frozenset({number})
    left, right = item.node("larg"), item.node("rarg")
    if item.tag != "JOINEXPR" or left is None or right is None:
        raise LookupError(f"{item.tag} in a join tree")
    kind = item.number("jointype", -1)
    if kind == INNER and not may_be_missing:
        region.conditions += conjuncts(item.node("quals"))
    place = len(region.outer)
    lefts = _add(left, region, may_be_missing=may_be_missing or kind not in (INNER, LEFT))
    rights = _add(right, region, may_be_missing=may_be_missing or kind not in (INNER, RIGHT))
    if kind == LEFT and not may_be_missing:
        region.outer.insert(place, Outer(lefts, rights, right, item.node("quals")))
    if kind == RIGHT and not may_be_missing:
        region.outer.insert(place, Outer(rights, lefts, left, item.node("quals")))
    return lefts | rights
