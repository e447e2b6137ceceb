"""Which shape an expression has: followed down to constructors of rows, arrays and JSON, and to columns of tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Final

from plainsql.nullability import array_shapes, json_shapes, row_shapes
from plainsql.nullability.conditionals import arms
from plainsql.nullability.ctes import recursive_columns
from plainsql.nullability.keys import EXTERNAL
from plainsql.nullability.node import Node
from plainsql.nullability.outputs import output_context, output_entries, output_entry
from plainsql.nullability.scope import Context, Key, Scope
from plainsql.nullability.shapes import OF_TYPE, UNKNOWN, Elements, Shape, either, is_json, of_all
from plainsql.nullability.sublinks import ARRAY, EXPR
from plainsql.nullability.types import type_of

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

Assumed = Mapping[tuple[int, int], Shape | None]

_ROUNDS: Final = 5
_UNION = 1  # nodes/parsenodes.h, SetOperation


class Shapes:
    """
    Tells shapes.

    Args:
        prover: Knows what can't be NULL.
        assumed: Columns of recursive queries, by identity of the query: the shape in the rows already found.
    """

    def __init__(self, prover: Prover, assumed: Assumed | None = None) -> None:
        self.prover = prover
        self.assumed = assumed or {}
        self._outputs: dict[Key, Shape | None] = {}

    def of(self, expr: Node | None, context: Context) -> Shape:
        """Return the shape of *expr*, which stands in *context*."""
        found = self.of_value(expr, context) or Shape(type_of(expr))
        return replace(found, nullable=not self.prover.expression_is_not_null(expr, context))

    def of_value(self, expr: Node | None, context: Context) -> Shape | None:
        """Do the same for where *expr* isn't NULL; None if it always is."""
        if expr is None:
            return None
        match expr.tag:
            case "VAR":
                return row_shapes.column(expr, context, self)
            case "CONST":
                return None if expr.flag("constisnull", True) else _constant(expr)
            case "PARAM":
                return self._parameter(expr)
            case "FUNCEXPR" | "OPEXPR":
                function = expr.number("funcid" if expr.tag == "FUNCEXPR" else "opfuncid")
                if function in json_shapes.CALLS:
                    return json_shapes.of_call(function, expr, context, self)
                return array_shapes.of_call(function, expr, context, self)
            case _:
                return self._of_construct(expr, context)

    def output(self, query: Node, column: int, parent: Context | None) -> Shape | None:
        """Return the shape of an output column of *query* where it isn't NULL; None if it always is."""
        if parent is not None and not parent.is_plain:
            return self._output(query, column, parent)
        place = (parent.scope.id, parent.is_grouped, parent.is_returning) if parent is not None else None
        key = (id(query), column, place)
        if key not in self._outputs:
            self._outputs[key] = self._output(query, column, parent)
        return self._outputs[key]

    def recursive_output(self, query: Node, column: int, definer: Context) -> Shape | None:
        """
        Do the same for a recursive query: what its rows make of what they are assumed to be must be just that.

        It begins with no rows at all. A column that grows in each round, such as objects in objects, is given up.
        """
        if (id(query), column) in self.assumed:
            return self.assumed[id(query), column]
        prover = self.prover.assuming(query, recursive_columns(query, definer, self.prover))
        assumed: dict[tuple[int, int], Shape | None] = {
            (id(query), entry.number("resno")): None for entry in output_entries(query)
        }
        given_up: dict[tuple[int, int], Shape | None] = {}
        for number in count():
            round_ = Shapes(prover, {**self.assumed, **assumed})
            found = {key: round_.output(query, key[1], definer) for key in assumed} | given_up
            if found == assumed:
                break
            if number > _ROUNDS:
                given_up |= {key: Shape(UNKNOWN) for key in found if found[key] != assumed[key]}
            assumed = found | given_up
        return assumed.get((id(query), column), Shape(UNKNOWN))

    def _output(self, query: Node, column: int, parent: Context | None) -> Shape | None:
        scope = Scope(query, parent)
        if (operation := query.node("setOperations")) is not None:
            return self._arm(operation, column, scope)
        entry = output_entry(query, column)
        return Shape(UNKNOWN) if entry is None else self.of_value(entry.node("expr"), output_context(scope))

    def _arm(self, arm: Node, column: int, scope: Scope) -> Shape | None:
        """The planner casts an arm of another type: what it does to the elements of an array isn't known here."""
        if arm.tag == "RANGETBLREF":
            rte = scope.relation(arm.number("rtindex"))
            query = rte.node("subquery") if rte is not None else None
            return Shape(UNKNOWN) if query is None else self.output(query, column, Context(scope))
        left, right = arm.node("larg"), arm.node("rarg")
        if left is None or right is None:
            return Shape(UNKNOWN)
        found = self._arm(left, column, scope)
        if arm.number("op") == _UNION:
            found = either(found, self._arm(right, column, scope))
        wanted = arm.numbers("colTypes")[column - 1]
        if found is None or is_json(wanted) or found.type in (wanted, UNKNOWN):
            return found
        return Shape(wanted)

    def _parameter(self, param: Node) -> Shape:
        is_full = param.number("paramkind", -1) == EXTERNAL and param.number("paramid") in self.prover.full_arrays
        return Shape(param.number("paramtype"), inside=Elements(Shape(OF_TYPE)) if is_full else None)

    def _of_construct(self, expr: Node, context: Context) -> Shape | None:
        match expr.tag:
            case "CASEEXPR" | "CASE":
                return of_all(self.of_value(result, place) for result, place in arms(expr, context, self.prover))
            case "COALESCEEXPR" | "COALESCE" | "MINMAXEXPR" | "MINMAX":
                return of_all(self.of_value(arg, context) for arg in expr.nodes("args"))
            case "NULLIFEXPR":
                return self.of_value(expr.nodes("args")[0], context)
            case "RELABELTYPE" | "COERCETODOMAIN" | "COLLATEEXPR" | "COERCEVIAIO":
                return self._cast(expr, context)
            case "SUBLINK":
                return self._sublink(expr, context)
            case "AGGREF" | "WINDOWFUNC":
                return json_shapes.of_aggregate(expr, context, self)
            case "JSONCONSTRUCTOREXPR":
                return json_shapes.of_constructor(expr, context, self)
            case "JSONVALUEEXPR":
                return self.of_value(expr.node("formatted_expr") or expr.node("raw_expr"), context)
            case "ARRAYEXPR" | "ARRAY":
                return array_shapes.written(expr, context, self)
            case "ARRAYCOERCEEXPR":
                return array_shapes.converted(expr, context, self)
            case "SUBSCRIPTINGREF":
                return array_shapes.subscripted(expr, context, self)
            case "ROWEXPR" | "ROW":
                return row_shapes.written(expr, context, self)
            case "FIELDSELECT":
                return row_shapes.member(expr, context, self)
            case _:
                return Shape(type_of(expr))

    def _cast(self, cast: Node, context: Context) -> Shape | None:
        arg = cast.node("arg")
        found, wanted = self.of_value(arg, context), type_of(cast)
        if found is None or (is_json(type_of(arg)) and (is_json(wanted) or cast.tag != "COERCEVIAIO")):
            return found
        return Shape(wanted) if cast.tag == "COERCEVIAIO" else replace(found, type=wanted)

    def _sublink(self, sublink: Node, context: Context) -> Shape | None:
        query, kind = sublink.node("subselect"), sublink.number("subLinkType", -1)
        if query is None or kind not in (EXPR, ARRAY):
            return Shape(type_of(sublink))
        found = self.output(query, 1, context)
        if kind == EXPR:
            return found
        nullable = not self.prover.sublink_column_is_not_null(sublink, 1, context)
        return Shape(UNKNOWN, inside=Elements(replace(found or Shape(UNKNOWN), nullable=nullable)))


def _constant(const: Node) -> Shape:
    return json_shapes.of_constant(const) if is_json(const.number("consttype")) else array_shapes.of_constant(const)
