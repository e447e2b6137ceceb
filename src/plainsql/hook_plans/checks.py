"""Whether a function fits the directive that names it."""

from __future__ import annotations

from collections.abc import Sequence

from plainsql.hook_plans.functions import HookError, HookFunction, unknown_names
from plainsql.query.hooks import Before
from plainsql.query.model import Query
from plainsql.query.source import closest


def check_before(hook: HookFunction, place: str) -> None:
    """
    Raise HookError unless generated code can call *hook* before a statement, with its types.

    Args:
        hook: As read.
        place: Where its def is, for messages.
    """
    _check_def(hook, place)
    for parameter in hook.parameters:
        said = f"parameter '{parameter.name}' of hook '{hook.name}'"
        if parameter.annotation is None:
            raise HookError(f"{said} has no type", f"annotate it: {place}")
        if unknown := unknown_names(parameter.annotation):
            hint = f"define or import it at the top of {place.rpartition(':')[0]}"
            raise HookError(f"{said}: '{unknown[0]}' is no type that another module could import", hint)


def check_after(hook: HookFunction, place: str) -> None:
    """Raise HookError unless *hook* can be given the transaction and the rows."""
    _check_def(hook, place)
    needed = [parameter for parameter in hook.parameters if not parameter.has_default]
    taken = [parameter for parameter in hook.parameters if not parameter.is_keyword]
    fits = len(needed) <= 2 <= len(taken) and not any(parameter.is_keyword for parameter in needed)
    if not fits and not hook.takes_any:
        message = f"a hook after the statement is given the transaction and the rows; this one takes ({given(hook)})"
        raise HookError(message, f"write def {hook.name}(tx: Transaction, rows: Sequence[…]) -> None: {place}")


def _check_def(hook: HookFunction, place: str) -> None:
    if hook.is_async:
        raise HookError(f"hook '{hook.name}' is async, and sync functions call it", f"write it as a def: {place}")
    if hook.returns is None:
        raise HookError(f"hook '{hook.name}' doesn't say what it returns", f"annotate it: {place}")


def check_twins(hook: HookFunction, twin: HookFunction) -> None:
    """Raise HookError unless *twin* takes and returns what *hook* does."""
    if twin is hook:
        return
    ours = [(parameter.name, parameter.has_default, parameter.is_keyword) for parameter in hook.parameters]
    theirs = [(parameter.name, parameter.has_default, parameter.is_keyword) for parameter in twin.parameters]
    said = f"hook '{hook.name}' and its async twin differ"
    if ours != theirs:
        raise HookError(f"{said}: one takes ({given(hook)}), the other ({given(twin)})", "make them equal")
    if twin.returns is None or hook.returns_none != twin.returns_none:
        raise HookError(f"{said}: one returns {hook.returns}, the other {twin.returns or 'nobody knows what'}")


def matched(hook: HookFunction, names: Sequence[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """
    Return what *hook* is given by position and what by keyword.

    Args:
        hook: As read.
        names: What the directive gives it.

    Raises:
        HookError: It takes more, or less, or the same names in another order.
    """
    positional = [parameter for parameter in hook.parameters if not parameter.is_keyword]
    named = {parameter.name for parameter in hook.parameters if parameter.is_keyword}
    by_position = tuple(name for name in names if name not in named)
    by_keyword = tuple(name for name in names if name in named)
    said = f"hook {hook.name}({given(hook)})"
    if len(by_position) > len(positional) and not hook.takes_any:
        extra = ", ".join(by_position[len(positional) :])
        raise HookError(f"{said} does not take {extra}", "give it as many as it takes")
    missing = [parameter.name for parameter in positional[len(by_position) :] if not parameter.has_default]
    missing += [
        parameter.name
        for parameter in hook.parameters
        if parameter.is_keyword and not parameter.has_default and parameter.name not in by_keyword
    ]
    if missing:
        raise HookError(f"{said} is not given {', '.join(missing)}", "write what it is given, in its order")
    places = {parameter.name: number for number, parameter in enumerate(positional)}
    for number, name in enumerate(by_position):
        if places.get(name, number) != number:
            message = f"{said} takes {name} in another place than it is given it"
            raise HookError(message, "put the names in the order of the function")
    return by_position, by_keyword


def outputs_of(query: Query, hook: HookFunction, call: Before) -> tuple[str, ...]:
    """
    Return the parameters of the SQL that take what *hook* returns.

    Raises:
        HookError: It returns nothing and should, or something that nothing takes.
    """
    names = ", ".join(word.text for word in call.inputs)
    if hook.returns_none:
        if call.outputs is None:
            return ()
        hint = f"write @before {hook.name}({names})"
        message = f"hook '{hook.name}' returns None, so there is nothing for '{call.outputs[0].text}'"
        raise HookError(message, hint, call.outputs[0])
    if call.outputs is not None:
        return tuple(word.text for word in call.outputs)
    for word in call.inputs:
        if word.text not in query.parameters:
            near = closest(word.text, query.parameters) or "…"
            message = f"'{word.text}' is no parameter of the SQL, and what {hook.name} returns has to go to one"
            raise HookError(message, f"say to which: @before {hook.name}({names} -> {near})", word)
    return tuple(word.text for word in call.inputs)


def given(hook: HookFunction) -> str:
    """Return the names of a hook's parameters, as its def lists them."""
    names = [parameter.name for parameter in hook.parameters if not parameter.is_keyword]
    keywords = [parameter.name for parameter in hook.parameters if parameter.is_keyword]
    star = ["*args"] if hook.takes_any else ["*"] if keywords else []
    return ", ".join([*names, *star, *keywords])
