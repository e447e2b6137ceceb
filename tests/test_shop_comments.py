"""Comments and attachments: a real foreign key for each kind of subject; sync and async side by side."""

# A transaction that raises is a block by nature.
# ruff: noqa: SIM117

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import psycopg
import pytest
import pytest_asyncio

import shop.aio.comments as aio_comments
from plainsql.aio import Database as AioDatabase
from plainsql.aio.tenants import Tenant as AioTenant
from plainsql.database import Database
from plainsql.tenants import Tenant
from shop import comments
from shop.queries import attachments
from shop.queries import comments as statements
from shop.queries.aio import attachments as aio_attachments
from shop.queries.aio import comments as aio_statements
from shop.subjects import Customer, Order, Product, Subject
from tests.fixtures.databases import ROOT
from tests.fixtures.shop import MAIN, Shop

ROWS = """
INSERT INTO customers (name, email) SELECT 'c' || g, 'c' || g || '@example.com' FROM generate_series(1, 3) AS g;
INSERT INTO categories (name) VALUES ('all');
INSERT INTO products (sku, name, category_id, price, stock)
SELECT 's' || g, 'p' || g, 1, 1, 1 FROM generate_series(1, 3) AS g;
INSERT INTO orders (customer_id, status, total, currency, idempotency_key)
SELECT g, 'paid', 1, 'EUR', 'k' || g FROM generate_series(1, 3) AS g;
INSERT INTO users (username, email, password_hash)
VALUES ('ada', 'ada@example.org', '$2b$04$' || repeat('a', 53));
"""
MANY = """
INSERT INTO comments (product_id, body) SELECT 1 + g % 3, 'x' FROM generate_series(1, 100) AS g;
INSERT INTO products (sku, name, category_id, price, stock)
SELECT 'm' || g, 'm' || g, 1, 1, 1 FROM generate_series(1, 5000) AS g;
INSERT INTO orders (customer_id, status, total, currency, idempotency_key)
SELECT 1, 'paid', 1, 'EUR', 'm' || g FROM generate_series(1, 5000) AS g;
INSERT INTO customers (name, email) SELECT 'm' || g, 'm' || g || '@example.com' FROM generate_series(1, 5000) AS g;
INSERT INTO comments (product_id, body) SELECT 3 + g, 'x' FROM generate_series(1, 5000) AS g;
INSERT INTO comments (order_id, body) SELECT 3 + g, 'x' FROM generate_series(1, 5000) AS g;
INSERT INTO comments (customer_id, body) SELECT 3 + g, 'x' FROM generate_series(1, 5000) AS g;
INSERT INTO attachments (order_id, storage_key, sha256, bytes)
SELECT 3 + g, 'f' || g, sha256(g::text::bytea), g FROM generate_series(1, 5000) AS g;
"""
HARBOUR = "22222222-2222-4222-8222-222222222222"
MIXED: list[Subject] = [Order(2), Product(1), Customer(3), Product(2), Product(1)]
HASH = bytes(32)


def run(conn: psycopg.Connection[Any], text: str) -> None:
    for statement in text.split(";\n"):
        if statement.strip():
            conn.execute(statement)


@pytest.fixture
def filled(shop: Shop) -> Shop:
    run(shop.conn, ROWS)
    return shop


@pytest.fixture
def db(filled: Shop) -> Iterator[Tenant]:
    with Database.open(filled.conninfo) as db, db.tenant(MAIN) as tenant:
        yield tenant


@pytest_asyncio.fixture
async def adb(filled: Shop) -> AsyncIterator[AioTenant]:
    async with AioDatabase.open(filled.conninfo) as db, db.tenant(MAIN) as tenant:
        yield tenant


WRONG = [(None, None, None), (1, 1, None), (1, None, 1), (None, 1, 1), (1, 1, 1)]


@pytest.mark.parametrize(("product_id", "order_id", "customer_id"), WRONG)
def test_two_subjects_or_none_are_refused(
    db: Tenant, product_id: int | None, order_id: int | None, customer_id: int | None
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="comments_have_one_subject"):
        statements.add_comment(
            db, product_id=product_id, order_id=order_id, customer_id=customer_id, author_id=None, body="x"
        )


@pytest.mark.parametrize(("product_id", "order_id", "customer_id"), WRONG)
async def test_two_subjects_or_none_are_refused_async(
    adb: AioTenant, product_id: int | None, order_id: int | None, customer_id: int | None
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match="comments_have_one_subject"):
        await aio_statements.add_comment(
            adb, product_id=product_id, order_id=order_id, customer_id=customer_id, author_id=None, body="x"
        )


@pytest.mark.parametrize("subject", [Product(99), Order(99), Customer(99)])
def test_a_subject_that_is_not_there_is_refused(db: Tenant, subject: Subject) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match=f"comments_{subject.kind}_id_fkey"):
        comments.add(db, subject=subject, body="x")


@pytest.mark.parametrize("subject", [Product(99), Order(99), Customer(99)])
async def test_a_subject_that_is_not_there_is_refused_async(adb: AioTenant, subject: Subject) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation, match=f"comments_{subject.kind}_id_fkey"):
        await aio_comments.add(adb, subject=subject, body="x")


@pytest.fixture
def harbour(filled: Shop, owner: psycopg.Connection[Any]) -> str:
    """A tenant without rows."""
    owner.execute("INSERT INTO tenants (id, slug, name) VALUES (%s, 'harbour', 'Harbour')", [HARBOUR])
    return HARBOUR


@pytest.mark.parametrize("subject", [Product(1), Order(1), Customer(1)])
def test_a_subject_of_another_tenant_is_refused(filled: Shop, harbour: str, subject: Subject) -> None:
    with Database.open(filled.conninfo) as db, db.tenant(harbour) as other:
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match=f"comments_{subject.kind}_id_fkey"):
            comments.add(other, subject=subject, body="x")


@pytest.mark.parametrize("subject", [Product(1), Order(1), Customer(1)])
async def test_a_subject_of_another_tenant_is_refused_async(filled: Shop, harbour: str, subject: Subject) -> None:
    async with AioDatabase.open(filled.conninfo) as db, db.tenant(harbour) as other:
        with pytest.raises(psycopg.errors.ForeignKeyViolation, match=f"comments_{subject.kind}_id_fkey"):
            await aio_comments.add(other, subject=subject, body="x")


def test_comments_go_with_their_subject_and_only_those(db: Tenant, filled: Shop) -> None:
    for subject in (Product(1), Product(2), Order(1)):
        comments.add(db, subject=subject, body="x")
    filled.conn.execute("DELETE FROM products WHERE id = 1")
    left = comments.for_subjects(db, subjects=[Product(1), Product(2), Order(1)])
    assert [len(rows) for rows in left.values()] == [0, 1, 1]


async def test_comments_go_with_their_subject_and_only_those_async(adb: AioTenant, filled: Shop) -> None:
    for subject in (Product(1), Product(2), Order(1)):
        await aio_comments.add(adb, subject=subject, body="x")
    filled.conn.execute("DELETE FROM products WHERE id = 1")
    left = await aio_comments.for_subjects(adb, subjects=[Product(1), Product(2), Order(1)])
    assert [len(rows) for rows in left.values()] == [0, 1, 1]


def test_a_comment_stays_when_its_author_is_deleted_and_when_purged(db: Tenant, filled: Shop) -> None:
    comments.add(db, subject=Order(1), body="x", author_id=1)
    filled.conn.execute("UPDATE users SET deleted_at = now() WHERE id = 1")
    [row] = comments.for_subjects(db, subjects=[Order(1)])[Order(1)]
    assert row.author_id == 1
    filled.conn.execute("DELETE FROM users WHERE id = 1")
    [row] = comments.for_subjects(db, subjects=[Order(1)])[Order(1)]
    assert (row.author_id, row.body) == (None, "x")


def count_sent(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[str]:
    """Return a list that grows by each statement that *module* fetches rows with."""
    sent: list[str] = []
    fetch_all = vars(module)["fetch_all"]

    def counted(conn: Any, statement: Any, params: Any) -> Any:
        sent.append(statement.name)
        return fetch_all(conn, statement, params)

    monkeypatch.setattr(module, "fetch_all", counted)
    return sent


def test_mixed_subjects_are_one_statement_and_grouped_oldest_first(db: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    with db.transaction() as tx:  # one transaction, so that created_at ties and the key decides
        for subject, body in ((Product(1), "a"), (Order(2), "b"), (Product(1), "c"), (Order(1), "not asked for")):
            comments.add(tx, subject=subject, body=body)
    sent = count_sent(monkeypatch, statements)
    found = comments.for_subjects(db, subjects=MIXED)
    assert list(found) == [Order(2), Product(1), Customer(3), Product(2)]
    assert [[row.body for row in rows] for rows in found.values()] == [["b"], ["a", "c"], [], []]
    assert len(sent) == 1
    assert comments.for_subjects(db, subjects=[]) == {}
    assert len(sent) == 1


async def test_mixed_subjects_are_one_statement_and_grouped_oldest_first_async(
    adb: AioTenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with adb.transaction() as tx:
        for subject, body in ((Product(1), "a"), (Order(2), "b"), (Product(1), "c"), (Order(1), "not asked for")):
            await aio_comments.add(tx, subject=subject, body=body)
    sent = count_sent(monkeypatch, aio_statements)
    found = await aio_comments.for_subjects(adb, subjects=MIXED)
    assert list(found) == [Order(2), Product(1), Customer(3), Product(2)]
    assert [[row.body for row in rows] for rows in found.values()] == [["b"], ["a", "c"], [], []]
    assert await aio_comments.for_subjects(adb, subjects=[]) == {}
    assert len(sent) == 1


def test_an_author_deletes_only_their_own_and_products_are_counted(db: Tenant) -> None:
    added = comments.add(db, subject=Product(1), body="x", author_id=1)
    comments.add(db, subject=Product(1), body="y")
    assert [(row.product_id, row.n) for row in statements.comment_counts(db, product_ids=[1, 2])] == [(1, 2)]
    assert statements.delete_comment(db, comment_id=added.id, author_id=2) == 0
    assert statements.delete_comment(db, comment_id=added.id, author_id=1) == 1
    assert [(row.product_id, row.n) for row in statements.comment_counts(db, product_ids=[1, 2])] == [(1, 1)]


@pytest.mark.parametrize(
    ("product_id", "order_id", "sha256", "length", "constraint"),
    [
        (None, None, HASH, 0, "attachments_have_one_subject"),
        (1, 1, HASH, 0, "attachments_have_one_subject"),
        (1, None, HASH[1:], 0, "attachments_sha256_is_32_bytes"),
        (1, None, HASH, -1, "attachments_bytes_is_not_negative"),
    ],
)
def test_attachments_have_one_subject_a_sha256_and_a_length(
    db: Tenant, product_id: int | None, order_id: int | None, sha256: bytes, length: int, constraint: str
) -> None:
    with pytest.raises(psycopg.errors.CheckViolation, match=constraint):
        attachments.attach(db, product_id=product_id, order_id=order_id, storage_key="k", sha256=sha256, bytes=length)


def test_the_files_of_an_order_are_listed_oldest_first(db: Tenant) -> None:
    for key in ("b", "a"):
        attachments.attach(db, product_id=None, order_id=1, storage_key=key, sha256=HASH, bytes=0)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        attachments.attach(db, product_id=None, order_id=99, storage_key="c", sha256=HASH, bytes=0)
    assert [row.storage_key for row in attachments.attachments_of(db, order_id=1)] == ["b", "a"]


async def test_the_files_of_an_order_are_listed_oldest_first_async(adb: AioTenant) -> None:
    for key in ("b", "a"):
        await aio_attachments.attach(adb, product_id=None, order_id=1, storage_key=key, sha256=HASH, bytes=0)
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        await aio_attachments.attach(adb, product_id=None, order_id=99, storage_key="c", sha256=HASH, bytes=0)
    assert [row.storage_key for row in await aio_attachments.attachments_of(adb, order_id=1)] == ["b", "a"]


def test_each_kind_is_found_by_its_partial_index(filled: Shop, owner: psycopg.Connection[Any]) -> None:
    run(filled.conn, MANY)
    owner.execute("ANALYZE comments, attachments")
    plan = filled.explain(statements.COMMENTS_FOR_SUBJECTS.sql, [7], [7], [7])
    for kind in ("product", "order", "customer"):
        assert f"comments_{kind}_id_idx" in plan
    assert "Seq Scan" not in plan
    assert "comments_product_id_idx" in filled.explain(statements.COMMENT_COUNTS.sql, [7])
    assert "attachments_order_id_idx" in filled.explain(attachments.ATTACHMENTS_OF.sql, 7)


def test_the_kinds_are_the_columns_of_the_table(shop: Shop) -> None:
    referred = shop.conn.execute(
        "SELECT conname FROM pg_constraint"
        " WHERE conrelid = 'comments'::regclass AND contype = 'f' AND confdeltype = 'c'"
    ).fetchall()
    assert {f"comments_{kind.kind}_id_fkey" for kind in (Product, Order, Customer)} == {name for (name,) in referred}


def test_a_kind_without_its_case_is_an_error_of_mypy(tmp_path: Path) -> None:
    kind = 'class Warehouse:\n    kind: ClassVar[str] = "warehouse"\n    id: int\n'
    subjects = "Subject = Product | Order | Customer"
    text = (ROOT / "src/shop/subjects.py").read_text()
    assert subjects in text
    file = tmp_path / "subjects.py"
    file.write_text(text.replace(subjects, f"{kind}\n\n{subjects} | Warehouse"))
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file", os.devnull, str(file)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.count('"assert_never" has incompatible type "Warehouse"') == 2, done.stdout + done.stderr


def test_a_kind_without_its_column_is_an_error_of_check(tmp_path: Path, server: str) -> None:
    text = (ROOT / "queries/comments.sql").read_text()
    text = text.replace("customer_id, author_id", "customer_id, warehouse_id, author_id")
    (tmp_path / "comments.sql").write_text(
        text.replace(":customer_id, :author_id", ":customer_id, :warehouse_id, :author_id")
    )
    done = subprocess.run(
        [sys.executable, "-m", "plainsql", "check", "--queries", str(tmp_path)],
        env=os.environ | {"PLAINSQL_SCRATCH_URL": server},
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 1
    assert re.search(r"comments\.sql:6:\d+: error: .*warehouse_id", done.stdout + done.stderr), (
        done.stdout + done.stderr
    )
