"""The demo's steps, in the order in which they are told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from plainsql import migrations
from plainsql.config import EMBEDDED_FOLDER, Config
from plainsql.database import Database
from plainsql.embedded import EmbeddedRedis
from plainsql.pool import PoolConfig
from plainsql.target import resolve_target
from shop.demo import load, private, shopping, show, tpch
from shop.demo.database import make_database
from shop.queries import analytics, inventory, orders

FIRST_ROWS = 10


class Story:
    """Prints what happens, and how long each step took."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.steps: list[tuple[str, float]] = []

    @contextmanager
    def step(self, title: str) -> Iterator[None]:
        """Tell one step."""
        self.console.print(f"\n[bold cyan]{len(self.steps) + 1}  {title}[/]")
        start = time.perf_counter()
        yield
        self.steps.append((title, time.perf_counter() - start))

    def say(self, text: str) -> None:
        """Print one line of a step."""
        self.console.print(Padding(Text(text), (0, 0, 0, 3), expand=False))


def tell(console: Console, config: Config, *, database: str, scale: float) -> None:
    """Run the demo from servers to results."""
    story = Story(console)
    folder = config.root / EMBEDDED_FOLDER
    with ExitStack() as servers:
        with story.step("Servers"):
            target = servers.enter_context(resolve_target(start=config.root))
            servers.enter_context(EmbeddedRedis.start(folder / "redis"))
            story.say(f"PostgreSQL: {target.description}")
            story.say(f"redis protocol: {folder.name}/redis")
            conninfo = make_database(target.conninfo, database)
            story.say(f"a new database: {database}")
        with story.step("Migrations, applied by yoyo"):
            applied = migrations.apply(conninfo, config.migrations)
            story.say(", ".join(applied))
        with story.step(f"TPC-H data, scale {scale:g}"):
            data = tpch.generate(folder, scale)
            story.say(f"in {data.relative_to(config.root)}, kept for the next run")
        with Database.open(conninfo, pool=PoolConfig(max_size=shopping.THREADS)) as db:
            customers = fill(story, db, data)
            sell(story, db, customers)
            hide(story, db, customers)
            analyse(story, db)
            compare(story, db, config)
    width = max(len(title) for title, _ in story.steps)
    console.print("\n[bold]Done[/]")
    for title, seconds in story.steps:
        story.say(f"{title:<{width}} {seconds:6.1f} s")
    story.say(f"{'All':<{width}} {sum(seconds for _, seconds in story.steps):6.1f} s")


def fill(story: Story, db: Database, data: Path) -> range:
    """Load the tables and build the indexes; return the customers' keys."""
    with story.step("Load by COPY, without secondary indexes"):
        story.say(f"{load.drop_indexes(db)} indexes dropped by the scripts of queries/indexes.sql")
        counts = load.load_tables(db, data, story.console)
        story.say(f"{sum(counts.values()):,} rows")
    with story.step("Build the indexes, CONCURRENTLY"):
        story.say(f"{load.build_indexes(db, story.console)} indexes built, tables vacuumed and analysed")
    return range(1, counts["customers"] + 1)


def sell(story: Story, db: Database, customers: range) -> None:
    """Sell out three products in parallel, then let an optional step fail."""
    with story.step(f"Orders in {shopping.THREADS} threads until the stock runs out"):
        novelties = shopping.add_novelties(db)
        rush = shopping.sell_out(db, novelties, customers)
        story.say(
            f"{rush.orders} orders placed and {rush.refused} refused in {rush.seconds:.1f} s, "
            f"{(rush.orders + rush.refused) / rush.seconds:.0f} a second, no deadlock"
        )
        rows = [
            (row.name, row.on_hand, rush.sold[row.product_id], row.reserved, row.available)
            for row in inventory.stock_of_products(db, product_ids=novelties)
        ]
        story.console.print(show.table("", ("product", "on hand", "sold", "reserved", "left"), rows))
        story.say(f"fewest pieces left on any shelf: {inventory.lowest_available(db)}, never below zero")
    with story.step("An optional step fails, the order stands"):
        placed = shopping.order_with_long_note(db, product_id=1, customer_id=customers[0])
        for skipped in placed.skipped:
            story.say(f"{skipped.name}: rolled back to its savepoint, {str(skipped.error).splitlines()[0]}")
        order = orders.get_order(db, order_id=placed.order_id)
        if order is not None:
            story.say(f"order {order.id}: {order.status}, {order.total} {order.currency}, gift note {order.gift_note}")


def hide(story: Story, db: Database, customers: range) -> None:
    """Keep a tax number from everybody but the application."""
    with story.step("A tax number that only the application can read"):
        told = private.keep_private(db, customers[0], customers[1])
        story.say(f"in the table: {told.stored}…")
        story.say(f"in the application: {told.row}")
        story.say(f"found by its blind index: customer {told.found}")
        story.say(f"copied to another customer's row: {told.refused}")
        story.say(f"{told.rotated} value has a new key, without a pause")


def analyse(story: Story, db: Database) -> None:
    """Print the three reports."""
    with story.step("Analytics"):
        story.console.print(
            show.table(
                "analytics.top_customers(min_total=1000, max_rows=10)",
                ("customer", "name", "spent", "orders"),
                [
                    (str(row.id), row.name, row.total_spent, row.order_count)
                    for row in analytics.top_customers(db, min_total=Decimal(1000), max_rows=FIRST_ROWS)
                ],
            ),
            show.table(
                'analytics.revenue_by_month(year=1998, tz="Asia/Kolkata")',
                ("month", "revenue", "orders", "previous", "change"),
                [
                    (row.month, row.revenue, row.order_count, row.previous_month_revenue, row.revenue_change)
                    for row in analytics.revenue_by_month(db, year=1998, tz="Asia/Kolkata")
                ],
            ),
            show.table(
                f"analytics.product_ranking(since=1998-01-01), the first {FIRST_ROWS}",
                ("product", "units", "rank", "revenue", "rank"),
                [
                    (row.name, row.units, row.rank_by_units, row.revenue, row.rank_by_revenue)
                    for row in analytics.product_ranking(db, since=datetime(1998, 1, 1, tzinfo=UTC))[:FIRST_ROWS]
                ],
            ),
        )


def compare(story: Story, db: Database, config: Config) -> None:
    """Show one query beside the function that was generated from it, and call it."""
    with story.step("One query, and the function generated from it"):
        listing = show.query_listing(config.queries / "orders.sql", "get_order", "queries/orders.sql")
        code = show.code_listing((orders.GetOrderRow, orders.get_order), "src/shop/queries/orders.py")
        story.console.print(show.beside(story.console, listing, code))
        story.say("orders.get_order(db, order_id=1) returned")
        story.console.print(orders.get_order(db, order_id=1))
