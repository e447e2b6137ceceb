"""Random statements over random schemas and rows never refute what describe declares; and the test of that test."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace

import psycopg
import pytest

from plainsql.typemap import Structure
from plainsql.typemap.structure import DictOf, ListOf, Record, TupleOf
from tests.fixtures.databases import temporary_database
from tests.soundness import decode, texts
from tests.soundness.check import Failure, Tally, check, refuted
from tests.soundness.mutations import STATEMENTS, run_all
from tests.soundness.piece import Piece, expression, listed, optional, smaller
from tests.soundness.report import summary
from tests.soundness.schema import Schema
from tests.soundness.shrink import script, shrink
from tests.soundness.signatures import signatures
from tests.soundness.statement import make_statement, numbered
from tests.soundness.workbench import Workbench

SHOWN = 5
"""Failures that are made small and shown; that takes seconds each."""


@pytest.fixture(scope="module")
def bench(server: str) -> Iterator[Workbench]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        yield Workbench(conn)


def assert_sound(bench: Workbench, tally: Tally) -> None:
    """Fail with the smallest statements that show what is wrong; *bench* is used up by that."""
    reports = []
    for failure in tally.failures[:SHOWN]:
        bench.build(failure.statement.seed // 50)
        reports.append(script(bench, shrink(bench, failure)))
    assert not tally.failures, "\n\n".join([f"{len(tally.failures)} verdicts are wrong", *reports])
    assert tally.accepted > 0.9 * tally.statements, summary(tally)
    assert tally.ran > 0.85 * tally.accepted, summary(tally)
    assert tally.with_rows > 0.5 * tally.accepted, summary(tally)
    assert not tally.warned, tally.warned


def test_no_proof_is_refuted_by_random_statements_and_rows(bench: Workbench) -> None:
    tally = check(bench, range(1000))
    assert_sound(bench, tally)
    assert tally.declared > 800, summary(tally)
    assert tally.nullable_seen > 200, summary(tally)
    assert tally.inside["non-null"] > 200, summary(tally)
    assert tally.inside["seen NULL"] > 70, summary(tally)


@pytest.mark.soundness
@pytest.mark.timeout(3600)
def test_no_proof_is_refuted_by_very_many_random_statements(bench: Workbench) -> None:
    total = 20_000

    def progress(tally: Tally) -> None:
        if sys.stderr.isatty() or tally.statements % 1000 == 0:
            print(f"\r{tally.statements} of {total}, {len(tally.failures)} wrong", end="", file=sys.stderr, flush=True)

    tally = check(bench, range(1000, 1000 + total), progress=progress)
    print(f"\n{summary(tally)}", file=sys.stderr)
    assert_sound(bench, tally)
    known = [line for of_type in signatures(bench.version // 10_000).values() for line in of_type]
    unused = [signature.line for signature in known if not tally.uses[f"function: {signature.line}"]]
    assert not unused


@pytest.mark.soundness
@pytest.mark.timeout(7200)
def test_random_statements_find_every_rule_that_is_broken(server: str, bench: Workbench) -> None:
    """A breakage that they don't find would tell of a construct that they lack."""
    missed = []
    for found in run_all(server, bench.version // 10_000, STATEMENTS):
        outcome = f"after {found.statements}" if found.seed is not None else f"NOT in {found.statements}"
        print(f"{outcome:>14} statements, {found.seconds:5.1f} s: {found.mutation.name}", file=sys.stderr, flush=True)
        if found.seed is None:
            missed.append(found.mutation.name)
    assert not missed


def test_a_seed_makes_one_schema_one_set_of_rows_and_one_statement(bench: Workbench) -> None:
    made = []
    for _ in range(2):
        schema = bench.build(7)
        statements = [make_statement(seed, schema, bench.version).sql for seed in range(350, 360)]
        made.append((list(schema.ddl), [state.sql() for state in bench.states], statements))
    assert made[0] == made[1]
    assert len(set(made[0][2])) == 10


def test_a_wrong_verdict_is_found_and_made_small(bench: Workbench) -> None:
    """The describer under test is made to declare everything non-null."""

    class Overconfident(type(bench.make(bench.conn))):  # type: ignore[misc]  # the class of whatever is under test
        def describe(self, query):  # type: ignore[no-untyped-def]
            described = super().describe(query)
            return replace(described, columns=tuple(replace(column, nullable=False) for column in described.columns))

    liar = Workbench(bench.conn, make=Overconfident)
    tally = check(liar, range(5000, 5050))
    assert tally.failures
    failure = min(tally.failures, key=lambda failure: len(failure.statement.sql))
    liar.build(100)
    smallest = shrink(liar, failure)
    assert len(smallest.statement.sql) <= len(failure.statement.sql)
    text = script(liar, smallest)
    assert text.startswith(f"-- seed {failure.statement.seed}, state ")
    assert text.endswith(smallest.statement.sql + ";")


def test_smaller_pieces_lose_one_thing_at_a_time() -> None:
    one = expression("integer", "x", "1")
    piece = Piece(
        ("SELECT ", listed([expression("integer", "x", "({} + {})", one, one), Piece(("2",))]), optional(" LIMIT 3"))
    )
    texts = [str(less) for less in smaller(piece)]
    assert "SELECT (1 + 1), 2" in texts
    assert "SELECT (1 + 1) LIMIT 3" in texts
    assert "SELECT 2 LIMIT 3" in texts
    assert "SELECT 1, 2 LIMIT 3" in texts
    assert str(piece) not in texts


def test_parameters_are_numbered_without_gaps() -> None:
    assert numbered("SELECT $3, $1 + $3") == "SELECT $1, $2 + $1"


def test_another_type_or_count_of_columns_is_a_failure(bench: Workbench) -> None:
    bench.build(0)
    state = bench.states[0]
    described = bench.describe("SELECT 1 AS a, 'x'::text AS b")
    bench.enter(state)
    try:
        for sql, kind in (
            ("SELECT 1 AS a, 'x'::text AS b", None),
            ("SELECT 1 AS a", "columns"),
            ("SELECT 1::bigint AS a, 'x'::text AS b", "type"),
            ("SELECT NULL::integer AS a, 'x'::text AS b", "null"),
        ):
            found = refuted(described, bench.run(sql, described, state, 0))
            assert (found and found[0]) == kind
    finally:
        bench.leave()


def test_random_schemas_are_refused_by_no_server(bench: Workbench) -> None:
    for seed in random.Random(1).sample(range(10**6), 10):
        schema: Schema = bench.build(seed)
        assert len(schema.relations) >= 4
        for state in bench.states:
            bench.enter(state)
            bench.leave()


WRONG_STRUCTURES = {
    "SELECT jsonb_build_object('a', NULL::integer) AS x": ".a is declared non-null",
    "SELECT jsonb_strip_nulls(jsonb_build_object('a', NULL::integer)) AS x": ".a is missing",
    "SELECT jsonb_build_array(1, NULL::text) AS x": "[1] is declared non-null",
    "SELECT json_object_agg('a', NULL::integer) AS x": "{} is declared non-null",
    "SELECT json_agg(x) AS x FROM (VALUES (1, 'a'), (2, NULL)) AS x": "[].column2 is declared non-null",
    "SELECT ROW(1, NULL::text) AS x": ".f2 is declared non-null",
    "SELECT array_agg(ROW(x, ARRAY[x])) AS x FROM (VALUES (1), (NULL)) AS x (x)": "[].f1 is declared non-null",
    "SELECT to_jsonb(ROW(ARRAY[ROW(1, NULL::integer)])) AS x": ".f1[].f2 is declared non-null",
}


@pytest.mark.parametrize(("sql", "detail"), WRONG_STRUCTURES.items(), ids=list(WRONG_STRUCTURES))
def test_a_wrong_structure_is_found(bench: Workbench, sql: str, detail: str) -> None:
    """It is made to declare no element and no member nullable, and none that may be missing."""
    bench.build(0)
    described = bench.describe(sql)
    wrong = replace(
        described, columns=tuple(replace(c, structure=c.structure and sure(c.structure)) for c in described.columns)
    )
    state = bench.states[0]
    bench.enter(state)
    try:
        assert refuted(described, bench.run(sql, described, state, 0)) is None
        found = refuted(wrong, bench.run(sql, wrong, state, 0))
    finally:
        bench.leave()
    assert found is not None
    assert found[0] == "inside"
    assert detail in found[1]


def sure(structure: Structure) -> Structure:
    """Return *structure* without anything that may be NULL or missing."""
    inside = structure.inside
    if isinstance(inside, ListOf):
        inside = ListOf(inside.element and sure(inside.element))
    elif isinstance(inside, DictOf):
        inside = DictOf(inside.value and sure(inside.value))
    elif isinstance(inside, TupleOf):
        inside = TupleOf(tuple(map(sure, inside.items)))
    elif isinstance(inside, Record):
        fields = tuple(replace(field, value=sure(field.value), may_lack=False) for field in inside.fields)
        inside = replace(inside, fields=fields)
    return replace(structure, nullable=False, inside=inside)


@pytest.mark.parametrize(
    ("declared", "returned", "detail"),
    [
        ("jsonb_build_object('a', 1)", "jsonb_build_object('a', 1, 'b', 2)", "members that nobody declared"),
        ("jsonb_build_object('a', 1)", "jsonb_build_object()", ".a is missing"),
        ("jsonb_build_object('a', 1)", "jsonb_build_object('a', 'x'::text)", ".a is declared integer, found 'x'"),
        ("jsonb_build_object('a', 'x'::text)", "jsonb_build_object('a', 1)", ".a is declared text, found 1"),
        ("jsonb_build_object('a', true)", "jsonb_build_object('a', 1)", ".a is declared boolean, found 1"),
        ("jsonb_build_array(1, 2)", "jsonb_build_array(1)", "has 1 items, 2 declared"),
        ("jsonb_build_array(1, 2)", "jsonb_build_object('a', 1)", "is declared a list"),
        ("ARRAY[1]", "ARRAY[1, NULL]", "[] is declared non-null"),
        ("to_jsonb(ARRAY[1])", "jsonb_build_object('a', 1)", "is declared a list"),
        ("jsonb_build_object('a', ARRAY[1])", "jsonb_build_object('a', 1)", ".a is declared a list"),
    ],
)
def test_json_that_is_made_of_something_else_is_found(
    bench: Workbench, declared: str, returned: str, detail: str
) -> None:
    bench.build(0)
    described = bench.describe(f"SELECT {declared} AS x")
    state = bench.states[0]
    bench.enter(state)
    try:
        found = refuted(described, bench.run(f"SELECT {returned} AS x", described, state, 0))
    finally:
        bench.leave()
    assert found is not None
    assert found[0] == "inside"
    assert detail in found[1]


def test_a_value_that_the_generated_module_can_not_read_is_found(bench: Workbench) -> None:
    bench.build(0)
    described = bench.describe("SELECT jsonb_build_object('a', $1::integer) AS x")
    arguments = ["1"]
    for format in ("text", "best"):
        assert (
            decode.failure(bench.conn, "SELECT jsonb_build_object('a', $1) AS x", described, arguments, format) is None
        )
        found = decode.failure(bench.conn, "SELECT jsonb_build_object('a', 'x') AS x", described, arguments, format)
        assert found is not None
        assert "int" in found
        assert decode.failure(bench.conn, "SELECT 1 / 0 AS x", described, arguments, format) is None


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ARRAY['a,b', NULL, 'NULL', '', 'x\"y\\z', '{}']", ["a,b", None, "NULL", "", 'x"y\\z', "{}"]),
        ("ARRAY[[1, 2], [3, NULL]]", [["1", "2"], ["3", None]]),
        ("'[0:1]={1,2}'::integer[]", ["1", "2"]),
        ("'{}'::integer[]", []),
    ],
)
def test_text_of_arrays_is_taken_apart(bench: Workbench, sql: str, found: texts.Items) -> None:
    (value,) = bench.conn.execute(f"SELECT ({sql})::text").fetchone() or ()  # type: ignore[arg-type]  # made above
    assert texts.array(value) == found


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("ROW(1, NULL, '')", ["1", None, ""]),
        ("ROW('a,b', 'x\"y', '\\', '()', ' ')", ["a,b", 'x"y', "\\", "()", " "]),
        ("ROW(ROW(1, 'a b'), ARRAY['a', NULL])", ['(1,"a b")', "{a,NULL}"]),
        ("ROW(NULL, NULL)", [None, None]),
        ("ROW()", []),
    ],
)
def test_text_of_rows_is_taken_apart(bench: Workbench, sql: str, found: list[str | None]) -> None:
    (value,) = bench.conn.execute(f"SELECT ({sql})::text").fetchone() or ()  # type: ignore[arg-type]  # made above
    assert texts.row(value) == found


def test_failures_without_rows_are_kept_as_they_are(bench: Workbench) -> None:
    bench.build(0)
    failure = Failure("crash", make_statement(0, bench.schema, bench.version), None, "ValueError()")
    assert shrink(bench, failure) == failure
