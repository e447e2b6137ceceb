"""Apply what a query's ``@null``, ``@notnull`` and ``@type`` say to what was proved, and say where they are wrong."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple, TypeVar

from plainsql.describe.annotated import JSON, ImpossibleTypeError, check_annotation, is_same, located
from plainsql.describe.model import Column, Parameter
from plainsql.describe.types import base_type
from plainsql.errors import ConfigError
from plainsql.query.model import Query
from plainsql.query.overrides import Override, meant, source_line
from plainsql.query.problem import Problem
from plainsql.query.source import Level
from plainsql.typemap import Structure
from plainsql.typemap.structure import ListOf

V = TypeVar("V", Parameter, Column)


class Overridden(NamedTuple):
    """What parameters and columns are by the word of their query."""

    parameters: tuple[Parameter, ...]
    columns: tuple[Column, ...]
    problems: tuple[Problem, ...]


class _Wrong(Exception):
    """An override that can't be; or, as a warning, needn't be."""

    def __init__(self, message: str, hint: str | None = None, level: Level = "error") -> None:
        super().__init__(message)
        self.hint = hint
        self.level = level


def apply_overrides(
    query: Query,
    parameters: Sequence[Parameter],
    columns: Sequence[Column],
    *,
    refused: Collection[str],
    folders: Sequence[Path] | None,
) -> Overridden:
    """
    Return the values of *query* as its directives have them.

    Args:
        query: With its overrides.
        parameters: As proved.
        columns: As proved.
        refused: Names of the parameters of which the server refuses NULL.
        folders: Where the project's own packages may lie; None: names of ``@type`` are not looked for.
    """
    if not query.overrides:
        return Overridden(tuple(parameters), tuple(columns), ())
    given = {parameter.name: parameter for parameter in parameters}
    returned = {column.name: column for column in columns}
    problems: list[Problem] = []
    for override in query.overrides:
        try:
            if override.is_parameter:
                if override.name in given:  # the loader has told of others
                    given[override.name] = _applied(given[override.name], override, folders)
                    _check_refused(override, refused)
            elif override.name in returned:
                returned[override.name] = _applied(returned[override.name], override, folders)
            elif (whole := override.name.partition(".")[0]) in returned and whole != override.name:
                said = f"'{override.target}' is inside of '{whole}', and a directive speaks of all of it"
                raise _Wrong(said, f"write @type {whole} and what all of it is, or COALESCE in the SQL")
            else:
                hint = meant(override, query.parameters, [column.name for column in columns])
                raise _Wrong(f"'@{override.verdict} {override.target}' names no column", hint)
        except _Wrong as wrong:
            problems.append(_problem(query, override, str(wrong), wrong.hint, wrong.level))
    # Columns that a `!` throws away may share a name; no directive speaks of them.
    named = tuple(columns) if len(returned) < len(columns) else tuple(returned.values())
    return Overridden(tuple(given.values()), named, tuple(problems))


def _applied(value: V, override: Override, folders: Sequence[Path] | None) -> V:
    """Return *value* as *override* has it; raise _Wrong if it can't be, or is so already."""
    said = f"'@{override.verdict} {override.target}'"
    if override.annotation is not None:
        return _typed(value, override, said, folders)
    if override.of_elements:
        return _elements(value, override, said)
    nullable = override.verdict == "null"
    if value.nullable == nullable:
        already = "None is accepted already" if override.is_parameter else "it is nullable already"
        raise _Wrong(f"{said} is proved already" if not nullable else f"{said}: {already}", "take it out", "warning")
    promises = value.promises if nullable else (*value.promises, override.target)
    return replace(value, nullable=nullable, override=override.verdict, promises=promises)


def _typed(value: V, override: Override, said: str, folders: Sequence[Path] | None) -> V:
    annotation, python = override.annotation, value.python
    assert annotation is not None
    try:
        annotation = located(annotation, said, folders)
        check_annotation(annotation, value.type, python, override.target)
    except ConfigError as error:
        raise _Wrong(str(error)) from None
    except ImpossibleTypeError as error:
        raise _Wrong(f"{said}: {error}", error.hint) from None
    if value.promises and any(promise.endswith("[]") for promise in value.promises):
        raise _Wrong(f"{said} says what the elements are, and so does '@notnull {override.target}[]'", "take that out")
    if is_same(annotation, python.parameter if override.is_parameter else python.result):
        raise _Wrong(f"{said}: it is that already", "take it out", "warning")
    return replace(value, annotation=annotation, override=value.override or "type")


def _elements(value: V, override: Override, said: str) -> V:
    name = override.target.removesuffix("[]")
    element = value.type.element
    if element is None or value.type.custom is not None:
        is_list = value.structure is not None and isinstance(value.structure.inside, ListOf)
        hint = (
            f"write @type {name} and what all of it is, or FILTER in the SQL"
            if is_list
            else f"write @{override.verdict} {name}"
        )
        raise _Wrong(f"{said}: {override.name} is {value.type.name}, no array", hint)
    if value.annotation is not None:
        raise _Wrong(f"{said} and '@type {name}' both say what the elements are", "take this one out")
    if base_type(element).oid in JSON:
        hint = f"write what they are: @type {name} list[…]"
        raise _Wrong(f"{said}: the elements are {element.name}, whose null is a value", hint)
    if override.verdict == "null":
        if value.has_full_elements:
            nullable = _with_nullable_elements(value.structure)
            return replace(value, is_full=False, structure=nullable, override=value.override or "null")
        raise _Wrong(f"{said}: they may be NULL already", "take it out", "warning")
    if value.is_full:
        raise _Wrong(f"{said} is proved already", "take it out", "warning")
    return replace(value, override=value.override or "type", promises=(*value.promises, override.target))


def _with_nullable_elements(structure: Structure | None) -> Structure | None:
    match structure:
        case Structure(inside=ListOf(Structure(inside=inside) as element)) if inside is not None:
            return replace(structure, inside=ListOf(replace(element, nullable=True)))
        case _:
            return None


def _check_refused(override: Override, refused: Collection[str]) -> None:
    if override.verdict == "null" and not override.of_elements and override.name in refused:
        message = f"'@null {override.target}': the column or domain that it goes to refuses NULL (23502)"
        raise _Wrong(message, "take it out, or write COALESCE", "warning")


def _problem(query: Query, override: Override, message: str, hint: str | None, level: Level) -> Problem:
    line, column, source = source_line(query.source_map.text, override)
    return Problem(query.file, line, column, message, hint, source, override.end - override.start, query.key, level)
