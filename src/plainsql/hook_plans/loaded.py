"""The hooks of functions that were loaded, not generated: the same calls, made from the plan at run time."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType
from typing import Any

from plainsql.errors import HookResultError
from plainsql.hook_plans.plan import Step
from plainsql.query.model import Kind


def hooks_module(name: str) -> ModuleType:
    """Return the module of the hooks; it is imported on the first call that needs it."""
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name and f"{name}.".startswith(f"{error.name}."):
            error.add_note(f"a loaded query runs its hooks, and {name} can't be imported from here: see sys.path")
        raise


def arguments(step: Step, values: dict[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Return what a hook is given, by position and by keyword."""
    return [values[name] for name in step.inputs], {name: values[name] for name in step.keywords}


def store(step: Step, result: Any, values: dict[str, Any]) -> None:
    """Put what a hook returned where the SQL's parameters are; raise HookResultError if it is fewer or more."""
    if len(step.outputs) == 1:
        values[step.outputs[0]] = result
    elif step.outputs:
        found = tuple(result)
        if len(found) != len(step.outputs):
            names = ", ".join(step.outputs)
            raise HookResultError(f"the hook {step.hook.name} makes {names}, and returned {len(found)} values")
        values.update(zip(step.outputs, found, strict=True))


def rows_of(kind: Kind, result: Any) -> list[Any]:
    """Return what a query returned as the list that hooks are given."""
    if kind == "many":
        return list(result)
    return [] if kind == "optional" and result is None else [result]


def result_of(kind: Kind, rows: list[Any]) -> Any:
    """Return the list of rows as what the query returns."""
    return rows if kind == "many" else rows[0] if rows else None
