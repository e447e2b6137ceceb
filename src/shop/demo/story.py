"""The demo's steps, in the order in which they are told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from psycopg.conninfo import make_conninfo
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from plainsql import actor, audit, migrations
from plainsql.config import EMBEDDED_FOLDER, Config
from plainsql.database import Database
from plainsql.embedded import EmbeddedRedis
from plainsql.errors import TenantRequiredError
from plainsql.partitions import Report
from plainsql.pool import PoolConfig
from plainsql.target import resolve_target
from plainsql.tenants import Tenant
from shop.demo import leaving, load, private, shopping, show, talking, timeline, tpch
from shop.demo.database import app_conninfo, make_database
from shop.demo.texts import sql_text
from shop.queries import analytics, events, inventory, orders

FIRST_ROWS = 10
SMALLER = 10
"""How many times the second tenant's data is smaller."""
HARBOUR_KEYS = 100_000_001
"""Its first key: the keys of both stand in one primary key."""


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
            app = app_conninfo(target, database)
            story.say(f"a new database: {database}")
        with story.step("Migrations, applied by yoyo"):
            applied = migrations.apply(conninfo, config.migrations)
            story.say(", ".join(applied))
        with story.step(f"TPC-H data, scale {scale:g}"):
            data = tpch.generate(folder, scale)
            story.say(f"in {data.relative_to(config.root)}, kept for the next run")
            less = tpch.generate(folder, scale / SMALLER)
        with Database.open(conninfo, pool=PoolConfig(max_size=shopping.THREADS), tenancy=False) as owner:
            customers, harbour = fill(story, owner, data, less)
            reports = timeline.make_partitions(owner, config)
            with Database.open(app, pool=PoolConfig(max_size=shopping.THREADS)) as db:
                with db.tenant(load.MAIN) as t:
                    order_id = sell(story, t, customers)
                    remember(story, t, conninfo, order_id)
                    hide(story, owner, t, customers)
                    leave(story, t)
                    comment(story, t, order_id, customers[0])
                    analyse(story, t)
                    follow(story, t, reports)
                    compare(story, t, config)
                tenants(story, db, harbour)
    width = max(len(title) for title, _ in story.steps)
    console.print("\n[bold]Done[/]")
    for title, seconds in story.steps:
        story.say(f"{title:<{width}} {seconds:6.1f} s")
    story.say(f"{'All':<{width}} {sum(seconds for _, seconds in story.steps):6.1f} s")


def fill(story: Story, db: Database, data: Path, less: Path) -> tuple[range, str]:
    """Load the tables of two tenants and build the indexes; return the first one's customers, and the second one."""
    with story.step("Load by COPY, without secondary indexes"):
        story.say(f"{load.drop_indexes(db)} indexes dropped by the scripts of queries/indexes.sql")
        counts = load.load_tables(db, data, story.console)
        story.say(f"{sum(counts.values()):,} rows of the tenant main")
        with db.connection() as conn:
            [harbour] = conn.execute(sql_text("add_tenant")).fetchone() or [""]
        others = load.load_tables(db, less, story.console, tenant_id=str(harbour), first_key=HARBOUR_KEYS)
        story.say(f"{sum(others.values()):,} rows of the tenant harbour, in the same tables")
    with story.step("Build the indexes, CONCURRENTLY"):
        story.say(f"{load.build_indexes(db, story.console)} indexes built, tables vacuumed and analysed")
    return range(1, counts["customers"] + 1), str(harbour)


def sell(story: Story, t: Tenant, customers: range) -> int:
    """Sell out three products in parallel, then let an optional step fail; return the order that stands."""
    with story.step(f"Orders in {shopping.THREADS} threads until the stock runs out"):
        novelties = shopping.add_novelties(t)
        rush = shopping.sell_out(t, novelties, customers)
        story.say(
            f"{rush.orders} orders placed and {rush.refused} refused in {rush.seconds:.1f} s, "
            f"{(rush.orders + rush.refused) / rush.seconds:.0f} a second, no deadlock"
        )
        rows = [
            (row.name, row.on_hand, rush.sold[row.product_id], row.reserved, row.available)
            for row in inventory.stock_of_products(t, product_ids=novelties)
        ]
        story.console.print(show.table("", ("product", "on hand", "sold", "reserved", "left"), rows))
        story.say(f"fewest pieces left on any shelf: {inventory.lowest_available(t)}, never below zero")
    with story.step("An optional step fails, the order stands"):
        placed = shopping.order_with_long_note(t, product_id=1, customer_id=customers[0])
        for skipped in placed.skipped:
            story.say(f"{skipped.name}: rolled back to its savepoint, {str(skipped.error).splitlines()[0]}")
        order = orders.get_order(t, order_id=placed.order_id)
        if order is not None:
            story.say(f"order {order.id}: {order.status}, {order.total} {order.currency}, gift note {order.gift_note}")
    return placed.order_id


def remember(story: Story, t: Tenant, conninfo: str, order_id: int) -> None:
    """Change an order as somebody, and print its history from the audit, which only the owner may read."""
    as_tenant = make_conninfo(conninfo, options=f"-c app.tenant_id={load.MAIN}")
    with story.step("Who changed the order, and why"), Database.open(as_tenant, tenancy=False) as owner:
        with actor.use(user_id=42, request_id="demo-1", reason="birthday"):
            orders.set_gift_note(t, order_id=order_id, gift_note="Many happy returns!")
        entries = audit.history(owner, table="orders", pk={"id": order_id})
        rows = [
            (entry.action, entry.actor_id, entry.reason, ", ".join(show.change(entry, name) for name in entry.changed))
            for entry in entries
            if entry.action == "UPDATE"
        ]
        story.console.print(show.table("", ("entry", "actor", "reason", "change"), rows))
        before = audit.as_of(owner, table="orders", pk={"id": order_id}, at=entries[0].at)
        if before is not None:
            story.say(f"the order as it was placed, rebuilt: {before['status']}, gift note {before['gift_note']}")


def hide(story: Story, owner: Database, t: Tenant, customers: range) -> None:
    """Keep a tax number from everybody but the application."""
    with story.step("A tax number that only the application can read"):
        told = private.keep_private(owner, t, customers[0], customers[1])
        story.say(f"in the table: {told.stored}…")
        story.say(f"in the application: {told.row}")
        story.say(f"found by its blind index: customer {told.found}")
        story.say(f"copied to another customer's row: {told.refused}")
        story.say(f"{told.rotated} value has a new key, without a pause")


def leave(story: Story, t: Tenant) -> None:
    """Show what hooks, versions and soft delete do to a user."""
    with story.step("A user signs up, leaves and comes back"):
        for line in leaving.leave_and_return(t):
            story.say(line)


def comment(story: Story, t: Tenant, order_id: int, customer_id: int) -> None:
    """Comment on a product, an order and a customer, and read it all at once."""
    with story.step("Comments on products, orders and customers"):
        rows = talking.talk(t, product_id=1, order_id=order_id, customer_id=customer_id)
        story.console.print(show.table("comments.for_subjects(…), one round trip", ("subject", "id", "said"), rows))
        story.say(f"about two at once: {talking.talk_of_two(t, product_id=1, order_id=order_id)}")


def analyse(story: Story, t: Tenant) -> None:
    """Print the three reports."""
    with story.step("Analytics"):
        story.console.print(
            show.table(
                "analytics.top_customers(min_total=1000, max_rows=10)",
                ("customer", "name", "spent", "orders"),
                [
                    (str(row.id), row.name, row.total_spent, row.order_count)
                    for row in analytics.top_customers(t, min_total=Decimal(1000), max_rows=FIRST_ROWS)
                ],
            ),
            show.table(
                'analytics.revenue_by_month(year=1998, tz="Asia/Kolkata")',
                ("month", "revenue", "orders", "previous", "change"),
                [
                    (row.month, row.revenue, row.order_count, row.previous_month_revenue, row.revenue_change)
                    for row in analytics.revenue_by_month(t, year=1998, tz="Asia/Kolkata")
                ],
            ),
            show.table(
                f"analytics.product_ranking(since=1998-01-01), the first {FIRST_ROWS}",
                ("product", "units", "rank", "revenue", "rank"),
                [
                    (row.name, row.units, row.rank_by_units, row.revenue, row.rank_by_revenue)
                    for row in analytics.product_ranking(t, since=datetime(1998, 1, 1, tzinfo=UTC))[:FIRST_ROWS]
                ],
            ),
        )


def follow(story: Story, t: Tenant, reports: list[Report]) -> None:
    """Record a day of events and count them by the hour, with one that comes late."""
    with story.step("Events, partitioned by day"):
        for report in reports:
            done = len(report.actions)
            story.say(
                f"plainsql migrate partitions: {report.table}, {done or 'no'} step{'s' if done != 1 else ''} to do"
            )
        today = timeline.record_day(t, batches=20)
        tomorrow = today + 24 * timeline.HOUR
        hours = timeline.roll_up(t, before=tomorrow)
        story.say(f"{20 * timeline.BATCH:,} events recorded in batches, {hours} hours counted")
        timeline.record_late(t, today)
        story.say(f"one event came late: {timeline.roll_up(t, before=tomorrow)} hour counted again")
        story.console.print(
            show.table(
                'events.hourly(kind="view", …)',
                ("hour", "events", "sum", "settled"),
                [
                    (f"{row.bucket.astimezone(UTC):%H:%M}", row.n, row.total, "yes" if row.is_settled else "no")
                    for row in events.hourly(
                        t, kind="view", since=today + 2 * timeline.HOUR, until=today + 6 * timeline.HOUR
                    )
                ],
            )
        )


def compare(story: Story, t: Tenant, config: Config) -> None:
    """Show one query beside the function that was generated from it, and call it."""
    with story.step("One query, and the function generated from it"):
        listing = show.query_listing(config.queries / "orders.sql", "get_order", "queries/orders.sql")
        code = show.code_listing((orders.GetOrderRow, orders.get_order), "src/shop/queries/orders.py")
        story.console.print(show.beside(story.console, listing, code))
        story.say("orders.get_order(t, order_id=1) returned")
        story.console.print(orders.get_order(t, order_id=1))


def tenants(story: Story, db: Database, harbour: str) -> None:
    """Show that two tenants share tables and not rows."""
    with story.step("Two tenants, the same tables, nothing in common"):
        rows = []
        for name, tenant_id in (("main", load.MAIN), ("harbour", harbour)):
            with db.tenant(tenant_id) as t:
                best = analytics.top_customers(t, min_total=Decimal(0), max_rows=1)
                rows.append(
                    (
                        name,
                        len(analytics.product_ranking(t, since=datetime(1992, 1, 1, tzinfo=UTC))),
                        best[0].total_spent if best else None,
                        shown(orders.get_order(t, order_id=1)),
                        shown(orders.get_order(t, order_id=HARBOUR_KEYS)),
                    )
                )
        headings = ("tenant", "products sold", "best customer", "order 1", "order 100000001")
        story.console.print(show.table("", headings, rows))
        try:
            orders.get_order(db, order_id=1)
        except TenantRequiredError as error:
            story.say(f"without a tenant: {type(error).__name__}, nothing was sent")


def shown(order: orders.GetOrderRow | None) -> str:
    """Return whether there is such an order for who asked."""
    return "none" if order is None else order.status
