"""How @before and @after are read: every name with its place, and every way to write them wrong."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.query.hooks import Before
from tests.test_loader import load
from tests.test_overrides import query, shown


@pytest.mark.parametrize(
    ("text", "inputs", "outputs"),
    [
        ("f(x -> a)", ["x"], ["a"]),
        ("f(a)", ["a"], None),
        ("f(a, b)", ["a", "b"], None),
        ("f( x ,y->a,  b )", ["x", "y"], ["a", "b"]),
        ("f(-> a)", [], ["a"]),
        ("f (x -> a)", ["x"], ["a"]),
        ("make_hash2(x -> a)", ["x"], ["a"]),
    ],
)
def test_names_are_read_with_their_places(text: str, inputs: list[str], outputs: list[str] | None) -> None:
    found = query(f"@before {text}", "SELECT :a, :b", "q(a, b)")
    (step,) = found.before
    words = [step.hook, *step.inputs, *(step.outputs or ())]
    assert [word.text for word in step.inputs] == inputs
    assert (None if step.outputs is None else [word.text for word in step.outputs]) == outputs
    file = found.source_map.text
    assert all(file.startswith(word.text, word.start) for word in words)
    assert found.doc == ""


def test_hooks_stand_in_file_order_and_may_repeat() -> None:
    found = query("@after f\n@before strip(a)\n@before hash(password -> a)\n@after g", "SELECT :a", "q(a)")
    assert [str(step) for step in found.before] == ["strip(a)", "hash(password -> a)"]
    assert [word.text for word in found.after] == ["f", "g"]


def test_a_later_hook_may_replace_what_an_earlier_one_made_if_it_reads_it() -> None:
    found = query("@before f(x -> a)\n@before check(a)\n@before g(y -> a)\n@before h(a -> a)", "SELECT :a", "q(a)")
    assert len(found.before) == 4


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("@before", "2:4", "'@before' names no hook", "write @before hash_password(password -> password_hash)"),
        ("@before f", "2:12", "'f' doesn't say what the hook is given", "write @before f(email), for example"),
        ("@before f()", "2:14", "a name is missing here", "write @before hash_password(password -> password_hash)"),
        ("@before f(->)", "2:16", "a name is missing here", "write @before hash_password(password -> password_hash)"),
        ("@before f(x ->)", "2:18", "a name is missing here", "write @before hash_password(password -> password_hash)"),
        ("@before f(x,, y -> a)", "2:16", "a name is missing here", "write @before hash_password(password -> password_hash)"),
        ("@before f(x, -> a)", "2:16", "a name is missing here", "write @before hash_password(password -> password_hash)"),
        ("@before f(x => a)", "2:14", "'x => a' is no name of a parameter", "write one ->: @before hash_password(password -> password_hash)"),
        ("@before f(x -> a -> b)", "2:19", "'a -> b' is no name of a parameter", "write one ->: @before hash_password(password -> password_hash)"),
        ("@before f(:x -> a)", "2:14", "':x' is no name of a parameter", "write it plainly: x"),
        ('@before f("x" -> a)', "2:14", "'\"x\"' is no name of a parameter", "write it plainly: x"),
        ("@before f(class -> a)", "2:14", "'class' is no name of a parameter", "write @before hash_password(password -> password_hash)"),
        ("@before f(conn -> a)", "2:14", "parameter name 'conn' is used inside the generated function", "rename it, for example to 'conn_value'"),
        ("@before f(x, x -> a)", "2:17", "'x' stands twice", "take one out"),
        ("@before f(x -> a, a)", "2:22", "'a' stands twice", "take one out"),
        ("@before f(x -> a", "2:12", "the parenthesis isn't closed, or is one too many", "write @before hash_password(password -> password_hash)"),
        ("@before m.f(x -> a)", "2:12", "'m.f' is no name of a function", "import it in the hooks module, and write f"),
        ("@before _f(x -> a)", "2:12", "'_f' is no name of a function", "what begins with _ is the hooks module's own: call it f"),
        ("@before f(x -> a) since it must", "2:22", "'since it must' stands after the hook", "a reason goes to @why"),
        ("@before f(x -> c)", "2:19", "'c' is no parameter of the SQL", "there are: a, b"),
        ("@before f(x -> a_)", "2:19", "'a_' is no parameter of the SQL", "did you mean 'a'?"),
        ("@before f(x -> a)\n@before g(y -> a)", "3:19", "'a' is made by f already, whose result nobody would read", "give it to this hook too: g(a -> a)"),
        ("@after", "2:4", "'@after' names no hook", "write @after drop_sessions"),
        ("@after f(rows)", "2:12", "'(rows)' stands after the hook", "write @after f: it is given the transaction and the rows"),
        ("@after f, g", "2:12", "', g' stands after the hook", "one hook a line"),
        ("@after m.f", "2:11", "'m.f' is no name of a function", "import it in the hooks module, and write f"),
        ("@after f\n@before g(a)\n@after f", "4:11", "'@after f' stands twice; the first is at line 2", None),
        ("@befor f(a)", "2:4", "unknown directive '@befor'", "did you mean '@before'?"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_shown_where_it_is(text: str, place: str, message: str, hint: str | None) -> None:
    lines = "\n".join(f"-- {line}" for line in text.split("\n"))
    (problem,) = shown(load(f"-- name: q(a, b)\n{lines}\nSELECT :a, :b;")[1])
    found = problem.split("\n")
    assert found[0] == f"{place}: error: {message}"
    assert (found[-1].removeprefix("    hint: ") if "    hint: " in found[-1] else None) == hint
    assert found[2].index("^") == 4 + int(place.split(":")[1]) - 1


@pytest.mark.parametrize(
    ("head", "directive", "message", "hint"),
    [
        ("q(a)*!", "@before f(a)", "'@before' is for one set of parameters, and *! has many", "take arrays and unnest() them: a hook is then given the whole batch"),
        ("q()#", "@before f(a)", "'@before' is for one set of parameters, and # has none", "take it out"),
        ("q(a)!", "@after f", "'@after' gets the rows of the query, and ! returns none", "add RETURNING, and take the suffix off: then it returns a list"),
        ("q(a)*!", "@after f", "'@after' gets the rows of the query, and *! returns none", "add RETURNING, and take the suffix off: then it returns a list"),
        ("q()#", "@after f", "'@after' gets the rows of the query, and # returns none", "take it out"),
    ],
)  # fmt: skip
def test_hooks_that_no_query_of_the_kind_can_have_are_refused(
    head: str, directive: str, message: str, hint: str
) -> None:
    sql = "DELETE FROM t" if "#" in head else "DELETE FROM t WHERE a = :a"
    (problem,) = shown(load(f"-- name: {head}\n-- {directive}\n{sql};")[1])
    assert problem.split("\n")[0].endswith(f"error: {message}")
    assert problem.split("\n")[-1] == f"    hint: {hint}"


NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True).filter(lambda name: query_takes(name))
SPACE = st.text(" \t", max_size=3)


def query_takes(name: str) -> bool:
    return not load(f"-- name: q({name})\nSELECT :{name};")[1] and name != "q"


@given(st.data(), st.lists(NAMES, min_size=1, max_size=4, unique=True), NAMES, st.booleans())
def test_whatever_the_blanks_the_same_is_read(data: st.DataObject, names: list[str], hook: str, arrow: bool) -> None:
    cut = data.draw(st.integers(0, len(names) - 1)) if arrow else len(names)
    left, right = names[:cut], names[cut:]

    def listed(words: list[str]) -> str:
        return ",".join(f"{data.draw(SPACE)}{word}{data.draw(SPACE)}" for word in words)

    text = f"{hook}{data.draw(SPACE)}({listed(left)}{'->' if arrow else ''}{listed(right)})"
    found = query(f"@before {text}", f"SELECT {', '.join(f':{name}' for name in names)}", f"q({', '.join(names)})")
    (step,) = found.before
    assert step.hook.text == hook
    assert [word.text for word in step.inputs] == left
    assert ([word.text for word in step.outputs] if step.outputs is not None else None) == (right if arrow else None)
    again = query(f"@before {step}", f"SELECT {', '.join(f':{name}' for name in names)}", f"q({', '.join(names)})")
    assert str(again.before[0]) == str(step)


@given(
    st.text(
        alphabet=st.characters(codec="utf-8", exclude_characters="\r\n\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
        max_size=40,
    )
)
def test_no_text_breaks_the_reader_and_every_fault_has_its_place(text: str) -> None:
    for directive in ("before", "after"):
        source = f"-- name: q(a)\n-- @{directive} {text}\nSELECT :a;"
        file, problems = load(source)
        if not problems:
            (found,) = file.queries
            assert found.before or found.after
            assert all(isinstance(step, Before) for step in found.before)
        for problem in problems:
            assert problem.line == 2
            assert 1 <= problem.column <= len(source.split("\n")[1]) + 1
