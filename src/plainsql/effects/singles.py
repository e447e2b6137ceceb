"""
Which FROM items of a query give one row at most, together with all others: by their keys, one after the other.

An item is proved once the columns of one of its keys are equal to constants, or to columns of items proved before. What
ON of an outer join says is true of the matched rows only: its nullable side is proved by it for each row of the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.effects.equalities import Equalities
from plainsql.effects.keys import keys_of, uncompared
from plainsql.effects.level import CTE, MERGE, TABLE, Level, column_name, conjuncts
from plainsql.effects.regions import Region, matched
from plainsql.nullability import Node

if TYPE_CHECKING:
    from plainsql.effects.rows import Fixed, RowCounter


class Singles:
    """
    The FROM items of one level that give one row at most.

    Args:
        level: Whose items they are.
        fixed: Output columns that are fixed from outside.
        counter: Counts the rows of sub-selects.
        assumed: Items that are taken for such.

    Attributes:
        found: Their numbers.
        items: The numbers of all.
        is_single: Whether they are all of them.
    """

    def __init__(self, level: Level, fixed: Fixed, counter: RowCounter, assumed: frozenset[int]) -> None:
        self._level = level
        self._counter = counter
        self._facts = counter.facts
        self._reader = counter.reader(level)
        self._seeds = [
            (self._reader.side(expr).name, labels)
            for entry in level.query.nodes("targetList")
            if (expr := entry.node("expr")) is not None and (labels := fixed.get(entry.number("resno")))
        ]
        self.found: set[int] = set(assumed)
        self._steady: set[int] = {number for number in assumed if self._is_steady(number)}
        self._region = counter.region(level)
        self.items = list(self._region.items)
        self._prove(self._region)
        if level.command == MERGE:
            self._prove_merged()
        self.is_single = self.found.issuperset(self.items)

    def all_fixed(self, clauses: list[Node]) -> bool:
        """Return whether the expressions of GROUP BY or DISTINCT have one value in all rows, NULL too."""
        equalities = self._equalities(self._region)
        entries = {entry.number("ressortgroupref"): entry for entry in self._level.query.nodes("targetList")}
        for clause in clauses:
            entry = entries.get(clause.number("tleSortGroupRef"))
            expr = entry.node("expr") if entry is not None else None
            operator = self._facts.operators.get(clause.number("eqop"))
            if expr is None or operator is None:
                return False
            side = self._reader.side(expr)
            if (side.sources is not None and side.sources <= self._steady) or equalities.is_null(side.name):
                continue
            if not any((family, 0) in equalities.labels_or_null(side.name) for family in operator.families):
                return False
        return True

    def uncompared_keys(self, number: int) -> list[tuple[int, ...]]:
        """Return, for each unique key of a table, the numbers of its columns that nothing fixes; 0 is an expression."""
        rte = self._level.entry(number)
        relation = self._facts.facts.relations[rte.number("relid")]
        equalities = self._equalities(self._region)
        may_be_missing = self._region.items.get(number, True)
        found = (
            uncompared(key, number, relation, equalities, may_be_missing=may_be_missing)
            for key in keys_of(rte, self._facts)
        )
        return [tuple(column.number for column in columns) for columns in found if columns]

    def _equalities(self, region: Region) -> Equalities:
        return Equalities(map(self._reader.condition, region.conditions), self._seeds, self._steady)

    def _prove(self, region: Region) -> None:
        changed = True
        while changed:
            changed = False
            equalities = self._equalities(region)
            for number, may_be_missing in region.items.items():
                if number not in self.found and self._gives_one(number, equalities, may_be_missing):
                    self._add(number)
                    changed = True
            for join in reversed(region.outer):
                # One row on the kept side has matched rows, or a row filled with NULLs, not both.
                if join.kept <= self._steady and not join.added <= self.found:
                    before = len(self.found)
                    self._prove(matched(region, join))
                    changed |= len(self.found) > before

    def _prove_merged(self) -> None:
        """A row of MERGE's source meets one row of its target at most when ON compares a key of the target."""
        target = self._level.query.number("resultRelation")
        self.items.append(target)
        if self.found.issuperset(self._region.items):
            condition = self._level.query.node("mergeJoinCondition")
            merged = Region([*self._region.conditions, *conjuncts(condition)], {target: False})
            if self._gives_one(target, self._equalities(merged), may_be_missing=False):
                self._add(target)

    def _add(self, number: int) -> None:
        self.found.add(number)
        if self._is_steady(number):
            self._steady.add(number)

    def _is_steady(self, number: int) -> bool:
        """Return whether an item is the same row each time it is looked at: a join may compute it more than once."""
        rte = self._level.entry(number)
        kind = rte.number("rtekind", -1)
        if kind == CTE:
            return True
        if kind != TABLE:
            return not self._reader.is_volatile(rte)
        relation = self._facts.facts.relations.get(rte.number("relid"))
        if relation is None or rte.node("tablesample") is not None:
            return False
        return relation.view_query is None or not self._reader.is_volatile(relation.view_query)

    def _gives_one(self, number: int, equalities: Equalities, may_be_missing: bool) -> bool:
        rte = self._level.entry(number)
        kind = rte.number("rtekind", -1)
        relation = self._facts.facts.relations.get(rte.number("relid")) if kind == TABLE else None
        if relation is not None and relation.kind not in ("v", "S"):
            return any(
                uncompared(key, number, relation, equalities, may_be_missing=may_be_missing) == []
                for key in keys_of(rte, self._facts)
            )
        if not self._level.references(rte) <= self._steady:
            return False
        fixed = self._fixed(number, rte, equalities)
        # Filled with NULLs for some rows and not for others, it would be two values; a strict comparison excludes that.
        if may_be_missing and not fixed:
            return False
        return self._counter.item_rows(number, self._level, fixed).at_most in (0, 1)

    def _fixed(self, number: int, rte: Node, equalities: Equalities) -> Fixed:
        """Return the columns of a view, sub-select or WITH that are fixed here."""
        eref = rte.node("eref")
        columns = len(eref.items("colnames")) if eref is not None else 0
        names = {column: column_name(number, column) for column in range(1, columns + 1)}
        return {column: frozenset(labels) for column, name in names.items() if (labels := equalities.labels(name))}
