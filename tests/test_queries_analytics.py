"""analytics.sql: the three reports on sales whose answers are known."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import psycopg
import pytest

from shop.queries import analytics
from tests.fixtures.shop import Shop

SINCE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def test_an_empty_shop_has_reports_without_sales(shop: Shop) -> None:
    assert analytics.top_customers(shop.conn, min_total=Decimal(0), max_rows=9) == []
    assert analytics.product_ranking(shop.conn, since=SINCE) == []
    months = analytics.revenue_by_month(shop.conn, year=2024, tz="UTC")
    assert [row.month for row in months] == [dt.date(2024, month, 1) for month in range(1, 13)]
    assert {(row.revenue, row.order_count) for row in months} == {(Decimal(0), 0)}
    assert [row.revenue_change for row in months] == [None] + [Decimal(0)] * 11


def test_top_customers_spent_more_than_the_threshold_and_cancelled_orders_count_nothing(shop: Shop) -> None:
    product = shop.product(category_id=shop.category())
    ada, bob, eve, dan = (shop.customer(name) for name in ("Ada", "Bob", "Eve", "Dan"))
    shop.order(ada, [(product, 3)])
    shop.order(ada, [(product, 4)])
    shop.order(bob, [(product, 7)])
    shop.order(eve, [(product, 5)])
    shop.order(eve, [(product, 9)], status="cancelled")
    shop.order(dan, [(product, 50)], status="cancelled")
    found = analytics.top_customers(shop.conn, min_total=Decimal("50.00"), max_rows=9)
    assert [(row.name, row.total_spent, row.order_count) for row in found] == [("Ada", 70, 2), ("Bob", 70, 1)]
    found = analytics.top_customers(shop.conn, min_total=Decimal("49.99"), max_rows=9)
    assert [row.name for row in found] == ["Ada", "Bob", "Eve"]
    assert len(analytics.top_customers(shop.conn, min_total=Decimal(0), max_rows=1)) == 1


def test_a_month_without_orders_is_zero_and_the_next_is_compared_with_it(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product(category_id=shop.category())
    shop.order(customer, [(product, 1)], at="2024-01-15 00:00+00")
    shop.order(customer, [(product, 2)], at="2024-03-15 00:00+00")
    shop.order(customer, [(product, 2)], at="2024-03-16 00:00+00")
    shop.order(customer, [(product, 9)], at="2024-02-15 00:00+00", status="cancelled")
    months = analytics.revenue_by_month(shop.conn, year=2024, tz="UTC")
    assert [(row.revenue, row.order_count, row.previous_month_revenue, row.revenue_change) for row in months[:4]] == [
        (10, 1, None, None),
        (0, 0, 10, -10),
        (40, 2, 0, 40),
        (0, 0, 40, -40),
    ]


def test_the_year_begins_at_local_midnight_and_ends_before_the_next(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product(category_id=shop.category())
    # Kolkata is 5:30 ahead: its 2024 runs from 2023-12-31 18:30 to 2024-12-31 18:30 UTC.
    for at in (
        "2023-12-31 18:29:59.999999+00",
        "2023-12-31 18:30+00",
        "2024-12-31 18:29:59.999999+00",
        "2024-12-31 18:30+00",
    ):
        shop.order(customer, [(product, 1)], at=at)

    def orders_of(year: int, tz: str) -> tuple[int, int]:
        months = analytics.revenue_by_month(shop.conn, year=year, tz=tz)
        return months[0].order_count, months[-1].order_count

    assert orders_of(2024, "Asia/Kolkata") == (1, 1)
    assert orders_of(2024, "UTC") == (0, 2)
    assert orders_of(2023, "Asia/Kolkata") == (0, 1)
    assert orders_of(2025, "Asia/Kolkata") == (1, 0)


def test_the_sessions_time_zone_does_not_move_the_months(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product(category_id=shop.category())
    shop.order(customer, [(product, 1)], at="2024-03-31 23:30+00")
    before = analytics.revenue_by_month(shop.conn, year=2024, tz="Europe/Berlin")
    shop.conn.execute("SET TIME ZONE 'Pacific/Auckland'")
    assert analytics.revenue_by_month(shop.conn, year=2024, tz="Europe/Berlin") == before
    assert [row.order_count for row in before[2:4]] == [0, 1]


def test_an_unknown_time_zone_is_an_error(shop: Shop) -> None:
    with pytest.raises(psycopg.errors.InvalidParameterValue):
        analytics.revenue_by_month(shop.conn, year=2024, tz="Mars/Olympus")


def test_a_tie_leaves_a_gap_in_rank_and_none_in_dense_rank(shop: Shop) -> None:
    customer, category = shop.customer(), shop.category()
    a, b, c, d = (shop.product(name, category_id=category) for name in "abcd")
    shop.product("unsold", category_id=category)
    shop.order(customer, [(a, 5), (b, 5)], price="2.00")
    shop.order(customer, [(c, 1)], price="1.00")
    shop.order(customer, [(d, 1)], price="3.00")
    shop.order(customer, [(d, 100)], status="cancelled")
    found = analytics.product_ranking(shop.conn, since=SINCE)
    assert [(row.name, row.units, row.rank_by_units, row.revenue, row.rank_by_revenue) for row in found] == [
        ("a", 5, 1, Decimal(10), 1),
        ("b", 5, 1, Decimal(10), 1),
        ("d", 1, 3, Decimal(3), 2),
        ("c", 1, 3, Decimal(1), 3),
    ]


def test_the_ranking_begins_at_its_moment(shop: Shop) -> None:
    customer, product = shop.customer(), shop.product(category_id=shop.category())
    shop.order(customer, [(product, 1)], at=SINCE)
    shop.order(customer, [(product, 9)], at=SINCE - dt.timedelta(microseconds=1))
    assert [row.units for row in analytics.product_ranking(shop.conn, since=SINCE)] == [1]
