"""`plainsql check` on exclusive arcs: a subject that a query, a generated column or a foreign key has forgotten."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from plainsql.catalog import load_catalog
from plainsql.codegen.arcs import arc_problems
from plainsql.describe.arcs import read_arcs
from plainsql.describe.describer import Describer
from tests.fixtures.databases import temporary_database

TABLES = """
CREATE TABLE products (id bigint PRIMARY KEY);
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE vendors (id bigint PRIMARY KEY);
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    product_id bigint REFERENCES products,
    order_id bigint REFERENCES orders,
    vendor_id bigint REFERENCES vendors,
    body text,
    CONSTRAINT notes_have_one_subject CHECK (num_nonnulls(product_id, order_id, vendor_id) = 1)
);
CREATE TABLE pairs (a int, b int, c int, CHECK (num_nonnulls(a, b) <= 1), CHECK (num_nulls(b, c) = 1));
"""


@pytest.fixture(scope="module")
def conn(server: str) -> Iterator[psycopg.Connection[Any]]:
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(TABLES)
        yield conn


def problem(conn: psycopg.Connection[Any], folder: Path, sql: str, directive: str = "") -> str | None:
    names = dict.fromkeys(re.findall(r"(?<!:):(\w+)", sql))
    suffix = "!" if sql.startswith("MERGE") else ""
    text = f"-- name: q({', '.join(names)}){suffix}\n{directive}{sql};\n"
    (folder / "q.sql").write_text(text, encoding="utf-8")
    catalog = load_catalog(folder)
    assert not catalog.problems
    found = Describer(conn).describe(next(iter(catalog.queries))).problem
    return None if found is None else f"{found.level} in line {found.line}: {found.message}"


FORGOTTEN = [
    "INSERT INTO notes (product_id, order_id, body) VALUES (:product_id, :order_id, :body) RETURNING id",
    "SELECT n.id FROM notes AS n WHERE n.product_id = :product_id OR n.order_id = :order_id",
    "SELECT n.product_id AS subject_id FROM notes AS n UNION ALL SELECT n.order_id FROM notes AS n",
    "SELECT id FROM notes WHERE product_id = 1 AND EXISTS (SELECT FROM notes AS m WHERE m.order_id = 2)",
    "UPDATE notes SET product_id = :product_id, order_id = :order_id WHERE id = :note_id RETURNING id",
    "MERGE INTO notes AS n USING (SELECT 1 AS id) AS s ON n.id = s.id"
    " WHEN NOT MATCHED THEN INSERT (product_id, order_id) VALUES (1, NULL)",
]
COMPLETE = [
    "INSERT INTO notes (product_id, order_id, vendor_id) VALUES (:p, :o, :v) RETURNING id",
    "INSERT INTO notes (product_id, body) VALUES (:product_id, :body) RETURNING id",
    "SELECT n.id FROM notes AS n WHERE n.vendor_id = :vendor_id",
    "SELECT n.id, n.body FROM notes AS n",
    "SELECT n.* FROM notes AS n WHERE n.product_id = :p OR n.order_id = :o",
    "SELECT count(n) AS n FROM notes AS n WHERE n.product_id = :p OR n.order_id = :o",
    "SELECT n.product_id AS a FROM notes AS n UNION ALL SELECT n.order_id FROM notes AS n"
    " UNION ALL SELECT n.vendor_id FROM notes AS n",
    "SELECT a, b FROM pairs",
]


@pytest.mark.parametrize("sql", FORGOTTEN)
def test_a_query_about_several_subjects_names_them_all(conn: psycopg.Connection[Any], tmp_path: Path, sql: str) -> None:
    message = "error in line 1: vendor_id of notes is left out, one of the subjects in notes_have_one_subject"
    assert problem(conn, tmp_path, sql) == message
    assert problem(conn, tmp_path, sql, "-- @allow subjects Vendors have no notes here.\n") is None


@pytest.mark.parametrize("sql", COMPLETE)
def test_a_query_about_one_subject_or_all_is_in_order(conn: psycopg.Connection[Any], tmp_path: Path, sql: str) -> None:
    assert problem(conn, tmp_path, sql) is None


def test_a_subject_without_a_foreign_key_or_a_case_is_an_error_where_the_constraint_is_made(
    server: str, tmp_path: Path
) -> None:
    (tmp_path / "0001.notes.sql").write_text("CREATE TABLE notes (\n  CONSTRAINT notes_have_one_subject CHECK (…));\n")
    (tmp_path / "0001.notes.rollback.sql").write_text("DROP TABLE notes; -- notes_have_one_subject\n")
    with temporary_database(server) as conninfo, psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(TABLES)
        assert list(arc_problems(read_arcs(conn), tmp_path, Path("migrations"))) == []
        conn.execute(
            "ALTER TABLE notes DROP CONSTRAINT notes_have_one_subject, ADD COLUMN shop_id bigint,"
            " ADD COLUMN kind text GENERATED ALWAYS AS (CASE WHEN product_id IS NOT NULL THEN 'product'"
            " WHEN order_id IS NOT NULL THEN 'order' WHEN vendor_id IS NOT NULL THEN 'vendor' END) STORED,"
            " ADD CONSTRAINT notes_have_one_subject CHECK (num_nonnulls(product_id, order_id, vendor_id, shop_id) = 1)"
        )
        found = list(arc_problems(read_arcs(conn), tmp_path, Path("migrations")))
    assert [(each.file, each.line, each.column, each.message) for each in found] == [
        (
            "migrations/0001.notes.sql",
            2,
            14,
            "notes.shop_id is one of the subjects in notes_have_one_subject and has no foreign key",
        ),
        ("migrations/0001.notes.sql", 2, 14, "notes.kind doesn't know shop_id, which notes_have_one_subject does"),
    ]


def test_the_shops_arcs_are_known_and_sound(shop_template: str) -> None:
    with psycopg.connect(shop_template, autocommit=True) as conn:
        arcs = [arc for found in read_arcs(conn).values() for arc in found]
    assert {arc.table: sorted(arc.columns.values()) for arc in arcs} == {
        "attachments": ["order_id", "product_id"],
        "comments": ["customer_id", "order_id", "product_id"],
    }
    assert not any(arc.loose or arc.blind for arc in arcs)
