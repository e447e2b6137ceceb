"""Small helpers of the tests that run statements."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from msgspec import Struct

from plainsql.execute import Statement


class Item(Struct, frozen=True, gc=False):
    """One row of the table `items`."""

    id: int
    name: str | None


def statement(sql: str, **options: Any) -> Statement[Any]:
    """Return a Statement of the file queries/items.sql; *types* gives dump and bind OIDs at once."""
    types = options.pop("types", ())
    options.setdefault("params", tuple(f"p{i}" for i in range(1, len(types) + 1)))
    options.setdefault("dump_oids", types)
    options.setdefault("bind_oids", types)
    return Statement(**{"name": "items.query", "file": "queries/items.sql", "line": 7, "sql": sql, **options})


GET_ITEM = statement("SELECT id, name FROM items WHERE id = $1", types=(20,), params=("id",), row=Item)
ADD_ITEM = statement(
    "INSERT INTO items (id, name) VALUES ($1, $2)", types=(20, 25), params=("id", "name"), name="items.add_item"
)
COUNT_ITEMS = statement("SELECT count(*) FROM items")
SLEEP = statement("SELECT 1 FROM pg_sleep($1)", types=(701,))


@contextmanager
def admin(conninfo: str) -> Iterator[psycopg.Connection[Any]]:
    """A plain connection in autocommit, beside those under test."""
    with psycopg.connect(conninfo, autocommit=True) as conn:
        yield conn


def make_items(conninfo: str) -> None:
    """Create the table `items` with ten rows."""
    with admin(conninfo) as conn:
        conn.execute("CREATE TABLE items (id bigint PRIMARY KEY, name text)")
        conn.execute("INSERT INTO items SELECT g, 'item ' || g FROM generate_series(1, 10) AS g")


def count_items(conninfo: str) -> int:
    """Return how many rows `items` has, seen from outside."""
    with admin(conninfo) as conn:
        row = conn.execute("SELECT count(*) FROM items").fetchone()
        assert row is not None
        return int(row[0])
