"""The text of generated modules, without a server."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plainsql.codegen import literal
from plainsql.codegen.imports import Imports, unshadowed
from plainsql.codegen.stamp import is_untouched, read_stamp, schema_digest, sealed, source_digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@given(TEXT)
def test_a_string_literal_holds_exactly_its_text(text: str) -> None:
    assert ast.literal_eval(literal.string(text)) == text
    assert "\n" not in literal.string(text)


@given(TEXT)
def test_a_block_literal_holds_exactly_its_text(text: str) -> None:
    assert ast.literal_eval(literal.block(text)) == text


@pytest.mark.parametrize(
    "text", ['"', '""', '"""', '\\"', "\\", "\\\\", 'a\n"', 'a\n\\"""', "\u202egnal", "a\r\nb", "\ufeff"]
)
def test_hostile_text_survives(text: str) -> None:
    assert ast.literal_eval(literal.block(text)) == text
    assert ast.literal_eval(literal.string(text)) == text
    assert "\u202e" not in literal.string(text)


@given(st.lists(TEXT.filter(lambda text: "\n" not in text and "\r" not in text), min_size=1))
def test_a_docstring_is_valid_python_whatever_the_comment(lines: list[str]) -> None:
    body = "\n".join(literal.docstring(lines, "    "))
    tree = ast.parse(f"def f():\n{body}\n    return 1\n")
    assert len(tree.body) == 1


def test_imports_are_grouped_and_sorted() -> None:
    imports = Imports()
    imports.add("from msgspec import Struct", "from decimal import Decimal", "import datetime as dt")
    imports.add("from plainsql.execute import fetch_all, Conn", "from plainsql.execute import Statement")
    assert imports.lines("app") == [
        "import datetime as dt",
        "from decimal import Decimal",
        "",
        "from msgspec import Struct",
        "from plainsql.execute import Conn, Statement, fetch_all",
    ]


def test_a_name_that_a_field_shadows_is_spelled_another_way() -> None:
    assert unshadowed("bytes", ["bytes"], []) == ("builtins.bytes", ["import builtins"])
    assert unshadowed("dt.date", ["dt"], ["import datetime as dt"]) == ("dt_.date", ["import datetime as dt_"])
    assert unshadowed("list[int | None]", ["id", "int"], [])[0] == "list[builtins.int | None]"
    assert unshadowed("Decimal", ["Decimal"], ["from decimal import Decimal"]) == (
        "Decimal_",
        ["from decimal import Decimal as Decimal_"],
    )
    assert unshadowed("dt.date", ["date"], ["import datetime as dt"]) == ("dt.date", ["import datetime as dt"])


def test_a_stamp_tells_an_edited_module_from_an_untouched_one() -> None:
    text = sealed("# Generated\n\nx = 1\n", source="a1", schema="b2")
    stamp = read_stamp(text)
    assert stamp is not None
    assert (stamp.source, stamp.schema) == ("a1", "b2")
    assert is_untouched(text, stamp)
    assert is_untouched(text.replace("\n", "\r\n"), stamp)
    assert not is_untouched(text.replace("x = 1", "x = 2"), stamp)
    assert not is_untouched(text + "\n", stamp)


def test_digests_ignore_line_ends_and_notice_everything_else(tmp_path: Path) -> None:
    assert source_digest(b"a\r\nb") == source_digest(b"\xef\xbb\xbfa\nb")
    assert source_digest(b"a\nb") != source_digest(b"a\nb\n")
    (tmp_path / "0001.a.sql").write_text("SELECT 1")
    first = schema_digest(tmp_path, ["x"])
    assert first != schema_digest(tmp_path, ["y"])
    (tmp_path / "0001.a.sql").rename(tmp_path / "0002.a.sql")
    assert first != schema_digest(tmp_path, ["x"])
