"""Python literals that read as the text they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


def _escape(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    # Bidirectional controls are escaped so that a reviewer sees what runs (CVE-2021-42574).
    text = _CONTROL.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
    return text[:-1] + '\\"' if text.endswith('"') and not text.endswith('\\"') else text


def string(text: str) -> str:
    """Return *text* as a double-quoted literal of one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{_CONTROL.sub(lambda match: f"{chr(92)}u{ord(match[0]):04x}", escaped)}"'


def block(text: str) -> str:
    """Return *text* as a triple-quoted literal, its lines as they stand; a single line as a plain literal."""
    return string(text) if "\n" not in text else f'"""\\\n{_escape(text)}"""'


def docstring(lines: Iterable[str], indent: str) -> list[str]:
    """Return the lines of a docstring, indented; one line if there is only one."""
    escaped = [_escape(line.rstrip()) for line in lines]
    if len(escaped) == 1:
        return [f'{indent}"""{escaped[0]}"""']
    return [f'{indent}"""', *(f"{indent}{line}".rstrip() for line in escaped), f'{indent}"""']


def tuple_of(items: Iterable[str]) -> str:
    """Return a tuple display of *items*, which are already literals."""
    parts = list(items)
    return f"({parts[0]},)" if len(parts) == 1 else f"({', '.join(parts)})"


def call(start: str, arguments: Iterable[str], *, width: int = 100) -> str:
    """
    Return *start* with *arguments* in parentheses; as many on a line as fit when one line is too short for all.

    Functions get a line each, and so does all that stands beside them.
    A single argument gets a comma where *start* ends in ``=``: it is a tuple.
    """
    parts = list(arguments)
    is_tuple = start.endswith("=")
    line = f"{start}{tuple_of(parts)}" if is_tuple else f"{start}({', '.join(parts)})"
    if len(line) <= width:
        return line
    indent = " " * (len(start) - len(start.lstrip()) + 4)
    lines = [indent]
    has_functions = any("lambda:" in part for part in parts)
    for part in parts:
        if (has_functions or len(lines[-1]) + len(part) + 1 > width) and lines[-1].strip():
            lines.append(indent)
        lines[-1] += f"{part}, "
    return "\n".join([f"{start}(", *(line.rstrip() for line in lines), f"{indent[4:]})"])


@dataclass(frozen=True, slots=True)
class Call:
    """
    A call within a call.

    Attributes:
        start: What stands before the parenthesis: ``Record``, ``old=Record``, or ``names=`` for a tuple of two or more.
        arguments: In order.
    """

    start: str
    arguments: tuple[str | Call, ...]

    def __str__(self) -> str:
        """Return it on one line."""
        return f"{self.start}({', '.join(map(str, self.arguments))})"

    def lines(self, width: int) -> list[str]:
        """Return it on one line of *width* characters, or with a line for each argument, which no formatter joins."""
        line = str(self)
        if len(line) < width:  # a comma follows
            return [line]
        found = [f"{self.start}("]
        for argument in self.arguments:
            parts = argument.lines(width - 4) if isinstance(argument, Call) else [argument]
            parts[-1] += ","
            found += [f"    {part}" for part in parts]
        return [*found, ")"]
