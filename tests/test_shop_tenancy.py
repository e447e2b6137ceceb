"""The shop's tenants: nobody sees or writes another's rows, and at 300,000 of them every lookup keeps its index."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from plainsql import Database, Tenancy
from plainsql.errors import TenantRequiredError, UnsafeRoleError
from plainsql.execute import Statement
from shop import checkout
from shop.queries import analytics, customers, indexes, inventory, orders, products
from tests.fixtures.shop import MAIN, Shop

OTHER = UUID("00000000-0000-4000-8000-000000000002")


@pytest.fixture
def db(shop: Shop, owner: psycopg.Connection[Any]) -> Any:
    """A shop with a second tenant, as the runtime role without a tenant of its own."""
    owner.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, 'other', 'Other')", (OTHER,))
    with Database.open(make_conninfo(shop.conninfo, options="")) as opened:
        yield opened


def test_two_tenants_have_the_same_addresses_skus_and_idempotency_keys(db: Database) -> None:
    placed = []
    for tenant in (MAIN, OTHER):
        with db.tenant(tenant) as t, t.transaction() as tx:
            customer = customers.create_customer(tx, name="Ada", email="ada@example.org")
            category = products.create_category(tx, parent_id=None, name="Things")
            product = products.create_product(
                tx, sku="S-1", name="lamp", description="", category_id=category.id, price=Decimal(10)
            )
            warehouse = inventory.create_warehouse(tx, name="North")
            inventory.restock(tx, product_id=product.id, warehouse_id=warehouse.id, quantity=5)
            order = checkout.create_order(
                tx,
                customer_id=customer.id,
                lines=[checkout.Line(product.id, 1)],
                currency="EUR",
                idempotency_key="k-1",
            )
            assert not order.replayed
            placed.append((customer.id, product.id, order.order_id))
    (customer_a, product_a, order_a), (customer_b, product_b, order_b) = placed
    with db.tenant(OTHER) as t:
        assert orders.get_order(t, order_id=order_a) is None
        assert orders.get_order(t, order_id=order_b) is not None
        assert [row.id for row in analytics.top_customers(t, min_total=Decimal(0), max_rows=9)] == [customer_b]
        assert products.change_price(t, product_id=product_a, version=1, price=Decimal(0)) is None
        assert products.deactivate_products(t, product_ids=[product_a, product_b]) == 1
        assert orders.cancel_order(t, order_id=order_a, reason="mine now") is None
        with pytest.raises(psycopg.errors.ForeignKeyViolation):
            orders.create_order(t, customer_id=customer_a, total=Decimal(1), currency="EUR", idempotency_key="k-2")
        found = customers.customer_by_email(t, email="ADA@example.org")
        assert found is not None
        assert found.id == customer_b


def test_without_a_tenant_the_api_refuses_and_sql_sees_nothing(db: Database, shop: Shop) -> None:
    shop.customer()
    with pytest.raises(TenantRequiredError, match=r"customers\.get_customer"):
        customers.get_customer(db, customer_id=1)
    with db.connection() as conn:
        for table in ("customers", "products", "orders", "tenants"):
            assert conn.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,)  # type: ignore[arg-type]
    with psycopg.connect(shop.conninfo) as conn, pytest.raises(psycopg.errors.InsufficientPrivilege):
        conn.execute("INSERT INTO customers (tenant_id, name, email) VALUES (%s, 'x', 'x@example.org')", (OTHER,))
    assert shop.value("SELECT array_agg(slug) FROM tenants") == ["main"]


def test_the_owner_of_the_shop_may_not_serve_tenants(shop: Shop) -> None:
    with pytest.raises(UnsafeRoleError):
        Database.open(shop.owner_conninfo, tenancy=Tenancy())


def test_an_update_of_a_customer_does_not_lock_out_his_new_orders(shop: Shop) -> None:
    """A column that a trigger may change must be no part of a key, or each update locks the row FOR UPDATE."""
    customer = shop.customer()
    with psycopg.connect(shop.conninfo, autocommit=True) as other, shop.conn.transaction():
        customers.add_loyalty_points(shop.conn, customer_id=customer, points=1)
        other.execute("SET lock_timeout = '2s'")
        placed = orders.create_order(other, customer_id=customer, total=Decimal(1), currency="EUR", idempotency_key="k")
    assert placed.customer_id == customer


# 300,000 rows

ROWS = """
INSERT INTO tenants (id, slug, name) VALUES ('00000000-0000-4000-8000-000000000002', 'other', 'Other');
INSERT INTO categories (tenant_id, name)
SELECT t.id, 'category ' || g FROM generate_series(1, 40) AS g CROSS JOIN tenants AS t;
INSERT INTO products (tenant_id, sku, name, category_id, price, stock)
SELECT c.tenant_id, 's' || g, md5(g::text) || ' lamp', c.id, (g % 100000)::numeric / 100, 5
FROM generate_series(1, 300000) AS g
JOIN (SELECT id, tenant_id, row_number() OVER (ORDER BY id) AS place FROM categories) AS c ON c.place = 1 + g % 80;
INSERT INTO customers (tenant_id, name, email)
SELECT t.id, 'c' || g, 'C' || g || '@example.org' FROM generate_series(1, 150000) AS g CROSS JOIN tenants AS t;
CREATE TABLE documents (
    tenant_id uuid NOT NULL DEFAULT app.tenant_id(), id bigint NOT NULL, body jsonb NOT NULL,
    PRIMARY KEY (tenant_id, id)
);
INSERT INTO documents
SELECT t.id, g, jsonb_build_object('color', g % 500, 'size', g) FROM generate_series(1, 150000) AS g, tenants AS t;
CREATE INDEX documents_body_idx ON documents USING gin (tenant_id, body jsonb_path_ops);
ALTER TABLE documents ENABLE ROW LEVEL SECURITY;
ALTER TABLE documents FORCE ROW LEVEL SECURITY;
CREATE POLICY documents_are_the_tenants ON documents USING (tenant_id = (SELECT app.tenant_id()));
CREATE POLICY documents_are_searched ON documents FOR SELECT TO app_search USING (true);
GRANT SELECT ON documents TO app_user, app_search;
CREATE FUNCTION app.documents_with(wanted jsonb) RETURNS SETOF bigint LANGUAGE sql STABLE STRICT ROWS 50
SECURITY DEFINER SET search_path = ''
BEGIN ATOMIC SELECT d.id FROM public.documents AS d WHERE d.tenant_id = app.tenant_id() AND d.body @> wanted; END;
ALTER FUNCTION app.documents_with(jsonb) OWNER TO app_search;
"""
WORD = "c81e728d9d4c2f636f067f89cc14862c"
"""md5 of a product of MAIN's."""
DOCUMENT = """
SELECT d.id FROM app.documents_with($1::jsonb) AS found (id) JOIN documents AS d USING (id) WHERE d.body @> $1::jsonb
"""
LOOKUPS: list[tuple[str, str, tuple[object, ...], str, str]] = [
    ("search", products.SEARCH_PRODUCTS.sql, (WORD, 10), "products", "products_search_vector_idx"),
    ("trigram", products.FUZZY_PRODUCTS.sql, (f"{WORD} lamp", 10), "products", "products_name_trgm_idx"),
    ("jsonb", DOCUMENT, ('{"color": 7, "size": 7}',), "documents", "documents_body_idx"),
    ("address", customers.CUSTOMER_BY_EMAIL.sql, ("c7@EXAMPLE.org",), "customers", "customers_lower_email_key"),
    ("name", products.PRODUCTS_CALLED.sql, (f"{WORD} LAMP",), "products", "products_lower_name_idx"),
    ("price", products.PRODUCTS_IN_STOCK.sql, (1, 1.01, 10), "products", "products_price_stock_idx"),
]


@pytest.mark.slow
def test_lookups_keep_their_indexes_at_300_000_rows(shop: Shop, owner: psycopg.Connection[Any]) -> None:
    """Generic plans and custom ones; what a function of ours looks up shows in no plan, but the server counts it."""
    indexes.drop_products_search_vector_idx(owner)
    indexes.drop_products_name_trgm_idx(owner)
    owner.execute(ROWS)
    indexes.create_products_search_vector_idx(owner)
    indexes.create_products_name_trgm_idx(owner)
    owner.execute("VACUUM ANALYZE")
    wrong = []
    for mode in ("force_custom_plan", "force_generic_plan"):
        shop.conn.execute(f"SET plan_cache_mode = {mode}")  # type: ignore[arg-type]
        for name, text, arguments, table, index in LOOKUPS:
            shown = ", ".join(psycopg.sql.Literal(argument).as_string(shop.conn) for argument in arguments)
            with shop.conn.transaction():
                shop.conn.execute("PREPARE lookup AS " + text, prepare=False)  # type: ignore[call-overload]
                plan = "\n".join(row[0] for row in shop.conn.execute(f"EXPLAIN EXECUTE lookup ({shown})"))  # type: ignore[arg-type]
                rows = shop.conn.execute(f"EXECUTE lookup ({shown})").fetchall()  # type: ignore[arg-type]
                counts = [shop.value(query, relation) for query, relation in counts_of(index, table)]
                shop.conn.execute("DEALLOCATE lookup", prepare=False)
            scans, entries, whole = counts
            if not scans or entries > 2000 or whole or "Seq Scan" in plan or not rows:
                found = f"{len(rows)} rows by {scans} scans of {index}, {entries} entries, {whole} of all {table}"
                wrong.append(f"{name}, {mode}: {found}\n{plan}")
    assert not wrong, "\n\n".join(wrong)


def counts_of(index: str, table: str) -> list[tuple[str, str]]:
    return [
        ("SELECT pg_stat_get_xact_numscans(%s::regclass)", index),
        ("SELECT pg_stat_get_xact_tuples_returned(%s::regclass)", index),
        ("SELECT pg_stat_get_xact_numscans(%s::regclass)", table),
    ]


def test_a_statement_about_tenants_says_so() -> None:
    flagged: list[Statement[Any]] = [customers.GET_CUSTOMER, products.SEARCH_PRODUCTS, analytics.TOP_CUSTOMERS]
    assert all(statement.tenant for statement in flagged)
