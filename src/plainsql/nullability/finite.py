"""
Parts and texts of times: of infinity most of them are NULL, of a clock's time none is.

Rule: manual, 9.9.1 and 9.8; utils/adt/timestamp.c (NonFiniteTimestampTzPart) and formatting.c, where an empty format
gives NULL too.
"""

from __future__ import annotations

from plainsql.nullability.functions import FIELDS
from plainsql.nullability.node import Node

_CLOCKS = frozenset({1299, 2647, 2648, 2649})
"""now, transaction_timestamp, statement_timestamp, clock_timestamp."""
_SAME_MOMENT = frozenset({1178, 2024, 2027, 2028, 2029, 1174})
"""Casts between date, timestamp and timestamptz."""
_TO_CHAR = frozenset({1770, 2049})
"""to_char(timestamptz, text), to_char(timestamp, text)."""
_CURRENT_SCHEMA_OR_NAME = 9
"""SQLValueFunctionOp from which on it is no time."""
_HEADER = 4  # of a text value that isn't compressed (varatt.h)


def part_is_not_null(call: Node) -> bool:
    """Return whether extract, date_part or to_char can't be NULL of an argument that isn't."""
    function, args = call.number("funcid"), call.nodes("args")
    if len(args) != 2:
        return False
    if function in FIELDS:
        field = _text(args[0])
        return field is not None and (field in FIELDS[function] or _is_finite(args[1]))
    return function in _TO_CHAR and bool(_text(args[1])) and _is_finite(args[0])


def _is_finite(moment: Node) -> bool:
    if moment.tag == "SQLVALUEFUNCTION":
        return 0 <= moment.number("op", -1) < _CURRENT_SCHEMA_OR_NAME
    if moment.tag != "FUNCEXPR":
        return False
    if moment.number("funcid") in _CLOCKS:
        return True
    args = moment.nodes("args")
    return moment.number("funcid") in _SAME_MOMENT and len(args) == 1 and _is_finite(args[0])


def _text(expr: Node) -> str | None:
    data = expr.fields.get("constvalue") if expr.tag == "CONST" and expr.number("consttype") == 25 else None
    return data[_HEADER:].decode("utf-8", "replace") if isinstance(data, bytes) else None
