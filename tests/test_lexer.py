"""PostgreSQL's lexer over a file: offsets in characters, faults with their place, statements."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.query.lexer import LexicalError, Token, scan
from plainsql.query.statements import split_statements


def tokens(text: str) -> list[tuple[str, str]]:
    return [(token.kind, text[token.start : token.end]) for token in scan(text)]


def scan_or_none(text: str) -> list[Token] | None:
    try:
        return scan(text)
    except LexicalError:
        return None


def statements(text: str) -> list[str]:
    return [text[found[0].start : found[-1].end] for found in split_statements(text, scan(text))]


def test_offsets_count_characters_not_bytes() -> None:
    text = "SELECT 'é€😀' AS ü, :größe -- ß\n/* ö */ + 1"
    assert tokens(text) == [
        ("reserved", "SELECT"),
        ("string", "'é€😀'"),
        ("reserved", "AS"),
        ("name", "ü"),
        ("symbol", ","),
        ("symbol", ":"),
        ("name", "größe"),
        ("line_comment", "-- ß"),
        ("block_comment", "/* ö */"),
        ("symbol", "+"),
        ("number", "1"),
    ]


@pytest.mark.parametrize(
    "literal",
    ["'it''s :x'", "E'\\' :x'", "U&'\\0041 :x'", "$$ :x ' $$", "$tag$ $$ :x $tag$", "B'01'", "'a'\n'b :x'", "x'1f'"],
)
def test_a_literal_is_one_token(literal: str) -> None:
    assert tokens(literal) == [("string", literal)]


@pytest.mark.parametrize("comment", ["/* a /* :b */ c */", "/* -- */", "/*+ hint */"])
def test_a_block_comment_is_one_token(comment: str) -> None:
    assert tokens(comment) == [("block_comment", comment)]


def test_quoted_identifiers_are_told_from_bare_ones() -> None:
    assert tokens('a "b:c" U&"d"') == [("name", "a"), ("quoted", '"b:c"'), ("quoted", 'U&"d"')]


def test_a_part_of_a_text_keeps_the_offsets_of_the_whole() -> None:
    text = "é; SELECT é; SELECT 2"
    assert [text[token.start : token.end] for token in scan(text, 3, 11)] == ["SELECT", "é"]


@pytest.mark.parametrize(
    ("text", "offset", "message"),
    [
        ("SELECT é, 'abc", 10, "unterminated quoted string"),
        ('SELECT "abc', 7, "unterminated quoted identifier"),
        ("é /* abc", 2, "unterminated /* comment"),
        ("SELECT $a$ b $$", 7, "unterminated dollar-quoted string"),
        ("SELECT 1a", 7, "trailing junk after numeric literal"),
        ("SELECT 'é', ''\0", 14, "a NUL character"),
        ("é\ud800", 1, "a character that is not valid Unicode"),
    ],
)
def test_a_lexical_fault_has_its_place(text: str, offset: int, message: str) -> None:
    with pytest.raises(LexicalError) as caught:
        scan(text)
    assert (caught.value.offset, caught.value.message) == (offset, message)


def test_a_lexical_fault_in_a_part_has_its_place_in_the_whole() -> None:
    with pytest.raises(LexicalError) as caught:
        scan("é; SELECT 'x", 3)
    assert caught.value.offset == 10


@given(st.text(alphabet=st.sampled_from("aé€😀'\"$:;-/*\n\\ []()1:E")))
def test_tokens_are_in_order_and_between_them_is_only_space(text: str) -> None:
    found = scan_or_none(text)
    if found is None:
        return
    end = 0
    for token in found:
        assert end <= token.start < token.end
        assert not text[end : token.start].strip(" \n")
        end = token.end
    assert not text[end:].strip(" \n")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("", []),
        (" ;; -- ;\n ;", []),
        ("SELECT 1; -- c", ["SELECT 1"]),
        ("SELECT ';'; SELECT 2;", ["SELECT ';'", "SELECT 2"]),
        ("SELECT (1;2); SELECT 3", ["SELECT (1;2)", "SELECT 3"]),
        ("SELECT 1); SELECT 3", ["SELECT 1)", "SELECT 3"]),
        ("CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
         ["CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2)", "SELECT 3"]),
        ("CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
         ["CREATE OR REPLACE FUNCTION f() BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END",
          "SELECT 3"]),
        ("CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; END; BEGIN; SELECT 1; END",
         ["CREATE PROCEDURE p() BEGIN ATOMIC DELETE FROM t; END", "BEGIN", "SELECT 1", "END"]),
        ("DO $$ BEGIN PERFORM 1; END $$; SELECT 2", ["DO $$ BEGIN PERFORM 1; END $$", "SELECT 2"]),
    ],
)  # fmt: skip
def test_statements_end_where_psql_ends_them(text: str, parts: list[str]) -> None:
    assert statements(text) == parts
