"""Each index serves the query it was made for: plans of the generated statements on enough rows to matter."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import Any

import psycopg

from plainsql.execute import Statement
from shop.queries import analytics, customers, inventory, orders, payments, products
from tests.fixtures.shop import Shop

ROWS = """
INSERT INTO customers (name, email) SELECT 'c' || g, 'c' || g || '@example.com' FROM generate_series(1, 3000) AS g;
INSERT INTO categories (name) SELECT 'category ' || g FROM generate_series(1, 30) AS g;
INSERT INTO products (sku, name, category_id, price, stock, is_active, created_at)
SELECT
    's' || g, md5(g::text) || ' ' || md5((g + 1)::text), 1 + g % 30, g % 997, g % 50, g % 10 = 0,
    '2024-01-01'::timestamptz + g * interval '1 minute'
FROM generate_series(1, 20000) AS g;
INSERT INTO orders (customer_id, status, total, currency, ordered_at, idempotency_key)
SELECT
    1 + g % 100, (CASE WHEN g % 200 = 0 THEN 'pending' WHEN g % 20 = 1 THEN 'cancelled' ELSE 'paid' END)::order_status,
    g % 100, 'EUR', '2020-01-01'::timestamptz + g * interval '1 hour', 'k' || g
FROM generate_series(1, 30000) AS g;
INSERT INTO order_items (order_id, line, product_id, quantity, price)
SELECT o, 1, 1 + o % 20000, 1, 1 FROM generate_series(1, 30000) AS o;
INSERT INTO payments (order_id, amount, status, provider_ref, captured_at, created_at)
SELECT
    g, 1, (CASE WHEN g % 200 = 3 THEN 'processing' ELSE 'captured' END)::payment_status, 'r' || g,
    CASE WHEN g % 200 <> 3 THEN now() END, now() - g * interval '1 minute'
FROM generate_series(1, 30000) AS g;
INSERT INTO warehouses (name) SELECT 'w' || g FROM generate_series(1, 20) AS g;
INSERT INTO inventory (product_id, warehouse_id, on_hand) SELECT g, 1 + g % 20, 5 FROM generate_series(1, 20000) AS g;
VACUUM ANALYZE;
"""
NOW = dt.datetime(2023, 1, 1, tzinfo=dt.UTC)
CASES: list[tuple[Statement[Any], tuple[object, ...], str]] = [
    (customers.CUSTOMER_BY_EMAIL, ("C7@example.com",), "customers_lower_email_key"),
    (products.PRODUCT_NAMED, ("x", 1), "products_name_category_id_idx"),
    (products.CATEGORY_PRICE_RANGE, (7,), "products_category_id_price_idx"),
    (products.PRODUCTS_IN_CATEGORY, (7, 10), "products_active_category_id_price_idx"),
    (products.PRODUCTS_IN_STOCK, (Decimal(10), Decimal(11), 10), "products_price_stock_idx"),
    (products.NEWEST_PRODUCTS, (10,), "products_is_active_created_at_idx"),
    (products.PRODUCTS_CALLED, ("x",), "products_lower_name_idx"),
    (orders.ORDERS_OF_CUSTOMER, (7, NOW, 2**62, 10), "orders_customer_id_ordered_at_id_idx"),
    (orders.LATEST_ORDER_PER_CUSTOMER, ([1, 2, 3],), "orders_customer_id_ordered_at_id_idx"),
    (orders.PENDING_ORDERS, (10,), "orders_open_ordered_at_id_idx"),
    (orders.ORDERS_WITHOUT_PAYMENT, (dt.timedelta(hours=1),), "orders_open_ordered_at_id_idx"),
    (payments.PAYMENTS_OF_ORDER, (7,), "payments_order_id_idx"),
    (payments.STUCK_PAYMENTS, (dt.timedelta(hours=1),), "payments_processing_created_at_idx"),
    (analytics.REVENUE_BY_MONTH, (2021, "Asia/Kolkata"), "Index Only Scan using orders_ordered_at_total_idx"),
    (inventory.STOCK_LEVELS, (7,), "inventory_warehouse_id_product_id_idx"),
]

BEHIND_FUNCTIONS: list[tuple[Statement[Any], str]] = [
    (products.SEARCH_PRODUCTS, "products_search_vector_idx"),
    (products.FUZZY_PRODUCTS, "products_name_trgm_idx"),
]
"""What a function of ours looks up: no plan shows its index, the server counts its scans."""

IN_ORDER: tuple[Statement[Any], ...] = (
    orders.ORDERS_OF_CUSTOMER,
    products.PRODUCTS_IN_CATEGORY,
    products.NEWEST_PRODUCTS,
    orders.PENDING_ORDERS,
)


def test_each_index_serves_its_query_and_pages_are_not_sorted(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    for statement in ROWS.split(";\n"):
        if statement.strip():
            owner.execute(statement)  # type: ignore[call-overload]  # text of this file
    wrong = []
    for query, arguments, index in CASES:
        plan = shop.explain(query.sql, *arguments)
        if index not in plan:
            wrong.append(f"{query.name} does not use {index}:\n{plan}")
        if query in IN_ORDER and re.search(r"(?<!Incremental )Sort ", plan.replace("Sort Key", "")):
            wrong.append(f"{query.name} sorts all it finds:\n{plan}")
    for query, index in BEHIND_FUNCTIONS:
        with shop.conn.transaction():
            found = psycopg.RawCursor(shop.conn).execute(query.sql, ("d3d9446802a44259755d38e6d163e820", 10)).fetchall()
            scans = shop.value("SELECT pg_stat_get_xact_numscans(%s::regclass)", index)
            tables = shop.value("SELECT pg_stat_get_xact_numscans('products'::regclass)")
        if (len(found), scans, tables) != (1, 1, 0):
            wrong.append(f"{query.name} found {len(found)} by {scans} scans of {index} and {tables} of the table")
    assert not wrong, "\n\n".join(wrong)
