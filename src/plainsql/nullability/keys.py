"""
When two expressions name one value, so that what WHERE says of the first holds for the second.

Like equal() of nodes/equalfuncs.c: places in the text and the way that a cast was written don't count. A column's key
names the query level that its table stands on, so it reads the same from every sub-select below. Volatile functions
and sub-selects have a value of their own each time (manual, 38.7).
"""

from __future__ import annotations

from collections.abc import Iterator

from plainsql.nullability.ctes import find_cte
from plainsql.nullability.facts import Facts
from plainsql.nullability.node import Node, Value
from plainsql.nullability.outputs import SELECT, output_context, output_entry
from plainsql.nullability.scope import Context, Key, Scope

_IGNORED = frozenset(
    {
        "arrayformat",
        "coerceformat",
        "convertformat",
        "funcformat",
        "inputcollid",
        "list_end",
        "list_start",
        "location",
        "relabelformat",
        "row_format",
    }
)
_UNSEEN = _IGNORED | {"varattnosyn", "varnosyn", "varnullingrels"}
_CALLS = {
    "FUNCEXPR": "funcid",
    "OPEXPR": "opfuncid",
    "SCALARARRAYOPEXPR": "opfuncid",
    "DISTINCTEXPR": "opfuncid",
    "NULLIFEXPR": "opfuncid",
}
_OF_A_LEVEL = frozenset({"AGGREF", "GROUPINGFUNC", "WINDOWFUNC"})
_OWN = frozenset({"PARAM", "SUBLINK", "QUERY", "NEXTVALUEEXPR", "SUBPLAN", "CASETESTEXPR", "SETTODEFAULT"})
_CHANGING = "changing"
EXTERNAL = 0  # nodes/primnodes.h, ParamKind
_EXCLUDED = "c"
"""relkind under which ON CONFLICT's EXCLUDED stands in the range table."""


def key_of(expr: Node, context: Context, facts: Facts) -> Key:
    """Return what names the value of *expr*, which stands in *context*."""
    if expr.tag == "VAR":
        return _column_key(expr, context, facts)
    if expr.tag == "PARAM" and expr.number("paramkind", -1) == EXTERNAL:
        return parameter_key(expr.number("paramid"))
    if expr.tag == "SUBLINK" and _may_differ_each_time(expr):
        return _CHANGING, object()
    if expr.tag in _OWN or (expr.tag in _CALLS and facts.is_volatile(expr.number(_CALLS[expr.tag]))):
        return _itself(expr, context)
    if expr.flag("funcretset") or expr.flag("opretset"):
        return _itself(expr, context)
    if expr.tag in _OF_A_LEVEL:  # count(*) names no column that would tell one level from another
        return (expr.tag, context.up(expr.number("agglevelsup")).scope.id, *_field_keys(expr, context, facts))
    return (expr.tag, *_field_keys(expr, context, facts))


def _itself(expr: Node, context: Context) -> Key:
    return ("itself", id(expr), context.scope.id)


def parameter_key(number: int) -> Key:
    """Return what names a parameter of the statement."""
    return ("parameter", number)


def relation_key(scope_id: Key, number: int) -> Key:
    """Return what says that a FROM item of a level has a row, and isn't filled with NULLs by an outer join."""
    return ("row of", scope_id, number)


def version_key(scope_id: Key, version: str) -> Key:
    """Return what says that RETURNING has the old or the new row of the written table."""
    return ("version", scope_id, version)


def is_of_rows(key: Key) -> bool:
    """Return whether *key* says that a row is there, and nothing of the values in it."""
    return isinstance(key, tuple) and key[0] in ("row of", "version")


def kept_key(scope_id: Key, reference: int) -> Key:
    """Return what says that grouping sets have left a key of GROUP BY, by its tleSortGroupRef, as it is."""
    return ("kept", scope_id, reference)


def every_field_key(row: Node, context: Context, facts: Facts) -> Key:
    """Return what says that no field of a row is NULL."""
    return ("every field", key_of(row, context, facts))


def resolved(var: Node, context: Context, facts: Facts) -> tuple[Node, Context] | None:
    """
    Return the expression that *var* is another name of, None if it is a value of its own.

    That is an output of a sub-query, view or WITH entry, a column that a join merged, or a key of GROUP BY. A row of
    FROM stands on one row of the sub-query, so what is said of it outside holds inside.
    """
    return resolved_at_home(var, context.up(var.number("varlevelsup")), facts)


def resolved_at_home(var: Node, home: Context, facts: Facts) -> tuple[Node, Context] | None:
    """Do the same, given the context of the level whose FROM item *var* names."""
    rte = home.scope.relation(var.number("varno"))
    number = var.number("varattno")
    if rte is None or number < 1 or row_version(var, home):
        return None
    if home.is_grouped and home.scope.query.items("groupingSets"):
        return None  # two keys that are one column below are nulled apart
    match rte.number("rtekind", -1):
        case 2:
            expr = item(rte, "joinaliasvars", number)
            return None if expr is None else (expr, home)
        case 9:
            expr = item(rte, "groupexprs", number)
            return None if expr is None else (expr, home)
        case _:
            below = level_below(rte, home, facts)
            return None if below is None else _output(below, number)


def level_below(rte: Node, home: Context, facts: Facts) -> Scope | None:
    """Return the level whose rows a FROM item is, one by one: of a sub-query, a view, a WITH entry."""
    parent = Context(home.scope)
    query: Node | None = None
    via = 0
    match rte.number("rtekind", -1):
        case 0:
            relation = facts.relations.get(rte.number("relid"))
            # A materialised view has its values from another time: a stable function may answer otherwise now.
            if relation is not None and relation.kind == "v" and rte.text("relkind") != _EXCLUDED:
                query, via = relation.view_query, id(rte)
        case 1:
            query = rte.node("subquery")
        case 6 if not rte.flag("self_reference"):
            cte, parent = find_cte(rte, home)
            query, via = (None, 0) if cte.flag("cterecursive") else (cte.node("ctequery"), id(rte))
    if query is None or query.node("setOperations") is not None or query.number("commandType") != SELECT:
        return None
    return Scope(query, parent, via)


def _output(scope: Scope, column: int) -> tuple[Node, Context] | None:
    entry = output_entry(scope.query, column)
    expr = entry.node("expr") if entry is not None else None
    return None if expr is None else (expr, output_context(scope))


def _is_null_without_a_row(expr: Node | None, facts: Facts) -> bool:
    """
    Return whether an output is NULL, as an outer join makes it, when all columns of its level are.

    ``coalesce(a, 0)`` of a sub-query is NULL in an unmatched row, while the same of the sub-query's ``a`` is 0; so is a
    constant, a parameter or a column from outside.
    """
    match expr.tag if expr is not None else "":
        case "VAR":
            return expr is not None and not expr.number("varlevelsup")
        case "FUNCEXPR" | "OPEXPR":
            return (
                expr is not None
                and facts.is_strict(expr.number(_CALLS[expr.tag]))
                and any(_is_null_without_a_row(arg, facts) for arg in expr.nodes("args"))
            )
        case "RELABELTYPE" | "COLLATEEXPR" | "COERCEVIAIO" | "FIELDSELECT" | "ARRAYCOERCEEXPR" | "COERCETODOMAIN":
            return expr is not None and _is_null_without_a_row(expr.node("arg"), facts)
        case _:
            return False


def _may_differ_each_time(expr: Node) -> bool:
    """
    Return whether a scalar sub-select may find another row when it is evaluated again.

    The planner writes a sub-query's output wherever it is named (optimizer/prep/prepjointree.c), each time to be
    evaluated by itself; TABLESAMPLE is no volatile function that would forbid it.
    """
    return any(
        node.tag == "TABLESAMPLECLAUSE"
        or (node.tag == "QUERY" and bool(node.items("rowMarks")))
        or (node.tag == "QUERY" and node.node("limitCount") is not None and not node.items("sortClause"))
        for sublink in expr.walk()
        if sublink.tag == "SUBLINK"
        for node in sublink.walk()
    )


def structure_of(value: Value) -> Key:
    """Return what an expression is as it is written: what equal() compares to find the keys of GROUP BY."""
    if isinstance(value, Node):
        fields = [(name, structure_of(below)) for name, below in value.fields.items() if name not in _UNSEEN]
        return (value.tag, *fields)
    if isinstance(value, list):
        return tuple([structure_of(member) for member in value])
    return value


def item(node: Node, field: str, number: int) -> Node | None:
    """Return member *number*, from 1, of a field that is a list."""
    items = node.items(field)
    found = items[number - 1] if 0 < number <= len(items) else None
    return found if isinstance(found, Node) else None


def _column_key(var: Node, context: Context, facts: Facts) -> Key:
    home = context.up(var.number("varlevelsup"))
    number = var.number("varno")
    if (found := resolved_at_home(var, home, facts)) is not None:
        expr, below = found
        if _may_differ_each_time(expr):
            return _CHANGING, object()
        if below.scope is home.scope or _is_null_without_a_row(expr, facts):
            return key_of(expr, below, facts)
    return ("column", home.scope.id, number, var.number("varattno"), row_version(var, home))


def row_version(var: Node, home: Context) -> str:
    """
    Return which row of a written table *var* means: ``old``, ``new`` or, of any other table, ``""``.

    WHERE and SET see the old row of UPDATE and DELETE; RETURNING sees the new one of INSERT and UPDATE and the old one
    of DELETE, unless old or new is written (PostgreSQL 18; manual, 6.4).
    """
    query = home.scope.query
    command = query.number("commandType")
    if command not in (2, 3, 4, 5) or var.number("varno") != query.number("resultRelation"):
        return ""
    if not home.is_returning:
        return "old"
    match var.number("varreturningtype"):
        case 1:
            return "old"
        case 2:
            return "new"
        case _:
            return {4: "old", 5: "either"}.get(command, "new")


def _field_keys(node: Node, context: Context, facts: Facts) -> Iterator[Key]:
    for name, value in node.fields.items():
        if name not in _IGNORED:
            yield name
            yield _value_key(value, context, facts)


def _value_key(value: Value, context: Context, facts: Facts) -> Key:
    if isinstance(value, Node):
        return key_of(value, context, facts)
    if isinstance(value, list):
        return tuple([_value_key(member, context, facts) for member in value])
    return value
