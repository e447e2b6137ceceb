"""
Follow the declared columns through a statement: to its outputs, from its parameters, and wherever else they are used.

An encrypted column may be selected, written from a parameter, and tested by IS [NOT] NULL. Anything else works on
ciphertext, so it is a fault; and so is whatever can't be followed to a column.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from plainsql.nullability import Facts, Node
from plainsql.nullability.outputs import output_entries
from plainsql.nullability.set_returning import UNNEST
from plainsql.origins.declared import Declared, DeclaredColumn
from plainsql.origins.flow import (
    Element,
    Given,
    Level,
    Made,
    Null,
    Origin,
    Stored,
    arms,
    origins,
    output_origins,
    row_origins,
)
from plainsql.origins.writes import Fault, Use, Writes

_PLAIN: Final = frozenset(
    {"COERCETODOMAIN", "COMMONTABLEEXPR", "FROMEXPR", "JOINEXPR", "MERGEACTION", "NULLTEST", "ONCONFLICTEXPR", "QUERY"}
    | {"RANGETBLENTRY", "RANGETBLFUNCTION", "RELABELTYPE", "SETOPERATIONSTMT", "TARGETENTRY"}
)
"""Node types that hand a value on as it is, or only ask whether it is there."""
_IN_WORDS: Final = {
    "AGGREF": "given to an aggregate",
    "ARRAY": "put into an array",
    "ARRAYEXPR": "put into an array",
    "CASE": "a part of CASE",
    "CASEEXPR": "a part of CASE",
    "CASEWHEN": "a part of CASE",
    "COALESCE": "given to COALESCE",
    "COALESCEEXPR": "given to COALESCE",
    "DISTINCTEXPR": "compared",
    "FUNCEXPR": "given to a function",
    "INFERENCEELEM": "a key of ON CONFLICT",
    "JSONCONSTRUCTOREXPR": "put into JSON",
    "MINMAXEXPR": "compared",
    "NULLIFEXPR": "compared",
    "OPEXPR": "given to an operator",
    "ROW": "put into a row",
    "ROWEXPR": "put into a row",
    "SCALARARRAYOPEXPR": "compared",
    "WINDOWFUNC": "given to a window function",
    "COERCEVIAIO": "cast",
}
_CLAUSES: Final = (("sortClause", "ORDER BY"), ("groupClause", "GROUP BY"), ("distinctClause", "DISTINCT"))
_BYTEA_EQ: Final = 1948
_JSONB_EQ: Final = frozenset({4043, 4038})
_UNION: Final = 1  # nodes/parsenodes.h, SetOperation
_COMPARING: Final = frozenset({1, 2, 3})
"""SubLinkType: ALL, ANY, ROWCOMPARE."""
_ARRAY_OF: Final = 6
_ADVICE: Final = "select it plainly and work on what the function returns; to find rows compare its blind index"


@dataclass(frozen=True, slots=True)
class Output:
    """A result column that is a declared one; *aad* are indexes of the result columns that its value is bound to."""

    column: DeclaredColumn
    aad: tuple[int, ...] = ()


@dataclass
class Trace:
    """
    What became of the declared columns in a statement.

    Attributes:
        outputs: For each result column the declared one that it is.
        parameters: What parameters are, by number.
        faults: What must not be.
    """

    outputs: tuple[Output | None, ...] = ()
    parameters: Mapping[int, Use] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()


def trace(query: Node, facts: Facts, declared: Declared) -> Trace:
    """Return where the declared columns of *query* come from and go to."""
    tracer = _Tracer(facts, declared)
    tracer.collect(query, None)
    tracer.writes.refuse_strays()
    tracer.visit(query, None, "")
    outputs = tracer.outputs(query)
    return Trace(outputs, dict(tracer.writes.uses), tuple(dict.fromkeys((*tracer.writes.faults, *tracer.faults))))


class _Tracer:
    def __init__(self, facts: Facts, declared: Declared) -> None:
        self.facts = facts
        self.declared = declared
        self.faults: list[Fault] = []
        self.writes = Writes(facts, declared)
        self._views: set[int] = set()

    def collect(self, node: Node, level: Level | None) -> None:
        """Note what parameters are assigned to, or compared with, declared columns and their indexes."""
        if node.tag == "QUERY":
            level = Level(node, level)
            self.writes.of(node, level)
        if level is not None and node.tag in ("OPEXPR", "SCALARARRAYOPEXPR"):
            self._compared(node, level)
        for below in _children(node):
            self.collect(below, level)

    def _compared(self, node: Node, level: Level) -> None:
        args, function = node.nodes("args"), node.number("opfuncid")
        if len(args) != 2 or (function != _BYTEA_EQ and function not in _JSONB_EQ):
            return
        for stored, other in (args, args[::-1]):
            places = self.declared.indexes if function == _BYTEA_EQ else self.declared.columns
            found = [places.get((origin.relation, origin.column)) for origin in self._stored(stored, level)]
            if not found or found[0] is None or found[0].declared.is_secret is not (function == _BYTEA_EQ):
                continue
            for origin in origins(other, level, self.facts):
                if isinstance(origin, Given | Element):
                    is_array = node.tag == "SCALARARRAYOPEXPR" or isinstance(origin, Element)
                    self.writes.note(origin.parameter, Use(found[0].declared, (), is_array, function == _BYTEA_EQ))

    def _stored(self, expr: Node, level: Level) -> Iterator[Stored]:
        yield from (origin for origin in origins(expr, level, self.facts) if isinstance(origin, Stored))

    def secret(self, found: Origin) -> str | None:
        """Return what is secret about a value: the column it is of, or the parameter that goes to one."""
        match found:
            case Stored(relation=relation, column=column):
                place = self.declared.columns.get((relation, column))
                return place.declared.key if place is not None and place.declared.is_secret else None
            case Given(parameter=number) | Element(parameter=number):
                use = self.writes.uses.get(number)
                return use.column.key if use is not None and use.column.is_secret and not use.is_index else None
            case _:
                return None

    def secrets(self, expr: Node | None, level: Level) -> list[str]:
        """Return what is secret about an expression."""
        if expr is None:
            return []
        return [key for origin in origins(expr, level, self.facts) if (key := self.secret(origin)) is not None]

    def fault(self, key: str, what: str, inside: str, *, after: str = "", hint: str = _ADVICE) -> None:
        """Note a fault; *inside* names the view that it is in."""
        where = f" in the view {inside}" if inside else ""
        message = f"{key} is encrypted, so it can't be {what}{where}"
        self.faults.append(Fault(message, hint, (key.split(".")[-1], key.split(".")[-2]), after))

    def visit(self, node: Node, level: Level | None, inside: str) -> None:
        """Note every use of a secret at *node* and below it that isn't allowed."""
        if node.tag == "QUERY":
            level = Level(node, level)
            self._clauses(node, level, inside)
            self._set_operation(node, level, inside)
            self._recursions(node, level, inside)
            self._read_views(node)
        if level is not None:
            self._used(node, level, inside)
        for below in _children(node):
            self.visit(below, level, inside)

    def _used(self, node: Node, level: Level, inside: str) -> None:
        if node.tag == "VAR" and not node.number("varattno"):
            home = level.up(node.number("varlevelsup"))
            rows = row_origins(node.number("varno"), home, self.facts) if home is not None else ()
            for key in {key for origin in rows if (key := self.secret(origin)) is not None}:
                self.fault(key, "a part of a whole row that is used as a value", inside)
            return
        types = {node.number(name) for name in ("funcresulttype", "paramtype")} & self.declared.row_types
        if types and node.tag in ("FUNCEXPR", "PARAM"):
            what = "a function returns rows of a table with encrypted columns, which can't be followed"
            what = what if node.tag == "FUNCEXPR" else "a parameter is a row of a table with encrypted columns"
            self.faults.append(Fault(what, "write the columns themselves in the query", tuple(self.declared.names)))
        if node.tag == "SUBLINK":
            self._sub_select(node, level, inside)
        if node.tag in _PLAIN or (node.tag == "FUNCEXPR" and node.number("funcid") == UNNEST):
            return
        for below in _children(node):
            value = below.node("expr") if below.tag == "TARGETENTRY" else below  # an aggregate's arguments
            for key in self.secrets(value, level):
                self.fault(key, _IN_WORDS.get(node.tag, "worked on"), inside)

    def _sub_select(self, node: Node, level: Level, inside: str) -> None:
        kind, query = node.number("subLinkType", -1), node.node("subselect")
        if query is None or (kind not in _COMPARING and kind != _ARRAY_OF):
            return
        for entry in output_entries(query):
            for origin in output_origins(query, entry.number("resno"), level, (), self.facts):
                if (key := self.secret(origin)) is not None:
                    self.fault(key, "put into an array" if kind == _ARRAY_OF else "compared", inside)

    def _clauses(self, query: Node, level: Level, inside: str) -> None:
        windows = query.nodes("windowClause")
        clauses = [(clause, word) for name, word in _CLAUSES for clause in query.nodes(name)]
        clauses += [(c, "PARTITION BY") for window in windows for c in window.nodes("partitionClause")]
        clauses += [(c, "ORDER BY") for window in windows for c in window.nodes("orderClause")]
        for clause, word in clauses:
            reference = clause.number("tleSortGroupRef")
            for entry in query.nodes("targetList"):
                if reference and entry.number("ressortgroupref") == reference:
                    for key in self.secrets(entry.node("expr"), level):
                        self.fault(key, f"a key of {word}", inside, after=word)

    def _set_operation(self, query: Node, level: Level, inside: str) -> None:
        operation = query.node("setOperations")
        if operation is None:
            return
        is_plain = all(
            node.number("op") == _UNION and node.flag("all")
            for node in operation.walk()
            if node.tag == "SETOPERATIONSTMT"
        )
        for column in range(1, len(operation.numbers("colTypes")) + 1):
            found = [
                origin
                for number, arm in arms(level)
                for origin in output_origins(arm, column, level, level.step(number), self.facts)
            ]
            keys = [key for origin in found if (key := self.secret(origin)) is not None]
            if keys and not is_plain:
                self.fault(keys[0], "compared by UNION, INTERSECT or EXCEPT: only UNION ALL keeps it", inside)
            elif keys and any(self.secret(origin) != keys[0] and not isinstance(origin, Null) for origin in found):
                self.fault(keys[0], "put under another value by UNION ALL", inside)

    def _recursions(self, query: Node, level: Level, inside: str) -> None:
        for cte in query.nodes("cteList"):
            below = cte.node("ctequery")
            if below is None or not cte.flag("cterecursive"):
                continue
            for entry in output_entries(below):
                found = output_origins(below, entry.number("resno"), level, (), self.facts)
                for key in {key for origin in found if (key := self.secret(origin)) is not None}:
                    self.fault(
                        key, "followed through WITH RECURSIVE", inside, hint="select it outside of it, by the key"
                    )

    def _read_views(self, query: Node) -> None:
        for rte in query.nodes("rtable"):
            relation = self.facts.relations.get(rte.number("relid"))
            if relation is None or relation.view_query is None or relation.oid in self._views:
                continue
            self._views.add(relation.oid)
            self.visit(relation.view_query, None, relation.name)

    def outputs(self, query: Node) -> tuple[Output | None, ...]:
        """Return what each result column of the whole statement is."""
        entries = output_entries(query)
        found = [output_origins(query, entry.number("resno"), None, (), self.facts) for entry in entries]
        return tuple(self._output(index, found) for index in range(len(found)))

    def _output(self, index: int, found: list[tuple[Origin, ...]]) -> Output | None:
        places = {
            self.declared.columns.get((origin.relation, origin.column)) if isinstance(origin, Stored) else None
            for origin in found[index]
            if not isinstance(origin, Null)
        }
        given = [origin for origin in found[index] if isinstance(origin, Given | Element)]
        if keys := [key for origin in given if (key := self.secret(origin)) is not None]:
            self.fault(keys[0], "returned from the parameter that goes to it", "", hint="return the column itself")
            return None
        columns = {place.declared for place in places if place is not None}
        if not columns:
            return None
        declared = next(iter(columns))
        if len(columns) > 1 or None in places:
            if not declared.is_secret:
                message = f"a result column is {declared.key} in some rows and something else in others"
                hint = "say by @type what to read it as"
                self.faults.append(Fault(message, hint, (declared.name,), column=index))
            return None
        if not declared.is_secret:
            return Output(declared)
        aad = [self._bound(index, position, found) for position in range(len(declared.aad))]
        if any(position is None for position in aad):
            names = ", ".join(name for name, position in zip(declared.aad, aad, strict=True) if position is None)
            message = f"{declared.key} can't be decrypted without {names} of the same row, which it is bound to"
            self.faults.append(Fault(message, f"select {names} beside it", (declared.name,)))
            return None
        return Output(declared, tuple(position for position in aad if position is not None))

    def _bound(self, index: int, position: int, found: list[tuple[Origin, ...]]) -> int | None:
        """Return the result column that is column *position* of the AAD, in each way that the value comes about."""
        for candidate, others in enumerate(found):
            if len(others) == len(found[index]) and all(
                isinstance(mine, Null) or self._is_bound(mine, other, position)
                for mine, other in zip(found[index], others, strict=True)
            ):
                return candidate
        return None

    def _is_bound(self, mine: Origin, other: Origin, position: int) -> bool:
        if not isinstance(mine, Stored) or not isinstance(other, Stored):
            return False
        place = self.declared.columns[mine.relation, mine.column]
        return (other.relation, other.column, other.row) == (mine.relation, place.aad[position], mine.row)


def _children(node: Node) -> Iterator[Node]:
    # The whole row that ON CONFLICT keeps for EXCLUDED is nobody's value.
    return node.children(but="exclRelTlist")


__all__ = ["Fault", "Made", "Output", "Trace", "Use", "trace"]
