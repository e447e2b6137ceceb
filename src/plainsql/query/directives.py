"""The directive language: which directives there are, which exist yet, and what their arguments mean."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from plainsql.query.comments import DirectiveLine
from plainsql.query.hooks import Before, Word, read_after, read_before
from plainsql.query.model import Directive, Kind
from plainsql.query.overrides import VERDICTS, Override, Verdict, contradictions, read_overrides
from plainsql.query.source import Faults, closest, position_in

EXISTS: Final[dict[str, bool]] = {
    "after": True,
    "allow": True,
    "before": True,
    "cache": False,
    "changes": True,
    "notnull": True,
    "null": True,
    "optimistic": True,
    "optional": False,
    "order": False,
    "page": False,
    "plan": False,
    "read": False,
    "requires": False,
    "rows": True,
    "scope": False,
    "timeout": True,
    "type": True,
    "why": True,
}
"""Every directive of the language; False until the feature behind it exists."""

ALLOWABLE: Final = ("deleted_rows", "subjects")
"""Warnings that ``@allow`` takes away from one query, with a reason."""

REPEATABLE: Final = frozenset({"after", "allow", "before", "why", *VERDICTS})

_VERDICTS: Final[dict[str, Verdict]] = {verdict: verdict for verdict in VERDICTS}
_DURATION: Final = re.compile(r"(?P<number>\d{1,10}(?:\.\d{1,6})?)[ \t]*(?P<unit>ms|s|min)\Z")
_SECONDS: Final = {"ms": 0.001, "s": 1.0, "min": 60.0}
_LONGEST: Final = 2_147_483.647  # statement_timeout is an integer of milliseconds


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the directives of one query say."""

    directives: tuple[Directive, ...]
    kind: Kind
    timeout: float | None
    overrides: tuple[Override, ...] = ()
    before: tuple[Before, ...] = ()
    after: tuple[Word, ...] = ()


def read_directives(lines: Sequence[DirectiveLine], kind: Kind, suffix: str, faults: Faults, query: str) -> Meaning:
    """
    Check the directives under a header.

    Args:
        lines: In file order.
        kind: From the header's suffix.
        suffix: As written, for messages.
        faults: Takes what is wrong with them.
        query: Dotted key, for messages.
    """
    kept: list[Directive] = []
    first_lines: dict[str, int] = {}
    timeout: float | None = None
    overrides: list[Override] = []
    before: list[Before] = []
    after: list[Word] = []
    for line in lines:
        length = line.end - line.start
        if not EXISTS.get(line.name, False):
            message, hint = unknown_directive(line.name)
            faults.add(line.start, message, hint=hint, length=1 + len(line.name), query=query)
            continue
        if line.name in first_lines and line.name not in REPEATABLE:
            first = first_lines[line.name]
            faults.add(
                line.start, f"'@{line.name}' stands twice; the first is at line {first}", length=length, query=query
            )
            continue
        fault: tuple[str, str] | None = None
        if line.name == "timeout":
            timeout = duration(line.argument)
            if timeout is None:
                fault = f"'{line.argument}' is not a time limit", "write a number with ms, s or min: @timeout 250ms"
        elif line.name == "rows":
            fault = _rows_fault(line.argument, suffix)
            if fault is None:
                kind = "one"
        elif line.name in ("changes", "optimistic"):
            fault = _rows_written_fault(line.name, line.argument, kind, first_lines)
        elif line.name == "allow":
            fault = _allow_fault(line.argument)
        elif line.name == "before":
            step = read_before(line, faults, query, query.rpartition(".")[2])
            before += [step] if step else []
        elif line.name == "after":
            hook = read_after(line, faults, query)
            after += [hook] if hook else []
        elif verdict := _VERDICTS.get(line.name):
            overrides += read_overrides(line, verdict, faults, query)
        elif not line.argument:
            fault = f"'@{line.name}' says nothing", f"write the reason: @{line.name} …"
        if fault:
            faults.add(line.start, fault[0], hint=fault[1], length=length, query=query)
        place = position_in(faults.text, line.start)
        kept.append(Directive(line.name, line.argument, place))
        first_lines.setdefault(line.name, place.line)
    contradictions(overrides, faults, query)
    return Meaning(tuple(kept), kind, timeout, tuple(overrides), tuple(before), tuple(after))


def _rows_fault(argument: str, suffix: str) -> tuple[str, str] | None:
    if suffix != "^":
        return "'@rows 1' is for a query with the suffix ^", "give the query the suffix ^, or drop @rows"
    if argument != "1":
        return f"'@rows' takes 1, not '{argument}'", "write @rows 1: then no row raises, and so do two"
    return None


def _allow_fault(argument: str) -> tuple[str, str] | None:
    code, *reason = argument.split(maxsplit=1)[:2] or [""]
    if code not in ALLOWABLE:
        near = closest(code, ALLOWABLE)
        advice = f"did you mean '{near}'?" if near else f"write one of {', '.join(ALLOWABLE)}, and the reason"
        return f"'@allow' knows no warning '{code}'", advice
    return None if reason else (f"'@allow {code}' gives no reason", f"write why: @allow {code} …")


def _rows_written_fault(name: str, argument: str, kind: Kind, others: Iterable[str]) -> tuple[str, str] | None:
    """``@changes`` and ``@optimistic version`` say what the rows of a write are."""
    if kind not in ("one", "optional", "many"):
        return f"'@{name}' is for a query that returns rows", "give it RETURNING, and the suffix ^, <! or none"
    if name == "changes" and argument:
        return f"'@changes' takes no '{argument}'", "name the columns old.… and new.…"
    if name == "optimistic" and not argument.isidentifier():
        return "'@optimistic' takes the column that counts writes", "write @optimistic version"
    if {"changes", "optimistic"} - {name} <= set(others):
        return "'@changes' and '@optimistic' are of one row each", "take one of them out"
    return None


def duration(argument: str) -> float | None:
    """Return the seconds that ``250ms``, ``2s`` or ``1.5min`` mean; None for what is no time limit of 1 ms or more."""
    match = _DURATION.match(argument)
    if match is None:
        return None
    seconds = float(match["number"]) * _SECONDS[match["unit"]]
    return round(seconds, 6) if 0.001 <= seconds <= _LONGEST else None


def unknown_directive(name: str) -> tuple[str, str | None]:
    """Return message and hint for a directive that can't be used."""
    if name in EXISTS:
        return f"directive '@{name}' does not exist yet in this version", "take the line out"
    near = closest(name, EXISTS)
    return f"unknown directive '@{name}'", f"did you mean '@{near}'?" if near else "directives: @" + " @".join(EXISTS)


def misplaced(line: DirectiveLine) -> bool:
    """Whether a comment that stands elsewhere was meant as a directive; ``-- @todo`` was not."""
    return line.name in EXISTS or closest(line.name.lower(), EXISTS) is not None
