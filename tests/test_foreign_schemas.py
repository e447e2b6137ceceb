"""Schemas that nobody here designed: the command line describes thirty queries of each, and rows witness every word."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from plainsql.scratch import scratch_database
from tests.fixtures.databases import temporary_database
from tests.foreign.schemas import SCHEMAS, ForeignSchema
from tests.truth.databases import EMPTY, Databases
from tests.truth.score import Difference, render_table, score
from tests.truth.statements import Truth
from tests.truth.witness import gather, judge

pytestmark = pytest.mark.foreign

Described = dict[str, Any]
SHARE = 95
"""Per cent of the columns that are never NULL which must be proved so."""


@pytest.fixture(scope="module", params=SCHEMAS, ids=[schema.name for schema in SCHEMAS])
def schema(request: pytest.FixtureRequest, server: str) -> ForeignSchema:
    found: ForeignSchema = request.param
    with psycopg.connect(server) as conn:
        available = {str(name) for (name,) in conn.execute("SELECT name FROM pg_available_extensions")}
    if missing := set(found.extensions) - available:
        pytest.skip(f"the server lacks {', '.join(sorted(missing))}")
    return found


@pytest.fixture(scope="module")
def described(schema: ForeignSchema, server: str, tmp_path_factory: pytest.TempPathFactory) -> Described:
    """What the command line prints."""
    command = [
        sys.executable,
        "-m",
        "plainsql",
        "describe",
        "--queries",
        str(schema.queries),
        "--json",
        *schema.options,
    ]
    done = subprocess.run(
        [*command, "--scratch", server],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=tmp_path_factory.mktemp("nowhere"),
        env={**os.environ, "XDG_CACHE_HOME": str(tmp_path_factory.mktemp("cache"))},
    )
    assert done.returncode == 0, done.stderr
    result: Described = json.loads(done.stdout)["queries"]
    return result


@pytest.fixture(scope="module")
def databases(schema: ForeignSchema, server: str) -> Iterator[Databases]:
    """The schema without rows, and a copy with those of data.sql."""
    with ExitStack() as stack:
        empty = stack.enter_context(
            scratch_database(schema_files=schema.files, migrations=schema.migrations, server=server, foreign=True)
        )
        template = str(conninfo_to_dict(empty)["dbname"])
        copy = stack.enter_context(temporary_database(server, template=template))
        rows = make_conninfo(empty, dbname=str(conninfo_to_dict(copy)["dbname"]))
        conns = {
            name: stack.enter_context(psycopg.connect(conninfo, autocommit=True))
            for name, conninfo in ((EMPTY, empty), ("rows", rows))
        }
        conns["rows"].execute(schema.data.read_bytes())
        yield Databases(conns, frozenset())


@pytest.fixture(scope="module")
def differences(schema: ForeignSchema, described: Described) -> list[Difference]:
    return [difference for truth in schema.truths() for difference in compare(truth, described[truth.key])]


def compare(truth: Truth, said: Described) -> Iterator[Difference]:
    """Yield what the command line says otherwise."""
    if said["error"]:
        yield Difference(truth, "refused", f"refused: {said['error']['message']}")
        return
    assert [column["name"] for column in said["columns"]] == [mark.name for mark in truth.columns], truth.key
    assert [param["name"] for param in said["params"]] == [mark.name for mark in truth.parameters], truth.key
    for mark, column in zip(truth.columns, said["columns"], strict=True):
        if mark.nullable and not column["nullable"]:
            yield Difference(truth, "wrong", f"column {mark.name} can be NULL, and is said never to be")
        if not mark.nullable and column["nullable"]:
            yield Difference(truth, "unproved", f"column {mark.name} is never NULL, which is not proved")
    for mark, param in zip(truth.parameters, said["params"], strict=True):
        if mark.nullable != param["nullable"]:
            yield Difference(truth, "parameter", f"None for :{mark.name}: {'?' if mark.nullable else '!'} is true")


def test_there_are_thirty_queries_of_a_schema_large_enough(schema: ForeignSchema, databases: Databases) -> None:
    assert len(schema.truths()) >= 30
    counted = databases.conns[EMPTY].execute(
        "SELECT count(*) FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text NOT LIKE 'pg%'"
        " AND relnamespace <> 'information_schema'::regnamespace"
    )
    assert counted.fetchall()[0][0] >= schema.tables


def test_rows_witness_what_is_written(schema: ForeignSchema, databases: Databases) -> None:
    refuted = {truth.key: faults for truth in schema.truths() if (faults := refuted_by_rows(databases, truth))}
    assert refuted == {}


def refuted_by_rows(databases: Databases, truth: Truth) -> list[str]:
    evidence = gather(databases, truth)
    return [evidence] if isinstance(evidence, str) else list(judge(truth, evidence))


def test_every_query_is_described(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "refused"] == []


def test_no_column_is_called_never_null_that_can_be(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "wrong"] == []


def test_none_makes_sense_where_it_is_said_to_and_nowhere_else(differences: list[Difference]) -> None:
    assert [str(found) for found in differences if found.kind == "parameter"] == []


def test_nearly_all_columns_that_are_never_null_are_proved_so(
    schema: ForeignSchema, differences: list[Difference]
) -> None:
    print(render_table(schema.truths(), differences))
    unproved = [str(found) for found in differences if found.kind == "unproved"]
    assert score(schema.truths(), differences).share >= SHARE, unproved


def test_types_are_those_that_the_server_names(
    schema: ForeignSchema, described: Described, databases: Databases
) -> None:
    conn = databases.conns[EMPTY]
    for truth in schema.truths():
        prepared = conn.pgconn.prepare(b"", truth.query.sql.encode())
        assert not prepared.error_message, prepared.error_message.decode()
        result = conn.pgconn.describe_prepared(b"")
        oids = [result.ftype(place) for place in range(result.nfields)]
        names = conn.execute(
            "SELECT format_type(oid, NULL) FROM unnest(%s::oid[]) WITH ORDINALITY AS u (oid, n) ORDER BY n", (oids,)
        ).fetchall()
        said = [column["pg_type"] for column in described[truth.key]["columns"]]
        assert said == [name for (name,) in names], truth.key
