"""Statements whose nullability is known: rows witness each of them, and plainsql must say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.truth.databases import EMPTY, Databases, truth_databases
from tests.truth.score import DOCS, Difference, compare, render_table, score, with_table
from tests.truth.statements import Truth, load_truths
from tests.truth.witness import refute

TRUTHS = load_truths()


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


@pytest.mark.parametrize("truth", TRUTHS, ids=[truth.key for truth in TRUTHS])
def test_rows_witness_what_is_written(databases: Databases, truth: Truth) -> None:
    if reason := databases.misses(truth):
        pytest.skip(reason)
    assert refute(databases, truth) == []


def test_every_topic_shows_what_is_null_and_what_is_not() -> None:
    for topic in {truth.topic for truth in TRUTHS}:
        marks = [mark for truth in TRUTHS if truth.topic == topic for mark in (*truth.columns, *truth.parameters)]
        assert {mark.nullable for mark in marks} == {True, False}, topic


@pytest.mark.parametrize("topic", ["joins", "parameters"])
def test_rows_refute_the_opposite(databases: Databases, topic: str) -> None:
    for truth in (truth for truth in TRUTHS if truth.topic == topic):
        for place, mark in enumerate(truth.columns):
            opposite = replace(mark, nullable=not mark.nullable)
            wrong = replace(truth, columns=(*truth.columns[:place], opposite, *truth.columns[place + 1 :]))
            assert refute(databases, wrong), (truth.key, opposite)
        for place, mark in enumerate(truth.parameters):
            # Where a rule decides, rows don't: they only show that the rule is needed.
            opposite = replace(mark, nullable=not mark.nullable) if not mark.by_rule else replace(mark, by_rule=False)
            wrong = replace(truth, parameters=(*truth.parameters[:place], opposite, *truth.parameters[place + 1 :]))
            assert refute(databases, wrong), (truth.key, opposite)


def test_every_statement_is_described(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "refused"] == []


def test_no_column_is_called_never_null_that_can_be(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "wrong"] == []


def test_none_makes_sense_where_it_is_said_to_and_nowhere_else(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "parameter"] == []


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
