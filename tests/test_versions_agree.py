"""PostgreSQL 15, 16, 17 and 18 give one verdict for one statement."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import combinations

import pytest

from tests.truth.databases import Databases, truth_databases
from tests.truth.statements import load_truths
from tests.truth.verdicts import read_verdicts, said_of

SERVERS = os.environ.get("PLAINSQL_TEST_SERVERS", "").split()
"""Conninfos of servers of several versions, as URLs."""


@pytest.fixture(scope="module")
def databases(server: str) -> Iterator[Databases]:
    with truth_databases(server) as databases:
        yield databases


def said(databases: Databases) -> dict[str, str]:
    return said_of(databases, [truth for truth in load_truths() if databases.misses(truth) is None])


def test_this_server_says_what_is_written_down(databases: Databases) -> None:
    """A new statement, or a new rule: `python -m tests.truth --verdicts`, and look at the difference."""
    written = read_verdicts()
    found = said(databases)
    others = {key: (verdict, written.get(key)) for key, verdict in found.items() if written.get(key) != verdict}
    assert others == {}
    assert len(found) > 1200


def test_every_verdict_that_is_written_down_is_of_a_statement() -> None:
    assert read_verdicts().keys() == {truth.key for truth in load_truths()}


@pytest.mark.skipif(len(SERVERS) < 2, reason="PLAINSQL_TEST_SERVERS names no two servers")
def test_servers_of_all_versions_say_the_same() -> None:
    of_version = {}
    for conninfo in SERVERS:
        with truth_databases(conninfo) as databases:
            of_version[databases.version] = said(databases)
    for (one, left), (other, right) in combinations(of_version.items(), 2):
        both = left.keys() & right.keys()
        assert {key: (left[key], right[key]) for key in both if left[key] != right[key]} == {}, (one, other)
