"""What plainsql says of the statements against what is true of them, and the table that tells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from plainsql.describe import Describer
from tests.truth.databases import EMPTY, Databases
from tests.truth.made import Fixed, Row, Value, below
from tests.truth.said import column_mark
from tests.truth.statements import Mark, Truth

Kind = Literal[
    "refused", "wrong", "unproved", "wrong member", "unproved member", "parameter", "elements", "unproved elements"
]

DOCS = Path(__file__).parents[2] / "docs/nullability.md"
_BEGIN, _END = "<!-- truth -->", "<!-- /truth -->"


@dataclass(frozen=True, slots=True)
class Difference:
    """
    Something that plainsql says otherwise.

    Attributes:
        truth: Of which statement.
        kind: ``refused``: it can't describe it; ``wrong``: it calls a column never NULL that can be; ``unproved``: it
            doesn't call one so that is; the same of what is inside of a column; ``parameter``: it says the opposite
            of a parameter; ``elements``: it refuses None among those of one where it makes sense, and ``unproved
            elements`` the contrary.
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
        members: How many elements and members the columns are said to have.
        members_never_null: How many of these are never NULL.
        members_proved: How many of those it says so of.
        members_wrong: How many it says are never NULL that are, or are of another make.
        arrays: How many parameters are arrays.
        full_arrays: Among the elements of how many None makes no sense.
        full_proved: Of how many of those it says so.
        wrong_arrays: Of how many others it says so.
    """

    statements: int
    columns: int
    never_null: int
    proved: int
    wrong: int
    parameters: int
    wrong_parameters: int
    members: int
    members_never_null: int
    members_proved: int
    members_wrong: int
    arrays: int
    full_arrays: int
    full_proved: int
    wrong_arrays: int

    @property
    def share(self) -> float:
        """Share of the columns that are never NULL which are proved so, in per cent."""
        return 100 * self.proved / self.never_null if self.never_null else 100.0

    @property
    def member_share(self) -> float:
        """The same of elements and members."""
        return 100 * self.members_proved / self.members_never_null if self.members_never_null else 100.0


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
        found += _compare_inside(truth, mark, column_mark(column))
    for mark, parameter in zip(truth.parameters, said.parameters, strict=True):
        if mark.nullable != parameter.nullable:
            sense = "makes sense" if mark.nullable else "makes no sense"
            found.append(Difference(truth, "parameter", f"None {sense} for :{mark.name}, and the contrary is said"))
        is_array = parameter.type.element is not None
        assert is_array is (mark.is_full is not None), f"{truth.key}: mark the elements of :{mark.name}"
        if is_array and mark.is_full is not parameter.has_full_elements:
            sense = "makes no sense" if mark.is_full else "makes sense"
            what = f"None {sense} among the elements of :{mark.name}, and the contrary is said"
            found.append(Difference(truth, "unproved elements" if mark.is_full else "elements", what))
    return found


def _compare_inside(truth: Truth, mark: Mark, said: Mark) -> Iterator[Difference]:
    """Yield what is said otherwise of the inside of a column; of an inside that isn't marked nothing is compared."""
    told = dict(below(said.value))
    makes = {path: _make(value) for path, value in told.items()} | {"": _make(said.value)}
    for path, value in (("", mark.value), *below(mark.value)):
        what = f"{mark.name}{path}"
        if value.inside is not None and makes.get(path) is not None and makes[path] != _make(value):
            text = f"column {what} is {mark.name}{value}, and {said.name}{said.value} is said"
            yield Difference(truth, "wrong member", text)
        if not path:
            continue
        other = told.get(path)
        if value.mark == "!" and (other is None or other.nullable):
            yield Difference(truth, "unproved member", f"{what} is never NULL, which is not proved: {said.value}")
        if other is not None and ((value.nullable and not other.nullable) or (value.mark == "~") > (other.mark == "~")):
            yield Difference(truth, "wrong member", f"{what}{value.mark} is said to be {other.mark}: {said.value}")


def _make(value: Value) -> tuple[object, ...] | None:
    """Return what two values of one make have in common."""
    match value.inside:
        case None:
            return None
        case Row(members):
            return (Row, frozenset(name for name, _ in members))
        case Fixed(items):
            return (Fixed, len(items))
        case inside:
            return (type(inside),)


def score(truths: Sequence[Truth], differences: Iterable[Difference]) -> Score:
    """Count *differences* that are of *truths*; of a statement that was refused nothing is proved."""
    keys = {truth.key for truth in truths}
    found = [difference for difference in differences if difference.truth.key in keys]
    kinds = Counter(difference.kind for difference in found)
    refused = {difference.truth.key for difference in found if difference.kind == "refused"}
    never_null = {truth.key: sum(not column.nullable for column in truth.columns) for truth in truths}
    members = {truth.key: [one for mark in truth.columns for _, one in below(mark.value)] for truth in truths}
    members_never_null = {key: sum(not one.nullable for one in ones) for key, ones in members.items()}
    full = sum(mark.is_full is True for truth in truths for mark in truth.parameters)
    return Score(
        len(truths),
        sum(len(truth.columns) for truth in truths),
        sum(never_null.values()),
        sum(never_null.values()) - kinds["unproved"] - sum(never_null[key] for key in refused),
        kinds["wrong"],
        sum(len(truth.parameters) for truth in truths),
        kinds["parameter"],
        sum(map(len, members.values())),
        sum(members_never_null.values()),
        sum(members_never_null.values()) - kinds["unproved member"] - sum(members_never_null[key] for key in refused),
        kinds["wrong member"],
        sum(mark.is_full is not None for truth in truths for mark in truth.parameters),
        full,
        full - kinds["unproved elements"],
        kinds["elements"],
    )


def render_table(truths: Sequence[Truth], differences: Sequence[Difference]) -> str:
    """Return the scores by topic as a table in Markdown, the whole in its last row."""
    lines = [
        "| topic | statements | columns | never NULL | proved | wrong "
        "| members | never NULL | proved | wrong | parameters | wrong | arrays | full | proved | wrong |",
        "|---|" + "---:|" * 15,
    ]
    topics = list(dict.fromkeys(truth.topic for truth in truths))
    groups = [(topic.replace("_", " "), [truth for truth in truths if truth.topic == topic]) for topic in topics]
    for name, group in [*groups, ("**all**", truths)]:
        found = score(group, differences)
        lines.append(
            f"| {name} | {found.statements} | {found.columns} | {found.never_null} | {found.share:.1f} % "
            f"| {found.wrong} | {found.members} | {found.members_never_null} | {found.member_share:.1f} % "
            f"| {found.members_wrong} | {found.parameters} | {found.wrong_parameters} | {found.arrays} "
            f"| {found.full_arrays} | {found.full_proved} | {found.wrong_arrays} |"
        )
    return "\n".join(lines)


def with_table(page: str, table: str) -> str:
    """Return a page of the docs with *table* between its marks."""
    before, _, rest = page.partition(_BEGIN)
    _, _, after = rest.partition(_END)
    return f"{before}{_BEGIN}\n{table}\n{_END}{after}"
