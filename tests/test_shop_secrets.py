"""The shop's encrypted tax numbers and its preferences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from plainsql import Database, DecryptError
from plainsql.aio import Database as AsyncDatabase
from plainsql.crypto import EncryptedStr, keys, rotate, use
from plainsql.tenants import Tenant
from shop.demo.private import keep_private
from shop.queries import aio, customers
from shop.types import Preferences
from tests.fixtures.shop import MAIN, Shop

COLUMN = "customers.tax_number"
NUMBER = "DE 811 907 980"


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    use({"k1": bytes(32)})
    yield
    use(None)


@pytest.fixture
def db(shop: Shop) -> Iterator[Tenant]:
    with Database.open(shop.conninfo) as found, found.tenant(MAIN) as tenant:
        yield tenant


@pytest.fixture
def owner_db(shop: Shop) -> Iterator[Database]:
    with Database.open(shop.owner_conninfo, tenancy=False) as found:
        yield found


def customer(db: Tenant, name: str) -> int:
    return customers.create_customer(db, name=name, email=f"{name}@example.org").id


def store(db: Tenant, customer_id: int, number: str) -> None:
    customers.set_tax_number(
        db, customer_id=customer_id, tax_number=EncryptedStr(number), tax_number_bidx=keys.blind(COLUMN, number)
    )


def test_a_customer_is_found_by_the_tax_number_whatever_its_case(db: Tenant) -> None:
    ada, bob = customer(db, "ada"), customer(db, "bob")
    store(db, ada, NUMBER)
    store(db, bob, "FR 1")
    found = customers.customers_by_tax_number(db, tax_number_indexes=keys.blinds(COLUMN, NUMBER.lower()))
    assert [(row.id, row.tax_number and row.tax_number.reveal()) for row in found] == [(ada, NUMBER)]


async def test_the_async_twin_reads_what_was_written(db: Tenant, shop: Shop) -> None:
    ada = customer(db, "ada")
    store(db, ada, NUMBER)
    async with AsyncDatabase.open(shop.conninfo) as adb, adb.tenant(MAIN) as tenant:
        found = await aio.customers.get_customer_secrets(tenant, customer_id=ada)
    assert found is not None
    assert found.tax_number == EncryptedStr(NUMBER)
    assert found.preferences is None


def test_preferences_are_a_class(db: Tenant) -> None:
    ada = customer(db, "ada")
    chosen = Preferences(language="de", newsletters=["weekly"])
    customers.set_preferences(db, customer_id=ada, preferences=chosen)
    found = customers.get_customer_secrets(db, customer_id=ada)
    assert found is not None
    assert found.preferences == chosen


@pytest.mark.parametrize(("value", "index"), [(b"DE 811", b"v1:x"), (b"v1:k1:", None), (None, b"v1:k1:")])
def test_what_is_not_encrypted_or_has_no_index_is_refused_by_the_table(
    db: Tenant, shop: Shop, value: Any, index: Any
) -> None:
    ada = customer(db, "ada")
    with psycopg.connect(shop.owner_conninfo) as conn, pytest.raises(psycopg.errors.CheckViolation):
        conn.execute("UPDATE customers SET tax_number = %s, tax_number_bidx = %s WHERE id = %s", (value, index, ada))


def test_the_demo_tells_what_happens(db: Tenant, owner_db: Database) -> None:
    ada, bob = customer(db, "ada"), customer(db, "bob")
    told = keep_private(owner_db, db, ada, bob)
    assert "811" not in told.row
    assert told.stored == "v1:2026-01:"
    assert (told.found, told.rotated) == (ada, 1)
    assert "another row" in told.refused
    with pytest.raises(Exception, match=r"no keys|k1"):
        customers.get_customer_secrets(db, customer_id=ada)


def test_a_number_of_another_customer_is_no_number(db: Tenant, shop: Shop) -> None:
    ada, bob = customer(db, "ada"), customer(db, "bob")
    store(db, ada, NUMBER)
    with psycopg.connect(shop.owner_conninfo, autocommit=True) as conn:
        conn.execute(
            "UPDATE customers c SET (tax_number, tax_number_bidx) = (SELECT tax_number, tax_number_bidx FROM customers "
            "WHERE id = %s) WHERE c.id = %s",
            (ada, bob),
        )
    with pytest.raises(DecryptError, match=r"customers\.get_customer_secrets"):
        customers.get_customer_secrets(db, customer_id=bob)


def test_rotation_refuses_a_role_that_does_not_see_every_row(db: Tenant, owner_db: Database, shop: Shop) -> None:
    store(db, customer(db, "ada"), NUMBER)
    use({"k2": bytes(reversed(range(32))), "k1": bytes(32)})
    for source in (db, shop.conn):
        with pytest.raises(psycopg.errors.InsufficientPrivilege) as caught:
            rotate(source, COLUMN)
        assert "all_tenants" in caught.value.__notes__[-1]
    assert rotate(owner_db, COLUMN).rotated == 1
