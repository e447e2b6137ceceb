"""A schema of 500 tables: what a statement costs doesn't grow with the tables it doesn't name."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest

from plainsql.catalog import load_catalog
from plainsql.describe import Describer
from plainsql.scratch import scratch_database

TABLES = 500
PLAIN = """
CREATE TABLE t{0} (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    note text,
    state state NOT NULL DEFAULT 'new',
    amount numeric(12, 2) CHECK (amount >= 0),
    parent_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    tags text[] NOT NULL DEFAULT '{{}}'
);
"""
PARTITIONED = """
CREATE TABLE t{0} (
    id bigint NOT NULL,
    name text NOT NULL,
    note text,
    state state NOT NULL DEFAULT 'new',
    amount numeric(12, 2),
    parent_id bigint,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (id, created_at)
) PARTITION BY RANGE (created_at);
"""
QUERIES = (
    (
        "name",
        "SELECT a.id, a.name, b.note FROM t{0} AS a LEFT JOIN t{1} AS b ON b.id = a.parent_id WHERE a.name = :name",
    ),
    ("id", "SELECT id, name, parent_name, amount FROM v{2} WHERE id = :id"),
    (
        "name, note",
        "INSERT INTO t{0} (id, name, note) OVERRIDING SYSTEM VALUE VALUES (1, :name, :note) RETURNING id, note",
    ),
    ("", "WITH x AS (SELECT id, sum(amount) AS s FROM t{0} GROUP BY id) SELECT x.id, x.s, f{3}(x.id) AS label FROM x"),
    ("note, id", "UPDATE t{0} SET note = :note WHERE id = :id RETURNING id, name, note"),
)


def is_partitioned(number: int) -> bool:
    return number % 50 == 49


def schema() -> str:
    text = ["CREATE TYPE state AS ENUM ('new', 'open', 'done');"]
    for number in range(TABLES):
        text.append((PARTITIONED if is_partitioned(number) else PLAIN).format(number))
        if is_partitioned(number):
            text += [
                f"CREATE TABLE t{number}_{year} PARTITION OF t{number} "
                f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01');"
                for year in range(2020, 2026)
            ]
        text += [f"CREATE INDEX ON t{number} ({column});" for column in ("name", "state", "created_at")]
    keys = [number for number in range(1, TABLES) if not is_partitioned(number) and not is_partitioned(number - 1)]
    text += [f"ALTER TABLE t{n} ADD FOREIGN KEY (parent_id) REFERENCES t{n - 1} (id);" for n in keys[:300]]
    text += [
        f"CREATE VIEW v{n} AS SELECT a.id, a.name, b.name AS parent_name, b.amount "
        f"FROM t{n} AS a LEFT JOIN t{n + 1} AS b ON b.id = a.parent_id;"
        for n in range(100)
    ]
    text += [
        f"CREATE FUNCTION f{n}(x bigint) RETURNS text LANGUAGE sql STABLE AS $$ SELECT name FROM t{n} WHERE id = x $$;"
        for n in range(50)
    ]
    return "\n".join(text)


def queries(count: int) -> str:
    made = []
    for number in range(count):
        table = number % (TABLES - 1)
        parameters, sql = QUERIES[number % len(QUERIES)]
        made.append(f"-- name: q{number}({parameters})\n{sql.format(table, table + 1, number % 100, number % 50)};\n")
    return "\n".join(made)


@pytest.mark.slow
def test_five_hundred_queries_on_five_hundred_tables_are_described_in_seconds(server: str, tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text(schema())
    (tmp_path / "queries").mkdir()
    (tmp_path / "queries/all.sql").write_text(queries(500))
    found = list(load_catalog(tmp_path / "queries", root=tmp_path).queries)
    started = time.monotonic()
    with scratch_database(schema_files=[tmp_path / "schema.sql"], server=server) as conninfo:
        loaded = time.monotonic()
        with psycopg.connect(conninfo, autocommit=True) as conn:
            describer = Describer(conn)
            times = []
            for query in found:
                before = time.perf_counter()
                assert describer.describe(query).problem is None
                times.append(time.perf_counter() - before)
            # Of the tables that it knows already, a statement reads nothing again.
            first = sum(times)
            again = time.perf_counter()
            for query in found:
                describer.describe(query)
            second = time.perf_counter() - again
    times.sort()
    print(
        f"loaded in {loaded - started:.2f} s; a statement takes {times[250] * 1000:.1f} ms, "
        f"95 of 100 at most {times[475] * 1000:.1f} ms, {second * 2:.1f} ms when its tables are known"
    )
    assert loaded - started < 30
    assert first < 15
    assert second < first
