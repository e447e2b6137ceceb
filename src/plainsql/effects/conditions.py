"""What a condition of WHERE or ON says of equal values, read once."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TypeAlias

from plainsql.effects.facts import EffectFacts
from plainsql.effects.functions import is_volatile
from plainsql.effects.level import Level, bare, name_of, own_nodes
from plainsql.nullability import Node

Label: TypeAlias = tuple[int, int]
"""
An equality: that of a btree operator family, which is transitive across its types (manual, 36.16.6), under a collation.

All deterministic collations have the same one and are 0 here. Equal values need not be alike: 1.0 and 1.00 are equal.
"""

_BOOLEAN = frozenset({(424, 0)})  # bool_ops
_BOOL = 16
_IS_TRUE, _IS_FALSE = 0, 2  # nodes/primnodes.h, BoolTestType
_IS_NULL = 0  # nodes/primnodes.h, NullTestType
_ABOVE_ROWS = frozenset({"AGGREF", "GROUPINGFUNC", "WINDOWFUNC"})


@dataclass(frozen=True, slots=True)
class Side:
    """
    An expression of a level.

    Attributes:
        name: What it has in common with expressions that are written alike.
        sources: Numbers of the FROM items that it is computed of; None if it has more than one value for one row each.
    """

    name: Hashable
    sources: frozenset[int] | None


@dataclass(frozen=True, slots=True)
class Condition:
    """
    What a condition says.

    Attributes:
        name: Its own.
        equal: Two sides that are equal by *labels*.
        fixed: A side that is one constant by *labels*.
        null: Name of what is NULL.
        or_null: The two sides may also be NULL, both.
        labels: Equalities.
    """

    name: Hashable
    equal: tuple[Side, Side] | None = None
    fixed: Side | None = None
    null: Hashable = None
    or_null: bool = False
    labels: frozenset[Label] = frozenset()


@dataclass(slots=True)
class Reader:
    """Reads the expressions and conditions of one level and remembers them."""

    level: Level
    facts: EffectFacts
    _sides: dict[int, Side] = field(default_factory=dict)
    _conditions: dict[int, Condition] = field(default_factory=dict)

    def side(self, expr: Node) -> Side:
        """Return what is known of *expr*, a part of the statement."""
        if id(expr) not in self._sides:
            name = _name(bare(self.level.resolved(bare(expr))))
            self._sides[id(expr)] = Side(name, self._sources(expr))
        return self._sides[id(expr)]

    def condition(self, node: Node) -> Condition:
        """Return what *node*, a part of the statement, says."""
        if id(node) not in self._conditions:
            self._conditions[id(node)] = self._read(node)
        return self._conditions[id(node)]

    def is_volatile(self, tree: Node) -> bool:
        """Return whether *tree*, or a view in it, may give something else each time it is computed."""
        if is_volatile(tree, self.facts):
            return True
        oids = [node.number("relid") for node in tree.walk() if node.tag == "RANGETBLENTRY"]
        relations = [found for oid in oids if (found := self.facts.facts.relations.get(oid)) is not None]
        views = [relation.view_query for relation in relations if relation.kind == "v"]
        return any(view is None or (view is not tree and self.is_volatile(view)) for view in views)

    def _sources(self, expr: Node) -> frozenset[int] | None:
        for node in own_nodes(expr):
            if node.tag in _ABOVE_ROWS or node.flag("funcretset") or node.flag("opretset"):
                return None
            if node.tag == "SUBLINK" and self.level.references(node):
                return None  # computed again for each row, it may choose another row of its own
        return None if self.is_volatile(expr) else frozenset(self.level.references(expr))

    def _read(self, node: Node) -> Condition:
        name, args, arg = _name(node), node.nodes("args"), node.node("arg")
        match node.tag:
            case "OPEXPR" if len(args) == 2:
                return self._equality(node, name, or_null=False)
            case "BOOLEXPR" if node.text("boolop") == "not" and len(args) == 1:
                if args[0].tag == "DISTINCTEXPR" and len(args[0].nodes("args")) == 2:
                    return self._equality(args[0], name, or_null=True)
                return Condition(name, fixed=self.side(args[0]), labels=_BOOLEAN)
            case "BOOLEANTEST" if arg is not None and node.number("booltesttype", -1) in (_IS_TRUE, _IS_FALSE):
                return Condition(name, fixed=self.side(arg), labels=_BOOLEAN)
            case "NULLTEST" if arg is not None and node.number("nulltesttype", -1) == _IS_NULL:
                return Condition(name, null=None if node.flag("argisrow", True) else self.side(arg).name)
            case "VAR" if node.number("vartype") == _BOOL:
                return Condition(name, fixed=self.side(node), labels=_BOOLEAN)
            case _:
                return Condition(name)

    def _equality(self, node: Node, name: Hashable, *, or_null: bool) -> Condition:
        left, right = node.nodes("args")
        operator = self.facts.operators.get(node.number("opno"))
        if operator is None or not self.facts.facts.is_strict(operator.function):
            return Condition(name)
        if operator.is_polymorphic and (bare(left) is not left or bare(right) is not right):
            # An array taken for one of another element type is compared by the rules of that one.
            return Condition(name)
        collation = node.number("inputcollid")
        collation = collation if collation in self.facts.nondeterministic else 0
        labels = frozenset((family, collation) for family in operator.families)
        return Condition(name, equal=(self.side(left), self.side(right)), or_null=or_null, labels=labels)


def _name(expr: Node) -> Hashable:
    try:
        return name_of(expr)
    except RecursionError:  # like nothing else, then
        return id(expr)
