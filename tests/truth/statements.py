"""Statements with their known truth, as the query files of this folder tell it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from plainsql.adapter import PlainSQLAdapter, PlainSQLLoader
from plainsql.query.model import Query

FOLDER = Path(__file__).parent
NOT_QUERIES = re.compile(r"schema\w*\Z")
_LINE = re.compile(r"(?P<what>Columns|Parameters|Full|Requires|Until|Extension|Data|Try): *(?P<rest>.*)\Z")
_MARK = re.compile(r"(?P<name>\w+)(?P<mark>[!?])(?P<rule> by-rule)?\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """What is true of one column or parameter; *by_rule* when rows can't show that a parameter takes no None."""

    name: str
    nullable: bool
    by_rule: bool = False


@dataclass(frozen=True, slots=True)
class Truth:
    """
    One statement and what is true of it.

    Attributes:
        topic: Name of its file.
        query: As the loader made it.
        columns: In result order.
        parameters: In the order of ``query.parameters``.
        full: Names of the parameters whose arrays are refused None among their elements.
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
    full: tuple[str, ...]
    requires: int
    until: int
    extension: str | None
    data: tuple[str, ...]
    tries: dict[str, tuple[str, ...]]

    @property
    def key(self) -> str:
        """Topic and name."""
        return f"{self.topic}.{self.query.name}"


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
    for what in ("Columns", "Parameters", "Full", "Requires", "Until", "Extension"):
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
        tuple(parameters[name.strip()].name for name in said.get("Full", [""])[0].split(",") if name.strip()),
        int(said.get("Requires", ["15"])[0]),
        int(said.get("Until", ["99"])[0]),
        said.get("Extension", [None])[0],
        tuple(said.get("Data", ())),
        tries,
    )


def _marks(where: str, text: str) -> tuple[Mark, ...]:
    marks = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        match = _MARK.match(part)
        assert match, f"{where}: {part!r} is not a mark"
        marks.append(Mark(match["name"], match["mark"] == "?", bool(match["rule"])))
    return tuple(marks)
