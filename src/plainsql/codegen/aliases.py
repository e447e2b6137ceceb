"""Aliases for enums and domains, in an order in which Python can define them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from plainsql.codegen import literal
from plainsql.codegen.imports import mentions


def definitions(aliases: Mapping[str, str], later: Collection[str] = ()) -> list[str]:
    """
    Return the lines that define *aliases*: by name, but each after those it is made of.

    Args:
        aliases: Values by name.
        later: Classes that the module defines below, which only a string can name.
    """
    lines: list[str] = []
    left = dict(sorted(aliases.items()))
    while left:
        ready = [name for name, value in left.items() if not any(mentions(value, other) for other in left)]
        # A literal may spell another alias's name; nothing really depends on itself.
        name = ready[0] if ready else next(iter(left))
        value = left.pop(name)
        is_forward = any(mentions(value, other) for other in later) and not value.startswith(("Literal[", '"'))
        lines.append(f"{name}: TypeAlias = {literal.string(value) if is_forward else value}")
    return lines


def needed_aliases(annotation: str, aliases: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return those of *aliases* that *annotation* mentions, itself or by way of others; each stands after its parts."""
    texts = [annotation]
    kept: list[tuple[str, str]] = []
    for name, value in reversed(tuple(aliases)):
        if any(mentions(text, name) for text in texts):
            texts.append(value)
            kept.insert(0, (name, value))
    return kept
