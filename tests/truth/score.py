"""What plainsql says of the statements against what is true of them, and the table that tells it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from plainsql.describe import Describer
from tests.truth.databases import EMPTY, Databases
from tests.truth.statements import Truth


@dataclass(frozen=True, slots=True)
class Difference:
    """One column or parameter of which plainsql says something else; *wrong* when that is untrue, not just cautious."""

    truth: Truth
    what: str
    wrong: bool

    def __str__(self) -> str:
        return f"{self.truth.key}: {self.what}"


@dataclass(frozen=True, slots=True)
class Score:
    """
    How plainsql does on some statements.

    Attributes:
        statements: How many.
        columns: How many result columns they have.
        never_null: How many of these are never NULL.
        proved: How many of those it says so of.
        wrong: How many columns it calls never NULL that are NULL.
        parameters: How many parameters.
        wrong_parameters: Of how many it says the opposite.
    """

    statements: int
    columns: int
    never_null: int
    proved: int
    wrong: int
    parameters: int
    wrong_parameters: int

    @property
    def share(self) -> float:
        """Share of the columns that are never NULL which are proved so, in per cent."""
        return 100 * self.proved / self.never_null if self.never_null else 100.0


def compare(databases: Databases, truths: Iterable[Truth]) -> list[Difference]:
    """Return every difference between plainsql and the truth, for the statements that this server takes."""
    describer = Describer(databases.conns[EMPTY])
    found = []
    for truth in truths:
        if databases.misses(truth) is None:
            found += _compare_one(describer, truth)
    return found


def _compare_one(describer: Describer, truth: Truth) -> list[Difference]:
    said = describer.describe(truth.query)
    if said.problem is not None:
        return [Difference(truth, f"refused: {said.problem}", wrong=True)]
    names = [column.name for column in said.columns], [parameter.name for parameter in said.parameters]
    assert names == ([mark.name for mark in truth.columns], [mark.name for mark in truth.parameters]), truth.key
    found = []
    for mark, column in zip(truth.columns, said.columns, strict=True):
        if mark.nullable and not column.nullable:
            found.append(Difference(truth, f"column {mark.name} can be NULL, and is said never to be", wrong=True))
        if not mark.nullable and column.nullable:
            found.append(Difference(truth, f"column {mark.name} is never NULL, which is not proved", wrong=False))
    for mark, parameter in zip(truth.parameters, said.parameters, strict=True):
        if mark.nullable != parameter.nullable:
            sense = "makes sense" if mark.nullable else "makes no sense"
            found.append(Difference(truth, f"None {sense} for parameter {mark.name}, and the contrary is said", True))
    return found


def score(truths: Sequence[Truth], differences: Iterable[Difference]) -> Score:
    """Count *differences* that are of *truths*."""
    keys = {truth.key for truth in truths}
    found = [difference for difference in differences if difference.truth.key in keys]
    columns = [column for truth in truths for column in truth.columns]
    never_null = sum(not column.nullable for column in columns)
    of_parameters = [difference for difference in found if difference.what.startswith("None ")]
    return Score(
        len(truths),
        len(columns),
        never_null,
        never_null - sum(not difference.wrong for difference in found),
        sum(difference.wrong for difference in found) - len(of_parameters),
        sum(len(truth.parameters) for truth in truths),
        len(of_parameters),
    )


def render_table(truths: Sequence[Truth], differences: Sequence[Difference]) -> str:
    """Return the scores by topic as a table in Markdown, the whole in its last row."""
    lines = [
        "| topic | statements | columns | never NULL | proved | wrong | parameters | wrong |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    topics = list(dict.fromkeys(truth.topic for truth in truths))
    groups = [(topic.replace("_", " "), [truth for truth in truths if truth.topic == topic]) for topic in topics]
    for name, group in [*groups, ("**all**", truths)]:
        found = score(group, differences)
        lines.append(
            f"| {name} | {found.statements} | {found.columns} | {found.never_null} | {found.share:.1f} % "
            f"| {found.wrong} | {found.parameters} | {found.wrong_parameters} |"
        )
    return "\n".join(lines)
