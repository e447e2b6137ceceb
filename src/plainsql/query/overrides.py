"""What an author says of one column or parameter against the proof: ``@null``, ``@notnull``, ``@type``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from plainsql.query.annotations import Annotation, AnnotationError, read_annotation
from plainsql.query.comments import DirectiveLine
from plainsql.query.source import Faults, closest, line_of, position_in

Verdict = Literal["null", "notnull", "type"]

VERDICTS: Final[tuple[Verdict, ...]] = ("null", "notnull", "type")

_TARGET: Final = re.compile(r"(?P<colon>:?)(?P<name>[^\s:,\[\]()\"'=]+)(?P<elements>\[\])?\Z")
_EXAMPLES: Final = {
    "null": "write what may be NULL: @null note, :note",
    "notnull": "write what is never NULL: @notnull total, :status",
    "type": "write the name, then its type: @type metadata dict[str, int]",
}


@dataclass(frozen=True, slots=True)
class Override:
    """
    One name that a directive speaks of.

    Attributes:
        verdict: The directive.
        name: Of the column or parameter.
        is_parameter: Written with a colon.
        of_elements: Written with ``[]``: of the elements of an array.
        annotation: Of ``@type``.
        start: Character offset of the name in the file.
        end: Where it ends.
    """

    verdict: Verdict
    name: str
    is_parameter: bool
    of_elements: bool
    annotation: Annotation | None
    start: int
    end: int

    @property
    def target(self) -> str:
        """The name as it is written: ``total``, ``:ids[]``."""
        return f"{':' if self.is_parameter else ''}{self.name}{'[]' if self.of_elements else ''}"

    @property
    def meaning(self) -> tuple[object, ...]:
        """What it says, wherever it stands."""
        return self.verdict, self.target, self.annotation

    def __str__(self) -> str:
        return f"@{self.verdict} {self.target}{f' {self.annotation}' if self.annotation else ''}"


def read_overrides(line: DirectiveLine, verdict: Verdict, faults: Faults, query: str) -> Iterator[Override]:
    """
    Yield what a directive says of each name.

    Args:
        line: The directive.
        verdict: Its name.
        faults: Takes what is wrong with it.
        query: Dotted key, for messages.
    """
    if not line.argument:
        faults.add(
            line.start,
            f"'@{verdict}' names nothing",
            hint=_EXAMPLES[verdict],
            length=line.end - line.start,
            query=query,
        )
        return
    start = faults.text.rindex(line.argument, line.start, line.end)
    if verdict == "type":
        words = line.argument.split(None, 1)
        pieces = [(words[0], start)]
    else:
        pieces = list(_listed(line.argument, start))
    for text, offset in pieces:
        match = _TARGET.match(text)
        if match is None:
            message, hint = _no_target(verdict, text)
            faults.add(offset, message, hint=hint, length=len(text) or 1, query=query)
            continue
        annotation: Annotation | None = None
        if verdict == "type":
            if match["elements"]:
                hint = f"write the type of all of it: @type {match['colon']}{match['name']} list[…]"
                faults.add(offset, "@type is of no elements alone", hint=hint, length=len(text), query=query)
                continue
            annotation = _annotation(line, text, start, faults, query)
            if annotation is None:
                continue
        yield Override(
            verdict,
            match["name"],
            bool(match["colon"]),
            bool(match["elements"]),
            annotation,
            offset,
            offset + len(text),
        )


def _listed(argument: str, start: int) -> Iterator[tuple[str, int]]:
    for piece in re.finditer(r"[^,]+|(?<=,)(?=,|\Z)|\A(?=,)", argument):
        text = piece[0].strip()
        yield text, start + piece.start() + len(piece[0]) - len(piece[0].lstrip())


def _no_target(verdict: Verdict, text: str) -> tuple[str, str]:
    if not text:
        return "a name is missing beside the comma", _EXAMPLES[verdict]
    words = text.split()
    if verdict != "type" and len(words) > 1 and all(map(_TARGET.match, words)):
        return f"'{text}' is no name", "separate names by commas; a reason goes to @why"
    bare = text.strip("\"':=,()[] \t")
    if '"' in text or "'" in text:
        return f"'{text}' is no name of a column or parameter", f"write it without quotes: {bare}"
    if verdict == "type" and text.endswith((":", "=", ",")):
        return f"'{text}' is no name of a column or parameter", f"write it without '{text[-1]}': @type {bare} int"
    if (whole := re.match(r":?\w+(?=\[\]\.|\.)", text)) is not None:
        said = f"'{text}' is inside of '{whole[0]}', and a directive speaks of all of it"
        return said, f"write @type {whole[0]} and what all of it is, or COALESCE in the SQL"
    if bare and text[0] in ":=" and not text[1:2].strip():
        return f"'{text}' is no name of a column or parameter", f"write it without '{text[0]}': @{verdict} {bare}"
    return f"'{text}' is no name of a column or parameter", _EXAMPLES[verdict]


def _annotation(line: DirectiveLine, target: str, start: int, faults: Faults, query: str) -> Annotation | None:
    text = line.argument[len(target) :].strip()
    if not text:
        hint = f"write it after the name: @type {target} int"
        faults.add(start, f"'@type {target}' names no type", hint=hint, length=len(target), query=query)
        return None
    try:
        return read_annotation(text)
    except AnnotationError as error:
        offset = start + line.argument.rindex(text)
        faults.add(offset, str(error), hint=error.hint, length=len(text), query=query)
        return None


def contradictions(overrides: Sequence[Override], faults: Faults, query: str) -> None:
    """Report names of which two directives of one query say the same or the opposite."""
    first: dict[tuple[bool, str], Override] = {}
    for override in overrides:
        earlier = first.setdefault((override.verdict == "type", override.target), override)
        if earlier is override:
            continue
        length = override.end - override.start
        number = position_in(faults.text, earlier.start).line
        if earlier.verdict == override.verdict:
            message = f"'@{override.verdict} {override.target}' stands twice; the first is at line {number}"
            faults.add(override.start, message, length=length, query=query)
        else:
            message = f"'@{override.verdict} {override.target}' contradicts the '@{earlier.verdict}' at line {number}"
            faults.add(override.start, message, hint="take one of them out", length=length, query=query)


def check_overrides(
    overrides: Iterable[Override], suffix: str, parameters: Sequence[str], faults: Faults, query: str
) -> None:
    """
    Report overrides of parameters that the query hasn't, and of columns where it returns none.

    Args:
        overrides: Of one query.
        suffix: The query's suffix if it returns no columns, else empty.
        parameters: The query's.
        faults: Takes what is wrong.
        query: Dotted key, for messages.
    """
    for override in overrides:
        length = override.end - override.start
        if override.is_parameter:
            if override.name not in parameters:
                hint = meant(override, parameters, ())
                message = f"'@{override.verdict} {override.target}' names no parameter"
                faults.add(override.start, message, hint=hint, length=length, query=query)
        elif suffix:
            near = f"did you mean ':{override.name}'?" if override.name in parameters else "take it out"
            message = f"'@{override.verdict} {override.target}' is for a column, and {suffix} returns none"
            faults.add(override.start, message, hint=near, length=length, query=query)


def meant(override: Override, parameters: Sequence[str], columns: Sequence[str]) -> str:
    """Return the hint for a name that is neither of *parameters* nor of *columns*."""
    names = [*(f":{name}" for name in parameters), *columns]
    plain = f"{':' if override.is_parameter else ''}{override.name}"
    other = override.name if override.is_parameter else f":{override.name}"
    near = other if other in names else closest(plain, names) or closest(plain.lower(), names)
    return f"did you mean '{near}'?" if near else f"there are: {', '.join(names) or 'none'}"


def source_line(text: str, override: Override) -> tuple[int, int, str]:
    """Return line and column of an override in its file, and the text of that line."""
    place = position_in(text, override.start)
    return place.line, place.column, line_of(text, override.start)
