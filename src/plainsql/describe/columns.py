"""Are the columns those that this kind of query returns, under names that Python can have?"""

from __future__ import annotations

import keyword
from collections import Counter
from collections.abc import Sequence

from plainsql.query.model import Query
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at

_RETURNS_ROWS = ("one", "optional", "many", "value")


def check_columns(query: Query, names: Sequence[str]) -> Problem | None:
    """Return why *names* can't be the columns of *query*, or None."""
    if query.kind in _RETURNS_ROWS and not names:
        hint = f"write `{query.name}!` for a row count, or return columns with RETURNING"
        return problem_at(query, None, f"query '{query.name}' returns no columns; use !", hint=hint)
    if query.kind == "value":
        if len(names) == 1:
            return None
        found = f"query '{query.name}' is marked $ for one value, but returns {len(names)} columns: {', '.join(names)}"
        return problem_at(query, None, found, hint="return one column, or write `^` for a row")
    if query.kind not in _RETURNS_ROWS:
        return None
    for number, name in enumerate(names, 1):
        if (problem := _check_name(query, number, name)) is not None:
            return problem
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        hint = "give each an alias of its own: AS name"
        return problem_at(query, None, f"{times} columns are named '{name}'", hint=hint)
    records = {".".join(parts[:end]) for name in names for parts in (name.split("."),) for end in range(1, len(parts))}
    if both := sorted(records.intersection(names)):
        return problem_at(
            query,
            None,
            f"column '{both[0]}' is also the record of the columns '{both[0]}.…'",
            hint="give one of the two another name",
        )
    return None


def _check_name(query: Query, number: int, name: str) -> Problem | None:
    """``customer.name`` is column ``name`` of the record ``customer``."""
    for part in name.split("."):
        if not part.isidentifier():
            found = "has no name" if name == "?column?" else f"is named {name!r}, which is no Python name"
            return problem_at(query, None, f"column {number} {found}", hint="give it an alias: AS name")
        if keyword.iskeyword(part):
            hint = f"give it an alias: AS {part}_" if part == name else f"call it {part}_ there"
            what = f"column '{name}'" if part == name else f"'{part}' of column '{name}'"
            return problem_at(query, None, f"{what} is a Python keyword", hint=hint)
        if part.startswith("__"):
            return problem_at(query, None, f"column '{name}' begins with __", hint="give it an alias: AS name")
    return None
