"""Names that would stand twice in one generated module."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from plainsql.describe.model import Description
from plainsql.query import module_names as names
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at
from plainsql.typemap import python_type


def collisions(descriptions: Sequence[Description]) -> list[Problem]:
    """Return a fault for each query that needs a name which an earlier one of the file has with another meaning."""
    owners: dict[str, str] = {}
    found: list[Problem] = []
    for description in descriptions:
        for name, meaning in _module_names(description):
            if (owner := owners.setdefault(name, meaning)) != meaning:
                message = f"{meaning} and {owner} would both be {name} in the generated module"
                found.append(problem_at(description.query, None, message, hint="rename one of them"))
    return found


def _module_names(description: Description) -> Iterator[tuple[str, str]]:
    query = description.query
    yield query.name, f"query {query.name}"
    yield names.constant(query.name), f"query {query.name}"
    if query.kind in ("one", "optional", "many"):
        yield names.row_class(query.name), f"the rows of query {query.name}"
    if query.kind == "many_exec":
        yield names.params_class(query.name), f"the parameters of query {query.name}"
    for type in (*(p.type for p in description.parameters), *(c.type for c in description.columns)):
        for alias, definition in python_type(type).aliases:
            # The same labels under the same name are the same alias, whatever the schema.
            yield alias, f"{alias} = {definition}"
