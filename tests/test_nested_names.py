"""Names of the classes for rows in rows and of their fields: whatever a key is called, the module reads it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import plainsql
from plainsql.catalog import load_catalog
from plainsql.codegen.collisions import collisions
from plainsql.describe.describer import describe_all
from plainsql.typemap.names import class_word, field_names
from tests.fixtures.generated import Rows, generated
from tests.fixtures.nested import nested_shop

__all__ = ["nested_shop"]

KEYS = {
    "class": "class_",
    "": "member",
    "a b": "a_b_2",
    "a_b": "a_b",
    "a-b": "a_b_3",
    "__init__": "init__",
    "1": "member_1",
    "A": "A",
    "a": "a",
    "é": "é",
    "日本": "日本",
    "None": "None_",
    "²": "member_2",
    "int": "int",
    "str": "str",
    "list": "list",
    "Struct": "Struct",
    "wire": "wire",
    "self": "self",
    "__wire__": "wire__",
    "__struct_fields__": "struct_fields__",
    "it's {x}": "it_s_x_",
    "\x7f": "member_3",
    "Mood": "Mood_",
    "mood": "mood",
    "GetO": "GetO",
    "Decimal": "Decimal",
    "dt": "dt",
    "dataclass": "dataclass",
}
"""Keys of JSON and their fields."""


@pytest.fixture
def conn(nested_shop: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(nested_shop, autocommit=True) as conn:
        yield conn


def quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


@pytest.mark.parametrize("rows", ["struct", "dataclass"])
def test_any_key_becomes_a_field(conn: psycopg.Connection[Any], tmp_path: Path, rows: Rows) -> None:
    kinds = {"Mood": "'ok'::mood", "mood": "'sad'::mood", "Decimal": "1.5", "dt": "date '2026-01-01'"}
    values = {key: kinds.get(key, str(number)) for number, key in enumerate(KEYS)}
    values["GetO"] = "jsonb_build_object('id', 1)"
    listed = ", ".join(f"{quoted(key)}, {value}" for key, value in values.items())
    text = f"-- name: get()^\n-- @rows 1\nSELECT jsonb_build_object({listed}) AS o;\n"
    (tmp_path / "loaded").mkdir()
    (tmp_path / "loaded" / "q.sql").write_text(text, encoding="utf-8")
    with generated(conn, tmp_path, text, rows=rows) as made:
        found = made.sync.get(conn).o
        plain = {field: number for number, (key, field) in enumerate(KEYS.items()) if key not in (*kinds, "GetO")}
        assert {field: getattr(found, field) for field in plain} == plain
        assert (found.Mood_, found.mood, found.GetO.id, str(found.Decimal)) == ("ok", "sad", 1, "1.5")
        assert repr(plainsql.load(tmp_path / "loaded").q.get(conn).o) == repr(found)


@pytest.mark.parametrize("key", ['"', "\\", "a\tb", "\n"])
def test_a_key_that_no_class_can_read_makes_a_dict(conn: psycopg.Connection[Any], tmp_path: Path, key: str) -> None:
    column = '"' + key.replace('"', '""') + '"'
    text = f"""
-- name: get()^
-- @rows 1
SELECT
    jsonb_build_object('a', 1, {quoted(key)}, date '2026-01-01') AS o,
    jsonb_agg(t) AS rows_,
    array_agg(t) AS ts
FROM (SELECT 1 AS a, date '2026-01-01' AS {column}) AS t;
"""
    with generated(conn, tmp_path, text) as made:
        row = made.sync.get(conn)
        assert row.o == row.rows_[0] == {"a": 1, key: "2026-01-01"}
        assert row.ts[0].a == 1
        assert "    o: dict[str, Any]\n" in Path(str(made.sync.__file__)).read_text()


def test_members_of_rows_get_names_in_the_same_way(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    text = """
-- name: get()^
-- @rows 1
SELECT
    array_agg(t) AS ts,
    jsonb_agg(t) AS documents
FROM (SELECT 'ok'::mood AS "Mood", 1 AS "class", date '2026-01-01' AS dt, 2 AS "int", 'x'::text AS "a b", 3 AS wire)
AS t;
"""
    with generated(conn, tmp_path, text) as made:
        row = made.sync.get(conn)
        for found in (row.ts[0], row.documents[0]):
            assert (found.Mood_, found.class_, found.dt.year, found.int, found.a_b, found.wire) == (
                *("ok", 1, 2026, 2, "x", 3),
            )


CLASSES = """
-- name: get()^
-- @rows 1
SELECT
    jsonb_build_array(jsonb_build_object('a', 1)) AS row,
    jsonb_build_object(
        '²', jsonb_build_object('a', 1), 'ﬁ', jsonb_build_object('a', 1), 'fi', jsonb_build_object('a', 'x'),
        'item', jsonb_build_object('a', 1), 'items', ARRAY[jsonb_build_object('b', 1)], '', jsonb_build_object('a', 1)
    ) AS _,
    jsonb_build_object('a', 1) AS mood,
    jsonb_build_object('one', jsonb_build_object('one', jsonb_build_object('one', 1))) AS one;

-- name: get_mood()$
SELECT 'ok'::mood;
"""


def test_classes_get_names_of_their_own(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    with generated(conn, tmp_path, CLASSES) as made:
        text = (tmp_path / str(made.sync.__file__)).read_text()
        assert re.findall(r"^class (\w+)\(", text, re.MULTILINE) == [
            *("GetRow2", "GetValue2", "GetValueFi", "GetValueFi2", "GetValueItem", "GetValueItem2", "GetValueValue"),
            *("GetValue", "GetMood", "GetOneOneOne", "GetOneOne", "GetOne", "GetRow"),
        ]
        row = made.sync.get(conn)
        assert (row.row[0].a, row.one.one.one.one, row.mood.a) == (1, 1, 1)
        assert repr(row._) == (
            "GetValue(member_2=GetValue2(a=1), fi_2=GetValueFi(a=1), fi=GetValueFi2(a='x'), "
            "item=GetValueItem(a=1), items=[GetValueItem2(b=1)], member=GetValueValue(a=1))"
        )
        assert '"""`_["²"]` of get."""' in text
        assert '"""`_.items[]` of get."""' in text


def test_two_queries_that_need_one_name_are_told(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text(
        "-- name: get()$\nSELECT jsonb_build_object('order', jsonb_build_object('a', 1)) ;\n"
        "-- name: get_value()^\nSELECT jsonb_build_object('b', 1) AS order;\n"
    )
    (file,) = load_catalog(tmp_path).files
    (problem,) = collisions(describe_all(conn, file.queries))
    assert problem.message == (
        "order of query get_value and value.order of query get would both be GetValueOrder in the generated module"
    )
    assert problem.hint == "rename one of them, a column by AS"


def test_deep_structures_end_in_any(conn: psycopg.Connection[Any], tmp_path: Path) -> None:
    expression = "1"
    for _ in range(12):
        expression = f"jsonb_build_object('a', {expression})"
    with generated(conn, tmp_path, f"-- name: deep()$\nSELECT {expression};\n") as made:
        found: Any = made.sync.deep(conn)
        depth = 0
        while not isinstance(found, dict):
            found, depth = found.a, depth + 1
        assert depth == 9
        assert found == {"a": {"a": {"a": 1}}}


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(st.lists(st.text(max_size=6), max_size=6, unique=True), st.sets(st.sampled_from(["a", "a_", "A", "Mood"])))
def test_fields_hide_nothing_that_their_class_needs(keys: list[str], hiding: set[str]) -> None:
    fields = field_names(keys, hiding)
    assert len(set(fields)) == len(keys)
    assert not hiding & set(fields)
    assert all(field.isidentifier() and not field.startswith("_") for field in fields)
    for key, field in zip(keys, fields, strict=True):
        assert field == key or key in hiding or field_names([key]) != [key]


@given(st.text(max_size=8))
def test_words_of_classes_can_stand_in_a_name(text: str) -> None:
    assert f"Get{class_word(text)}".isidentifier()
