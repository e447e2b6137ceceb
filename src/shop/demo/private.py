"""A customer's tax number: encrypted in the application, found by its blind index, its key changed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

import psycopg

from plainsql import DecryptError
from plainsql.crypto import EncryptedStr, keys, rotate, use
from plainsql.database import Database
from plainsql.tenants import Tenant
from shop.demo.texts import sql_text
from shop.queries import customers
from shop.types import Preferences

COLUMN = "customers.tax_number"
NUMBER = EncryptedStr("DE 811 907 980")


@dataclass(frozen=True, slots=True)
class Told:
    """
    What happened.

    Attributes:
        row: The row as the application shows it.
        stored: How the value begins in the table.
        found: Key of the customer that the number finds.
        refused: What reading says of the value in another customer's row.
        rotated: Values that have the new key now.
    """

    row: str
    stored: str
    found: int
    refused: str
    rotated: int


def keep_private(owner: Database, t: Tenant, customer_id: int, other_id: int) -> Told:
    """Store a tax number, look for it, move it to another row, and give it a new key."""
    first = secrets.token_bytes(32)
    use({"2026-01": first})
    try:
        customers.set_tax_number(
            t, customer_id=customer_id, tax_number=NUMBER, tax_number_bidx=keys.blind(COLUMN, NUMBER)
        )
        customers.set_preferences(t, customer_id=customer_id, preferences=Preferences(language="de", theme="dark"))
        (found,) = customers.customers_by_tax_number(t, tax_number_indexes=keys.blinds(COLUMN, "de 811 907 980"))
        stored, refused = _moved(t, customer_id, other_id)
        use({"2026-02": secrets.token_bytes(32), "2026-01": first})
        rotated = rotate(owner, COLUMN).rotated
        row = repr(customers.get_customer_secrets(t, customer_id=customer_id))
    finally:
        use(None)
    return Told(row, stored, found.id, refused, rotated)


def _moved(t: Tenant, customer_id: int, other_id: int) -> tuple[str, str]:
    """Copy the stored value to another customer's row, as somebody with rights to the table could; try to read it."""
    with t.transaction() as tx:
        cur = psycopg.RawCursor(tx.connection)
        copied = cur.execute(sql_text("move_tax_number"), (customer_id, other_id)).fetchone()
        assert copied is not None
        try:
            customers.get_customer_secrets(tx, customer_id=other_id)
        except DecryptError as error:
            refused = str(error).rpartition(": ")[2]
        else:
            raise AssertionError("a value was read in a row that it is not bound to")
        with tx.savepoint():
            customers.set_tax_number(tx, customer_id=other_id, tax_number=None, tax_number_bidx=None)
    return copied[0], refused
