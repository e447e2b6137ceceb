"""
Statements with their known truth, as the query files of this folder tell it.

After ``-- name:`` and a sentence on the rule stand what is true of the statement:

=====================  ==========================================================================
``-- Columns:``        ``id!, note?, items[{sku! rebate?}!]!``: the marks of ``made.py``
``-- Parameters:``     ``id!, note?, ids[!]!``: does None make sense, for it and among its elements?
                       ``by-rule``, ``elements-by-rule`` after it: rows can't show it, a rule decides
``-- Requires: 17``    first major version that takes it; ``Until: 17`` the last
``-- Extension:``      that its tables need
``-- Data: INSERT …``  rows of its own; ``Try: ids = {1}`` a further value of a parameter
=====================  ==========================================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from plainsql.adapter import PlainSQLAdapter, PlainSQLLoader
from plainsql.query.model import Query
from tests.truth.made import Each, Reader, Value

FOLDER = Path(__file__).parent
NOT_QUERIES = re.compile(r"schema\w*\Z")
_LINE = re.compile(r"(?P<what>Columns|Parameters|Requires|Until|Extension|Data|Try): *(?P<rest>.*)\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is true of one column or parameter; rules where rows can't show it of a parameter or of its elements."""

    name: str
    value: Value
    by_rule: bool = False
    elements_by_rule: bool = False

    @property
    def nullable(self) -> bool:
        """Whether it may be NULL, or None makes sense."""
        return self.value.nullable

    @property
    def is_full(self) -> bool | None:
        """Whether None makes no sense among the elements of a parameter; None where that isn't said."""
        match self.value.inside:
            case Each(Value() as element):
                return not element.nullable
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Truth:
    """
    One statement and what is true of it.

    Attributes:
        topic: Name of its file.
        query: As the loader made it.
        columns: In result order.
        parameters: In the order of ``query.parameters``.
        requires: First major version that takes it.
        until: Last one.
        extension: Which the schema needs.
        data: Statements that make rows of its own.
        tries: Further values of parameters.
    """

    topic: str
    query: Query
    columns: tuple[Mark, ...]
    parameters: tuple[Mark, ...]
    requires: int
    until: int
    extension: str | None
    data: tuple[str, ...]
    tries: dict[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """Topic and name."""
        return f"{self.topic}.{self.query.name}"

    @property
    def promised(self) -> frozenset[str]:
        """What the query itself promises of parameters, which is then refused before it is sent: ``id``, ``ids[]``."""
        said = [one for one in self.query.overrides if one.is_parameter and one.verdict == "notnull"]
        return frozenset(one.target.removeprefix(":") for one in said)


def load_truths() -> list[Truth]:
    """Return every statement, topic by topic."""
    return [truth for path in sorted(FOLDER.glob("*.sql")) for truth in load_topic(path)]


def load_topic(path: Path) -> list[Truth]:
    """Return the statements of one file."""
    if NOT_QUERIES.match(path.stem):
        return []
    loader = PlainSQLLoader(PlainSQLAdapter(), None, attribute=None, mandatory_parameters=False)
    file, problems = loader.load_query_file(path.read_text(encoding="utf-8"), path=path.name, stem=path.stem)
    assert not problems, "\n".join(map(str, problems))
    return [_truth(path.stem, query) for query in file.queries]


def _truth(topic: str, query: Query) -> Truth:
    said: dict[str, list[str]] = {}
    prose = []
    for line in query.doc.split("\n"):
        if match := _LINE.match(line):
            said.setdefault(match["what"], []).append(match["rest"])
        else:
            prose.append(line)
    where = f"{topic}.{query.name}"
    assert any(prose), f"{where} says no rule"
    for what in ("Columns", "Parameters", "Requires", "Until", "Extension"):
        assert len(said.get(what, ())) < 2, f"{where} says {what} twice"
    parameters = {mark.name: mark for mark in _marks(where, said.get("Parameters", [""])[0])}
    assert set(parameters) == set(query.parameters), f"{where} has the parameters {query.parameters}"
    tries: dict[str, tuple[str, ...]] = {}
    for line in said.get("Try", ()):
        name, _, value = line.partition(" = ")
        assert name in parameters, f"{where} tries {name}"
        tries[name] = (*tries.get(name, ()), value)
    return Truth(
        topic,
        query,
        _marks(where, said.get("Columns", [""])[0]),
        tuple(parameters[name] for name in query.parameters),
        int(said.get("Requires", ["15"])[0]),
        int(said.get("Until", ["99"])[0]),
        said.get("Extension", [None])[0],
        tuple(said.get("Data", ())),
        tries,
    )


def _marks(where: str, text: str) -> tuple[Mark, ...]:
    reader = Reader(text)
    marks: list[Mark] = []
    while reader.skip(r"\Z") is None:
        assert not marks or reader.skip(","), f"{where}: a comma is missing before {reader.text[reader.at :]!r}"
        marks.append(
            Mark(reader.name(), reader.value(), bool(reader.skip("by-rule")), bool(reader.skip("elements-by-rule")))
        )
    return tuple(marks)
