"""Aggregates and window functions: when there is a row to answer of (manual, 9.21, 9.22, 4.2.7 and 4.2.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from plainsql.nullability import expressions
from plainsql.nullability.aggregates import AGGREGATES, Needs
from plainsql.nullability.grouping import groups_have_rows
from plainsql.nullability.node import Node
from plainsql.nullability.rows import source_has_a_row
from plainsql.nullability.scope import Context
from plainsql.nullability.window_functions import WINDOW

if TYPE_CHECKING:
    from plainsql.nullability.prover import Prover

# nodes/parsenodes.h, FRAMEOPTION_…
_RANGE = 0x2
_STARTS_AT_OR_BEFORE = 0x20 | 0x200 | 0x800
_ENDS_AT_OR_AFTER = 0x100 | 0x400 | 0x4000
_OFFSETS = 0x800 | 0x1000 | 0x2000 | 0x4000
_EXCLUDES_CURRENT_ROW = 0x8000 | 0x10000
_IN_RANGE_OF_NUMBERS = frozenset({0, 4126, 4127, 4128, 4129, 4130, 4131, 4132, 4139, 4140, 4141})
"""in_range of smallint, integer, bigint, real, double precision, numeric; 0: no offset on this end."""


def aggregate_is_not_null(aggregate: Node, context: Context, prover: Prover) -> bool:
    """Of no rows most aggregates are NULL: of an empty table, an empty grouping set, or when FILTER drops all."""
    promise = AGGREGATES.get(aggregate.number("aggfnoid"))
    if promise is None:
        return False
    if promise.needs is Needs.NOTHING:
        return True
    home = context.up(aggregate.number("agglevelsup")).below()
    has_rows = groups_have_rows(home.scope.query) or (
        source_has_a_row(home.scope) and not home.scope.query.items("groupingSets")
    )
    if not has_rows or aggregate.node("aggfilter") is not None:
        return False
    if promise.needs is Needs.ROWS:
        return True
    if aggregate.number("agglevelsup"):  # its arguments name columns as seen from here, not from the level it is of
        return False
    args = [*aggregate.nodes("aggdirectargs"), *(entry.node("expr") for entry in aggregate.nodes("args"))]
    return _are_not_null(args, promise.positions, home, prover)


def window_is_not_null(call: Node, context: Context, prover: Prover) -> bool:
    """
    Return whether a window function, or an aggregate over a window, can't be NULL.

    The value of lag, first_value and their like is that of another row, the offset and the default of lag are those of
    the current one (windowfuncs.c). An aggregate leaves NULLs out: for it the current row will do.
    """
    function = call.number("winfnoid")
    args: list[Node | None] = list(call.nodes("args"))
    if (window := WINDOW.get(function)) is not None:
        has_row = not window.frame or _frame_holds_current_row(call, context)
        value, others = window.positions & {0}, window.positions - {0}
        return (
            has_row
            and _are_not_null(args, value, context.of_any_row(), prover)
            and _are_not_null(args, others, context, prover)
        )
    promise = AGGREGATES.get(function)
    if promise is None:
        return False
    if promise.needs is Needs.NOTHING:
        return True
    if call.node("aggfilter") is not None or not _frame_holds_current_row(call, context):
        return False
    return promise.needs is Needs.ROWS or _are_not_null(args, promise.positions, context, prover)


def _are_not_null(args: list[Node | None], positions: frozenset[int], context: Context, prover: Prover) -> bool:
    return all(
        position < len(args) and expressions.is_not_null(args[position], context, prover) for position in positions
    )


def _frame_holds_current_row(call: Node, context: Context) -> bool:
    """RANGE with an interval is a case of its own: ``1 month -30 days`` passes for positive and may end too early."""
    for window in context.scope.query.nodes("windowClause"):
        if window.number("winref") == call.number("winref"):
            options = window.number("frameOptions")
            return (
                bool(options & _STARTS_AT_OR_BEFORE)
                and bool(options & _ENDS_AT_OR_AFTER)
                and not options & _EXCLUDES_CURRENT_ROW
                and not (options & _RANGE and options & _OFFSETS and not _are_never_negative(window))
            )
    return False


def _are_never_negative(window: Node) -> bool:
    """An offset of RANGE that is negative is an error, except for an interval that only seems not to be."""
    return all(
        window.number(function) in _IN_RANGE_OF_NUMBERS or _is_plain_interval(window.node(offset))
        for function, offset in (("startInRangeFunc", "startOffset"), ("endInRangeFunc", "endOffset"))
    )


def _is_plain_interval(offset: Node | None) -> bool:
    """Return whether an offset is a constant interval with no part below zero (datatype/timestamp.h, Interval)."""
    data = offset.fields.get("constvalue") if offset is not None and offset.number("consttype") == 1186 else None
    if not isinstance(data, bytes) or len(data) != 16:
        return False
    parts = (data[:8], data[8:12], data[12:])
    return all(int.from_bytes(part, "little", signed=True) >= 0 for part in parts)
