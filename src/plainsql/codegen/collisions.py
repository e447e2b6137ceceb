"""Names that would stand twice in one generated module, or in the one of the composite types."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from plainsql.codegen.rows import record_names
from plainsql.describe.model import Description
from plainsql.query import module_names as names
from plainsql.query.problem import Problem
from plainsql.query.source import problem_at
from plainsql.typemap import CompositeClass, PyType


def collisions(descriptions: Sequence[Description]) -> list[Problem]:
    """Return a fault for each query that needs a name which an earlier one of the file has with another meaning."""
    owners: dict[str, str] = {}
    found: list[Problem] = []
    for description in descriptions:
        for name, meaning in _module_names(description):
            if (owner := owners.setdefault(name, meaning)) != meaning:
                message = f"{meaning} and {owner} would both be {name} in the generated module"
                hint = "rename one of them, a column by AS" if " of query " in meaning + owner else "rename one of them"
                found.append(problem_at(description.query, None, message, hint=hint))
    return found


def _module_names(description: Description) -> Iterator[tuple[str, str]]:
    query = description.query
    yield query.name, f"query {query.name}"
    yield names.constant(query.name), f"query {query.name}"
    if query.kind in ("one", "optional", "many"):
        yield names.row_class(query.name), f"the rows of query {query.name}"
        yield from record_names(description)
    if query.kind == "many_exec":
        yield names.params_class(query.name), f"the parameters of query {query.name}"
    for value in description.values:
        yield from _type_names(value.python)
        for nested in value.python.nested:
            yield nested.name, f"{nested.path} of query {query.name}"
            yield from _alias_names(nested.aliases)
            yield from _imported(nested.imports)


def _alias_names(aliases: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for alias, definition in aliases:
        # The same labels under the same name are the same alias, whatever the schema.
        yield alias, f"{alias} = {definition}"


def _type_names(python: PyType) -> Iterator[tuple[str, str]]:
    yield from _alias_names(python.aliases)
    for composite in python.classes:
        yield composite.name, f"the composite type {composite.pg_name}"
    yield from _imported(python.imports)


def _imported(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        if line.startswith("from "):
            module, listed = line.removeprefix("from ").split(" import ")
            for name in listed.split(","):
                yield name.strip(), f"{module}.{name.strip()}"


def class_collisions(descriptions: Iterable[Description]) -> list[Problem]:
    """Return a fault for each query whose composite types need a name that others of the project have already."""
    owners: dict[str, str] = {}
    found: list[Problem] = []
    for description in descriptions:
        for value in description.values:
            for composite in value.python.classes:
                for name, meaning in _class_names(composite):
                    if (owner := owners.setdefault(name, meaning)) != meaning:
                        message = f"{meaning} and {owner} would both be {name} in the module of the composite types"
                        found.append(problem_at(description.query, None, message, hint="rename one of them"))
    return list(dict.fromkeys(found))


def _class_names(composite: CompositeClass) -> Iterator[tuple[str, str]]:
    yield composite.name, f"the composite type {composite.pg_name}"
    for alias, definition in composite.aliases:
        yield alias, f"{alias} = {definition}"
    yield from _imported(composite.imports)
