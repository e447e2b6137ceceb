"""The type of an expression, as its node tells; only the tree keeps domains apart from what they are made of."""

from __future__ import annotations

from plainsql.nullability.node import Node

_FIELDS = {
    "AGGREF": "aggtype",
    "ARRAYCOERCEEXPR": "resulttype",
    "ARRAY": "array_typeid",
    "ARRAYEXPR": "array_typeid",
    "CASE": "casetype",
    "CASEEXPR": "casetype",
    "CASETESTEXPR": "typeId",
    "COALESCE": "coalescetype",
    "COALESCEEXPR": "coalescetype",
    "COERCETODOMAIN": "resulttype",
    "COERCEVIAIO": "resulttype",
    "CONST": "consttype",
    "CONVERTROWTYPEEXPR": "resulttype",
    "FIELDSELECT": "resulttype",
    "FUNCEXPR": "funcresulttype",
    "MINMAX": "minmaxtype",
    "MINMAXEXPR": "minmaxtype",
    "NEXTVALUEEXPR": "typeId",
    "NULLIFEXPR": "opresulttype",
    "OPEXPR": "opresulttype",
    "PARAM": "paramtype",
    "RELABELTYPE": "resulttype",
    "ROW": "row_typeid",
    "ROWEXPR": "row_typeid",
    "SQLVALUEFUNCTION": "type",
    "SUBSCRIPTINGREF": "refrestype",
    "VAR": "vartype",
    "WINDOWFUNC": "wintype",
}
_BOOLEAN = 16
_BOOLEAN_TAGS = frozenset(
    {"BOOLEANTEST", "BOOLEXPR", "DISTINCTEXPR", "NULLTEST", "ROWCOMPAREEXPR", "SCALARARRAYOPEXPR"}
)
_CONSTANTS = {"GROUPINGFUNC": 23, "JSONISPREDICATE": _BOOLEAN}
_SCALAR = 4  # nodes/primnodes.h, SubLinkType: 0 to 3 are tests
_DEPTH = 50


def type_of(expr: Node | None, depth: int = 0) -> int:
    """Return the type OID of *expr*, 0 if it isn't known here."""
    if expr is None or depth > _DEPTH:
        return 0
    if expr.tag in _BOOLEAN_TAGS:
        return _BOOLEAN
    if expr.tag in ("COLLATE", "COLLATEEXPR", "NAMEDARGEXPR"):
        return type_of(expr.node("arg"), depth + 1)
    if expr.tag == "JSONCONSTRUCTOREXPR":
        returning = expr.node("returning")
        return returning.number("typid") if returning is not None else 0
    if expr.tag in _CONSTANTS:
        return _CONSTANTS[expr.tag]
    if expr.tag == "SUBLINK":
        kind, query = expr.number("subLinkType", -1), expr.node("subselect")
        if 0 <= kind < _SCALAR:
            return _BOOLEAN
        entries = query.nodes("targetList") if query is not None and kind == _SCALAR else []
        return type_of(entries[0].node("expr"), depth + 1) if entries else 0
    return expr.number(_FIELDS[expr.tag]) if expr.tag in _FIELDS else 0
