"""
Which parameters may be None: where NULL makes an accepted statement do something, not just find nothing.

That is: assigned to a column that accepts NULL, also through functions that hand NULL on; tested by IS [NOT] NULL,
TRUE, FALSE or DISTINCT FROM; an argument of COALESCE, CASE, GREATEST, LEAST, of an array or row that is written out, or
of a function that isn't STRICT. Refused wins over all of it: a column that takes no NULL would raise, and a condition
of the statement itself that no NULL passes leaves no row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from plainsql.nullability.ctes import find_cte
from plainsql.nullability.facts import Relation
from plainsql.nullability.grouping import groups_have_rows, is_grouped
from plainsql.nullability.keys import EXTERNAL, item, parameter_key
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import SELECT, output_entry
from plainsql.nullability.prover import Prover
from plainsql.nullability.scope import Context, Scope
from plainsql.nullability.stored import refusing_columns
from plainsql.nullability.updatable import written_column

_TESTS = frozenset({"BOOLEANTEST", "DISTINCTEXPR", "NULLTEST"})
_CHOICES = frozenset(
    {"ARRAY", "ARRAYEXPR", "CASE", "CASEEXPR", "CASEWHEN", "COALESCE", "COALESCEEXPR", "MINMAX", "MINMAXEXPR", "ROW"}
    | {"FIELDSTORE", "JSONCONSTRUCTOREXPR", "NULLIFEXPR", "ROWEXPR", "XMLEXPR"}
)
_BUILD_OBJECT = frozenset({3200, 3273})
"""json_build_object, jsonb_build_object: keys and values by turns (manual, 9.16.1)."""
_KEEPS_NULL = {2335: 0, 3175: 0, 3267: 0, 4053: 0, 3197: 1, 3270: 1, 3538: 1, 3545: 1}
"""
Aggregates of which NULL in an argument, by its position, is no row left out: array_agg, json_agg, jsonb_agg, the values
of json_object_agg and jsonb_object_agg, the delimiter of string_agg, of which NULL is none (utils/adt/varlena.c).
"""
_DEFAULTS = {3108: 2, 3111: 2}
"""lag, lead: what stands in for a row beyond the partition."""
_JSON_OBJECT = 1  # nodes/primnodes.h, JsonConstructorType
_HANDS_ON = frozenset(
    {"ARRAYCOERCEEXPR", "COERCETODOMAIN", "COERCEVIAIO", "COLLATE", "COLLATEEXPR", "CONVERTROWTYPEEXPR", "FIELDSELECT"}
    | {"RELABELTYPE"}
)
_DEPTH = 30
_SCALAR, _ROW = 4, 5  # SubLinkType, EXPR_SUBLINK and MULTIEXPR_SUBLINK
_OF_SEVERAL = 3  # ParamKind, PARAM_MULTIEXPR


class ParameterVerdicts(NamedTuple):
    """
    Parameters by their numbers.

    Attributes:
        nullable: None makes sense.
        refused: None is an error of the server, at a column that takes no NULL.
    """

    nullable: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()


def judge_parameters(query: Node, prover: Prover) -> ParameterVerdicts:
    """Return what NULL does as a parameter of *query*."""
    scope = Scope(query)
    nullable, refused = _tried(scope, prover)
    nullable -= _compared(scope, prover)
    for cte in query.nodes("cteList"):
        written = cte.node("ctequery")
        # It is carried out whatever the statement itself finds (manual, 7.8.4).
        if written is not None and written.number("commandType") != SELECT:
            level = Scope(written, Context(scope))
            nullable |= _tried(level, prover)[0] - _compared(level, prover)
    return ParameterVerdicts(frozenset(nullable - refused), frozenset(refused))


def _tried(scope: Scope, prover: Prover) -> tuple[set[int], set[int]]:
    """Return the parameters whose NULL is of use somewhere in a query, and those whose NULL is an error."""
    query = scope.query
    nullable: set[int] = set()
    refused: set[int] = set()
    lists = {id(arg) for node in query.walk() if node.tag == "SCALARARRAYOPEXPR" for arg in node.nodes("args")}
    for node in query.walk():
        if id(node) in lists and node.tag in ("ARRAY", "ARRAYEXPR"):
            continue  # IN (:a, :b): one more value that nothing equals
        if node.tag in _TESTS or node.tag in _CHOICES or _takes_null(node, prover):
            for operand in _operands(node):
                nullable.update(_handed_on(operand, prover))
        elif node.tag == "QUERY" and (target := node.number("resultRelation")):
            relation = prover.facts.relations.get(written_relation(node, target))
            for column, expr in assignments(node):
                level = scope if node is query else Scope(node, Context(scope))
                numbers = set(_flowing(expr, Context(level), prover))
                (nullable if accepts_null(relation, column, prover) else refused).update(numbers)
    return nullable, refused


def _takes_null(node: Node, prover: Prover) -> bool:
    match node.tag:
        case "FUNCEXPR":
            return not prover.facts.is_strict(node.number("funcid"))
        case "OPEXPR":
            return not prover.facts.is_strict(node.number("opfuncid"))
        case "AGGREF":
            return node.number("aggfnoid") in _KEEPS_NULL
        case "WINDOWFUNC":
            return node.number("winfnoid") in _KEEPS_NULL or node.number("winfnoid") in _DEFAULTS
        case "SUBSCRIPTINGREF":
            return node.node("refassgnexpr") is not None
        case _:
            return False


def _operands(node: Node) -> list[Node]:
    if node.tag == "FIELDSTORE":
        return node.nodes("newvals")
    if node.tag == "SUBSCRIPTINGREF":
        value = node.node("refassgnexpr")
        return [value] if value is not None else []
    if node.tag in ("AGGREF", "WINDOWFUNC"):
        function = node.number("aggfnoid" if node.tag == "AGGREF" else "winfnoid")
        args = [arg.node("expr") if arg.tag == "TARGETENTRY" else arg for arg in node.nodes("args")]
        position = _KEEPS_NULL.get(function, _DEFAULTS.get(function, -1))
        return [arg for number, arg in enumerate(args) if number == position and arg is not None]
    if node.number("funcid") in _BUILD_OBJECT and not node.flag("funcvariadic"):
        return node.nodes("args")[1::2]  # a key that is NULL is an error (utils/adt/json.c, jsonb.c)
    if node.tag == "JSONCONSTRUCTOREXPR" and node.number("type") == _JSON_OBJECT:
        return node.nodes("args")[1::2]
    found = []
    for field in ("arg", "args", "elements", "expr", "result", "defresult"):
        below = node.node(field)
        found += [below] if below is not None else node.nodes(field)
    return found


def _handed_on(expr: Node | None, prover: Prover, depth: int = 0) -> Iterator[int]:
    """Yield the parameters whose NULL makes *expr* NULL: through casts, strict functions, NOT."""
    if expr is None or depth > _DEPTH:
        return
    if expr.tag == "PARAM":
        if expr.number("paramkind", -1) == EXTERNAL:
            yield expr.number("paramid")
        return
    if expr.tag in _HANDS_ON:
        yield from _handed_on(expr.node("arg"), prover, depth + 1)
        return
    args = expr.nodes("args")
    match expr.tag:
        case "FUNCEXPR":
            args = args if prover.facts.is_strict(expr.number("funcid")) else []
        case "OPEXPR":
            args = args if prover.facts.is_strict(expr.number("opfuncid")) else []
        case "NULLIFEXPR":
            args = args[:1]
        case "SCALARARRAYOPEXPR":
            pass
        case "BOOLEXPR":
            args = args if expr.text("boolop") == "not" else []
        case "SUBSCRIPTINGREF":
            args = [below for below in (expr.node("refexpr"),) if below is not None]
        case _:
            args = []
    for arg in args:
        yield from _handed_on(arg, prover, depth + 1)


def assignments(query: Node) -> Iterator[tuple[int, Node | None]]:
    """Yield column number and expression of INSERT, UPDATE, ON CONFLICT DO UPDATE and MERGE's actions."""
    entries = list(query.nodes("targetList")) if query.number("commandType") in (2, 3) else []
    if (conflict := query.node("onConflict")) is not None:
        entries += conflict.nodes("onConflictSet")
    for action in query.nodes("mergeActionList"):
        entries += action.nodes("targetList")
    for entry in entries:
        if not entry.flag("resjunk"):
            yield entry.number("resno"), entry.node("expr")


def written_relation(query: Node, target: int) -> int:
    """Return the OID of the relation that stands at *target* in the range table."""
    rtable = query.nodes("rtable")
    return rtable[target - 1].number("relid") if target <= len(rtable) else 0


def accepts_null(relation: Relation | None, column: int, prover: Prover) -> bool:
    """Return whether a column takes NULL, or nobody knows."""
    target = written_column(relation, column, prover.facts) if relation is not None else None
    if target is not None:
        relation, column = target
    if relation is None or column not in relation.columns:
        return True
    return not relation.columns[column].refuses_null and column not in refusing_columns(relation, prover)


def _flowing(expr: Node | None, context: Context, prover: Prover, depth: int = 0) -> Iterator[int]:
    """Yield the parameters whose NULL reaches what *expr* is assigned to, through sub-selects, VALUES and WITH too."""
    if expr is None or depth > _DEPTH:
        return
    yield from _handed_on(expr, prover)
    for source, below in _scalar_subqueries_handed_on(expr, context):
        yield from _flowing(source, below, prover, depth + 1)
    for var in _columns_handed_on(expr, prover):
        for source, below in _sources(var, context):
            yield from _flowing(source, below, prover, depth + 1)


def _scalar_subqueries_handed_on(expr: Node, context: Context) -> Iterator[tuple[Node | None, Context]]:
    while expr.tag in _HANDS_ON and (below := expr.node("arg")) is not None:
        expr = below
    if expr.tag == "SUBLINK" and expr.number("subLinkType", -1) == _SCALAR:
        yield from _outputs(expr.node("subselect"), 1, context)
    yield from assigned_together(expr, context)


def assigned_together(expr: Node, context: Context) -> Iterator[tuple[Node | None, Context]]:
    """Yield what *expr* is made of when it is one of the columns of ``SET (a, b) = (SELECT …)``."""
    if expr.tag == "PARAM" and expr.number("paramkind", -1) == _OF_SEVERAL:
        number, column = divmod(expr.number("paramid"), 0x10000)
        for sublink in _rows_assigned(context.scope.query):
            if sublink.number("subLinkId") == number:
                yield from _outputs(sublink.node("subselect"), column, context)


def _rows_assigned(query: Node) -> Iterator[Node]:
    """Yield the sub-selects of ``SET (a, b) = (SELECT …)`` (nodes/primnodes.h, PARAM_MULTIEXPR)."""
    conflict = query.node("onConflict")
    owners = [query, *query.nodes("mergeActionList")]
    entries = [entry for owner in owners for entry in owner.nodes("targetList")]
    for entry in [*entries, *(conflict.nodes("onConflictSet") if conflict is not None else ())]:
        expr = entry.node("expr")
        if expr is not None and expr.tag == "SUBLINK" and expr.number("subLinkType", -1) == _ROW:
            yield expr


def _columns_handed_on(expr: Node, prover: Prover) -> Iterator[Node]:
    if expr.tag == "VAR":
        if not expr.number("varlevelsup"):
            yield expr
    elif expr.tag in _HANDS_ON and (below := expr.node("arg")) is not None:
        yield from _columns_handed_on(below, prover)
    elif expr.tag in ("FUNCEXPR", "OPEXPR"):
        function = expr.number("funcid" if expr.tag == "FUNCEXPR" else "opfuncid")
        for arg in expr.nodes("args") if prover.facts.is_strict(function) else ():
            yield from _columns_handed_on(arg, prover)


def _sources(var: Node, context: Context) -> Iterator[tuple[Node | None, Context]]:
    """Yield what a column of a FROM item is made of."""
    rte, column = context.scope.relation(var.number("varno")), var.number("varattno")
    if rte is None or column < 1:
        return
    match rte.number("rtekind", -1):
        case 1:
            yield from _outputs(rte.node("subquery"), column, context)
        case 2:
            yield item(rte, "joinaliasvars", column), context
        case 5:
            for row in rte.items("values_lists"):
                member = row[column - 1] if isinstance(row, list) and column <= len(row) else None
                if isinstance(member, Node):
                    yield member, context
        case 6:
            try:
                cte, home = find_cte(rte, context)
            except LookupError:
                return
            yield from _outputs(cte.node("ctequery"), column, home)


def _outputs(query: Node | None, column: int, parent: Context) -> Iterator[tuple[Node | None, Context]]:
    """Yield the expressions of an output column, of each arm of a set operation."""
    if query is None:
        return
    context = Context(Scope(query, parent))
    if query.node("setOperations") is not None:
        for rte in context.scope.relations:
            yield from _outputs(rte.node("subquery"), column, context)
        return
    entry = output_entry(query, column)
    if entry is not None:
        yield entry.node("expr"), context


def _compared(scope: Scope, prover: Prover) -> set[int]:
    """Return the parameters whose NULL no row of a statement itself passes."""
    query = scope.query
    answers_of_no_rows = is_grouped(query) and not groups_have_rows(query)
    if answers_of_no_rows or query.node("setOperations") is not None or query.nodes("mergeActionList"):
        return set()
    claims = prover.known(scope).claims
    numbers = {node.number("paramid") for node in query.walk() if node.tag == "PARAM"}
    return {number for number in numbers if parameter_key(number) in claims}
