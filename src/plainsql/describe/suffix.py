"""Warnings of a statement that does something else than the suffix of its name says."""

from __future__ import annotations

from collections.abc import Sequence

from plainsql.effects import Effects, Uncompared
from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

_ONE_AT_MOST = {"one": "<!", "optional": "^", "value": "$"}
_COUNTED = {"exec": "!", "many_exec": "*!"}
_KEYS_SHOWN = 3


def warn_of_suffix(query: Query, effects: Effects, columns: Sequence[str]) -> list[Problem]:
    """
    Return the warnings of a query whose suffix promises what its statement doesn't keep.

    Args:
        query: ``@rows 1`` in it says that its author knows how many rows come.
        effects: What its statement does.
        columns: Names of what it returns.
    """
    if not columns:
        return []
    if query.kind in _ONE_AT_MOST and effects.uncompared is not None:
        if any(directive.name == "rows" for directive in query.directives):
            return []
        message = f"'{_ONE_AT_MOST[query.kind]}' raises on a second row, and several may come"
        message += _cause(effects.uncompared)
        return [problem_at(query, None, message, hint=_remedy(effects.uncompared), level="warning")]
    if query.kind in _COUNTED:
        return _warn_of_dropped_rows(query, effects, columns)
    return []


def _warn_of_dropped_rows(query: Query, effects: Effects, columns: Sequence[str]) -> list[Problem]:
    if effects.writes:
        found = f"query '{query.name}' returns columns ({', '.join(columns)}) that ! throws away"
        return [problem_at(query, None, found, hint="write <! to get the row", level="warning")]
    # A function may be called for what it does: pg_notify(), pg_sleep().
    if effects.access == "write" or effects.volatility == "volatile":
        return []
    message = f"'{_COUNTED[query.kind]}' throws away the rows of a statement that writes nothing"
    hint = "use ^ to get a row, $ to get a value, and no suffix to get all rows"
    return [problem_at(query, None, message, hint=hint, level="warning")]


def _cause(uncompared: Uncompared) -> str:
    if uncompared.source is None:
        return ""
    if uncompared.keys:
        return f": no unique key of {uncompared.source} is compared whole"
    return f" of {uncompared.source}"


def _remedy(uncompared: Uncompared) -> str | None:
    remedies = []
    if uncompared.keys:
        shown = uncompared.keys[:_KEYS_SHOWN]
        remedies.append(f"compare {' or '.join(' and '.join(key) for key in shown)} with =")
    if uncompared.may_limit:
        remedies.append("add LIMIT 1")
    return ", or ".join(remedies) or None
