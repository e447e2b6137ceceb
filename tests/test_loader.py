"""One query file: what its headers, comments and bodies become."""

from __future__ import annotations

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plainsql.adapter import PlainSQLAdapter, PlainSQLLoader
from plainsql.query.lexer import scan
from plainsql.query.model import Position, Query, QueryFile
from plainsql.query.problem import Problem
from plainsql.query.source import file_offset, locate, problem_at
from tests.test_lexer import scan_or_none


def load(text: str) -> tuple[QueryFile, tuple[Problem, ...]]:
    loader = PlainSQLLoader(PlainSQLAdapter(), None)
    return loader.load_query_file(text, path="queries/t.sql", stem="t")


def one(text: str) -> Query:
    file, problems = load(text)
    assert not problems
    (query,) = file.queries
    return query


def body(sql: str, header: str = "q()") -> Query:
    return one(f"-- name: {header}\n{sql}\n")


@pytest.mark.parametrize(
    ("header", "kind"),
    [("q()", "many"), ("q()^", "optional"), ("q()$", "value"), ("q()<!", "one"), ("q()!", "exec"),
     ("q()*!", "many_exec"),
     ("q()#", "script"), ("q", "many"), ("q^", "optional"), ("q#", "script"), (" q ( ) ^ ", "optional")],
)  # fmt: skip
def test_the_suffix_gives_the_kind(header: str, kind: str) -> None:
    assert body("SELECT 1;", header).kind == kind


def test_a_query_knows_its_name_file_and_line() -> None:
    query = one("-- Users.\n\n-- name: get-user(id)^\n-- Get one.\nSELECT 1 WHERE 1 = :id;\n")
    assert (query.name, query.key, query.file, query.line) == ("get_user", "t.get_user", "queries/t.sql", 3)
    assert (query.sql, query.statements, query.parameters) == ("SELECT 1 WHERE 1 = $1", (query.sql,), ("id",))


def test_the_comment_at_the_head_documents_the_file() -> None:
    file, _ = load("-- Users: accounts.\n-- Tables: users.\n\n-- More.\n\n-- name: q()\nSELECT 1")
    assert file.doc == "Users: accounts.\nTables: users.\n\nMore."


def test_the_comment_under_a_header_is_the_doc_in_order() -> None:
    query = one(
        "-- name: q()\n-- First.\n--\n--   Indented.\n\n/* A block\n * of two. */\n-- @why because\n-- Last.\nSELECT 1"
    )
    assert query.doc == "First.\n\n  Indented.\n\nA block\nof two.\nLast."


def test_comments_in_the_body_stay_and_those_after_it_go() -> None:
    query = one("-- name: q()\n-- Doc.\nSELECT -- one\n  /* two */ 1\n  -- three\n  + 2; -- four :x\n-- five\n\n-- six")
    assert query.sql == "SELECT -- one\n  /* two */ 1\n  -- three\n  + 2"
    assert query.doc == "Doc."


def test_a_planner_hint_belongs_to_the_statement() -> None:
    assert body("-- Doc.\n/*+ SeqScan(t) */ SELECT 1").sql == "/*+ SeqScan(t) */ SELECT 1"


def test_a_parameter_used_twice_has_one_number() -> None:
    query = body("SELECT :b, :a, :b::int, :a", "q")
    assert (query.sql, query.parameters) == ("SELECT $1, $2, $1::int, $2", ("b", "a"))


def test_the_header_gives_the_order_of_parameters() -> None:
    query = body("SELECT :b, :a", "q(a, b)")
    assert (query.sql, query.parameters) == ("SELECT $2, $1", ("a", "b"))


@pytest.mark.parametrize(
    ("header", "sql", "rewritten"),
    [
        ("q(n)", "SELECT a[1:n], :n", "SELECT a[1:n], $1"),
        ("q()", "SELECT a[:n], a[n:], a[:], a[1:n+1]", "SELECT a[:n], a[n:], a[:], a[1:n+1]"),
        ("q(n)", "SELECT a[:n]", "SELECT a[$1]"),
        ("q", "SELECT a[:n]", "SELECT a[$1]"),
        ("q", "SELECT a[: n]", "SELECT a[: n]"),
        ("q(lo, hi)", "SELECT a[:lo : :hi]", "SELECT a[$1 : $2]"),
        ("q(lo, hi)", "SELECT a[:lo::int : :hi::int]", "SELECT a[$1::int : $2::int]"),
        ("q(user, hi)", "SELECT a[:user: :hi]", "SELECT a[$1: $2]"),
        ("q(lo)", "SELECT a[:lo::hi]", "SELECT a[$1::hi]"),
        ("q(x)", "SELECT a[f(:x):n], (a)[b[:x]:n], a[1:2][:x:n]", "SELECT a[f($1):n], (a)[b[$1]:n], a[1:2][$1:n]"),
        ("q(x)", "SELECT a[CASE WHEN :x THEN 1 END:n]", "SELECT a[CASE WHEN $1 THEN 1 END:n]"),
        ("q(x, y)", "SELECT ARRAY[:x,:y, 1,:x], ARRAY[[:x]]", "SELECT ARRAY[$1,$2, 1,$1], ARRAY[[$1]]"),
        ("q(ids)", "SELECT :ids[1:2]", "SELECT $1[1:2]"),
        ("q(x)", "SELECT f(a := 1, b => :x), :x::int, a::int", "SELECT f(a := 1, b => $1), $1::int, a::int"),
        ("q(offset, user)", "SELECT 1 OFFSET :offset LIMIT :user", "SELECT 1 OFFSET $1 LIMIT $2"),
        ("q(tz)", "SELECT now() AT TIME ZONE :tz", "SELECT now() AT TIME ZONE $1"),
        ("q(x)", "SELECT 1 LIMIT:x", "SELECT 1 LIMIT $1"),
        ("q(x)", "SELECT a<@:x, b-:x, c=:x, d %:x", "SELECT a<@$1, b-$1, c=$1, d %$1"),
        ("q(v)", "SELECT JSON_OBJECT('k':v, 'x': :v, 'y' VALUE :v)",
         "SELECT JSON_OBJECT('k':v, 'x': $1, 'y' VALUE $1)"),
        ("q(k, v)", "SELECT json_object(:k, :v)", "SELECT json_object($1, $2)"),
        ("q()", "SELECT ':x', E'\\':x', $$:x$$, $a$:x$a$, \":x\", U&':x' /* :x */ -- :x\n, 1",
         "SELECT ':x', E'\\':x', $$:x$$, $a$:x$a$, \":x\", U&':x' /* :x */ -- :x\n, 1"),
        ("q(a1, a2)", "SELECT '100%', x % :a1, y ? 'k', j @? '$.a[*] ? (@ > 1)', :a2",
         "SELECT '100%', x % $1, y ? 'k', j @? '$.a[*] ? (@ > 1)', $2"),
    ],
)  # fmt: skip
def test_a_colon_is_a_parameter_only_where_sql_has_no_use_for_it(header: str, sql: str, rewritten: str) -> None:
    assert body(sql, header).sql == rewritten


def test_parameters_beyond_nine_map_back() -> None:
    names = [f"p{n}" for n in range(12)]
    query = body("SELECT " + ", ".join(f":{name}" for name in names), f"q({', '.join(names)})")
    text = query.source_map.text
    assert text[file_offset(query, query.sql.index("$12")) :].startswith(":p11")
    short = body("SELECT :a, :b, :c, :d, :e, :f, :g, :h, :i, :j + 1", "q")
    at = short.sql.index("$10")
    assert [short.source_map.text[file_offset(short, at + n)] for n in range(5)] == [":", "j", "j", " ", "+"]


def test_a_script_is_split_into_its_statements() -> None:
    query = body("CREATE INDEX a ON t (b);\n-- then; this\nCREATE INDEX CONCURRENTLY c ON t (d);;", "q()#")
    assert query.statements == ("CREATE INDEX a ON t (b)", "CREATE INDEX CONCURRENTLY c ON t (d)")
    assert query.sql == "CREATE INDEX a ON t (b);\n-- then; this\nCREATE INDEX CONCURRENTLY c ON t (d)"
    parts = zip(query.statement_starts, query.statements, strict=True)
    assert all(query.sql.startswith(part, start) for start, part in parts)


def test_a_routine_of_a_script_may_have_numbered_arguments() -> None:
    query = body("CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1; DROP TABLE t", "q()#")
    assert query.statements == ("CREATE FUNCTION f(int) RETURNS int RETURN $1 + 1", "DROP TABLE t")


def test_a_header_inside_a_comment_is_none() -> None:
    text = "/* old:\n-- name: gone()\nSELECT 1;\n-- name: gone2()\nSELECT ';';\n*/\n"
    text += "-- name: q()\nSELECT 1 /*\n-- name: x()\n*/ + 2;"
    file, problems = load(text)
    assert ([query.name for query in file.queries], problems) == (["q"], ())
    assert file.queries[0].sql.endswith("*/ + 2")


@pytest.mark.parametrize("quote", ["'", "$$", "$x$", '"'])
def test_a_header_inside_a_literal_is_none(quote: str) -> None:
    file, problems = load(
        f"-- name: q()\nSELECT {quote}\n-- name: x()\n{quote} + 2;\n-- name: r()\nSELECT {quote}a{quote};"
    )
    assert ([query.name for query in file.queries], problems) == (["q", "r"], ())


@pytest.mark.parametrize("opened", ["'", "$$", '"', "/*"])
def test_an_open_quote_stays_in_its_query(opened: str) -> None:
    file, problems = load(f"-- name: a()\nSELECT {opened}a;\n-- name: b()\nSELECT 1;\n-- name: c()\nSELECT 'x;\n")
    assert [query.name for query in file.queries] == ["b"]
    assert [(problem.line, problem.column, problem.query) for problem in problems] == [(2, 8, "t.a"), (6, 8, "t.c")]


def test_an_open_quote_is_not_closed_by_an_apostrophe_in_a_later_comment() -> None:
    file, problems = load("-- name: a()\nSELECT 'a;\n-- name: b()\n-- Don't.\nSELECT 1;\n")
    assert ([query.name for query in file.queries], [problem.line for problem in problems]) == (["b"], [2])


def test_three_open_quotes_are_three_faults() -> None:
    _, problems = load("-- name: a()\nSELECT 'a;\n-- name: b()\nSELECT $$b;\n-- name: c()\nSELECT 'c;\n")
    assert [(problem.line, problem.query) for problem in problems] == [(2, "t.a"), (4, "t.b"), (6, "t.c")]


def test_directives_are_kept_with_their_place() -> None:
    query = one("-- name: q(id)^\n-- Doc.\n-- @rows 1\n--@timeout 1.5s\n-- @why  it is so  \nSELECT :id")
    assert (query.kind, query.timeout, query.doc) == ("one", 1.5, "Doc.")
    assert [(d.name, d.argument, d.position) for d in query.directives] == [
        ("rows", "1", Position(3, 4)),
        ("timeout", "1.5s", Position(4, 3)),
        ("why", "it is so", Position(5, 4)),
    ]


@pytest.mark.parametrize(("written", "seconds"), [("250ms", 0.25), ("2s", 2.0), ("1.5min", 90.0), ("1 ms", 0.001)])
def test_a_timeout_is_read_in_seconds(written: str, seconds: float) -> None:
    assert body(f"-- @timeout {written}\nSELECT 1").timeout == seconds


def test_a_comment_that_mentions_an_at_sign_in_the_body_is_no_directive() -> None:
    assert body("SELECT 1 -- @todo ask\n  -- @author me\n  + 1").sql.count("@") == 2


def test_a_place_in_the_sql_is_found_in_the_file() -> None:
    query = one("-- é\n-- name: q(order_id)\n/* doc\n*/\nSELECT 'é', :order_id,\n  $$ :z $$, a[1:n], nope\n;")
    assert query.sql == "SELECT 'é', $1,\n  $$ :z $$, a[1:n], nope"
    assert locate(query, query.sql.index("nope")) == Position(6, 21)
    assert locate(query, query.sql.index("$1") + 1) == Position(5, 14)
    assert locate(query, len(query.sql)) == Position(6, 25)
    problem = problem_at(query, query.sql.index("nope"), "no such column", length=4, hint="name")
    assert (str(problem), problem.source, problem.query) == (
        "queries/t.sql:6:21: no such column",
        "  $$ :z $$, a[1:n], nope",
        "t.q",
    )
    parameter = problem_at(query, query.sql.index("$1"), "undetermined")
    assert (parameter.column, parameter.length) == (13, len(":order_id"))
    header = problem_at(query, None, "unused", level="warning")
    assert (header.line, header.column, header.source, header.level) == (2, 1, "-- name: q(order_id)", "warning")


FRAGMENTS = st.sampled_from([
    ":x", ":y", ":order_id", "a[1:n]", "a[:x]", "::int", "'é :x'", "$$:x$$", "-- :x\n", "/* é */", "é", "x", "1", ",",
    "(", ")", "[", "]", "E'\\''", ":=", " ", "\n", "LIMIT", '"ö"', "+", "@>", "JSON_OBJECT('k':x)", ":", "%",
])  # fmt: skip


@given(st.lists(FRAGMENTS, min_size=1).map("".join))
@example("SELECT 1:x")
def test_every_character_maps_back_to_its_own_in_the_file(sql: str) -> None:
    file, problems = load(f"-- é\n-- name: q\nSELECT {sql}\n;")
    if problems:
        return
    (query,) = file.queries
    text, places = query.source_map.text, query.source_map
    pieces = list(zip(places.offsets, places.offsets[1:], places.origins, places.origins[1:], strict=False))
    for start, end, origin, next_origin in pieces:
        piece, there = query.sql[start:end], text[origin:next_origin]
        if re.fullmatch(r" ?\$\d+", piece) and there.startswith(":"):
            assert query.parameters[int(piece.lstrip(" $")) - 1] == there[1:]
            continue
        assert piece == there
        assert all(text[file_offset(query, start + n)] == char for n, char in enumerate(piece))
    assert "".join(text[origin:after] for _, _, origin, after in pieces) in text  # nothing lost, nothing moved


@given(st.lists(FRAGMENTS, min_size=1).map("".join))
def test_rewriting_changes_no_token_but_the_parameters(sql: str) -> None:
    file, problems = load(f"-- name: q\nSELECT {sql}")
    if problems:
        return
    (query,) = file.queries
    kinds = {token.kind for token in scan(query.sql)}
    numbered = {query.sql[t.start : t.end] for t in scan(query.sql) if t.kind == "param"}
    assert numbered == {f"${n}" for n in range(1, len(query.parameters) + 1)}
    assert kinds >= {"reserved"}


NOISE = st.sampled_from([
    "-- name: a()\n", "-- name: b(x)^\n", "-- name: c#\n", "-- nmae: d\n", "-- name:", "-- name: list()\n",
    "-- @rows 1\n", "-- @timeout 1s\n", "-- @tiemout\n", "-- @\n", "/*", "*/", "'", '"', "$$", "--", "\n", ";",
    "SELECT 1", ":x", ":", "$1", "(", ")", "[", "]", "é", "\0", "\ud800", "\r", "\ufeff", "-- doc\n",
    "CREATE FUNCTION f() BEGIN ATOMIC", "END", "@",
])  # fmt: skip


@given(st.one_of(st.text(), st.lists(NOISE, max_size=30).map("".join)))
def test_no_text_crashes_the_loader(text: str) -> None:
    file, problems = load(text)
    lines = text.split("\n")
    for problem in problems:
        assert 1 <= problem.line <= len(lines)
        assert 1 <= problem.column <= len(lines[problem.line - 1]) + 1
        assert problem.source == lines[problem.line - 1]
    for query in file.queries:
        assert query.sql
        assert query.statements
        assert locate(query, 0).line > query.line


@given(st.lists(NOISE, max_size=20).map("".join))
def test_the_fault_of_one_query_never_hides_a_good_one_after_it(text: str) -> None:
    good = "\n-- name: good_one(id)^\nSELECT :id::int;\n-- name: good_two()\nSELECT 2;\n"
    opened = scan_or_none(text) is None
    file, _ = load(text + good)
    names = [query.name for query in file.queries]
    assert "good_two" in names
    assert opened or "good_one" in names
