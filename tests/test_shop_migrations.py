"""The shop's migrations: every one can be undone, and undoing takes nothing that was there before."""

from __future__ import annotations

import re
from pathlib import Path

import psycopg
import pytest

from plainsql import migrations
from tests.fixtures.databases import ROOT
from tests.fixtures.shop import Shop

FOLDER = ROOT / "migrations"
FORWARD = [path for path in sorted(FOLDER.glob("*.sql")) if ".rollback." not in path.name]


def extensions(conninfo: str) -> list[str]:
    with psycopg.connect(conninfo) as conn:
        return [name for (name,) in conn.execute("SELECT extname FROM pg_extension ORDER BY extname")]


def test_apply_roll_back_all_apply_gives_the_same_schema(empty_database: str) -> None:
    applied = migrations.apply(empty_database, FOLDER)
    first = migrations.schema_dump(empty_database)
    assert "CREATE TABLE public.order_items" in first
    assert migrations.rollback_all(empty_database, FOLDER) == applied[::-1]
    bare = migrations.schema_dump(empty_database)
    left = re.findall(r"^CREATE (?:TABLE|TYPE|FUNCTION|EXTENSION)[^;(]*", bare, re.MULTILINE)
    assert [name for name in left if "yoyo" not in name] == []
    assert migrations.apply(empty_database, FOLDER) == applied
    assert migrations.schema_dump(empty_database) == first


def test_an_extension_that_was_there_before_stays(empty_database: str) -> None:
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("CREATE EXTENSION pg_trgm")
    migrations.apply(empty_database, FOLDER)
    migrations.rollback_all(empty_database, FOLDER)
    assert extensions(empty_database) == ["pg_trgm", "plpgsql"]


def test_an_extension_that_others_need_by_now_stays(empty_database: str) -> None:
    migrations.apply(empty_database, FOLDER)
    with psycopg.connect(empty_database, autocommit=True) as conn:
        conn.execute("CREATE TABLE mine (word text)")
        conn.execute("CREATE INDEX ON mine USING gin (word gin_trgm_ops)")
    migrations.rollback_all(empty_database, FOLDER)
    assert extensions(empty_database) == ["pg_trgm", "plpgsql"]


@pytest.mark.parametrize("path", FORWARD, ids=lambda path: path.stem)
def test_a_migration_begins_with_yoyos_directives_and_a_short_lock_timeout(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines()
    first = next(i for i, line in enumerate(lines) if not line.startswith("-- depends:"))
    assert lines[first].startswith("-- ")
    assert lines[first].endswith(".")
    assert lines[first + 1] == "SET LOCAL lock_timeout = '2s';"
    assert "-- depends:" not in "\n".join(lines[first:])


def test_every_table_is_described_and_every_constraint_named_by_hand(shop: Shop) -> None:
    bare = shop.conn.execute("""
        SELECT c.relname FROM pg_class AS c
        WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
            AND c.relname !~ 'yoyo' AND obj_description(c.oid, 'pg_class') IS NULL
    """).fetchall()
    assert bare == []
    unnamed = shop.conn.execute("""
        SELECT k.conname FROM pg_constraint AS k
        JOIN pg_class AS c ON c.oid = k.conrelid
        WHERE k.contype = 'c' AND c.relname !~ 'yoyo' AND k.conname ~ '_check[0-9]*$'
    """).fetchall()
    assert unnamed == []


def test_money_columns_refuse_what_is_no_amount(shop: Shop) -> None:
    money = shop.conn.execute("""
        SELECT a.attrelid::regclass::text, a.attname
        FROM pg_attribute AS a
        JOIN pg_class AS c ON c.oid = a.attrelid
        WHERE
            c.relkind = 'r' AND a.atttypid = 'numeric'::regtype AND a.attgenerated = ''
            AND c.relnamespace = 'public'::regnamespace
            AND c.relname !~ '^events'  -- their values are measures: finite, and of any sign
    """).fetchall()
    guarded = shop.conn.execute("""
        SELECT k.conrelid::regclass::text, a.attname
        FROM pg_constraint AS k
        JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
        WHERE k.contype = 'c' AND pg_get_constraintdef(k.oid) LIKE '%NaN%'
    """).fetchall()
    assert sorted(money) == sorted(guarded) != []
