"""
What a typed call costs, as a ratio to psycopg's cursor with args_row on the same connection.

Rounds of both are interleaved and the medians compared, so a noisy neighbour slows both. Run `python -m bench.calls`;
exits with 1 when a ratio is above its limit.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any, TypedDict

import psycopg
from msgspec import Struct
from psycopg.rows import args_row

from plainsql.execute import Statement, fetch_all, fetch_one

LIMITS = {"typed call, one row, x psycopg": 1.05, "typed call, 10,000 rows, x psycopg": 1.05}
"""The most that a typed call may cost, in psycopg's calls."""


class Result(TypedDict):
    """One comparison: medians in microseconds a call, their ratio and the limit."""

    psycopg_us: float
    plainsql_us: float
    ratio: float
    limit: float


class Product(Struct, frozen=True, gc=False):
    """Eight columns of the usual types."""

    id: int
    name: str
    price: Decimal
    active: bool
    made: dt.datetime
    stock: int
    weight: float
    note: str | None


GET = Statement(
    name="bench.get_product",
    file="bench/calls.py",
    line=1,
    sql="SELECT id, name, price, active, made, stock, weight, note FROM bench_products WHERE id = $1",
    params=("id",),
    dump_oids=(20,),
    bind_oids=(20,),
    row=Product,
    load_oids=(20, 25, 1700, 16, 1184, 23, 701, 25),
)
LIST = Statement(
    name="bench.list_products",
    file="bench/calls.py",
    line=1,
    sql="SELECT id, name, price, active, made, stock, weight, note FROM bench_products ORDER BY id",
    row=Product,
    load_oids=(20, 25, 1700, 16, 1184, 23, 701, 25),
)


def run() -> dict[str, float]:
    """Return the ratios."""
    with server() as conninfo:
        return {name: result["ratio"] for name, result in measure(conninfo).items()}


def measure(conninfo: str, *, rounds: int = 25) -> dict[str, Result]:
    """Make both comparisons on a connection to *conninfo*; the data is a temporary table."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(
            "CREATE TEMP TABLE bench_products AS SELECT g::bigint AS id, 'product ' || g AS name,"
            " (g * 1.25)::numeric(12, 2) AS price, g % 2 = 0 AS active, now() AS made, g::int AS stock,"
            " g * 0.5::float8 AS weight, CASE WHEN g % 3 = 0 THEN 'note ' || g END AS note"
            " FROM generate_series(1, 10000) AS g"
        )
        conn.execute("ALTER TABLE bench_products ADD PRIMARY KEY (id)")
        conn.execute("ANALYZE bench_products")
        one = "SELECT id, name, price, active, made, stock, weight, note FROM bench_products WHERE id = %s"
        many = "SELECT id, name, price, active, made, stock, weight, note FROM bench_products ORDER BY id"

        def psycopg_one() -> Any:
            return conn.cursor(row_factory=args_row(Product)).execute(one, (4711,)).fetchone()

        def psycopg_many() -> Any:
            return conn.cursor(row_factory=args_row(Product)).execute(many).fetchall()

        assert psycopg_one() == fetch_one(conn, GET, (4711,))
        assert psycopg_many() == fetch_all(conn, LIST)
        row, rows = LIMITS
        return {
            row: compare(row, psycopg_one, lambda: fetch_one(conn, GET, (4711,)), rounds, 200),
            rows: compare(rows, psycopg_many, lambda: fetch_all(conn, LIST), rounds, 2),
        }


def compare(name: str, theirs: Callable[[], object], ours: Callable[[], object], rounds: int, calls: int) -> Result:
    """Run both in turn, *calls* times a round, swapping who goes first."""
    times: dict[Callable[[], object], list[float]] = {theirs: [], ours: []}
    for _ in range(10):  # past psycopg's prepare_threshold
        theirs()
        ours()
    for round_ in range(rounds):
        for call in (theirs, ours) if round_ % 2 else (ours, theirs):
            started = time.perf_counter()
            for _ in range(calls):
                call()
            times[call].append((time.perf_counter() - started) / calls * 1e6)
    psycopg_us, plainsql_us = statistics.median(times[theirs]), statistics.median(times[ours])
    return Result(psycopg_us=psycopg_us, plainsql_us=plainsql_us, ratio=plainsql_us / psycopg_us, limit=LIMITS[name])


@contextmanager
def server() -> Iterator[str]:
    """The server of PLAINSQL_TEST_DATABASE_URL, else an embedded one for the run."""
    if url := os.environ.get("PLAINSQL_TEST_DATABASE_URL"):
        yield url
        return
    from plainsql.embedded import EmbeddedPostgres

    with (
        tempfile.TemporaryDirectory(prefix="plainsql-bench-", ignore_cleanup_errors=True) as folder,
        EmbeddedPostgres.start(Path(folder)) as postgres,
    ):
        yield postgres.conninfo()


def main() -> int:
    """Print the ratios; return 1 when one is above its limit."""
    with server() as conninfo:
        results = measure(conninfo)
    for name, result in results.items():
        verdict = "ok" if result["ratio"] <= result["limit"] else "MISS"
        print(
            f"{name:36} psycopg {result['psycopg_us']:9.1f} us  plainsql {result['plainsql_us']:9.1f} us"
            f"  ratio {result['ratio']:.2f} (at most {result['limit']:.2f}) {verdict}"
        )
    return int(any(result["ratio"] > result["limit"] for result in results.values()))


if __name__ == "__main__":
    sys.exit(main())
