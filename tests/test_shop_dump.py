"""What a dump of the shop must not hold: passwords, and in the audit no hash, no token and no encrypted value."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

import psycopg
import pytest

from plainsql import Database
from plainsql.crypto import EncryptedStr, keys, use
from shop import accounts
from shop.queries import customers, users
from tests.fixtures.shop import MAIN, Shop
from tests.test_audit_triggers import pg_dump

PASSWORD = "correct horse battery staple"
NUMBER = "DE 811 907 980"


@pytest.fixture(autouse=True)
def own_keys() -> Iterator[None]:
    use({"k1": bytes(range(32))})
    yield
    use(None)


def test_a_dump_holds_no_secret_in_the_clear_and_the_audit_holds_none_at_all(shop: Shop) -> None:
    with Database.open(shop.conninfo) as db, db.tenant(MAIN) as t:
        user = users.create_user(t, username="ada", email="ada@example.org", password=PASSWORD, metadata={})
        login = accounts.log_in(t, email="ada@example.org", password=PASSWORD)
        users.change_password(t, user_id=user.id, password=PASSWORD[::-1])
        customer = shop.customer()
        for number in (NUMBER, NUMBER[::-1]):
            customers.set_tax_number(
                t,
                customer_id=customer,
                tax_number=EncryptedStr(number),
                tax_number_bidx=keys.blind("customers.tax_number", number),
            )
        users.soft_delete_users(t, user_ids=[user.id], reason="left")
        users.purge_deleted(t, older_than=dt.timedelta(0), max_rows=10)
    with psycopg.connect(shop.owner_conninfo) as conn:
        stored = conn.execute("SELECT tax_number, tax_number_bidx FROM customers").fetchone()
        told = conn.execute("SELECT table_name, action FROM audit_logs ORDER BY id").fetchall()
    assert stored is not None
    assert {("users", "INSERT"), ("users", "UPDATE"), ("users", "DELETE"), ("customers", "UPDATE")} <= set(told)
    assert {("sessions", "INSERT"), ("sessions", "UPDATE")} <= set(told)
    dump = pg_dump(shop.owner_conninfo)
    for secret in (PASSWORD, PASSWORD[::-1], login.token, NUMBER, NUMBER[::-1], NUMBER.lower()):
        assert secret not in dump
        assert secret.encode().hex() not in dump, "what stands in a column of bytes is hexadecimal in a dump"
    audit = "".join(re.findall(r"^COPY audit\.logs_\w+ .*?^\\\.$", dump, re.MULTILINE | re.DOTALL))
    assert '"[redacted]"' in audit
    hashed = accounts.token_hash(login.token).hex()
    for secret in ("$2b$", hashed, *(bytes(value).hex() for value in stored), *map(shown, stored)):
        assert secret not in audit
    assert bytes(stored[0]).hex() in dump, "the ciphertext is in its own table"


def shown(value: bytes) -> str:
    """Return a value as it would stand in the text of the application."""
    return bytes(value).decode("latin-1")
