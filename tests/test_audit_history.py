"""The history of a row, the row as it was, and entries of hooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg.conninfo import conninfo_to_dict

from plainsql import aio, audit
from plainsql.aio import audit as aio_audit
from plainsql.audit.entries import canonical_key
from plainsql.database import Database
from plainsql.errors import AuditError, AuditGapError
from tests.fixtures.audited import audit_tables, entries
from tests.fixtures.databases import temporary_database

SCHEMA = """
CREATE TABLE products (
    id int PRIMARY KEY,
    name text,
    price numeric,
    tags text[],
    extra jsonb,
    at timestamptz,
    pin text,
    updated_at timestamptz,
    label text GENERATED ALWAYS AS (name || '!') STORED
);
CREATE TABLE lines (order_id uuid, day date, at timestamptz, note text, PRIMARY KEY (order_id, day, at));
CREATE TABLE prices (id int PRIMARY KEY, price numeric, token text);
"""


@pytest.fixture(scope="module")
def audited(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with temporary_database(server) as conninfo:
        audit_tables(conninfo, tmp_path_factory.mktemp("history"), SCHEMA, "products", "lines")
        yield str(conninfo_to_dict(conninfo)["dbname"])


@pytest.fixture
def database(server: str, audited: str) -> Iterator[str]:
    with temporary_database(server, template=audited) as conninfo:
        yield conninfo


@pytest.fixture
def conn(database: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(database, autocommit=True) as conn:
        yield conn


@pytest.fixture
def db(database: str) -> Iterator[Database]:
    with Database.open(database, tenancy=False) as db:
        yield db


def now(conn: psycopg.Connection[Any]) -> datetime:
    """The server's clock, which entries go by."""
    (found,) = conn.execute("SELECT clock_timestamp()").fetchone() or ()
    assert isinstance(found, datetime)
    return found


def test_history_tells_who_changed_what_when_and_why(conn: psycopg.Connection[Any], db: Database) -> None:
    conn.execute("INSERT INTO products (id, name, price) VALUES (1, 'a', 19.90), (2, 'b', 1)")
    with db.actor(user_id=42, request_id="r", reason="fix"), db.transaction() as tx:
        tx.connection.execute("UPDATE products SET price = 1234567890123456.78")
    conn.execute("DELETE FROM products WHERE id = 1")
    found = audit.history(db, table="products", pk={"id": 1})
    assert [entry.action for entry in found] == ["INSERT", "UPDATE", "DELETE"]
    assert found[1].old == {"price": Decimal("19.90")}
    assert found[1].new == {"price": Decimal("1234567890123456.78")}
    assert found[1].changed == ("price",)
    assert (found[1].actor_id, found[1].request_id, found[1].reason) == ("42", "r", "fix")
    assert found[0].old == {}
    assert found[2].old["name"] == "a"
    assert found[0].id < found[1].id < found[2].id
    assert found[0].at < found[1].at < found[2].at


def test_composite_keys_are_given_as_python_has_them(conn: psycopg.Connection[Any], db: Database) -> None:
    key = {
        "order_id": UUID(int=5),
        "day": date(2026, 1, 2),
        "at": datetime(2026, 1, 2, 3, 4, 5, 120000, tzinfo=UTC) + timedelta(hours=1),
    }
    conn.execute("INSERT INTO lines VALUES (%(order_id)s, %(day)s, %(at)s, 'x')", key)
    assert [entry.action for entry in audit.history(db, table="lines", pk=key)] == ["INSERT"]
    row = audit.as_of(db, table="lines", pk=key, at=now(conn))
    assert row is not None
    assert row["note"] == "x"
    assert canonical_key(key) == {
        "order_id": str(UUID(int=5)),
        "day": "2026-01-02",
        "at": "2026-01-02T04:04:05.12+00:00",
    }


def test_a_row_is_rebuilt_as_it_was_at_any_time(conn: psycopg.Connection[Any], db: Database) -> None:
    times = [now(conn)]
    for sql in (
        "INSERT INTO products (id, name, price, pin) VALUES (1, 'a', 1.50, 's3cr3t')",
        "UPDATE products SET price = 2, tags = '{x}', pin = 'other'",
        "UPDATE products SET updated_at = now()",
        "DELETE FROM products",
        "INSERT INTO products (id, name) VALUES (1, 'again')",
        "UPDATE products SET name = NULL",
    ):
        conn.execute(sql)
        times.append(now(conn))
    rows = [audit.as_of(db, table="products", pk={"id": 1}, at=time) for time in times]
    assert rows[0] is None
    assert rows[1] is not None
    assert rows[1] | {"updated_at": None} == {
        "id": 1,
        "name": "a",
        "price": Decimal("1.50"),
        "tags": None,
        "extra": None,
        "at": None,
        "pin": "[redacted]",
        "updated_at": None,
    }
    assert rows[2] is not None
    assert (rows[2]["price"], rows[2]["tags"]) == (2, ["x"])
    assert rows[4] is None
    assert [row and row["name"] for row in rows[5:]] == ["again", None]


WRITES = st.lists(
    st.tuples(
        st.sampled_from(["insert", "name", "price", "extra", "both", "delete", "nothing", "tags"]),
        st.integers(1, 3),
        st.sampled_from([None, "a", "b", "1", "1.0", "1.00", "{}", '{"a": [1, 2.50]}', "null"]),
    ),
    max_size=14,
)
SQL = {
    "insert": "INSERT INTO products (id, name, extra) VALUES (%(id)s, %(value)s, %(json)s) "
    "ON CONFLICT (id) DO UPDATE SET name = excluded.name, at = clock_timestamp()",
    "name": "UPDATE products SET name = %(value)s WHERE id >= %(id)s",
    "price": "UPDATE products SET price = %(number)s WHERE id = %(id)s",
    "extra": "UPDATE products SET extra = %(json)s WHERE id = %(id)s",
    "both": "UPDATE products SET name = %(value)s, price = price + 1 WHERE id <> %(id)s",
    "delete": "DELETE FROM products WHERE id = %(id)s",
    "nothing": "UPDATE products SET name = name, price = price",
    "tags": "UPDATE products SET tags = array_append(tags, %(value)s) WHERE id = %(id)s",
}
PRESENT = "SELECT id, to_jsonb(p) - 'label' - 'pin' - 'updated_at' FROM products AS p"


@given(WRITES)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_rebuilt_rows_equal_the_past_whatever_was_written(database: str, writes: list[tuple[str, int, Any]]) -> None:
    with psycopg.connect(database, autocommit=True) as conn:
        conn.execute("SET session_replication_role = replica")
        conn.execute("TRUNCATE products, audit_logs")
        conn.execute("SET session_replication_role = origin")
        conn.execute("SET timezone = 'UTC'")
        past: list[tuple[datetime, dict[int, Any]]] = [(now(conn), {})]
        for write, number, value in writes:
            is_number = value is not None and value[0] == "1"
            is_json = value is not None and (value[0] in "1{" or value == "null")
            conn.execute(
                SQL[write].encode(),
                {
                    "id": number,
                    "value": value,
                    "number": value if is_number else None,
                    "json": value if is_json else None,
                },
            )
            past.append((now(conn), dict(conn.execute(PRESENT).fetchall())))
        for at, rows in past:
            for number in (1, 2, 3):
                found = audit.as_of(conn, table="products", pk={"id": number}, at=at)
                assert (found is None) == (number not in rows)
                if found is not None:
                    kept = {name: found[name] for name in rows[number]}
                    assert kept == rows[number]


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("UPDATE products SET price = 9", r"it left price at Decimal\('2.0'\)|it left price at 2"),
        ("DELETE FROM products", "the row is gone, or hidden from this role, and no entry deletes it"),
    ],
)
def test_a_change_that_was_not_recorded_is_found_not_guessed_over(
    conn: psycopg.Connection[Any], db: Database, sql: str, says: str
) -> None:
    conn.execute("INSERT INTO products (id, price) VALUES (1, 1)")
    before = now(conn)
    conn.execute("UPDATE products SET price = 2")
    conn.execute("ALTER TABLE products DISABLE TRIGGER USER")
    conn.execute(sql)
    with pytest.raises(AuditGapError, match=says):
        audit.as_of(db, table="products", pk={"id": 1}, at=before)


def test_a_truncated_table_cannot_be_rebuilt(conn: psycopg.Connection[Any], db: Database) -> None:
    conn.execute("INSERT INTO products (id) VALUES (1)")
    before = now(conn)
    conn.execute("TRUNCATE products")
    with pytest.raises(AuditGapError, match="the table was truncated"):
        audit.as_of(db, table="products", pk={"id": 1}, at=before)
    assert [entry.action for entry in audit.history(db, table="products", pk={"id": 1})] == ["INSERT", "TRUNCATE"]


def test_what_cannot_be_asked_is_refused(db: Database) -> None:
    with pytest.raises(AuditError, match="prices is not audited"):
        audit.as_of(db, table="prices", pk={"id": 1}, at=datetime.now(UTC))
    with pytest.raises(AuditError, match="needs a time zone"):
        audit.as_of(db, table="products", pk={"id": 1}, at=datetime(2026, 1, 1))  # noqa: DTZ001 - that is the fault
    with pytest.raises(AuditError, match="pk is a mapping"):
        audit.history(db, table="products", pk=1)  # type: ignore[arg-type]  # that is the fault


async def test_the_async_twin_reads_the_same(conn: psycopg.Connection[Any], database: str, db: Database) -> None:
    conn.execute("INSERT INTO products (id, price) VALUES (1, 1.5)")
    async with aio.Database.open(database, tenancy=False) as adb:
        assert await aio_audit.history(adb, table="products", pk={"id": 1}) == audit.history(
            db, table="products", pk={"id": 1}
        )
        row = await aio_audit.as_of(adb, table="products", pk={"id": 1}, at=now(conn))
        assert row is not None
        assert row["price"] == Decimal("1.5")
        async with adb.transaction() as tx:
            changes = [Change(None, Price(1, Decimal("1.50"), "s3cr3t"))]
            assert await aio_audit.record(tx, changes, table="prices", key=["id"], redact=["token"]) == 1


@dataclass
class Price:
    id: int
    price: Decimal | None
    token: str


@dataclass
class Change:
    old: Price | None
    new: Price | None


def test_a_hook_records_what_a_query_changed(conn: psycopg.Connection[Any], db: Database) -> None:
    one, two = Price(1, Decimal("1.50"), "s3cr3t"), Price(1, Decimal("2.5"), "s3cr3t-2")
    changes = [Change(None, one), Change(one, two), Change(two, two), Change(two, None)]
    with db.actor(user_id="ada"), db.transaction() as tx:
        assert audit.record(tx, changes, table="prices", key=["id"], redact=["token"]) == 3
    found = entries(conn, "prices")
    assert [entry["action"] for entry in found] == ["INSERT", "UPDATE", "DELETE"]
    assert {entry["actor_id"] for entry in found} == {"ada"}
    assert found[1]["record_pk"] == {"id": 1}
    assert found[1]["old"]["token"] == "[redacted]"
    assert "s3cr3t" not in str(found)
    assert [entry.action for entry in audit.history(db, table="prices", pk={"id": 1})] == ["INSERT", "UPDATE", "DELETE"]


def test_a_hook_records_nothing_for_a_table_with_triggers(db: Database) -> None:
    with pytest.raises(psycopg.errors.ObjectInUse, match="products has the triggers of the audit"):
        audit.record(db, [Change(None, Price(1, None, ""))], table="products", key=["id"])
    with pytest.raises(AuditError, match="no column sku of the key; they have id, price, token"):
        audit.record(db, [Change(None, Price(1, None, ""))], table="prices", key=["sku"])


def test_a_reader_may_read_and_nobody_else(conn: psycopg.Connection[Any], database: str) -> None:
    conn.execute(
        "DO $$ BEGIN CREATE ROLE plainsql_test_reader LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    try:
        conn.execute("INSERT INTO products (id) VALUES (1)")
        with psycopg.connect(database, autocommit=True) as reader:
            reader.execute("SET SESSION AUTHORIZATION plainsql_test_reader")
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                audit.history(reader, table="products", pk={"id": 1})
            conn.execute("SELECT audit.let_read('plainsql_test_reader')")
            assert len(audit.history(reader, table="products", pk={"id": 1})) == 1
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                audit.as_of(reader, table="products", pk={"id": 1}, at=datetime.now(UTC))
            conn.execute("GRANT SELECT ON products TO plainsql_test_reader")
            assert audit.as_of(reader, table="products", pk={"id": 1}, at=datetime.now(UTC)) is not None
    finally:
        conn.execute("DROP OWNED BY plainsql_test_reader")
