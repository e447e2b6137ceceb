"""
Which array parameters are refused None among their elements: where an element that is NULL does nothing but harm.

That is: compared by ``= ANY (:ids)``, ``<> ALL (:ids)``, ``&&``, ``@>``, ``<@``, where NULL equals nothing or spoils
everything; and taken apart by unnest, where a condition that no NULL passes or a column that takes no NULL keeps the
row of such an element out. It is an allow-list: an element that reaches anything else may be None, such as a column
that accepts NULL, IS NULL, COALESCE, CASE, the caller, or a row that is there whatever stands in it, as in count(*).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from plainsql.nullability.aggregates import COUNTS, OF_ONE_ARGUMENT
from plainsql.nullability.ctes import find_cte
from plainsql.nullability.facts import ON_INSERT, ON_UPDATE
from plainsql.nullability.functions.table import oids
from plainsql.nullability.keys import EXTERNAL, item
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_entries, output_entry
from plainsql.nullability.parameters import accepts_null, assigned_together, assignments, written_relation
from plainsql.nullability.prover import Prover
from plainsql.nullability.scope import Context, Scope
from plainsql.nullability.set_returning import UNNEST
from plainsql.nullability.sublinks import ALL, ANY, ARRAY, EXISTS, EXPR

COMPARISONS: Final = """
&& 2747(anyarray,anyarray)
<@ 2749(anyarray,anyarray)
@> 2748(anyarray,anyarray)
?& 4049(jsonb,text[])
?| 4048(jsonb,text[])
"""
MEASURES: Final = """
array_dims 747(anyarray)
array_length 2176(anyarray,int4)
array_lower 2091(anyarray,int4)
array_ndims 748(anyarray)
array_upper 2092(anyarray,int4)
cardinality 3179(anyarray)
"""
"""They ask nothing of the elements."""

_COMPARISONS, _MEASURES = oids(COMPARISONS), oids(MEASURES)
_IGNORE_NULL: Final = oids(COUNTS, OF_ONE_ARGUMENT)
_HANDS_ON: Final = frozenset({"COERCETODOMAIN", "COERCEVIAIO", "COLLATE", "COLLATEEXPR", "NAMEDARGEXPR", "RELABELTYPE"})
_ARRAY_CASTS: Final = frozenset({"ARRAYCOERCEEXPR", "COERCETODOMAIN", "RELABELTYPE"})
_HARMLESS: Final = _HANDS_ON | {
    "ALIAS",
    "ARRAYCOERCEEXPR",
    "BOOLEXPR",
    "COMMONTABLEEXPR",
    "CONST",
    "CTECYCLECLAUSE",
    "CTESEARCHCLAUSE",
    "FROMEXPR",
    "GROUPINGSET",
    "INFERENCEELEM",
    "JOINEXPR",
    "MERGEACTION",
    "ONCONFLICTEXPR",
    "PARAM",
    "QUERY",
    "RANGETBLENTRY",
    "RANGETBLFUNCTION",
    "RANGETBLREF",
    "ROWMARKCLAUSE",
    "RTEPERMISSIONINFO",
    "SETOPERATIONSTMT",
    "SORTGROUPCLAUSE",
    "TARGETENTRY",
    "VAR",
    "WINDOWCLAUSE",
}
"""Node types in which a NULL leads to nothing but a NULL, or to no row."""
_TESTS_OF_TRUTH: Final = (0, 1)  # nodes/primnodes.h, BoolTestType: IS TRUE, IS NOT TRUE
_MADE_OF_ROWS: Final = (1, 3, 6)  # nodes/parsenodes.h, RTEKind: sub-query, function, WITH entry
_OPERATION, _UNION = "SETOPERATIONSTMT", 1  # nodes/parsenodes.h, SetOperation


class _Way(NamedTuple):
    """By which an element makes an expression NULL: the array is taken apart or compared; *seen* leads to no end."""

    is_taken_apart: bool
    is_compared: bool
    seen: frozenset[object] = frozenset()


_TAKEN_APART, _COMPARED, _EVERY_WAY = _Way(True, False), _Way(False, True), _Way(True, True)


def full_arrays(query: Node, prover: Prover) -> frozenset[int]:
    """Return the numbers of the parameters whose arrays are refused None among their elements."""
    found = _Uses(Prover(prover.facts))  # what is proved here mustn't rest on the answer
    for node in query.walk():
        found.note_array(node)
    if not found.compared:
        return frozenset()
    found.visit(query, None)
    found.returned(query)
    return frozenset(found.compared - found.doubtful)


class _Uses:
    """What the elements of array parameters are used for."""

    def __init__(self, prover: Prover) -> None:
        self.compared: set[int] = set()
        self.doubtful: set[int] = set()
        self._prover = prover
        self._known: set[int] = set()
        self._counted: set[int] = set()
        self._outputs: dict[object, frozenset[int]] = {}
        self._cuts = 0

    def visit(self, node: Node, context: Context | None) -> None:
        """Note every use at *node* and below it."""
        if node.tag == "QUERY":
            hands_up = context is not None and id(node) not in self._counted
            context = Context(Scope(node, context))
            self._assigned(node, context)
            self._matched(node, context)
            self._kept(node, context, hands_up=hands_up)
        if context is None:
            return
        if node.tag == "PARAM" and node.number("paramkind", -1) == EXTERNAL and id(node) not in self._known:
            self.doubtful.add(node.number("paramid"))
        if node.tag == "SUBLINK" and node.number("subLinkType", -1) == EXISTS:
            self._counted.add(id(node.node("subselect")))
        if node.tag == "VAR" and not node.number("varattno"):  # a row is a value even if all in it is NULL
            self.doubtful.update(self._reaching(node, context, _EVERY_WAY))
        if node.tag == "AGGREF":  # it leaves out what is unknown, which it wouldn't if that were false
            for below in node.children():
                self.doubtful.update(self._reaching(below, context, _COMPARED))
        if not self._is_harmless(node):
            for below in node.children():
                if not _takes_unknown_for_false(node, below):
                    self.doubtful.update(self._reaching(below, context, _EVERY_WAY))
        for below in node.children():
            self.visit(below, context)

    def returned(self, query: Node) -> None:
        """Note the parameters an element of which comes back to the caller as NULL."""
        for entry in output_entries(query):
            column = entry.number("resno")
            if not self._prover.output_is_not_null(query, column, None):
                self.doubtful.update(self._reaching_output(query, column, None, _EVERY_WAY))

    def _kept(self, query: Node, context: Context, *, hands_up: bool) -> None:
        """Note the parameters an element of which, if it is NULL, is a row of FROM all the same."""
        if query.node("setOperations") is not None:
            return
        handed_up = {
            number
            for entry in (output_entries(query) if hands_up else ())
            for number in self._reaching(entry.node("expr"), context, _TAKEN_APART)
        }
        stopped = handed_up | set(self._refused(query, context))
        for number, rte in enumerate(context.scope.relations, 1):
            columns = rte.node("eref")
            if rte.number("rtekind", -1) not in _MADE_OF_ROWS or columns is None:
                continue
            names = rte.numbers("coltypes") or columns.items("colnames")
            fields = [_column(number, column) for column in range(1, len(names) + 1)]
            reaching = [(field, set(self._reaching(field, context, _TAKEN_APART))) for field in fields]
            barred = {
                parameter
                for field, parameters in reaching
                if parameters - stopped and self._prover.expression_is_not_null(field, context)
                for parameter in parameters
            }
            self.doubtful.update(set().union(*(parameters for _, parameters in reaching)) - stopped - barred)

    def _refused(self, query: Node, context: Context) -> Iterator[int]:
        """Yield the parameters an element of which is an error, if it is NULL, at a column that takes none."""
        target = query.number("resultRelation")
        relation = self._prover.facts.relations.get(written_relation(query, target)) if target else None
        for column, expr in assignments(query) if target else ():
            if expr is not None and not accepts_null(relation, column, self._prover):
                yield from self._reaching(expr, context, _TAKEN_APART)

    def note_array(self, node: Node) -> None:
        """Note the parameter whose array *node* takes apart, compares or measures."""
        for arg in self._arrays_of(node):
            param = _parameter(arg)
            if param is not None:
                self._known.add(id(param))
                if not (_function(node) in _MEASURES or node.tag == "NULLTEST"):
                    self.compared.add(param.number("paramid"))

    def _arrays_of(self, node: Node) -> list[Node]:
        args, function = node.nodes("args"), _function(node)
        if node.tag == "SCALARARRAYOPEXPR":
            return args[1:] if self._prover.facts.is_strict(node.number("opfuncid")) else []
        if node.tag == "NULLTEST":
            return [arg for arg in (node.node("arg"),) if arg is not None]
        if function == UNNEST or function in _COMPARISONS or function in _MEASURES:
            return args
        return []

    def _assigned(self, query: Node, context: Context) -> None:
        target = query.number("resultRelation")
        relations = self._prover.facts.relations
        relation = relations.get(written_relation(query, target)) if target else None
        family = [relations.get(oid) for oid in relation.family] if relation is not None else []
        # A rule, or a trigger that runs before the write, may put something else in the place of NULL.
        takes_any = (
            relation is None
            or relation.has_rules
            or any(member is None or member.has_triggers(ON_INSERT, ON_UPDATE) for member in family)
        )
        for column, expr in assignments(query) if target else ():
            if expr is not None and (takes_any or accepts_null(relation, column, self._prover)):
                self.doubtful.update(self._reaching(expr, context, _EVERY_WAY))

    def _matched(self, query: Node, context: Context) -> None:
        """INTERSECT and EXCEPT take NULL for equal to NULL (manual, 7.4): to that of another arm which has one."""
        operation = query.node("setOperations")
        if operation is None or all(node.number("op") == _UNION for node in operation.walk() if node.tag == _OPERATION):
            return
        arms = [arm for rte in context.scope.relations if (arm := rte.node("subquery")) is not None]
        for column in range(1, len(operation.numbers("colTypes")) + 1):
            with_null = [arm for arm in arms if not self._prover.output_is_not_null(arm, column, context)]
            for arm in with_null if len(with_null) > 1 else ():
                self.doubtful.update(self._reaching_output(arm, column, context, _EVERY_WAY))

    def _is_harmless(self, node: Node) -> bool:
        facts = self._prover.facts
        match node.tag:
            case "FUNCEXPR" | "OPEXPR":
                return facts.is_strict(_function(node))
            case "SCALARARRAYOPEXPR":
                return facts.is_strict(node.number("opfuncid"))
            case "AGGREF":
                return node.number("aggfnoid") in _IGNORE_NULL
            case "SUBLINK":
                return node.number("subLinkType", -1) != ARRAY
            case _:
                return node.tag in _HARMLESS

    def _reaching(self, expr: Node | None, context: Context, way: _Way) -> Iterator[int]:
        """Yield the parameters an element of which is what makes *expr* NULL when it is NULL itself."""
        if expr is None:
            return
        if expr.tag in _HANDS_ON or expr.tag == "TARGETENTRY":
            yield from self._reaching(expr.node("arg") or expr.node("expr"), context, way)
        elif expr.tag == "VAR":
            yield from self._reaching_column(expr, context, way)
        elif expr.tag == "PARAM":
            for source, below in assigned_together(expr, context):
                yield from self._reaching(source, below, way)
        elif expr.tag == "QUERY":
            yield from self._reaching_output(expr, 1, context, way)
        elif expr.tag == "SUBLINK":
            yield from self._reaching(expr.node("testexpr"), context, way)
            if way.is_compared and (query := expr.node("subselect")) and expr.number("subLinkType", -1) in (ALL, ANY):
                both = way._replace(is_taken_apart=True)
                for entry in output_entries(query):
                    yield from self._reaching_output(query, entry.number("resno"), context, both)
            if expr.number("subLinkType", -1) in (EXPR, ARRAY):
                yield from self._reaching(expr.node("subselect"), context, way)
        elif expr.tag in ("FUNCEXPR", "OPEXPR", "SCALARARRAYOPEXPR", "BOOLEXPR"):
            if expr.tag == "SCALARARRAYOPEXPR" and way.is_compared:  # x = ANY (:ids) is unknown for one that is NULL
                yield from (param.number("paramid") for arg in expr.nodes("args")[1:] if (param := _parameter(arg)))
            if _function(expr) == UNNEST and way.is_taken_apart:
                yield from (param.number("paramid") for arg in expr.nodes("args") if (param := _parameter(arg)))
            for arg in expr.nodes("args"):
                yield from self._reaching(arg, context, way)

    def _reaching_column(self, var: Node, context: Context, way: _Way) -> Iterator[int]:
        home = context.up(var.number("varlevelsup"))
        rte, column = home.scope.relation(var.number("varno")), var.number("varattno")
        if rte is None or column < 0:
            return
        if column == 0:
            names = rte.node("eref")
            for number in range(1, len(names.items("colnames")) + 1 if names is not None else 1):
                yield from self._reaching_column(var.replacing(varattno=str(number)), context, way)
            return
        match rte.number("rtekind", -1):
            case 1:
                yield from self._reaching_output(rte.node("subquery"), column, Context(home.scope), way)
            case 2:
                yield from self._reaching(item(rte, "joinaliasvars", column), home, way)
            case 3:
                yield from self._reaching(_call_of(rte, column), Context(home.scope), way)
            case 5:
                for row in rte.items("values_lists"):
                    member = row[column - 1] if isinstance(row, list) and column <= len(row) else None
                    yield from self._reaching(member if isinstance(member, Node) else None, home, way)
            case 6:
                cte, definer = find_cte(rte, home)
                yield from self._reaching_output(cte.node("ctequery"), column, definer, way)
            case 9:
                yield from self._reaching(item(rte, "groupexprs", column), home, way)

    def _reaching_output(self, query: Node | None, column: int, parent: Context | None, way: _Way) -> Iterator[int]:
        if query is None:
            return
        key = (id(query), column, way.is_taken_apart, way.is_compared)
        if key in way.seen:
            self._cuts += 1
            return
        if key not in self._outputs:
            cuts = self._cuts
            found = frozenset(self._reaching_new_output(query, column, parent, way._replace(seen=way.seen | {key})))
            if cuts != self._cuts:  # a query that reads itself: half of the answer
                yield from found
                return
            self._outputs[key] = found
        yield from self._outputs[key]

    def _reaching_new_output(self, query: Node, column: int, parent: Context | None, way: _Way) -> Iterator[int]:
        context = Context(Scope(query, parent))
        if query.node("setOperations") is not None:
            for rte in context.scope.relations:
                yield from self._reaching_output(rte.node("subquery"), column, context, way)
        elif (entry := output_entry(query, column)) is not None:
            yield from self._reaching(entry.node("expr"), context, way)


def _takes_unknown_for_false(node: Node, below: Node) -> bool:
    """Return whether *below* is a condition of *node* that is no truer for an element that is NULL."""
    is_condition = node.tag == "CASEWHEN" and below is node.node("expr")
    is_test = node.tag == "BOOLEANTEST" and node.number("booltesttype", -1) in _TESTS_OF_TRUTH
    return (is_condition or is_test) and _is_membership(below)


def _is_membership(condition: Node) -> bool:
    if condition.tag == "BOOLEXPR" and condition.text("boolop") in ("and", "or"):
        return all(_is_membership(arg) for arg in condition.nodes("args"))
    return condition.tag == "SCALARARRAYOPEXPR" and condition.flag("useOr")


def _column(relation: int, number: int) -> Node:
    column = Node("VAR")
    column.fields = {"varno": str(relation), "varattno": str(number)}
    return column


def _function(node: Node) -> int:
    return node.number("opfuncid" if node.tag == "OPEXPR" else "funcid")


def _parameter(array: Node) -> Node | None:
    """Return the parameter that *array* is, cast or not."""
    while array.tag in _ARRAY_CASTS and (arg := array.node("arg")) is not None:
        array = arg
    return array if array.tag == "PARAM" and array.number("paramkind", -1) == EXTERNAL else None


def _call_of(rte: Node, column: int) -> Node | None:
    """Return the function in FROM that a column is of."""
    for function in rte.nodes("functions"):
        column -= function.number("funccolcount")
        if column <= 0:
            return function.node("funcexpr")
    return None
