"""Each fault of a query file: where it is shown, in which words, and what is suggested."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import pytest

from plainsql.query.directives import EXISTS
from plainsql.query.problem import Problem, format_problem
from tests.test_loader import load

OK = "-- name: ok()\nSELECT 1;\n"


def report(text: str) -> list[str]:
    """The problems of *text* as people see them, without the file's name."""
    return [format_problem(problem).removeprefix("queries/t.sql:") for problem in load(text)[1]]


def names(text: str) -> list[str]:
    return [query.name for query in load(text)[0].queries]


def test_a_problem_shows_the_line_a_caret_and_a_suggestion() -> None:
    (problem,) = load("-- name: q(user_id)^\nSELECT :usre_id,\n       :user_id;\n")[1]
    assert format_problem(problem).split("\n") == [
        "queries/t.sql:2:8: error: undeclared parameter ':usre_id'",
        "    SELECT :usre_id,",
        "           ^^^^^^^^",
        "    hint: did you mean ':user_id'?",
    ]
    assert (problem.query, problem.level) == ("t.q", "error")


HEADERS = [
    ("-- nmae: x", "1:1", "-- nmae: x", "did you mean '-- name: x'?"),
    ("-- naem: x(a)^", "1:1", "-- naem: x(a)^", "did you mean '-- name: x(a)^'?"),
    ("--name x", "1:1", "--name x", "did you mean '-- name: x'?"),
    ("-- name get_x^", "1:1", "-- name get_x^", "did you mean '-- name: get_x^'?"),
    ("-- name = get_x", "1:1", "-- name = get_x", "did you mean '-- name: get_x'?"),
    ("-- NAME: get_x()", "1:1", "-- NAME: get_x()", "did you mean '-- name: get_x()'?"),
    ("--- nam: get_x()", "1:1", "--- nam: get_x()", "did you mean '-- name: get_x()'?"),
    ("/* name: get_x() */", "1:1", "/* name: get_x() */", "did you mean '-- name: get_x()'?"),
]


@pytest.mark.parametrize(("line", "place", "shown", "hint"), HEADERS)
def test_a_misspelt_first_header_is_found(line: str, place: str, shown: str, hint: str) -> None:
    text = f"{line}\nSELECT 2;\n{OK}"
    (problem,) = report(text)
    assert problem.split("\n") == [
        f"{place}: error: '{shown}' is not a header",
        f"    {line}",
        f"    {'^' * len(line)}",
        f"    hint: {hint}",
    ]
    assert names(text) == ["ok"]


@pytest.mark.parametrize(("line", "place", "shown", "hint"), HEADERS)
@pytest.mark.parametrize(
    "before", ["-- name: a()\nSELECT 1;\n\n", "-- name: a()\nSELECT 1\n\n", "-- name: a#\nDROP TABLE t;\n\n"]
)
def test_a_misspelt_later_header_is_found_and_the_query_before_it_stays(
    before: str, line: str, place: str, shown: str, hint: str
) -> None:
    text = f"{before}{line}\nSELECT 2;\n{OK}"
    (problem,) = report(text)
    assert problem.startswith(f"4:1: error: '{shown}' is not a header\n")
    assert problem.endswith(f"hint: {hint}")
    assert names(text) == ["a", "ok"]


def test_every_misspelt_header_of_a_file_is_found() -> None:
    text = "-- nmae: a()\nSELECT 1;\n-- nmae: b()\nSELECT 2;\n"
    assert [problem.line for problem in load(text)[1]] == [1, 3]


@pytest.mark.parametrize(
    "comment",
    [
        "name of the user",
        "name first",
        "The name: x",
        "same: x",
        "@why names",
        "table: users",
        "Names: a, b",
        "name: a b c",
    ],
)
def test_prose_about_names_is_no_misspelt_header(comment: str) -> None:
    text = f"-- name: q()\n-- Doc.\n--  {comment}\nSELECT 1;"
    if comment == "name: a b c":
        text = text.replace("--  name: a b c\n", "")
    assert report(text) == []


def test_a_header_at_the_end_of_a_line_is_found() -> None:
    assert report("-- name: a()\nSELECT 1; -- name: b()\nSELECT 2;")[0].startswith(
        "2:11: error: a header must begin its line\n"
    )
    assert report("-- name: a()\nSELECT n -- name: customer\nFROM t;") == []


@pytest.mark.parametrize(
    ("spec", "caret", "message", "hint"),
    [
        ("get_x(id)^^", "         ^^", "'^^' is not a suffix of a query", "did you mean 'get_x(id)^'? a suffix is one of ^ $ <! ! *! # or none"),
        ("get_x(id)!<", "         ^^", "'!<' is not a suffix of a query", "did you mean 'get_x(id)<!'? a suffix is one of ^ $ <! ! *! # or none"),
        ("get_x(id)?", "         ^", "'?' is not a suffix of a query", "did you mean 'get_x(id)^'? a suffix is one of ^ $ <! ! *! # or none"),
        ("get_x(id)^ -- one", "         ^^^^^^^^", "'^ -- one' is not a suffix of a query", None),
        ("get_x(id", "     ^^^", "the parameter list is not closed or not plain names", "write get_x(a, b)"),
        ("get_x(id.a)^", "     ^^^^^^", "the parameter list is not plain names with commas between", "write get_x(a, b)^"),
        ("get_x(id)#", "     ^^^^^", "a script takes no parameters", "write get_x()#"),
        ("", "", "the header names no query", "write -- name: get_user(id)^"),
        ("1st()", "^^^", "'1st()' does not begin with a query name", "write -- name: get_user(id)^"),
        ("GetUser(id)^", "^^^^^^^", "query name 'GetUser' is not in snake_case", "rename it, for example to 'get_user'"),
        ("_x(id)^", "^^", "query name '_x' is not in snake_case", "rename it, for example to 'x'"),
        ("größe(id)^", "^^^^^", "query name 'größe' is not in snake_case", "rename it, for example to 'gr_e'"),
        ("import(id)^", "^^^^^^", "query name 'import' is a Python keyword", "rename it, for example to 'import_rows'"),
        ("list(id)", "^^^^", "query name 'list' hides Python's own list", "rename it, for example to 'list_rows'"),
        ("dt(id)", "^^", "query name 'dt' is used by every generated module", "rename it, for example to 'dt_rows'"),
        ("fetch_all(id)", "^^^^^^^^^", "query name 'fetch_all' is used by every generated module", "rename it, for example to 'fetch_all_rows'"),
        ("is_aio(id)", "^^^^^^", "query name 'is_aio' is an attribute of aiosql's Queries", "rename it, for example to 'is_aio_rows'"),
    ],
)  # fmt: skip
def test_a_header_that_names_no_query_says_why(spec: str, caret: str, message: str, hint: str | None) -> None:
    problem, *rest = report(f"-- name: {spec}\nSELECT :id;\n{OK}")
    lines = problem.split("\n")
    assert not rest
    assert lines[0].endswith(f": error: {message}")
    if caret:
        assert lines[2].removeprefix(" " * 13) == caret
    if hint:
        assert lines[-1] == f"    hint: {hint}"


@pytest.mark.parametrize(
    ("name", "message", "hint"),
    [
        ("from", "parameter name 'from' is a Python keyword", "rename it, for example to 'since'"),
        ("async", "parameter name 'async' is a Python keyword", "rename it, for example to 'async_'"),
        ("conn", "parameter name 'conn' is used inside the generated function", "rename it, for example to 'conn_value'"),
        ("self", "parameter name 'self' is used inside the generated function", "rename it, for example to 'self_value'"),
        ("fetch_all", "parameter name 'fetch_all' is used inside the generated function", "rename it, for example to 'fetch_all_value'"),
        ("GET_X", "parameter name 'GET_X' is used inside the generated function", "rename it, for example to 'get_x_value'"),
        ("_x", "parameter name '_x' starts with an underscore", "rename it, for example to 'x'"),
        ("größe", "parameter name 'größe' is not made of plain letters, digits and underscores", "rename it, for example to 'gr_e'"),
    ],
)  # fmt: skip
def test_a_parameter_name_that_python_cannot_take_says_why(name: str, message: str, hint: str) -> None:
    (declared,) = report(f"-- name: get_x(a, {name})^\nSELECT :a, :{name};")
    assert declared.startswith(f"1:19: error: {message}\n")
    assert declared.endswith(f"hint: {hint}")
    (found,) = report(f"-- name: get_x^\nSELECT :a, :{name};")
    assert found.startswith(f"2:13: error: {message}\n")


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("SELECT 1;\n" + OK, "1:1", "SQL before the first header", "write -- name: get_user(id)^ above it"),
        ("\\set x 1\n" + OK, "1:1", "SQL before the first header", "write -- name: get_user(id)^ above it"),
        ("-- name: q()\nSELECT 1; SELECT 2;", "2:11", "query 'q' has a second statement", "give it its own -- name: line, or make the query a script: suffix #"),
        ("-- name: q()\n-- Doc.\n\n", "1:10", "query 'q' has no SQL", None),
        ("-- name: q()\n;\n", "1:10", "query 'q' has no SQL", None),
        (OK + "-- name: ok()\nSELECT 2;", "3:10", "query 'ok' is already defined at line 1", "rename one of the two"),
        ("-- name: q()\nSELECT 'a;", "2:8", "unterminated quoted string", None),
        ("-- name: q()\nSELECT $1;", "2:8", "numbered parameter '$1'", "give it a name, such as :id"),
        ("-- name: q()\nSELECT :1;", "2:8", "numbered parameter ':1'", "give it a name, such as :id"),
        ("-- name: q()#\nSELECT :1;", "2:8", "numbered parameter ':1'", "give it a name, such as :id"),
        ("-- name: q()#\nSELECT 1;\nSELECT :x;", "3:8", "a script takes no parameters, ':x' is one", None),
        ("-- name: q()#\nSELECT $1;", "2:8", "numbered parameter '$1'", "give it a name, such as :id"),
        ("-- name: q(x)\nSELECT :'x', :x;", "2:8", "psql's :'x' is no parameter here", "write :name without quotes"),
        ("-- name: q(x)\nSELECT : x, :x;", "2:8", "a colon without a parameter name", "write :name, without a space"),
        ("-- name: q(id, x)\nSELECT :id;", "1:16", "parameter 'x' is declared but not used", "use it in the body or take it out of the header"),
        ("-- name: q(id, id)\nSELECT :id;", "1:12", "parameter 'id' is declared twice", None),
        ("-- name: q()\nSELECT :id, :id;", "2:8", "undeclared parameter ':id'", "add it to the header: q(id)"),
        ("-- name: q()\nSELECT ARRAY[:id];", "2:14", "undeclared parameter ':id'", "add it to the header: q(id)"),
        ("-- name: q()\n-- Doc.\n-- nmae: b()\nSELECT 1;", "3:1", "'-- nmae: b()' is not a header", "did you mean '-- name: b()'?"),
        ("-- name: q()\nSELECT 1; -- name: b\nSELECT 2", "2:11", "a header must begin its line", "did you mean '-- name: b'?"),
        ("-- name: q(n)\nSELECT a[1:n];", "1:12", "parameter 'n' is declared but not used", "after an operand, the colon of ':n' is SQL's own; write ': :n'"),
        ("-- name: q()\nSELECT ''\0;", "2:10", "a NUL character", None),
        ("-- name: q()\n-- @tiemout 1s\nSELECT 1;", "2:4", "unknown directive '@tiemout'", "did you mean '@timeout'?"),
        ("-- name: q()\n-- @Rows 1\nSELECT 1;", "2:4", "unknown directive '@Rows'", "did you mean '@rows'?"),
        ("-- name: q()\n-- @zzz\nSELECT 1;", "2:4", "unknown directive '@zzz'", "directives: @" + " @".join(EXISTS)),
        ("-- name: q()\n-- @timeout 1s\n-- @timeout 1s\nSELECT 1;", "3:4", "'@timeout' stands twice; the first is at line 2", None),
        ("-- name: q()\n-- @timeout 0s\nSELECT 1;", "2:4", "'0s' is not a time limit", "write a number with ms, s or min: @timeout 250ms"),
        ("-- name: q()\n-- @timeout 0.5ms\nSELECT 1;", "2:4", "'0.5ms' is not a time limit", "write a number with ms, s or min: @timeout 250ms"),
        ("-- name: q()\n-- @timeout 5\nSELECT 1;", "2:4", "'5' is not a time limit", "write a number with ms, s or min: @timeout 250ms"),
        ("-- name: q()\n-- @rows 1\nSELECT 1;", "2:4", "'@rows 1' is for a query with the suffix ^", "give the query the suffix ^, or drop @rows"),
        ("-- name: q()^\n-- @rows 2\nSELECT 1;", "2:4", "'@rows' takes 1, not '2'", "write @rows 1: then no row raises, and so do two"),
        ("-- name: q()\n-- @why\nSELECT 1;", "2:4", "'@why' says nothing", "write the reason: @why …"),
        ("-- name: q()\nSELECT 1\n  -- @timeout 1s\n;", "3:6", "'@timeout' must stand under a header, before the SQL", None),
        ("-- name: q()\nSELECT 1;\n-- @tiemout 1s\n", "3:4", "'@tiemout' must stand under a header, before the SQL", None),
        ("-- @timeout 1s\n" + OK, "1:4", "'@timeout' must stand under a header, before the SQL", None),
        ("-- name: q()\n/* Doc.\n * @timeout 1s\n */\nSELECT 1;", "3:4", "directive '@timeout' in a /* */ comment", "write -- @timeout"),
    ],
)  # fmt: skip
def test_a_fault_is_shown_where_it_is(text: str, place: str, message: str, hint: str | None) -> None:
    (problem,) = report(text)
    lines = problem.split("\n")
    assert lines[0] == f"{place}: error: {message}"
    assert (lines[-1].removeprefix("    hint: ") if "    hint: " in lines[-1] else None) == hint
    column = int(place.split(":")[1])
    assert lines[2].index("^") == 4 + column - 1


@pytest.mark.parametrize("name", [name for name, exists in EXISTS.items() if not exists])
def test_a_directive_without_its_feature_is_refused(name: str) -> None:
    (problem,) = report(f"-- name: q()\n-- @{name} x\nSELECT 1;")
    assert problem.startswith(f"2:4: error: directive '@{name}' does not exist yet in this version\n")


def test_the_directive_language_is_the_one_of_the_design() -> None:
    words = (
        "before after changes scope optional order page optimistic rows null notnull type why plan timeout cache read"
    )
    assert set(EXISTS) == {*words.split(), "requires", "allow"}
    exist = {"after", "allow", "before", "changes", "notnull", "null", "optimistic", "rows", "timeout", "type", "why"}
    assert {name for name, exists in EXISTS.items() if exists} == exist


def test_a_misspelt_parameter_is_found_from_both_ends() -> None:
    first, second = report("-- name: q(user_id)\nSELECT :usre_id;")
    assert first.endswith("hint: the body uses ':usre_id'")
    assert second.endswith("hint: did you mean ':user_id'?")


def test_good_queries_of_a_faulty_file_are_still_there() -> None:
    text = (
        "-- name: a()\nSELECT :x;\n"
        + OK
        + "-- name: b()^^\nSELECT 1;\n-- name: c()\nSELECT 'x;\n-- name: d()\nSELECT 2;"
    )
    assert names(text) == ["ok", "d"]
    assert [problem.query for problem in load(text)[1]] == ["t.a", None, "t.c"]


def test_the_caret_stands_under_wide_and_combining_characters() -> None:
    source = "\tSELECT '漢字', 'e\u0301', :id"
    problem = Problem("queries/t.sql", 1, source.index(":") + 1, "no", source=source, length=3)
    shown = format_problem(problem).split("\n")[2]
    assert shown == "    \t" + " " * len("SELECT 'xxxx', 'e', ") + "^^^"
