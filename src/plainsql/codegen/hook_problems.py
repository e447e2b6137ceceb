"""What is wrong with the hooks that query files name, and with those that none names."""

from __future__ import annotations

from collections.abc import Iterator

from plainsql.catalog import Catalog
from plainsql.hook_plans.project import Hooks
from plainsql.query.problem import Problem


def hook_problems(hooks: Hooks, catalog: Catalog) -> Iterator[Problem]:
    """Yield every fault and warning about hooks."""
    queries = list(catalog.queries)
    for query in queries:
        yield from hooks.problems(query)
    # A file that can't be read may name any of them.
    if not any(problem.level == "error" for problem in catalog.problems):
        yield from hooks.unused(queries)
