"""
Parameters that are written to declared columns: which column, and for an encrypted one what its value is bound to.

The columns of the AAD are known where the same statement writes them from parameters, or compares them with parameters
in the condition that finds the row. An element of an array goes with the elements beside it in the same unnest.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from plainsql.nullability import Facts, Node
from plainsql.nullability.outputs import INSERT, MERGE, UPDATE
from plainsql.nullability.updatable import written_column
from plainsql.origins.declared import Declared, DeclaredColumn, Place
from plainsql.origins.flow import Element, Given, Level, Null, Origin, Stored, origins, output_origins

_EQUAL: Final = frozenset({63, 65, 67, 158, 159, 467, 474, 852, 1850, 1856, 2956})
"""= of integers, text and uuid: equal values are the same bytes of the AAD."""
_USER_VALUE: Final = 1  # nodes/primnodes.h, OverridingKind: the value given for an identity column is ignored


@dataclass(frozen=True, slots=True)
class Fault:
    """
    Something that must not be.

    Attributes:
        message: What is wrong.
        hint: What to do.
        words: What to look for in the SQL to say where, the best first.
        after: Clause to look behind.
        column: Index of the result column that it is about, -1 if none.
    """

    message: str
    hint: str
    words: tuple[str, ...] = ()
    after: str = ""
    column: int = -1


@dataclass(frozen=True, slots=True)
class Use:
    """
    What a parameter is.

    Attributes:
        column: The declared column that it goes to, or is compared with.
        aad: Numbers of the parameters that an encrypted value is bound to.
        is_array: Its elements are.
        is_index: It is the blind index of the column.
    """

    column: DeclaredColumn
    aad: tuple[int, ...] = ()
    is_array: bool = False
    is_index: bool = False


class Writes:
    """Collects what a statement writes to declared columns."""

    def __init__(self, facts: Facts, declared: Declared) -> None:
        self.facts = facts
        self.declared = declared
        self.uses: dict[int, Use] = {}
        self.faults: list[Fault] = []
        self._elsewhere: set[int] = set()

    def fault(self, column: DeclaredColumn, message: str, hint: str, *words: str) -> None:
        """Note that something is wrong with writing *column*."""
        self.faults.append(Fault(f"{column.key}: {message}", hint, (*words, column.name)))

    def note(self, parameter: int, use: Use) -> None:
        """Note what a parameter is; two things at once it can't be."""
        if self.uses.setdefault(parameter, use) != use:
            one, other = self.uses[parameter], use
            what = f"{one.column.key} and {other.column.key}" if one.column != other.column else "two different rows"
            self.fault(use.column, f"one parameter goes to {what}", "write two parameters")

    def refuse_strays(self) -> None:
        """Note the parameters that go to an encrypted column, and to another one as well."""
        for number in sorted(self._elsewhere & self.uses.keys()):
            if (use := self.uses[number]).column.is_secret:
                self.fault(use.column, "its parameter is written to another column too", "write two parameters")

    def of(self, query: Node, level: Level) -> None:
        """Note what *query* itself writes."""
        number = query.number("resultRelation")
        rte = level.item(number) if number else None
        if rte is None or rte.number("relid") not in self.facts.relations:
            return
        command, conflict = query.number("commandType"), query.node("onConflict")
        if command == INSERT:
            entries = self._entries(query.nodes("targetList"), rte)
            self._inserted(entries, level, query.number("override"))
            if conflict is not None:
                keys = self._conflict_keys(conflict, rte)
                proposed = {column: expr for column, expr in entries.items() if column in keys}
                found = _conjuncts(conflict.node("onConflictWhere"))
                self._updated(self._entries(conflict.nodes("onConflictSet"), rte), proposed, found, number, level)
        elif command == UPDATE:
            found = _conditions(query)
            self._updated(self._entries(query.nodes("targetList"), rte), {}, found, number, level)
        elif command == MERGE:
            joined = [*_conditions(query), *_conjuncts(query.node("mergeJoinCondition"))]
            for action in query.nodes("mergeActionList"):
                entries = self._entries(action.nodes("targetList"), rte)
                if action.number("commandType") == INSERT:
                    self._inserted(entries, level, action.number("override"))
                elif action.number("commandType") == UPDATE:
                    self._updated(entries, {}, [*joined, *_conjuncts(action.node("qual"))], number, level)

    def _entries(self, entries: list[Node], rte: Node) -> dict[tuple[int, int], Node | None]:
        """Return what is assigned, by table and column behind the view that is written through."""
        found: dict[tuple[int, int], Node | None] = {}
        relation = self.facts.relations[rte.number("relid")]
        for entry in entries:
            if entry.flag("resjunk"):
                continue
            target = written_column(relation, entry.number("resno"), self.facts)
            key = (target[0].oid, target[1]) if target is not None else (relation.oid, entry.number("resno"))
            if target is None and relation.view_query is not None:
                self._through_trigger(relation.view_query, entry.number("resno"), relation.name)
            found[key] = entry.node("expr")
        return found

    def _through_trigger(self, view: Node, column: int, name: str) -> None:
        """What a rule or an INSTEAD OF trigger of a view does with a value nobody can tell."""
        for origin in output_origins(view, column, None, (), self.facts):
            place = self.declared.columns.get((origin.relation, origin.column)) if isinstance(origin, Stored) else None
            if place is not None and place.declared.is_secret:
                message = f"what is written through the view {name} can't be followed to it"
                self.fault(place.declared, message, "write to the table")

    def _conflict_keys(self, conflict: Node, rte: Node) -> set[tuple[int, int]]:
        relation = self.facts.relations[rte.number("relid")]
        found = set()
        for element in conflict.nodes("arbiterElems"):
            expr = element.node("expr")
            if expr is not None and expr.tag == "VAR":
                target = written_column(relation, expr.number("varattno"), self.facts)
                found |= {(target[0].oid, target[1])} if target is not None else set()
        return found

    def _inserted(self, entries: dict[tuple[int, int], Node | None], level: Level, override: int) -> None:
        for place, relation, expr in self._declared(entries, level):
            bound = [entries.get((relation, number)) for number in place.aad]
            if override == _USER_VALUE:
                bound = [None] * len(bound)
            hint = f"write {', '.join(place.declared.aad)} from parameters in the same INSERT: draw the key first"
            self._sealed(place, expr, [self._origins(found, level) for found in bound], level, hint)

    def _updated(
        self,
        entries: dict[tuple[int, int], Node | None],
        known: dict[tuple[int, int], Node | None],
        conditions: list[Node],
        number: int,
        level: Level,
    ) -> None:
        for key in entries:
            if (declared := self.declared.bound.get(key)) is not None:
                message = "its values are bound to a column that is changed here, and couldn't be decrypted any more"
                names = f"{', '.join(declared.aad)} may never change; bind it to another column that doesn't"
                self.fault(declared, message, names, *declared.aad)
        for place, relation, expr in self._declared(entries, level):
            bound = [
                self._compared((relation, column), conditions, number, level)
                or self._origins(known.get((relation, column)), level)
                for column in place.aad
            ]
            named = " AND ".join(f"{name} = :{name}" for name in place.declared.aad)
            self._sealed(place, expr, bound, level, f"say in the condition which row it is: {named}")

    def _declared(
        self, entries: dict[tuple[int, int], Node | None], level: Level
    ) -> Iterator[tuple[Place, int, Node | None]]:
        """Yield the encrypted columns that are assigned; note all other declared ones, and secrets that go astray."""
        for key, expr in entries.items():
            place, index = self.declared.columns.get(key), self.declared.indexes.get(key)
            if index is not None:
                self._index(index, expr, level)
            elif place is None:
                self._astray(expr, level)
            elif place.declared.is_secret:
                self._with_index(place, key[0], entries)
                yield place, key[0], expr
            else:
                for origin in self._origins(expr, level):
                    if isinstance(origin, Given | Element):
                        self.note(origin.parameter, Use(place.declared, (), isinstance(origin, Element)))

    def _index(self, place: Place, expr: Node | None, level: Level) -> None:
        for origin in self._origins(expr, level):
            if isinstance(origin, Given | Element):
                self.note(origin.parameter, Use(place.declared, (), isinstance(origin, Element), is_index=True))
            elif not isinstance(origin, Null):
                hint = f'write it from a parameter, to which keys.blind("{place.declared.key}", …) is given'
                self.fault(place.declared, "its blind index is worked out by the statement", hint, *_index_words(place))

    def _with_index(self, place: Place, relation: int, entries: dict[tuple[int, int], Node | None]) -> None:
        if place.index and (relation, place.index) not in entries:
            name = place.declared.index
            hint = f"write {name} too"
            self.fault(place.declared, f"its blind index {name} would keep standing for another value", hint)

    def _astray(self, expr: Node | None, level: Level) -> None:
        for origin in self._origins(expr, level):
            if isinstance(origin, Given | Element):
                self._elsewhere.add(origin.parameter)
            place = self.declared.columns.get((origin.relation, origin.column)) if isinstance(origin, Stored) else None
            if place is not None and place.declared.is_secret:
                message = "what is encrypted is bound to its column and row, and can't be decrypted elsewhere"
                self.fault(place.declared, message, "select it, and write it from a parameter")

    def _sealed(
        self, place: Place, expr: Node | None, bound: list[tuple[Origin, ...]], level: Level, hint: str
    ) -> None:
        found = self._origins(expr, level)
        for number, origin in enumerate(found):
            if isinstance(origin, Null):
                continue
            if not isinstance(origin, Given | Element):
                message = "it is encrypted, so nothing but a parameter can be written to it"
                self.fault(place.declared, message, "give the value to the query")
                continue
            aad = []
            for name, others in zip(place.declared.aad, bound, strict=True):
                other = others[number if len(others) == len(found) else 0] if others else None
                is_one = len(others) in (1, len(found))
                if not is_one or not _goes_with(origin, other):
                    message = f"its value is bound to {name} of its row, which isn't known before it is sent"
                    self.fault(place.declared, message, hint)
                    return
                assert isinstance(other, Given | Element)
                aad.append(other.parameter)
            self.note(origin.parameter, Use(place.declared, tuple(aad), isinstance(origin, Element)))

    def _compared(
        self, column: tuple[int, int], conditions: list[Node], number: int, level: Level
    ) -> tuple[Origin, ...]:
        rte = level.item(number)
        relation = self.facts.relations[rte.number("relid")] if rte is not None else None
        for condition in conditions:
            args = condition.nodes("args")
            if condition.tag != "OPEXPR" or condition.number("opfuncid") not in _EQUAL or len(args) != 2:
                continue
            for var, other in (args, args[::-1]):
                while var.tag == "RELABELTYPE" and (arg := var.node("arg")) is not None:
                    var = arg  # varchar is compared as text
                if var.tag != "VAR" or var.number("varno") != number or var.number("varlevelsup") or relation is None:
                    continue
                target = written_column(relation, var.number("varattno"), self.facts)
                if target is not None and (target[0].oid, target[1]) == column:
                    return self._origins(other, level)
        return ()

    def _origins(self, expr: Node | None, level: Level) -> tuple[Origin, ...]:
        return origins(expr, level, self.facts) if expr is not None else ()


def _goes_with(value: Origin, other: Origin | None) -> bool:
    """Tell whether a column of the AAD is known for each value: a scalar, or the element beside it."""
    if isinstance(other, Given):
        return True
    return isinstance(other, Element) and isinstance(value, Element) and other.row == value.row


def _conditions(query: Node) -> list[Node]:
    """Return what holds of every row that is found: WHERE, and ON of inner joins."""
    tree = query.node("jointree")
    if tree is None:
        return []
    found = _conjuncts(tree.node("quals"))
    for joined in tree.nodes("fromlist"):
        found += _joined(joined)
    return found


def _joined(node: Node) -> list[Node]:
    if node.tag != "JOINEXPR" or node.number("jointype"):
        return []
    sides = [side for name in ("larg", "rarg") if (side := node.node(name)) is not None]
    return [*_conjuncts(node.node("quals")), *(found for side in sides for found in _joined(side))]


def _conjuncts(condition: Node | None) -> list[Node]:
    if condition is None:
        return []
    if condition.tag == "BOOLEXPR" and condition.text("boolop") == "and":
        return [found for arg in condition.nodes("args") for found in _conjuncts(arg)]
    return [condition]


def _index_words(place: Place) -> tuple[str, ...]:
    return (place.declared.index,) if place.declared.index else ()
