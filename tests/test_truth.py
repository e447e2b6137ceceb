"""Statements whose nullability is known: rows witness each of them, and plainsql must say the same."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache

import pytest

from plainsql.describe import Describer
from tests.truth.databases import EMPTY, Databases, truth_databases
from tests.truth.made import Each, Fixed, Keys, Row, Value, below
from tests.truth.said import column_mark
from tests.truth.score import DOCS, Difference, compare, render_table, score, with_table
from tests.truth.statements import Truth, load_truths
from tests.truth.witness import Evidence, gather, judge, refute_columns

TRUTHS = load_truths()
BY_KEY = {truth.key: truth for truth in TRUTHS}


@pytest.fixture(scope="module")
def databases(server: str) -> Iterator[Databases]:
    with truth_databases(server) as databases:
        yield databases


@pytest.fixture(scope="module")
def truths(databases: Databases) -> list[Truth]:
    """The statements that this server takes."""
    return [truth for truth in TRUTHS if databases.misses(truth) is None]


@pytest.fixture(scope="module")
def differences(databases: Databases, truths: list[Truth]) -> list[Difference]:
    return compare(databases, truths)


@pytest.fixture(scope="module")
def seen(databases: Databases) -> Callable[[Truth], Evidence]:
    """Return what runs of a statement show, which is gathered once."""

    @cache
    def gathered(key: str) -> Evidence:
        evidence = gather(databases, BY_KEY[key])
        assert isinstance(evidence, Evidence), f"{key}: {evidence}"
        return evidence

    return lambda truth: gathered(truth.key)


@pytest.mark.parametrize("truth", TRUTHS, ids=[truth.key for truth in TRUTHS])
def test_rows_witness_what_is_written(databases: Databases, seen: Callable[[Truth], Evidence], truth: Truth) -> None:
    if reason := databases.misses(truth):
        pytest.skip(reason)
    assert list(judge(truth, seen(truth))) == []


def test_no_row_refutes_what_is_said_of_any_statement(
    databases: Databases, seen: Callable[[Truth], Evidence], truths: list[Truth]
) -> None:
    """Of elements and members too, also where the truth doesn't mark them."""
    describer = Describer(databases.conns[EMPTY])
    refuted = []
    for truth in truths:
        columns = [column_mark(column) for column in describer.describe(truth.query).columns]
        refuted += [f"{truth.key}: {found}" for found in refute_columns(seen(truth), columns)]
    assert refuted == []


def test_every_topic_shows_what_is_null_and_what_is_not() -> None:
    for topic in {truth.topic for truth in TRUTHS}:
        marks = [mark for truth in TRUTHS if truth.topic == topic for mark in (*truth.columns, *truth.parameters)]
        assert {mark.nullable for mark in marks} == {True, False}, topic


def _opposite(value: Value) -> Value:
    return replace(value, mark="!" if value.nullable else "?")


def _opposites(value: Value) -> Iterator[Value]:
    """Yield *value* with the opposite said of one thing inside of it, each in its turn."""

    def changed(one: Value) -> Iterator[Value]:
        yield _opposite(one)
        yield from _opposites(one)

    match value.inside:
        case Each(Value() as one):
            yield from (replace(value, inside=Each(other)) for other in changed(one))
        case Keys(Value() as one):
            yield from (replace(value, inside=Keys(other)) for other in changed(one))
        case Fixed(items):
            for place, one in enumerate(items):
                for other in changed(one):
                    yield replace(value, inside=Fixed((*items[:place], other, *items[place + 1 :])))
        case Row(members):
            for place, (name, one) in enumerate(members):
                for other in changed(one):
                    yield replace(value, inside=Row((*members[:place], (name, other), *members[place + 1 :])))


@pytest.mark.parametrize("topic", ["joins", "parameters"])
def test_rows_refute_the_opposite(databases: Databases, seen: Callable[[Truth], Evidence], topic: str) -> None:
    for truth in (truth for truth in TRUTHS if truth.topic == topic and databases.misses(truth) is None):
        for place, mark in enumerate(truth.columns):
            opposite = replace(mark, value=_opposite(mark.value))
            wrong = replace(truth, columns=(*truth.columns[:place], opposite, *truth.columns[place + 1 :]))
            assert list(judge(wrong, seen(truth))), (truth.key, opposite)
        for place, mark in enumerate(truth.parameters):
            # Where a rule decides, rows don't: they only show that the rule is needed.
            opposite = replace(mark, value=_opposite(mark.value)) if not mark.by_rule else replace(mark, by_rule=False)
            wrong = replace(truth, parameters=(*truth.parameters[:place], opposite, *truth.parameters[place + 1 :]))
            assert list(judge(wrong, seen(truth))), (truth.key, opposite)


def test_values_refute_the_opposite_of_what_is_said_of_their_inside(
    databases: Databases, seen: Callable[[Truth], Evidence], truths: list[Truth]
) -> None:
    for truth in (truth for truth in truths if any(list(below(mark.value)) for mark in truth.columns)):
        for place, mark in enumerate(truth.columns):
            for value in _opposites(mark.value):
                opposite = replace(mark, value=value)
                wrong = replace(truth, columns=(*truth.columns[:place], opposite, *truth.columns[place + 1 :]))
                assert list(judge(wrong, seen(truth))), (truth.key, str(value))


def test_every_statement_is_described(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "refused"] == []


def test_no_column_is_called_never_null_that_can_be(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "wrong"] == []


def test_none_makes_sense_where_it_is_said_to_and_nowhere_else(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "parameter"] == []


def test_no_element_or_member_is_called_never_null_that_can_be(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "wrong member"] == []


def test_none_is_refused_among_elements_only_where_it_makes_no_sense(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "elements"] == []


def test_nearly_all_members_that_are_never_null_are_proved_so(
    truths: list[Truth], differences: list[Difference]
) -> None:
    unproved = [str(found) for found in differences if found.kind == "unproved member"]
    assert score(truths, differences).member_share >= 97, unproved


def test_nearly_all_columns_that_are_never_null_are_proved_so(
    truths: list[Truth], differences: list[Difference]
) -> None:
    print(render_table(truths, differences))
    assert score(truths, differences).share >= 97, [str(found) for found in differences if found.kind == "unproved"]


def test_the_docs_have_the_scores_of_postgresql_18(
    databases: Databases, truths: list[Truth], differences: list[Difference]
) -> None:
    if databases.conns[EMPTY].info.server_version // 10_000 != 18:
        pytest.skip("the docs have the table of PostgreSQL 18")
    page = DOCS.read_text(encoding="utf-8")
    assert page == with_table(page, render_table(truths, differences)), "run `python -m tests.truth --write`"
