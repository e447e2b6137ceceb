"""Loading the shop: COPY of every table without its indexes, then the indexes one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TaskID, TextColumn
from rich.text import Text

from plainsql.database import Database
from plainsql.execute import Conn
from shop.demo import tpch
from shop.demo.texts import copy_text, sql_text
from shop.demo.together import together
from shop.queries import indexes

MAIN = "00000000-0000-4000-8000-000000000001"
"""The tenant that the migrations make."""


class Seconds(ProgressColumn):
    """How long a task has run."""

    def render(self, task: Task) -> Text:
        """Return the seconds, to a tenth."""
        return Text(f"{task.finished_time or task.elapsed or 0:5.1f} s", style="progress.elapsed")


def index_functions(verb: str) -> dict[str, Callable[[Conn], None]]:
    """Return the generated functions that create, or drop, each index: by the index's name, in file order."""
    prefix = f"{verb}_"
    return {
        name.removeprefix(prefix): function
        for name, function in vars(indexes).items()
        if name.startswith(prefix) and callable(function)
    }


def drop_indexes(db: Database) -> int:
    """Drop every secondary index, and return how many."""
    functions = index_functions("drop")
    for drop in functions.values():
        drop(db)
    return len(functions)


def load_tables(
    db: Database, data: Path, console: Console, *, tenant_id: str = MAIN, first_key: int = 1
) -> dict[str, int]:
    """
    Copy TPC-H's data into the tables of a tenant, two tables at a time, and return the rows of each.

    The owner copies: COPY FROM does not check policies, so the server refuses it to those who are under one.
    """
    shift = first_key - 1
    counts: dict[str, int] = {}
    with progress(console, TextColumn("{task.completed:>9,.0f} rows")) as bars:
        prepare = bars.add_task("reading TPC-H", total=2)
        catalogue = tpch.catalogue(data)
        bars.advance(prepare)
        sales = tpch.sales(data)
        bars.update(prepare, completed=2, visible=False)

        def table(name: str, lines: Iterable[str]) -> Callable[[Event], None]:
            rows = list(tpch.shifted(lines, tpch.KEYS[name], shift))
            counts[name] = len(rows)
            task = bars.add_task(name, total=len(rows), start=False)
            return partial(copy_table, db, tenant_id, name, rows, bars, task)

        stages = [
            (table("customers", tpch.customers(data)), table("categories", catalogue.categories)),
            (table("products", catalogue.products), table("warehouses", warehouses())),
            (table("inventory", catalogue.inventory), table("orders", sales.orders)),
            (table("order_items", sales.items), table("payments", sales.payments)),
        ]
        for stage in stages:
            together(*stage)
    with db.connection() as conn:
        conn.execute(sql_text("restart_identities"))
    return counts


def warehouses() -> list[str]:
    """Return the warehouses; TPC-H has suppliers instead, four for each part."""
    return [f"{number}\t{name}\n" for number, name in enumerate(tpch.WAREHOUSES, 1)]


def copy_table(
    db: Database, tenant_id: str, table: str, rows: list[str], bars: Progress, task: TaskID, stop: Event
) -> None:
    """Send *rows* in one COPY; whatever stops it, no row of it stays."""
    bars.start_task(task)
    # Threads share the database; each transaction is its own thread's.
    with db.transaction() as tx, tx.connection.cursor() as cur:
        psycopg.RawCursor(tx.connection).execute(sql_text("as_tenant"), (tenant_id,))
        send(cur, table, rows, bars, task, stop)


def send(cur: psycopg.Cursor[Any], table: str, rows: list[str], bars: Progress, task: TaskID, stop: Event) -> None:
    """Send *rows* to the server until *stop* is set."""
    with cur.copy(copy_text(table)) as copy:
        for text, count in tpch.chunks(rows):
            if stop.is_set():
                raise InterruptedError(f"COPY of {table} was stopped")
            copy.write(text)
            bars.advance(task, count)


def build_indexes(db: Database, console: Console) -> int:
    """Build every secondary index, with a bar that follows what the server says of it; return how many."""
    functions = index_functions("create")
    with progress(console) as bars, db.connection() as watcher:
        for name, create in functions.items():
            task = bars.add_task(name, total=1.0)

            def build(stop: Event, create: Callable[[Conn], None] = create) -> None:
                try:
                    create(db)
                finally:
                    stop.set()

            def watch(stop: Event, task: TaskID = task) -> None:
                while not stop.wait(0.1):
                    found = watcher.execute(sql_text("index_progress")).fetchone()
                    bars.update(task, completed=min(found[0], 0.99) if found else 0)

            together(build, watch)
            bars.update(task, completed=1.0)
        watcher.execute(sql_text("vacuum_analyze"))
    return len(functions)


def progress(console: Console, *extra: ProgressColumn) -> Progress:
    """Return bars that fit 80 columns."""
    return Progress(TextColumn("  {task.description:<41}"), BarColumn(bar_width=14), *extra, Seconds(), console=console)
