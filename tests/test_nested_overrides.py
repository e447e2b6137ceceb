"""``@type``, ``@null`` and ``@notnull`` on columns made of rows: what wins, what is refused, what is held to."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

import plainsql
from plainsql import UnexpectedNullError, UnexpectedTypeError
from plainsql.catalog import load_catalog
from plainsql.describe.describer import describe_all
from tests.fixtures.generated import generated
from tests.fixtures.nested import nested_shop

__all__ = ["nested_shop"]

SELECT = """
SELECT
    o.id,
    jsonb_agg(jsonb_build_object('note', i.note, 'price', p.price) ORDER BY p.id) AS items,
    array_agg(i ORDER BY p.id) AS lines,
    array_agg(i.note ORDER BY p.id) AS notes,
    array_agg(i.quantity ORDER BY p.id) AS quantities,
    jsonb_build_object('note', max(i.note)) AS doc
FROM orders AS o
JOIN items AS i ON i.order_id = o.id
JOIN products AS p ON p.id = i.product_id
GROUP BY o.id
ORDER BY o.id;
"""


@pytest.fixture
def conn(nested_shop: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(nested_shop, autocommit=True) as conn:
        yield conn


def columns(conn: psycopg.Connection[Any], tmp_path: Path, directive: str) -> dict[str, str]:
    """Return the annotations of the columns under *directive*."""
    (tmp_path / "q.sql").write_text(f"-- name: q\n-- {directive}{SELECT}")
    catalog = load_catalog(tmp_path)
    assert not catalog.problems
    (found,) = describe_all(conn, catalog.files[0].queries)
    assert found.problem is None, found.problem
    return {column.name: f"{column.python.result}{' | None' if column.nullable else ''}" for column in found.columns}


def refusal(conn: psycopg.Connection[Any], tmp_path: Path, directive: str) -> tuple[str, str | None]:
    """Return message and hint of the problem that *directive* is, an error or a warning."""
    (tmp_path / "q.sql").write_text(f"-- name: q\n-- {directive}{SELECT}")
    catalog = load_catalog(tmp_path)
    problems = list(catalog.problems)
    if not problems:
        (found,) = describe_all(conn, catalog.files[0].queries)
        problems = [found.problem] if found.problem else list(found.warnings)
    (problem,) = problems
    assert (problem.line, problem.column) == (2, 4 + directive.index(directive.split()[1]))
    return problem.message, problem.hint


@pytest.mark.parametrize(
    ("directive", "column", "expected"),
    [
        ("@why nothing", "items", "list[QItem]"),
        ("@type items list[dict[str, typing.Any]]", "items", "list[dict[str, typing.Any]]"),
        ("@type items typing.Any", "items", "typing.Any"),
        ("@type doc dict[str, str | None]", "doc", "dict[str, str | None]"),
        ("@type lines list[app.lines.Line]", "lines", "list[app.lines.Line]"),
        ("@null items", "items", "list[QItem] | None"),
        ("@null lines", "lines", "list[QLine] | None"),
        ("@null lines[]", "lines", "list[QLine | None]"),
        ("@null quantities[]", "quantities", "list[int | None]"),
        ("@notnull notes[]", "notes", "list[str]"),
    ],
)
def test_the_directive_wins(
    conn: psycopg.Connection[Any], tmp_path: Path, directive: str, column: str, expected: str
) -> None:
    assert columns(conn, tmp_path, directive)[column] == expected


@pytest.mark.parametrize(
    ("directive", "message", "hint"),
    [
        (
            "@notnull items[].note",
            "'items[].note' is inside of 'items', and a directive speaks of all of it",
            "write @type items and what all of it is, or COALESCE in the SQL",
        ),
        (
            "@type items[].price float",
            "'items[].price' is inside of 'items', and a directive speaks of all of it",
            "write @type items and what all of it is, or COALESCE in the SQL",
        ),
        (
            "@notnull doc.note",
            "'doc.note' is inside of 'doc', and a directive speaks of all of it",
            "write @type doc and what all of it is, or COALESCE in the SQL",
        ),
        (
            "@notnull items[]",
            "'@notnull items[]': items is jsonb, no array",
            "write @type items and what all of it is, or FILTER in the SQL",
        ),
        ("@notnull doc[]", "'@notnull doc[]': doc is jsonb, no array", "write @notnull doc"),
        ("@type items[] str", "@type is of no elements alone", "write the type of all of it: @type items list[…]"),
        ("@notnull lines[]", "'@notnull lines[]' is proved already", "take it out"),
        ("@notnull items", "'@notnull items' is proved already", "take it out"),
        ("@type quantities list[int]", "'@type quantities': it is that already", "take it out"),
    ],
)
def test_what_a_directive_cant_say_is_told(
    conn: psycopg.Connection[Any], tmp_path: Path, directive: str, message: str, hint: str
) -> None:
    assert refusal(conn, tmp_path, directive) == (message, hint)


MODULE = """
from msgspec import Struct


class Line(Struct, frozen=True):
    product_id: int
    note: str
"""


def test_promises_are_held_to_at_run_time(
    conn: psycopg.Connection[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "nested_lines.py").write_text(MODULE)
    monkeypatch.syspath_prepend(tmp_path)
    queries = f"""
-- name: dicts
-- @type items list[dict[str, typing.Any]]
{SELECT}
-- name: full_notes
-- @notnull notes[]
{SELECT}
-- name: lines_with_notes
-- @type lines list[nested_lines.Line]
{SELECT}
-- name: documents_with_notes
-- @type items list[nested_lines.Line]
{SELECT}
"""
    loaded = tmp_path / "queries"
    loaded.mkdir()
    (loaded / "q.sql").write_text(queries)
    with generated(conn, tmp_path, queries) as made:
        for module in (made.sync, plainsql.load(loaded).q):
            first = module.dicts(conn)[0]
            assert first.items == [{"note": None, "price": 1.1}, {"note": "gift", "price": 25.0}]
            assert first.lines[1].note == "gift"  # the other columns are as they were
            with pytest.raises(UnexpectedNullError, match="column 'notes' holds an element that is NULL in row 1"):
                module.full_notes(conn)
            with pytest.raises(
                UnexpectedTypeError, match=r"column 'lines' in row 1 isn't what its @type says: .*`\$\[0\]\.note`"
            ):
                module.lines_with_notes(conn)
            with pytest.raises(
                UnexpectedTypeError, match=r"column 'items' in row 1 isn't what its @type says: .*`\$\[0\]\.note`"
            ):
                module.documents_with_notes(conn)


def test_without_a_directive_numbers_keep_their_digits(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    with generated(conn, tmp_path, f"-- name: plain\n-- @null lines[]{SELECT}") as made:
        first = made.sync.plain(conn)[0]
        assert [str(item.price) for item in first.items] == ["1.10", "25.00"]
        assert isinstance(first.items[0].price, Decimal)
        assert [type(line).__name__ for line in first.lines] == ["PlainLine", "PlainLine"]
