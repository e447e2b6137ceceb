"""What stock aiosql would make of a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from plainsql.catalog import load_catalog
from plainsql.portable import portable_problems


def warnings(folder: Path, text: str) -> list[str]:
    (folder / "a.sql").write_text(text)
    catalog = load_catalog(folder, root=folder)
    assert catalog.problems == ()
    found = portable_problems(catalog)
    assert {problem.level for problem in found} <= {"warning"}
    return [str(problem) for problem in found]


@pytest.mark.parametrize(
    ("sql", "message"),
    [
        ("SELECT $$ :x $$", "1:1: stock aiosql refuses this query: undeclared parameter name in query q: x"),
        ("SELECT a[1:n]", "1:1: stock aiosql refuses this query: undeclared parameter name in query q: n"),
        ("SELECT '\n-- x\n'", "1:1: stock aiosql changes the text of this query"),
        ("SELECT 'a  \nb'", "1:1: stock aiosql changes the text of this query"),
        ("SELECT $$a/* b */c$$", "1:1: stock aiosql changes the text of this query"),
        ("SELECT '-- name: b()\n'", "1:1: stock aiosql finds other queries here: q, b"),
        ("SELECT 1 % 2", "2:10: stock aiosql takes '%' for a placeholder, it wants '%%'"),
    ],
)
def test_a_construct_that_stock_aiosql_breaks_is_named(tmp_path: Path, sql: str, message: str) -> None:
    assert warnings(tmp_path, f"-- name: q()\n{sql};\n") == [f"a.sql:{message}"]


def test_a_header_without_parentheses_is_named(tmp_path: Path) -> None:
    (problem,) = warnings(tmp_path, "-- name: q^\nSELECT :x;\n")
    assert problem.startswith("a.sql:1:1: stock aiosql refuses this query: missing mandatory parameter list")


def test_a_plain_file_is_portable(tmp_path: Path) -> None:
    text = (
        "-- File.\n\n-- name: q(x, y)^\n-- Doc.\n-- @timeout 1s\nSELECT /* a */ :x::int, ':z', -- b\n  :y\n  -- c\n;\n"
    )
    assert warnings(tmp_path, text + "-- name: s()#\nDROP TABLE a;\nDROP TABLE b;\n") == []
