"""products.sql and customers.sql on small data whose answers are known."""

from __future__ import annotations

from decimal import Decimal

import psycopg
import pytest

from plainsql.errors import StaleRowError
from shop.queries import customers, inventory, products
from tests.fixtures.shop import Shop


def test_a_product_comes_with_its_category(shop: Shop) -> None:
    made = shop.product("desk lamp", category_id=shop.category("Lamps"), price="19.90")
    product = products.get_product(shop.conn, product_id=made)
    assert product is not None
    assert (product.name, product.category_name, product.price, product.stock) == (
        "desk lamp",
        "Lamps",
        Decimal("19.90"),
        0,
    )
    assert products.get_product(shop.conn, product_id=made + 1) is None


@pytest.mark.parametrize("price", ["-0.01", "NaN"])
def test_a_price_below_zero_or_no_number_is_refused(shop: Shop, price: str) -> None:
    category = shop.category()
    with pytest.raises(psycopg.errors.CheckViolation) as caught:
        shop.product(category_id=category, price=price)
    assert caught.value.diag.constraint_name == "products_price_is_not_negative"


def test_infinity_is_no_price(shop: Shop) -> None:
    category = shop.category()
    with pytest.raises(psycopg.errors.NumericValueOutOfRange):
        shop.product(category_id=category, price="Infinity")


def test_products_come_in_the_order_of_the_argument(shop: Shop) -> None:
    category = shop.category()
    a, b = shop.product("a", category_id=category), shop.product("b", category_id=category)
    found = products.products_by_ids(shop.conn, product_ids=[b, 9_999, a, b])
    assert [row.name for row in found] == ["b", "a", "b"]
    assert products.products_by_ids(shop.conn, product_ids=[]) == []


def test_names_are_found_exactly_in_a_category_or_in_any_case_anywhere(shop: Shop) -> None:
    here, there = shop.category("here"), shop.category("there")
    a = shop.product("Lamp", category_id=here)
    b = shop.product("lamp", category_id=there)
    assert [row.id for row in products.product_named(shop.conn, name="Lamp", category_id=here)] == [a]
    assert products.product_named(shop.conn, name="Lamp", category_id=there) == []
    assert [row.id for row in products.products_called(shop.conn, name="LAMP")] == [a, b]


def test_a_category_lists_active_products_cheapest_first(shop: Shop) -> None:
    category, other = shop.category("a"), shop.category("b")
    dear = shop.product(category_id=category, price="3.00")
    cheap = shop.product(category_id=category, price="1.00")
    same = shop.product(category_id=category, price="1.00")
    gone = shop.product(category_id=category, price="0.50")
    shop.product(category_id=other, price="0.10")
    assert products.deactivate_products(shop.conn, product_ids=[gone, gone, 9_999]) == 1
    assert products.deactivate_products(shop.conn, product_ids=[gone]) == 0
    found = products.products_in_category(shop.conn, category_id=category, max_rows=10)
    assert [row.id for row in found] == [cheap, same, dear]
    assert len(products.products_in_category(shop.conn, category_id=category, max_rows=1)) == 1


def test_the_price_range_counts_inactive_products_and_an_empty_category_is_one_row(shop: Shop) -> None:
    category, empty = shop.category("a"), shop.category("b")
    shop.product(category_id=category, price="1.00")
    products.deactivate_products(shop.conn, product_ids=[shop.product(category_id=category, price="9.00")])
    found = products.category_price_range(shop.conn, category_id=category)
    assert (found.products, found.lowest_price, found.highest_price) == (2, Decimal("1.00"), Decimal("9.00"))
    nothing = products.category_price_range(shop.conn, category_id=empty)
    assert (nothing.products, nothing.lowest_price, nothing.highest_price) == (0, None, None)


def test_products_in_stock_lie_between_both_prices(shop: Shop) -> None:
    shop.warehouse()
    category = shop.category()
    low = shop.product(category_id=category, price="1.00", stock=1)
    high = shop.product(category_id=category, price="2.00", stock=1)
    shop.product(category_id=category, price="2.01", stock=1)
    shop.product(category_id=category, price="1.50")
    found = products.products_in_stock(shop.conn, min_price=Decimal("1.00"), max_price=Decimal("2.00"), max_rows=9)
    assert [row.id for row in found] == [low, high]


def test_the_newest_product_is_first(shop: Shop) -> None:
    category = shop.category()
    old, new = shop.product("old", category_id=category), shop.product("new", category_id=category)
    assert [row.id for row in products.newest_products(shop.conn, max_rows=9)] == [new, old]


def test_a_word_in_the_name_counts_more_than_in_the_description(shop: Shop) -> None:
    category = shop.category()
    described = shop.product("table", category_id=category, description="goes well with lamps")
    named = shop.product("lamp", category_id=category)
    shop.product("chair", category_id=category)
    found = products.search_products(shop.conn, terms="lamp", max_rows=9)
    assert [row.id for row in found] == [named, described]
    assert found[0].headline == "<b>lamp</b> - "


@pytest.mark.parametrize(
    ("terms", "names"),
    [
        ("red lamp", {"red lamp"}),
        ("lamp -red", {"blue lamp"}),
        ("red or blue", {"red lamp", "blue lamp"}),
        ('"lamp red"', set()),
        ("", set()),
        ("the", set()),
        ("'); DROP TABLE products --", set()),
    ],
)
def test_search_reads_words_as_people_type_them(shop: Shop, terms: str, names: set[str]) -> None:
    category = shop.category()
    for name in ("red lamp", "blue lamp"):
        shop.product(name, category_id=category)
    assert {row.name for row in products.search_products(shop.conn, terms=terms, max_rows=9)} == names


def test_misspelt_names_are_found_most_similar_first(shop: Shop) -> None:
    category = shop.category()
    shop.product("keyboard", category_id=category)
    shop.product("keyboard stand", category_id=category)
    shop.product("mouse", category_id=category)
    found = products.fuzzy_products(shop.conn, name="keybord", max_rows=9)
    assert [row.name for row in found] == ["keyboard", "keyboard stand"]
    assert found[0].similarity is not None
    assert found[0].similarity > 0.5


def test_a_category_tree_has_parents_before_children(shop: Shop) -> None:
    root = shop.category("root")
    b, a = shop.category("b", root), shop.category("a", root)
    leaf = shop.category("leaf", b)
    shop.category("elsewhere")
    found = products.category_tree(shop.conn, category_id=root)
    assert [(row.id, row.depth) for row in found] == [(root, 0), (a, 1), (b, 1), (leaf, 2)]
    assert found[-1].path == ["root", "b", "leaf"]


def test_a_ring_of_categories_ends(shop: Shop) -> None:
    a = shop.category("a")
    b = shop.category("b", a)
    c = shop.category("c", b)
    shop.conn.execute("UPDATE categories SET parent_id = %s WHERE id = %s", (c, a))
    assert [row.id for row in products.category_tree(shop.conn, category_id=b)] == [b, c, a]
    with pytest.raises(psycopg.errors.CheckViolation):
        shop.conn.execute("UPDATE categories SET parent_id = id WHERE id = %s", (a,))


def test_two_roots_of_one_name_are_refused(shop: Shop) -> None:
    shop.category("a")
    with pytest.raises(psycopg.errors.UniqueViolation):
        shop.category("a")


def test_a_price_changes_once_for_each_version_read(shop: Shop) -> None:
    product = shop.product(category_id=shop.category(), price="1.00")
    before = shop.value("SELECT updated_at FROM products")
    changed = products.change_price(shop.conn, product_id=product, version=1, price=Decimal(2))
    assert changed is not None
    assert (changed.price, changed.version) == (Decimal("2.00"), 2)
    with pytest.raises(StaleRowError) as caught:
        products.change_price(shop.conn, product_id=product, version=1, price=Decimal(3))
    assert (caught.value.actual, caught.value.current.price) == (2, Decimal("2.00"))
    assert shop.value("SELECT updated_at > %s FROM products", before)


def test_stock_is_copied_from_every_warehouse_and_only_where_it_differs(shop: Shop) -> None:
    warehouses = [shop.warehouse("a"), shop.warehouse("b")]
    a, b = (shop.product(name, category_id=1 if i else shop.category()) for i, name in enumerate("ab"))
    for warehouse in warehouses:
        inventory.restock(shop.conn, product_id=a, warehouse_id=warehouse, quantity=3)
    assert products.refresh_stock(shop.conn, product_ids=[a, b]) == 1
    assert products.refresh_stock(shop.conn, product_ids=[a, b]) == 0
    assert [row.stock for row in products.products_by_ids(shop.conn, product_ids=[a, b])] == [6, 0]


def test_a_customer_is_found_by_address_in_any_case_and_taken_once(shop: Shop) -> None:
    made = customers.create_customer(shop.conn, name="Ada", email="Ada@Example.com")
    found = customers.customer_by_email(shop.conn, email="ada@example.COM")
    assert found is not None
    assert found.id == made.id
    assert customers.get_customer(shop.conn, customer_id=made.id) is not None
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        customers.create_customer(shop.conn, name="Bob", email="ADA@example.com")
    assert caught.value.diag.constraint_name == "customers_lower_email_key"


def test_loyalty_points_never_go_below_zero(shop: Shop) -> None:
    customer = shop.customer()
    assert customers.add_loyalty_points(shop.conn, customer_id=customer, points=5).loyalty_points == 5
    with pytest.raises(psycopg.errors.CheckViolation):
        customers.add_loyalty_points(shop.conn, customer_id=customer, points=-6)
