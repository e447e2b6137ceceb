"""The reader of node trees: everything the server writes, and nothing that makes it crash."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plainsql.effects import EffectFacts
from plainsql.effects.reach import reach
from plainsql.nullability import AnalysisError, Facts, ReaderError, analyse, read_query, read_tree
from plainsql.nullability.node import Node
from tests.fixtures.databases import temporary_database


def test_fields_lists_strings_and_bytes_are_read() -> None:
    node = read_tree(
        r"{VAR :varno 1 :name \<> :none <> :empty \"\" :list (i 1 -2) :set (b 3) :names ("
        r'"a\ b" "\<>" "" <>) :constvalue 4 [ 1 0 -1 0 ] :colon :x :sub {CONST :flag true} :last false}'.replace(
            r"\"\"", '""'
        )
    )
    assert isinstance(node, Node)
    assert node.tag == "VAR"
    assert node.number("varno") == 1
    assert node.text("name") == "<>"
    assert node.fields["none"] is None
    assert node.text("empty") == ""
    assert node.numbers("list") == [1, -2]
    assert node.numbers("set") == [3]
    assert node.items("names") == ["a b", "<>", "", None]
    assert node.fields["constvalue"] == bytes([1, 0, 255, 0])
    assert node.text("colon") == ":x"
    assert (child := node.node("sub")) is not None
    assert child.flag("flag")
    assert not node.flag("last", True)


def test_absent_fields_read_as_their_default() -> None:
    node = Node("VAR")
    assert (node.number("x", 7), node.text("x"), node.flag("x", True), node.node("x")) == (7, "", True, None)
    assert (node.nodes("x"), node.items("x"), node.numbers("x")) == ([], [], [])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "}",
        "(",
        ")",
        "{}",
        "{A",
        "{A :x",
        "{A :x (}",
        "({A)}",
        "{A} {B}",
        "{A :v 1 [ 1",
        "{A :v 1 [ x ]}",
        "{{A}}",
    ],
)
def test_what_is_no_tree_is_refused(text: str) -> None:
    with pytest.raises(ReaderError):
        read_tree(text)


@pytest.mark.parametrize("text", ["()", "<>", "{VAR}", "({QUERY} {QUERY})", "(({QUERY} {QUERY}))"])
def test_what_is_no_single_query_is_refused(text: str) -> None:
    with pytest.raises(ReaderError):
        read_query(text)


def test_deep_trees_are_read_without_recursion() -> None:
    depth = 50_000
    assert isinstance(read_tree("{A :x " * depth + "1" + "}" * depth), Node)


def test_deep_expressions_prove_nothing_and_do_not_crash() -> None:
    depth = 50_000
    expr = "{RELABELTYPE :arg " * depth + "{CONST :constisnull false}" + "}" * depth
    text = f"{{QUERY :commandType 1 :targetList ({{TARGETENTRY :expr {expr} :resno 1}})}}"
    assert analyse(text, lambda _: Facts()).not_null == (False,)


def test_every_rule_of_the_system_views_is_read(server: str) -> None:
    with psycopg.connect(server) as conn:
        texts = [row[0] for row in conn.execute("SELECT ev_action::text FROM pg_rewrite WHERE ev_type = '1'")]
    assert len(texts) > 130
    reading = 0
    for text in texts:
        query = read_query(text)
        assert query.nodes("targetList")
        analysis = analyse(text, lambda _: Facts())
        assert len(analysis.types) == len(analysis.not_null) > 0
        assert analysis.statement is not None
        reading += bool(reach(analysis.statement, EffectFacts(Facts())).reads)
    assert reading > 100


TREES: list[str] = []


@pytest.fixture(scope="module")
def trees(server: str) -> list[str]:
    """Trees of a few statements that have most kinds of nodes."""
    statements = [
        "WITH w AS (SELECT 1 AS a, NULL::integer AS b) "
        "SELECT coalesce(w.a, 2), count(*) FROM w LEFT JOIN x ON x.a = w.a GROUP BY ROLLUP (w.a)",
        "SELECT a FROM x UNION SELECT row_number() OVER () FROM x",
        "INSERT INTO x VALUES (1, 'x') ON CONFLICT (a) DO UPDATE SET b = excluded.b RETURNING a, b",
    ]
    if not TREES:
        with temporary_database(server) as conninfo, psycopg.connect(conninfo) as conn:
            conn.execute("CREATE TABLE x (a integer PRIMARY KEY, b text)")
            for number, statement in enumerate(statements):
                conn.execute(f"CREATE FUNCTION f{number}() RETURNS void BEGIN ATOMIC {statement}; END")  # type: ignore[arg-type]
            rows = conn.execute("SELECT prosqlbody::text FROM pg_proc WHERE proname ~ '^f[0-9]$' ORDER BY proname")
            TREES.extend(row[0] for row in rows)
    return TREES


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_damaged_trees_never_crash(trees: list[str], data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(trees))
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        length = data.draw(st.integers(0, 60))
        piece = data.draw(
            st.sampled_from(["", "{", "}", "(", ")", "<>", "99", "-1", ":varno 0", "{FUTURE :x 1}", "\\", "[", "]"])
        )
        text = text[:start] + piece + text[start + length :]
    survives(text)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_fields_of_another_kind_never_crash(trees: list[str], data: st.DataObject) -> None:
    """A future server may change what a field holds."""
    words = data.draw(st.sampled_from(trees)).split(" ")
    for _ in range(data.draw(st.integers(1, 5))):
        words[data.draw(st.integers(0, len(words) - 1))] = data.draw(
            st.sampled_from(["<>", "0", "-1", "2147483648", "true", "name", "(i 1)", "()", "{FUTURE :y (o 1 2)}", '""'])
        )
    survives(" ".join(words))


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet='{}()[]<>:\\" abi019-\n', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    survives(text)


def survives(text: str) -> None:
    try:
        analysis = analyse(text, lambda _: Facts())
    except AnalysisError:
        return
    assert all(isinstance(proved, bool) for proved in analysis.not_null)


def test_unknown_nodes_prove_nothing() -> None:
    text = (
        "{QUERY :commandType 1 :future {NEW :x 1} :targetList ("
        "{TARGETENTRY :expr {SHINYEXPR :arg {CONST :constisnull false}} :resno 1} "
        "{TARGETENTRY :expr {CONST :constisnull false :shiny 1} :resno 2})}"
    )
    assert analyse(text, lambda _: Facts()).not_null == (False, True)
