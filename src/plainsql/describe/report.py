"""The JSON of ``plainsql describe --json``, which other tools parse."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from plainsql.describe.changes import Changes
from plainsql.describe.made_of import made_of
from plainsql.describe.model import Column, Description, Parameter
from plainsql.describe.records import RowRecord, records_of
from plainsql.describe.versions import Locking
from plainsql.effects import Effects
from plainsql.query.problem import Problem


class HasProblems(Protocol):
    """A catalog, as far as a report reads it."""

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong with its files."""


def report(catalog: HasProblems, descriptions: Iterable[Description]) -> dict[str, Any]:
    """
    Return what is known of every query as plain values, by key and in file order.

    A query that the loader refused has an entry too, when its name is known: without kind, parameters and columns.
    """
    queries = {description.query.key: _entry(description) for description in descriptions}
    for problem in catalog.problems:
        if problem.query is None or problem.level != "error":
            continue
        entry = queries.setdefault(problem.query, _unloaded(problem))
        entry["error"] = entry["error"] or _error(problem)
    return {"queries": queries}


def exit_code(catalog: HasProblems, descriptions: Iterable[Description]) -> int:
    """Return 1 if a file or a query has an error, else 0; warnings are none."""
    has_error = any(problem.level == "error" for problem in catalog.problems)
    return int(has_error or any(description.problem is not None for description in descriptions))


def _entry(description: Description) -> dict[str, Any]:
    query = description.query
    return {
        "file": query.file,
        "line": query.line,
        "kind": query.kind,
        "params": [_value(parameter, parameter.base_python.parameter) for parameter in description.parameters],
        "columns": [_value(column, column.base_python.result) for column in description.columns],
        **_rows(description),
        "reads": list(description.reads),
        "writes": list(description.writes),
        **_effects(description.effects),
        "error": None if description.problem is None else _error(description.problem),
    }


def _value(value: Parameter | Column, py_type: str) -> dict[str, Any]:
    described: dict[str, Any] = {"name": value.name, "pg_type": value.type.name}
    if isinstance(value, Column):
        described["domain"] = value.domain
    described |= {"py_type": py_type, "nullable": value.nullable}
    return described | made_of(value) | ({"override": value.override} if value.override else {})


def _rows(description: Description) -> dict[str, Any]:
    """What the rows are beside plain columns; nothing for plain ones."""
    match description.form:
        case Changes(old=old, new=new):
            sides = {
                name: None if side is None else {"nullable": side.key is not None}
                for name, side in (("old", old), ("new", new))
            }
            return {"rows": {"form": "changes", **sides}}
        case Locking(version=version):
            return {"rows": {"form": "versions", "version": version}}
        case ():
            return {}
        case fields:
            return {
                "rows": {"form": "records", "records": [_record(found, description) for found in records_of(fields)]}
            }


def _record(record: RowRecord, description: Description) -> dict[str, Any]:
    columns = [description.columns[index].name for index in sorted(record.certain)]
    return {"path": record.path, "class": record.name, "nullable": record.nullable, "never_null": columns}


def _unloaded(problem: Problem) -> dict[str, Any]:
    nothing: dict[str, Any] = {"params": [], "columns": [], "reads": [], "writes": []}
    return {"file": problem.file, "line": problem.line, "kind": None, **nothing, **_effects(None), "error": None}


def _effects(effects: Effects | None) -> dict[str, Any]:
    """What a statement does; nothing is known of one that the server refused."""
    if effects is None:
        unknown = dict.fromkeys(("access", "volatility", "min_rows", "max_rows"))
        return {**unknown, "access_reasons": [], "volatile_functions": [], "locks": [], "advisory_locks": []}
    return {
        "access": effects.access,
        "access_reasons": list(effects.reasons),
        "volatility": effects.volatility,
        "volatile_functions": list(effects.volatile),
        "min_rows": effects.rows.at_least,
        "max_rows": effects.rows.at_most,
        "locks": [{"table": lock.table, "mode": lock.mode, "rows": lock.rows} for lock in effects.locks],
        "advisory_locks": list(effects.advisory_locks),
    }


def _error(problem: Problem) -> dict[str, Any]:
    return {"message": problem.message, "line": problem.line, "column": problem.column}
