"""What a query's hooks come to: who is called with what, and which parameters its function takes in the end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plainsql.hook_plans.functions import HookFunction, HookParameter
from plainsql.query.model import Query


@dataclass(frozen=True, slots=True)
class Step:
    """
    A hook that runs before the statement.

    Attributes:
        hook: Its function.
        twin: The one that asynchronous code calls: the same, unless the async hooks have one of that name.
        inputs: Names of what it is given by position.
        keywords: Names of what it is given by keyword.
        outputs: Names of the parameters that take its result; empty: it only checks.
    """

    hook: HookFunction
    twin: HookFunction
    inputs: tuple[str, ...]
    keywords: tuple[str, ...]
    outputs: tuple[str, ...]

    @property
    def given(self) -> tuple[str, ...]:
        """Names of all that it is given."""
        return self.inputs + self.keywords

    def __str__(self) -> str:
        call = f"{self.hook.name}({', '.join(self.given)})"
        return f"{', '.join(self.outputs)} = {call}" if self.outputs else call


@dataclass(frozen=True, slots=True)
class After:
    """
    A hook that is given the rows of the statement.

    Attributes:
        hook: Its function.
        twin: Its async twin.
        replaces: Its result stands for the rows.
    """

    hook: HookFunction
    twin: HookFunction
    replaces: bool


@dataclass(frozen=True, slots=True)
class Argument:
    """
    A parameter of the query's function.

    Attributes:
        name: Its name.
        by: The parameter of the first hook that reads it; None: only the SQL does.
        in_sql: It goes to the SQL as it is given.
    """

    name: str
    by: HookParameter | None
    in_sql: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """
    The hooks of one query.

    Attributes:
        before: In order.
        after: In order.
        arguments: What the function takes, in the order of the SQL's parameters, those of checks last.
    """

    before: tuple[Step, ...] = ()
    after: tuple[After, ...] = ()
    arguments: tuple[Argument, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Names of what the function takes."""
        return tuple(argument.name for argument in self.arguments)


def make_plan(query: Query, before: Sequence[Step], after: Sequence[After]) -> Plan:
    """Return the plan of *query* whose hooks are those."""
    readers: dict[str, HookParameter] = {}
    makers: dict[str, Step] = {}
    for step in before:
        for name, parameter in zip(step.given, _parameters(step), strict=True):
            if name not in makers:
                readers.setdefault(name, parameter)
        for name in step.outputs:
            makers.setdefault(name, step)
    order: list[str] = []
    for name in query.parameters:
        order += [given for given in makers[name].given if given in readers] if name in makers else [name]
    names = dict.fromkeys([*order, *readers])
    arguments = (Argument(name, readers.get(name), name in query.parameters and name not in makers) for name in names)
    return Plan(tuple(before), tuple(after), tuple(arguments))


def _parameters(step: Step) -> list[HookParameter]:
    """Return the parameters of a hook that take what it is given, in that order."""
    named = {parameter.name: parameter for parameter in step.hook.parameters}
    positional = [parameter for parameter in step.hook.parameters if not parameter.is_keyword]
    rest = HookParameter("", None, has_default=True, is_keyword=False)
    padded = [*positional, *[rest] * len(step.inputs)]
    return [*padded[: len(step.inputs)], *(named[name] for name in step.keywords)]
