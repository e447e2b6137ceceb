"""How many rows a query returns, from its keys, aggregates and limits; what isn't proved is any number."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from plainsql.effects.conditions import Label, Reader
from plainsql.effects.facts import EffectFacts
from plainsql.effects.level import Level, is_true
from plainsql.effects.model import ANY_ROWS, NO_ROWS, ONE_ROW, Rows
from plainsql.effects.regions import Region, region_of
from plainsql.effects.singles import Singles
from plainsql.effects.written import written_rows
from plainsql.nullability import Node

Fixed: TypeAlias = Mapping[int, frozenset[Label]]
"""Output columns of a query that are fixed from outside, and by which equalities."""

_TO_LIMIT = 0  # nodes/nodes.h, LimitOption: WITH TIES is the other
_INT8_OF_INT4 = 481
_EMPTY = 0  # nodes/parsenodes.h, GroupingSetKind


class RowCounter:
    """Counts rows of the queries of one statement."""

    def __init__(self, facts: EffectFacts) -> None:
        self.facts = facts
        self._regions: dict[int, Region] = {}
        self._readers: dict[int, Reader] = {}
        self._known: dict[tuple[int, frozenset[tuple[int, frozenset[Label]]]], Rows] = {}

    def statement(self, query: Node) -> Rows:
        """Return how many rows the statement itself returns to its caller."""
        return self.rows(Level(query), {})

    def rows(self, level: Level, fixed: Fixed) -> Rows:
        """Return how many rows of a query are equal to *fixed*; without it, how many it returns."""
        key = (id(level.query), frozenset(fixed.items()))
        if key not in self._known:
            self._known[key] = ANY_ROWS  # while it is being counted; a query that contains itself is not counted
            self._known[key] = self._count(level, fixed)
        return self._known[key]

    def _count(self, level: Level, fixed: Fixed) -> Rows:
        match level.command:
            case 1:
                return self._select(level, fixed)
            case 2 | 3 | 4 | 5:
                return written_rows(level, self)
            case _:
                return ANY_ROWS

    def _select(self, level: Level, fixed: Fixed) -> Rows:
        query = level.query
        if (operation := query.node("setOperations")) is not None:
            found = self._operation(operation, level)
        else:
            found = self._sets(level) if query.items("groupingSets") else self._grouped(level, fixed)
            if query.flag("hasTargetSRFs"):
                found = ANY_ROWS
        return _limited(found, query)

    def _grouped(self, level: Level, fixed: Fixed) -> Rows:
        query = level.query
        groups = query.nodes("groupClause")
        if not groups and (query.flag("hasAggs") or query.node("havingQual") is not None):
            return _having(ONE_ROW, query)
        singles = self.singles(level, fixed)
        kinds = [clauses for clauses in (groups, query.nodes("distinctClause")) if clauses]
        is_single = singles.is_single or any(singles.all_fixed(clauses) for clauses in kinds)
        return _having(Rows(self.source_has_a_row(level), 1 if is_single else None), query)

    def _sets(self, level: Level) -> Rows:
        """Grouping sets give a row for each group of each set, but ``()`` alone is one group."""
        sets = level.query.nodes("groupingSets")
        is_empty = len(sets) == 1 and sets[0].number("kind", -1) == _EMPTY
        return _having(ONE_ROW, level.query) if is_empty else ANY_ROWS

    def singles(self, level: Level, fixed: Fixed, assumed: frozenset[int] = frozenset()) -> Singles:
        """Return which FROM items of *level* give one row at most."""
        return Singles(level, fixed, self, assumed)

    def reader(self, level: Level) -> Reader:
        """Return what reads the expressions of *level*."""
        return self._readers.setdefault(id(level.query), Reader(level, self.facts))

    def region(self, level: Level) -> Region:
        """Return the join tree of *level*."""
        if id(level.query) not in self._regions:
            self._regions[id(level.query)] = region_of(level.query)
        return self._regions[id(level.query)]

    def _operation(self, arm: Node | None, level: Level) -> Rows:
        if arm is None:
            return ANY_ROWS
        if arm.tag == "RANGETBLREF":
            subquery = level.entry(arm.number("rtindex")).node("subquery")
            return ANY_ROWS if subquery is None else self.rows(Level(subquery, level), {})
        left, right = (self._operation(arm.node(side), level) for side in ("larg", "rarg"))
        match arm.number("op"):
            case 1 if left.at_least or right.at_least:
                return Rows(1, None)
            case 2 if 1 in (left.at_most, right.at_most):
                return Rows(0, 1)
            case 3:
                return Rows(0, left.at_most)
            case _:
                return ANY_ROWS

    def source_has_a_row(self, level: Level) -> Literal[0, 1]:
        tree = level.query.node("jointree")
        if tree is None or not is_true(tree.node("quals")):
            return 0
        return 1 if all(self._item_has_a_row(item, level) for item in tree.nodes("fromlist")) else 0

    def _item_has_a_row(self, item: Node | None, level: Level) -> bool:
        if item is None:
            return False
        if item.tag == "JOINEXPR":
            left, right = (self._item_has_a_row(item.node(side), level) for side in ("larg", "rarg"))
            match item.number("jointype", -1):
                case 0:
                    return left and right and is_true(item.node("quals"))
                case 1:
                    return left
                case 2:
                    return left or right
                case 3:
                    return right
                case _:
                    return False
        return item.tag == "RANGETBLREF" and self.item_rows(item.number("rtindex"), level, {}).at_least == 1

    def item_rows(self, number: int, level: Level, fixed: Fixed) -> Rows:
        """Return how many rows a FROM item other than a stored table gives for one row of what it refers to."""
        rte = level.entry(number)
        match rte.number("rtekind", -1):
            case 0:
                relation = self.facts.facts.relations.get(rte.number("relid"))
                if relation is not None and relation.kind == "S":
                    return ONE_ROW
                if relation is None or relation.kind != "v" or relation.view_query is None:
                    return ANY_ROWS
                return self.rows(Level(relation.view_query), fixed)
            case 1:
                subquery = rte.node("subquery")
                return ANY_ROWS if subquery is None else self.rows(Level(subquery, level), fixed)
            case 3:
                return ANY_ROWS if _returns_a_set(rte) else ONE_ROW
            case 5:
                lists = len(rte.items("values_lists"))
                return Rows(1, 1) if lists == 1 else Rows(1, None) if lists else NO_ROWS
            case 6:
                return self._cte(rte, level, fixed)
            case 8:
                return ONE_ROW
            case _:
                return ANY_ROWS

    def _cte(self, rte: Node, level: Level, fixed: Fixed) -> Rows:
        cte, home = level.find_cte(rte)
        query = cte.node("ctequery")
        if query is None or cte.flag("cterecursive", True) or rte.flag("self_reference"):
            return ANY_ROWS
        return self.rows(Level(query, home), fixed)


def _returns_a_set(rte: Node) -> bool:
    return any(node.flag("funcretset") or node.flag("opretset") for node in rte.walk())


def _having(found: Rows, query: Node) -> Rows:
    return found if is_true(query.node("havingQual")) else Rows(0, found.at_most)


def _limited(found: Rows, query: Node) -> Rows:
    at_least, at_most = found.at_least, found.at_most
    if query.node("limitOffset") is not None or query.nodes("rowMarks"):
        at_least = 0
    if (count := query.node("limitCount")) is not None:
        limit = _number(count)
        if limit is None or limit < 1:
            at_least = 0
        if limit is not None and query.number("limitOption", -1) == _TO_LIMIT:
            at_most = 0 if limit == 0 else 1 if limit == 1 else at_most
    return Rows(at_least, at_most)


def _number(expr: Node) -> int | None:
    """Return the value of a constant integer as LIMIT has it."""
    if expr.tag == "FUNCEXPR" and expr.number("funcid") == _INT8_OF_INT4 and len(expr.nodes("args")) == 1:
        expr = expr.nodes("args")[0]
    value = expr.fields.get("constvalue")
    if expr.tag != "CONST" or expr.flag("constisnull", True) or not isinstance(value, bytes):
        return None
    return int.from_bytes(value, "little", signed=True) if expr.number("constlen") in (4, 8) else None
