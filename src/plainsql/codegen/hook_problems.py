"""What is wrong with the hooks that query files name, and with those that none names."""

from __future__ import annotations

from collections.abc import Iterator

from plainsql.catalog import Catalog
from plainsql.hook_plans.project import Hooks, problem_of
from plainsql.hook_plans.recursion import recursions
from plainsql.query.problem import Problem


def hook_problems(hooks: Hooks, catalog: Catalog, package: str) -> Iterator[Problem]:
    """
    Yield every fault and warning about hooks.

    Args:
        hooks: The project's.
        catalog: Its query files.
        package: Of its generated modules.
    """
    queries = list(catalog.queries)
    for query in queries:
        yield from hooks.problems(query)
    plans = {query.key: (query, plan) for query in queries if (plan := hooks.plan(query))}
    for found in recursions(hooks.source, plans, package):
        message = f"the hooks of {found.query.key} never end: {' → '.join((found.query.key, *found.chain))}"
        hint = "let one statement do it (WITH RECURSIVE), or take one of the calls out"
        yield problem_of(found.query, found.word, message, hint)
    # A file that can't be read may name any of them.
    if not any(problem.level == "error" for problem in catalog.problems):
        yield from hooks.unused(queries)
