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
        if not name.isidentifier():
            found = "has no name" if name == "?column?" else f"is named {name!r}, which is no Python name"
            return problem_at(query, None, f"column {number} {found}", hint="give it an alias: AS name")
        if keyword.iskeyword(name):
            return problem_at(query, None, f"column '{name}' is a Python keyword", hint=f"give it an alias: AS {name}_")
        if name.startswith("__"):
            return problem_at(query, None, f"column '{name}' begins with __", hint="give it an alias: AS name")
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        hint = "give each an alias of its own: AS name"
        return problem_at(query, None, f"{times} columns are named '{name}'", hint=hint)
    return None
