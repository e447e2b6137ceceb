"""indexes.sql and the migrations describe the same indexes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from plainsql.catalog import load_catalog
from plainsql.database import Database
from plainsql.execute import Conn
from shop.queries import indexes
from tests.fixtures.databases import ROOT
from tests.fixtures.shop import Shop

SECONDARY = """
SELECT c.relname, pg_get_indexdef(i.indexrelid), i.indisvalid
FROM pg_index AS i
JOIN pg_class AS c ON c.oid = i.indexrelid
JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE
    n.nspname = 'public'
    AND c.relname !~ 'yoyo'
    -- partitioned indexes can't be built CONCURRENTLY, and nothing loads events in bulk
    AND i.indrelid::regclass::text !~ '^(events|audit_logs)'
    AND NOT EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid)
ORDER BY c.relname
"""


def secondary_indexes(shop: Shop) -> list[tuple[str, str, bool]]:
    return shop.conn.execute(SECONDARY).fetchall()


def functions(verb: str) -> list[Callable[[Conn], None]]:
    return [function for name, function in vars(indexes).items() if name.startswith(f"{verb}_") and callable(function)]


def test_dropped_and_created_by_the_scripts_the_indexes_are_those_of_the_migrations(
    shop: Shop, owner: psycopg.Connection[Any]
) -> None:
    migrated = secondary_indexes(shop)
    assert len(migrated) == len(functions("drop")) == len(functions("create")) >= 17
    for drop in functions("drop"):
        drop(owner)
    assert secondary_indexes(shop) == []
    for create in functions("create"):
        create(owner)
    assert secondary_indexes(shop) == migrated
    assert all(valid for _, _, valid in migrated)


def test_each_index_has_both_scripts_named_after_it() -> None:
    catalog = load_catalog(ROOT / "queries")
    [file] = [file for file in catalog.files if file.stem == "indexes"]
    scripts = {query.name: query.statements for query in file.queries}
    assert all(query.kind == "script" for query in file.queries)
    for name, statements in scripts.items():
        verb, _, index = name.partition("_")
        assert {f"create_{index}", f"drop_{index}"} <= scripts.keys()
        assert len(statements) == 1
        assert "CONCURRENTLY" in statements[0]
        assert index in statements[0], f"{verb} script of another index"


def test_a_second_create_fails_and_a_second_drop_does_not(owner: psycopg.Connection[Any]) -> None:
    with pytest.raises(psycopg.errors.DuplicateTable):
        indexes.create_products_lower_name_idx(owner)
    indexes.drop_products_lower_name_idx(owner)
    indexes.drop_products_lower_name_idx(owner)


def test_an_index_script_is_refused_inside_a_transaction(shop: Shop) -> None:
    with (
        Database.open(shop.conninfo) as db,
        db.transaction() as tx,
        pytest.raises(psycopg.errors.ActiveSqlTransaction),
    ):
        indexes.drop_products_lower_name_idx(tx)


def test_every_foreign_key_leads_an_index(shop: Shop) -> None:
    uncovered = shop.conn.execute("""
        SELECT k.conname
        FROM pg_constraint AS k
        WHERE
            k.contype = 'f'
            AND NOT EXISTS (
                SELECT FROM pg_index AS i
                WHERE
                    i.indrelid = k.conrelid
                    -- a key that is looked for is not null, so an index without the nulls serves
                    AND (
                        i.indpred IS NULL
                        OR pg_get_expr(i.indpred, i.indrelid) IN (
                            SELECT format('(%I IS NOT NULL)', a.attname)
                            FROM pg_attribute AS a
                            WHERE a.attrelid = k.conrelid AND a.attnum = ANY(k.conkey)
                        )
                    )
                    AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
            )
    """).fetchall()
    assert uncovered == []
