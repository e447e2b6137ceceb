"""Which values conditions fix: columns and expressions that are equal in all rows, and by which equality."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Set

from plainsql.effects.conditions import Condition, Label

_NOTHING: frozenset[Label] = frozenset()


class Equalities:
    """
    What is fixed.

    Args:
        conditions: They are true of every row.
        seeds: Expressions that are fixed from outside, and how.
        steady: Numbers of the FROM items that are the same row throughout.
    """

    def __init__(
        self, conditions: Iterable[Condition], seeds: Iterable[tuple[Hashable, Set[Label]]], steady: Set[int]
    ) -> None:
        self._fixed: dict[Hashable, set[Label]] = defaultdict(set)
        self._or_null: dict[Hashable, set[Label]] = defaultdict(set)
        self._null: set[Hashable] = set()
        self._names: set[Hashable] = set()
        edges: dict[Hashable, list[tuple[Hashable, Set[Label]]]] = defaultdict(list)
        for name, labels in seeds:
            self._fixed[name] |= labels
        for condition in conditions:
            self._names.add(condition.name)
            if condition.fixed is not None:
                self._fixed[condition.fixed.name] |= condition.labels
            if condition.null is not None:
                self._null.add(condition.null)
            if condition.equal is not None:
                self._equate(condition, steady, edges)
        self._spread(edges)

    def labels(self, name: Hashable) -> Set[Label]:
        """Return the equalities by which an expression is one value, never NULL, in all rows."""
        return self._fixed.get(name, _NOTHING)

    def labels_or_null(self, name: Hashable) -> Set[Label]:
        """Return the equalities by which an expression is one value, or NULL, in all rows."""
        return self.labels(name) | self._or_null.get(name, _NOTHING)

    def is_null(self, name: Hashable) -> bool:
        """Return whether an expression is NULL in all rows."""
        return name in self._null

    def has(self, name: Hashable) -> bool:
        """Return whether a condition is one of those that are true of every row."""
        return name in self._names

    def _equate(
        self, condition: Condition, steady: Set[int], edges: dict[Hashable, list[tuple[Hashable, Set[Label]]]]
    ) -> None:
        assert condition.equal is not None
        left, right = condition.equal
        into = self._or_null if condition.or_null else self._fixed
        if right.sources is not None and right.sources <= steady:
            into[left.name] |= condition.labels
        elif left.sources is not None and left.sources <= steady:
            into[right.name] |= condition.labels
        else:  # also of IS NOT DISTINCT FROM: what is equal to a value that isn't NULL isn't NULL either
            edges[left.name].append((right.name, condition.labels))
            edges[right.name].append((left.name, condition.labels))

    def _spread(self, edges: Mapping[Hashable, list[tuple[Hashable, Set[Label]]]]) -> None:
        """What is equal to something fixed is fixed, by an equality that both keep."""
        pending = [name for name in edges if self._fixed.get(name)]
        while pending:
            name = pending.pop()
            for other, labels in edges.get(name, ()):
                new = {both for have in self._fixed[name] for edge in labels if (both := _both(have, edge))}
                if not new <= self._fixed[other]:
                    self._fixed[other] |= new
                    pending.append(other)


def _both(one: Label, other: Label) -> Label | None:
    """Return the equality of a and c when a is equal to b by *one* and b to c by *other*."""
    if one[0] != other[0] or (one[1] and other[1] and one[1] != other[1]):
        return None
    return one[0], one[1] or other[1]
