"""
What rows in rows cost, as a ratio to the same statement read by hand on the same connection.

By hand: psycopg, and for JSON the decoder of msgspec for the class, made once; for rows of PostgreSQL the loaders that
psycopg has for composite types. The lists are made beforehand, so that reading them is all there is. Run
`python -m bench.nested`; exits with 1 when a ratio is above its limit.
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import msgspec
import psycopg
from msgspec import Struct
from psycopg.rows import args_row, dict_row
from psycopg.types.composite import CompositeInfo, register_composite
from psycopg.types.json import set_json_loads

from bench.calls import server
from plainsql.execute import Statement, fetch_all, wire

LIMITS = {
    "objects of jsonb_agg, x msgspec by hand": 1.10,
    "objects of jsonb_agg, x json.loads into dicts": 1.00,
    "rows of array_agg, x psycopg's composite loader": 1.10,
}
"""The most that they may cost."""


class Item(Struct, frozen=True, gc=False):
    """What jsonb_build_object makes."""

    product_id: int
    name: str
    price: Decimal
    note: str | None


class Order(Struct, frozen=True, gc=False):
    """An order with its items."""

    id: int
    items: list[Item]


class ItemRow(Struct, frozen=True, gc=False):
    """A row of the table."""

    order_id: int
    product_id: int
    name: str
    price: Decimal
    note: str | None

    __wire__ = wire.Members("bench_items", 20, 20, 25, 1700, 25)


class OrderRows(Struct, frozen=True, gc=False):
    """An order with the rows of its items."""

    id: int
    items: list[ItemRow]


OBJECTS = "SELECT id, objects AS items FROM bench_orders ORDER BY id"
ROWS = "SELECT id, rows AS items FROM bench_orders ORDER BY id"

LIST_OBJECTS = Statement(
    name="bench.orders",
    file="bench/nested.py",
    line=1,
    sql=OBJECTS,
    row=Order,
    load_oids=(20, wire.Nested(3802, lambda: list[Item])),
)
LIST_ROWS = Statement(
    name="bench.order_rows",
    file="bench/nested.py",
    line=1,
    sql=ROWS,
    row=OrderRows,
    load_oids=(20, wire.Array(ItemRow)),
    format=wire.BINARY,
)


def run() -> dict[str, float]:
    """Return the ratios."""
    with server() as conninfo:
        return measure(conninfo)


def measure(conninfo: str, *, rounds: int = 21) -> dict[str, float]:
    """Make the comparisons: 1,000 orders with 10 items each."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        conn.execute(
            "CREATE TEMP TABLE bench_items AS SELECT o::bigint AS order_id, i::bigint AS product_id,"
            " 'product ' || i AS name, (i * 1.25)::numeric(12, 2) AS price,"
            " CASE WHEN i % 3 = 0 THEN 'note ' || i END AS note"
            " FROM generate_series(1, 1000) AS o, generate_series(1, 10) AS i"
        )
        conn.execute(
            "CREATE TEMP TABLE bench_orders AS SELECT order_id AS id, array_agg(i) AS rows, jsonb_agg("
            "jsonb_build_object('product_id', product_id, 'name', name, 'price', price, 'note', note)) AS objects"
            " FROM bench_items AS i GROUP BY order_id"
        )
        conn.execute("ALTER TABLE bench_orders ADD PRIMARY KEY (id)")
        conn.execute("ANALYZE bench_orders")
        objects, dicts, rows = LIMITS
        decode = msgspec.json.Decoder(list[Item]).decode

        def by_hand() -> Any:
            with conn.cursor(row_factory=args_row(Order)) as cur:
                set_json_loads(decode, cur)
                return cur.execute(OBJECTS).fetchall()

        def into_dicts() -> Any:
            with conn.cursor(row_factory=dict_row) as cur:
                set_json_loads(json.loads, cur)
                return cur.execute(OBJECTS).fetchall()

        assert by_hand() == fetch_all(conn, LIST_OBJECTS)
        found = {
            objects: compare(by_hand, lambda: fetch_all(conn, LIST_OBJECTS), rounds),
            dicts: compare(into_dicts, lambda: fetch_all(conn, LIST_OBJECTS), rounds),
        }
        info = CompositeInfo.fetch(conn, "bench_items")
        assert info is not None
        register_composite(info, conn, ItemRow, make_sequence=lambda item, _: msgspec.structs.astuple(item))

        def rows_by_hand() -> Any:
            with conn.cursor(row_factory=args_row(OrderRows), binary=True) as cur:
                return cur.execute(ROWS).fetchall()

        assert rows_by_hand() == fetch_all(conn, LIST_ROWS)
        return found | {rows: compare(rows_by_hand, lambda: fetch_all(conn, LIST_ROWS), rounds)}


def compare(theirs: Callable[[], object], ours: Callable[[], object], rounds: int) -> float:
    """Run both in turn, swapping who goes first; return the ratio of the medians."""
    times: dict[Callable[[], object], list[float]] = {theirs: [], ours: []}
    for round_ in range(-6, rounds):  # past psycopg's prepare_threshold
        for call in (theirs, ours) if round_ % 2 else (ours, theirs):
            started = time.perf_counter()
            call()
            if round_ >= 0:
                times[call].append(time.perf_counter() - started)
    return statistics.median(times[ours]) / statistics.median(times[theirs])


def main() -> int:
    """Print the ratios; return 1 when one is above its limit."""
    results = run()
    for name, ratio in results.items():
        print(f"{name:50} {ratio:.2f} (at most {LIMITS[name]:.2f}) {'ok' if ratio <= LIMITS[name] else 'MISS'}")
    return int(any(ratio > LIMITS[name] for name, ratio in results.items()))


if __name__ == "__main__":
    sys.exit(main())
