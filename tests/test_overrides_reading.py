"""How @null, @notnull and @type are read: every name of every line, and the types that may follow."""

# ruff: noqa: E501 - one case, one line

from __future__ import annotations

import ast
import decimal
import typing
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.codecs import typed
from plainsql.query.annotations import AnnotationError, read_annotation
from tests.test_loader import load
from tests.test_overrides import query, shown


def test_every_name_of_every_line_is_read() -> None:
    found = query(
        "@notnull note,size ,tags[]\n@null :a\n@notnull :b[]\n@type meta dict[str,  int]", "SELECT :a, :b, 1", "q(a, b)"
    )
    assert [str(override) for override in found.overrides] == [
        "@notnull note",
        "@notnull size",
        "@notnull tags[]",
        "@null :a",
        "@notnull :b[]",
        "@type meta dict[str, int]",
    ]
    assert found.doc == ""
    text = found.source_map.text
    assert [text[override.start : override.end] for override in found.overrides] == [
        "note",
        "size",
        "tags[]",
        ":a",
        ":b[]",
        "meta",
    ]


@pytest.mark.parametrize(
    ("text", "place", "message", "hint"),
    [
        ("-- name: q\n-- @notnull\nSELECT 1;", "2:4", "'@notnull' names nothing", "write what is never NULL: @notnull total, :status"),
        ("-- name: q\n-- @null\nSELECT 1;", "2:4", "'@null' names nothing", "write what may be NULL: @null note, :note"),
        ("-- name: q\n-- @type\nSELECT 1;", "2:4", "'@type' names nothing", "write the name, then its type: @type metadata dict[str, int]"),
        ("-- name: q\n-- @notnull a b\nSELECT 1;", "2:13", "'a b' is no name", "separate names by commas; a reason goes to @why"),
        ("-- name: q\n-- @notnull a, , b\nSELECT 1;", "2:16", "a name is missing beside the comma", "write what is never NULL: @notnull total, :status"),
        ("-- name: q\n-- @notnull a,\nSELECT 1;", "2:15", "a name is missing beside the comma", "write what is never NULL: @notnull total, :status"),
        ('-- name: q\n-- @notnull "Total"\nSELECT 1;', "2:13", "'\"Total\"' is no name of a column or parameter", "write it without quotes: Total"),
        ("-- name: q\n-- @notnull: total\nSELECT 1;", "2:12", "': total' is no name of a column or parameter", "write it without ':': @notnull total"),
        ("-- name: q\n-- @type total: int\nSELECT 1;", "2:10", "'total:' is no name of a column or parameter", "write it without ':': @type total int"),
        ("-- name: q\n-- @type total\nSELECT 1;", "2:10", "'@type total' names no type", "write it after the name: @type total int"),
        ("-- name: q\n-- @type tags[] str\nSELECT 1;", "2:10", "@type is of no elements alone", "write the type of all of it: @type tags list[…]"),
        ("-- name: q\n-- @type t Metadata\nSELECT 1;", "2:12", "'Metadata' is not built in", "write its module before it: shop.types.Metadata"),
        ("-- name: q\n-- @type t Int\nSELECT 1;", "2:12", "'Int' is not built in", "did you mean 'int'?"),
        ("-- name: q\n-- @type t list\nSELECT 1;", "2:12", "'list' doesn't say of what", "write list[str], for example"),
        ("-- name: q\n-- @type t None\nSELECT 1;", "2:12", "None alone is no type", "write what it is when it isn't None"),
        ("-- name: q\n-- @type t int because\nSELECT 1;", "2:12", "'int because' is no Python type", "write a type such as int, list[str] or shop.types.Metadata; a reason goes to @why"),
        ("-- name: q\n-- @notnull a, a\nSELECT 1;", "2:16", "'@notnull a' stands twice; the first is at line 2", None),
        ("-- name: q\n-- @type a int\n-- @type a str\nSELECT 1;", "3:10", "'@type a' stands twice; the first is at line 2", None),
        ("-- name: q\n-- @notnull b, a\n-- @null a\nSELECT 1;", "3:10", "'@null a' contradicts the '@notnull' at line 2", "take one of them out"),
        ("-- name: q(x)\n-- @notnull :y\nSELECT :x;", "2:13", "'@notnull :y' names no parameter", "there are: :x"),
        ("-- name: q(status)\n-- @notnull :statsu\nSELECT :status;", "2:13", "'@notnull :statsu' names no parameter", "did you mean ':status'?"),
        ("-- name: q(x)!\n-- @notnull x\nSELECT :x;", "2:13", "'@notnull x' is for a column, and ! returns none", "did you mean ':x'?"),
        ("-- name: q()*!\n-- @notnull y\nSELECT 1;", "2:13", "'@notnull y' is for a column, and *! returns none", "take it out"),
        ("-- name: q()#\n-- @null y\nSELECT 1;", "2:10", "'@null y' is for a column, and # returns none", "take it out"),
        ("-- name: q()#\n-- @null :y\nSELECT 1;", "2:10", "'@null :y' names no parameter", "there are: none"),
    ],
)  # fmt: skip
def test_what_can_not_be_meant_is_shown_where_it_is(text: str, place: str, message: str, hint: str | None) -> None:
    (problem,) = shown(load(text)[1])
    lines = problem.split("\n")
    assert lines[0] == f"{place}: error: {message}"
    assert (lines[-1].removeprefix("    hint: ") if "    hint: " in lines[-1] else None) == hint
    assert lines[2].index("^") == 4 + int(place.split(":")[1]) - 1


def test_null_and_notnull_of_array_and_elements_do_not_contradict() -> None:
    assert len(query("@notnull a\n@null a[]\n@type a list[int]\n@null :a", "SELECT :a AS a", "q(a)").overrides) == 4


@pytest.mark.parametrize(
    ("text", "shown", "heads"),
    [
        ("int", "int", ("int",)),
        ("list[ str ]", "list[str]", ("list",)),
        ("dict[str,shop.types.Item|None]", "dict[str, shop.types.Item | None]", ("dict",)),
        ("shop.types.Metadata | None", "shop.types.Metadata | None", ("shop.types.Metadata", "None")),
        ("tuple[int, ...]", "tuple[int, ...]", ("tuple",)),
        ("typing.Literal['a', \"b c\", -1, None, True]", 'typing.Literal["a", "b c", -1, None, True]', ("typing.Literal",)),
        ("shop.types.Page[int]", "shop.types.Page[int]", ("shop.types.Page",)),
    ],
)  # fmt: skip
def test_a_type_is_read(text: str, shown: str, heads: tuple[str, ...]) -> None:
    found = read_annotation(text)
    assert (str(found), found.heads) == (shown, heads)
    assert read_annotation(str(found)) == found


@pytest.mark.parametrize(
    "text",
    ["", "1", "'int'", "f()", "lambda: int", "int[str]", "list[]", "list[()]", "list[...][0]", "(int for x in y)", "[int]", "int.real",
     "__import__('os').system", "typing.Literal[f'x']", "typing.Literal[a.b]", "a.b[int:str]", "int & str", "x" * 600, "(" * 400, "\0", "a.class"]
)  # fmt: skip
def test_what_is_no_type_is_refused(text: str) -> None:
    with pytest.raises(AnnotationError):
        read_annotation(text)


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader_of_types(text: str) -> None:
    try:
        found = read_annotation(text)
    except AnnotationError:
        return
    ast.parse(str(found), mode="eval")


TYPES = st.recursive(
    st.sampled_from(["int", "str", "bool", "float", "uuid.UUID", "decimal.Decimal", "typing.Any", 'typing.Literal["a | b"]']),
    lambda inner: st.one_of(
        inner.map(lambda part: f"list[{part}]"),
        inner.map(lambda part: f"dict[str, {part}]"),
        inner.map(lambda part: f"{part} | None"),
        st.tuples(inner, inner).map(lambda parts: f"tuple[{parts[0]}, {parts[1]}]"),
    ),
    max_leaves=6,
)  # fmt: skip


@given(TYPES)
def test_a_type_means_at_run_time_what_python_takes_it_for(text: str) -> None:
    expected = eval(text, {"uuid": uuid, "decimal": decimal, "typing": typing})  # noqa: S307 - made of the words above
    assert typed(25, read_annotation(text))._annotation() == expected
