"""What plainsql says of the statements against what is true of them, and the table that tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plainsql.describe import Describer
from tests.truth.databases import EMPTY, Databases
from tests.truth.statements import Truth

Kind = Literal["refused", "wrong", "unproved", "parameter"]


DOCS = Path(__file__).parents[2] / "docs/nullability.md"
_BEGIN, _END = "<!-- truth -->", "<!-- /truth -->"


@dataclass(frozen=True, slots=True)
class Difference:
    """
    Something that plainsql says otherwise.

    Attributes:
        truth: Of which statement.
        kind: ``refused``: it can't describe it; ``wrong``: it calls a column never NULL that can be; ``unproved``: it
            doesn't call one so that is; ``parameter``: it says the opposite of a parameter.
        what: In words.
    """

    truth: Truth
    kind: Kind
    what: str

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
        return [Difference(truth, "refused", f"refused: {said.problem}")]
    names = [column.name for column in said.columns], [parameter.name for parameter in said.parameters]
    assert names == ([mark.name for mark in truth.columns], [mark.name for mark in truth.parameters]), truth.key
    found: list[Difference] = []
    for mark, column in zip(truth.columns, said.columns, strict=True):
        if mark.nullable and not column.nullable:
            found.append(Difference(truth, "wrong", f"column {mark.name} can be NULL, and is said never to be"))
        if not mark.nullable and column.nullable:
            found.append(Difference(truth, "unproved", f"column {mark.name} is never NULL, which is not proved"))
    for parameter in said.parameters:
        if parameter.name in truth.full and not parameter.is_full:
            found.append(Difference(truth, "parameter", f"None is taken among the elements of :{parameter.name}"))
    for mark, parameter in zip(truth.parameters, said.parameters, strict=True):
        if mark.nullable != parameter.nullable:
            sense = "makes sense" if mark.nullable else "makes no sense"
            found.append(Difference(truth, "parameter", f"None {sense} for :{mark.name}, and the contrary is said"))
    return found


def score(truths: Sequence[Truth], differences: Iterable[Difference]) -> Score:
    """Count *differences* that are of *truths*; of a statement that was refused nothing is proved."""
    keys = {truth.key for truth in truths}
    found = [difference for difference in differences if difference.truth.key in keys]
    kinds = Counter(difference.kind for difference in found)
    refused = {difference.truth.key for difference in found if difference.kind == "refused"}
    never_null = {truth.key: sum(not column.nullable for column in truth.columns) for truth in truths}
    return Score(
        len(truths),
        sum(len(truth.columns) for truth in truths),
        sum(never_null.values()),
        sum(never_null.values()) - kinds["unproved"] - sum(never_null[key] for key in refused),
        kinds["wrong"],
        sum(len(truth.parameters) for truth in truths),
        kinds["parameter"],
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


def with_table(page: str, table: str) -> str:
    """Return a page of the docs with *table* between its marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table}\n{_END}{after}"
