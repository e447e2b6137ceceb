"""
What a condition tells of the values in it: ``a = 1`` is true of no NULL.

Rests on strict functions alone, by OID and the catalog's word: the executor answers NULL for a NULL argument without a
call (executor/execExprInterp.c, EEOP_FUNCEXPR_STRICT), and NULL is neither true nor false (manual, 9.1). The planner
reduces outer joins by the same reasoning (optimizer/util/clauses.c, find_nonnullable_vars).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from plainsql.nullability.facts import TABLES, Facts
from plainsql.nullability.grouping import groups_have_rows, is_grouped, keys
from plainsql.nullability.keys import (
    every_field_key,
    item,
    kept_key,
    key_of,
    relation_key,
    resolved,
    row_version,
    structure_of,
    version_key,
)
from plainsql.nullability.node import Node
from plainsql.nullability.scope import Context, Key, Scope
from plainsql.typemap.builtin import FIRST_USER_OID

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

Claims = frozenset[Key]
NOTHING: Claims = frozenset()


class Is(Enum):
    """What is known of a condition: its value, or one that it hasn't."""

    TRUE = "true"
    FALSE = "false"
    NOT_TRUE = "not true"
    NOT_FALSE = "not false"


_OPPOSITE = {Is.TRUE: Is.FALSE, Is.FALSE: Is.TRUE, Is.NOT_TRUE: Is.NOT_FALSE, Is.NOT_FALSE: Is.NOT_TRUE}
_HOLDS = (Is.TRUE, Is.NOT_FALSE)
_KNOWN = (Is.TRUE, Is.FALSE)
_ALWAYS_VALUES = frozenset({"ARRAYEXPR", "ROWEXPR"})
_BOOLEQ = 60
_INT4EQ = 65
_TABLE, _JOIN = 0, 2  # nodes/parsenodes.h, RTEKind
_VARIABLE = frozenset({"AGGREF", "CASETESTEXPR", "PARAM", "SUBLINK", "VAR", "WINDOWFUNC"})
_IS_NULL = 0  # nodes/primnodes.h, NullTestType
_EXISTS, _ALL, _ANY = 0, 1, 2  # SubLinkType


def implied(condition: Node | None, value: Is, context: Context, prover: Prover) -> Claims:
    """Return the values that can't be NULL when *condition* is *value*."""
    if condition is None:
        return NOTHING
    if _is_written_key(condition, context):
        return not_null(condition, context, prover) if value in _KNOWN else NOTHING
    match condition.tag:
        case "BOOLEXPR":
            return _of_connective(condition, value, context, prover)
        case "NULLTEST":
            says_not_null = (condition.number("nulltesttype") != _IS_NULL) == (value in _HOLDS)
            return _of_not_null(condition, context, prover) if says_not_null else NOTHING
        case "BOOLEANTEST":
            return _of_boolean_test(condition, value, context, prover)
        case "DISTINCTEXPR":
            return NOTHING if value in _HOLDS else _of_equal(condition.nodes("args"), context, prover)
        case "SUBLINK":
            return _of_sublink(condition, value, context, prover)
        case "SCALARARRAYOPEXPR":
            return _of_array_comparison(condition, value, context, prover)
        case "COALESCE" | "COALESCEEXPR" if value in _KNOWN:
            # One of the arguments has that value; a constant that hasn't can't be the one.
            arms = [arg for arg in condition.nodes("args") if not _is_other_constant(arg, value)]
            return _common([implied(arm, value, context, prover) for arm in arms])
        case "CASE" | "CASEEXPR" if value in _KNOWN and condition.node("arg") is None:
            return _of_case(condition, value, context, prover)
        case "OPEXPR" if condition.number("opfuncid") == _BOOLEQ and value is Is.TRUE and _constant_side(condition):
            claims = not_null(condition, context, prover) | {true_key(condition, context, prover.facts)}
            tested, wanted = _constant_side(condition) or (condition, value)
            return claims | implied(tested, wanted, context, prover)
        case "OPEXPR":
            claims = _of_grouping(condition, value, context)
            if value is Is.TRUE:
                claims |= {true_key(condition, context, prover.facts)}
            return claims | not_null(condition, context, prover) if value in _KNOWN else claims
        case _:
            return not_null(condition, context, prover) if value in _KNOWN else NOTHING


def true_key(condition: Node, context: Context, facts: Facts) -> Key:
    """Return what says that a condition is true."""
    return ("true", key_of(condition, context, facts))


def not_null(expr: Node | None, context: Context, prover: Prover) -> Claims:
    """Return the values that can't be NULL when *expr* isn't."""
    if expr is None:
        return NOTHING
    if _is_constant(expr, context):
        return NOTHING  # it may be a key of grouping sets elsewhere, and NULL there
    found = frozenset({key_of(expr, context, prover.facts)})
    if _is_written_key(expr, context):
        return found
    match expr.tag:
        case "VAR":
            return found | _of_column(expr, context, prover)
        case "OPEXPR" | "FUNCEXPR":
            function = expr.number("opfuncid" if expr.tag == "OPEXPR" else "funcid")
            is_strict = prover.facts.is_strict(function) and not expr.flag("funcretset") and not expr.flag("opretset")
            args = expr.nodes("args")
            if len(args) == 2 and _is_equal_to_itself(args, context, prover):
                return NOTHING
            return found.union(*_all(args, context, prover)) if is_strict else found
        case "RELABELTYPE" | "COERCETODOMAIN" | "COLLATEEXPR" | "ARRAYCOERCEEXPR" | "FIELDSELECT":
            return found | not_null(expr.node("arg"), context, prover)
        case "COERCEVIAIO" if expr.number("resulttype") < FIRST_USER_OID:  # an input function may take NULL itself
            return found | not_null(expr.node("arg"), context, prover)
        case "SUBSCRIPTINGREF" if expr.node("refassgnexpr") is None and _is_known_container(expr):
            indexes = [*expr.nodes("refupperindexpr"), *expr.nodes("reflowerindexpr")]
            return found.union(not_null(expr.node("refexpr"), context, prover), *_all(indexes, context, prover))
        case "NULLIFEXPR":
            return found.union(*_all(expr.nodes("args")[:1], context, prover))
        case "COALESCE" | "COALESCEEXPR" | "MINMAXEXPR":
            return found | _common(_all(expr.nodes("args"), context, prover))
        case "BOOLEXPR":
            return found | _common([implied(expr, value, context, prover) for value in _KNOWN])
        case "ROWCOMPAREEXPR":  # ends at the first pair that differs, and is NULL when the first has a NULL
            pairs = [*expr.nodes("largs")[:1], *expr.nodes("rargs")[:1]]
            return found.union(*_all(pairs, context, prover))
        case "SCALARARRAYOPEXPR":
            return found | not_null(_second(expr), context, prover)
        case _:
            return found


def _is_written_key(expr: Node, context: Context) -> bool:
    """
    Return whether *expr* is a key of grouping sets that isn't a column, as it stands in HAVING before PostgreSQL 18.

    It may be kept where the columns that it was made of are keys too, and left out (manual, 7.2.4).
    """
    if expr.tag == "VAR" or not context.is_grouped or not context.scope.query.items("groupingSets"):
        return False
    wanted = structure_of(expr)
    return any(structure_of(key) == wanted for _, key in keys(context.scope))


def _is_constant(expr: Node, context: Context) -> bool:
    """
    Return whether an expression is of constants alone, or a key of grouping sets that may turn out to be.

    The planner puts such a key back into HAVING as the constant that it is (optimizer/util/var.c, flatten_group_exprs),
    once it knows the parameters; only a key that is a column stays one.
    """
    if expr.tag == "VAR":
        home = context.up(expr.number("varlevelsup"))
        rte = home.scope.relation(expr.number("varno"))
        key = item(rte, "groupexprs", expr.number("varattno")) if rte is not None else None
        return key is not None and key.tag != "VAR" and bool(home.scope.query.items("groupingSets"))
    return not any(node.tag in _VARIABLE for node in expr.walk())


def _of_column(var: Node, context: Context, prover: Prover) -> Claims:
    home = context.up(var.number("varlevelsup"))
    rte = home.scope.relation(var.number("varno"))
    if rte is not None and rte.number("rtekind", -1) == _JOIN and not var.number("varattno"):
        return NOTHING  # in PostgreSQL 15 an unmatched one is a row of NULLs (optimizer/util/var.c)
    claims = frozenset({relation_key(home.scope.id, var.number("varno")), *_version(var, home)})
    if (other := resolved(var, context, prover.facts)) is not None:
        claims |= not_null(*other, prover)
    return claims


def _version(var: Node, home: Context) -> Claims:
    """RETURNING may have no old row, or no new one: a value of it says that it is there."""
    version = row_version(var, home)
    return frozenset({version_key(home.scope.id, version)}) if version and home.is_returning else NOTHING


def _of_connective(condition: Node, value: Is, context: Context, prover: Prover) -> Claims:
    """AND is true when all are, OR is false when all are; what one of several says counts only if all say it."""
    args = condition.nodes("args")
    operator = condition.text("boolop")
    if operator == "not":
        return implied(args[0], _OPPOSITE[value], context, prover) if args else NOTHING
    if operator not in ("and", "or"):
        return NOTHING
    claims = [implied(arg, value, context, prover) for arg in args]
    if (operator == "and") == (value in _HOLDS):
        return NOTHING.union(*claims)
    return _common(claims)


def _of_not_null(test: Node, context: Context, prover: Prover) -> Claims:
    arg = test.node("arg")
    if arg is not None and _is_taken_on_trust(arg, context, prover):
        return NOTHING
    claims = not_null(arg, context, prover)
    if arg is not None and test.flag("argisrow") and test.number("nulltesttype") != _IS_NULL:
        claims |= _of_every_field(arg, context, prover)
    return claims


def _of_equal(args: list[Node], context: Context, prover: Prover) -> Claims:
    """NOT (x IS DISTINCT FROM 1): what is no different from a value isn't NULL."""
    values = [arg for arg in args if arg.tag in _ALWAYS_VALUES or (arg.tag == "CONST" and not arg.flag("constisnull"))]
    return NOTHING.union(*_all(args, context, prover)) if values else NOTHING


def _of_grouping(condition: Node, value: Is, context: Context) -> Claims:
    """grouping(x) is 0 where the key stands and 1 where grouping sets left it out (manual, 9.21)."""
    args = condition.nodes("args")
    if condition.number("opfuncid") != _INT4EQ or len(args) != 2 or args[0].tag != "GROUPINGFUNC":
        return NOTHING
    refs, bit = args[0].numbers("refs"), args[1].fields.get("constvalue")
    if len(refs) != 1 or args[0].number("agglevelsup") or args[1].tag != "CONST" or not isinstance(bit, bytes):
        return NOTHING
    stands = (bit[0] == 0 and value is Is.TRUE) or (bit[0] == 1 and value in (Is.FALSE, Is.NOT_TRUE))
    return frozenset({kept_key(context.scope.id, refs[0])}) if stands else NOTHING


def _is_taken_on_trust(expr: Node, context: Context, prover: Prover) -> bool:
    """
    Return whether the planner drops IS NOT NULL on a column because its NOT NULL says so, which a foreign table breaks.

    Rule: optimizer/plan/initsplan.c, restriction_is_always_true (PostgreSQL 17); it makes ``x IS NOT NULL`` of
    ``x = x`` first (optimizer/path/equivclass.c).
    """
    while expr.tag == "VAR" and (other := resolved(expr, context, prover.facts)) is not None:
        expr, context = other
    if expr.tag != "VAR" or expr.number("varattno") < 1:
        return False
    rte = context.up(expr.number("varlevelsup")).scope.relation(expr.number("varno"))
    if rte is None or rte.number("rtekind", -1) != _TABLE:
        return False
    relation = prover.facts.relations.get(rte.number("relid"))
    column = relation.columns.get(expr.number("varattno")) if relation is not None else None
    if relation is None or column is None:
        return True
    if not column.not_null:
        return False
    members = [prover.facts.relations.get(oid) for oid in relation.family]
    return any(member is None or member.kind not in TABLES for member in members)


def _is_equal_to_itself(args: list[Node], context: Context, prover: Prover) -> bool:
    if not _is_taken_on_trust(args[0], context, prover):
        return False
    return key_of(args[0], context, prover.facts) == key_of(args[1], context, prover.facts)


def _of_every_field(row: Node, context: Context, prover: Prover) -> Claims:
    """
    A row IS NOT NULL when each of its fields is (manual, 9.2).

    The planner asks each field of a row that is written out by itself, and of a sub-query's that it has merged
    (optimizer/util/clauses.c, eval_const_expressions), so it may drop one.
    """
    if row.tag == "ROWEXPR":
        return NOTHING.union(*_all(_doubted(row.nodes("args"), context, prover), context, prover))
    if row.tag != "VAR" or row.number("varattno") != 0:
        return frozenset({every_field_key(row, context, prover.facts)})
    rte = context.up(row.number("varlevelsup")).scope.relation(row.number("varno"))
    names = rte.node("eref") if rte is not None else None
    count = len(names.items("colnames")) if names is not None else 0
    fields = [row.replacing(varattno=str(number)) for number in range(1, count + 1)]
    return NOTHING.union(*_all(_doubted(fields, context, prover), context, prover))


def _doubted(fields: list[Node], context: Context, prover: Prover) -> list[Node]:
    """Return the fields whose test for NULL the planner keeps."""
    return [field for field in fields if not _is_taken_on_trust(field, context, prover)]


def _of_boolean_test(test: Node, value: Is, context: Context, prover: Prover) -> Claims:
    """IS [NOT] TRUE, FALSE, UNKNOWN are never NULL themselves (nodes/primnodes.h, BoolTestType)."""
    kind, arg = test.number("booltesttype", -1), test.node("arg")
    if value not in _HOLDS and 0 <= kind <= 5:
        kind ^= 1  # each kind stands beside its opposite
    match kind:
        case 0:
            return implied(arg, Is.TRUE, context, prover)
        case 1:
            return implied(arg, Is.NOT_TRUE, context, prover)
        case 2:
            return implied(arg, Is.FALSE, context, prover)
        case 3:
            return implied(arg, Is.NOT_FALSE, context, prover)
        case 5:
            return not_null(arg, context, prover)
        case _:
            return NOTHING


def _of_case(case: Node, value: Is, context: Context, prover: Prover) -> Claims:
    """The arm that was taken has that value; a constant that hasn't can't be the one, nor NULL for want of ELSE."""
    taken = [(arm.node("expr"), arm.node("result")) for arm in case.nodes("args")]
    claims = []
    for condition, result in [*taken, (None, case.node("defresult"))]:
        if result is None or _is_other_constant(result, value):
            continue
        known = implied(condition, Is.TRUE, context, prover) if condition is not None else NOTHING
        if condition is None:  # ELSE: no condition was true
            known = known.union(*[implied(other, Is.NOT_TRUE, context, prover) for other, _ in taken])
        claims.append(known | implied(result, value, context, prover))
    return _common(claims)


def _constant_side(comparison: Node) -> tuple[Node, Is] | None:
    """``(x IS NULL) = false``: return what is compared with a constant, and the value that it has then."""
    args = comparison.nodes("args")
    for tested, constant in (args, args[::-1]) if len(args) == 2 else ():
        data = constant.fields.get("constvalue")
        if constant.tag == "CONST" and tested.tag != "CONST" and isinstance(data, bytes) and data:
            return tested, Is.TRUE if data[0] else Is.FALSE
    return None


def _of_sublink(sublink: Node, value: Is, context: Context, prover: Prover) -> Claims:
    """A true EXISTS or IN has found a row, so its WHERE was true; a false one, or ALL, may have seen no row."""
    kind, query = sublink.number("subLinkType", -1), sublink.node("subselect")
    claims = NOTHING
    if kind == _ALL and value is Is.FALSE:
        claims |= not_null(sublink.node("testexpr"), context, prover)
    if kind in (_EXISTS, _ANY) and value is Is.TRUE and query is not None:
        if kind == _ANY:
            claims |= implied(sublink.node("testexpr"), Is.TRUE, context, prover)
        claims |= claims_of_rows(query, context, prover)
    return claims


def claims_of_rows(query: Node, context: Context, prover: Prover) -> Claims:
    """Return what holds when a sub-select has returned a row: an aggregate without GROUP BY returns one of nothing."""
    known = prover.known(Scope(query, context))
    return known.claims if not is_grouped(query) or groups_have_rows(query) else known.having


def _of_array_comparison(test: Node, value: Is, context: Context, prover: Prover) -> Claims:
    """
    ANY of an empty array is false and ALL of it true, of NULL too.

    Rule: executor/execExprInterp.c, ExecEvalScalarArrayOp.
    """
    if value not in _KNOWN:
        return NOTHING
    claims = not_null(test, context, prover)
    array = _second(test)
    if (
        test.flag("useOr") == (value is Is.TRUE) or (array is not None and _has_elements(array))
    ) and prover.facts.is_strict(test.number("opfuncid")):
        claims = claims.union(*_all(test.nodes("args")[:1], context, prover))
    return claims


def _has_elements(array: Node) -> bool:
    data = array.fields.get("constvalue")
    if array.tag == "CONST" and isinstance(data, bytes):  # utils/array.h, ArrayType: no dimension, no element
        return int.from_bytes(data[4:8], "little") > 0
    return array.tag == "ARRAYEXPR" and bool(array.items("elements")) and not array.flag("multidims")


def _second(expr: Node) -> Node | None:
    args = expr.nodes("args")
    return args[1] if len(args) == 2 else None


def _is_other_constant(expr: Node, value: Is) -> bool:
    if expr.tag != "CONST":
        return False
    if expr.flag("constisnull", True):
        return True
    data = expr.fields.get("constvalue")
    return isinstance(data, bytes) and len(data) > 0 and bool(data[0]) != (value is Is.TRUE)


def _is_known_container(expr: Node) -> bool:
    """Return whether a subscript of NULL is NULL: of arrays, and of jsonb (utils/adt/arraysubs.c, jsonbsubs.c)."""
    return bool(expr.number("refelemtype")) or expr.number("refcontainertype") == 3802


def _all(exprs: list[Node], context: Context, prover: Prover) -> list[Claims]:
    return [not_null(expr, context, prover) for expr in exprs]


def _common(claims: list[Claims]) -> Claims:
    return frozenset.intersection(*claims) if claims else NOTHING


def value_is_not_null(check: Node) -> bool:
    """Return whether a domain's CHECK refuses NULL: it passes unless it is false (manual, CREATE DOMAIN)."""
    if check.tag == "BOOLEXPR" and check.text("boolop") == "and":
        return any(value_is_not_null(arg) for arg in check.nodes("args"))
    value = check.node("arg")
    is_test = check.tag == "NULLTEST" and check.number("nulltesttype", -1) == 1
    return is_test and value is not None and value.tag == "COERCETODOMAINVALUE"
