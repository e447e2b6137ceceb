"""Trees that no server of today writes: the proofs refuse them or prove less, and describe carries on."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from random import Random

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from plainsql.describe import Describer, describer, elements
from plainsql.effects import EffectFacts
from plainsql.effects.reach import reach
from plainsql.nullability import Analysis, AnalysisError, Facts, analyse
from plainsql.nullability.shapes import Elements, Entries, Items, Members, Shape
from tests.fixtures.databases import temporary_database
from tests.fixtures.queries import bare_query
from tests.soundness.statement import make_statement
from tests.soundness.workbench import Workbench, as_query

TOKEN = re.compile(r"(?:\\.|[^\s(){}\\])+|[(){}]", re.DOTALL)
SCHEMA_SEEDS = range(900, 903)
SECONDS = 10
"""For one statement; milliseconds are usual."""
FUZZ = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@dataclass(frozen=True)
class Tree:
    """A tree of the server's, what the catalog says of it, and what it proves."""

    sql: str
    text: str
    facts: Facts
    analysis: Analysis

    def __repr__(self) -> str:
        return f"<tree of {self.sql}>"

    @property
    def tokens(self) -> list[str]:
        return TOKEN.findall(self.text)


class Trees:
    """Trees and the database where they come from; a report doesn't print them."""

    def __init__(self, found: list[Tree], bench: Workbench) -> None:
        self.all = found
        self.bench = bench


@pytest.fixture(scope="module")
def bench(server: str) -> Iterator[Workbench]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        yield Workbench(conn)


@pytest.fixture(scope="module")
def trees(bench: Workbench) -> Trees:
    """What describe hands to the proofs for random statements, views and writes among them."""
    seen: list[Tree] = []

    def spy(text: str, facts_of: Callable[[str], Facts], **options: frozenset[int]) -> Analysis:
        seen.append(Tree("", text, facts_of(text), analyse(text, facts_of)))
        return analyse(text, facts_of, **options)

    found: list[Tree] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(elements, "analyse", spy)
        for schema_seed in SCHEMA_SEEDS:
            bench.build(schema_seed)
            for seed in range(schema_seed * 50, schema_seed * 50 + 50):
                sql = make_statement(seed, bench.schema, bench.version).sql
                seen.clear()
                if bench.describe(sql).problem is None and seen:
                    found.append(Tree(sql, seen[-1].text, seen[-1].facts, seen[-1].analysis))
    assert len(found) > 120
    return Trees(found, bench)


def survives(text: str, facts: Facts) -> Analysis | None:
    """Analyse *text*; it may be refused, in one way only."""
    try:
        analysis = analyse(text, lambda _: facts)
    except AnalysisError:
        return None
    assert all(isinstance(proved, bool) for proved in analysis.not_null)
    assert len(analysis.shapes) == len(analysis.not_null)
    assert analysis.statement is not None
    try:
        reached = reach(analysis.statement, EffectFacts(facts))
    except ValueError:  # a number that is none: describe then takes the statement for the worst
        return analysis
    assert all(isinstance(oid, int) for oid in (*analysis.types, *reached.reads, *reached.writes))
    return analysis


def says_no_more(now: Shape, before: Shape) -> bool:
    """Return whether what *now* says that a value is made of is said by *before* too."""
    match now.inside, before.inside:
        case None, _:
            return True
        case (Elements(some), Elements(all_)) | (Entries(some), Entries(all_)):
            return some == all_ or (some is not None and (all_ is None or is_no_surer(some, now, all_, before)))
        case (Elements(some), Items(each)) | (Entries(some), Members(shapes=each)):  # a key isn't known: any may be
            return all(some is not None and is_no_surer(some, now, one, before) for one in each)
        case Items(many), Items(others) if len(many) == len(others):
            return all(is_no_surer(one, now, other, before) for one, other in zip(many, others, strict=True))
        case Members(names, many), Members(same, others) if names == same and len(many) == len(others):
            lacks_none = now.may_lack_nulls >= before.may_lack_nulls
            pairs = zip(many, others, strict=True)
            return lacks_none and all(is_no_surer(one, now, other, before) for one, other in pairs)
        case _:
            return False


def is_no_surer(now: Shape, around: Shape, before: Shape, whole: Shape) -> bool:
    """Compare parts of two values: what may be missing in the one may be so in its parts."""
    lacking = replace(now, may_lack_nulls=now.may_lack_nulls or around.may_lack_nulls)
    lacked = replace(before, may_lack_nulls=before.may_lack_nulls or whole.may_lack_nulls)
    return now.nullable >= before.nullable and says_no_more(lacking, lacked)


def spans(tokens: list[str], opening: str, closing: str) -> list[tuple[int, int]]:
    """Return where nodes (or lists) begin and end; the end is after the closing token."""
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    for index, token in enumerate(tokens):
        if token == opening:
            stack.append(index)
        elif token == closing and stack:
            found.append((stack.pop(), index + 1))
    return found


def drop_a_field(tokens: list[str], chance: Random) -> list[str]:
    """Leave a field out, as a server does that has renamed it."""
    fields = [index for index, token in enumerate(tokens) if token.startswith(":") and len(token) > 1]
    start = chance.choice(fields)
    depth, end = 0, start + 1
    while end < len(tokens):
        if tokens[end] in "({":
            depth += 1
        elif tokens[end] in ")}":
            depth -= 1
        if depth < 0 or (depth == 0 and tokens[end].startswith(":")):
            break
        end += 1
    return tokens[:start] + tokens[end:]


def rename_a_tag(tokens: list[str], chance: Random) -> list[str]:
    tags = [index + 1 for index, token in enumerate(tokens[:-1]) if token == "{"]
    return replaced(tokens, chance.choice(tags), "FUTURENODE")


def add_a_field(tokens: list[str], chance: Random) -> list[str]:
    tags = [index + 2 for index, token in enumerate(tokens[:-1]) if token == "{"]
    where = chance.choice(tags)
    return [*tokens[:where], ":future", "{", "FUTURE", ":x", "(i", "1)", "}", *tokens[where:]]


def change_a_scalar(tokens: list[str], chance: Random) -> list[str]:
    others = [
        "<>",
        "0",
        "-1",
        "7",
        "99999999999999999999",
        "true",
        "false",
        "x",
        "()",
        '""',
        "1e999",
        "{FUTURE}",
        "(o 1)",
    ]
    scalars = [index for index, token in enumerate(tokens) if token not in "(){}" and not token.startswith(":")]
    return replaced(tokens, chance.choice(scalars), chance.choice(others))


def shorten_a_list(tokens: list[str], chance: Random) -> list[str]:
    lists = [span for span in spans(tokens, "(", ")") if span[1] - span[0] > 2]
    start, end = chance.choice(lists)
    keep = start + 1
    depth = 0
    for index in range(start + 1, end - 1):  # up to the end of an element
        depth += (tokens[index] in "({") - (tokens[index] in ")}")
        if depth == 0 and chance.randrange(3) == 0:
            keep = index + 1
            break
    return tokens[:keep] + tokens[end - 1 :]


def swap_two_nodes(tokens: list[str], chance: Random) -> list[str]:
    nodes = spans(tokens, "{", "}")
    (start, end), (other, stop) = chance.choice(nodes), chance.choice(nodes)
    return tokens[:start] + tokens[other:stop] + tokens[end:]


def replaced(tokens: list[str], index: int, token: str) -> list[str]:
    return [*tokens[:index], token, *tokens[index + 1 :]]


MUTATIONS = [drop_a_field, rename_a_tag, add_a_field, change_a_scalar, shorten_a_list, swap_two_nodes]


def mutated(chance: Random, tree: Tree) -> str:
    tokens = tree.tokens
    for _ in range(chance.randint(1, 4)):
        try:
            tokens = chance.choice(MUTATIONS)(tokens, chance)
        except IndexError:  # nothing is left to mutate
            break
    return " ".join(tokens)


def test_tokens_are_the_tree(trees: Trees) -> None:
    """Otherwise the mutations would prove nothing."""
    for tree in trees.all:
        assert analyse(" ".join(tree.tokens), lambda _, tree=tree: tree.facts) == tree.analysis


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_mutated_trees_are_analysed_or_refused(trees: Trees, chance: Random) -> None:
    tree = chance.choice(trees.all)
    survives(mutated(chance, tree), tree.facts)


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_a_node_of_an_unknown_kind_never_proves_more(trees: Trees, chance: Random) -> None:
    """What a future server adds is not understood, so it can only take proofs away."""
    tree = chance.choice([tree for tree in trees.all if tree.analysis.not_null])
    tokens = rename_a_tag(tree.tokens, chance)
    analysis = survives(" ".join(tokens), tree.facts)
    if analysis is not None and len(analysis.not_null) == len(tree.analysis.not_null):
        for number, (now, before) in enumerate(zip(analysis.not_null, tree.analysis.not_null, strict=True)):
            assert before or not now, (number, tree.sql, " ".join(tokens))
        for number, (made, whole) in enumerate(zip(analysis.shapes, tree.analysis.shapes, strict=True)):
            assert says_no_more(made, whole), (number, made, whole, tree.sql, " ".join(tokens))


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_a_field_of_an_unknown_name_changes_nothing(trees: Trees, chance: Random) -> None:
    tree = chance.choice(trees.all)
    tokens = add_a_field(tree.tokens, chance)
    assert survives(" ".join(tokens), tree.facts) == tree.analysis


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_a_catalog_that_knows_less_never_proves_more(trees: Trees, chance: Random) -> None:
    """A relation that was dropped meanwhile, a function that nobody may see."""
    tree = chance.choice([tree for tree in trees.all if tree.facts.relations])
    gone = chance.choice(sorted(tree.facts.relations))
    relations = {oid: relation for oid, relation in tree.facts.relations.items() if oid != gone}
    analysis = survives(tree.text, Facts(relations, tree.facts.functions, tree.facts.not_null_domains))
    assert analysis is not None
    assert all(before or not now for now, before in zip(analysis.not_null, tree.analysis.not_null, strict=True)), (
        tree.sql
    )
    for made, whole in zip(analysis.shapes, tree.analysis.shapes, strict=True):
        assert says_no_more(made, whole), (made, whole, tree.sql)
    assert not any(analyse(tree.text, lambda _: Facts()).not_null[number] for number in unproved(tree))


def unproved(tree: Tree) -> list[int]:
    return [number for number, proved in enumerate(tree.analysis.not_null) if not proved]


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_spliced_trees_are_analysed_or_refused(trees: Trees, chance: Random) -> None:
    """Text cut out of one tree and put into another, or anything at all."""
    one, other = chance.choice(trees.all), chance.choice(trees.all)
    start = chance.randint(0, len(one.text))
    length = chance.randint(0, 200)
    place = chance.randint(0, len(other.text))
    piece = chance.choice((other.text[place : place + length], "{", "}", "(", ")", "<>", "\\", "[ 1", "\0", "é"))
    survives(one.text[:start] + piece + one.text[start + length :], one.facts)


@FUZZ
@given(chance=st.integers(0, 2**32).map(Random))
def test_describe_never_fails_over_a_tree(trees: Trees, chance: Random) -> None:
    tree = chance.choice(trees.all[-30:])  # of the schema that still stands
    text = mutated(chance, tree)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(describer, "analysed_tree", lambda *_: text)
        described = Describer(trees.bench.conn)
        found = described.describe(as_query(tree.sql))
    if found.problem is None and survives(text, tree.facts) is None and found.columns:
        assert all(column.nullable for column in found.columns)
        assert found.warnings


@pytest.mark.parametrize("number", ["-1", "0", "4294967296", "9" * 20, "9" * 5000, "4000000000", "<>", "x"])
@pytest.mark.parametrize(
    "field", ["resulttype|vartype|consttype", "relid", "funcid|opfuncid|aggfnoid|winfnoid", "opno"]
)
def test_describe_survives_numbers_that_name_nothing(
    nested: psycopg.Connection[tuple[object, ...]], monkeypatch: pytest.MonkeyPatch, field: str, number: str
) -> None:
    sql = "SELECT x.a, x.n + 1 AS b, count(*) OVER () AS c, f.a::text AS d FROM t AS x LEFT JOIN v1 AS f ON f.a = x.a"
    original = describer.analysed_tree
    monkeypatch.setattr(
        describer, "analysed_tree", lambda *given: re.sub(rf":({field}) \d+", rf":\1 {number}", original(*given))
    )
    found = Describer(nested).describe(bare_query(sql))
    assert found.problem is None
    assert len(found.columns) == 4


DEEP = [
    ("{RELABELTYPE :resulttype 23 :arg ", "}"),
    ("{COALESCEEXPR :coalescetype 23 :args (", ")}"),
    ("{FUNCEXPR :funcid 177 :args (", ")}"),
    ("{BOOLEXPR :boolop not :args (", ")}"),
    ("{BOOLEXPR :boolop or :args ({CONST :constisnull false} ", ")}"),
    (
        "{CASEEXPR :args ({CASEWHEN :expr {CONST :constisnull false} :result ",
        "}) :defresult {CONST :constisnull false}}",
    ),
    ("{SUBLINK :subLinkType 4 :subselect {QUERY :commandType 1 :targetList ({TARGETENTRY :resno 1 :expr ", "})}}"),
    ("{ARRAYEXPR :elements (", ")}"),
    ("{FUTURENODE :x ", "}"),
    ("(", ")"),
]


@pytest.mark.parametrize(("before", "after"), DEEP, ids=[before for before, _ in DEEP])
@pytest.mark.parametrize("depth", [100, 10_000])
def test_deep_trees_are_analysed_or_refused_in_time(before: str, after: str, depth: int) -> None:
    expr = before * depth + "{CONST :constisnull false :consttype 23}" + after * depth
    started = time.perf_counter()
    for text in (
        f"{{QUERY :commandType 1 :targetList ({{TARGETENTRY :resno 1 :expr {expr}}})}}",
        "{QUERY :commandType 1 :targetList ({TARGETENTRY :resno 1 :expr {CONST :constisnull false}}) "
        f":jointree {{FROMEXPR :fromlist <> :quals {expr}}} }}",
    ):
        survives(text, Facts())
    assert time.perf_counter() - started < SECONDS


NESTED = {
    "joins": "SELECT x0.a FROM t AS x0"
    + "".join(f" LEFT JOIN t AS x{n} ON x{n}.a = x{n - 1}.a" for n in range(1, 150)),
    "parentheses": "SELECT " + "(" * 800 + "a" + " + 1)" * 800 + " AS x FROM t",
    "coalesce": "SELECT " + "coalesce(n, " * 60 + "n" + ")" * 60 + " AS x FROM t",
    "case": "SELECT " + "CASE WHEN n IS NULL THEN n ELSE " * 60 + "a" + " END" * 60 + " AS x FROM t",
    "or": "SELECT n FROM t WHERE " + " OR ".join(f"n = {number}" for number in range(800)),
    "and of or": "SELECT n FROM t WHERE " + " AND ".join(f"(n = {number} OR a = {number})" for number in range(200)),
    "nested or": "SELECT n FROM t WHERE " + "(n = 1 AND (n = 2 OR " * 60 + "n = 3" + "))" * 60,
    "subqueries": "SELECT a FROM " + "(SELECT a, n FROM " * 60 + "t" + ") AS x" * 60,
    "scalar subqueries": "SELECT " + "(SELECT " * 40 + "n" + ")" * 40 + " AS x FROM t",
    "unions": " UNION ".join("SELECT n FROM t" for _ in range(200)),
    "unions of themselves": "WITH w0 AS (SELECT n FROM t)"
    + "".join(f", w{n} AS (SELECT n FROM w{n - 1} UNION SELECT n FROM w{n - 1})" for n in range(1, 26))
    + " SELECT n FROM w25",
    "joins of themselves": "WITH w0 AS (SELECT n FROM t)"
    + "".join(f", w{n} AS (SELECT x.n FROM w{n - 1} AS x JOIN w{n - 1} AS y ON x.n = y.n)" for n in range(1, 26))
    + " SELECT n FROM w25",
    "columns used twice": "WITH w0 AS (SELECT n, a FROM t)"
    + "".join(f", w{n} AS (SELECT coalesce(n, a) AS n, coalesce(a, n) AS a FROM w{n - 1})" for n in range(1, 26))
    + " SELECT n FROM w25",
    "recursions": "WITH RECURSIVE w0 AS (SELECT n FROM t)"
    + "".join(
        f", w{n} AS (SELECT n FROM w{n - 1} UNION SELECT x.n FROM w{n} AS x JOIN w{n - 1} AS y ON x.n = y.n)"
        for n in range(1, 12)
    )
    + " SELECT n FROM w11",
    "views": "SELECT n FROM v25",
}


@pytest.mark.parametrize("sql", NESTED.values(), ids=list(NESTED))
def test_nested_statements_are_described_in_time(nested: psycopg.Connection[tuple[object, ...]], sql: str) -> None:
    started = time.perf_counter()
    found = Describer(nested).describe(bare_query(sql))
    assert found.problem is None
    assert found.columns
    assert time.perf_counter() - started < SECONDS


@pytest.fixture(scope="module")
def nested(server: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute("CREATE TABLE t (a integer NOT NULL, n integer)")
        conn.execute("CREATE VIEW v0 AS SELECT a, n FROM t")
        for n in range(1, 26):
            text = f"CREATE VIEW v{n} AS SELECT x.a, y.n FROM v{n - 1} AS x JOIN v{n - 1} AS y ON x.n = y.n"
            if n > 12:  # the server writes a view's query without those below it, so this is cheap for it
                text = f"CREATE VIEW v{n} AS SELECT coalesce(a, n) AS a, coalesce(n, a) AS n FROM v{n - 1}"
            conn.execute(text)  # type: ignore[arg-type]  # made above
        yield conn
